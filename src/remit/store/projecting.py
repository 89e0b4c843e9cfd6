"""Which projection a fact moves. The arithmetic is in `core/fold`; here it only finds its rows."""

from __future__ import annotations

from typing import Any, Protocol

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from remit.core import facts as f
from remit.core import fold
from remit.core.action import Action
from remit.core.codec import to_plain
from remit.core.facts import ActionFact, CareFact, Entry, ErasureFact, ImportFact, IncidentFact, LedgerFact, NoticeFact
from remit.core.level import Evidence, Grant
from remit.core.person import Person, fold_person
from remit.core.policy import CompiledPolicy
from remit.core.types import Operation, ProposalId, UseCaseId
from remit.store import tables as t
from remit.store.policy_projecting import forget_offer, project_policy
from remit.store.reading import compile_policy
from remit.store.saving import Unsaved
from remit.store.side_projecting import project_absence, project_care, project_import, project_incident, project_notice


class Rows(Protocol):
    """What a projection needs of a transaction: rows as it left them, and a place for what changes."""

    unsaved: Unsaved

    def action(self, proposal: ProposalId) -> Action | None:
        """Return one action."""

    def grant(self, use_case: UseCaseId, operation: Operation) -> Grant:
        """Return the level in the hands of an operation."""

    def evidence(self, use_case: UseCaseId, operation: Operation, version: str) -> Evidence:
        """Return the evidence of a version's latest trial."""

    def policy(self) -> CompiledPolicy:
        """Return the policy in force."""

    def person(self, name: str) -> Person | None:
        """Return somebody by name."""

    def forget_policy(self) -> None:
        """Read the policy again next time."""

    def granted(self) -> set[tuple[str, str]]:
        """Return the use cases and operations that have a grant."""

    def execute(self, statement: sa.Executable, **values: Any) -> None:
        """Run one rare statement, after everything that came before it."""


_Absence = f.AbsenceSet | f.AbsenceEnded
_Entrance = f.KeyRevoked | f.PersonAdmitted | f.RolesChanged | f.PersonLeft | f.PasswordSet


def project(tx: Rows, entry: Entry) -> None:
    """Bring every projection up to date with one fact."""
    fact = entry.fact
    match fact:
        case f.PolicyAdopted():
            _adopt(tx, fact)
        case f.PolicyOffered() | f.PolicySigned() | f.Reconsidered() | f.Measured():
            project_policy(tx, entry, fact)
        case f.KeyIssued() | f.KeyRevoked() | f.PersonAdmitted() | f.RolesChanged() | f.PersonLeft() | f.PasswordSet():
            _project_entrance(tx, entry, fact)
        case f.TrialStarted() | f.ClusterClosed() | f.QaRateSet():
            _project_evidence(tx, fact)
        case f.GrantOffered() | f.Granted() | f.LevelLost():
            _grant(tx, fact)
        case f.GrantSigned():
            _sign(tx, entry, fact)
        case f.StopOrdered() | f.StopLiftAsked() | f.StopLifted():
            _stop(tx, entry, fact)
        case f.ContextRead() | f.ContextRefused() | f.LessonsRead():
            pass  # who looked at what stands in the ledger alone
        case f.ViolationFound() | f.ViolationSettled() | f.ViolationEscalated():
            _watch(tx, entry, fact)
        case _:
            _project_other(tx, entry, fact)


def _project_other(
    tx: Rows,
    entry: Entry,
    fact: ActionFact | CareFact | ErasureFact | ImportFact | IncidentFact | LedgerFact | NoticeFact | _Absence,
) -> None:
    match fact:
        case f.AbsenceSet() | f.AbsenceEnded():
            project_absence(tx, fact)
        case f.NoticeWritten() | f.NoticeSent() | f.NoticeFailed() | f.NoticeDropped():
            project_notice(tx, entry, fact)
        case f.AnswersDiscounted() | f.AnswersCounted() | f.CareTold():
            project_care(tx, entry, fact)
        case f.IncidentOpened() | f.IncidentNoted() | f.IncidentClosed() | f.Drilled() | f.DrillDue():
            project_incident(tx, entry, fact)
        case f.Imported() | f.BaselineSet():
            project_import(tx, entry, fact)
        case f.Erased() | f.ContentsSwept() | f.LedgerKeyRotated():
            pass  # what is gone stands in no projection, and a key is shown from the ledger alone
        case _:
            _project_action(tx, entry, fact)


def _project_evidence(tx: Rows, fact: f.TrialStarted | f.ClusterClosed | f.QaRateSet) -> None:
    """Move what is known of an operation, and how much of it is looked at."""
    match fact:
        case f.TrialStarted():
            _keep(tx, fact, Evidence(version=fact.version, trial=fact.trial))
        case f.ClusterClosed():
            _close_cluster(tx, fact)
        case f.QaRateSet():
            _set_rate(tx, fact)


def _project_entrance(tx: Rows, entry: Entry, fact: f.KeyIssued | _Entrance) -> None:
    """Move what says who may come in, and as what."""
    match fact:
        case f.KeyIssued():
            _admit(tx, entry, fact)
        case f.KeyRevoked():
            tx.execute(sa.update(t.keys).where(t.keys.c.key_digest == fact.key_digest).values(revoked=True))
        case f.PersonAdmitted() | f.RolesChanged() | f.PersonLeft():
            _people(tx, fact)
        case f.PasswordSet():
            pass  # what it is compared with stands in no fact


def _admit(tx: Rows, entry: Entry, fact: f.KeyIssued) -> None:
    kind, _, name = entry.actor.partition(":")
    use_cases = orjson.dumps(list(fact.use_cases))
    row = {"key_digest": fact.key_digest, "agent": fact.agent, "version": fact.version, "use_cases": use_cases}
    tx.execute(insert(t.keys).values(row | {"revoked": False, "issued_by": name if kind == "person" else None}))


def _people(tx: Rows, fact: f.PersonAdmitted | f.RolesChanged | f.PersonLeft) -> None:
    after = fold_person(tx.person(fact.person), fact)
    row = {"person": after.name, "roles": orjson.dumps(after.roles), "left": after.left}
    tx.execute(insert(t.people).values(row).on_conflict_do_update(index_elements=["person"], set_=row))


def _sign(tx: Rows, entry: Entry, fact: f.GrantSigned) -> None:
    row = {"use_case": fact.use_case, "operation": fact.operation, "by": fact.by, "role": fact.role, "at": entry.at}
    where = ["use_case", "operation", "by"]  # who changed roles signs again: the latest counts
    tx.execute(insert(t.signatures).values(row).on_conflict_do_update(index_elements=where, set_=row))


def _set_rate(tx: Rows, fact: f.QaRateSet) -> None:
    row = {"use_case": fact.use_case, "operation": fact.operation, "rate_ppm": fact.rate_ppm}
    where = ["use_case", "operation"]
    tx.execute(insert(t.qa_rates).values(row).on_conflict_do_update(index_elements=where, set_={"rate_ppm": fact.rate_ppm}))


def _stop(tx: Rows, entry: Entry, fact: f.StopOrdered | f.StopLiftAsked | f.StopLifted) -> None:
    scope = t.stops.c.scope == fact.scope
    match fact:
        case f.StopOrdered():  # ordered again, it takes two people again
            anew = {"lift_by": None, "lift_level": None, "lift_at": None}
            stop = insert(t.stops).values(scope=fact.scope, **anew)
            tx.execute(stop.on_conflict_do_update(index_elements=["scope"], set_=anew))
        case f.StopLiftAsked():
            tx.execute(sa.update(t.stops).where(scope).values(lift_by=fact.by, lift_level=int(fact.level), lift_at=entry.at))
        case f.StopLifted():
            tx.execute(sa.delete(t.stops).where(scope))


def _watch(tx: Rows, entry: Entry, fact: f.ViolationFound | f.ViolationSettled | f.ViolationEscalated) -> None:
    """Keep violations."""
    match fact:
        case f.ViolationFound():
            tx.execute(insert(t.violations).values(_violation(entry, fact)))
            _count_violation(tx, fact)
        case f.ViolationSettled():
            settled = sa.update(t.violations).where(t.violations.c.id == fact.violation)
            tx.execute(settled.values(settled_at=entry.at, settled_by=fact.by))
        case f.ViolationEscalated():
            tx.execute(sa.update(t.violations).where(t.violations.c.id == fact.violation).values(escalated_at=entry.at))


def _violation(entry: Entry, fact: f.ViolationFound) -> dict[str, Any]:
    told = {name: value for name, value in to_plain(fact).items() if name != "sealed"}
    return told | {"found_at": entry.at, "settled_by": ""}


def _count_violation(tx: Rows, fact: f.ViolationFound) -> None:
    action = None if fact.proposal is None else tx.action(fact.proposal)
    if action is None:
        return
    evidence = tx.evidence(action.use_case, action.operation, action.version)
    level = tx.grant(action.use_case, action.operation).level
    if evidence.trial == action.trial and evidence.version:
        key = (action.use_case, action.operation, action.version)
        tx.unsaved.evidence[key] = fold.fold_violation(evidence, at_level=level)


def _project_action(tx: Rows, entry: Entry, fact: ActionFact) -> None:
    before = _before(tx, fact)
    after = fold.fold_action(before, entry, fact)
    tx.unsaved.actions[after.proposal] = after
    tx.unsaved.stored_versions.setdefault(after.proposal, before.row_version if before else None)
    if before is None:
        tx.unsaved.calls[after.agent, after.call_id] = after.proposal
    elif before.reserved or after.reserved:
        tx.unsaved.counting.move(before.reserved, after.reserved)
    if isinstance(fact, f.Decided) and fact.counts:
        _open_cluster(tx, after, entry)
    loss = fold.graded_loss(after, fact)
    if loss is not None:
        _grade(tx, after, loss)


def _before(tx: Rows, fact: ActionFact) -> Action | None:
    """Return the action before a fact. A proposal's name is fresh, and its table refuses a second one, so nobody looks for it."""
    return tx.unsaved.actions.get(fact.proposal) if isinstance(fact, f.Proposed) else tx.action(fact.proposal)


def _open_cluster(tx: Rows, action: Action, entry: Entry) -> None:
    key = (action.use_case, action.operation, action.version, action.trial, action.cluster)
    tx.unsaved.clusters.setdefault(key, t.microseconds(entry.at))


def _grade(tx: Rows, action: Action, loss_ppm: int) -> None:
    evidence = tx.evidence(action.use_case, action.operation, action.version)
    if evidence.trial != action.trial:
        return  # an answer to a proposal of an earlier trial grades nothing any more
    spec = tx.policy().charters[action.use_case].evidence
    level = tx.grant(action.use_case, action.operation).level
    graded = fold.fold_answer(evidence, loss_ppm=loss_ppm, counts=action.counts, at_level=level, spec=spec)
    tx.unsaved.evidence[action.use_case, action.operation, action.version] = graded


def _close_cluster(tx: Rows, fact: f.ClusterClosed) -> None:
    where = [t.clusters.c[name] == getattr(fact, name) for name in ("use_case", "operation", "version", "trial", "cluster")]
    tx.execute(sa.update(t.clusters).where(*where).values(closed=True))
    evidence = tx.evidence(fact.use_case, fact.operation, fact.version)
    if evidence.trial == fact.trial:
        spec = tx.policy().charters[fact.use_case].evidence
        _keep(tx, fact, fold.fold_cluster(evidence, fact, spec))


def _keep(tx: Rows, fact: f.TrialStarted | f.ClusterClosed | f.Granted, evidence: Evidence) -> None:
    tx.unsaved.evidence[fact.use_case, fact.operation, fact.version] = evidence


def _grant(tx: Rows, fact: f.GrantOffered | f.Granted | f.LevelLost) -> None:
    grant = fold.fold_grant(tx.grant(fact.use_case, fact.operation), fact)
    tx.unsaved.grants[fact.use_case, fact.operation] = grant
    where = (t.signatures.c.use_case == fact.use_case, t.signatures.c.operation == fact.operation)
    tx.execute(sa.delete(t.signatures).where(*where))
    if isinstance(fact, f.Granted):
        _keep(tx, fact, fold.fold_promotion(tx.evidence(fact.use_case, fact.operation, fact.version)))


def _adopt(tx: Rows, fact: f.PolicyAdopted) -> None:
    documents = orjson.dumps(dict(fact.documents), option=orjson.OPT_SORT_KEYS)
    tx.execute(insert(t.policies).values(number=fact.number, digest=fact.digest, documents=documents))
    tx.forget_policy()
    forget_offer(tx, fact.digest)
    known = tx.granted()
    for charter in compile_policy(fact.number, fact.digest, documents).charters.values():
        for operation, grant in fold.starting_grants(charter.operations, charter.starts_at).items():
            if (charter.id, operation) not in known:
                tx.unsaved.grants[UseCaseId(charter.id), Operation(operation)] = grant
