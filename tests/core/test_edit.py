"""What an edit changed: both texts can be read out of its pieces, and its size is a share of all the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remit.core.edit import PPM, changed, size_ppm
from remit.core.types import Value

VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(alphabet="ab \n", max_size=12)
    | st.lists(st.text(max_size=3), max_size=2)
)
ARGUMENTS = st.dictionaries(st.sampled_from(["subject", "body", "score"]), VALUES, max_size=3)


@given(ARGUMENTS, ARGUMENTS)
def test_both_texts_are_in_the_pieces(before: dict[str, Value], after: dict[str, Value]) -> None:
    for one in changed(before, after):
        assert "".join(piece.text for piece in one.pieces if piece.kind != "new") == (one.before or "")
        assert "".join(piece.text for piece in one.pieces if piece.kind != "gone") == (one.after or "")


@given(ARGUMENTS, ARGUMENTS)
def test_the_size_is_a_share_and_nothing_only_where_nothing_changed(before: dict[str, Value], after: dict[str, Value]) -> None:
    size = size_ppm(before, after)
    assert 0 <= size <= PPM
    if not changed(before, after):
        assert size == 0


def test_one_word_of_four_is_a_small_edit() -> None:
    before, after = {"subject": "We miss you Anna"}, {"subject": "We miss you Bert"}
    (one,) = changed(before, after)
    assert [(piece.kind, piece.text) for piece in one.pieces] == [("same", "We miss you "), ("gone", "Anna"), ("new", "Bert")]
    assert size_ppm(before, after) == PPM - 2 * 12 * PPM // 32


def test_what_is_not_a_text_is_shown_as_json() -> None:
    (one,) = changed({"score": 3}, {"score": 30})
    assert (one.before, one.after, size_ppm({"score": 3}, {"score": 30})) == ("3", "30", PPM)


def test_a_new_argument_was_not_there_before() -> None:
    assert [(one.before, one.after) for one in changed({}, {"tag": "vip"})] == [(None, "vip")]


def test_a_long_text_is_compared_by_lines() -> None:
    lines = [f"line {number} of a long letter\n" for number in range(2000)]
    before, after = {"body": "".join(lines)}, {"body": "".join([*lines[:1000], "another one\n", *lines[1001:]])}
    (one,) = changed(before, after)
    assert [piece.text for piece in one.pieces if piece.kind != "same"] == [lines[1000], "another one\n"]
