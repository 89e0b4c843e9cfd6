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
from pathlib import Path

import msgspec
from coverage import Coverage

from tests.mutation.equivalent import equivalent_in
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.swap import Reading, forget, swap_functions
from tests.mutation.trial import SURVIVED, UNSURE, Known, Tests, forked, with_tests

ROOT = Path(__file__).parents[2]
FLOOR = 0.95
"""The share of mutants that must be noticed in every file."""

_CORE = (
    "tests/core/test_gate.py",
    "tests/core/test_classify.py",
    "tests/core/test_classify_attributes.py",
    "tests/core/test_reasons.py",
    "tests/laws/test_gate_laws.py",
    "tests/reference",
)
PLAN = dict.fromkeys(("core/gate.py", "core/classify.py", "core/conditions.py"), _CORE) | {
    f"rules/{path.name}": ("tests/rules",) for path in sorted((ROOT / "src/remit/rules").glob("*.py"))
}
"""Which tests have to notice what is wrong in which file."""

_BUDGET, _LONG = 5.0, 7200.0  # seconds: of tests that one mutant is held against, and for all that a folder of tests takes


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


def main(wanted: Sequence[str]) -> int:
    """Run the plan and return the exit status."""
    unknown = [name for name in wanted if name not in PLAN]
    if unknown:
        print(f"There is no {', '.join(unknown)} in the plan. Known: {', '.join(PLAN)}.", file=sys.stderr)
        return 2
    began = time.monotonic()
    low: list[str] = []
    for tests in dict.fromkeys(PLAN.values()):
        files = [_file(name) for name, chosen in PLAN.items() if chosen == tests and (not wanted or name in wanted)]
        if files:
            low += _scored(files, tests)
    print(f"{time.monotonic() - began:.0f} seconds." + (f" Below {FLOOR:.0%}: {', '.join(low)}." if low else ""))
    return 1 if low else 0


def _file(name: str) -> File:
    path = ROOT / "src/remit" / name
    known = equivalent_in(name)
    found = [one for one in mutants(path.read_text(encoding="utf-8"), str(path)) if one.name not in known]
    return File(name=name, path=str(path), mutants=found, equivalent=len(known))


def _scored(files: list[File], tests: Sequence[str]) -> list[str]:
    """Try all mutants of these files, tell what came of it, and return the files below the floor."""
    with tempfile.NamedTemporaryFile(suffix=".json") as notes:
        place = Path(notes.name)
        if forked(lambda: _loaded(files, tests, place), seconds=_LONG) != SURVIVED:
            raise SystemExit(f"{', '.join(tests)}: these tests do not pass on the program as it is.")
        known, swapped = msgspec.json.decode(place.read_bytes(), type=tuple[Known, dict[str, dict[str, int]]])
    low = []
    for file in files:
        unsure = [one for one in file.mutants if swapped[file.name].get(one.name) == UNSURE]
        read = {one.name: _read(file, one, tests, known) for one in unsure}
        if _told(file, swapped[file.name] | read) < FLOOR:
            low.append(file.name)
    return low


def _loaded(files: list[File], tests: Sequence[str], notes: Path) -> int:
    """In a process of its own: load everything, learn from the sound program, then swap in one mutant after another."""
    watch = Coverage(data_file=None, config_file=False, include=[file.path for file in files])
    watch.start()

    def work(found: Tests) -> int:
        status = forked(lambda: found.learn(watch, notes), seconds=_LONG)
        watch.stop()
        if status != SURVIVED:
            return status
        known = msgspec.json.decode(notes.read_bytes(), type=Known)
        control = forked(lambda: found.run(known.seconds), seconds=_LONG)
        swapped = {file.name: {one.name: _swapped(file, one, found, known) for one in file.mutants} for file in files}
        notes.write_bytes(msgspec.json.encode((known, swapped)))
        return control

    return with_tests(tests, work)


def _swapped(file: File, one: Mutant, found: Tests, known: Known) -> int:
    """Try a mutant in the loaded program. UNSURE: it has to be read afresh."""
    if not one.inside:
        return UNSURE
    fitting = known.fitting(file.path, one.lines, _BUDGET)

    def work() -> int:
        try:
            swap_functions(file.path, one.code)
        except ValueError:
            return UNSURE
        forget()
        return found.run(fitting)

    status = forked(work, seconds=known.limit(fitting))
    return UNSURE if status == SURVIVED and known.early(file.path, one.lines) else status


def _read(file: File, one: Mutant, tests: Sequence[str], known: Known) -> int:
    """Try a mutant in a process that has loaded nothing of the program yet."""
    fitting = known.fitting(file.path, one.lines, _BUDGET)

    def work() -> int:
        with Reading(file.module, file.path, one.code):
            return with_tests(tests, lambda found: found.run(fitting))

    return forked(work, seconds=known.limit(fitting))


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
