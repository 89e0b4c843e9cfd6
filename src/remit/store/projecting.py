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
from remit.core.evidence_fold import starting_grants
from remit.core.facts import ActionFact, CareFact, Entry, ErasureFact, ImportFact, IncidentFact, LedgerFact, NoticeFact
from remit.core.level import Evidence, Grant
from remit.core.person import Person, fold_person
from remit.core.policy import CompiledPolicy
from remit.core.types import Operation, ProposalId, UseCaseId
from remit.store import tables as t
from remit.store.level_projecting import count_violation, learn_from, project_evidence, project_grant, sign
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
        case f.TrialStarted() | f.ClusterClosed() | f.QaRateSet() | f.SuiteRun() | f.Certified():
            project_evidence(tx, entry, fact)
        case f.GrantOffered() | f.Granted() | f.LevelLost():
            project_grant(tx, fact)
        case f.GrantSigned():
            sign(tx, entry, fact)
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
            count_violation(tx, fact)
        case f.ViolationSettled():
            settled = sa.update(t.violations).where(t.violations.c.id == fact.violation)
            tx.execute(settled.values(settled_at=entry.at, settled_by=fact.by))
        case f.ViolationEscalated():
            tx.execute(sa.update(t.violations).where(t.violations.c.id == fact.violation).values(escalated_at=entry.at))


def _violation(entry: Entry, fact: f.ViolationFound) -> dict[str, Any]:
    told = {name: value for name, value in to_plain(fact).items() if name != "sealed"}
    return told | {"found_at": entry.at, "settled_by": ""}


def _project_action(tx: Rows, entry: Entry, fact: ActionFact) -> None:
    before = _before(tx, fact)
    after = fold.fold_action(before, entry, fact)
    tx.unsaved.actions[after.proposal] = after
    tx.unsaved.stored_versions.setdefault(after.proposal, before.row_version if before else None)
    if before is None:
        tx.unsaved.calls[after.agent, after.call_id] = after.proposal
    elif before.reserved or after.reserved:
        tx.unsaved.counting.move(before.reserved, after.reserved)
    learn_from(tx, entry, after, fact)


def _before(tx: Rows, fact: ActionFact) -> Action | None:
    """Return the action before a fact. A proposal's name is fresh, and its table refuses a second one, so nobody looks for it."""
    return tx.unsaved.actions.get(fact.proposal) if isinstance(fact, f.Proposed) else tx.action(fact.proposal)


def _adopt(tx: Rows, fact: f.PolicyAdopted) -> None:
    documents = orjson.dumps(dict(fact.documents), option=orjson.OPT_SORT_KEYS)
    tx.execute(insert(t.policies).values(number=fact.number, digest=fact.digest, documents=documents))
    tx.forget_policy()
    forget_offer(tx, fact.digest)
    known = tx.granted()
    for charter in compile_policy(fact.number, fact.digest, documents).charters.values():
        for operation, grant in starting_grants(charter.operations, charter.starts_at).items():
            if (charter.id, operation) not in known:
                tx.unsaved.grants[UseCaseId(charter.id), Operation(operation)] = grant
