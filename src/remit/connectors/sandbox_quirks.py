"""What real systems do to those who use them, to be switched on in the sandbox: so that it is met here first.

Nothing is on unless somebody asks for it. Each quirk comes in turns, so that a story told twice is the same story.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from remit.connectors.sandbox_fields import STAGES
from remit.core.types import Image, Value
from remit.errors import InvalidInput
from remit.ports import Effect, Performed


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """Which quirks are on. A number N of turns means every Nth call; 0 is never.

    `delay_ms`: every request takes so long. `too_many`: refused with 429, `retry_after` seconds. `unavailable`: refused with 503.
    `lost_answer`: the effect happens and its answer is lost. `additive_score`: a score is added to what is there.
    `stage_order`: a stage only moves forward. `listeners`: what listens reacts and writes.
    """

    delay_ms: int = 0
    too_many: int = 0
    retry_after: int = 1
    unavailable: int = 0
    lost_answer: int = 0
    additive_score: bool = False
    stage_order: bool = False
    listeners: bool = False


NONE = Quirks()


def quirks_in(text: str) -> Quirks:
    """Read quirks such as `delay_ms=200 lost_answer=10 stage_order`. Raises `InvalidInput` that names the known ones."""
    found = Quirks()
    known = {one.name: one.type for one in fields(Quirks)}
    for word in text.split():
        name, _, number = word.partition("=")
        if name not in known or (known[name] == "bool") == bool(number) or (number and not number.isdecimal()):
            said = ", ".join(one if kind == "bool" else f"{one}=N" for one, kind in known.items())
            raise InvalidInput(asked=f"the quirk {word}", found="no such quirk", do=f"Choose from {said}")
        found = replace(found, **{name: int(number) if number else True})  # type: ignore[arg-type]  # of the sort checked above
    return found


@dataclass(slots=True, kw_only=True)
class Turns:
    """Counts calls, and says whose turn it is."""

    quirks: Quirks
    calls: int = 0
    lost: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def refusal(self) -> Performed | None:
        """Return how this call is turned away; None where it goes through. In a batch that makes a partial answer (207)."""
        self.calls += 1
        quirks = self.quirks
        if quirks.too_many and self.calls % quirks.too_many == 0:
            return Performed(effect=Effect.NOT_YET, detail="too many requests", retry_after_seconds=quirks.retry_after)
        if quirks.unavailable and self.calls % quirks.unavailable == 0:
            return Performed(effect=Effect.NOT_YET, detail="out of service")
        return None

    def told(self, truly: Performed) -> Performed:
        """Return what the caller hears of an end."""
        if truly.effect is not Effect.DONE or not self.quirks.lost_answer:
            return truly
        self.lost += 1
        lost = self.lost % self.quirks.lost_answer == 0
        return Performed(effect=Effect.UNCLEAR, detail="no answer came in time") if lost else truly


def added(quirks: Quirks, operation: str, put: Mapping[str, Value], held: Image) -> Mapping[str, Value]:
    """Return what is put where a score is added to the one that is there, up to 100."""
    score, there = put.get("score"), held.fields.get("score")
    if not quirks.additive_score or operation != "lead.score.update" or not isinstance(score, int) or not isinstance(there, int):
        return put
    return {**put, "score": min(100, score + there)}


def out_of_order(quirks: Quirks, put: Mapping[str, Value], held: Image) -> str | None:
    """Say why a stage may not be set; None where it may. The order holds for what is asked for, not for what is put back."""
    wanted, there = str(put.get("lifecycle_stage")), str(held.fields.get("lifecycle_stage"))
    if not quirks.stage_order or wanted not in STAGES or there not in STAGES or STAGES.index(wanted) >= STAGES.index(there):
        return None
    return f"a stage moves forward only: {there} comes after {wanted}"
