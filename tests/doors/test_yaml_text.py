"""How YAML is read: as an editor reads it, with the place of every entry, and nothing that hides what stands there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.errors import RuleError
from remit.yaml_text import Place, read_yaml, to_json

READ: dict[str, tuple[str, Any]] = {
    "nothing": ("", None),
    "a comment": ("# nothing yet\n", None),
    "words that look like yes and no": ("a: [no, yes, on, off, true, False]", {"a": ["no", "yes", "on", "off", True, False]}),
    "a time of day": ("a: 20:00", {"a": "20:00"}),
    "a date stays the text it is": ("a: 2026-11-30", {"a": "2026-11-30"}),
    "a moment too": ("a: 2026-11-30T10:00:00Z", {"a": "2026-11-30T10:00:00Z"}),
    "whole numbers": ("a: [0, -3, +4, 12]", {"a": [0, -3, 4, 12]}),
    "what only looks like a number": ("a: [007, 0x1F, 1_000, 1-10]", {"a": ["007", "0x1F", "1_000", "1-10"]}),
    "numbers with a point": ("a: [0.5, .5, 1., 1e-3, 2.5E2]", {"a": [0.5, 0.5, 1.0, 0.001, 250.0]}),
    "no finite number is text": ("a: [.inf, .nan]", {"a": [".inf", ".nan"]}),
    "nothing behind a colon": ("a:\nb: ~\nc: null", {"a": None, "b": None, "c": None}),
    "quotes": ("a: \"#x\"\nb: '3'", {"a": "#x", "b": "3"}),
    "a folded text": ("a: >-\n  one\n  two\n", {"a": "one two"}),
    "a key that is no text": ("1: a\ntrue: b", {"1": "a", "true": "b"}),
}


@pytest.mark.parametrize("name", READ)
def test_a_text_is_read_as_an_editor_reads_it(name: str) -> None:
    text, wanted = READ[name]
    assert read_yaml(text, source="a.yaml").value == wanted
    assert json.loads(to_json(text, source="a.yaml")) == wanted


def test_every_entry_knows_its_place() -> None:
    written = read_yaml("a: 1\nb:\n  - c\n  - d: {e: 2}\n", source="a.yaml")
    assert written.place(("a",)) == Place(line=1, column=1)
    assert written.place(("b", 0)) == Place(line=3, column=5)
    assert written.place(("b", 1, "d", "e")) == Place(line=4, column=9)


def test_what_is_not_there_is_told_at_what_is_around_it() -> None:
    written = read_yaml("a:\n  b: 1\n", source="a.yaml")
    assert written.place(("a", "x", "y")) == Place(line=1, column=1)
    assert written.place(("x",)) == Place(line=1, column=1)


REFUSED: dict[str, tuple[str, int, int, str, str]] = {
    "an entry twice": ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, 3, "`b.c` a second time; it stands on line 3", "silently"),
    "an entry twice in one line": ("a: {b: 1, b: 2}", 1, 11, "`a.b` a second time", "Keep one"),
    "an entry twice, in a list": ("a:\n  - b: 1\n    b: 2", 3, 5, "`a.0.b` a second time", "Keep one"),
    "a reference": ("a: &x 1\nb: *x", 2, 4, "a reference to another place", "Write it out"),
    "a reference to what is around it": ("a: &x [*x]", 1, 8, "a reference to another place", "Write it out"),
    "a tag": ("a: !!binary xx", 1, 4, "a tag", "quotes"),
    "a text that begins with an exclamation mark": ("when: !suppressed", 1, 7, "a tag, !suppressed", "quotes"),
    "a list as a key": ("[1]: 2", 1, 1, "a list or a mapping as a key", "a name before the colon"),
    "a colon in a text": ("a: b: c", 1, 5, "mapping values are not allowed", "quotes"),
    "a tab": ("a:\n\t- b", 2, 1, "cannot start any token", "not a tab"),
    "an open quote": ('a: "x', 1, 6, "end of stream", "Close the quotes"),
    "an open bracket": ("a: [x, y\nb: 1", 2, 2, "", "Close the bracket"),
    "two documents": ("a: 1\n---\nb: 2", 2, 1, "another document", "one document in a file"),
    "too much nesting": ("[" * 60, 1, 51, "more than 50 levels", "Nest less"),
    "a great deal of nesting": ("[" * 200_000, 1, 51, "more than 50 levels", "Nest less"),
    "a number nobody can hold": ("a: 1e999", 1, 4, "too large", "smaller"),
    "no text at all": ("\0", 1, 1, "not allowed", "plain YAML text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_what_it_seems_is_refused_with_its_place(name: str) -> None:
    text, line, column, found, do = REFUSED[name]
    with pytest.raises(RuleError) as refused:
        read_yaml(text, source="a.yaml")
    assert (refused.value.asked, refused.value.line, refused.value.column) == ("a.yaml", line, column)
    assert found in refused.value.found
    assert do in refused.value.do


def test_a_second_entry_of_one_name_never_takes_the_place_of_the_first() -> None:
    with pytest.raises(RuleError, match="a second time"):
        to_json("highest_reach: 1\nhighest_reach: 1000\n", source="a.yaml")
