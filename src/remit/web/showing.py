"""How values of the core look at this door: replies, inbox items, facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from remit.core.account import Told, account, tell
from remit.core.action import Action
from remit.core.codec import moment_text, to_plain
from remit.core.facts import Entry
from remit.core.gate import Reason
from remit.core.reasons import as_told, for_agent, sentence, without_others
from remit.core.signing import Waits, in_words, standing
from remit.core.types import Operation, UseCaseId
from remit.flow.grant import counting
from remit.flow.propose import Answer
from remit.ports import Reading
from remit.sdk import messages


def reply(answer: Answer, *, dry_run: bool) -> messages.Reply:
    """Show an answer to an agent. A dry run never draws, so it may show every reason."""
    ordered = as_told(answer.reasons)
    reasons = without_others(ordered) if dry_run else for_agent(ordered)
    return messages.Reply(
        verdict=answer.verdict.name.lower(),  # type: ignore[arg-type]  # the four names are the literal's
        proposal_id=answer.proposal or "",
        state=str(answer.state),
        reasons=[_reason(reason) for reason in reasons],
        allowed_if=list(answer.allowed_if) if dry_run else [],
    )


def _reason(reason: Reason) -> messages.Reason:
    return messages.Reason(code=reason.code, floor=reason.floor.name.lower(), text=sentence(reason))


def held(reading: Reading, action: Action) -> dict[str, Any]:
    """Show a proposal to a person: what, why, from whom, until when, and the string that binds her answer."""
    decided, arguments = reading.decision(action), reading.content(action.content, "arguments")
    return {
        "proposal": action.proposal,
        "use_case": action.use_case,
        "operation": action.operation,
        "agent": action.agent,
        "version": action.version,
        "state": str(action.state),
        "record": action.record,
        "arguments": arguments,
        "erased": arguments is None,
        "claim": reading.content(action.content, "reason"),
        "confidence": _ratio(decided.given.claimed.confidence_ppm),
        "why": [_told(one) for one in account(decided.given, reading.policy_of(decided.policy_digest)).told],
        "proposed_at": action.proposed_at.isoformat(),
        "due_at": action.due_at.isoformat() if action.due_at else None,
        "answered_by": action.answered_by,
        "seen": action.seen,
    }


def why(reading: Reading, action: Action) -> dict[str, Any]:
    """Show why a proposal was decided as it was, and whether deciding it again gives the same."""
    decided = reading.decision(action)
    policy = reading.policy_of(decided.policy_digest)
    again, entry = account(decided.given, policy), policy.entry(action.operation)
    same = (again.decision.verdict, again.decision.reasons) == (decided.verdict, decided.reasons)
    return {
        "proposal": action.proposal,
        "use_case": action.use_case,
        "operation": action.operation,
        "action": "" if entry is None else entry.name,
        "record": action.record,
        "state": str(action.state),
        "verdict": decided.verdict.name.lower(),
        "why": [_told(one) for one in (again.told if same else tell(decided.reasons))],
        "allowed_if": list(again.allowed_if),
        "policy": policy.number,
        "level": int(again.decision.in_force),
        "decided_again": "same" if same else "different",
        "erased": reading.content(action.content, "arguments") is None,
    }


def _told(one: Told) -> dict[str, str]:
    return {"code": one.code, "floor": one.floor.name.lower(), "text": one.text}


def _ratio(ppm: int | None) -> float | None:
    return None if ppm is None else ppm / 1_000_000


def level(reading: Reading, use_case: UseCaseId, operation: Operation, now: datetime) -> dict[str, Any]:
    """Show the level of an operation: until when, by whose signatures, and where the offer of a higher one stands."""
    grant = reading.grant(use_case, operation)
    signed = counting(reading, use_case, operation) if grant.offered else []
    stands = standing(signed, reading.policy().risk_statement, now)
    begins_at = stands.begins_at if isinstance(stands, Waits) else None
    return {
        "use_case": use_case,
        "operation": operation,
        "level": int(grant.level),
        "until": grant.until.date().isoformat() if grant.until else None,
        "offered": grant.offered,
        "signed_by": list(grant.signed_by),
        "signatures": [{"by": one.by, "role": one.role, "at": one.at.isoformat()} for one in signed],
        "begins_at": begins_at.isoformat() if begins_at else None,
        "offer": in_words(signed, stands) if grant.offered else "",
    }


def entry(found: Entry) -> dict[str, Any]:
    """Show a fact of the ledger."""
    fact = to_plain(found.fact)
    return {"seq": found.seq, "at": moment_text(found.at), "actor": found.actor, "kind": type(found.fact).__name__, "fact": fact}
