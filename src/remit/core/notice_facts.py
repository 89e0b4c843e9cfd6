"""The facts about what people were told outside the screens. An address is in none of them, nor what a channel said."""

from __future__ import annotations

from remit.core.notice import NoticeKind
from remit.core.types import Frozen, Moment, UseCaseId, Whole


class NoticeWritten(Frozen, frozen=True, kw_only=True):
    """Somebody is to be told, not before a moment: a person on her own channel, or (`person` empty) a channel.

    `count` proposals or violations, `soon` of them end within a day, `mine` violations are hers, the first ends at `due_at`.
    """

    notice: str
    kind: NoticeKind
    person: str
    channel: str
    not_before: Moment
    use_case: UseCaseId | None = None
    count: Whole = 0
    soon: Whole = 0
    mine: Whole = 0
    due_at: Moment | None = None


class NoticeSent(Frozen, frozen=True, kw_only=True):
    """The channel took it."""

    notice: str


class NoticeFailed(Frozen, frozen=True, kw_only=True):
    """The channel did not take it; it is tried again."""

    notice: str
    next_at: Moment
    detail: str = ""


class NoticeDropped(Frozen, frozen=True, kw_only=True):
    """It is not sent any more: a newer digest says more, or the person left."""

    notice: str
    why: str


NoticeFact = NoticeWritten | NoticeSent | NoticeFailed | NoticeDropped
"""Every fact about notices."""
