"""What every connected system promises behind the Connector port. One suite, every driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from remit.core.types import ABSENT, Image, Operation, Record, Value
from remit.ports import Call, Effect, Forgot, KeyedCall, KeyedRestore, Performed, Query
from tests.contract.connector_drivers import DRIVERS, START, World, create, update

ANNA, BORIS = Record(kind="contact", id="anna"), Record(kind="contact", id="boris")
ABSENT_NULL_EMPTY: dict[str, dict[str, Value]] = {"absent": {}, "null": {"region": None}, "empty": {"region": ""}}
IMPOSSIBLE: dict[str, Call] = {
    "unknown operation": Call(operation=Operation("contact.teleport"), arguments={"contact": "anna"}),
    "missing argument": Call(operation=Operation("note.create"), arguments={"contact": "anna"}),
    "missing target": Call(operation=Operation("contact.field.update"), arguments={"region": "north"}),
    "unknown argument": update("anna", "x", name="regoin"),
    "wrong type": update("anna", 7),
    "no such record": update("nobody", "north"),
    "creation about nobody": create("nobody"),
}


@pytest.fixture(params=DRIVERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(name: str, tmp_path: Path) -> Iterator[World]:
    with DRIVERS[name](tmp_path) as opened:
        opened.put(ANNA, {"region": "north", "name": "Anna"})
        opened.put(BORIS, {"region": "south", "name": "Boris"})
        yield opened


def image(**fields: Value) -> Image:
    return Image(exists=True, fields=fields)


def keyed(key: str, call: Call, expected: Image) -> KeyedCall:
    return KeyedCall(key=key, call=call, expected=expected)


async def now(world: World, record: Record = ANNA, *names: str) -> Image:
    (found,) = await world.connector.images([(record, names or ("region", "name"))])
    return found


async def perform(world: World, *calls: KeyedCall) -> list[Performed]:
    return await world.connector.perform(calls)


async def set_region(world: World, value: Value, key: str = "set") -> Performed:
    (established,) = await world.connector.establish([update("anna", value)])
    assert established.current is not None
    return (await perform(world, keyed(key, update("anna", value), established.current)))[0]


# ----------------------------------------------------------------------------------------------------------------- establish


async def test_establish_says_what_is_there(world: World) -> None:
    (found,) = await world.connector.establish([update("anna", "west")])
    assert (found.record, found.current, found.reach, found.problem) == (ANNA, image(region="north"), 1, None)
    assert found.listeners == ()
    assert found.as_of == START


async def test_establish_touches_nothing(world: World) -> None:
    before = await now(world)
    await world.connector.establish([update("anna", "west"), create("anna")])
    assert await now(world) == before
    assert await world.connector.read(Query(kind="note", fields=("text",))) == []


async def test_a_creation_has_no_record_before_it_is_done(world: World) -> None:
    (found,) = await world.connector.establish([create("anna")])
    assert (found.record, found.current, found.problem) == (None, ABSENT, None)


@pytest.mark.parametrize("call", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
async def test_what_cannot_be_done_is_a_problem_that_says_asked_found_and_do(world: World, call: Call) -> None:
    (found,) = await world.connector.establish([call])
    assert found.problem is not None
    assert found.problem.startswith(f"Asked: {'`contact.teleport`' if 'teleport' in call.operation else call.operation}. Found: ")
    assert found.problem.count(". ") == 2


@pytest.mark.parametrize("call", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
async def test_what_cannot_be_done_fails_and_writes_nothing(world: World, call: Call) -> None:
    before = await now(world)
    expected = image(region="north") if call.arguments.get("contact") == "anna" else ABSENT
    (answer,) = await perform(world, keyed("k", call, expected))
    assert answer.effect is Effect.FAILED
    assert answer.detail
    assert await now(world) == before


@pytest.mark.parametrize("call", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
async def test_a_bad_item_does_not_spoil_its_batch(world: World, call: Call) -> None:
    established = await world.connector.establish([update("anna", "west"), call, update("boris", "east")])
    assert [found.problem is None for found in established] == [True, False, True]
    answers = await perform(
        world,
        keyed("a", update("anna", "west"), image(region="north")),
        keyed("bad", call, image(region="north")),
        keyed("b", update("boris", "east"), image(region="south")),
    )
    assert [answer.effect is Effect.DONE for answer in answers] == [True, False, True]
    assert (await now(world, BORIS, "region")) == image(region="east")


# ------------------------------------------------------------------------------------------------------------------- perform


async def test_done_says_what_was_there_before_and_what_is_there_now(world: World) -> None:
    answer = await set_region(world, "west")
    assert answer == Performed(effect=Effect.DONE, record=ANNA, before=image(region="north"), after=image(region="west"))
    assert await now(world, ANNA, "region") == answer.after


async def test_what_is_not_touched_stays(world: World) -> None:
    await set_region(world, "west")
    assert await now(world) == image(region="west", name="Anna")


async def test_the_same_key_twice_has_one_effect(world: World) -> None:
    first = await set_region(world, "west")
    world.edit(ANNA, {"region": "north"})
    again = await perform(world, keyed("set", update("anna", "west"), image(region="north")))
    assert again == [first]
    assert await now(world, ANNA, "region") == image(region="north")


async def test_the_same_key_twice_in_one_batch_has_one_effect(world: World) -> None:
    one = keyed("same", create("anna"), ABSENT)
    first, second = await perform(world, one, one)
    assert first == second
    assert first.effect is Effect.DONE
    assert len(await world.connector.read(Query(kind="note", fields=()))) == 1


@pytest.mark.parametrize("call", [update("anna", "west"), update("anna", 7)], ids=["changed", "failed"])
async def test_a_key_that_did_nothing_is_answered_with_the_first_answer_too(world: World, call: Call) -> None:
    asked = keyed("k", call, image(region="elsewhere"))
    (first,) = await perform(world, asked)
    world.edit(ANNA, {"region": "elsewhere"})
    assert await perform(world, asked) == [first]
    assert await now(world, ANNA, "region") == image(region="elsewhere")


async def test_a_key_is_known_after_opening_again(name: str, world: World, tmp_path: Path) -> None:
    first = await set_region(world, "west")
    with DRIVERS[name](tmp_path) as reopened:
        assert await reopened.connector.look_up(["set"]) == [first]
        assert await reopened.connector.perform([keyed("set", update("anna", "west"), image(region="north"))]) == [first]


async def test_the_same_key_creates_the_same_record(world: World, name: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with DRIVERS[name](tmp_path / "other") as other:
        other.put(ANNA, {})
        theirs = await other.connector.perform([keyed("k", create("anna"), ABSENT)])
    ours = await perform(world, keyed("k", create("anna"), ABSENT), keyed("l", create("anna"), ABSENT))
    assert ours[0].record == theirs[0].record != ours[1].record


async def test_a_creation_turns_absent_into_the_record(world: World) -> None:
    (answer,) = await perform(world, keyed("k", create("anna", "hello"), ABSENT))
    assert answer.before == ABSENT
    assert answer.record is not None
    assert answer.after is not None
    assert await now(world, answer.record, *answer.after.fields) == answer.after
    assert answer.after.fields["text"] == "hello"


async def test_changed_writes_nothing(world: World) -> None:
    world.edit(ANNA, {"region": "east"})
    (answer,) = await perform(world, keyed("k", update("anna", "west"), image(region="north")))
    assert answer.effect is Effect.CHANGED
    assert answer.before == image(region="east")
    assert await now(world) == image(region="east", name="Anna")


async def test_a_record_removed_meanwhile_is_changed(world: World) -> None:
    world.remove(ANNA)
    (answer,) = await perform(world, keyed("k", update("anna", "west"), image(region="north")))
    assert (answer.effect, answer.before) == (Effect.CHANGED, ABSENT)
    assert await now(world) == ABSENT


async def test_a_record_that_is_not_as_expected_is_changed_also_where_the_touched_field_is_absent(world: World) -> None:
    world.remove(ANNA)
    (gone,) = await perform(world, keyed("k", update("anna", "clerk", name="job"), image()))
    (there,) = await perform(world, keyed("l", update("boris", "clerk", name="job"), ABSENT))
    assert (gone.effect, there.effect) == (Effect.CHANGED, Effect.CHANGED)
    assert await now(world, BORIS, "job") == image()


async def test_only_touched_fields_are_compared(world: World) -> None:
    world.edit(ANNA, {"name": "Anne"})
    (answer,) = await perform(world, keyed("k", update("anna", "west"), image(region="north", name="Anna")))
    assert answer.effect is Effect.DONE


@pytest.mark.parametrize(("seen", "there"), list(product(ABSENT_NULL_EMPTY, repeat=2)))
async def test_absent_null_and_empty_are_three_things_to_expect(world: World, seen: str, there: str) -> None:
    record = Record(kind="contact", id="carl")
    world.put(record, ABSENT_NULL_EMPTY[there])
    (answer,) = await perform(world, keyed("k", update("carl", "west"), image(**ABSENT_NULL_EMPTY[seen])))
    assert answer.effect is (Effect.DONE if seen == there else Effect.CHANGED)
    wanted: Mapping[str, Value] = {"region": "west"} if seen == there else ABSENT_NULL_EMPTY[there]
    assert await now(world, record, "region") == image(**wanted)


async def test_replies_come_in_order_one_per_call(world: World) -> None:
    calls = [keyed(f"k{number}", create("anna", str(number)), ABSENT) for number in range(20)]
    answers = await perform(world, *calls)
    assert [answer.after and answer.after.fields["text"] for answer in answers] == [str(number) for number in range(20)]
    assert await world.connector.look_up([call.key for call in reversed(calls)]) == answers[::-1]


async def test_nothing_asked_is_nothing_answered(world: World) -> None:
    connector = world.connector
    assert not await connector.establish([])
    assert not await connector.perform([])
    assert not await connector.restore([])
    assert not await connector.look_up([])
    assert not await connector.images([])


async def test_later_items_of_a_batch_see_earlier_ones(world: World) -> None:
    answers = await perform(
        world,
        keyed("a", update("anna", "west"), image(region="north")),
        keyed("b", update("anna", "east"), image(region="west")),
        keyed("c", update("anna", "south"), image(region="north")),
    )
    assert [answer.effect for answer in answers] == [Effect.DONE, Effect.DONE, Effect.CHANGED]
    assert await now(world, ANNA, "region") == image(region="east")


# ------------------------------------------------------------------------------------------------------------------- restore


@pytest.mark.parametrize("there", ABSENT_NULL_EMPTY)
async def test_absent_null_and_empty_are_restored_as_they_were(world: World, there: str) -> None:
    record, before = Record(kind="contact", id="carl"), ABSENT_NULL_EMPTY[there]
    world.put(record, before)
    await perform(world, keyed("k", update("carl", "west"), image(**before)))
    drop = () if before else ("region",)
    back = KeyedRestore(key="r", record=record, expected=image(region="west"), put=before, drop=drop)
    (answer,) = await world.connector.restore([back])
    assert answer == Performed(effect=Effect.DONE, record=record, before=image(region="west"), after=image(**before))
    assert await now(world, record, "region") == image(**before)


async def test_a_created_record_is_removed(world: World) -> None:
    (made,) = await perform(world, keyed("k", create("anna"), ABSENT))
    assert made.record
    assert made.after
    (answer,) = await world.connector.restore([KeyedRestore(key="r", record=made.record, expected=made.after, remove=True)])
    assert (answer.effect, answer.before, answer.after) == (Effect.DONE, made.after, ABSENT)
    assert await now(world, made.record) == ABSENT


async def test_a_removed_record_does_not_come_back_under_its_key(world: World) -> None:
    (made,) = await perform(world, keyed("k", create("anna"), ABSENT))
    assert made.record
    assert made.after
    await world.connector.restore([KeyedRestore(key="r", record=made.record, expected=made.after, remove=True)])
    assert await perform(world, keyed("k", create("anna"), ABSENT)) == [made]
    assert await now(world, made.record) == ABSENT


async def test_a_restore_of_what_changed_since_writes_nothing(world: World) -> None:
    await set_region(world, "west")
    world.edit(ANNA, {"region": "east"})
    back = KeyedRestore(key="r", record=ANNA, expected=image(region="west"), put={"region": "north"})
    (answer,) = await world.connector.restore([back])
    assert answer.effect is Effect.CHANGED
    assert await now(world, ANNA, "region") == image(region="east")


async def test_a_record_that_somebody_added_to_is_not_removed(world: World) -> None:
    (made,) = await perform(world, keyed("k", create("anna"), ABSENT))
    assert made.record
    assert made.after
    world.edit(made.record, {"answer": "she called back"})
    (answer,) = await world.connector.restore([KeyedRestore(key="r", record=made.record, expected=made.after, remove=True)])
    assert answer.effect is Effect.CHANGED
    assert (await now(world, made.record, "answer")).exists


async def test_a_restore_happens_once_per_key(world: World) -> None:
    await set_region(world, "west")
    back = KeyedRestore(key="r", record=ANNA, expected=image(region="west"), put={"region": "north"})
    (first,) = await world.connector.restore([back])
    world.edit(ANNA, {"region": "west"})
    assert await world.connector.restore([back]) == [first]
    assert await world.connector.look_up(["r"]) == [first]
    assert await now(world, ANNA, "region") == image(region="west")


@pytest.mark.parametrize(
    "bad",
    [
        KeyedRestore(key="bad", record=Record(kind="contact", id="nobody"), expected=ABSENT, put={"region": "x"}),
        KeyedRestore(key="bad", record=ANNA, expected=image(region="north"), put={"region": "x"}, drop=("region",)),
        KeyedRestore(key="bad", record=ANNA, expected=image(region="north"), put={"region": "x"}, remove=True),
        KeyedRestore(key="bad", record=ANNA, expected=image(region="elsewhere"), put={"region": "x"}),
    ],
    ids=["no record", "put and dropped", "put and removed", "changed"],
)
async def test_a_bad_restore_does_not_spoil_its_batch(world: World, bad: KeyedRestore) -> None:
    good = KeyedRestore(key="good", record=BORIS, expected=image(region="south"), put={"region": "east"})
    answers = await world.connector.restore([bad, good])
    assert answers[0].effect in {Effect.FAILED, Effect.CHANGED}
    assert answers[1].effect is Effect.DONE
    assert await now(world) == image(region="north", name="Anna")


# --------------------------------------------------------------------------------------------------------- look_up and images


async def test_a_key_that_was_never_seen_is_none(world: World) -> None:
    first = await set_region(world, "west")
    assert await world.connector.look_up(["never", "set", ""]) == [None, first, None]


async def test_images_hold_the_named_fields_in_order(world: World) -> None:
    wanted = [(BORIS, ("name",)), (Record(kind="contact", id="nobody"), ("name",)), (ANNA, ("region", "job")), (ANNA, ())]
    assert await world.connector.images(wanted) == [image(name="Boris"), ABSENT, image(region="north"), image()]


# ---------------------------------------------------------------------------------------------------------------------- read


async def ids(world: World, **query: object) -> list[str]:
    rows = await world.connector.read(Query(kind="contact", fields=(), **query))  # type: ignore[arg-type]  # one per parameter
    return [row.id for row in rows]


async def test_rows_hold_what_was_asked_for_and_the_record_has(world: World) -> None:
    world.put(Record(kind="contact", id="carl"), {"region": None})
    rows = await world.connector.read(Query(kind="contact", fields=("region", "job")))
    assert [(row.id, row.fields) for row in rows] == [
        ("anna", {"region": "north"}), ("boris", {"region": "south"}), ("carl", {"region": None})
    ]  # fmt: skip


async def test_a_row_says_when_its_record_last_changed(world: World) -> None:
    world.clock.move(days=1)
    await set_region(world, "west")
    world.clock.move(days=1)
    world.edit(BORIS, {"name": "Bo"})
    changed = {}
    for days in (None, 0, 1, 2):
        as_of = None if days is None else START + timedelta(days=days)
        rows = await world.connector.read(Query(kind="contact", fields=("region",), as_of=as_of))
        changed[days] = [None if row.changed_at is None else row.changed_at - START for row in rows]
    day = timedelta(days=1)
    assert changed == {None: [day, 2 * day], 0: [0 * day, 0 * day], 1: [day, 0 * day], 2: [day, 2 * day]}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"region": "north"}, ["anna"]),
        ({"region": ["north", "south"]}, ["anna", "boris"]),
        ({"region": []}, []),
        ({"region": None}, ["carl", "dora"]),
        ({"region": ""}, ["emil"]),
        ({"region": "north", "name": "Boris"}, []),
        ({"score": 1}, ["carl"]),
        ({"score": True}, ["dora"]),
        ({"score": "1"}, ["emil"]),
    ],
)
async def test_where_keeps_rows_whose_fields_equal(world: World, where: Mapping[str, Value], found: list[str]) -> None:
    world.put(Record(kind="contact", id="carl"), {"score": 1})
    world.put(Record(kind="contact", id="dora"), {"region": None, "score": True})
    world.put(Record(kind="contact", id="emil"), {"region": "", "score": "1"})
    assert await ids(world, where=where) == found
    assert await ids(world, where=where, as_of=START) == found


@pytest.mark.parametrize("as_of", [None, START])
async def test_pages_go_by_record_id_and_miss_nobody(world: World, as_of: object) -> None:
    for number in range(7):
        world.put(Record(kind="contact", id=f"c{number}"), {"region": "north"})
    pages, last = [], None
    while page := await ids(world, where={"region": "north"}, after=last, limit=3, as_of=as_of):
        pages.append(page)
        last = page[-1]
    assert pages == [["anna", "c0", "c1"], ["c2", "c3", "c4"], ["c5", "c6"]]


async def test_as_of_reads_values_as_they_were(world: World) -> None:
    world.clock.move(days=1)
    await set_region(world, "west")
    world.clock.move(days=1)
    world.edit(ANNA, {}, drop=("region",))
    seen = {}
    for days in range(3):
        query = Query(kind="contact", fields=("region",), where={"name": "Anna"}, as_of=START + timedelta(days=days))
        seen[days] = [row.fields for row in await world.connector.read(query)]
    assert seen == {0: [{"region": "north"}], 1: [{"region": "west"}], 2: [{}]}


async def test_as_of_filters_by_the_values_of_that_time(world: World) -> None:
    world.clock.move(days=1)
    await set_region(world, "west")
    assert await ids(world, where={"region": "west"}, as_of=START) == []
    assert await ids(world, where={"region": "north"}, as_of=START) == ["anna"]


async def test_as_of_knows_no_record_that_came_later_and_every_record_that_went_later(world: World) -> None:
    world.clock.move(days=1)
    world.put(Record(kind="contact", id="carl"), {})
    world.remove(BORIS)
    assert await ids(world, as_of=START) == ["anna", "boris"]
    assert await ids(world) == await ids(world, as_of=world.clock.now()) == ["anna", "carl"]
    assert await ids(world, as_of=START - timedelta(microseconds=1)) == []


# -------------------------------------------------------------------------------------------------------------------- forget


async def test_a_system_forgets_a_record_or_says_what_a_person_does_there(world: World) -> None:
    told = await world.connector.forget(ANNA)
    if told.how is Forgot.CANNOT:
        assert told.do
        return
    assert (told.how, told.records) == (Forgot.FORGOTTEN, (ANNA,))
    assert await now(world) == ABSENT
    assert await now(world, BORIS) == image(region="south", name="Boris")
    (established,) = await world.connector.establish([update("anna", "west")])
    assert established.problem
    assert (await world.connector.forget(ANNA)).how is Forgot.NOTHING


async def test_looking_what_would_be_forgotten_forgets_nothing(world: World) -> None:
    told = await world.connector.forget(ANNA, look_only=True)
    assert await now(world) == image(region="north", name="Anna")
    assert told == await world.connector.forget(ANNA)


async def test_a_key_about_a_forgotten_record_is_still_answered_without_its_values(world: World) -> None:
    first = await set_region(world, "west")
    await world.connector.forget(ANNA)
    (found,) = await world.connector.look_up(["set"])
    assert found is not None
    assert found.effect is first.effect
    again = await perform(world, keyed("set", update("anna", "west"), image(region="north")))
    assert again[0].effect is first.effect
    assert await now(world) == ABSENT


@pytest.mark.parametrize("record", [Record(kind="contact", id="nobody"), Record(kind='"', id="x"), Record(kind="contact", id="")])
async def test_forgetting_what_was_never_there_is_no_error(world: World, record: Record) -> None:
    assert (await world.connector.forget(record)).how in {Forgot.NOTHING, Forgot.CANNOT}
