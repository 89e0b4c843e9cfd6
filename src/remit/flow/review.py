"""A person answers a held proposal or a draft. The answer is bound to what she saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from remit.core import facts as f
from remit.core.action import Action
from remit.core.approval import limit_against, may_answer
from remit.core.care import too_fast
from remit.core.charter import Charter
from remit.core.deadline import lapses_at
from remit.core.gate import Reason
from remit.core.lifecycle import WATCHED_APART, State
from remit.core.policy import CompiledPolicy
from remit.core.reasons import sentence
from remit.core.similar import MOST
from remit.core.types import Answer, ProposalId, Value, Verdict
from remit.errors import AlreadyAnswered, ChangedSinceSeen, Conflict, InvalidInput, LimitReached, NotAllowed, NotFound, RemitError
from remit.flow.answered import APPROVALS, EDITS, Given, Weighed, answered, contents_of, refuse_ill_formed, weigh
from remit.flow.ask import Judged, Question, ask_gate, connector_call, moved, refuse_problem
from remit.flow.attend import attend, discounted
from remit.flow.claim import refuse_claimed
from remit.flow.count import fetch_counts
from remit.flow.judge import demote
from remit.flow.look_up import Wanted, establish
from remit.ports import Established, House, Reading, Writing

A = TypeVar("A")
T = TypeVar("T")


async def answer(house: House, given: Given) -> Action:
    """Record an answer.

    Raises `AlreadyAnswered`, `LimitReached`, or `ChangedSinceSeen` after holding the proposal again with what is new.
    """
    outcome = (await answer_each(house, [given]))[0]
    if isinstance(outcome, RemitError):
        raise outcome
    return outcome


async def answer_each(house: House, given: Sequence[Given]) -> list[Action | RemitError]:
    """Record many answers, each by itself: one that is refused costs the others nothing. Returns an outcome for each."""
    with house.store.read() as reading:
        policy, actions = reading.policy(), reading.actions([one.proposal for one in given])
        contents = reading.contents([action.content for action in actions.values()], "arguments")
        loaded = [_attempt(partial(_load, reading, policy, actions, contents), one) for one in given]
    fit = [(one, *found) for one, found in zip(given, loaded, strict=True) if not isinstance(found, RemitError)]
    established = await _establish(house, policy, [(connector, wanted) for _, connector, wanted in fit])
    works = [(one, wanted.call.arguments, found) for (one, _, wanted), found in zip(fit, established, strict=True)]
    committed = await house.store.write(partial(_commit_each, house, works))
    if any(isinstance(one, Action) and _leaves_now(one, house.clock.now()) for one in committed):
        house.ring()
    outcomes = iter(committed)
    return [found if isinstance(found, RemitError) else next(outcomes) for found in loaded]


def _leaves_now(action: Action, now: datetime) -> bool:
    return action.state is State.LEAVING and action.due_at is not None and action.due_at <= now


async def answer_together(house: House, given: Sequence[Given]) -> tuple[str, list[Action | RemitError]]:
    """Record many answers under one batch. Returns its name and an outcome for each.

    Raises `InvalidInput`, with nothing written, for more than 50 or for a proposal named twice.
    """
    _refuse_many([one.proposal for one in given])
    batch = house.ids.new()
    return batch, await answer_each(house, [replace(one, batch=batch) for one in given])


def _refuse_many(proposals: Sequence[ProposalId]) -> None:
    """Raise `InvalidInput` for none, for too many at once, or for one that is named twice."""
    if not 1 <= len(proposals) <= MOST:
        raise InvalidInput(asked="answers together", found=str(len(proposals)), do=f"Give 1 to {MOST}")
    twice = sorted({one for one in proposals if proposals.count(one) > 1})
    if twice:
        raise InvalidInput(asked="answers together", found=f"{twice[0]} twice", do="Name each proposal once")


def _attempt(work: Callable[[A], T | RemitError], one: A) -> T | RemitError:
    try:
        return work(one)
    except RemitError as error:
        return error


async def _establish(house: House, policy: CompiledPolicy, calls: Sequence[tuple[str, Wanted]]) -> list[Established]:
    replies = {
        name: iter(await establish(house, policy, name, [wanted for at, wanted in calls if at == name]))
        for name in {at for at, _ in calls}
    }
    return [next(replies[name]) for name, _ in calls]


_Work = tuple[Given, Mapping[str, Value], Established]


def _commit_each(house: House, works: Sequence[_Work], tx: Writing) -> list[Action | RemitError]:
    """Commit every answer that may stand. A refusal is raised before anything of that answer is written."""
    tx.fetch([given.proposal for given, _, _ in works])
    policy = tx.policy()
    actions = [(tx.existing(given.proposal), found) for given, _, found in works]
    group = ((policy.place(action.use_case, action.operation), action.agent, found) for action, found in actions)
    fetch_counts(tx, group, house.clock.now())
    return [_attempt(partial(_commit, house, tx, wanted, found), given) for given, wanted, found in works]


def _load(
    reading: Reading,
    policy: CompiledPolicy,
    actions: Mapping[ProposalId, Action],
    contents: Mapping[str, Mapping[str, Value]],
    given: Given,
) -> tuple[str, Wanted]:
    """Return the connected system and the call that the answer is about."""
    action = actions.get(given.proposal) or reading.existing(given.proposal)  # what was not found is refused by its name
    _refuse_unfit(action, given)
    arguments = contents.get(action.content)
    if arguments is None and given.approves:
        raise NotFound(asked=f"the content of {given.proposal}", found="it was erased", do="Reject it")
    wanted = given.edited if given.edited is not None else arguments or {}
    call = connector_call(action.operation, wanted)
    connector = policy.charters[action.use_case].connector
    return connector, Wanted(use_case=action.use_case, operation=action.operation, call=call)


def _refuse_unfit(action: Action, given: Given) -> None:
    fitting = may_answer(action.state)
    if not fitting:
        by = f" by {action.answered_by}" if action.answered_by else ""
        raise AlreadyAnswered(
            asked=f"{given.answer} for {action.proposal}", found=f"it is {action.state}{by}", do="Nothing is left to answer"
        )
    if given.answer not in fitting:
        raise InvalidInput(
            asked=f"{given.answer} for {action.proposal}", found=f"it is {action.state}", do=f"Answer {', '.join(fitting)}"
        )
    refuse_ill_formed(given)


def _commit(
    house: House, tx: Writing, wanted: Mapping[str, Value], established: Established, given: Given
) -> Action | RemitError:
    action = tx.existing(given.proposal)
    if given.answer in APPROVALS | EDITS:
        refuse_problem(established)  # what cannot be carried out any more can still be rejected
    _refuse_unfit(action, given)
    refuse_claimed(house, tx, action, given.by, f"{given.answer} for {given.proposal}")
    charter = tx.policy().charters[action.use_case]
    judged = ask_gate(house, tx, _question(tx, action, wanted, established))
    apart = action.state in WATCHED_APART
    changed = [] if apart else [name for name in moved(given.seen, judged.seen) if name != "arguments" or given.edited is None]
    if changed and given.approves:
        _hold_again(house, tx, action, judged, charter, tuple(changed))
        what = f"changed: {', '.join(changed)}"
        return ChangedSinceSeen(asked=f"{given.answer} for {given.proposal}", found=what, do="Look again, then answer")
    if given.approves and not apart and (passed := limit_against(judged.decision)) is not None:
        do = "Answer again once there is room, or reject it"
        return LimitReached(asked=f"{given.answer} for {given.proposal}", found=sentence(passed), do=do)
    if given.edited is not None and judged.decision.verdict is Verdict.BLOCK:
        raise NotAllowed(asked="this edit", found=sentence(judged.decision.reasons[0]).rstrip("."), do="Edit it differently")
    before = tx.content(action.content, "arguments") or {} if given.edited is not None else wanted
    weighed = _attended(tx, action, given, weigh(tx, action, given, judged, charter), before)
    fact = answered(house.clock.now(), action, given, judged, charter, weighed, before)
    tx.record(fact, actor=f"person:{given.by}", contents=contents_of(given))
    if action.state is State.SEEDED and given.answer is not Answer.LATER:
        attend(house, tx, action, given.by)
    demote(house, tx, action)
    return tx.existing(given.proposal)


def _attended(tx: Reading, action: Action, given: Given, weighed: Weighed, shown: Mapping[str, Value]) -> Weighed:
    """Say also why an answer would be no evidence; one to a proposal that never leaves lacks nobody else's approval.

    Whoever rejects fast has seen enough: only an approval says that it was read.
    """
    apart = action.state in WATCHED_APART
    return replace(
        weighed,
        missing=() if apart else weighed.missing,
        fast=given.answer in _READ and too_fast(given.seconds_seen, shown),
        discounted=discounted(tx, given.by),
        apart=apart,
    )


_READ = {Answer.APPROVE, Answer.APPROVE_EDITED, Answer.USED, Answer.USED_EDITED, Answer.RETURN}


def _question(tx: Reading, action: Action, wanted: Mapping[str, Value], established: Established) -> Question:
    before = tx.decision(action).given
    return Question(
        use_case=action.use_case,
        operation=action.operation,
        arguments=wanted,
        agent=action.agent,
        version=action.version,
        trial=action.trial,
        claimed=before.claimed,
        established=established,
        drawn=before.drawn,
    )


def _hold_again(house: House, tx: Writing, action: Action, judged: Judged, charter: Charter, changed: tuple[str, ...]) -> None:
    reason = Reason(code="changed_since_seen", floor=Verdict.HOLD, values={"found": ", ".join(changed)})
    due = lapses_at(charter, tx.policy().risk_statement, house.clock.now())
    tx.record(f.HeldAgain(proposal=action.proposal, reasons=(reason,), seen=judged.seen, due_at=due), actor="remit")


async def take_back(house: House, proposal: ProposalId, by: str) -> Action:
    """Take an approval back while its window is open; while others are missing, one's own. Raises `Conflict` later."""
    outcome = (await take_back_each(house, [proposal], by))[0]
    if isinstance(outcome, RemitError):
        raise outcome
    return outcome


async def take_back_each(house: House, proposals: Sequence[ProposalId], by: str) -> list[Action | RemitError]:
    """Take many approvals back, each by itself. Returns an outcome for each."""
    return await house.store.write(lambda tx: [_attempt(partial(_take_back, house, tx, by), one) for one in proposals])


def _take_back(house: House, tx: Writing, by: str, proposal: ProposalId) -> Action:
    action = tx.existing(proposal)
    policy = tx.policy()
    due = lapses_at(policy.charters[action.use_case], policy.risk_statement, house.clock.now())
    if action.state is State.HELD:
        if all(one.by != by for one in action.approvals):
            found = f"no approval by {by}; it is held"
            raise Conflict(asked=f"taking back {proposal}", found=found, do="Only what was approved can be taken back")
        due = action.due_at or due
    tx.record(f.TakenBack(proposal=proposal, by=by, due_at=due), actor=f"person:{by}")
    return tx.existing(proposal)


async def withdraw(house: House, proposal: ProposalId, agent: str) -> Action:
    """Let an agent take back its own proposal while nobody has answered it."""

    def work(tx: Writing) -> Action:
        action = tx.action(proposal)
        if action is None or action.agent != agent:
            raise NotFound(asked=f"proposal {proposal}", found="no such proposal of yours", do="Check the id")
        tx.record(f.Withdrawn(proposal=proposal), actor=f"agent:{agent}")
        demote(house, tx, action)
        return tx.existing(proposal)

    return await house.store.write(work)
