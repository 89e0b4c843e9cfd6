"""Random months at one desk: agents ask, people answer, stop and meddle, time passes, effects end oddly, levels come and go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from remit.connectors.sandbox import Sandbox
from remit.core.lifecycle import State
from remit.core.proposal import Ask
from remit.core.types import Answer, Operation, ProposalId, Record, Role, Value
from remit.errors import RemitError
from remit.flow.adopt import admit, adopt
from remit.flow.answered import Given
from remit.flow.execute import execute, recover
from remit.flow.grant import ROLES, sign
from remit.flow.judge import judge
from remit.flow.lapse import lapse
from remit.flow.observe import Outcome, observe
from remit.flow.propose import propose
from remit.flow.review import answer_each, take_back, withdraw
from remit.flow.see import Look, see
from remit.flow.settle import settle
from remit.flow.stop import lift, order
from remit.flow.undo import undo
from remit.ports import AgentKey, Effect, House
from remit.store.sqlite import SqliteStore
from tests.flow.odd_connectors import Odd
from tests.store.small_house import AGENT, DESK, NOTING, TAGGING, WRITING, FrozenClock, documents, opened

SECRET = "Annabel"
"""What agents and people write about: it belongs into contents, never into a fact."""

Step = tuple[str, int, int]
T = TypeVar("T")

TO_HELD = (Answer.APPROVE, Answer.APPROVE, Answer.APPROVE, Answer.REJECT, Answer.RETURN, Answer.LATER, Answer.APPROVE_EDITED)
TO_DRAFT = (Answer.USED, Answer.USED_EDITED, Answer.DISCARDED, Answer.LATER)
WAITS = ({"seconds": 10}, {"seconds": 1}, {"hours": 1}, {"hours": 30}, {"days": 8})
SCOPES = ("everything", f"use_case:{DESK}")
TOLERANCES = (0.4, 0.05, 0.3, 0.45)
ENDS = ([Effect.UNCLEAR], [Effect.FAILED], [Effect.CHANGED], [Effect.NOT_YET], [Effect.DONE, Effect.UNCLEAR])


class DeadError(BaseException):
    """The process ended."""


def pick(choices: Sequence[T], number: int) -> T:
    """Pick one, whatever the number."""
    return choices[number % len(choices)]


class Desk:
    """One house and what happens in it. Every step is a verb, or somebody outside; two numbers say which and how."""

    def __init__(self, store: SqliteStore, sandbox: Sandbox, clock: FrozenClock) -> None:
        """Furnish it."""
        self.store, self.sandbox, self.clock = store, sandbox, clock
        self.odd = Odd(inner=sandbox)
        secret = b"a secret that only tests share.."
        ids = store._writer._ids  # noqa: SLF001  # one count for all
        self.house = House(store=store, connectors={sandbox.name: self.odd}, clock=clock, ids=ids, secret=secret)
        self.calls = self.versions = 0
        self.limits: dict[str, Any] = {}
        self.steps: dict[str, Callable[[int, int], Awaitable[object]]] = {
            "ask": self.ask,
            "ask again": self.ask_again,
            "answer": self.answer,
            "answer all": self.answer_all,
            "take back": self.take_back,
            "withdraw": self.withdraw,
            "wait": self.wait,
            "execute": self.execute,
            "judge": self.judge,
            "sign": self.sign,
            "stop": self.stop,
            "lift": self.lift,
            "undo": self.undo,
            "observe": self.observe,
            "meddle": self.meddle,
            "listen": self.listen,
            "admit": self.admit,
            "adopt": self.adopt,
            "look": self.look,
            "settle": self.settle,
            "odd": self.end_oddly,
            "die": self.die,
        }

    async def begin(self) -> None:
        """Adopt a policy, admit an agent, import three people."""
        contacts: list[tuple[Record, dict[str, Value]]] = [
            (Record(kind="contact", id=f"c{number}"), {"job": "clerk", "region": "north"}) for number in range(3)
        ]
        self.sandbox.world.put(contacts, by="import", at=self.clock.now())
        await adopt(self.house, documents(self.limits), by="ann")
        await self.admit(0, 0)

    async def play(self, steps: Sequence[Step]) -> None:
        """Take every step; what is refused is refused."""
        for name, one, other in steps:
            try:
                await self.steps[name](one, other)
            except RemitError:
                continue

    # ------------------------------------------------------------------------------------------------------------ agents

    def key(self, number: int) -> AgentKey:
        """Return the key of one of the versions."""
        return AgentKey(agent=AGENT, version=f"v{1 + number % self.versions}", use_cases=(DESK,))

    def _asked(self, one: int, other: int) -> Ask:
        contact = f"c{other % 4}"  # there is no fourth
        operation, arguments = pick(
            [
                (TAGGING, {"contact": contact, "tag": pick(["vip", "gold", "new", SECRET.lower()], other // 3)}),
                (WRITING, {"contact": contact, "region": pick([SECRET, "south"], other)}),
                (NOTING, {"contact": contact, "text": f"{SECRET}, note {other}"}),
                (TAGGING, {"contact": contact, "tag": pick(["vip", "gold"], other)}),
                (Operation("deal.stage.change"), {"deal": "d1", "stage": "won"}),
            ],
            one,
        )
        self.calls += 1
        grounds = ("job", "health") if other == 7 else ("job",)
        return Ask(
            use_case=DESK,
            operation=operation,
            arguments=arguments,
            call_id=f"call {self.calls}",
            confidence=0.5,
            grounds=grounds,
            reason=f"{SECRET} said so",
            dry_run=other == 11,
        )

    async def ask(self, one: int, other: int) -> None:
        """Ask for one action."""
        await propose(self.house, self.key(other), [self._asked(one, other)])

    async def ask_again(self, one: int, other: int) -> None:
        """Ask for several, or for the last one under its old call id."""
        asks = [self._asked(one + number, other + number) for number in range(3)]
        if one % 3 == 0:
            self.calls -= 4
        await propose(self.house, self.key(other), asks)

    async def withdraw(self, one: int, _: int) -> None:
        """Take a proposal back."""
        if found := self._in(State.HELD, State.DRAFTED, State.STOPPED):
            await withdraw(self.house, pick(found, one), AGENT)

    async def look(self, _: int, other: int) -> None:
        """Read a context window."""
        hidden = {"health": "poor"} if other == 7 else {}  # now and then a look that is refused
        await see(self.house, self.key(other), DESK, Look(window="people", where=hidden, limit=2))

    # ------------------------------------------------------------------------------------------------------------ people

    def _in(self, *states: State) -> list[ProposalId]:
        with self.store.read() as reading:
            return [action.proposal for action in reading.in_states(states)]

    def _given(self, proposal: ProposalId, other: int) -> Given:
        with self.store.read() as reading:
            action = reading.existing(proposal)
            arguments = reading.content(action.content, "arguments")
        said = pick(TO_HELD if action.state is State.HELD else TO_DRAFT, other)
        edits = said in {Answer.APPROVE_EDITED, Answer.USED_EDITED}
        edited = {**arguments, **({"tag": "gold"} if "tag" in arguments else {})} if edits else None
        seen = "record=other" if other == 9 else action.seen
        return Given(
            proposal=proposal,
            answer=said,
            by=pick(["ann", "bo"], other),
            seen=seen,
            edited=edited,
            note=f"{SECRET} again",
            seconds_seen=other + 5,  # sooner than anybody can read would be no evidence
        )

    async def answer(self, one: int, other: int) -> None:
        """Answer one."""
        if found := self._in(State.HELD, State.DRAFTED):
            await answer_each(self.house, [self._given(pick(found, one), other)])

    async def answer_all(self, one: int, _: int) -> None:
        """Answer everything that waits, all the same way."""
        await answer_each(self.house, [self._given(proposal, one) for proposal in self._in(State.HELD, State.DRAFTED)])

    async def take_back(self, one: int, _: int) -> None:
        """Take an answer back."""
        if found := self._in(State.LEAVING):
            await take_back(self.house, pick(found, one), by="ann")

    async def sign(self, one: int, _: int) -> None:
        """Sign an offer, in both roles."""
        for by, role in zip(("ann", "bo"), ROLES, strict=True):
            await sign(self.house, DESK, pick([TAGGING, NOTING], one), by=by, role=role)

    async def stop(self, one: int, _: int) -> None:
        """Order a stop."""
        await order(self.house, pick(SCOPES, one), by="ann", reason="look")

    async def lift(self, one: int, other: int) -> None:
        """Agree to lift a stop."""
        await lift(self.house, pick(SCOPES, one), by=pick(["ann", "bo"], other), reason="fine")

    async def undo(self, one: int, _: int) -> None:
        """Ask for an undo."""
        if found := self._in(State.DONE):
            await undo(self.house, [pick(found, one)], by="ann", reason="wrong")

    async def settle(self, one: int, _: int) -> None:
        """Settle a violation."""
        with self.store.read() as reading:
            found = reading.violations(limit=10)
        if found:
            await settle(self.house, pick(found, one).id, by="ann", roles=[Role.RISK], note=f"{SECRET} was told")

    async def observe(self, one: int, other: int) -> None:
        """Hear of something later."""
        if found := self._in(State.DONE, State.USED, State.USED_EDITED, State.UNDONE):
            outcome = Outcome(proposal=pick(found, one), kind="reverted", loss_ppm=pick([None, 0, 1_000_000], other))
            await observe(self.house, [outcome], by="person:ann")

    # ----------------------------------------------------------------------------------------------------- time and the rest

    async def wait(self, one: int, _: int) -> None:
        """Let time pass."""
        self.clock.move(**pick(WAITS, one))
        await lapse(self.house)

    async def execute(self, one: int, _: int) -> None:
        """Carry out what is due; now and then as after a crash."""
        if one == 5:
            await recover(self.house)
        self.clock.move(seconds=pick([0, 10], one))
        while await execute(self.house):
            pass

    async def judge(self, _: int, __: int) -> None:
        """Judge every level."""
        await judge(self.house)

    async def meddle(self, one: int, other: int) -> None:
        """Let a person change a record."""
        fields: dict[str, Value] = {"region": pick(["south", "west", None], other)}
        self.sandbox.world.edit(Record(kind="contact", id=f"c{one % 3}"), fields)

    async def listen(self, one: int, _: int) -> None:
        """Switch an automation on or off."""
        (self.sandbox.world.listen if one % 2 else self.sandbox.world.unlisten)("contact", "tag:vip", "newsletter")

    async def end_oddly(self, one: int, other: int) -> None:
        """Let the next effects end oddly."""
        self.odd.ends, self.odd.arrives = list(pick(ENDS, one)), other % 2 == 0

    async def die(self, one: int, other: int) -> None:
        """End the process while it carries out what is due, before the effects or behind them; the next one recovers."""
        self.clock.move(seconds=pick([0, 10], one))
        self.odd.dies = (DeadError(), other % 2 == 0)
        with suppress(DeadError):
            while await execute(self.house):
                pass
        self.odd.dies = None
        await recover(self.house)
        while await execute(self.house):
            pass

    async def admit(self, _: int, __: int) -> None:
        """Admit a further version."""
        self.versions += 1
        await admit(self.house, agent=AGENT, version=f"v{self.versions}", use_cases=(DESK,), key=f"key {self.versions}", by="ann")

    async def adopt(self, one: int, _: int) -> None:
        """Change the tolerance."""
        await adopt(self.house, documents(self.limits, tolerance=pick(TOLERANCES, one)), by="ann")


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """Open a house in a folder."""
    clock = FrozenClock()
    with opened(folder, clock) as store:
        sandbox = Sandbox.open(folder / "sandbox.db", clock)
        try:
            yield Desk(store, sandbox, clock)
        finally:
            sandbox.close()
