"""What has to be measured: not measured, ended and too low are each told with what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.core.ceilings import ceilings
from remit.core.charter import ReadinessSpec
from remit.core.gate import Ceiling
from remit.core.level import Grant
from remit.core.readiness import PPM, Measure, asks, readiness_ceilings
from remit.core.types import Level
from tests.core.small_policy import NOON, OPERATION, charter

ASKED = ReadinessSpec(data_quality=0.97, outcome_source="crm", escalation_tested=True, undo_proven=True)


def measure(what: str, value: float = 1.0, **later: float) -> dict[str, Measure]:
    """Return one measure, good for an hour or for what is said."""
    until = NOON + timedelta(**(later or {"hours": 1}))
    return {what: Measure(what=what, value_ppm=round(value * PPM), until=until, by="dora", at=NOON)}


SAID: dict[str, tuple[ReadinessSpec, dict[str, Measure], list[tuple[str, str]]]] = {
    "nothing asked": (ReadinessSpec(), {}, []),
    "nothing measured": (
        ASKED,
        {},
        [
            ("data_quality", "data quality was not measured; measure it and record it with `remit measure`"),
            ("readiness", "a live source of outcomes was not measured; measure it and record it with `remit measure`"),
            ("readiness", "a tested way of escalation was not measured; measure it and record it with `remit measure`"),
            ("readiness", "a proven undo was not measured; measure it and record it with `remit measure`"),
        ],
    ),
    "good enough": (ReadinessSpec(data_quality=0.97), measure("data_quality", 0.97), []),
    "too low": (
        ReadinessSpec(data_quality=0.97),
        measure("data_quality", 0.91),
        [("data_quality", "data quality was measured as 91 %, and the charter asks for 97 %")],
    ),
    "ended this moment": (
        ReadinessSpec(undo_proven=True),
        measure("undo_proven", hours=0),
        [
            (
                "readiness",
                "what was measured of a proven undo ended on 2026-03-04; measure it again and record it with `remit measure`",
            )
        ],
    ),
    "tried and failed": (
        ReadinessSpec(escalation_tested=True),
        measure("escalation_tested", 0.0),
        [("readiness", "a tested way of escalation was measured as 0 %, and the charter asks for 100 %")],
    ),
    "something else was measured": (ReadinessSpec(outcome_source="crm"), measure("outcome_source"), []),
}


@pytest.mark.parametrize("name", SAID)
def test_what_is_missing_is_a_ceiling_at_level_2_that_says_what_to_do(name: str) -> None:
    spec, measured, wanted = SAID[name]
    found = list(readiness_ceilings(spec, measured, NOON))
    assert [(one.code, one.detail) for one in found] == wanted
    assert {one.level for one in found} <= {Level.RECOMMEND}


def test_who_asks_for_nothing_looks_nothing_up() -> None:
    assert not asks(ReadinessSpec())
    assert asks(ReadinessSpec(undo_proven=True))
    assert asks(ReadinessSpec(data_quality=0.0))


def test_a_ceiling_is_there_only_above_level_2() -> None:
    asking = charter(readiness=ReadinessSpec(undo_proven=True))
    known = {"operation": OPERATION, "version": "v1", "now": NOON}
    held = ceilings(Grant(level=Level.EXECUTE, version="v1"), asking, **known)  # type: ignore[arg-type]
    assert [one.code for one in held] == ["readiness"]
    assert ceilings(Grant(level=Level.RECOMMEND), asking, **known) == ()  # type: ignore[arg-type]
    shown = ceilings(Grant(level=Level.EXECUTE, version="v1"), asking, **known, measured=measure("undo_proven"))  # type: ignore[arg-type]
    assert shown == ()
    assert isinstance(held[0], Ceiling)
