"""The runner of mutants: what it makes, that it tells noticed from not noticed, and that its list of equivalents holds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.mutation.equivalent import LIST, equivalent_in
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.mutate import PLAN, ROOT
from tests.mutation.swap import Reading, swap_functions
from tests.mutation.trial import KILLED, SURVIVED, Known, forked

SOURCE = '''
"""A docstring, which is no behaviour."""

LIMITS = {"small": 3, "large": 9}

def fits(value: int, *, kind: str = "small") -> bool:
    """Say whether it fits."""
    if not value:
        raise ValueError
    return value > 0 and value <= LIMITS[kind]
'''
TURNED = {
    "fits: if not value: raise ValueError  ->  if True: raise ValueError",
    "fits: if not value: raise ValueError  ->  if False: raise ValueError",
    "fits: not value  ->  value",
    "fits: raise ValueError  ->  pass",
    "fits: return value > 0 and value <= LIMITS[kind]  ->  return None",
    "fits: value > 0 and value <= LIMITS[kind]  ->  value > 0 or value <= LIMITS[kind]",
    "fits: value > 0 and value <= LIMITS[kind]  ->  value <= LIMITS[kind]",
    "fits: value > 0 and value <= LIMITS[kind]  ->  value > 0",
    "fits: value > 0  ->  value >= 0",
    "fits: value > 0  ->  value <= 0",
    "fits: value > 0  ->  value > 1",
    "fits: value <= LIMITS[kind]  ->  value < LIMITS[kind]",
    "fits: value <= LIMITS[kind]  ->  value > LIMITS[kind]",
    "(top): {'small': 3, 'large': 9}  ->  {'large': 9}",
    "(top): {'small': 3, 'large': 9}  ->  {'small': 3}",
    "(top): {'small': 3, 'large': 9}  ->  {'small': 4, 'large': 9}",
    "(top): {'small': 3, 'large': 9}  ->  {'small': 3, 'large': 10}",
    "fits: value: int, *, kind: str='small'  ->  value: int, *, kind: str='XXsmallXX'",
}


def made(source: str = SOURCE, path: str = "small.py") -> dict[str, Mutant]:
    return {one.name: one for one in mutants(source, path)}


def test_every_small_thing_is_turned_round_once() -> None:
    assert set(made()) == TURNED


def test_what_stands_in_a_function_is_told_from_what_runs_once() -> None:
    assert {one.inside for name, one in made().items() if "value > 0" in name} == {True}
    assert {one.inside for name, one in made().items() if "LIMITS" not in name and "'large'" in name} == {False}


def test_a_file_is_whole_again_after_each_mutant() -> None:
    first, second = (list(made()) for _ in range(2))
    assert first == second


def test_a_mutant_is_named_alike_wherever_it_stands() -> None:
    assert list(made("\n\n# further down\n" + SOURCE)) == list(made())


def test_a_mutant_is_read_in_the_place_of_its_module(tmp_path: Path) -> None:
    code = made()["fits: value > 0  ->  value > 1"].code
    with Reading("a_small_mutant", str(tmp_path / "small.py"), code):
        module = __import__("a_small_mutant")
    del sys.modules["a_small_mutant"]
    assert (module.fits(1), module.fits(2)) == (False, True)
    swap_functions("small.py", made()["fits: value > 0  ->  value >= 0"].code)
    assert module.fits(1)


def test_what_fails_crashes_or_never_ends_is_noticed() -> None:
    def endless() -> int:
        while True:
            pass

    def failing() -> int:
        raise RuntimeError

    assert forked(lambda: SURVIVED, seconds=9) == SURVIVED
    assert forked(lambda: KILLED, seconds=9) == forked(failing, seconds=9) == forked(endless, seconds=0.2) == KILLED


def test_the_quick_tests_that_walk_a_line_come_first() -> None:
    known = Known(seconds={"slow": 3.0, "quick": 0.1, "other": 0.2}, walked={"p": {1: {"slow", "quick"}, 2: {"", "other"}}})
    assert known.fitting("p", range(1, 2), 9.0) == ["quick", "slow"]
    assert known.fitting("p", range(1, 2), 1.0) == ["quick"]
    assert known.fitting("p", range(2, 3), 0.1) == ["other"]
    assert known.fitting("p", range(3, 4), 9.0) == ["quick", "other", "slow"]
    assert [known.early("p", range(line, line + 1)) for line in (1, 2, 3)] == [False, True, True]


@pytest.mark.parametrize("name", PLAN)
def test_every_mutant_that_is_called_equivalent_can_still_be_made(name: str) -> None:
    listed = equivalent_in(name)
    path = ROOT / "src/remit" / name
    gone = set(listed) - set(made(path.read_text(encoding="utf-8"), str(path))) if listed else set()
    assert not gone, f"take these out of {LIST.name}: {sorted(gone)}"
    assert all(listed.values()), "each has a reason"


def test_the_list_of_equivalents_is_about_files_of_the_plan() -> None:
    headings = {line.removeprefix("== ") for line in LIST.read_text(encoding="utf-8").splitlines() if line.startswith("== ")}
    assert headings <= set(PLAN)
