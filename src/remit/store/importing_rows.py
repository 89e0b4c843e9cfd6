"""The named queries about imports, and what a transaction keeps of history."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from remit.core.codec import from_bytes
from remit.core.facts import Observed
from remit.core.past import PastSum
from remit.core.types import ProposalId, UseCaseId
from remit.ports.import_port import ImportedBefore, PastRow
from remit.store import tables as t
from remit.store.queries import Queries


class ImportReader(Queries):
    """Answers the port's questions about imports. It never writes."""

    def imports(self) -> list[ImportedBefore]:
        """Return every import that is in, newest first."""
        return [ImportedBefore(**dict(row)) for row in self._all(_IMPORTS)]

    def observed(self, proposal: ProposalId) -> Collection[tuple[ProposalId, str]]:
        """Return which kinds of outcome a proposal has already."""
        facts = (from_bytes(row["seq"], row["body"]).fact for row in self._all(_OBSERVED, proposal=proposal))
        return {(proposal, fact.kind) for fact in facts if isinstance(fact, Observed)}

    def history_sums(self) -> list[PastSum]:
        """Return what the history adds up to, by use case, operation and answer. It is no evidence."""
        return [PastSum(**dict(row)) for row in self._all(_SUMS)]

    def history(self, use_case: UseCaseId, *, limit: int) -> Iterator[PastRow]:
        """Walk the history of a use case that has a draft, newest first."""
        for row in self._all(_WITH_DRAFT, use_case=use_case, most=limit):
            yield PastRow(**dict(row))

    def baselines(self) -> Mapping[tuple[UseCaseId, str], int]:
        """Return how metrics stood before, in millionths, by use case and metric."""
        rows = self._all(sa.select(t.baselines).order_by(t.baselines.c.use_case, t.baselines.c.metric))
        return {(row["use_case"], row["metric"]): row["value_micro"] for row in rows}


class ImportWriter(ImportReader):
    """Keeps history, and loses it."""

    @abstractmethod
    def execute(self, statement: sa.Executable, **values: Any) -> None:
        """Run one rare statement, after everything that came before it."""

    def keep_history(self, batch: str, first: int, rows: Sequence[PastRow]) -> None:
        """Keep rows of an import, numbered from `first` on."""
        numbered = [{"batch": batch, "number": first + place, **asdict(row)} for place, row in enumerate(rows)]
        if numbered:
            self._connection.execute(t.history.insert(), numbered)

    def drop_unfinished(self) -> int:
        """Drop the rows of imports that were cut off. Returns how many."""
        self._flush()
        return self._connection.execute(
            sa.delete(t.history).where(t.history.c.batch.not_in(sa.select(t.imports.c.batch)))
        ).rowcount

    def drop_history(self, record: str, texts: Collection[str]) -> int:
        """Drop every row about a record, or that holds one of these texts. Returns how many."""
        self._flush()
        held = [sa.func.instr(sa.func.lower(column), text.lower()) > 0 for text in texts for column in _SAID]
        return self._connection.execute(sa.delete(t.history).where(sa.or_(t.history.c.record == record, *held))).rowcount


_history = t.history.c
_SAID = tuple(sa.func.coalesce(column, "") for column in (_history.record, _history.reason, _history.draft, _history.final))
_IN = _history.batch.in_(sa.select(t.imports.c.batch))
_IMPORTS = sa.select(t.imports).order_by(t.imports.c.at.desc(), t.imports.c.batch.desc())
_OBSERVED = sa.select(t.facts.c.seq, t.facts.c.body).where(
    t.facts.c.subject == sa.bindparam("proposal"), t.facts.c.kind == Observed.__name__
)
_ALIKE = (_history.use_case, _history.operation, _history.answer)
_SUMS = (
    sa.select(
        *_ALIKE,
        sa.func.count().label("many"),
        sa.func.avg(_history.seconds).label("mean_seconds"),
        sa.func.avg(_history.edit_ppm).label("mean_edit_ppm"),
    )
    .where(_IN)
    .group_by(*_ALIKE)
    .order_by(*_ALIKE)
)
_WITH_DRAFT = (
    sa.select(*(column for column in _history if column.name not in {"batch", "number"}))
    .where(_history.use_case == sa.bindparam("use_case"), _history.draft.is_not(None), _IN)
    .order_by(_history.at.desc(), _history.batch, _history.number)
    .limit(sa.bindparam("most"))
)
