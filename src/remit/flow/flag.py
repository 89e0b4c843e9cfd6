"""A rule was broken: who broke it, how grave it is and whose it is, in the transaction of the refusal."""

from __future__ import annotations

from collections.abc import Iterable

from remit.core import facts as f
from remit.core.action import Action
from remit.core.gate import Reason
from remit.core.types import Operation, ProposalId, UseCaseId
from remit.core.violation import CONTEXT_REFUSED, SEVERITY, Broken, Severity, Violation, broken, owner_of
from remit.errors import InvalidInput
from remit.flow.answered import refuse_prose
from remit.flow.judge import demote
from remit.ports import AgentKey, House, Writing


def flag(house: House, tx: Writing, action: Action, reasons: Iterable[Reason]) -> None:
    """Record a violation for every reason that blocks because a rule was broken; nothing where none was."""
    for one in broken(reasons, tx.policy().charters.get(action.use_case)):
        found = f.ViolationFound(
            id=house.ids.new(),
            use_case=action.use_case,
            operation=action.operation,
            proposal=action.proposal,
            agent=action.agent,
            rule=one.rule,
            severity=one.severity,
            owner=one.owner,
        )
        tx.record(found, actor="remit")
        demote(house, tx, action)


async def report_violation(house: House, proposal: ProposalId, *, rule: str, severity: Severity, by: str, note: str) -> Violation:
    """Write down that a rule was found broken later, by something that is done already. Raises `InvalidInput` without words.

    `rule` is one word, as it stands in the ledger; what was seen is the note.
    """
    refuse_prose(rule)
    if not rule or not note.strip():
        raise InvalidInput(
            asked=f"a violation by {proposal}", found="no rule, or no note", do="Name the rule, and say what was seen"
        )
    return await house.store.write(lambda tx: _report(house, tx, proposal, rule, severity, by, note))


def _report(house: House, tx: Writing, proposal: ProposalId, rule: str, severity: Severity, by: str, note: str) -> Violation:
    action = tx.existing(proposal)
    found = f.ViolationFound(
        id=house.ids.new(),
        use_case=action.use_case,
        operation=action.operation,
        proposal=proposal,
        agent=action.agent,
        rule=rule,
        severity=severity,
        owner=owner_of(tx.policy().charters.get(action.use_case)),
    )
    tx.record(found, actor=f"person:{by}", contents={"note": note})
    demote(house, tx, action)
    return tx.violation(found.id)


def flag_look(house: House, tx: Writing, key: AgentKey, use_case: UseCaseId, window: str, fields: tuple[str, ...]) -> None:
    """Record that a look was refused, and that it was a violation. Raises nothing: whoever looked is refused elsewhere."""
    refused = f.ContextRefused(use_case=use_case, window=window, agent=key.agent, fields=fields)
    tx.record(refused, actor=f"agent:{key.agent}")
    owner = owner_of(tx.policy().charters.get(use_case))
    one = Broken(rule=CONTEXT_REFUSED, severity=SEVERITY[CONTEXT_REFUSED], owner=owner)
    found = f.ViolationFound(
        id=house.ids.new(),
        use_case=use_case,
        operation=Operation(""),
        proposal=None,
        agent=key.agent,
        rule=one.rule,
        severity=one.severity,
        owner=one.owner,
    )
    tx.record(found, actor="remit")
