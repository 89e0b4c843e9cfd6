"""What goes back, what stays, and why."""

from __future__ import annotations

import pytest

from remit.core.types import ABSENT, Image, Value
from remit.core.undo_plan import UndoPlan, plan, residue

CHANGED = "changed since by somebody else"
GONE = "the record was removed since"


def there(**fields: Value) -> Image:
    """Return the image of a record that exists."""
    return Image(exists=True, fields=fields)


PLANS: dict[str, tuple[Image, Image, Image, UndoPlan]] = {
    "set back": (there(a=1), there(a=2), there(a=2), UndoPlan(put={"a": 1})),
    "was absent, so it goes": (there(), there(a=2), there(a=2), UndoPlan(drop=("a",))),
    "was null, which is not absent": (there(a=None), there(a=2), there(a=2), UndoPlan(put={"a": None})),
    "was empty text": (there(a=""), there(a="x"), there(a="x"), UndoPlan(put={"a": ""})),
    "was dropped, so it comes back": (there(a=1), there(), there(), UndoPlan(put={"a": 1})),
    "a person changed it": (there(a=1), there(a=2), there(a=3), UndoPlan(kept={"a": CHANGED})),
    "a person dropped it": (there(a=1), there(a=2), there(), UndoPlan(kept={"a": CHANGED})),
    "one of two was changed": (there(a=1, b=1), there(a=2, b=2), there(a=3, b=2), UndoPlan(put={"b": 1}, kept={"a": CHANGED})),
    "a person put it back already": (there(a=1), there(a=2), there(a=1), UndoPlan()),
    "an effect that changed nothing": (there(a=1), there(a=1), there(a=1), UndoPlan()),
    "1 is not yes": (there(a=True), there(a=False), there(a=0), UndoPlan(kept={"a": CHANGED})),
    "1 is not 1.0": (there(a=1), there(a=2), there(a=2.0), UndoPlan(kept={"a": CHANGED})),
    "a person filled another field": (there(a=1), there(a=2), there(a=2, b=9), UndoPlan(put={"a": 1}, kept={"b": CHANGED})),
    "the record is gone": (there(a=1), there(a=2), ABSENT, UndoPlan(kept={"a": GONE})),
    "created, untouched since": (ABSENT, there(a=1), there(a=1), UndoPlan(remove=True)),
    "created, and somebody wrote in it": (ABSENT, there(a=1), there(a=2), UndoPlan(kept={"a": CHANGED})),
    "created, and somebody removed it": (ABSENT, there(a=1), ABSENT, UndoPlan()),
    "nobody knows what was created": (ABSENT, ABSENT, there(), UndoPlan(kept={"record": CHANGED})),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_restores_what_nobody_touched_since(name: str) -> None:
    before, after, now, wanted = PLANS[name]
    assert plan(before, after, now) == wanted


@pytest.mark.parametrize(
    ("planned", "nothing"),
    [
        pytest.param(UndoPlan(), True, id="empty"),
        pytest.param(UndoPlan(kept={"a": "x"}), True, id="only kept"),
        pytest.param(UndoPlan(put={"a": None}), False, id="a field to set"),
        pytest.param(UndoPlan(drop=("a",)), False, id="a field to drop"),
        pytest.param(UndoPlan(remove=True), False, id="a record to remove"),
    ],
)
def test_a_plan_says_whether_anything_is_left_to_do(planned: UndoPlan, nothing: bool) -> None:
    assert planned.nothing is nothing


RESIDUES: dict[str, tuple[Image, dict[str, str], Image, dict[str, str]]] = {
    "all is back": (there(a=1), {}, there(a=1), {}),
    "kept, with its reason": (there(a=1), {"a": CHANGED}, there(a=3), {"a": CHANGED}),
    "not restored, and nobody said why": (there(a=1), {}, there(a=2), {"a": "not restored by the connected system"}),
    "a field too many": (there(), {}, there(a=2), {"a": "not restored by the connected system"}),
    "in the order of names": (there(), {}, there(b=1, a=1), dict.fromkeys("ab", "not restored by the connected system")),
    "the record is gone": (there(a=1), {"a": GONE}, ABSENT, {"record": "removed since"}),
    "the created record stayed": (ABSENT, {"a": CHANGED}, there(a=2), {"record": "kept because it was changed since"}),
    "the created record stayed for a stated reason": (ABSENT, {"record": "locked"}, there(a=2), {"record": "locked"}),
    "the created record is gone": (ABSENT, {}, ABSENT, {}),
}


@pytest.mark.parametrize("name", RESIDUES)
def test_a_residue_names_every_difference_and_why(name: str) -> None:
    before, kept, read_back, wanted = RESIDUES[name]
    found = residue(before, kept, read_back)
    assert found == wanted
    assert list(found) == sorted(found)
