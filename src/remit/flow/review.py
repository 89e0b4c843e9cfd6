"""A person answers a held proposal or a draft. The answer is bound to what she saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from remit.core import facts as f
from remit.core.action import Action
from remit.core.approval import leaves_at, limit_against, loss_ppm, may_answer
from remit.core.charter import Charter
from remit.core.gate import Reason
from remit.core.policy import CompiledPolicy
from remit.core.reasons import sentence
from remit.core.types import Answer, ProposalId, Value, Verdict
from remit.errors import AlreadyAnswered, ChangedSinceSeen, InvalidInput, LimitReached, NotAllowed, NotFound, RemitError
from remit.flow.ask import Judged, Question, ask_gate, connector_call, moved, refuse_problem
from remit.flow.count import fetch_counts
from remit.flow.look_up import Wanted, establish
from remit.ports import Established, House, Reading, Writing

T = TypeVar("T")
_APPROVALS = {Answer.APPROVE, Answer.APPROVE_EDITED}
_EDITS = {Answer.APPROVE_EDITED, Answer.USED_EDITED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person says. `seen` is the string she was shown with the proposal; `edited` only with an edit."""

    proposal: ProposalId
    answer: Answer
    by: str
    seen: str
    reason_code: str = ""
    note: str = ""
    edited: Mapping[str, Value] | None = None
    seconds_seen: int | None = None


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
    outcomes = iter(await house.store.write(partial(_commit_each, house, works)))
    return [found if isinstance(found, RemitError) else next(outcomes) for found in loaded]


def _attempt(work: Callable[[Given], T | RemitError], given: Given) -> T | RemitError:
    try:
        return work(given)
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
    if arguments is None and given.answer in _APPROVALS:
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
    if (given.answer in _EDITS) != (given.edited is not None):
        raise InvalidInput(
            asked=str(given.answer), found="edited arguments do not fit", do="Give them with an edit, and only then"
        )


def _commit(
    house: House, tx: Writing, wanted: Mapping[str, Value], established: Established, given: Given
) -> Action | RemitError:
    action = tx.existing(given.proposal)
    if given.answer in _APPROVALS | _EDITS:
        refuse_problem(established)  # what cannot be carried out any more can still be rejected
    _refuse_unfit(action, given)
    charter = tx.policy().charters[action.use_case]
    judged = ask_gate(house, tx, _question(tx, action, wanted, established))
    changed = [name for name in moved(given.seen, judged.seen) if name != "arguments" or given.edited is None]
    if changed and given.answer in _APPROVALS:
        _hold_again(house, tx, action, judged, charter, tuple(changed))
        what = f"changed: {', '.join(changed)}"
        return ChangedSinceSeen(asked=f"{given.answer} for {given.proposal}", found=what, do="Look again, then answer")
    if given.answer in _APPROVALS and (passed := limit_against(judged.decision)) is not None:
        do = "Answer again once there is room, or reject it"
        return LimitReached(asked=f"{given.answer} for {given.proposal}", found=sentence(passed), do=do)
    if given.edited is not None and judged.decision.verdict is Verdict.BLOCK:
        raise NotAllowed(
            asked="this edit", found=", ".join(reason.code for reason in judged.decision.reasons), do="Edit it differently"
        )
    tx.record(_answered(house.clock.now(), action, given, judged, charter), actor=f"person:{given.by}", contents=_contents(given))
    return tx.existing(given.proposal)


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
    due = house.clock.now() + timedelta(hours=charter.deadline_hours)
    tx.record(f.HeldAgain(proposal=action.proposal, reasons=(reason,), seen=judged.seen, due_at=due), actor="remit")


def _answered(now: datetime, action: Action, given: Given, judged: Judged, charter: Charter) -> f.Answered:
    leaves = leaves_at(judged.decision, now, take_back_seconds=charter.take_back_seconds)
    due_at = (action.due_at or now) if given.answer is Answer.LATER else leaves  # later moves no deadline
    return f.Answered(
        proposal=action.proposal,
        answer=given.answer,
        by=given.by,
        seen=judged.seen,
        due_at=due_at,
        loss_ppm=loss_ppm(given.answer, charter.evidence.losses),
        reason_code=given.reason_code,
        seconds_seen=given.seconds_seen,
        revision=action.revision + (given.edited is not None),
        reserved=judged.reserves if given.answer in _APPROVALS else (),
    )


def _contents(given: Given) -> dict[str, object]:
    found: dict[str, object] = {}
    if given.note:
        found["note"] = given.note
    if given.edited is not None:
        found["arguments"] = dict(given.edited)
    return found


async def take_back(house: House, proposal: ProposalId, by: str) -> Action:
    """Take an approval back while its window is open. Raises `Conflict` once the effect has left."""

    def work(tx: Writing) -> Action:
        action = tx.existing(proposal)
        due = house.clock.now() + timedelta(hours=tx.policy().charters[action.use_case].deadline_hours)
        tx.record(f.TakenBack(proposal=proposal, by=by, due_at=due), actor=f"person:{by}")
        return tx.existing(proposal)

    return await house.store.write(work)


async def withdraw(house: House, proposal: ProposalId, agent: str) -> Action:
    """Let an agent take back its own proposal while nobody has answered it."""

    def work(tx: Writing) -> Action:
        action = tx.action(proposal)
        if action is None or action.agent != agent:
            raise NotFound(asked=f"proposal {proposal}", found="no such proposal of yours", do="Check the id")
        tx.record(f.Withdrawn(proposal=proposal), actor=f"agent:{agent}")
        return tx.existing(proposal)

    return await house.store.write(work)
