"""A person is forgotten: what waits about her ends, what is known of her goes, here and in the connected systems.

The facts stay, with their digests, so that the ledger can still be verified; the content they seal is gone with its salts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from remit.core import facts as f
from remit.core.action import Action
from remit.core.erasure import ENDED_BY_IT, SHORTEST_TEXT, UNDER_WAY, is_about
from remit.core.gate import Reason
from remit.core.lifecycle import State
from remit.core.types import ProposalId, Record, Verdict
from remit.errors import Conflict, ConnectorFailed, InvalidInput, NotFound
from remit.ports import Connector, Forgot, Forgotten, House, Reading, Writing

_FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whom to forget. `texts` say by what else she may be found, such as her address; `proposals` which are known to be hers.

    `again` says that she was forgotten before, and that this is a restored folder: it is written down whatever is found, and
    what was under way when the backup was made keeps nobody waiting.
    """

    record: Record
    by: str
    texts: tuple[str, ...] = ()
    proposals: tuple[ProposalId, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a connected system did about it: forgotten, nothing there, cannot, failed; and what is left to do there by hand."""

    how: str
    records: tuple[Record, ...] = ()
    do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased, or would be. `scrubbed` is False where an old state can still be read for a while."""

    record: Record
    proposals: tuple[ProposalId, ...]
    contents: int
    blocked: int
    systems: Mapping[str, Told] = field(default_factory=dict)
    scrubbed: bool = True

    @property
    def nothing(self) -> bool:
        """Whether nothing is kept of her anywhere."""
        known = {Forgot.FORGOTTEN, Forgot.CANNOT, _FAILED}
        return not (self.contents or self.blocked or any(told.how in known for told in self.systems.values()))


async def foresee(house: House, wish: Wish) -> Erasure:
    """Say what `erase` would do, and do nothing."""
    _check(wish)
    systems = await _ask_all(house, wish.record, look_only=True)
    with house.store.read() as reading:
        return _measured(wish, _reach(reading, wish, systems), systems, reading)


async def erase(house: House, wish: Wish) -> Erasure:
    """Forget a person. First what waits is ended, so that nothing leaves any more; then the systems forget; then content goes.

    Cut off anywhere, it is finished by asking again. Raises `Conflict` while an effect about her is under way, `NotFound` where
    nothing is kept of her.
    """
    _check(wish)
    ended = await house.store.write(partial(_end_waiting, wish))
    systems = await _ask_all(house, wish.record)
    done = await house.store.write(partial(_erase, wish, systems, ended))
    scrubbed = await house.store.scrub()
    if done.nothing and scrubbed and not wish.again:
        found = "nothing, or nothing any more"
        raise NotFound(asked=f"what is kept of {wish.record}", found=found, do="Check the id")
    return Erasure(
        record=done.record,
        proposals=done.proposals,
        contents=done.contents,
        blocked=done.blocked,
        systems=systems,
        scrubbed=scrubbed,
    )


def _check(wish: Wish) -> None:
    short = [text for text in wish.texts if len(text) < SHORTEST_TEXT]
    if short or not wish.record.id:
        found = f"{len(short[0])} letters" if short else "no id"
        do = f"Give an id, and texts of at least {SHORTEST_TEXT} letters"
        raise InvalidInput(asked="whom to forget", found=found, do=do)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """What an erasure reaches: actions, and facts of no action whose content names her."""

    actions: tuple[Action, ...]
    facts: tuple[str, ...]

    @property
    def proposals(self) -> tuple[ProposalId, ...]:
        return tuple(action.proposal for action in self.actions)


def _reach(reading: Reading, wish: Wish, systems: Mapping[str, Told]) -> _Reach:
    records = {str(wish.record), *(str(record) for told in systems.values() for record in told.records)}
    actions = {action.proposal: action for action in reading.actions_on(records)}
    known = [reading.action(proposal) for proposal in wish.proposals]
    actions |= {action.proposal: action for action in known if action is not None}
    facts = []
    for kept in reading.contents_with((wish.record.id, *wish.texts)):
        if not is_about(kept.content, wish.record, wish.texts):
            continue
        action = reading.action(ProposalId(kept.subject))
        if action is None:
            facts.append(kept.fact)
        else:
            actions[action.proposal] = action
    return _Reach(actions=tuple(actions.values()), facts=tuple(facts))


def _end_waiting(wish: Wish, tx: Writing) -> int:
    return _end(tx, wish, _reach(tx, wish, {}).actions)


def _end(tx: Writing, wish: Wish, actions: Sequence[Action]) -> int:
    """End what waits; what is under way ends by itself first, or, in a restored folder, is left as unclear."""
    under_way = [action for action in actions if action.state in UNDER_WAY]
    if not wish.again:
        _refuse_under_way(wish, under_way)
    for action in under_way:
        fact = f.Unclear if action.state is State.STARTED else f.UndoUnclear
        tx.record(fact(proposal=action.proposal, detail="forgotten before its end was known"), actor="remit")
    return _block(tx, actions)


def _refuse_under_way(wish: Wish, under_way: Sequence[Action]) -> None:
    if under_way:
        found = f"{len(under_way)} of its actions under way: {', '.join(action.proposal for action in under_way[:3])}"
        raise Conflict(asked=f"forgetting {wish.record}", found=found, do="Ask again in a moment, when they have ended")


def _block(tx: Writing, actions: Sequence[Action]) -> int:
    waiting = [action for action in actions if action.state in ENDED_BY_IT]
    for action in waiting:
        reason = Reason(code="erased", floor=Verdict.BLOCK)
        tx.record(f.Blocked(proposal=action.proposal, reasons=(reason,)), actor="remit")
    return len(waiting)


async def _ask_all(house: House, record: Record, *, look_only: bool = False) -> dict[str, Told]:
    return {name: await _ask(one, record, look_only=look_only) for name, one in sorted(house.connectors.items())}


async def _ask(connector: Connector, record: Record, *, look_only: bool) -> Told:
    """Ask one system. One that fails keeps nobody from being forgotten elsewhere; it is asked again by asking again."""
    try:
        found: Forgotten = await connector.forget(record, look_only=look_only)
    except ConnectorFailed as error:
        return Told(how=_FAILED, do=f"It did not answer ({error.found}); ask again")
    return Told(how=found.how, records=found.records, do=found.do)


def _measured(wish: Wish, reach: _Reach, systems: Mapping[str, Told], reading: Reading) -> Erasure:
    return Erasure(
        record=wish.record,
        proposals=reach.proposals,
        contents=reading.count_contents(reach.proposals, reach.facts),
        blocked=sum(action.state in ENDED_BY_IT for action in reach.actions),
        systems=systems,
    )


def _erase(wish: Wish, systems: Mapping[str, Told], ended: int, tx: Writing) -> Erasure:
    """Lose the content, also of what came in between, and say so in the transaction that loses it."""
    reach = _reach(tx, wish, systems)
    blocked = ended + _end(tx, wish, reach.actions)
    done = Erasure(
        record=wish.record,
        proposals=reach.proposals,
        contents=tx.drop_contents(reach.proposals, reach.facts) + tx.drop_history(str(wish.record), wish.texts),
        blocked=blocked,
        systems=systems,
    )
    if wish.again or not done.nothing:
        tx.record(_fact(wish, done), actor=f"person:{wish.by}")
    return done


def _fact(wish: Wish, done: Erasure) -> f.Erased:
    return f.Erased(
        record=str(wish.record),
        by=wish.by,
        proposals=done.proposals,
        contents=done.contents,
        blocked=done.blocked,
        systems={name: told.how for name, told in done.systems.items()},
    )
