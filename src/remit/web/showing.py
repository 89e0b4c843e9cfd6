"""How values of the core look at this door: replies, inbox items, facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from remit.core.access import one_of
from remit.core.account import Told, account, tell
from remit.core.action import Action
from remit.core.approval import needed
from remit.core.by_hand import steps
from remit.core.codec import moment_text, to_plain
from remit.core.edit import ChangedArgument, changed, size_ppm
from remit.core.facts import Answered, Entry
from remit.core.gate import Reason, decide
from remit.core.lifecycle import LIKE_HELD, State
from remit.core.quorum import missing
from remit.core.reasons import as_told, for_agent, sentence, without_others
from remit.core.signing import Waits, in_words, standing
from remit.core.stops import LiftWish
from remit.core.types import Operation, UseCaseId
from remit.errors import RemitError
from remit.flow.grant import counting
from remit.flow.propose import Answer
from remit.flow.together import Similar
from remit.ports import Connector, Reading
from remit.sdk import messages


def reply(answer: Answer, *, dry_run: bool, said: Said | None = None) -> messages.Reply:
    """Show an answer to an agent, with what a person said of it. A dry run never draws, so it may show every reason."""
    ordered = as_told(answer.reasons)
    reasons = without_others(ordered) if dry_run else for_agent(ordered)
    return messages.Reply(
        verdict=answer.verdict.name.lower(),  # type: ignore[arg-type]  # the four names are the literal's
        proposal_id=answer.proposal or "",
        state=str(answer.state),
        reasons=[_reason(reason) for reason in reasons],
        allowed_if=list(answer.allowed_if) if dry_run else [],
        edited_arguments=None if said is None else said.edited,
        feedback=None if said is None else said.feedback,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person said of a proposal, for the agent that made it: so that the next one is better."""

    feedback: messages.Feedback
    edited: dict[str, messages.Scalar] | None


def said(reading: Reading, action: Action) -> Said | None:
    """Return what a person said; None while nobody has, and after she took it back."""
    found = reading.latest_answer(action.proposal) if action.answered_by else None
    if found is None or not isinstance(found.fact, Answered):
        return None
    note = reading.content(found.id, "note") or ""
    feedback = messages.Feedback(answer=str(found.fact.answer), reason_code=found.fact.reason_code, note=note)
    edited = reading.content(action.content, "arguments") if action.revision else None
    return Said(feedback=feedback, edited=edited)


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
        "version": None if action.state in LIKE_HELD else action.version,  # whoever answers is blind to it
        "state": _state(action),
        "record": action.record,
        "arguments": arguments,
        "erased": arguments is None,
        "claim": reading.claim(action.proposal) if action.revision else reading.content(action.content, "reason"),
        "confidence": _ratio(decided.given.claimed.confidence_ppm),
        "why": [_told(one) for one in account(decided.given, reading.policy_of(decided.policy_digest)).told],
        "proposed_at": action.proposed_at.isoformat(),
        "due_at": action.due_at.isoformat() if action.due_at else None,
        "claimed_by": action.claimed_by,
        "claimed_until": action.claimed_until.isoformat() if action.claimed_until else None,
        "steps": action.steps,
        "answered_by": action.answered_by,
        "on_behalf_of": action.requester,
        "approvals": [{"by": one.by, "roles": list(one.roles)} for one in action.approvals],
        "missing": _lacking(reading, action) if action.state in LIKE_HELD else [],
        "edit": _edit(reading, action),
        "by_hand": _by_hand(reading, action) if action.state is State.DRAFTED else [],
        "seen": action.seen,
        "planted": _planted(reading, action),
    }


def _state(action: Action) -> str:
    """Name a state as reviewers see it: to them, what was planted is held like the others."""
    return str(State.HELD if action.state in LIKE_HELD else action.state)


def _planted(reading: Reading, action: Action) -> dict[str, Any] | None:
    """Tell of a planted proposal that it was one, once it was answered and not before."""
    if action.state not in {State.CAUGHT, State.MISSED}:
        return None
    return {"caught": action.state is State.CAUGHT, "why": reading.why_planted(action.proposal)}


def _by_hand(reading: Reading, action: Action) -> list[str]:
    """Tell how a person carries a draft out herself."""
    policy = reading.policy()
    entry, connector = policy.entry(action.operation), policy.charters[action.use_case].connector
    name = action.operation if entry is None else entry.name
    return list(steps(name, connector, action.record))


def _lacking(reading: Reading, action: Action) -> list[str]:
    """Name whose approval an action still takes, one line for each."""
    policy = reading.policy()
    decision = decide(reading.decision(action).given, policy)
    lacking = missing(needed(policy.charters[action.use_case], decision), action.approvals)
    return [one_of(place) for place in lacking]


def _edit(reading: Reading, action: Action) -> dict[str, Any] | None:
    """Show what people made of an agent's arguments: both texts, what went and came, and how much that is."""
    if not action.revision:
        return None
    first, now = reading.asked(action.proposal), reading.content(action.content, "arguments")
    if first is None or now is None:
        return {"changed": [], "share": None, "erased": True}
    return {
        "changed": [_changed_argument(one) for one in changed(first, now)],
        "share": _ratio(size_ppm(first, now)),
        "erased": False,
    }


def _changed_argument(one: ChangedArgument) -> dict[str, Any]:
    pieces = [{"kind": piece.kind, "text": piece.text} for piece in one.pieces]
    return {"name": one.name, "before": one.before, "after": one.after, "pieces": pieces}


def similar(reading: Reading, found: Similar) -> dict[str, Any]:
    """Show what waits and is alike, what stands out first and by what, and what has to be answered by itself."""
    shown = [held(reading, action) | {"unusual": list(placed.by)} for action, placed in found.found]
    alike = {"alike": found.key.in_words(), "proposals": shown, "left_out": found.left_out}
    return alike | {"one_by_one": list(found.one_by_one)}


def outcomes(asked: Sequence[str], found: Sequence[Action | RemitError]) -> dict[str, Any]:
    """Show what became of what was asked of many, each under its proposal."""
    told = [_outcome(name, outcome) for name, outcome in zip(asked, found, strict=True)]
    return {"outcomes": told, "refused": sum(isinstance(one, RemitError) for one in found)}


def _outcome(name: str, outcome: Action | RemitError) -> dict[str, Any]:
    if isinstance(outcome, RemitError):
        problem = {
            "title": outcome.message,
            "code": outcome.code,
            "asked": outcome.asked,
            "found": outcome.found,
            "do": outcome.do,
        }
        return {"proposal": name, "problem": problem}
    return {"proposal": name, "state": str(outcome.state), "due_at": outcome.due_at.isoformat() if outcome.due_at else None}


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
        "state": _state(action),
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


def stop(scope: str, wish: LiftWish | None) -> dict[str, Any]:
    """Show a stop, with who wants it lifted and at which level."""
    wanted = None if wish is None else {"by": wish.by, "level": int(wish.level), "at": wish.at.isoformat()}
    return {"scope": scope, "lift_wanted": wanted}


def connector(found: Connector) -> dict[str, Any]:
    """Show how it goes with a connected system."""
    standing = found.standing()
    return {
        "connector": found.name,
        "takes_now": found.room(),
        "resting_until": standing.resting_until.isoformat() if standing.resting_until else None,
        "unanswered_in_a_row": standing.unanswered,
        "problem": standing.problem,
    }
