"""What has to be measured before a level may rise, and the ceilings where it was not, is too old, or falls short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.core.charter import ReadinessSpec
from remit.core.question import Ceiling
from remit.core.types import Level

PPM = 1_000_000
WORDS: Mapping[str, str] = {
    "data_quality": "data quality",
    "outcome_source": "a live source of outcomes",
    "escalation_tested": "a tested way of escalation",
    "undo_proven": "a proven undo",
}
"""What can be measured, and what people call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure somebody measured: the share (in millionths) that is sound or shown, good until a moment."""

    what: str
    value_ppm: int
    until: datetime
    by: str
    at: datetime
    note: str = ""


Measures = Mapping[str, Measure]
"""The newest measure by what was measured."""


def asks(spec: ReadinessSpec) -> bool:
    """Whether a charter asks for anything to be measured."""
    return bool(_asked(spec))


def readiness_ceilings(spec: ReadinessSpec, measured: Measures, now: datetime) -> Iterator[Ceiling]:
    """Return a ceiling at level 2 for each part that is asked for and not there: not measured is as low as measured badly."""
    for what, least_ppm in _asked(spec).items():
        detail = _lacking(what, least_ppm, measured.get(what), now)
        if detail and what == "data_quality":
            yield Ceiling(level=Level.RECOMMEND, code="data_quality", detail=detail)
        elif detail:
            yield Ceiling(level=Level.RECOMMEND, code="readiness", detail=detail)


def _asked(spec: ReadinessSpec) -> dict[str, int]:
    """Return the least that each part has to come to; what is only there or not has to be there wholly."""
    wholly = {
        "outcome_source": bool(spec.outcome_source),
        "escalation_tested": spec.escalation_tested,
        "undo_proven": spec.undo_proven,
    }
    quality = {} if spec.data_quality is None else {"data_quality": round(spec.data_quality * PPM)}
    return quality | {what: PPM for what, wanted in wholly.items() if wanted}


def _lacking(what: str, least_ppm: int, found: Measure | None, now: datetime) -> str:
    """Say what is missing and what to do; nothing where it is there."""
    called, how = WORDS[what], "record it with `remit measure`"
    if found is None:
        return f"{called} was not measured; measure it and {how}"
    if found.until <= now:
        return f"what was measured of {called} ended on {found.until.date()}; measure it again and {how}"
    if found.value_ppm < least_ppm:
        return f"{called} was measured as {_share(found.value_ppm)}, and the charter asks for {_share(least_ppm)}"
    return ""


def _share(ppm: int) -> str:
    return f"{ppm / PPM * 100:g} %"
