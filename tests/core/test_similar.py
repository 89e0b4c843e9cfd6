"""What stands out among alike proposals comes first, with what it stands out by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remit.core.similar import Key, Member, outliers_first
from remit.core.types import Operation, UseCaseId, Value

MEMBERS = st.lists(
    st.builds(
        Member,
        name=st.uuids().map(str),
        arguments=st.dictionaries(st.sampled_from(["tag", "body"]), st.text(max_size=5) | st.integers(0, 9), max_size=2),
        reach=st.none() | st.integers(0, 1000),
        confidence_ppm=st.none() | st.integers(0, 1_000_000),
    ),
    max_size=20,
)


def tags(*said: Value) -> list[Member]:
    """Return members that differ in a tag."""
    return [Member(name=str(at), arguments={"contact": f"c{at:04}", "tag": value}, reach=1) for at, value in enumerate(said)]


@given(MEMBERS)
def test_everybody_is_placed_once_and_the_order_falls(members: list[Member]) -> None:
    placed = outliers_first(members)
    assert sorted(one.name for one in placed) == sorted(one.name for one in members)
    assert [one.unusual for one in placed] == sorted((one.unusual for one in placed), reverse=True)
    assert all(bool(one.by) == (one.unusual > 0) for one in placed)


def test_equal_ones_keep_their_order_and_none_stands_out() -> None:
    assert [(one.name, one.by) for one in outliers_first(tags("vip", "vip", "vip"))] == [("0", ()), ("1", ()), ("2", ())]


def test_a_rare_value_stands_out_among_equal_ones() -> None:
    said: list[Value] = ["vip"] * 8
    first, second, *_ = outliers_first(tags(*said, "fired"))
    assert (first.name, first.by, second.by) == ("8", ("tag",), ())


def test_values_that_differ_everywhere_are_no_surprise() -> None:
    assert {one.by for one in outliers_first(tags(*(f"t{number:02}" for number in range(12))))} == {()}


def test_a_far_reach_stands_out() -> None:
    small = [Member(name=str(at), arguments={}, reach=reach) for at, reach in enumerate([10, 11, 12, 9, 10])]
    first, *rest = outliers_first([*small, Member(name="wide", arguments={}, reach=5000)])
    assert (first.name, first.by) == ("wide", ("reach",))
    assert {one.by for one in rest} == {()}


def test_what_is_not_known_stands_out_among_what_is() -> None:
    known = [Member(name=str(at), arguments={}, confidence_ppm=900_000) for at in range(5)]
    assert outliers_first([*known, Member(name="mute", arguments={})])[0].name == "mute"


def test_a_key_is_told_in_words() -> None:
    key = Key(
        use_case=UseCaseId("crm"),
        operation=Operation("contact.tag.add"),
        agent="ada",
        version="v1",
        reasons=("level",),
        arguments=("contact", "tag"),
    )
    assert key.in_words() == "contact.tag.add of crm by ada version v1, held for the same reasons, with contact and tag"
