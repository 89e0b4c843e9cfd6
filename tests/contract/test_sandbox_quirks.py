"""What real systems do, switched on: an undo is still true, a key stands for one effect, what is turned away is forgotten."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.connectors.sandbox import Sandbox
from remit.connectors.sandbox_fields import STAGES
from remit.connectors.sandbox_forms import FORMS, NOT_HERE
from remit.connectors.sandbox_quirks import Quirks, quirks_in
from remit.core.types import Image, Operation, Record, Value
from remit.core.undo_plan import plan, residue
from remit.errors import InvalidInput
from remit.ports import Call, Effect, KeyedCall, KeyedRestore, Performed
from remit.wire import packaged_documents
from tests.contract.connector_drivers import StillClock
from tests.contract.test_sandbox import ANNA, EXAMPLES, LEAVES, calls, example, have_all, have_targets, perform, records, values

SHAPING = Quirks(additive_score=True, stage_order=True, listeners=True)
EDITED = ["job", "score", "tag:old", "status", "name", "subject", "lifecycle_stage", "reacted:welcome mail", "phone"]


@contextmanager
def odd(folder: Path, quirks: Quirks) -> Iterator[Sandbox]:
    """Open a sandbox with quirks, in which something listens to much."""
    with closing(Sandbox.open(folder / "sandbox.db", StillClock(), quirks)) as crm:
        for kind, field in (("contact", "tag:vip"), ("contact", "score"), ("email_draft", "subject"), ("campaign", "status")):
            crm.world.listen(kind, field, "welcome mail")
        yield crm


def back(crm: Sandbox, done: Performed) -> tuple[Performed, dict[str, str]]:
    """Undo as the core plans it from the record as it is now. Returns how it ended, and what it left and why."""
    assert done.record is not None
    assert done.before is not None
    assert done.after is not None
    names = tuple(sorted({*done.before.fields, *done.after.fields}))
    (now,) = asyncio.run(crm.images([(done.record, names)]))
    wanted = plan(done.before, done.after, now)
    restore = KeyedRestore(key="r", record=done.record, expected=now, put=wanted.put, drop=wanted.drop, remove=wanted.remove)
    end = Performed(effect=Effect.DONE) if wanted.nothing else asyncio.run(crm.restore([restore]))[0]
    (read,) = asyncio.run(crm.images([(done.record, names)]))
    return end, residue(done.before, wanted.kept, read)


# ---------------------------------------------------------------------------------------------------------------- which there are


def test_every_action_of_the_catalogue_is_there_or_has_its_reason() -> None:
    import json  # noqa: PLC0415

    actions = set(json.loads(packaged_documents()["catalogue"])["actions"])
    assert set(FORMS) | set(NOT_HERE) == actions
    assert not set(FORMS) & set(NOT_HERE)
    assert len(FORMS) >= 40
    assert all(reason.endswith(".") for reason in NOT_HERE.values())


# ------------------------------------------------------------------------------------------------------------------- undo truth


@given(call=calls, fields=records, edits=st.dictionaries(st.sampled_from(EDITED), values, max_size=4), quirky=st.booleans())
def test_an_undo_restores_the_record_but_for_what_people_changed_and_names_that(
    call: Call, fields: dict[str, Value], edits: dict[str, Value], quirky: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder, odd(Path(folder), SHAPING if quirky else Quirks()) as crm:
        have_targets(crm, fields)
        found = asyncio.run(crm.establish([call]))[0]
        before = crm.world.record(found.record) if found.record else Image(exists=False)
        done = perform(crm, call)
        if done.effect is not Effect.DONE:
            assert quirky
            return  # a stage out of order: refused, and nothing was written
        assert done.record is not None
        was = crm.world.record(done.record)
        moved = {name: value for name, value in edits.items() if name not in was.fields or was.fields[name] != value}
        crm.world.edit(done.record, moved)
        end, left = back(crm, done)
        assert end.effect is Effect.DONE or (end.effect is Effect.CHANGED and not before.exists)
        check(before, moved, crm.world.record(done.record), left, done)


def check(before: Image, moved: Mapping[str, Value], now: Image, left: Mapping[str, str], done: Performed) -> None:
    """Compare a record with what it was: every field that differs was changed by a person, or is named."""
    if not before.exists:
        assert now.exists is bool(moved), "what was created goes, unless people worked on it"
        assert bool(left) is now.exists
        return
    touched = {*(done.before or now).fields, *(done.after or now).fields}
    for name in {*before.fields, *now.fields}:
        if exactly(before, name) != exactly(now, name):
            assert name in moved, name
            assert exactly(now, name) == repr(moved[name]), "a person's value is never overwritten"
            assert name in left or name not in touched


def exactly(image: Image, name: str) -> str:
    """Show a field so that 1, True and absent stay apart."""
    return repr(image.fields[name]) if name in image.fields else "absent"


def test_a_score_that_is_added_goes_back_to_what_it_was(tmp_path: Path) -> None:
    with odd(tmp_path, Quirks(additive_score=True)) as crm:
        have_all(crm)
        crm.world.edit(ANNA, {"score": 40})
        done = perform(crm, example("lead.score.update", score=7))
        assert crm.world.record(ANNA).fields["score"] == 47
        assert back(crm, done)[1] == {}
        assert crm.world.record(ANNA).fields["score"] == 40


def test_a_stage_moves_forward_only_and_still_goes_back(tmp_path: Path) -> None:
    with odd(tmp_path, Quirks(stage_order=True)) as crm:
        have_all(crm)
        crm.world.edit(ANNA, {"lifecycle_stage": STAGES[1]})
        done = perform(crm, example("contact.lifecycle.advance", lifecycle_stage=STAGES[3]))
        refused = perform(crm, example("contact.lifecycle.regress", lifecycle_stage=STAGES[0]), "k2")
        assert (done.effect, refused.effect, "forward only" in refused.detail) == (Effect.DONE, Effect.FAILED, True)
        assert back(crm, done)[1] == {}
        assert crm.world.record(ANNA).fields["lifecycle_stage"] == STAGES[1]


def test_what_an_automation_wrote_goes_back_too(tmp_path: Path) -> None:
    with odd(tmp_path, Quirks(listeners=True)) as crm:
        have_all(crm)
        before = crm.world.record(ANNA)
        done = perform(crm, example("contact.tag.add", tag="vip"))
        assert crm.world.record(ANNA).fields["reacted:welcome mail"] is True
        assert back(crm, done)[1] == {}
        assert crm.world.record(ANNA) == before


# --------------------------------------------------------------------------------------------------------------------- answers


def many(crm: Sandbox, count: int, first: int = 0) -> list[Performed]:
    """Make so many notes in one batch, each under a key of its own."""
    note = Call(operation=Operation("note.create"), arguments=EXAMPLES["note.create"])
    absent = Image(exists=False)
    return asyncio.run(crm.perform([KeyedCall(key=f"n{first + at}", call=note, expected=absent) for at in range(count)]))


@pytest.mark.parametrize(
    ("quirks", "after"), [(Quirks(too_many=3, retry_after=9), 9), (Quirks(unavailable=3), None)], ids=["429", "503"]
)
def test_what_is_turned_away_did_not_happen_and_the_same_key_goes_through_later(
    tmp_path: Path, quirks: Quirks, after: int | None
) -> None:
    with odd(tmp_path, quirks) as crm:
        have_all(crm)
        ends = many(crm, 3)  # a partial answer: some are done, one is not
        assert [end.effect for end in ends] == [Effect.DONE, Effect.DONE, Effect.NOT_YET]
        assert ends[2].retry_after_seconds == after
        assert asyncio.run(crm.look_up(["n2"])) == [None]
        assert [end.effect for end in many(crm, 1, 2)] == [Effect.DONE]
        assert len(crm.world.effects()) == 3


def test_an_answer_that_is_lost_happened_and_is_found_by_its_key(tmp_path: Path) -> None:
    with odd(tmp_path, Quirks(lost_answer=2)) as crm:
        have_all(crm)
        assert [end.effect for end in many(crm, 4)] == [Effect.DONE, Effect.UNCLEAR, Effect.DONE, Effect.UNCLEAR]
        assert [end.effect for end in asyncio.run(crm.look_up(["n1", "n3"])) if end] == [Effect.DONE] * 2
        assert many(crm, 1, 1)[0].effect is Effect.DONE, "the same key is answered the first way"
        assert len(crm.world.effects()) == 4


def test_a_delay_is_waited_for(tmp_path: Path) -> None:
    import time  # noqa: PLC0415

    with odd(tmp_path, Quirks(delay_ms=30)) as crm:
        have_all(crm)
        started = time.monotonic()
        many(crm, 1)
        assert time.monotonic() - started >= 0.03


@pytest.mark.parametrize("operation", sorted(LEAVES))
def test_what_left_is_kept_whatever_is_on(tmp_path: Path, operation: str) -> None:
    with odd(tmp_path, SHAPING) as crm:
        have_all(crm)
        done = perform(crm, example(operation))
        assert back(crm, done)[0].effect is Effect.FAILED
        assert crm.world.record(done.record or Record(kind="", id="")).exists


# ------------------------------------------------------------------------------------------------------------------ switching on


def test_quirks_are_written_as_words() -> None:
    assert quirks_in("") == Quirks()
    found = quirks_in("delay_ms=200 lost_answer=10 stage_order")
    assert found == Quirks(delay_ms=200, lost_answer=10, stage_order=True)


@pytest.mark.parametrize("text", ["slow", "delay_ms", "delay_ms=", "delay_ms=-1", "delay_ms=x", "stage_order=1", "=3"])
def test_a_word_that_is_no_quirk_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"delay_ms=N.*stage_order"):
        quirks_in(text)
