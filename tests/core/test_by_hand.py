"""A draft tells how to do it by hand: where, what, with which values, and what to say afterwards."""

from __future__ import annotations

from remit.core.by_hand import steps


def test_the_steps_name_the_record_the_action_and_every_value() -> None:
    found = steps("Add a tag", "sandbox", "contact/c1", {"tag": "vip", "score": 3, "on": True})
    assert found[:5] == ("Open contact/c1 in sandbox.", "Add a tag, with:", "tag: vip", "score: 3", "on: true")
    assert "discarded" in found[-1]


def test_what_creates_something_names_no_record() -> None:
    assert steps("Make a task", "sandbox", None, {})[:2] == ("Go to sandbox.", "Make a task.")
