"""How facts move what is known of an operation and the level in its hands. The arithmetic is in `core/evidence_fold`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from remit.core import evidence_fold as fold
from remit.core import facts as f
from remit.core.action import Action
from remit.core.facts import ActionFact, Entry
from remit.core.level import Evidence
from remit.core.suite import SuiteResult
from remit.store import tables as t

if TYPE_CHECKING:
    from remit.store.projecting import Rows

EvidenceFact = f.TrialStarted | f.ClusterClosed | f.QaRateSet | f.SuiteRun | f.Certified


def project_evidence(tx: Rows, entry: Entry, fact: EvidenceFact) -> None:
    """Move what is known of an operation, and how much of it is looked at."""
    match fact:
        case f.TrialStarted():
            _begin(tx, entry, fact)
        case f.ClusterClosed():
            _close_cluster(tx, fact)
        case f.QaRateSet():
            row = {"use_case": fact.use_case, "operation": fact.operation, "rate_ppm": fact.rate_ppm}
            where = ["use_case", "operation"]
            tx.execute(insert(t.qa_rates).values(row).on_conflict_do_update(index_elements=where, set_=row))
        case f.SuiteRun():
            found = SuiteResult(suite=fact.suite, passed=fact.passed, failed=fact.failed, at=entry.at, by=fact.by)
            run = {"use_case": fact.use_case, "version": fact.version, "body": msgspec.json.encode(found)}
            where = ["use_case", "version"]
            tx.execute(insert(t.suite_runs).values(run).on_conflict_do_update(index_elements=where, set_=run))
        case f.Certified():
            evidence = tx.evidence(fact.use_case, fact.operation, fact.version)
            if evidence.trial == fact.trial:
                _keep(tx, fact, fold.fold_certificate(evidence, fact))


def _begin(tx: Rows, entry: Entry, fact: f.TrialStarted) -> None:
    """Begin from nothing; what was offered on evidence of before is offered no more."""
    _keep(tx, fact, fold.fold_trial(fact, entry.at))
    before = tx.grant(fact.use_case, fact.operation)
    after = fold.without_offer(before, fact.version)
    if after is not before:
        tx.unsaved.grants[fact.use_case, fact.operation] = after
        _forget_signatures(tx, fact)


def count_violation(tx: Rows, fact: f.ViolationFound) -> None:
    """Count a violation against the level under which it happened."""
    action = None if fact.proposal is None else tx.action(fact.proposal)
    if action is None or action.pair is not None:
        return
    evidence = tx.evidence(action.use_case, action.operation, action.version)
    level = tx.grant(action.use_case, action.operation).level
    if evidence.trial == action.trial > 0:
        _keep(tx, action, fold.fold_violation(evidence, at_level=level))


def learn_from(tx: Rows, entry: Entry, action: Action, fact: ActionFact) -> None:
    """Move the evidence by a fact about an action, if it is about a trial that runs."""
    if isinstance(fact, f.Decided) and (fact.counts or fact.certifies):
        key = (action.use_case, action.operation, action.version, action.trial, action.cluster)
        tx.unsaved.clusters.setdefault(key, t.microseconds(entry.at))
    stated = fact.given.claimed if isinstance(fact, f.Decided) and fact.certifies else None
    loss, outcome = fold.graded_loss(action, fact), fold.outcome_loss(fact)
    if stated is None and loss is None and outcome is None:
        return
    evidence = tx.evidence(action.use_case, action.operation, action.version)
    if evidence.trial != action.trial or not evidence.trial:
        return  # what is about a proposal of an earlier trial grades nothing any more
    spec = tx.policy().charters[action.use_case].evidence
    level = tx.grant(action.use_case, action.operation).level
    after = evidence
    if stated is not None:
        after = fold.fold_confidence(evidence, stated.confidence_ppm, entry.at)
    if loss is not None:
        after = fold.fold_answer(after, loss_ppm=loss, counts=action.counts, at_level=level, spec=spec)
    if outcome is not None:
        after = fold.fold_outcome(after, loss_ppm=outcome, at_level=level, spec=spec)
    if after is not evidence:
        _keep(tx, action, after)


def _close_cluster(tx: Rows, fact: f.ClusterClosed) -> None:
    tx.unsaved.closed.append((fact.use_case, fact.operation, fact.version, fact.trial, fact.cluster))
    evidence = tx.evidence(fact.use_case, fact.operation, fact.version)
    if evidence.trial == fact.trial > 0:
        spec = tx.policy().charters[fact.use_case].evidence
        _keep(tx, fact, fold.fold_cluster(evidence, fact, spec))


def project_grant(tx: Rows, fact: f.GrantOffered | f.Granted | f.LevelLost) -> None:
    """Move the level in the hands of an operation; with every move, earlier signatures are spent."""
    grant = fold.fold_grant(tx.grant(fact.use_case, fact.operation), fact)
    tx.unsaved.grants[fact.use_case, fact.operation] = grant
    _forget_signatures(tx, fact)
    if isinstance(fact, f.Granted):
        _keep(tx, fact, fold.fold_promotion(tx.evidence(fact.use_case, fact.operation, fact.version)))


def sign(tx: Rows, entry: Entry, fact: f.GrantSigned) -> None:
    """Keep a signature under an open offer."""
    row = {"use_case": fact.use_case, "operation": fact.operation, "by": fact.by, "role": fact.role, "at": entry.at}
    where = ["use_case", "operation", "by"]  # who changed roles signs again: the latest counts
    tx.execute(insert(t.signatures).values(row).on_conflict_do_update(index_elements=where, set_=row))


def _forget_signatures(tx: Rows, fact: f.TrialStarted | f.GrantOffered | f.Granted | f.LevelLost) -> None:
    of_it = (t.signatures.c.use_case == fact.use_case, t.signatures.c.operation == fact.operation)
    tx.execute(sa.delete(t.signatures).where(*of_it))


def _keep(tx: Rows, about: f.TrialStarted | f.ClusterClosed | f.Granted | f.Certified | Action, evidence: Evidence) -> None:
    tx.unsaved.evidence[about.use_case, about.operation, about.version] = evidence
