"""A draft tells how to do it by hand: where, what, and what to say afterwards."""

from __future__ import annotations

from remit.core.by_hand import steps


def test_the_steps_name_the_record_and_the_action_and_end_with_an_answer() -> None:
    where, what, answer = steps("Add a tag", "sandbox", "contact/c1")
    assert (where, what) == ("Open contact/c1 in sandbox.", "Add a tag, with the values shown.")
    assert all(word in answer for word in ("used", "used_edited", "discarded"))


def test_what_creates_something_names_no_record() -> None:
    assert steps("Make a task", "sandbox", None)[0] == "Go to sandbox."
