"""What can be imported from a table, and which columns it takes: contacts, outcomes, history, baselines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from remit.core.types import Answer

Reads = Literal["text", "moment", "share", "number", "answer", "json"]


class ImportKind(StrEnum):
    """What the rows of a table are."""

    CONTACTS = "contacts"
    OUTCOMES = "outcomes"
    HISTORY = "history"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: how its cells are read, and whether each row needs one."""

    name: str
    reads: Reads = "text"
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns a kind of import takes. Rows that agree in `unique` are the same row. `open` takes any further column."""

    columns: tuple[Column, ...]
    unique: tuple[str, ...]
    open: bool = False

    def column(self, name: str) -> Column | None:
        """Return a column by its name; one that is not listed is text, or a moment by its name, where the table is open."""
        found = next((one for one in self.columns if one.name == name), None)
        if found is None and self.open:
            return Column(name=name, reads="moment" if name.endswith(("_at", "_on", "_date")) or name == "date" else "text")
        return found


TABLES: Mapping[ImportKind, Table] = {
    ImportKind.CONTACTS: Table(columns=(Column(name="id", needed=True),), unique=("id",), open=True),
    ImportKind.OUTCOMES: Table(
        columns=(Column(name="proposal", needed=True), Column(name="kind", needed=True), Column(name="loss", reads="share")),
        unique=("proposal", "kind"),
    ),
    ImportKind.HISTORY: Table(
        columns=(
            Column(name="use_case", needed=True),
            Column(name="operation", needed=True),
            Column(name="at", reads="moment", needed=True),
            Column(name="answer", reads="answer", needed=True),
            Column(name="minutes", reads="number"),
            Column(name="record"),
            Column(name="reason"),
            Column(name="draft", reads="json"),
            Column(name="final", reads="json"),
        ),
        unique=("use_case", "operation", "at", "record", "draft"),
    ),
    ImportKind.BASELINE: Table(
        columns=(
            Column(name="use_case", needed=True),
            Column(name="metric", needed=True),
            Column(name="value", reads="number", needed=True),
        ),
        unique=("use_case", "metric"),
    ),
}
"""Every kind with its columns."""

ANSWERS = frozenset({Answer.APPROVE, Answer.APPROVE_EDITED, Answer.REJECT, Answer.USED, Answer.USED_EDITED, Answer.DISCARDED})
"""What history may say people answered."""
