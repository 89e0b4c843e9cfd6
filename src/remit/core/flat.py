"""Facts as flat rows for other people's tools: one row for each fact, decision, answer or attempt, each column a plain value.

No content is in them. People stand under the names they act by, agents and records under their identifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

import msgspec
from msgspec.structs import replace

from remit.core import facts as f
from remit.core.codec import moment_text
from remit.core.facts import Entry, subject_of

Text = Annotated[str, msgspec.Meta(description="A moment as RFC 3339 has it, in UTC.")]


class Flat(msgspec.Struct, frozen=True, kw_only=True):
    """A row: every column is always there, and null where there is nothing."""


class FactRow(Flat, frozen=True, kw_only=True):
    """A fact: its number, when it was written, by whom, what kind it is and what it is about."""

    seq: int
    id: str
    at: Text
    actor: str
    kind: str
    subject: str
    use_case: str | None
    operation: str | None
    proposal: str | None
    agent: str | None
    version: str | None


class DecisionRow(Flat, frozen=True, kw_only=True):
    """A decision of the gate. `reasons` are codes, the deciding one first, joined by commas."""

    seq: int
    at: Text
    proposal: str
    use_case: str
    operation: str
    verdict: str
    reason: str | None
    reasons: str
    granted_level: int
    reach: int | None
    claimed_confidence_ppm: int | None
    counts: bool
    draw_rate_ppm: int
    drawn: bool
    policy_digest: str
    due_at: Text


class AnswerRow(Flat, frozen=True, kw_only=True):
    """An answer of a person. `loss_ppm` is how wrong the proposal was, in millionths, and null where nobody graded it.

    `roles` are those she answered in, joined by commas; `missing` is how many approvals it still took. `edit_ppm` is how much of
    the text she changed, in millionths, null without an edit. What was answered together has one `batch`.
    """

    seq: int
    at: Text
    proposal: str
    by: str
    answer: str
    reason_code: str
    revision: int
    loss_ppm: int | None
    seconds_seen: int | None
    roles: str
    missing: int
    edit_ppm: int | None
    batch: str | None
    as_requester: bool


class AttemptRow(Flat, frozen=True, kw_only=True):
    """One try at carrying an action out, or at undoing it. `result` is null while it is under way."""

    proposal: str
    what: str
    started_seq: int
    started_at: Text
    ended_seq: int | None = None
    ended_at: Text | None = None
    result: str | None = None


def fact_rows(entries: Iterable[Entry]) -> Iterator[Flat]:
    """Return a row for every fact."""
    for entry in entries:
        fact = entry.fact
        version = getattr(fact, "version", None)
        yield FactRow(
            seq=entry.seq,
            id=entry.id,
            at=moment_text(entry.at),
            actor=entry.actor,
            kind=type(fact).__name__,
            subject=subject_of(fact),
            version=None if version is None else str(version),  # that of a context window is a number
            **{name: getattr(fact, name, None) for name in ("use_case", "operation", "proposal", "agent")},
        )


def decision_rows(entries: Iterable[Entry]) -> Iterator[Flat]:
    """Return a row for every decision of the gate."""
    for entry in entries:
        if isinstance(entry.fact, f.Decided):
            yield _decision(entry, entry.fact)


def _decision(entry: Entry, fact: f.Decided) -> DecisionRow:
    codes = [reason.code for reason in fact.reasons]
    return DecisionRow(
        seq=entry.seq,
        at=moment_text(entry.at),
        proposal=fact.proposal,
        use_case=fact.given.use_case,
        operation=fact.given.operation,
        verdict=fact.verdict.name.lower(),
        reason=codes[0] if codes else None,
        reasons=",".join(codes),
        granted_level=int(fact.given.granted),
        reach=fact.given.facts.reach,
        claimed_confidence_ppm=fact.given.claimed.confidence_ppm,
        counts=fact.counts,
        draw_rate_ppm=fact.given.draw_rate_ppm,
        drawn=fact.given.drawn,
        policy_digest=fact.policy_digest,
        due_at=moment_text(fact.due_at),
    )


def answer_rows(entries: Iterable[Entry]) -> Iterator[Flat]:
    """Return a row for every answer of a person."""
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, f.Answered):
            yield AnswerRow(
                seq=entry.seq,
                at=moment_text(entry.at),
                proposal=fact.proposal,
                by=fact.by,
                answer=str(fact.answer),
                reason_code=fact.reason_code,
                revision=fact.revision,
                loss_ppm=fact.loss_ppm,
                seconds_seen=fact.seconds_seen,
                roles=",".join(fact.roles),
                missing=fact.missing,
                edit_ppm=fact.edit_ppm,
                batch=fact.batch,
                as_requester=fact.as_requester,
            )


_BEGINS: dict[type, str] = {f.Started: "do", f.UndoStarted: "undo"}
_ENDS: dict[type, tuple[str, str]] = {
    f.Done: ("do", "done"),
    f.Failed: ("do", "failed"),
    f.Unclear: ("do", "unclear"),
    f.Undone: ("undo", "done"),
    f.UndoFailed: ("undo", "failed"),
    f.UndoUnclear: ("undo", "unclear"),
}


def attempt_rows(entries: Iterable[Entry]) -> Iterator[Flat]:
    """Return a row for every attempt, with what came of it in the end: an unclear one may have been settled since."""
    attempts: dict[str, AttemptRow] = {}
    for entry in entries:
        kind, proposal = type(entry.fact), str(getattr(entry.fact, "proposal", ""))
        begun = attempts.get(proposal)
        if kind in _BEGINS:
            if begun:
                yield begun
            at = moment_text(entry.at)
            attempts[proposal] = AttemptRow(proposal=proposal, what=_BEGINS[kind], started_seq=entry.seq, started_at=at)
        elif begun and kind in _ENDS and _ENDS[kind][0] == begun.what:  # an undo may also fail before it starts
            ended = moment_text(entry.at)
            attempts[proposal] = replace(begun, ended_seq=entry.seq, ended_at=ended, result=_ENDS[kind][1])
    yield from attempts.values()


TABLES: dict[str, tuple[type[Flat], Callable[[Iterable[Entry]], Iterator[Flat]]]] = {
    "facts": (FactRow, fact_rows),
    "decisions": (DecisionRow, decision_rows),
    "answers": (AnswerRow, answer_rows),
    "attempts": (AttemptRow, attempt_rows),
}
"""Every table by its name: what a row holds, and how rows come out of facts."""
