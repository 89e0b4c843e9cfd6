"""Whether an operation has earned a level, keeps it, or has lost it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from remit.core import bar, certificate
from remit.core.approval import FULL_PPM
from remit.core.certificate import Certificate, Confidence
from remit.core.charter import Charter
from remit.core.evidence_spec import EvidenceSpec
from remit.core.types import Level, Operation, UseCaseId

RENEW_WITHIN = timedelta(days=30)
"""So long before its end a grant is offered again."""

_LARGEST_WEALTH = 1e15


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of one operation by one version in one trial, since it began.

    `losses` counts observations by their loss in millionths. `miss_ppm` is the measured bound on what reviewers miss, None while
    it is an assumption. `drift` watches the answers, `warning` warns of them (`log_warning` is how much), `outcomes` watches
    what happened later; all three begin anew with a level, at the tolerance of then (`watched_miss_ppm`).
    """

    version: str = ""
    trial: int = 1
    since: datetime | None = None
    answered: int = 0
    losses: Mapping[int, int] | None = None
    log_wealth: float = 0.0
    crossed: bool = False
    miss_ppm: int | None = None
    drift: tuple[float, ...] = ()
    warning: tuple[float, ...] = ()
    log_warning: float = 0.0
    alarm: bool = False
    outcomes: tuple[float, ...] = ()
    outcome_alarm: bool = False
    watched_miss_ppm: int | None = None
    reviewed_at_level: int = 0
    outcomes_at_level: int = 0
    violations: int = 0
    confidence: Confidence | None = None
    certificate: Certificate | None = None

    @property
    def observations(self) -> int:
        """Return the number of closed clusters."""
        return sum((self.losses or {}).values())

    @property
    def mean_loss(self) -> float:
        """Return the mean loss of the observations, 0 when there are none."""
        counts = self.losses or {}
        return sum(loss * n for loss, n in counts.items()) / FULL_PPM / max(1, self.observations)

    @property
    def threshold(self) -> int | None:
        """Return the lowest confidence that the answers speak for, in millionths; None while there is none."""
        return self.confidence.threshold if self.confidence else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The level in the hands of one operation, for which version, until when, and who signed it.

    `offered_level` and `offered_version` are what an open offer is for; `frozen` is the wealth it was earned with.
    """

    level: Level
    version: str = ""
    until: datetime | None = None
    offered: bool = False
    signed_by: tuple[str, ...] = ()
    offered_level: Level | None = None
    offered_version: str = ""
    frozen: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """The evidence clears the bar for the next level, or for the same one again where its grant is about to end."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a judgement takes into account beside the evidence.

    `unsupervised` says why there is too little to be supervised, `suite` whether the suite of the charter was passed by this
    version, `only_certified` that no form of the operation runs alone below level 4, `in_portfolio` whether the evidence is
    enough among all use cases that are judged together.
    """

    now: datetime | None = None
    unsupervised: str = ""
    suite: str = ""
    only_certified: bool = False
    in_portfolio: bool = True

    @property
    def lacking(self) -> str:
        """Say what keeps any level above 2 away; nothing where nothing does."""
        return self.unsupervised or self.suite


PLAIN = Circumstances()
"""Nothing beside the evidence stands in the way."""


def judge(grant: Grant, evidence: Evidence, charter: Charter, operation: Operation, around: Circumstances = PLAIN) -> Judgement:
    """Judge one operation by its evidence."""
    if not evidence.trial:
        return Stays(why="this version is no candidate; declare it one with `remit evidence begin`")
    if cause := lost_by(grant, evidence, charter.evidence):
        return lost(charter, operation, evidence, cause)
    summary = pack(evidence, charter.evidence)
    if ends_soon(grant, around.now) and grant.version == evidence.version:
        return _renewed(grant, evidence, summary, around)
    if grant.level >= highest_level(charter, operation):
        return Stays(why="the charter's highest level is reached")
    if grant.level is Level.OFF:
        return Stays(why="nobody switched it on")
    if grant.level is Level.ASSIST:
        return _from_assist(evidence, charter, summary)
    if grant.level is Level.RECOMMEND and not around.only_certified:
        return _from_recommend(evidence, charter, summary, around)
    return _to_optimise(grant, evidence, charter, summary, around)


def lost(charter: Charter, operation: Operation, evidence: Evidence, cause: str) -> Lost:
    """Return the loss of a level for a cause, with the evidence under this charter."""
    told = pack(evidence, charter.evidence)
    return Lost(use_case=charter.id, operation=operation, level=Level.RECOMMEND, cause=cause, evidence=told)


def lost_by(grant: Grant, evidence: Evidence, spec: EvidenceSpec) -> str:
    """Return what ends a level now; empty where nothing does."""
    if grant.level < Level.EXECUTE:
        return ""
    if evidence.alarm:
        return "drift"
    if evidence.outcome_alarm:
        return "outcomes"
    return "violations" if evidence.violations >= spec.violations_to_demote else ""


def highest_level(charter: Charter, operation: Operation) -> Level:
    """Return the highest level a charter allows an operation: its own, where it has one that is lower."""
    spec = charter.operations.get(operation)
    return charter.highest_level if spec is None else min(charter.highest_level, spec.highest_level)


def ends_soon(grant: Grant, now: datetime | None) -> bool:
    """Whether a grant has ended, or will so soon that it is offered again."""
    return grant.level >= Level.EXECUTE and grant.until is not None and now is not None and grant.until - now <= RENEW_WITHIN


def _renewed(grant: Grant, evidence: Evidence, summary: Mapping[str, int], around: Circumstances) -> Judgement:
    """Offer a level again, on what was seen while it was in force."""
    if not evidence.reviewed_at_level:
        return Stays(why="nothing was reviewed since the level was given, so nobody can say whether it still holds")
    if around.lacking:
        return Stays(why=around.lacking)
    return Earned(level=grant.level, evidence=summary)


def _from_assist(evidence: Evidence, charter: Charter, summary: Mapping[str, int]) -> Judgement:
    needed = charter.evidence.drafts_to_level_2
    if evidence.answered >= needed:
        return Earned(level=Level.RECOMMEND, evidence=summary)
    return Stays(why="more drafts have to be answered", answers_needed=needed - evidence.answered)


def _from_recommend(evidence: Evidence, charter: Charter, summary: Mapping[str, int], around: Circumstances) -> Judgement:
    if not evidence.crossed:
        more = bar.answers_needed(charter.evidence, evidence.losses or {}, evidence.trial, evidence.miss_ppm)
        return Stays(why="more clean answers are needed", answers_needed=more)
    if not around.in_portfolio:
        return Stays(why="among all use cases judged together the evidence is not enough yet")
    if around.lacking:
        return Stays(why=around.lacking)
    return Earned(level=Level.EXECUTE, evidence=summary)


def _to_optimise(
    grant: Grant, evidence: Evidence, charter: Charter, summary: Mapping[str, int], around: Circumstances
) -> Judgement:
    if grant.version and grant.version != evidence.version and grant.level >= Level.EXECUTE:
        return Stays(why="another version holds the level")
    if evidence.certificate is None:
        known = evidence.confidence or Confidence()
        more = certificate.answers_needed(known, charter.evidence, evidence.trial, evidence.miss_ppm)
        return Stays(why="level 4 needs a certificate", answers_needed=more)
    if around.lacking:
        return Stays(why=around.lacking)
    return Earned(level=Level.OPTIMISE, evidence={**summary, "threshold_ppm": evidence.certificate.threshold_ppm})


def certifiable(grant: Grant, evidence: Evidence) -> int | None:
    """Return the confidence to certify: the lowest that answers speak for; once level 4 is in force, the one that was signed.

    What runs alone is seen in samples only, so it says less about lower ones.
    """
    signed = grant.level is Level.OPTIMISE and grant.version == evidence.version
    return evidence.certificate.threshold_ppm if signed and evidence.certificate else evidence.threshold


def pack(evidence: Evidence, spec: EvidenceSpec) -> dict[str, int]:
    """Return the evidence pack that stands with every change of a level, as whole numbers; rates are in millionths.

    `tested_ppm` is the tolerance after what reviewers miss (`miss_ppm`; `miss_measured` is 0 where that is an assumption),
    `alpha_ppm` the error budget of the trial, `wealth` what betting against the tolerance has come to; the bar is 1 / alpha.
    """
    tolerance = bar.tolerance(spec, evidence.miss_ppm)
    return {
        "alpha_ppm": round(bar.alpha(spec, evidence.trial, evidence.miss_ppm) * FULL_PPM),
        "answered": evidence.answered,
        "mean_loss_ppm": round(evidence.mean_loss * FULL_PPM),
        "miss_measured": int(evidence.miss_ppm is not None),
        "miss_ppm": round(bar.miss_rate(spec, evidence.miss_ppm) * FULL_PPM),
        "observations": evidence.observations,
        "outcomes_at_level": evidence.outcomes_at_level,
        "reviewed_at_level": evidence.reviewed_at_level,
        "tested_ppm": round(tolerance * FULL_PPM),
        "tolerance_ppm": round(spec.tolerance * FULL_PPM),
        "trial": evidence.trial,
        "violations": evidence.violations,
        "wealth": int(min(math.exp(min(evidence.log_wealth, 40.0)), _LARGEST_WEALTH)),
    }
