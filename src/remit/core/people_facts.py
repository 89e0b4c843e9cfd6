"""The facts about people, their roles and absences, and about keys that end. No form of a password is ever in one of them."""

from __future__ import annotations

from remit.core.types import Frozen, Moment, Role


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


class AbsenceSet(Frozen, frozen=True, kw_only=True):
    """A person is away between two moments. `delegate` is asked in her place, and answers in roles of her own."""

    person: str
    since: Moment
    until: Moment
    delegate: str | None = None


class AbsenceEnded(Frozen, frozen=True, kw_only=True):
    """An absence that was set is none: she is back, or never goes."""

    person: str
    since: Moment


PeopleFact = PersonAdmitted | RolesChanged | PasswordSet | PersonLeft | KeyRevoked | AbsenceSet | AbsenceEnded
"""Every fact about who may come in."""
