"""What people took out of drafts an agent does not write again."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.agents.corrected import corrected
from remit.agents.nurture import NurtureAgent
from remit.demo.world import World
from remit.sdk.messages import Correction, Scalar
from tests.agents.window_desk import WindowDesk

MONDAY = date(2008, 8, 4)


def example(gone: str, new: str | None, *, name: str = "body") -> Correction:
    """Write what a person made of a text of three lines."""
    final: dict[str, Scalar] = {name: "\n".join(["Dear", *([] if new is None else [new]), "Bye"])}
    return Correction(operation="x", reason_code="", note="", draft={name: f"Dear\n{gone}\nBye"}, final=final)


CASES = {
    "another line": ([example("a", "b")], "Dear\na\nc", "Dear\nb\nc"),
    "no line": ([example("a", None)], "Dear\na\nc", "Dear\nc"),
    "a line that is there already": ([example("a", "c")], "c\na", "c"),
    "one after the other": ([example("a", "b"), example("b", "c")], "a", "c"),
    "back and forth": ([example("a", "b"), example("b", "a")], "a", "a"),
    "the most alike counts": ([example("a", "b"), example("a", "z")], "a", "b"),
    "another argument": ([example("a", "b", name="subject")], "a", "a"),
    "nothing was used": ([Correction(operation="x", reason_code="", note="", draft={"body": "a"}, final=None)], "a", "a"),
    "nothing to learn": ([], "Dear\n\nBye", "Dear\n\nBye"),
}


@pytest.mark.parametrize(("examples", "draft", "made"), CASES.values(), ids=CASES)
def test_a_draft_follows_what_people_made_of_others(examples: list[Correction], draft: str, made: str) -> None:
    assert corrected({"body": draft, "count": 3}, examples) == {"body": made, "count": 3}


LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=4)


@given(LINES, st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=6))
def test_it_ends_whatever_people_said_and_says_nothing_new(lines: list[str], pairs: list[tuple[str, str]]) -> None:
    made = corrected({"body": "\n".join(lines)}, [example(gone, new) for gone, new in pairs])
    assert set(str(made["body"]).split("\n")) <= {*lines, *(new for _, new in pairs), ""}


async def test_whether_it_asks_is_a_setting_and_what_it_is_shown_is_no_new_version(world: World) -> None:
    desk = WindowDesk(world, MONDAY)
    plain = await NurtureAgent(learns=True).run(desk, MONDAY)
    line = next(line for line in str(plain[0][0].arguments["body"]).splitlines() if line.startswith("- "))
    before = NurtureAgent().fingerprint()
    desk.corrected = [example(line, "- Another fact. [TD-3]")]
    taught, stubborn = [await NurtureAgent(learns=learns).run(desk, MONDAY) for learns in (True, False)]
    assert line not in str(taught[0][0].arguments["body"])
    assert "Another fact" in str(taught[0][0].arguments["body"])
    assert line in str(stubborn[0][0].arguments["body"])
    assert NurtureAgent().fingerprint() == before != NurtureAgent(learns=False).fingerprint()
