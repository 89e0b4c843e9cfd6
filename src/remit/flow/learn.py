"""An agent asks what people made of proposals like the one it is about to make. What it was shown is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.core import facts as f
from remit.core.action import Action
from remit.core.facts import Entry
from remit.core.lesson import corrects
from remit.core.nearest import nearest
from remit.core.prompt_change import Correction
from remit.core.types import Operation, UseCaseId, Value
from remit.errors import InvalidInput
from remit.flow.see import charter_for
from remit.ports import AgentKey, House, Reading

MOST, _LOOKED_THROUGH = 20, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an agent is about to ask for, and how many corrections of such it wants to see."""

    use_case: UseCaseId
    operation: Operation
    like: Mapping[str, Value]
    limit: int = 5


async def learn(house: House, key: AgentKey, wanted: Wanted) -> list[Correction]:
    """Return the corrections most like it, of the newest 200. Raises `NotAllowed` for somebody else's use case."""
    if not 1 <= wanted.limit <= MOST:
        raise InvalidInput(asked=f"{wanted.limit} corrections", found=f"1 to {MOST} at once", do="Ask for fewer")
    with house.store.read() as reading:
        charter_for(reading.policy(), key, wanted.use_case, asked=f"corrections of {wanted.use_case}")
        found = corrections(reading, wanted.use_case, wanted.operation, limit=_LOOKED_THROUGH)
    order = nearest(_text(wanted.like), [_text(one.draft) for one in found], most=wanted.limit)
    chosen = [found[place] for place in order]
    fact = f.LessonsRead(
        use_case=wanted.use_case,
        operation=wanted.operation,
        agent=key.agent,
        version=key.version,
        about=tuple(one.proposal for one in chosen),
    )
    await house.store.write(lambda tx: tx.record(fact, actor=f"agent:{key.agent}"))
    return chosen


def corrections(reading: Reading, use_case: UseCaseId | None, operation: Operation | None, *, limit: int) -> list[Correction]:
    """Return what people corrected, newest first; what was erased since is left out."""
    found = (_correction(reading, action) for action in reading.corrected(use_case, operation, limit=limit))
    return [one for one in found if one is not None]


def _correction(reading: Reading, action: Action) -> Correction | None:
    newest = reading.latest_answer(action.proposal)
    if newest is None or not isinstance(newest.fact, f.Answered) or not corrects(newest.fact.answer):
        return None
    made = made_of(reading, action, newest, newest.fact)
    if made is None:
        return None
    return Correction(
        proposal=action.proposal,
        use_case=action.use_case,
        operation=action.operation,
        reason=newest.fact.reason_code,
        draft=made.draft,
        final=made.edited,
        note=made.note,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a person made of a draft: `edited` is what her edit made of it, None without one."""

    draft: Mapping[str, Value]
    edited: Mapping[str, Value] | None
    note: str


def made_of(reading: Reading, action: Action, at: Entry, fact: f.Answered) -> Made | None:
    """Return what an answer made of what was asked for; None where one of both was erased."""
    draft = reading.asked(action.proposal)
    edited = None if fact.edit_ppm is None else reading.content(at.id, "arguments")
    if draft is None or (fact.edit_ppm is not None and edited is None):
        return None
    return Made(draft=draft, edited=edited, note=str(reading.content(at.id, "note") or ""))


def _text(arguments: Mapping[str, Value]) -> str:
    return "\n".join(str(arguments[name]) for name in sorted(arguments))
