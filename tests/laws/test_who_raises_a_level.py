"""No level rises without the facts that justify it: every kind of fact is told to a store, every line that writes one found."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.core import facts as f
from remit.core.facts import KINDS
from remit.core.types import Level
from remit.errors import RemitError
from remit.ports import Writing
from remit.store.sqlite import SqliteStore
from tests.laws.random_values import any_record
from tests.store.small_house import DESK, TAGGING, VERSION, begin, opened

SOURCE = Path(remit.__file__).parent
OPENS = {"GrantOffered": {"flow/judge.py"}, "Granted": {"flow/grant.py"}}
"""Where each fact on the way to a level is written, and nowhere else."""
LIFTS = {"Measured": {"flow/measure.py", "flow/try_out.py"}, "StopLifted": {"flow/stop.py"}, "Certified": {"flow/certify.py"}}
"""The same for what lifts a ceiling, or lets an approval be skipped."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    with opened(tmp_path_factory.mktemp("raises") / "data") as found:
        found.write_now(begin)
        yield found


class _NeverMindError(Exception):
    """Ends a transaction, so that the next fact finds the store as it was."""


def _about_the_desk(fact: Any) -> Any:
    """Turn a fact to the operation and version at hand, as far as it names any."""
    there = {"use_case": DESK, "operation": TAGGING, "version": VERSION, "trial": 1}
    return msgspec.structs.replace(fact, **{name: value for name, value in there.items() if hasattr(fact, name)})


def _told(store: SqliteStore, *facts: Any) -> Level | None:
    """Return the level after these facts, None where they are refused; nothing of it stays."""
    found: list[Level] = []

    def work(tx: Writing) -> None:
        for fact in facts:
            tx.record(fact, actor="person:olga")
        found.append(tx.grant(DESK, TAGGING).level)
        raise _NeverMindError

    with pytest.raises((_NeverMindError, RemitError, Exception)):
        store.write_now(work)
    return found[0] if found else None


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"PolicyAdopted"}))
@given(data=st.data())
def test_no_fact_alone_raises_a_level(store: SqliteStore, name: str, data: st.DataObject) -> None:
    fact = _about_the_desk(data.draw(any_record(KINDS[name])))
    assert (_told(store, fact) or Level.OFF) <= Level.RECOMMEND


def test_an_offer_and_its_grant_raise_one_and_another_grant_does_not(store: SqliteStore) -> None:
    of: dict[str, Any] = {"use_case": DESK, "operation": TAGGING, "version": VERSION, "evidence": {}}
    offer = f.GrantOffered(**of, trial=1, level=Level.EXECUTE)
    granted = f.Granted(**of, level=Level.EXECUTE, until=None, signed_by=("ines", "ravi"))
    assert _told(store, offer, granted) is Level.EXECUTE
    assert _told(store, granted) is None
    assert _told(store, offer, msgspec.structs.replace(granted, level=Level.OPTIMISE)) is None
    begun = f.TrialStarted(use_case=DESK, operation=TAGGING, version=VERSION, trial=2)
    assert _told(store, offer, begun, granted) is None, "the trial it was earned in ended"


@pytest.mark.parametrize(("fact", "files"), [*OPENS.items(), *LIFTS.items()])
def test_only_one_verb_writes_it(fact: str, files: set[str]) -> None:
    assert set(_writers(fact)) == files


def _writers(fact: str) -> Iterator[str]:
    """Name every file in which a fact is built: called by its name, or by its name in a module."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if name == fact:
                    yield path.relative_to(SOURCE).as_posix()
