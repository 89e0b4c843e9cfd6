"""Whether an operation has earned a level, keeps it, or has lost it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from remit.core.approval import FULL_PPM
from remit.core.charter import Charter, EvidenceSpec
from remit.core.question import Ceiling
from remit.core.readiness import Measures, readiness_ceilings
from remit.core.types import Level, Operation, UseCaseId
from remit.evidence import misses, promotion, sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one operation by one version in one trial. `losses` counts observations by their loss in millionths."""

    version: str = ""
    trial: int = 1
    answered: int = 0
    losses: Mapping[int, int] | None = None
    log_wealth: float = 0.0
    crossed: bool = False
    drift: tuple[float, ...] = ()
    alarm: bool = False
    reviewed_at_level: int = 0
    violations: int = 0

    @property
    def observations(self) -> int:
        """Return the number of closed clusters."""
        return sum((self.losses or {}).values())

    @property
    def mean_loss(self) -> float:
        """Return the mean loss of the observations, 0 when there are none."""
        counts = self.losses or {}
        return sum(loss * n for loss, n in counts.items()) / FULL_PPM / max(1, self.observations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The level in the hands of one operation, for which version, until when, and who signed it."""

    level: Level
    version: str = ""
    until: datetime | None = None
    offered: bool = False
    signed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """The evidence clears the bar for the next level."""

    level: Level
    evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The level ends at once."""

    use_case: UseCaseId
    operation: Operation
    level: Level
    cause: str
    evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """Nothing changes; `why` says what is missing, `answers_needed` how many clean observations would do, if any number would."""

    why: str
    answers_needed: int | None = None


Judgement = Earned | Lost | Stays

_DRIFT_TIMES = 4.0


def tested_tolerance(spec: EvidenceSpec) -> float:
    """Return the tolerance the test runs at: reviewers miss some errors, so what they see has to be better than the promise."""
    return misses.seen_tolerance(spec.tolerance, spec.miss_rate)


def tested_alpha(spec: EvidenceSpec, trial: int) -> float:
    """Return the error budget of one trial; half of it pays for the bound on misses where misses are bounded."""
    budget = promotion.trial_alpha(spec.alpha, trial)
    return budget / 2 if spec.miss_rate > 0 else budget


def same_test(before: EvidenceSpec, after: EvidenceSpec) -> bool:
    """Whether evidence under one is evidence under the other: another tolerance, budget, loss or cluster is another test."""
    return _test_of(before) == _test_of(after)


def _test_of(spec: EvidenceSpec) -> tuple[object, ...]:
    cluster = spec.cluster.key, spec.cluster.items, spec.cluster.close_after_days
    return spec.tolerance, spec.alpha, spec.miss_rate, spec.losses, spec.run_length, cluster


def judge(grant: Grant, evidence: Evidence, charter: Charter, operation: Operation) -> Judgement:
    """Judge one operation by its evidence."""
    summary = _summary(evidence, charter.evidence)
    if grant.level >= Level.EXECUTE and evidence.alarm:
        return Lost(use_case=charter.id, operation=operation, level=Level.RECOMMEND, cause="drift", evidence=summary)
    if grant.level >= Level.EXECUTE and evidence.violations >= charter.evidence.violations_to_demote:
        counted = {**summary, "violations": evidence.violations}
        return Lost(use_case=charter.id, operation=operation, level=Level.RECOMMEND, cause="violations", evidence=counted)
    if grant.level >= highest_level(charter, operation):
        return Stays(why="the charter's highest level is reached")
    if grant.level is Level.OFF:
        return Stays(why="nobody switched it on")
    if grant.level is Level.ASSIST:
        return _from_assist(evidence, charter, summary)
    if grant.level is Level.RECOMMEND:
        return _from_recommend(evidence, charter, summary)
    return Stays(why="level 4 needs a certificate")


def _from_assist(evidence: Evidence, charter: Charter, summary: Mapping[str, int]) -> Judgement:
    needed = charter.evidence.drafts_to_level_2
    if evidence.answered >= needed:
        return Earned(level=Level.RECOMMEND, evidence=summary)
    return Stays(why="more drafts have to be answered", answers_needed=needed - evidence.answered)


def _from_recommend(evidence: Evidence, charter: Charter, summary: Mapping[str, int]) -> Judgement:
    if evidence.crossed:
        return Earned(level=Level.EXECUTE, evidence=summary)
    more = answers_needed(charter.evidence, evidence.losses or {}, evidence.trial)
    return Stays(why="more clean answers are needed", answers_needed=more)


def answers_needed(spec: EvidenceSpec, losses: Mapping[int, int], trial: int) -> int | None:
    """Return how many further clean observations clear the bar, counted from these losses; None where no number would."""
    counts = {loss / FULL_PPM: n for loss, n in losses.items()}
    return promotion.answers_needed(counts, tolerance=tested_tolerance(spec), alpha=tested_alpha(spec, trial))


def _summary(evidence: Evidence, spec: EvidenceSpec) -> dict[str, int]:
    return {
        "answered": evidence.answered,
        "observations": evidence.observations,
        "mean_loss_ppm": round(evidence.mean_loss * FULL_PPM),
        "reviewed_at_level": evidence.reviewed_at_level,
        "tolerance_ppm": round(spec.tolerance * FULL_PPM),
        "trial": evidence.trial,
    }


_NOT_MEASURED: Measures = MappingProxyType({})


def ceilings(
    grant: Grant,
    charter: Charter,
    *,
    operation: Operation,
    version: str,
    now: datetime,
    measured: Measures = _NOT_MEASURED,
) -> tuple[Ceiling, ...]:
    """Name every limit on the level that evidence cannot lift. What the charter wants measured and nobody measured is one."""
    found = [
        *charter_ceilings(charter, operation),
        *readiness_ceilings(charter.readiness, measured, now),
        *_of_grant(grant, version, now),
    ]
    return tuple(ceiling for ceiling in found if ceiling.level < grant.level)


def highest_level(charter: Charter, operation: Operation) -> Level:
    """Return the highest level a charter allows an operation: its own, where it has one that is lower."""
    spec = charter.operations.get(operation)
    return charter.highest_level if spec is None else min(charter.highest_level, spec.highest_level)


def charter_ceilings(charter: Charter, operation: Operation) -> Iterator[Ceiling]:
    """Return the ceilings that follow from the charter alone."""
    yield Ceiling(level=highest_level(charter, operation), code="charter")
    if operation not in charter.operations:
        yield Ceiling(level=Level.RECOMMEND, code="outside_grant")


def _of_grant(grant: Grant, version: str, now: datetime) -> Iterator[Ceiling]:
    if grant.level < Level.EXECUTE:
        return
    if grant.version != version:
        yield Ceiling(level=Level.RECOMMEND, code="version", detail=grant.version)
    if grant.until is not None and grant.until <= now:
        yield Ceiling(level=Level.RECOMMEND, code="expired", detail=grant.until.date().isoformat())


def qa_rate_ppm(spec: EvidenceSpec, *, actions_per_day: float, harm_cap: float | None = None) -> int:
    """Return the share of actions drawn for review at level 3: the charter's rate, raised where it is too low.

    Too low for the volume, so that a drift would not be noticed in time, or for the errors that may be expected to escape until
    then: the charter's harm cap, else `harm_cap`, that of the risk statement.
    """
    tolerance = tested_tolerance(spec)
    drifted = min(_DRIFT_TIMES, 0.9 / tolerance)  # a rate cannot pass 1: loose tolerances watch for a smaller multiple
    needed = sampling.reviews_to_detect(tolerance, spec.run_length, drifted)
    rate = sampling.rate(spec.qa_rate, reviews_needed=needed, days=spec.detect_days, actions_per_day=actions_per_day)
    cap = harm_cap if spec.harm_cap is None else spec.harm_cap
    if cap is None:
        return round(rate * FULL_PPM)
    capped = sampling.rate_for_harm(cap, drifted_rate=drifted * tolerance, reviews_needed=needed)
    return max(round(rate * FULL_PPM), math.ceil(capped * FULL_PPM))
