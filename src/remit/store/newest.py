"""The newest fact of a kind about something: what was asked, what was answered, what was offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from remit.core.codec import fact_in, from_bytes
from remit.core.facts import Entry, GrantOffered
from remit.core.types import Operation, ProposalId, UseCaseId, Value
from remit.errors import NotFound
from remit.store import tables as t
from remit.store.queries import Queries


class Newest(Queries):
    """Answers the port's questions about the newest fact. It never writes."""

    def asked(self, proposal: ProposalId) -> Mapping[str, Value] | None:
        """Return the arguments as the agent first asked for them; None when they were erased."""
        found: Mapping[str, Value] | None = self._first(proposal, "arguments")
        return found

    def claim(self, proposal: ProposalId) -> str | None:
        """Return why the agent asked, in its own words, also after an edit; None when they were erased or never given."""
        found: str | None = self._first(proposal, "reason")
        return found

    def why_planted(self, proposal: ProposalId) -> str:
        """Return what is wrong with a planted proposal, empty for any other, or where it was erased."""
        row = self._newest(proposal, "Seeded")
        kept = [] if row is None else self._all(_CONTENT, fact=row["id"], name="why")
        return str(orjson.loads(kept[0]["body"])) if kept else ""

    def _first(self, proposal: ProposalId, name: str) -> Any | None:
        """Return what came with a proposal under a name."""
        row = self._newest(proposal, "Proposed")
        kept = [] if row is None else self._all(_CONTENT, fact=row["id"], name=name)
        return orjson.loads(kept[0]["body"]) if kept else None

    def latest_answer(self, proposal: ProposalId) -> Entry | None:
        """Return the newest answer to a proposal; None while there is none."""
        row = self._newest(proposal, "Answered")
        return None if row is None else to_entry(row)

    def _newest(self, subject: str, kind: str) -> Any | None:
        rows = self._all(_NEWEST, subject=subject, kind=kind)
        return rows[0] if rows else None

    def latest_offer(self, use_case: UseCaseId, operation: Operation) -> GrantOffered:
        """Return the newest offer for an operation."""
        row = self._newest(f"{use_case}/{operation}", "GrantOffered")
        if row is None:
            raise NotFound(asked=f"an offer for {use_case}/{operation}")
        return fact_in(row["body"], GrantOffered)


_NEWEST = (
    sa.select(t.facts)
    .where(t.facts.c.kind == sa.bindparam("kind"), t.facts.c.subject == sa.bindparam("subject"))
    .order_by(t.facts.c.seq.desc())
    .limit(1)
)
_CONTENT = sa.select(t.contents.c.body).where(
    t.contents.c.fact == sa.bindparam("fact"), t.contents.c.name == sa.bindparam("name")
)


def to_entry(row: Any) -> Entry:
    """Build an entry from its row; the body is what was hashed, so it alone is believed."""
    return from_bytes(row["seq"], row["body"])
