"""How much of what could be wrong do the tests notice? Prints a score for each file, and every wrong program that passes.

    make mutate                                     every file of the plan
    make mutate ARGS="core/gate.py rules/cells.py"  these files

It fails where a file scores below its floor. `equivalent.txt` lists the mutants that nobody can tell from the program, each with
the reason; the score leaves them out.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
from coverage import Coverage

from tests.mutation.equivalent import equivalent_in
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.swap import Reading, forget, swap_functions
from tests.mutation.trial import KILLED, SURVIVED, UNSURE, Find, Known, Tests, forked, set_up

ROOT = Path(__file__).parents[2]
FLOOR = 0.95
"""The share of mutants that must be noticed in every file."""

_CORE = (
    "tests/core/test_gate.py",
    "tests/core/test_counted.py",
    "tests/core/test_classify.py",
    "tests/core/test_classify_attributes.py",
    "tests/core/test_reasons.py",
    "tests/laws/test_gate_laws.py",
    "tests/reference",
)
_GATE = ("core/gate.py", "core/table.py", "core/checks.py", "core/counted.py", "core/classify.py", "core/conditions.py")
_WAITING = {
    "core/working_time.py": ("tests/core/test_working_time.py",),
    "core/deadline.py": ("tests/core/test_deadline.py",),
    "core/asking.py": ("tests/core/test_asking.py",),
    "core/nearest.py": ("tests/core/test_nearest.py",),
}
"""What decides who is asked, until when, and what is like what: each held to its own tests."""

_EVIDENCE = {
    f"evidence/{name}.py": (f"tests/evidence/test_{name}.py",)
    for name in ("sampling", "threshold", "portfolio", "misses", "late", "clusters", "forecast", "calibration")
}
"""The statistics that move a level, or are shown beside one: each held to its own tests."""

PLAN = (
    dict.fromkeys(_GATE, _CORE)
    | _WAITING
    | _EVIDENCE
    | {f"rules/{path.name}": ("tests/rules",) for path in sorted((ROOT / "src/remit/rules").glob("*.py"))}
)
"""Which tests have to notice what is wrong in which file."""

_BUDGET = 10.0
"""Seconds of tests that one mutant is held against."""

_STUCK, _LONG = 600.0, 24 * 3600.0  # seconds until one mutant, and all that one folder of tests is about, are given up


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file with its mutants, but for those that nobody can tell from it, which are only counted."""

    name: str
    path: str
    mutants: list[Mutant]
    equivalent: int

    @property
    def module(self) -> str:
        """Its name when it is imported."""
        return "remit." + self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class UnsoundError(Exception):
    """The program itself is noticed, so nothing could be learnt from a mutant."""


def main(wanted: Sequence[str]) -> int:
    """Run the plan and return the exit status."""
    unknown = [name for name in wanted if name not in PLAN]
    if unknown:
        print(f"There is no {', '.join(unknown)} in the plan. Known: {', '.join(PLAN)}.", file=sys.stderr)
        return 2
    began, status = time.monotonic(), SURVIVED
    for tests in dict.fromkeys(PLAN.values()):
        files = [name for name, chosen in PLAN.items() if chosen == tests and (not wanted or name in wanted)]
        if files:
            status |= forked(partial(set_up, tests, partial(_scored, files)), seconds=_LONG, quiet=False)
    print(f"{time.monotonic() - began:.0f} seconds." + (f" Not every file reaches {FLOOR:.0%}." if status else ""))
    return status


def _file(name: str) -> File:
    path = ROOT / "src/remit" / name
    known = equivalent_in(name)
    found = [one for one in mutants(path.read_text(encoding="utf-8"), str(path)) if one.name not in known]
    return File(name=name, path=str(path), mutants=found, equivalent=len(known))


def _scored(names: Sequence[str], find: Find) -> int:
    """Try the mutants of these files, tell what came of it, and say whether all files reach the floor."""
    files = [_file(name) for name in names]
    try:
        known = _learnt([file.path for file in files], find)
        shares = [_told(file, _tried(file, find, known)) for file in files]
    except UnsoundError as error:
        print(error, file=sys.stderr)
        return KILLED
    return SURVIVED if min(shares) >= FLOOR else KILLED


def _learnt(paths: list[str], find: Find) -> Known:
    with tempfile.NamedTemporaryFile(suffix=".json") as notes:

        def work() -> int:
            watch = Coverage(data_file=None, config_file=False, include=paths)
            watch.start()
            return find().learn(watch, Path(notes.name))

        if forked(work, seconds=_LONG) != SURVIVED:
            raise UnsoundError("The tests do not pass on the program as it is: run them first.")
        return msgspec.json.decode(Path(notes.name).read_bytes(), type=Known)


def _tried(file: File, find: Find, known: Known) -> dict[str, int]:
    """Return what came of each mutant. What is inside a function is swapped into the loaded program, which takes a moment.

    What runs once, and what nobody noticed there that may have run before, is read afresh with all that imports it, which takes
    a second. Both ways are tried on the sound program first, so that no mutant is noticed for the way it is put there.
    """
    sound = Mutant.sound(Path(file.path).read_text(encoding="utf-8"), file.path)
    with tempfile.NamedTemporaryFile(suffix=".json") as notes:

        def work() -> int:
            found = find()
            if _swapped(file, sound, found, known) == KILLED:
                return KILLED
            inside = [one for one in file.mutants if one.inside]
            Path(notes.name).write_bytes(msgspec.json.encode({one.name: _swapped(file, one, found, known) for one in inside}))
            return SURVIVED

        if _read(file, sound, find, known) == KILLED or forked(work, seconds=_LONG) == KILLED:
            raise UnsoundError(f"{file.name} cannot be put in its own place.")
        statuses = msgspec.json.decode(Path(notes.name).read_bytes(), type=dict[str, int])
    unsure = [one for one in file.mutants if statuses.get(one.name, UNSURE) == UNSURE]
    return statuses | {one.name: _read(file, one, find, known) for one in unsure}


def _swapped(file: File, one: Mutant, found: Tests, known: Known) -> int:
    fitting = known.fitting(file.path, one.lines, _BUDGET)

    def work() -> int:
        try:
            swap_functions(file.path, one.code)
        except ValueError:
            return UNSURE
        forget()
        return found.run(fitting, known.seconds)

    status = forked(work, seconds=_STUCK)
    return UNSURE if status == SURVIVED and known.early(file.path, one.lines) else status


def _read(file: File, one: Mutant, find: Find, known: Known) -> int:
    fitting = known.fitting(file.path, one.lines, _BUDGET)

    def work() -> int:
        with Reading(file.module, file.path, one.code):
            return find().run(fitting, known.seconds)

    return forked(work, seconds=_STUCK)


def _told(file: File, statuses: Mapping[str, int]) -> float:
    """Print the line of a file and what survived; return the share that was noticed."""
    left = [one for one in file.mutants if statuses[one.name] == SURVIVED]
    many = len(file.mutants)
    share = 1 - len(left) / many if many else 1.0
    equal = f", {file.equivalent} equivalent" if file.equivalent else ""
    print(f"{file.name:24} {share:7.1%}   {many - len(left)} of {many} noticed{equal}")
    for one in left:
        print(f"    {one.line}: {one.name}")
    sys.stdout.flush()
    return share


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
