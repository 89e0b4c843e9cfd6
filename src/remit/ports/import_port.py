"""What imports need of the store: history that is no evidence, baselines, and what was imported before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from remit.core.past import PastSum
from remit.core.types import ProposalId, UseCaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRow:
    """One piece of work from before, as people did or answered it. `draft` and `final` are arguments as JSON text."""

    use_case: UseCaseId
    operation: str
    at: datetime
    answer: str
    seconds: int | None = None
    edit_ppm: int | None = None
    record: str | None = None
    reason: str = ""
    draft: str | None = None
    final: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedBefore:
    """An import that is in: which file by its digest, how much, by whom and when."""

    batch: str
    what: str
    rows: int
    left_out: int
    digest: str
    by: str
    at: datetime


class ImportReading(Protocol):
    """Named queries about what was imported."""

    def imports(self) -> list[ImportedBefore]:
        """Return every import that is in, newest first."""

    def observed(self, proposal: ProposalId) -> Collection[tuple[ProposalId, str]]:
        """Return which kinds of outcome a proposal has already."""

    def history_sums(self) -> list[PastSum]:
        """Return what the history adds up to, by use case, operation and answer. It is no evidence."""

    def history(self, use_case: UseCaseId, *, limit: int) -> Iterator[PastRow]:
        """Walk the history of a use case that has a draft, newest first."""

    def baselines(self) -> Mapping[tuple[UseCaseId, str], int]:
        """Return how metrics stood before, in millionths, by use case and metric."""


class ImportWriting(ImportReading, Protocol):
    """What a transaction keeps of history beside the facts. Nobody MUST see it before a fact says that it is all there."""

    def keep_history(self, batch: str, first: int, rows: Sequence[PastRow]) -> None:
        """Keep rows of an import, numbered from `first` on."""

    def drop_unfinished(self) -> int:
        """Drop the rows of imports that were cut off. Returns how many."""

    def drop_history(self, record: str, texts: Collection[str]) -> int:
        """Drop every row about a record, or that holds one of these texts. Returns how many."""
