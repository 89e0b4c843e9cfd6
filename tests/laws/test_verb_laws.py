"""Every verb in any order, with crashes and odd systems in between: what happens is what was approved, once, and nothing else."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.types import Answer, Record, Value
from remit.errors import RemitError
from remit.flow.adopt import adopt
from remit.flow.cancel import cancel
from remit.flow.claim import claim
from remit.flow.escalate import escalate
from remit.flow.execute import clarify, recover
from remit.flow.lapse import lapse
from remit.flow.plant import plant
from remit.flow.review import take_back, withdraw
from remit.flow.stop import lift, order
from remit.flow.undo import undo_each
from remit.flow.verdict import UNCLEAR, settle_unclear
from remit.ports import Effect
from remit.ports.care_port import SeedCase
from remit.runner.local import drain
from remit.store import tables as t
from remit.wire import SANDBOX
from tests.core.written_statement import document
from tests.flow.odd_connectors import Odd
from tests.flow.stage import ADA, CRM, TAGGING, TAKE_BACK, Stage, ask, copied, furnish, person, tag
from tests.reference.history_checker import check
from tests.store.small_house import rows

NUMBERS = st.integers(0, 11)
CONTACTS = 3
SCOPES = ["everything", "use_case:crm", "agent:ada", "connector:sandbox"]
ENDS = [Effect.UNCLEAR, Effect.NOT_YET, Effect.FAILED, Effect.CHANGED]
WAITS = [*[{"seconds": TAKE_BACK}] * 5, {"seconds": 2}, {"minutes": 20}, {"hours": 25}]
CARE = {"mode": "individual", "why": "To see whether anything planted ever leaves."}
MAIL = "email.one_to_one.send"


class DeadError(BaseException):
    """The process ended."""


class Verbs(RuleBasedStateMachine):
    """One desk; every step is a verb or something that happens outside. What is refused is refused."""

    template: Path

    def __init__(self) -> None:
        """Open a fresh copy of a furnished folder."""
        super().__init__()
        self.open = ExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        self.folder = folder / "data"
        self.stage: Stage = self.open.enter_context(copied(self.template, self.folder))
        self.odd: Odd = self.stage.between()
        self.calls = 0
        self.opted_out: set[str] = set()

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        """Let a verb happen, and see that nobody who opted out was written to."""
        before = self.mails()
        with suppress(RemitError):
            asyncio.run(work)
        for contact in self.mails() - before:
            assert contact[0] not in self.opted_out, "written to in spite of an opt-out"

    def mails(self) -> set[tuple[str, str]]:
        """Return whom which mail reached."""
        found = set()
        for key, end in self.stage.world.effects().items():
            if end.effect is Effect.DONE and end.record is not None and end.record.kind == "email" and end.after is not None:
                found.add((str(end.after.fields["contact"]), key))
        return found

    def any_in(self, number: int, *states: State) -> Action | None:
        """Pick an action in one of these states."""
        with self.stage.house.store.read() as reading:
            found = reading.in_states(states)
        return found[number % len(found)] if found else None

    # agents and people

    @initialize()
    def begin(self) -> None:
        """Look at reviewers, so that something can be planted, and ask for something, so that there is something to answer."""
        self.do(adopt(self.stage.house, {"risk_statement": json.dumps(document(care=CARE))}, "olga"))
        self.propose(0, 0)

    @rule(kind=st.integers(0, 3), number=NUMBERS)
    def propose(self, kind: int, number: int) -> None:
        """Ask for a tag, a mail, a task or a change."""
        self.calls += 1
        contact, call = person(number % CONTACTS), f"call {self.calls}"
        wanted = [
            tag(contact, f"t{self.calls}", call_id=call),
            ask(MAIL, CRM, call, contact=contact, subject="Hello", body=f"mail {self.calls}"),
            ask("task.create", CRM, call, contact=contact, title=f"task {self.calls}", due="2026-04-01"),
            ask("contact.field.update", CRM, call, contact=contact, job=f"job {self.calls}"),
        ][kind]
        self.do(self.stage.reply(wanted, ADA))

    @rule(number=NUMBERS, said=st.sampled_from(["approve", "approve", "approve", "reject", "return", "later", "edit"]))
    def answer(self, number: int, said: str) -> None:
        """Answer something that is held, by one of three."""
        action = self.any_in(number, State.HELD, State.SEEDED)
        if action is None:
            return
        by = ["dana", "rita", "ravi"][number % 3]
        if said != "edit":
            self.do(self.stage.say(action, Answer(said), by))
            return
        with self.stage.house.store.read() as reading:
            arguments = dict(reading.content(action.content, "arguments") or {})
        texts = [name for name in ("tag", "title", "body", "job") if name in arguments]
        edited = {**arguments, texts[0]: f"{arguments[texts[0]]} by {by}"}
        self.do(self.stage.say(action, Answer.APPROVE_EDITED, by, edited=edited))

    @rule(kind=st.integers(0, 3), number=NUMBERS)
    def ask_and_approve(self, kind: int, number: int) -> None:
        """Ask for something that two people approve at once; it leaves when its window closes."""
        self.propose(kind, number)
        with self.stage.house.store.read() as reading:
            fresh = reading.by_call("ada", f"call {self.calls}")
        for by in ("dana", "rita"):
            if fresh is not None:
                self.do(self.stage.say(self.stage.action(fresh.proposal), by=by))

    @rule(number=NUMBERS, way=st.sampled_from(["take back", "withdraw", "cancel"]))
    def revoke(self, number: int, way: str) -> None:
        """Take an approval back, withdraw a proposal, or call it off."""
        action = self.any_in(number, State.HELD, State.LEAVING, State.STOPPED)
        if action is None:
            return
        house = self.stage.house
        ways = {
            "take back": lambda: take_back(house, action.proposal, "dana"),
            "withdraw": lambda: withdraw(house, action.proposal, "ada"),
            "cancel": lambda: cancel(house, action.proposal, by="dana"),
        }
        self.do(ways[way]())

    @rule(number=NUMBERS)
    def plant(self, number: int) -> None:
        """Plant a tag that is known to be bad."""
        self.calls += 1
        arguments: dict[str, Value] = {"contact": person(number % CONTACTS), "tag": f"bad{self.calls}"}
        case = SeedCase(case=f"c{self.calls}", use_case=CRM, operation=TAGGING, arguments=arguments, why="bad", by="ines")
        self.do(plant(self.stage.house, case))

    @rule(number=NUMBERS, over=st.booleans())
    def work_on(self, number: int, over: bool) -> None:
        """Claim something, or take it over, after whatever is due was asked further."""
        self.do(escalate(self.stage.house))
        action = self.any_in(number, State.HELD, State.SEEDED)
        if action is not None:
            self.do(claim(self.stage.house, action.proposal, ["dana", "rita"][number % 2], take_over=over))

    @rule(number=NUMBERS)
    def undo(self, number: int) -> None:
        """Ask for the undo of one or two that were done."""
        chosen = [one.proposal for one in (self.any_in(number, State.DONE), self.any_in(number + 1, State.DONE)) if one]
        if chosen:
            self.do(undo_each(self.stage.house, list(dict.fromkeys(chosen)), "dana"))

    @rule(number=NUMBERS, lifting=st.booleans(), by=st.sampled_from(["ines", "ravi"]))
    def stop(self, number: int, lifting: bool, by: str) -> None:
        """Order a stop, or agree to lift one."""
        scope = SCOPES[number % len(SCOPES)]
        if not lifting and number > len(SCOPES):
            return  # or nothing would ever happen
        verb = lift(self.stage.house, scope, by=by, reason="") if lifting else order(self.stage.house, scope, by=by, reason="")
        self.do(verb)

    @rule(number=NUMBERS, happened=st.booleans())
    def settle(self, number: int, happened: bool) -> None:
        """Look up what is unclear, then say truly what became of the rest."""
        self.do(clarify(self.stage.house))
        action = self.any_in(number, *UNCLEAR)
        if action is not None and action.state is State.UNCLEAR:
            arrived = f"{action.proposal}:{action.attempts}" in self.stage.world.effects()
            self.do(settle_unclear(self.stage.house, action.proposal, happened=arrived, by="dana"))
        elif action is not None and happened is (f"{action.proposal}:undo" in self.stage.world.effects()):
            self.do(settle_unclear(self.stage.house, action.proposal, happened=happened, by="dana"))

    # time and the world

    @rule(wait=st.sampled_from(WAITS))
    def go_on(self, wait: dict[str, float]) -> None:
        """Let time pass and carry out what is due."""
        self.stage.clock.move(**wait)
        self.do(lapse(self.stage.house))
        self.do(drain(self.stage.house))

    @rule(number=NUMBERS, arrives=st.booleans())
    def end_oddly(self, number: int, arrives: bool) -> None:
        """Let the next effect end oddly."""
        self.odd.ends, self.odd.arrives = [ENDS[number % len(ENDS)]], arrives

    @rule(arrived=st.booleans())
    def crash(self, arrived: bool) -> None:
        """Let the process end while something goes out, and begin again."""
        self.odd.dies = DeadError(), arrived
        self.stage.clock.move(seconds=TAKE_BACK)
        with suppress(DeadError):
            self.do(drain(self.stage.house))
        self.odd.dies = None
        self.do(recover(self.stage.house))
        self.do(drain(self.stage.house))

    @rule(number=NUMBERS, out=st.booleans())
    def opt(self, number: int, out: bool) -> None:
        """Let somebody opt out, or in again."""
        contact = person(number % CONTACTS)
        (self.opted_out.add if out else self.opted_out.discard)(contact)
        self.stage.world.edit(Record(kind="contact", id=contact), {"do_not_contact": out})

    # what has to be true in the end

    def teardown(self) -> None:
        """Come to rest, and have the whole history checked by a stranger."""
        try:
            self.odd.ends, self.odd.dies = [], None
            for scope in SCOPES:
                for by in ("ines", "ravi"):
                    self.do(lift(self.stage.house, scope, by=by, reason=""))
            for _ in range(3):
                self.go_on({"hours": 1})
            self.do(recover(self.stage.house))
            self.go_on({"hours": 1})
            assert self.checked() == []
            self.what_was_approved_is_what_happened()
        finally:
            self.open.close()

    def checked(self) -> list[str]:
        """Return the faults that the history checker finds."""
        export = self.folder.parent / "ledger.jsonl"
        facts = rows(self.stage.opened.store.engine, t.facts)
        lines = (json.dumps({"seq": row["seq"], "body": row["body"].decode()}) for row in facts)
        export.write_text("\n".join(lines))
        return check(export, self.folder / SANDBOX, []).faults

    def what_was_approved_is_what_happened(self) -> None:
        """Compare every effect with the arguments in force when it was approved."""
        effects = self.stage.world.effects()
        with self.stage.house.store.read() as reading:
            done = reading.in_states({State.DONE}, limit=1000)
            wanted = {action.proposal: reading.content(action.content, "arguments") for action in done}
        for action in done:
            after = effects[f"{action.proposal}:{action.attempts}"].after
            assert after is not None
            for name, value in wanted[action.proposal].items():
                shown = after.fields.get(f"tag:{value}") if name == "tag" else after.fields.get(name, value)
                assert shown == (True if name == "tag" else value)


def _machine() -> type[RuleBasedStateMachine]:
    """Furnish a folder once, for every machine to copy."""
    home = Path(tempfile.mkdtemp(prefix="verbs-"))
    furnish(home / "template")
    Verbs.template = home / "template"
    return Verbs


def test_every_verb_in_any_order_does_what_was_approved_once_and_nothing_else() -> None:
    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415

    machine = _machine()
    try:
        count = max(10, settings().max_examples // 5)
        run_state_machine_as_test(machine, settings=settings(max_examples=count, stateful_step_count=40, deadline=None))
    finally:
        shutil.rmtree(Verbs.template.parent)
