"""The facts about people and their roles, and about keys that end. A password, in whatever form, is never in one of them."""

from __future__ import annotations

from remit.core.types import Frozen, Role


class PersonAdmitted(Frozen, frozen=True, kw_only=True):
    """A person may sign in from now on, in these roles."""

    person: str
    roles: tuple[Role, ...]


class RolesChanged(Frozen, frozen=True, kw_only=True):
    """A person holds these roles from now on, and no others."""

    person: str
    roles: tuple[Role, ...]


class PasswordSet(Frozen, frozen=True, kw_only=True):
    """A person's password was set anew, and every session of hers ended. Who did it is the actor."""

    person: str


class PersonLeft(Frozen, frozen=True, kw_only=True):
    """A person may do nothing any more; what she did stays under her name."""

    person: str


class KeyRevoked(Frozen, frozen=True, kw_only=True):
    """The key of an agent version opens nothing any more."""

    agent: str
    version: str
    key_digest: str
    reason: str = ""


PeopleFact = PersonAdmitted | RolesChanged | PasswordSet | PersonLeft | KeyRevoked
"""Every fact about who may come in."""
