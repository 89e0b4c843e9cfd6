"""What the next answer buys: how far an operation is from its next level, how long that takes, and what would change it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from remit.core import bar
from remit.core.approval import FULL_PPM
from remit.core.evidence_spec import EvidenceSpec
from remit.core.level import Earned, Evidence, Grant, Judgement, Stays
from remit.core.types import Level
from remit.evidence.forecast import forecast
from remit.evidence.promotion import error_rate_upper

_LONGEST = 4_000
"""So many further observations are looked ahead."""

_EVEN = 0.5
_ENOUGH = 20
"""With fewer observations nobody says where it will lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """Where one version stands. Rates lie in 0..1; `upper` holds at every look with 95 % confidence, None without observations.

    `answers_needed` are further clean ones; `days` is how long these take at the pace of now, `chance` the probability that the
    level is earned within a year (or 4,000 observations) if it goes on as it went; each None where nobody can say.
    """

    version: str
    trial: int
    observations: int
    mean_loss: float
    upper: float | None
    tested: float
    miss_rate: float
    miss_measured: bool
    answers_needed: int | None
    days: int | None
    chance: float | None
    sentence: str


def prospect(grant: Grant, evidence: Evidence, spec: EvidenceSpec, judged: Judgement, *, per_day: float) -> Prospect:
    """Say where a version stands, given how it was judged and how many observations are closed a day."""
    tested = bar.tolerance(spec, evidence.miss_ppm)
    needed = judged.answers_needed if isinstance(judged, Stays) else None
    counted = needed is not None and per_day > 0 and grant.level > Level.ASSIST  # drafts are no observations
    days = math.ceil(needed / per_day) if counted and needed is not None else None
    chance = _chance(evidence, spec, tested, per_day) if _is_tested(grant, judged) else None
    counts = {loss / FULL_PPM: n for loss, n in (evidence.losses or {}).items()}
    return Prospect(
        version=evidence.version,
        trial=evidence.trial,
        observations=evidence.observations,
        mean_loss=evidence.mean_loss,
        upper=error_rate_upper(counts, alpha=0.05) if counts else None,
        tested=tested,
        miss_rate=bar.miss_rate(spec, evidence.miss_ppm),
        miss_measured=evidence.miss_ppm is not None,
        answers_needed=needed,
        days=days,
        chance=chance,
        sentence=_sentence(grant, evidence, judged, tested=tested, days=days, chance=chance),
    )


def _is_tested(grant: Grant, judged: Judgement) -> bool:
    return grant.level is Level.RECOMMEND and isinstance(judged, Stays) and judged.answers_needed is not None


def _chance(evidence: Evidence, spec: EvidenceSpec, tested: float, per_day: float) -> float | None:
    """Return the chance to earn the level if errors go on at the rate seen; None where too little was seen."""
    if evidence.observations < _ENOUGH or per_day <= 0:
        return None
    errors = min(evidence.observations, round(evidence.mean_loss * evidence.observations))
    horizon = min(_LONGEST, max(1, round(per_day * 365)))
    alpha = bar.alpha(spec, evidence.trial, evidence.miss_ppm)
    seen = {"reviews": evidence.observations, "errors": errors}
    return forecast(evidence.mean_loss, tolerance=tested, alpha=alpha, horizon=horizon, **seen).chance


def _sentence(
    grant: Grant, evidence: Evidence, judged: Judgement, *, tested: float, days: int | None, chance: float | None
) -> str:
    if isinstance(judged, Earned):
        what = "It is offered" if grant.offered else "The evidence is enough"
        return f"{what}: level {int(judged.level)} begins with the signatures that are missing."
    if not isinstance(judged, Stays):
        return f"The level is lost ({judged.cause}); it begins again from nothing."
    if judged.answers_needed is None or grant.level not in {Level.ASSIST, Level.RECOMMEND}:
        return f"{judged.why[:1].upper()}{judged.why[1:]}."
    if grant.level is Level.ASSIST:
        return f"{judged.answers_needed} more answered drafts."
    return _of_test(evidence, judged.answers_needed, tested=tested, days=days, chance=chance)


def _of_test(evidence: Evidence, needed: int, *, tested: float, days: int | None, chance: float | None) -> str:
    seen = f"{evidence.mean_loss:.1%} was wrong so far"
    if evidence.observations >= _ENOUGH and evidence.mean_loss >= tested:
        return (
            f"{seen}, and at most {tested:.1%} may be: it is not good enough, and more answers like these would not change that. "
            f"A better prompt would, or a reason to bear more errors."
        )
    if chance is not None and chance < _EVEN:
        return (
            f"{seen}, and at most {tested:.1%} may be. That is not distinguishable: so close to what is bearable, the chance to "
            f"show it within a year is {chance:.0%}. Fewer errors would change that; more answers alone hardly will."
        )
    return f"{needed} more clean observations{_about(days)}."


def _about(days: int | None) -> str:
    if days is None:
        return ""
    return f", about {days} day{'' if days == 1 else 's'}"
