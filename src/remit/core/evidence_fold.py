"""How facts become evidence and levels: pure functions, the same for live writes, a rebuild and a replay."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec.structs import replace

from remit.core import bar, certificate
from remit.core import facts as f
from remit.core.action import Action
from remit.core.approval import FULL_PPM
from remit.core.certificate import Certificate, Confidence
from remit.core.evidence_spec import EvidenceSpec
from remit.core.facts import ActionFact
from remit.core.level import Evidence, Grant
from remit.core.lifecycle import APART
from remit.core.types import Level, Operation
from remit.errors import Conflict
from remit.evidence.drift import Cusum, Drift


def graded_loss(action: Action, fact: ActionFact) -> int | None:
    """Return the loss that a fact brings to the evidence, None where it brings none.

    A drawn action that ends without an answer counts as a full loss: else an agent could withdraw its mistakes.
    """
    match fact:
        case f.Answered() if action.state not in APART:
            return None if fact.too_fast or fact.discounted else fact.loss_ppm
        case f.Lapsed() | f.Withdrawn():
            return FULL_PPM if action.counts else None
        case _:
            return None


def outcome_loss(fact: ActionFact) -> int | None:
    """Return what a fact says of how an action went: nothing wrong when it was done, a loss when one is told of it."""
    match fact:
        case f.Done():
            return 0
        case f.Observed():
            return fact.loss_ppm or None
        case _:
            return None


def fold_answer(evidence: Evidence, *, loss_ppm: int, counts: bool, at_level: Level, spec: EvidenceSpec) -> Evidence:
    """Count one graded answer; at level 3 and above it also moves the drift detector and what warns of it."""
    answered = replace(evidence, answered=evidence.answered + 1)
    if not counts or at_level < Level.EXECUTE:
        return answered
    loss, tolerance = loss_ppm / FULL_PPM, _watched(evidence, spec)
    drift, warning = _detector(evidence.drift, tolerance, spec), Cusum(tolerance, evidence.warning)
    drift.update(loss)
    warning.update(loss)
    return replace(
        answered,
        drift=drift.state,
        warning=warning.state,
        log_warning=warning.log_evidence,
        alarm=answered.alarm or drift.alarm,
        reviewed_at_level=answered.reviewed_at_level + 1,
    )


def fold_outcome(evidence: Evidence, *, loss_ppm: int, at_level: Level, spec: EvidenceSpec) -> Evidence:
    """Count what became of an action that was carried out at level 3 or above: 0 when it was done, a loss when one is told.

    A loss is told of an action that counted as clean before. Both factors together are no more than the loss alone would be, so
    the detector keeps its promise (a clean factor is below 1), and nothing has to wait until all is known.
    """
    if at_level < Level.EXECUTE or not spec.outcomes.losses:
        return evidence
    detector = _detector(evidence.outcomes, spec.outcomes.tolerated or spec.tolerance, spec)
    detector.update(loss_ppm / FULL_PPM)
    return replace(
        evidence,
        outcomes=detector.state,
        outcome_alarm=evidence.outcome_alarm or detector.alarm,
        outcomes_at_level=evidence.outcomes_at_level + (loss_ppm > 0),
    )


def _watched(evidence: Evidence, spec: EvidenceSpec) -> float:
    """Return the tolerance that answers are watched at: it does not move while a level lasts."""
    return bar.tolerance(spec, evidence.watched_miss_ppm)


def _detector(state: tuple[float, ...], tolerance: float, spec: EvidenceSpec) -> Drift:
    length = bar.run_length(spec)
    return Drift.restore(tolerance, length, state) if state else Drift(tolerance, length)


def fold_cluster(evidence: Evidence, fact: f.ClusterClosed, spec: EvidenceSpec) -> Evidence:
    """Count one observation. Once the bar is cleared it stays cleared: the test allows a look after every answer."""
    if fact.graded:
        known = certificate.looked_at(evidence.confidence or Confidence(), fact.graded)
        if not fact.early:
            known = certificate.graded(known, fact.graded, spec, evidence.trial, fact.miss_ppm)
        return replace(evidence, confidence=known, miss_ppm=fact.miss_ppm)
    losses = dict(evidence.losses or {})
    losses[fact.loss_ppm] = losses.get(fact.loss_ppm, 0) + 1
    wealth = bar.log_wealth(spec, losses, fact.miss_ppm)
    crossed = evidence.crossed or wealth >= -math.log(bar.alpha(spec, evidence.trial, fact.miss_ppm))
    return replace(evidence, losses=losses, log_wealth=wealth, crossed=crossed, miss_ppm=fact.miss_ppm)


def fold_confidence(evidence: Evidence, confidence_ppm: int | None, at: datetime) -> Evidence:
    """Take in how sure an agent said it was, of a proposal that a certificate would be about."""
    known = evidence.confidence or Confidence()
    after = certificate.proposed(known, confidence_ppm, at)
    return evidence if after is known else replace(evidence, confidence=after)


def fold_certificate(evidence: Evidence, fact: f.Certified) -> Evidence:
    """Put a certificate into force."""
    return replace(
        evidence, certificate=Certificate(threshold_ppm=fact.threshold_ppm, suite=fact.suite, until=fact.until.astimezone(UTC))
    )


def fold_trial(fact: f.TrialStarted, at: datetime) -> Evidence:
    """Begin from nothing."""
    return Evidence(version=fact.version, trial=fact.trial, since=at)


def fold_grant(grant: Grant, fact: f.GrantOffered | f.Granted | f.LevelLost) -> Grant:
    """Return the grant after an offer, its signing or its loss; none rises by being lost."""
    match fact:
        case f.GrantOffered():
            frozen = grant.frozen if fact.level == grant.level else _frozen(fact)
            return dataclasses.replace(grant, offered=True, offered_level=fact.level, offered_version=fact.version, frozen=frozen)
        case f.Granted():
            return Grant(
                level=fact.level,
                version=fact.version,
                until=fact.until and fact.until.astimezone(UTC),
                signed_by=fact.signed_by,
                frozen=grant.frozen,
            )
        case f.LevelLost():
            return _lowered(grant, fact)


def _lowered(grant: Grant, fact: f.LevelLost) -> Grant:
    """Return what is left of a grant: one that still lets something run alone keeps its end and who signed it."""
    if fact.level < Level.EXECUTE or grant.level < Level.EXECUTE:
        return Grant(level=min(grant.level, fact.level), version=fact.version)
    return dataclasses.replace(_without_any_offer(grant), level=min(grant.level, fact.level))


def _frozen(fact: f.GrantOffered) -> float | None:
    """Return the wealth an offer was earned with, as one of many; None where nothing was bet on."""
    wealth = fact.evidence.get("wealth", 0)
    return bar.e_value(math.log(wealth), fact.trial) if wealth else None


def without_offer(grant: Grant, version: str) -> Grant:
    """Withdraw an open offer to a version whose evidence ends."""
    if not grant.offered or grant.offered_version not in {"", version}:
        return grant
    return _without_any_offer(grant)


def _without_any_offer(grant: Grant) -> Grant:
    return dataclasses.replace(grant, offered=False, offered_level=None, offered_version="")


def refuse_unearned(grant: Grant, fact: f.Granted) -> None:
    """Raise `Conflict` for a level without an open offer. Asked when it is written; what stands written is read as it is."""
    if not earned(grant, fact):
        open_offer = f"one of level {grant.offered_level} for {grant.offered_version}" if grant.offered else "none"
        raise Conflict(
            asked=f"level {int(fact.level)} of {fact.use_case}/{fact.operation} for {fact.version}",
            found=f"open offers: {open_offer}",
            do="A level is given on evidence that was offered first",
        )


def earned(grant: Grant, fact: f.Granted) -> bool:
    """Whether a level that is granted was offered, to this version, and the offer is open."""
    return grant.offered and grant.offered_level in {None, fact.level} and grant.offered_version in {"", fact.version}


def fold_violation(evidence: Evidence, *, at_level: Level) -> Evidence:
    """Count a violation where something runs alone; below that people look at everything anyway."""
    return evidence if at_level < Level.EXECUTE else replace(evidence, violations=evidence.violations + 1)


def fold_promotion(evidence: Evidence) -> Evidence:
    """Start the detectors anew: they watch the level from the moment it is granted."""
    return replace(
        evidence,
        drift=(),
        warning=(),
        log_warning=0.0,
        alarm=False,
        outcomes=(),
        outcome_alarm=False,
        watched_miss_ppm=evidence.miss_ppm,
        reviewed_at_level=0,
        outcomes_at_level=0,
        violations=0,
    )


def starting_grants(operations: Iterable[Operation], starts_at: Level) -> dict[Operation, Grant]:
    """Return the grant every operation of a newly adopted charter begins with: never one that has to be earned."""
    return {operation: Grant(level=min(starts_at, Level.RECOMMEND)) for operation in operations}
