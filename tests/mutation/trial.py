"""Runs tests against mutants, each in a process of its own.

Processes are forked at two points: where pytest is set up and nothing of the program is loaded, and where everything is loaded
and the tests are found.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import msgspec
import pytest
from coverage import Coverage

from tests.mutation.swap import forget

SURVIVED, KILLED, UNSURE = 0, 1, 3
_PATIENCE = 3.0  # seconds of work, as all times of tests are: how busy a machine is changes nothing
_PLAIN = ["-o", "addopts=", "--import-mode=importlib", "-m", "not soak", "--hypothesis-profile=mutate", "-s"]
_WITHOUT = ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
_SHARED = ("cel_expr_python.cel", "duckdb", "msgspec", "yaml")  # what takes long to load and is no part of the program


@dataclass(kw_only=True)
class Known:
    """What a run on the sound program taught: how long each test takes, and which tests walk each line of a file.

    A line that was walked while the tests were found, before any of them ran, is walked by the test without a name.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    walked: dict[str, dict[int, set[str]]] = field(default_factory=dict)

    def fitting(self, path: str, lines: range, budget: float) -> list[str]:
        """Name the tests that walk any of these lines, the quick ones first, as many as fit into a time; any where none does."""
        taken: list[str] = []
        for test in sorted((self._on(path, lines) - {""}) or self.seconds, key=self.seconds.__getitem__):
            budget -= self.seconds[test]
            if budget < 0 and taken:
                break
            taken.append(test)
        return taken

    def early(self, path: str, lines: range) -> bool:
        """Say whether any of these lines is walked before the tests run, or by none of them."""
        return not self._on(path, lines) or "" in self._on(path, lines)

    def _on(self, path: str, lines: range) -> set[str]:
        return set[str]().union(*(self.walked[path].get(line, ()) for line in lines))


class Tests:
    """The tests that pytest found; they run in the order that is asked for, and stop at the first that fails."""

    def __init__(self, session: pytest.Session) -> None:
        """Keep what was found."""
        self._items = {item.nodeid: item for item in session.items}
        self._failed = False
        session.config.pluginmanager.register(self)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notice a failure."""
        self._failed = self._failed or report.failed

    def run(self, wanted: Iterable[str], usual: Mapping[str, float] | None = None) -> int:
        """Run these until one fails. What takes far longer than usual ends the process, and counts as noticed."""
        return SURVIVED if all(self._passes(name, usual) for name in wanted) else KILLED

    def learn(self, watch: Coverage, notes: Path) -> int:
        """Run everything on the sound program and note what there is to know."""
        known = Known()
        for name in self._items:
            forget()
            watch.switch_context(name)
            began = time.process_time()
            if self.run([name]) == KILLED:
                return KILLED
            known.seconds[name] = time.process_time() - began
        watch.stop()
        data = watch.get_data()
        for path in data.measured_files():
            known.walked[path] = {line: set(tests) for line, tests in data.contexts_by_lineno(path).items()}
        notes.write_bytes(msgspec.json.encode(known))
        return SURVIVED

    def _passes(self, name: str, usual: Mapping[str, float] | None) -> bool:
        if usual is not None:
            signal.setitimer(signal.ITIMER_PROF, _PATIENCE + 10 * usual[name])
        item = self._items[name]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return not self._failed


Find = Callable[[], Tests]
"""Loads the tests, and with them the program. Raises `CollectError` where it cannot."""


class CollectError(Exception):
    """A file of tests cannot be read."""


class _Stage:
    """Takes over from pytest where it is set up and would begin to look for tests."""

    def __init__(self, work: Callable[[Find], int]) -> None:
        self._work = work
        self.status = KILLED

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        def find() -> Tests:
            session.perform_collect()
            if session.testsfailed:
                raise CollectError
            return Tests(session)

        self.status = self._work(find)
        return True

    def pytest_runtestloop(self) -> bool:
        return True


def set_up(folders: Sequence[str], work: Callable[[Find], int]) -> int:
    """Set up pytest for these tests, hand over to the work, and return what it comes to."""
    for name in _SHARED:
        import_module(name)
    stage = _Stage(work)
    pytest.main([*_PLAIN, *_WITHOUT, *folders], plugins=[stage])
    return stage.status


def forked(work: Callable[[], int], *, seconds: float, quiet: bool = True) -> int:
    """Do something in a process of its own and return its status. What takes too long, or crashes, is KILLED."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return status if status >= 0 else KILLED
    status = KILLED
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        if quiet:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
        status = work()
    except BaseException:  # noqa: BLE001  # whatever it is, it is noticed
        traceback.print_exc()
    finally:
        os._exit(status)
