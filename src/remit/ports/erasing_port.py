"""What erasing needs of the store: to find content by what it says, and to lose it for good."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from remit.core.action import Action
from remit.core.types import ProposalId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptContent:
    """One piece of content: the fact it is sealed in, what that fact is about, its name and what it says."""

    fact: str
    subject: str
    name: str
    content: Any


class ErasingReading(Protocol):
    """Named queries about content."""

    def actions_on(self, records: Collection[str]) -> list[Action]:
        """Return the actions that touch one of these records, oldest first."""

    def contents_with(self, texts: Collection[str]) -> Iterator[KeptContent]:
        """Walk the content that holds one of these texts anywhere, in whatever case; it may hold it by chance."""

    def count_contents(self, proposals: Collection[ProposalId], facts: Collection[str]) -> int:
        """Count what `drop_contents` would drop."""


class ErasingWriting(Protocol):
    """What a transaction can do to content: nothing but lose it. The digests in the facts stay."""

    def drop_contents(self, proposals: Collection[ProposalId], facts: Collection[str]) -> int:
        """Drop, with its salts, the content of every fact about these proposals and their violations, and of these facts.

        Returns how many pieces. After the commit `Store.scrub` MUST be called.
        """

    def drop_older(self, names: Collection[str], before: datetime, *, most: int) -> int:
        """Drop content of these names whose fact is older, but for actions that still need it. Returns how many pieces."""
