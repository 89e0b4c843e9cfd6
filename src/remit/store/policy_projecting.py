"""What facts about offered policies, reconsidered proposals and measures do to their tables."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from remit.core import facts as f
from remit.core import fold
from remit.core.facts import Entry
from remit.store import tables as t


class Statements(Protocol):
    """What these projections need of a transaction."""

    def execute(self, statement: sa.Executable, **values: Any) -> None:
        """Run one rare statement, after everything that came before it."""


PolicyFact = f.PolicyOffered | f.PolicySigned | f.Reconsidered | f.Measured


def project_policy(tx: Statements, entry: Entry, fact: PolicyFact) -> None:
    """Bring the tables about policies up to date with one fact."""
    match fact:
        case f.PolicyOffered():
            _offer(tx, entry, fact)
        case f.PolicySigned():
            tx.execute(insert(t.policy_signatures).values(digest=fact.digest, by=fact.by))
        case f.Reconsidered():
            tx.execute(sa.delete(t.reconsiderations))
            if not fact.finished:
                tx.execute(insert(t.reconsiderations).values(number=fact.number, last=fact.last))
        case f.Measured():
            row = {"use_case": fact.use_case, "what": fact.what, "body": msgspec.json.encode(fold.fold_measure(entry, fact))}
            where = ["use_case", "what"]
            tx.execute(insert(t.measures).values(row).on_conflict_do_update(index_elements=where, set_={"body": row["body"]}))


def forget_offer(tx: Statements, digest: str) -> None:
    """Drop an offer that came into force, with its signatures; one made again starts without any."""
    tx.execute(sa.delete(t.policy_signatures).where(t.policy_signatures.c.digest == digest))
    tx.execute(sa.delete(t.policy_offers).where(t.policy_offers.c.digest == digest))


def _offer(tx: Statements, entry: Entry, fact: f.PolicyOffered) -> None:
    forget_offer(tx, fact.digest)
    documents = orjson.dumps(dict(fact.documents), option=orjson.OPT_SORT_KEYS)
    row = {"digest": fact.digest, "number": fact.number, "documents": documents, "by": fact.by}
    tx.execute(insert(t.policy_offers).values(row | {"direction": str(fact.direction), "offered_at": entry.at}))
