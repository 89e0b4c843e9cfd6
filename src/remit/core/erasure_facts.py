"""The facts about content that is gone: what was erased because a person asked, and what was swept because it was old."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from remit.core.types import Frozen, Moment, ProposalId, Whole


class Erased(Frozen, frozen=True, kw_only=True):
    """What was kept of a record was erased: the content of these proposals, and what connected systems had.

    `record` is the pseudonymous id that the facts before it hold too; nothing leads from it to anybody any more. `blocked` is how
    many actions waited and were ended, `systems` says of each connected system whether it forgot.
    """

    record: str
    by: str
    proposals: tuple[ProposalId, ...]
    contents: Whole
    blocked: Whole = 0
    systems: Mapping[str, str] = msgspec.field(default_factory=dict)


class ContentsSwept(Frozen, frozen=True, kw_only=True):
    """Content of one sort was older than it is kept, and was erased: how many pieces, from before when."""

    what: str
    before: Moment
    contents: Whole


ErasureFact = Erased | ContentsSwept
"""Every fact about content that is gone."""
