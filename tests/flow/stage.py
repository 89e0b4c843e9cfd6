"""Where verbs are tried: a real data folder with a real sandbox CRM, a clock that moves when told, ids that count.

A folder is furnished once and copied for every test, because making one takes longer than most tests.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from remit.connectors.sandbox_forms import FORMS
from remit.connectors.sandbox_world import SandboxWorld
from remit.core.action import Action
from remit.core.evidence_spec import ClusterSpec
from remit.core.facts import Fact, Granted, GrantOffered
from remit.core.lifecycle import State
from remit.core.proposal import Ask
from remit.core.types import Answer, Image, Level, Operation, ProposalId, Record, UseCaseId, Value
from remit.flow.adopt import admit, adopt
from remit.flow.answered import Given
from remit.flow.grant import ROLES, sign
from remit.flow.judge import judge
from remit.flow.propose import Answer as Reply
from remit.flow.propose import propose
from remit.flow.review import answer
from remit.flow.stop import lift
from remit.ports import AgentKey, Effect, House, Writing
from remit.runner.local import drain
from remit.wire import Installation, initialise, installation, packaged_documents
from tests.changed import replace
from tests.flow.odd_connectors import Odd

F = TypeVar("F")

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = b"a secret that only tests share.."
CRM, DESK = UseCaseId("crm"), UseCaseId("desk")
TAGGING = Operation("contact.tag.add")
NOTING = Operation("note.create")
ADA = AgentKey(agent="ada", version="v1", use_cases=(CRM,))
OTTO = AgentKey(agent="otto", version="v1", use_cases=(DESK,))
KEYS = {ADA: "the key of ada", OTTO: "the key of otto"}
TAKE_BACK = 8
DEADLINE = timedelta(hours=24)
CONTACTS = 500
COMPANY, DEAL = Record(kind="company", id="acme"), Record(kind="deal", id="d1")


# --------------------------------------------------------------------------------------------------------------- the documents


def charter(use_case: str, operations: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """Write a charter that is quick to earn a level under and quick to lose it, so that tests are short."""
    document: dict[str, Any] = {
        "use_case": use_case,
        "title": f"The {use_case} of the tests",
        "goal": "Keep promises.",
        "owner": "Tests",
        "non_negotiables": ["Nothing is done twice."],
        "connector": "sandbox",
        "starts_at": 2,
        "highest_level": 3,
        "windows": {
            "now": {"kind": "contact", "fields": ["job", "region", "score"]},
            "late": {"kind": "contact", "fields": ["job", "status"], "delay_hours": 24},
        },
        "operations": operations,
        "take_back_seconds": TAKE_BACK,
        "deadline_hours": DEADLINE.total_seconds() // 3600,
        "evidence": {
            "tolerance": 0.3,
            "why": "Any would do.",
            "alpha": 0.2,
            "miss_rate": 0.0,
            "qa_rate": 0.25,
            "detect_days": 10_000,
            "run_length": 10,
            "drafts_to_level_2": 3,
            "cluster": {"key": ["record", "argument:tag"], "items": 1, "why": "Each tag is a guess of its own."},
        },
    }
    document["deadline_hours"] = int(document["deadline_hours"])
    return document | changed


def every_operation() -> dict[str, dict[str, list[str]]]:
    """List every operation of the sandbox with all that people let an agent set."""
    return {
        name: {"arguments": [given for given, what in form.takes.items() if not what.people_only]} for name, form in FORMS.items()
    }


def documents() -> dict[str, str]:
    """Write the catalogue that ships, and two charters: one that starts with held actions, one that starts with drafts."""
    tagging = {"arguments": ["contact", "tag"], "values": {"tag": ["vip", "gold"]}}
    evidence = ClusterSpec(key=("record",), why="One guess for each person.")
    desk = charter(DESK, {TAGGING: tagging, NOTING: every_operation()[NOTING]}, starts_at=1)
    desk["evidence"]["cluster"] = asdict(evidence)
    charters = [charter(CRM, every_operation()), desk]
    texts = {f"charter:{one['use_case']}": json.dumps(one) for one in charters}
    return {"catalogue": packaged_documents()["catalogue"]} | texts


# -------------------------------------------------------------------------------------------------------------- time and names


@dataclass(kw_only=True)
class FrozenClock:
    """A clock that moves when told."""

    moment: datetime = field(default=START)

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def move(self, **by: float) -> datetime:
        """Move forward and return the new moment."""
        self.moment += timedelta(**by)
        return self.moment


class CountedIds:
    """Ids that count up, so that two runs of one story have the same ones."""

    def __init__(self, first: int = 0) -> None:
        """Begin at a number; a folder that was filled before needs a higher one."""
        self._numbers = itertools.count(first)

    def new(self) -> str:
        """Return the next id; they sort in order of time."""
        return f"{next(self._numbers):010}"

    def salt(self) -> bytes:
        """Return 16 bytes that nobody would guess who does not read this."""
        return hashlib.sha256(self.new().encode()).digest()[:16]


# --------------------------------------------------------------------------------------------------------------------- asking


def ask(operation: str, use_case: UseCaseId = CRM, call_id: str = "", /, **arguments: Value) -> Ask:
    """Ask for an operation. Without a call id, the same content has the same one."""
    named = call_id or f"{operation} {json.dumps(arguments, sort_keys=True)}"
    return Ask(use_case=use_case, operation=Operation(operation), arguments=arguments, call_id=named, confidence=0.9)


def tag(contact: str = "c0001", name: str = "vip", *, use_case: UseCaseId = CRM, call_id: str = "") -> Ask:
    """Ask for a tag on a contact."""
    return ask(TAGGING, use_case, call_id, contact=contact, tag=name)


def person(number: int) -> str:
    """Return the id of one of the contacts."""
    return f"c{number:04}"


# ------------------------------------------------------------------------------------------------------------------ the stage


def give(tx: Writing, use_case: UseCaseId, operation: Operation, level: Level, version: str = "v1") -> None:
    """Record an offer and its grant, as if the evidence had been there."""
    of: dict[str, Any] = {"use_case": use_case, "operation": operation, "version": version, "level": level, "evidence": {}}
    tx.record(GrantOffered(**of, trial=tx.evidence(use_case, operation, version).trial), actor="remit")
    tx.record(Granted(**of, until=None, signed_by=("ines", "ravi")), actor="remit")


@dataclass(kw_only=True)
class Stage:
    """An opened installation and what tests do with it."""

    opened: Installation
    house: House
    clock: FrozenClock
    ids: CountedIds

    def between(self) -> Odd:
        """Put an odd connected system between the house and the sandbox from now on."""
        odd = Odd(inner=self.opened.sandbox)
        self.house = replace(self.house, connectors={odd.name: odd})
        return odd

    @property
    def folder(self) -> Path:
        """Where the data lie."""
        return self.opened.folder

    @property
    def world(self) -> SandboxWorld:
        """What people and imports do to the sandbox CRM."""
        return self.opened.sandbox.world

    # what there is

    def action(self, proposal: ProposalId | None) -> Action:
        """Return an action as it stands."""
        assert proposal
        with self.house.store.read() as reading:
            return reading.existing(proposal)

    def state(self, action: Action) -> State:
        """Return where an action stands now."""
        return self.action(action.proposal).state

    def reasons(self, action: Action) -> list[str]:
        """Return the reason codes of the newest fact about an action that has any."""
        found = [fact for fact in self.facts() if getattr(fact, "proposal", None) == action.proposal and hasattr(fact, "reasons")]
        return [reason.code for reason in found[-1].reasons]

    def facts(self) -> list[Fact]:
        """Return every fact, in order."""
        with self.house.store.read() as reading:
            return [entry.fact for entry in reading.facts(limit=1_000_000)]

    def facts_of(self, kind: type[F]) -> list[F]:
        """Return every fact of a kind, in order."""
        return [fact for fact in self.facts() if isinstance(fact, kind)]

    def written(self) -> tuple[int, int]:
        """Return how much was ever written: facts, and keys that reached the sandbox."""
        return len(self.facts()), len(self.world.effects())

    def effects(self, action: Action) -> list[Effect]:
        """Return how every key of an action ended on the sandbox."""
        return [end.effect for key, end in self.world.effects().items() if key.startswith(f"{action.proposal}:")]

    def image(self, record: str) -> Image:
        """Return a record of the sandbox with all its fields, named like `contact/c0001`."""
        kind, _, identity = record.partition("/")
        return self.world.record(Record(kind=kind, id=identity))

    def has_tag(self, contact: str = "c0001", name: str = "vip") -> bool:
        """Whether a contact carries a tag."""
        return f"tag:{name}" in self.image(f"contact/{contact}").fields

    # what is done

    async def reply(self, wanted: Ask, key: AgentKey = ADA) -> Reply:
        """Propose one and return the reply."""
        return (await propose(self.house, key, [wanted]))[0]

    async def proposed(self, wanted: Ask, key: AgentKey = ADA) -> Action:
        """Propose one and return the action."""
        return self.action((await self.reply(wanted, key)).proposal)

    async def say(self, action: Action, said: Answer = Answer.APPROVE, by: str = "dana", **more: Any) -> Action:
        """Answer an action as it was shown."""
        return await answer(self.house, Given(proposal=action.proposal, answer=said, by=by, **{"seen": action.seen, **more}))

    async def approved(self, wanted: Ask) -> Action:
        """Propose one and approve it; the take-back window is open."""
        return await self.say(await self.proposed(wanted))

    async def leave(self) -> int:
        """Let the take-back window close and drain."""
        self.clock.move(seconds=TAKE_BACK)
        return await drain(self.house)

    async def done(self, wanted: Ask) -> Action:
        """Propose, approve and carry out."""
        action = await self.approved(wanted)
        await self.leave()
        after = self.action(action.proposal)
        assert after.state is State.DONE
        return after

    async def lift(self, scope: str, level: Level = Level.OPTIMISE) -> int:
        """Let two people lift a stop, by default at whatever level was granted. Returns how many actions are held again."""
        await lift(self.house, scope, by="ines", reason="", level=level)
        return (await lift(self.house, scope, by="ravi", reason="", level=level)).held_again

    async def grant_by_hand(self, use_case: UseCaseId, operation: Operation, level: Level, version: str = "v1") -> None:
        """Record an offer and its grant, for levels that take long to earn; no verb does that."""
        await self.house.store.write(lambda tx: give(tx, use_case, operation, level, version))

    async def earn(self, count: int = 12, operation: Operation = TAGGING) -> None:
        """Answer a number of tags without fault, the last contacts first, and sign the level that they earn."""
        for number in range(CONTACTS - count, CONTACTS):
            await self.approved(tag(person(number)))
        await self.leave()
        await judge(self.house)
        for who, role in zip(("ines", "ravi"), ROLES, strict=True):
            await sign(self.house, CRM, operation, by=who, role=role)
        with self.house.store.read() as reading:
            assert reading.grant(CRM, operation).level is Level.EXECUTE


@contextmanager
def opened(folder: Path, *, clock: FrozenClock, ids: CountedIds) -> Iterator[Stage]:
    """Open a folder."""
    with installation(folder, clock=clock, ids=ids) as found:
        yield Stage(opened=found, house=found.house, clock=clock, ids=ids)


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Stage]:
    """Copy a furnished folder and open the copy, a day later."""
    shutil.copytree(template, folder)
    clock = FrozenClock(moment=START + timedelta(days=1))
    with opened(folder, clock=clock, ids=CountedIds(1_000_000)) as stage:
        yield stage


def furnish(folder: Path, at: datetime = START) -> None:
    """Make a folder in which two agents may begin."""
    initialise(folder, secret=SECRET)
    with opened(folder, clock=FrozenClock(moment=at), ids=CountedIds()) as stage:
        asyncio.run(_furnish(stage))


async def _furnish(stage: Stage) -> None:
    await adopt(stage.house, documents(), "olga")
    for key, text in KEYS.items():
        await admit(stage.house, agent=key.agent, version=key.version, use_cases=key.use_cases, key=text, by="olga")
    people = [(Record(kind="contact", id=person(number)), {"name": f"N{number}", "job": "clerk"}) for number in range(CONTACTS)]
    others = [(COMPANY, {"name": "Acme", "industry": "tools"}), (DEAL, {"name": "Deal", "stage": "new"})]
    stage.world.put([*people, *others], by="import", at=stage.clock.now())


def furnish_earned(template: Path, folder: Path) -> None:
    """Make a folder in which tagging is at level 3."""
    shutil.copytree(template, folder)
    with opened(folder, clock=FrozenClock(), ids=CountedIds(500_000)) as stage:
        asyncio.run(stage.earn())
