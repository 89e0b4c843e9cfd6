"""What verbs and doors need to know of waiting, absences and notices, and how a notice gets out of the house."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from remit.core.action import Action
from remit.core.asking import Absence
from remit.core.notice import Letter, Notice, Wishes
from remit.core.types import ProposalId, UseCaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGroup:
    """How much waits that is alike: of which use case, from which agent, for whom, and who approved it already.

    `soon` of them lapse before a given moment.
    """

    use_case: UseCaseId
    agent: str
    version: str
    requester: str | None
    approved_by: frozenset[str]
    many: int
    soon: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How somebody wants to be told, the day of her last digest (ISO, empty before the first), and until when she knows."""

    wishes: Wishes
    digested: str
    told_at: datetime


class NoticeReading(Protocol):
    """Named queries about what waits, who is away, and what people were told."""

    def reached(self, use_case: UseCaseId, step: int, horizon: datetime, *, limit: int) -> list[Action]:
        """Return what waits, took so many steps, and lapses no later than a moment; most overdue first."""

    def asked_before(self, proposals: Collection[ProposalId]) -> Mapping[ProposalId, Sequence[tuple[str, ...]]]:
        """Return who was asked about each proposal, step by step, the oldest first."""

    def waiting_groups(self, soon: datetime, *, since: datetime | None = None) -> list[WaitingGroup]:
        """Return what waits for a person, alike counted together; with `since` only what came in after it."""

    def absences(self) -> list[Absence]:
        """Return every absence that was set and not ended."""

    def wishes(self) -> Mapping[str, Told]:
        """Return how people want to be told, by login; who never said so is told nothing outside the screens."""

    def notices_due(self, now: datetime, *, limit: int = 100) -> list[Notice]:
        """Return what is to be told now, the longest due first."""

    def notices(self, *, limit: int, only_open: bool = False) -> list[Notice]:
        """Return what people were told and are to be told, newest first."""


class NoticeWriting(NoticeReading, Protocol):
    """What a transaction keeps beside the facts, because it is nobody else's business."""

    def keep_wishes(self, person: str, wishes: Wishes) -> None:
        """Keep how somebody wants to be told."""

    def drop_wishes(self, person: str) -> None:
        """Forget it, with the address."""

    def keep_digested(self, person: str, day: str) -> None:
        """Keep that the digest of a day was considered, whether or not there was anything in it."""

    def keep_told(self, person: str, until: datetime) -> None:
        """Keep until when somebody knows what is new."""


class Notifier(Protocol):
    """Takes letters out of the house. It MUST NOT raise, and MUST NOT put a secret or an address into what it returns."""

    def channels(self) -> Mapping[str, bool]:
        """Return the channels by name, with whether one needs an address of its own."""

    async def send(self, channel: str, address: str, letter: Letter) -> str:
        """Send a letter. Returns an empty text when the channel took it, else why not, in words for people."""


class NoNotifier:
    """Stands where nobody set up a channel."""

    def channels(self) -> Mapping[str, bool]:
        """Return none."""
        return {}

    async def send(self, channel: str, address: str, letter: Letter) -> str:  # noqa: ARG002  # the port's signature
        """Say that there is no such channel."""
        return f"there is no channel {channel}"


UNREACHABLE = NoNotifier()
"""Nobody set up a channel."""
