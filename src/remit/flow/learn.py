"""An agent asks what people made of proposals like the one it is about to make. What it was shown is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.core import facts as f
from remit.core.action import Action
from remit.core.lesson import corrects
from remit.core.nearest import nearest
from remit.core.prompt_change import Correction
from remit.core.types import Operation, UseCaseId, Value
from remit.errors import InvalidInput, NotAllowed, NotFound
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
        _refuse_foreign(reading, key, wanted.use_case)
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


def _refuse_foreign(reading: Reading, key: AgentKey, use_case: UseCaseId) -> None:
    if use_case not in reading.policy().charters:
        raise NotFound(asked=f"corrections of {use_case}", found="no such charter", do="Adopt a charter for it")
    if use_case not in key.use_cases:
        found = f"a key for {', '.join(key.use_cases)}"
        raise NotAllowed(asked=f"corrections of {use_case}", found=found, do="Use that use case's key")


def corrections(reading: Reading, use_case: UseCaseId | None, operation: Operation | None, *, limit: int) -> list[Correction]:
    """Return what people corrected, newest first; what was erased since is left out."""
    found = (_correction(reading, action) for action in reading.corrected(use_case, operation, limit=limit))
    return [one for one in found if one is not None]


def _correction(reading: Reading, action: Action) -> Correction | None:
    draft, newest = reading.asked(action.proposal), reading.latest_answer(action.proposal)
    if draft is None or newest is None or not isinstance(newest.fact, f.Answered) or not corrects(newest.fact.answer):
        return None
    edited = None if newest.fact.edit_ppm is None else reading.content(newest.id, "arguments")
    if newest.fact.edit_ppm is not None and edited is None:
        return None
    return Correction(
        proposal=action.proposal,
        use_case=action.use_case,
        operation=action.operation,
        reason=newest.fact.reason_code,
        draft=draft,
        final=edited,
        note=str(reading.content(newest.id, "note") or ""),
    )


def _text(arguments: Mapping[str, Value]) -> str:
    return "\n".join(str(arguments[name]) for name in sorted(arguments))
