"""The facts about what was imported: which file, by its digest, and how much of it. What it said is in none of them."""

from __future__ import annotations

from remit.core.import_kind import ImportKind
from remit.core.types import Frozen, UseCaseId, Whole


class Imported(Frozen, frozen=True, kw_only=True):
    """A table was imported whole: `rows` of it came in, `left_out` were rejected. `digest` is the SHA-256 of the file.

    History is no evidence: nothing of it earns or loses a level.
    """

    batch: str
    what: ImportKind
    rows: Whole
    left_out: Whole
    digest: str
    by: str


class BaselineSet(Frozen, frozen=True, kw_only=True):
    """How a metric of a use case stood before agents worked on it, in millionths of its unit."""

    use_case: UseCaseId
    metric: str
    value_micro: Whole
    by: str


ImportFact = Imported | BaselineSet
"""Every fact about imports."""
