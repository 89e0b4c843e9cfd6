"""The named queries about people, their sessions, keys and signatures, and what a transaction keeps of them."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from remit.core.person import Person
from remit.core.signing import Signature
from remit.core.types import Operation, Role, UseCaseId
from remit.ports.people_port import HeldKey, Session
from remit.store import tables as t
from remit.store.queries import Queries


class PeopleReader(Queries):
    """Answers the port's questions about people. It never writes."""

    def has_people(self) -> bool:
        """Whether anybody was ever admitted."""
        return self._one(_ANYBODY) is not None

    def people(self) -> list[Person]:
        """Return everybody who is admitted, by name."""
        return [_person(row) for row in self._all(_PEOPLE)]

    def person(self, name: str) -> Person | None:
        """Return somebody by name, also one who left."""
        row = self._one(_PERSON, person=name)
        return None if row is None else _person(row)

    def password_hash(self, login: str) -> str | None:
        """Return what a password is compared with; None where nobody signs in by that name."""
        row = self._one(_ACCOUNT, login=login)
        return None if row is None else str(row["password_hash"])

    def session(self, token_digest: str) -> Session | None:
        """Return the session whose token has this digest, also one that is over."""
        row = self._one(_SESSION, token_digest=token_digest)
        return None if row is None else Session(person=row["person"], until=row["until"])

    def issued_keys(self) -> list[HeldKey]:
        """Return every key that was ever issued, by agent and version, the one that opens last."""
        return [_held_key(row) for row in self._all(_KEYS)]

    def issuers(self, agent: str, version: str) -> frozenset[str]:
        """Return the people who issued keys of an agent version."""
        rows = self._all(_ISSUERS, agent=agent, version=version)
        return frozenset(row["issued_by"] for row in rows if row["issued_by"])

    def signatures(self, use_case: UseCaseId, operation: Operation) -> list[Signature]:
        """Return who signed the open offer, oldest first."""
        rows = self._all(_SIGNATURES, use_case=use_case, operation=operation)
        return [Signature(by=row["by"], role=row["role"], at=row["at"]) for row in rows]

    def signed_offers(self) -> list[tuple[UseCaseId, Operation]]:
        """Return the open offers that somebody signed."""
        return [(UseCaseId(row["use_case"]), Operation(row["operation"])) for row in self._all(_SIGNED)]


class PeopleWriter(PeopleReader):
    """Keeps what stands in no fact, in the transaction that reads it."""

    @abstractmethod
    def _moment(self) -> datetime:
        """Return the moment it is."""

    def execute(self, statement: sa.Executable, **values: Any) -> None:
        """Run one rare statement, after everything that came before it."""
        self._flush()
        self._connection.execute(statement, values)

    def keep_password(self, login: str, password_hash: str) -> None:
        """Keep what the login's password is compared with from now on."""
        row = {"login": login, "password_hash": password_hash, "changed_at": self._moment()}
        self.execute(insert(t.accounts).values(row).on_conflict_do_update(index_elements=["login"], set_=row))

    def drop_password(self, login: str) -> None:
        """Let nobody sign in by that name any more."""
        self.execute(sa.delete(t.accounts).where(t.accounts.c.login == login))

    def keep_session(self, token_digest: str, session: Session) -> None:
        """Keep a session, and forget every one that is over."""
        self.execute(sa.delete(t.sessions).where(t.sessions.c.until <= self._moment()))
        self.execute(t.sessions.insert().values(token_digest=token_digest, person=session.person, until=session.until))

    def drop_session(self, token_digest: str) -> None:
        """End a session; one that is not there stays so."""
        self.execute(sa.delete(t.sessions).where(t.sessions.c.token_digest == token_digest))

    def drop_sessions(self, person: str) -> None:
        """End every session of a person."""
        self.execute(sa.delete(t.sessions).where(t.sessions.c.person == person))


_ANYBODY = sa.select(t.people.c.person).limit(1)
_PEOPLE = sa.select(t.people).where(t.people.c.left == sa.false()).order_by(t.people.c.person)
_PERSON = sa.select(t.people).where(t.people.c.person == sa.bindparam("person"))
_ACCOUNT = sa.select(t.accounts).where(t.accounts.c.login == sa.bindparam("login"))
_SESSION = sa.select(t.sessions).where(t.sessions.c.token_digest == sa.bindparam("token_digest"))
_KEYS = sa.select(t.keys).order_by(t.keys.c.agent, t.keys.c.version, t.keys.c.revoked.desc(), t.keys.c.key_digest)
_ISSUERS = sa.select(t.keys.c.issued_by).where(
    t.keys.c.agent == sa.bindparam("agent"), t.keys.c.version == sa.bindparam("version")
)
_SIGNATURES = (
    sa.select(t.signatures)
    .where(t.signatures.c.use_case == sa.bindparam("use_case"), t.signatures.c.operation == sa.bindparam("operation"))
    .order_by(t.signatures.c.at, t.signatures.c.by)
)
_SIGNED = (
    sa.select(t.signatures.c.use_case, t.signatures.c.operation)
    .distinct()
    .order_by(t.signatures.c.use_case, t.signatures.c.operation)
)


def _person(row: Any) -> Person:
    return Person(name=row["person"], roles=tuple(Role(role) for role in orjson.loads(row["roles"])), left=row["left"])


def _held_key(row: Any) -> HeldKey:
    use_cases = tuple(UseCaseId(name) for name in orjson.loads(row["use_cases"]))
    names = {name: row[name] for name in ("agent", "version", "key_digest", "revoked", "issued_by")}
    return HeldKey(use_cases=use_cases, **names)
