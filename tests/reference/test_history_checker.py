"""The history checker knows a good history, names every fault that is planted in one, and is a stranger to what it checks."""

from __future__ import annotations

import ast
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.reference import history_checker
from tests.reference.history_checker import Report, check

Told = tuple[str, dict[str, Any]]


@dataclass
class History:
    """A small history: one action allowed and done, one approved, done and undone, one rejected."""

    facts: list[Told] = field(default_factory=list)
    effects: list[tuple[str, str]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    records: set[str] = field(default_factory=set)
    journal: list[dict[str, Any]] = field(default_factory=list)
    tagged: str = '{"tag:t1": true}'

    def at(self, kind: str, proposal: str) -> int:
        """Return the place of the first fact of a kind about a proposal."""
        return next(at for at, (name, fact) in enumerate(self.facts) if name == kind and fact.get("proposal") == proposal)

    def written(self, folder: Path) -> Report:
        """Write it down as the product and its clients would, and check it."""
        lines: list[dict[str, Any]] = [{"format": "remit-ledger/1"}]
        for seq, (kind, fact) in enumerate(self.facts, 1):
            lines.append({"seq": seq, "body": json.dumps({"kind": kind, "fact": fact})})
        (folder / "ledger.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (folder / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in self.journal))
        with closing(sqlite3.connect(folder / "crm.db")) as file, file:
            file.execute("CREATE TABLE effects (key TEXT, effect TEXT)")
            file.execute("CREATE TABLE changes (key TEXT)")
            file.execute("CREATE TABLE records (kind TEXT, id TEXT, removed INTEGER, fields TEXT)")
            file.executemany("INSERT INTO effects VALUES (?, ?)", self.effects)
            file.executemany("INSERT INTO changes VALUES (?)", [(key,) for key in self.changes])
            file.executemany("INSERT INTO records VALUES (?, ?, 0, ?)", [(*one.split("/"), self.tagged) for one in self.records])
        return check(folder / "ledger.jsonl", folder / "crm.db", [folder / "journal.jsonl"])


def asked(name: str, verdict: int) -> list[Told]:
    """Tell of a proposal and its decision."""
    proposed = {"proposal": name, "use_case": "crm", "operation": "task.create", "agent": "ada", "call_id": f"call {name}"}
    return [("Proposed", proposed), ("Decided", {"proposal": name, "verdict": verdict})]


def good() -> History:
    """Return a history without a fault."""

    def went(name: str) -> list[Told]:
        done = {"proposal": name, "record": f"task/{name}"}
        return [("Released", {"proposal": name}), ("Started", {"proposal": name, "key": f"{name}:1"}), ("Done", done)]

    history = History()
    history.facts += [*asked("p1", 0), *went("p1")]
    history.facts += [*asked("p2", 1), ("Answered", {"proposal": "p2", "answer": "approve"}), *went("p2")]
    history.facts += [
        ("UndoAsked", {"proposal": "p2"}),
        ("UndoStarted", {"proposal": "p2", "key": "p2:undo"}),
        ("Undone", {"proposal": "p2"}),
    ]
    history.facts += [*asked("p3", 1), ("Answered", {"proposal": "p3", "answer": "reject"})]
    history.effects = [("p1:1", "done"), ("p2:1", "done"), ("p2:undo", "done")]
    history.changes = ["p1:1", "p2:1", "p2:undo"]
    history.records = {"task/p1", "contact/c1"}
    for name in ("p1", "p2", "p3"):
        history.journal.append({"what": "propose", "said": "told", "ok": True, "proposal": name, "call_id": f"call {name}"})
    history.journal[0] |= {"contact": "c1", "tag": "t1"}
    history.journal.append({"what": "answer", "said": "asked", "proposal": "p2", "answer": "approve"})
    history.journal.append({"what": "answer", "said": "told", "ok": True, "proposal": "p2", "answer": "approve"})
    history.journal.append({"what": "undo", "said": "told", "ok": True, "proposal": "p2"})
    return history


def test_a_good_history_has_no_fault_and_its_figures(tmp_path: Path) -> None:
    report = good().written(tmp_path)
    assert report.faults == []
    assert (report.figures["proposals"], report.figures["effects"], report.figures["acknowledged"]) == (3, 3, 5)


def test_an_undo_of_which_nobody_knows_is_no_fault(tmp_path: Path) -> None:
    history = good()
    history.facts[history.at("Undone", "p2")] = ("UndoUnclear", {"proposal": "p2"})
    assert history.written(tmp_path).faults == []


def test_what_an_undo_says_it_left_is_no_fault(tmp_path: Path) -> None:
    history = good()
    history.records.add("task/p2")
    history.facts[history.at("Undone", "p2")][1]["residue"] = {"record": "kept because it was changed since"}
    assert history.written(tmp_path).faults == []


def without(kind: str, proposal: str) -> Callable[[History], None]:
    """Leave out a fact."""

    def leave_out(history: History) -> None:
        history.facts.pop(history.at(kind, proposal))

    return leave_out


def stop_before(proposal: str) -> Callable[[History], None]:
    """Order a stop right before something starts."""
    return lambda history: history.facts.insert(history.at("Started", proposal), ("StopOrdered", {"scope": "agent:ada"}))


PLANTED: dict[str, tuple[Callable[[History], object], str]] = {
    "a lost proposal": (lambda h: h.facts.__delitem__(slice(h.at("Proposed", "p3"), None)), "not in the ledger: Proposed p3"),
    "a lost answer": (
        lambda h: h.journal.append({"what": "answer", "said": "told", "ok": True, "proposal": "p3", "answer": "approve"}),
        "not in the ledger: Answered p3 approve",
    ),
    "an answer acknowledged twice": (lambda h: h.journal.append(h.journal[-2]), "not in the ledger: Answered p2"),
    "a lost undo": (lambda h: h.journal.append({**h.journal[-1], "proposal": "p1"}), "not in the ledger: UndoAsked p1"),
    "two proposals of one call": (
        lambda h: h.facts.extend([("Proposed", {**h.facts[0][1], "proposal": "p9"})]),
        "became 2 proposals",
    ),
    "an effect twice": (lambda h: h.effects.append(("p1:2", "done")), "p1 do happened 2 times"),
    "one key that changed twice": (lambda h: h.changes.append("p1:1"), "changed 2 things"),
    "an effect without an intent": (lambda h: h.effects.append(("p3:1", "done")), "no intent"),
    "an effect that the ledger does not know": (without("Done", "p1"), "p1:1 is there, and the ledger says"),
    "a done without an effect": (lambda h: h.effects.pop(0), "p1 was done, and no effect is there"),
    "an effect without an approval": (without("Answered", "p2"), "started without an approval"),
    "an effect after a rejection": (
        lambda h: h.facts.extend([("Released", {"proposal": "p3"}), ("Started", {"proposal": "p3", "key": "p3:1"})]),
        "Released of p3, which is ended",
    ),
    "an effect after it was taken back": (
        lambda h: h.facts.insert(h.at("Released", "p2"), ("TakenBack", {"proposal": "p2"})),
        "started without an approval",
    ),
    "an effect with an approval missing": (
        lambda h: h.facts[h.at("Answered", "p2")][1].update(missing=1),
        "started without an approval",
    ),
    "an effect under a stop": (stop_before("p1"), "under the stop of agent:ada"),
    "an illegal order": (without("Released", "p1"), "Started of p1, which is leaving"),
    "an intent without an end": (without("Done", "p1"), "p1 is left started"),
    "a tag that is gone": (lambda h: setattr(h, "tagged", "{}"), "tag t1 of p1 is not there"),
    "a tag that nobody approved": (
        lambda h: h.journal[3].update(proposal="p3", tag="t1", contact="c1"),
        "tag t1 of p3 is still there",
    ),
    "a record that is gone": (lambda h: h.records.discard("task/p1"), "task/p1 of p1 is not there"),
    "a record that came back": (lambda h: h.records.add("task/p2"), "task/p2 of p2 is still there"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_named(tmp_path: Path, name: str) -> None:
    plant, wanted = PLANTED[name]
    history = good()
    plant(history)
    assert any(wanted in fault for fault in history.written(tmp_path).faults)


def test_a_stop_that_was_lifted_is_over(tmp_path: Path) -> None:
    history = good()
    history.facts[:0] = [("StopOrdered", {"scope": "everything"}), ("StopLifted", {"scope": "everything"})]
    assert history.written(tmp_path).faults == []


def test_what_is_unclear_is_counted_and_may_have_happened(tmp_path: Path) -> None:
    history = good()
    at = history.at("Done", "p1")
    history.facts[at] = ("Unclear", {"proposal": "p1"})
    report = history.written(tmp_path)
    assert (report.faults, report.figures["unclear now"]) == ([], 1)


def test_it_shares_no_code_with_what_it_checks() -> None:
    nodes = list(ast.walk(ast.parse(Path(history_checker.__file__).read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
