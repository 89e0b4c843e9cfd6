"""Undoing: every field goes back for every operation, what people changed since is kept and named, nothing is undone twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.connectors.sandbox_experiments import begun
from remit.core.action import Action
from remit.core.facts import Undone, UndoStarted
from remit.core.lifecycle import State
from remit.core.types import Answer, Image, ProposalId, Record, Value
from remit.errors import Conflict, NotFound
from remit.flow.undo import undo
from remit.ports import Effect
from remit.runner.local import drain
from tests.flow.stage import COMPANY, CRM, DEAL, Stage, ask, copied, person, tag

ANNA, TEST = Record(kind="contact", id="c0001"), Record(kind="experiment", id="t1")
RENAMED: dict[str, Value] = {"contact": "c0001", "name": "Anna"}
MAIL: dict[str, Value] = {"segment": "clerks", "subject": "Hello", "body": "We miss you"}
PEOPLE: dict[str, Value] = {"name": "Dormant", "definition": "no call in 90 days", "size": 812, "reasons": ["old", "cheap"]}

CHANGES: dict[str, list[dict[str, Value]]] = {
    "contact.tag.add": [{"contact": "c0001", "tag": "vip"}, {"contact": "c0001", "tag": "größe"}],
    "contact.tag.remove": [{"contact": "c0001", "tag": "vip"}, {"contact": "c0001", "tag": "größe"}],
    "contact.enrich": [
        {"contact": "c0001", "education": "tertiary"},
        {"contact": "c0001", "region": "north", "time_zone": "UTC"},
    ],
    "contact.field.update": [{"contact": "c0001", "name": "Anna", "phone": "", "score": 7}, {"contact": "c0001", "job": None}],
    "lead.score.update": [{"contact": "c0001", "score": 0}, {"contact": "c0001", "score": 71}],
    "company.field.update": [{"company": "acme", "industry": "", "region": "north"}],
    "deal.stage.change": [{"deal": "d1", "stage": "won"}],
    "abtest.allocation.shift": [{"experiment": "t1", "shares": ["a=550000", "b=450000"]}],
}
CREATIONS: dict[str, dict[str, Value]] = {
    "task.create": {"contact": "c0001", "title": "Call back", "due": "2026-03-05", "owner": "dana"},
    "note.create": {"contact": "c0001", "text": "asked for a quote"},
    "email.draft.create": MAIL,
    "email.draft.use": MAIL,
    "segment.suggest": PEOPLE,
    "segment.create": PEOPLE,
    "coupon.create": {"name": "Spring", "codes": 40, "value_minor": 500, "expires": "2026-05-01"},
}


LEAVES: dict[str, dict[str, Value]] = {"email.one_to_one.send": {"contact": "c0001", "subject": "Hello", "body": "We miss you"}}


async def take(stage: Stage, operation: str, arguments: Mapping[str, Value], call_id: str = "") -> Action:
    """Have an operation carried out, by a person's approval where one is needed."""
    action = await stage.proposed(ask(operation, CRM, call_id, **arguments))
    for by in ("dana", "rita"):  # some take two people
        if stage.state(action) is State.HELD:
            await stage.say(action, by=by)
    await stage.leave()
    done = stage.action(action.proposal)
    assert done.state is State.DONE
    return done


async def undone(stage: Stage, action: Action) -> Action:
    """Ask for an undo and let it be carried out."""
    await undo(stage.house, [action.proposal], "dana", "wrong")
    await drain(stage.house)
    return stage.action(action.proposal)


def residue(stage: Stage, action: Action) -> Mapping[str, str]:
    """Return what an undo left."""
    return next(fact.residue for fact in stage.facts_of(Undone) if fact.proposal == action.proposal)


# ------------------------------------------------------------------------------------------------------------ every operation


@pytest.mark.parametrize(("operation", "arguments"), [(name, one) for name, each in CHANGES.items() for one in each])
@pytest.mark.parametrize("there", [{}, {"tag:vip": True, "score": 7, "phone": None, "education": "", "region": "north"}])
async def test_an_undo_restores_every_field(
    stage: Stage, operation: str, arguments: dict[str, Value], there: dict[str, Value]
) -> None:
    stage.world.put(
        [(TEST, begun({"a": 500_000, "b": 500_000}, holdout="a", daily_visitors=1000))], by="platform", at=stage.clock.now()
    )
    stage.world.edit(ANNA, there)
    before = [stage.world.record(record) for record in (ANNA, COMPANY, DEAL, TEST)]
    action = await take(stage, operation, arguments)
    assert (await undone(stage, action)).state is State.UNDONE
    assert exact([stage.world.record(record) for record in (ANNA, COMPANY, DEAL, TEST)]) == exact(before)


@pytest.mark.parametrize(("operation", "arguments"), CREATIONS.items(), ids=CREATIONS)
async def test_an_undo_removes_what_was_created(stage: Stage, operation: str, arguments: dict[str, Value]) -> None:
    action = await take(stage, operation, arguments)
    assert stage.image(action.record or "").exists
    assert (await undone(stage, action)).state is State.UNDONE
    assert stage.image(action.record or "") == Image(exists=False)


@pytest.mark.parametrize(("operation", "arguments"), LEAVES.items(), ids=LEAVES)
async def test_what_left_is_not_undone_and_the_correction_is_named(
    stage: Stage, operation: str, arguments: dict[str, Value]
) -> None:
    action = await take(stage, operation, arguments)
    with pytest.raises(Conflict, match="it left") as refused:
        await undone(stage, action)
    assert refused.value.do
    assert stage.image(action.record or "").exists


def exact(images: list[Image]) -> str:
    """Show images so that 1, True and absent stay apart."""
    return repr([(image.exists, sorted(image.fields.items())) for image in images])


# ----------------------------------------------------------------------------------------------------------- what people changed


async def test_a_value_that_a_person_changed_since_is_kept_and_named(stage: Stage) -> None:
    action = await take(stage, "contact.field.update", {"contact": "c0001", "name": "Anna", "job": "maid"})
    stage.world.edit(ANNA, {"name": "Annika"})
    assert (await undone(stage, action)).state is State.UNDONE_WITH_RESIDUE
    assert dict(stage.image("contact/c0001").fields) == {"name": "Annika", "job": "clerk"}
    assert list(residue(stage, action)) == ["name"]


async def test_a_field_that_a_person_cleared_since_stays_cleared(stage: Stage) -> None:
    action = await take(stage, "contact.field.update", RENAMED)
    stage.world.edit(ANNA, {}, drop=("name",))
    assert (await undone(stage, action)).state is State.UNDONE_WITH_RESIDUE
    assert "name" not in stage.image("contact/c0001").fields
    assert list(residue(stage, action)) == ["name"]


async def test_a_person_who_put_it_back_herself_leaves_nothing_to_do(stage: Stage) -> None:
    action = await take(stage, "contact.field.update", RENAMED)
    stage.world.edit(ANNA, {"name": "N1"})
    assert (await undone(stage, action)).state is State.UNDONE
    assert len(stage.effects(action)) == 1


async def test_what_a_person_changed_beside_the_effect_is_kept(stage: Stage) -> None:
    action = await take(stage, "contact.field.update", RENAMED)
    stage.world.edit(ANNA, {"job": "nurse", "phone": "555"})
    assert (await undone(stage, action)).state is State.UNDONE
    assert dict(stage.image("contact/c0001").fields) == {"name": "N1", "job": "nurse", "phone": "555"}


async def test_a_record_that_a_person_removed_since_stays_removed(stage: Stage) -> None:
    action = await take(stage, "contact.field.update", RENAMED)
    stage.world.remove(ANNA)
    assert (await undone(stage, action)).state is State.UNDONE_WITH_RESIDUE
    assert not stage.image("contact/c0001").exists
    assert residue(stage, action)


@pytest.mark.parametrize("edit", [{"title": "Call today"}, {"remark": "she asked for it"}, {"status": "closed"}])
async def test_a_created_record_that_a_person_worked_on_is_kept_and_named(stage: Stage, edit: dict[str, Value]) -> None:
    action = await take(stage, "task.create", CREATIONS["task.create"])
    kind, _, identity = (action.record or "").partition("/")
    stage.world.edit(Record(kind=kind, id=identity), edit)
    assert (await undone(stage, action)).state is State.UNDONE_WITH_RESIDUE
    assert edit.items() <= dict(stage.image(action.record or "").fields).items()
    assert residue(stage, action)


async def test_names_in_any_script_are_undone_and_named(stage: Stage) -> None:
    action = await stage.done(tag(name="größe 李"))
    stage.world.edit(ANNA, {"tag:größe 李": False})
    assert (await undone(stage, action)).state is State.UNDONE_WITH_RESIDUE
    assert list(residue(stage, action)) == ["tag:gr\\xf6\\xdfe \\u674e"]


async def test_a_created_record_that_a_person_removed_leaves_nothing(stage: Stage) -> None:
    action = await take(stage, "note.create", CREATIONS["note.create"])
    kind, _, identity = (action.record or "").partition("/")
    stage.world.remove(Record(kind=kind, id=identity))
    assert (await undone(stage, action)).state is State.UNDONE


async def test_an_edit_in_the_very_moment_of_the_undo_is_not_overwritten(stage: Stage) -> None:
    odd = stage.between()
    action = await take(stage, "contact.field.update", RENAMED)
    odd.meanwhile = lambda: stage.world.edit(ANNA, {"name": "Annika"})
    await undone(stage, action)
    assert stage.state(action) in {State.UNDO_FAILED, State.UNDONE_WITH_RESIDUE}
    assert stage.image("contact/c0001").fields["name"] == "Annika"


# ------------------------------------------------------------------------------------------------------------- any history at all


@pytest.fixture(scope="module")
def long_stage(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One stage for many examples; each has records of its own."""
    with copied(furnished, tmp_path_factory.mktemp("undo") / "data") as opened:
        yield opened


GONE: Any = object()
NUMBERS = itertools.count()


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What a person sets and clears."""

    put: dict[str, Value]
    drop: tuple[str, ...]


Happening = Edit | tuple[str, dict[str, Value]]


class CutError(BaseException):
    """The process ends here."""


FIELDS = ("name", "job", "region", "time_zone", "education", "phone", "score", "tag:vip", "tag:größe", "remark")
agents = st.sampled_from([(name, one) for name, each in CHANGES.items() if "contact" in each[0] for one in each])
theirs = st.one_of(st.sampled_from(["p1", "p2", "p3"]), st.just(False), st.integers(1000, 1002))
"""What people write differs from all that agents write: else nobody could say who changed a value last."""
edits = st.dictionaries(st.sampled_from(FIELDS), theirs, max_size=3)
drops = st.lists(st.sampled_from([name for name in FIELDS if not name.startswith("tag:")]), max_size=2).map(tuple)
humans = st.builds(Edit, put=edits, drop=drops)
values = st.one_of(theirs, st.none(), st.just(""), st.booleans())
starts = st.dictionaries(st.sampled_from(FIELDS), st.one_of(values, st.just(7), st.just("north")), max_size=6)


@settings(max_examples=min(300, settings().max_examples))  # each example writes to disk some fifty times
@given(start=starts, history=st.lists(agents | humans, max_size=5), after=st.lists(humans, max_size=2))
def test_undoing_backwards_restores_every_field_that_no_person_changed(
    long_stage: Stage, start: dict[str, Value], history: list[Happening], after: list[Edit]
) -> None:
    asyncio.run(check_history(long_stage, start, history, after))


async def check_history(stage: Stage, start: dict[str, Value], history: list[Happening], after: list[Edit]) -> None:
    """Let agents and people work on one record, undo what agents did, last first, and compare with what only people did."""
    anna = Record(kind="contact", id=f"h{next(NUMBERS)}")
    stage.world.put([(anna, start)], by="import", at=stage.clock.now())
    changed: dict[str, Value] = {}
    done = []
    for number, happening in enumerate([*history, *after]):
        if isinstance(happening, Edit):
            changed |= by_hand(stage, anna, happening)
        else:
            operation, arguments = happening
            done.append(await take(stage, operation, arguments | {"contact": anna.id}, f"{anna.id} {number}"))
    ends = [await undone(stage, action) for action in reversed(done)]
    expected = {name: value for name, value in ({**start, **changed}).items() if value is not GONE}
    found = stage.world.record(anna)
    assert exact([found]) == exact([Image(exists=True, fields=expected)])
    for action, end in zip(reversed(done), ends, strict=True):
        assert end.state is (State.UNDONE_WITH_RESIDUE if residue(stage, action) else State.UNDONE)
        assert set(residue(stage, action)) <= {name.encode("unicode_escape").decode() for name in changed}


def by_hand(stage: Stage, anna: Record, edit: Edit) -> dict[str, Any]:
    """Let a person change what would really change; return it, with GONE for what she cleared."""
    now = stage.world.record(anna).fields
    gone = tuple(name for name in edit.drop if name in now)
    fresh = {name: value for name, value in edit.put.items() if name not in edit.drop}
    real = {name: value for name, value in fresh.items() if name not in now or differ(now[name], value)}
    stage.world.edit(anna, real, drop=gone)
    return real | dict.fromkeys(gone, GONE)


def differ(one: Value, other: Value) -> bool:
    """Whether two values are not the same to the letter."""
    return type(one) is not type(other) or one != other


# -------------------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("said", [Answer.REJECT, Answer.LATER, Answer.APPROVE])
async def test_what_is_not_done_cannot_be_undone(stage: Stage, said: Answer) -> None:
    action = await stage.say(await stage.proposed(tag()), said)
    before = stage.written()
    with pytest.raises(Conflict, match="Only what is done"):
        await undo(stage.house, [action.proposal], "dana")
    assert stage.written() == before


async def test_an_unknown_proposal_cannot_be_undone(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await undo(stage.house, [ProposalId("nothing")], "dana")


async def test_nothing_is_undone_twice(stage: Stage) -> None:
    action = await take(stage, "contact.field.update", RENAMED)
    await undo(stage.house, [action.proposal], "dana")
    with pytest.raises(Conflict, match="undoing"):
        await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)
    with pytest.raises(Conflict, match="undone"):
        await undo(stage.house, [action.proposal], "dana")
    assert stage.effects(action) == [Effect.DONE, Effect.DONE]


async def test_a_selection_is_undone_whole_or_not_at_all(stage: Stage) -> None:
    first, second = await stage.done(tag()), await stage.proposed(tag("c0002"))
    before = stage.written()
    for selection in ([first, second], [first, first]):
        with pytest.raises(Conflict):
            await undo(stage.house, [action.proposal for action in selection], "dana")
        assert stage.written() == before
    third = await stage.done(tag("c0003"))
    assert await undo(stage.house, [first.proposal, third.proposal], "dana") == 2
    await drain(stage.house)
    assert {stage.state(first), stage.state(third)} == {State.UNDONE}


async def test_more_than_one_batch_is_undone(stage: Stage) -> None:
    actions = [await stage.approved(tag("c0001", f"t{number}")) for number in range(210)]
    await stage.leave()
    await undo(stage.house, [action.proposal for action in actions], "dana")
    await drain(stage.house)
    assert {stage.state(action) for action in actions} == {State.UNDONE}
    assert dict(stage.image("contact/c0001").fields) == {"name": "N1", "job": "clerk"}


# --------------------------------------------------------------------------------------------------------------------- its ends


@pytest.mark.parametrize(("end", "state"), [(Effect.FAILED, State.UNDO_FAILED), (Effect.UNCLEAR, State.UNDO_UNCLEAR)])
async def test_an_undo_that_failed_or_is_unclear_says_so_and_is_not_tried_again(stage: Stage, end: Effect, state: State) -> None:
    odd = stage.between()
    action = await stage.done(tag())
    odd.ends = [end]
    assert (await undone(stage, action)).state is state
    await stage.leave()
    assert odd.keys == [f"{action.proposal}:1", f"{action.proposal}:undo"]


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("creates", [True, False])
async def test_an_undo_that_was_cut_off_is_finished_under_its_key(stage: Stage, *, arrived: bool, creates: bool) -> None:
    odd = stage.between()
    operation = "note.create" if creates else "contact.field.update"
    before = stage.image("contact/c0001")
    action = await take(stage, operation, CREATIONS[operation] if creates else RENAMED)
    odd.dies = CutError(), arrived
    with pytest.raises(CutError):
        await undone(stage, action)
    assert stage.state(action) is State.UNDOING
    await drain(stage.house)
    assert stage.state(action) is State.UNDONE
    assert stage.image("contact/c0001") == before
    assert list(stage.world.effects()) == [f"{action.proposal}:1", f"{action.proposal}:undo"]


async def test_the_wish_and_the_intent_are_on_record_before_anything_is_restored(stage: Stage) -> None:
    odd, seen = stage.between(), []
    action = await stage.done(tag())
    odd.meanwhile = lambda: seen.append((stage.state(action), stage.facts_of(UndoStarted)[-1].key))
    await undone(stage, action)
    assert seen == [(State.UNDOING, f"{action.proposal}:undo")]


async def test_an_undo_asks_nobody_at_what_level_it_is(earned: Stage) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(10)]
    action = next(one for one in actions if one.state is State.LEAVING)
    await earned.leave()
    assert (await undone(earned, action)).state is State.UNDONE
    assert not earned.has_tag(action.record.partition("/")[2] if action.record else "")
