"""What verbs and doors need to know of people: who is admitted, what proves a login, which sessions run.

People and roles are projections of facts. A password's hash and a session are original and stand in no fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from remit.core.person import Person
from remit.core.signing import Signature
from remit.core.types import Operation, UseCaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody is signed in until a moment."""

    person: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """A key as it is kept: whose, for which use cases, by its digest, whether it still opens anything, and who issued it."""

    agent: str
    version: str
    use_cases: tuple[UseCaseId, ...]
    key_digest: str
    revoked: bool
    issued_by: str | None


class PeopleReading(Protocol):
    """Named queries about people, keys and signatures."""

    def has_people(self) -> bool:
        """Whether anybody was ever admitted. From then on people sign in, also when everybody has left again."""

    def people(self) -> list[Person]:
        """Return everybody who is admitted, by name."""

    def person(self, name: str) -> Person | None:
        """Return somebody by name, also one who left."""

    def password_hash(self, login: str) -> str | None:
        """Return what a password is compared with; None where nobody signs in by that name."""

    def session(self, token_digest: str) -> Session | None:
        """Return the session whose token has this digest, also one that is over."""

    def issued_keys(self) -> list[HeldKey]:
        """Return every key that was ever issued, by agent and version, in order of issue."""

    def issuers(self, agent: str, version: str) -> frozenset[str]:
        """Return the people who issued keys of an agent version."""

    def signatures(self, use_case: UseCaseId, operation: Operation) -> list[Signature]:
        """Return who signed the open offer, oldest first."""

    def signed_offers(self) -> Sequence[tuple[UseCaseId, Operation]]:
        """Return the open offers that somebody signed."""


class PeopleWriting(PeopleReading, Protocol):
    """What a transaction keeps beside the facts. It MUST be gone when the transaction is."""

    def keep_password(self, login: str, password_hash: str) -> None:
        """Keep what the login's password is compared with from now on."""

    def drop_password(self, login: str) -> None:
        """Let nobody sign in by that name any more."""

    def keep_session(self, token_digest: str, session: Session) -> None:
        """Keep a session, and forget every one that is over."""

    def drop_session(self, token_digest: str) -> None:
        """End a session; one that is not there stays so."""

    def drop_sessions(self, person: str) -> None:
        """End every session of a person."""
