"""What an undo promises, whatever the effect was and whatever people did since."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remit.core.types import ABSENT, Image, Value
from remit.core.undo_plan import UndoPlan, plan, residue
from tests.changed import replace
from tests.laws.random_values import contents, images, images_or_none

MISSING = object()


def held(image: Image, name: str) -> tuple[type, object]:
    """Return what a field holds, with its type: absent, null and '' are three things, and 1 is not True."""
    value = image.fields.get(name, MISSING)
    return type(value), value


def alike(one: Image, other: Image, name: str) -> bool:
    """Say whether a field is the same in both."""
    return held(one, name) == held(other, name)


def restored(planned: UndoPlan, now: Image) -> Image:
    """Carry a plan out, as a connected system does that does what it is told."""
    if planned.remove:
        return ABSENT
    kept: dict[str, Value] = {name: value for name, value in now.fields.items() if name not in planned.drop}
    return replace(now, fields=kept | dict(planned.put))


@st.composite
def meddled(draw: st.DrawFn, after: Image) -> Image:
    """Draw the record as it is now: some fields as the effect left them, some changed or dropped by people."""
    fields = {**after.fields, **draw(contents)}
    gone = draw(st.sets(st.sampled_from(["a", "b", "c", "d"]), max_size=2))
    untouched = draw(st.booleans())
    return after if untouched else Image(exists=True, fields={name: got for name, got in fields.items() if name not in gone})


stories = st.tuples(images_or_none, images).flatmap(
    lambda pair: st.tuples(*map(st.just, pair), meddled(pair[1]) | st.just(ABSENT))
)
"""Before the effect (or no record yet), after it, and now."""

Story = tuple[Image, Image, Image]


@given(stories)
def test_what_a_person_changed_since_is_never_overwritten(story: Story) -> None:
    before, after, now = story
    planned = plan(before, after, now)
    changed = {name for name in {*after.fields, *now.fields} if not alike(after, now, name)}
    assert not changed & {*planned.put, *planned.drop}
    assert not (planned.remove and changed)


@given(stories)
def test_what_nobody_touched_since_equals_the_before_image(story: Story) -> None:
    before, after, now = story
    back = restored(plan(before, after, now), now)
    untouched = {name for name in {*before.fields, *after.fields} if alike(after, now, name)}
    if before.exists and now.exists:
        assert all(alike(back, before, name) for name in untouched)


@given(stories)
def test_planning_again_after_restoring_finds_nothing_to_do(story: Story) -> None:
    before, after, now = story
    assert plan(before, after, restored(plan(before, after, now), now)).nothing


@given(images_or_none, images)
def test_an_effect_nobody_touched_since_is_undone_without_residue(before: Image, after: Image) -> None:
    planned = plan(before, after, after)
    back = restored(planned, after)
    assert back.exists is before.exists
    assert {name: held(back, name) for name in back.fields} == {name: held(before, name) for name in before.fields}
    assert not planned.kept
    assert residue(before, planned.kept, back) == {}


@given(stories)
def test_a_record_is_removed_only_if_the_effect_made_it(story: Story) -> None:
    before, after, now = story
    assert not plan(before, after, now).remove or not before.exists


@given(images_or_none, images_or_none)
def test_what_is_gone_is_left_alone(before: Image, after: Image) -> None:
    assert plan(before, after, ABSENT).nothing


@given(images_or_none, images)
def test_what_nobody_read_back_overwrites_nothing(before: Image, now: Image) -> None:
    planned = plan(before, ABSENT, now)
    assert not planned.remove
    assert not set(planned.put) & set(now.fields)
    assert not planned.drop


@given(stories)
def test_the_residue_names_exactly_what_differs(story: Story) -> None:
    before, after, now = story
    planned = plan(before, after, now)
    back = restored(planned, now)
    told = residue(before, planned.kept, back)
    if before.exists and back.exists:
        assert set(told) == {name for name in {*before.fields, *back.fields} if not alike(before, back, name)}
        assert all(told[name] == planned.kept[name] for name in told)
    else:
        assert bool(told) is (before.exists is not back.exists)


@given(stories)
def test_what_is_kept_is_explained_and_nothing_else_is(story: Story) -> None:
    before, after, now = story
    planned = plan(before, after, now)
    assert all(planned.kept.values())
    assert not set(planned.kept) & {*planned.put, *planned.drop}
