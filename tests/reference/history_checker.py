"""A second opinion on a history: from the exported ledger, the CRM's own file and what clients wrote down.

It knows the standard library alone and shares no code with what it checks. Its rules are written from the description of the
lifecycle, and it names every fault.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Fact = dict[str, Any]

LEGAL: dict[str, str] = {
    "": "Proposed",
    "proposed": "Decided",
    "blocked": "",
    "drafted": "Reminded Escalated Claimed Unclaimed Answered Cancelled Lapsed Withdrawn Blocked",
    "held": "Seeded Reminded Escalated Claimed Unclaimed Answered TakenBack HeldAgain Blocked Cancelled Lapsed Withdrawn",
    "seeded": "Reminded Escalated Claimed Unclaimed Answered Blocked Lapsed",
    "shadowed": "Reminded Escalated Claimed Unclaimed Answered Blocked Lapsed Withdrawn",
    "leaving": "TakenBack HeldAgain Blocked Cancelled Released",
    "released": "Started Halted HeldAgain Blocked Postponed",
    "stopped": "Unhalted Withdrawn Blocked Cancelled",
    "started": "Done Failed Unclear HeldAgain Deferred",
    "unclear": "Done Failed",
    "done": "UndoAsked Observed",
    "undoing": "UndoStarted Undone UndoFailed UndoUnclear Deferred Observed",
    "undo_unclear": "Undone UndoFailed Observed",
    "ended": "Observed",
}
"""Which kinds of fact may follow in which state."""

LEADS = {
    "Proposed": "proposed",
    "Lapsed": "ended",
    "Withdrawn": "ended",
    "Blocked": "ended",
    "Cancelled": "ended",
    "TakenBack": "held",
    "Seeded": "seeded",
    "HeldAgain": "held",
    "Unhalted": "held",
    "Released": "released",
    "Postponed": "leaving",
    "Halted": "stopped",
    "Started": "started",
    "Done": "done",
    "Failed": "ended",
    "Unclear": "unclear",
    "UndoAsked": "undoing",
    "UndoStarted": "undoing",
    "Undone": "ended",
    "UndoFailed": "ended",
    "UndoUnclear": "undo_unclear",
}
STAYS = ("Reminded", "Escalated", "Claimed", "Unclaimed")
VERDICTS = ("leaving", "held", "drafted", "ended")  # allow, hold, draft, block
ANSWERS = {"approve": "leaving", "approve_edited": "leaving", "later": ""}


@dataclass(slots=True)
class Story:
    """What the ledger says of one proposal, as far as it was read."""

    proposal: str
    state: str = ""
    permitted: bool = False
    asked: Fact = field(default_factory=dict)
    starts: list[str] = field(default_factory=list)
    done_key: str = ""
    record: str = ""
    undone: bool = False
    residue: frozenset[str] = frozenset()
    was_unclear: bool = False


@dataclass(slots=True)
class Report:
    """What was found: every fault in words, and the figures."""

    faults: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)


def check(export: Path, crm: Path, journals: Iterable[Path]) -> Report:
    """Check a history and say what is wrong with it."""
    report = Report()
    facts = list(_facts(export))
    stories = _read(facts, report)
    with closing(sqlite3.connect(f"file:{crm}?mode=ro", uri=True)) as file:
        _effects(file, stories, report)
        _records(file, stories, report)
        entries = [json.loads(line) for path in journals for line in path.read_text(encoding="utf-8").splitlines()]
        _tags(file, stories, entries, report)
    _journals(facts, entries, report)
    report.figures["proposals"] = len(stories)
    return report


def _facts(export: Path) -> Iterator[tuple[int, str, Fact]]:
    with export.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            if "seq" in told:
                body = json.loads(told["body"])
                yield told["seq"], body["kind"], body["fact"]


# --------------------------------------------------------------------------------------------------------------- the ledger


def _read(facts: Iterable[tuple[int, str, Fact]], report: Report) -> dict[str, Story]:
    stories: dict[str, Story] = {}
    calls: Counter[tuple[str, str]] = Counter()
    stops: set[str] = set()
    for seq, kind, fact in facts:
        if kind == "StopOrdered":
            stops.add(fact["scope"])
        elif kind == "StopLifted":
            stops.discard(fact["scope"])
        elif "proposal" in fact and kind in {*LEADS, *STAYS, "Decided", "Answered", "Deferred", "Observed"}:
            story = stories.setdefault(fact["proposal"], Story(proposal=fact["proposal"]))
            if kind == "Proposed":
                calls[fact["agent"], fact["call_id"]] += 1
            _step(story, seq, kind, fact, stops, report)
    report.faults += [f"call {call} of {agent} became {many} proposals" for (agent, call), many in calls.items() if many > 1]
    for story in stories.values():
        if story.state in {"started", "released", "undoing"}:
            report.faults.append(f"{story.proposal} is left {story.state}")
        report.figures["unclear now"] += story.state in {"unclear", "undo_unclear"}
        report.figures["unclear settled"] += story.was_unclear and story.state not in {"unclear", "undo_unclear"}
    return stories


def _step(story: Story, seq: int, kind: str, fact: Fact, stops: set[str], report: Report) -> None:
    if kind not in LEGAL[story.state].split():
        report.faults.append(f"fact {seq}: {kind} of {story.proposal}, which is {story.state or 'nothing'}")
    if kind == "Proposed":
        story.asked = fact
    if kind == "Started":
        _start(story, seq, fact, stops, report)
    _permit(story, kind, fact)
    story.was_unclear |= kind in {"Unclear", "UndoUnclear"}
    report.figures["cut off and sent again"] += kind == "Deferred"
    report.figures["cut off and looked up"] += kind == "Done" and fact.get("by_look_up", False)
    if kind == "Done":
        story.done_key, story.record = (story.starts or [""])[-1], fact.get("record", "")
    if kind == "Undone":
        story.undone, story.residue = True, frozenset(fact.get("residue", {}))
    story.state = _after(story.state, kind, fact)


def _after(state: str, kind: str, fact: Fact) -> str:
    if kind == "Decided":
        if fact.get("shadow") and VERDICTS[fact["verdict"]] != "blocked":
            return "ended" if fact["shadow"] == "same" else "shadowed"
        return VERDICTS[fact["verdict"]]
    if kind == "Deferred":
        return "leaving" if state == "started" else "undoing"
    if kind == "Answered":
        there = ANSWERS.get(fact["answer"], "ended")
        if state in {"seeded", "shadowed"}:
            return "ended" if there else state
        return state if not there or (there == "leaving" and fact.get("missing", 0)) else there
    return state if kind in {"Observed", *STAYS} else LEADS[kind]


def _permit(story: Story, kind: str, fact: Fact) -> None:
    """Keep whether it may be carried out: an `allow`, or every approval that it takes, and nothing against it since."""
    if kind == "Decided":
        story.permitted = fact["verdict"] == 0 and not fact.get("shadow")
    elif kind == "Answered" and fact["answer"] != "later":
        story.permitted = fact["answer"] in {"approve", "approve_edited"} and not fact.get("missing", 0)
    elif kind in {"TakenBack", "HeldAgain", "Blocked", "Lapsed", "Withdrawn", "Cancelled", "Halted", "Unhalted"}:
        story.permitted = False


def _start(story: Story, seq: int, fact: Fact, stops: set[str], report: Report) -> None:
    if not story.permitted:
        report.faults.append(f"fact {seq}: {story.proposal} started without an approval or an allow")
    reached = {"everything", f"use_case:{story.asked.get('use_case')}", f"agent:{story.asked.get('agent')}"} & stops
    if reached:
        report.faults.append(f"fact {seq}: {story.proposal} started under the stop of {', '.join(sorted(reached))}")
    story.starts.append(fact["key"])


# ------------------------------------------------------------------------------------------------------------------- the CRM


def _effects(file: sqlite3.Connection, stories: dict[str, Story], report: Report) -> None:
    done: Counter[str] = Counter()
    for key, effect in file.execute("SELECT key, effect FROM effects"):
        proposal, _, what = key.rpartition(":")
        if effect != "done":
            continue
        report.figures["effects"] += 1
        done[f"{proposal} {'undo' if what == 'undo' else 'do'}"] += 1
        story = stories.get(proposal)
        if story is None or (what != "undo" and key not in story.starts):
            report.faults.append(f"effect {key} has no intent in the ledger")
        elif what != "undo" and story.state != "unclear" and story.done_key != key:
            report.faults.append(f"effect {key} is there, and the ledger says {story.state}")
    for what, many in done.items():
        if many > 1:
            report.faults.append(f"{what} happened {many} times")
            report.figures["duplicate effects"] += many - 1
    changes = Counter(key for (key,) in file.execute("SELECT key FROM changes WHERE key IS NOT NULL"))
    report.faults += [f"key {key} changed {many} things" for key, many in changes.items() if many > 1]
    for story in stories.values():
        if story.done_key and not done[f"{story.proposal} do"]:
            report.faults.append(f"the ledger says that {story.proposal} was done, and no effect is there")


def _records(file: sqlite3.Connection, stories: dict[str, Story], report: Report) -> None:
    """Compare which records carry the effect of which action: tags are unique to a proposal here, and so are new records."""
    there = {f"{kind}/{name}" for kind, name in file.execute("SELECT kind, id FROM records WHERE removed = 0")}
    for story in stories.values():
        if story.asked.get("operation") != "task.create" or not story.done_key or story.state == "undo_unclear":
            continue
        gone = story.undone and "record" not in story.residue
        if (story.record in there) == gone:
            report.faults.append(f"{story.record} of {story.proposal} is {'still' if gone else 'not'} there")


def _tags(file: sqlite3.Connection, stories: dict[str, Story], entries: Iterable[Fact], report: Report) -> None:
    """Compare which contacts carry the tag that one proposal alone asked for."""
    fields = {name: json.loads(kept) for name, kept in file.execute("SELECT id, fields FROM records WHERE kind = 'contact'")}
    for entry in entries:
        story = stories.get(entry.get("proposal", ""))
        if "tag" not in entry or story is None or story.state in {"unclear", "undo_unclear"}:
            continue
        wanted = bool(story.done_key) and (not story.undone or f"tag:{entry['tag']}" in story.residue)
        if (f"tag:{entry['tag']}" in fields.get(entry["contact"], {})) != wanted:
            report.faults.append(f"tag {entry['tag']} of {story.proposal} is {'not' if wanted else 'still'} there")


# ---------------------------------------------------------------------------------------------------------------- the clients


_FACT_OF = {"propose": "Proposed", "answer": "Answered", "take back": "TakenBack", "withdraw": "Withdrawn", "undo": "UndoAsked"}


def _journals(facts: Iterable[tuple[int, str, Fact]], entries: Iterable[Fact], report: Report) -> None:
    """Find every acknowledged wish in the ledger, as often as it was acknowledged."""
    recorded = Counter((kind, *_which(kind, fact)) for _, kind, fact in facts if kind in _FACT_OF.values())
    told: Counter[tuple[str, ...]] = Counter()
    for entry in entries:
        if entry["said"] == "told" and entry["ok"]:
            kind = _FACT_OF[entry["what"]]
            told[kind, *_which(kind, entry)] += 1
            report.figures["acknowledged"] += 1
    for what, many in told.items():
        if recorded[what] < (1 if what[0] == "Proposed" else many):
            report.faults.append(f"acknowledged and not in the ledger: {' '.join(what)}")
            report.figures["lost"] += 1


def _which(kind: str, told: Fact) -> tuple[str, ...]:
    if kind == "Proposed":
        return (told["proposal"], told["call_id"])
    return (told["proposal"], told["answer"]) if kind == "Answered" else (told["proposal"],)
