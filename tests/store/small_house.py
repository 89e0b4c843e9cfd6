"""A data folder to try the store on: a clock that moves when told, ids that count, a policy, and the facts of one action."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from remit.core import facts as f
from remit.core.gate import GateInput, Reason
from remit.core.policy import CATALOGUE, digest_of
from remit.core.types import Answer, Level, Operation, ProposalId, UseCaseId, Verdict
from remit.ports import Writing
from remit.store.sqlite import FILE, SqliteStore, open_store
from tests.changed import replace

START = datetime(2026, 3, 4, 12, tzinfo=UTC)
DESK = UseCaseId("desk")
TAGGING, WRITING, NOTING = Operation("contact.tag.add"), Operation("contact.field.update"), Operation("note.create")
AGENT, VERSION = "otto", "v1"


@dataclass(kw_only=True)
class FrozenClock:
    """A clock that moves when told."""

    moment: datetime = field(default=START)

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def move(self, **by: float) -> None:
        """Move forward."""
        self.moment += timedelta(**by)


class CountedIds:
    """Ids that count up, so that one story told twice is the same to the byte."""

    def __init__(self, first: int = 1) -> None:
        """Begin at a number; a folder that was written to before needs a higher one."""
        self._numbers = itertools.count(first)

    def new(self) -> str:
        """Return the next id; they sort in order of time."""
        return f"{next(self._numbers):08}"

    def salt(self) -> bytes:
        """Return 16 bytes that nobody would guess who does not read this."""
        return hashlib.sha256(self.new().encode()).digest()[:16]


# --------------------------------------------------------------------------------------------------------------------- folders


@cache
def _migrated() -> bytes:
    """Return an empty store's file; it is migrated once and copied, because that takes longer than most tests."""
    with tempfile.TemporaryDirectory() as name:
        open_store(Path(name), FrozenClock(), CountedIds()).close()
        return (Path(name) / FILE).read_bytes()


@contextmanager
def opened(folder: Path, clock: FrozenClock | None = None, *, first: int = 1) -> Iterator[SqliteStore]:
    """Open a store for writing; a folder without one gets an empty one."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        (folder / FILE).write_bytes(_migrated())
    store = open_store(folder, clock or FrozenClock(), CountedIds(first))
    try:
        yield store
    finally:
        store.close()


def rows(engine: sa.Engine, table: sa.Table) -> list[dict[str, Any]]:
    """Return every row of a table, in the order it was written."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def in_file(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """Change a closed database file behind everybody's back."""
    connection = sqlite3.connect(path)
    with connection:
        for statement, values in statements:
            connection.execute(statement, values)
    connection.close()


# ------------------------------------------------------------------------------------------------------------------- documents


def charter(limits: Mapping[str, Any] | None = None, **evidence: Any) -> dict[str, Any]:
    """Write a charter under which a level is earned with three clean answers and lost with a few bad ones."""
    return {
        "limits": dict(limits or {}),
        "use_case": DESK,
        "title": "The desk",
        "goal": "Keep what was promised",
        "owner": "tests",
        "non_negotiables": ["nothing is done twice"],
        "connector": "sandbox",
        "starts_at": 2,
        "highest_level": 3,
        "windows": {"people": {"kind": "contact", "fields": ["job", "region"]}},
        "operations": {
            TAGGING: {"arguments": ["contact", "tag"], "values": {"tag": ["vip", "gold", "new"]}},
            WRITING: {"arguments": ["contact", "region"]},
            NOTING: {"arguments": ["contact", "text"]},
        },
        "evidence": {
            "tolerance": 0.4,
            "why": "any would do",
            "alpha": 0.6,
            "miss_rate": 0.0,
            "run_length": 10,
            "qa_rate": 0.3,
            "detect_days": 10_000,
            "cluster": {"key": ["record", "argument:tag"], "items": 1, "why": "each its own guess"},
            **evidence,
        },
    }


def documents(limits: Mapping[str, Any] | None = None, **evidence: Any) -> dict[str, str]:
    """Write a catalogue of three operations and one charter."""
    plain = {
        "kind": "act",
        "stage": "execute_low_risk",
        "why": "It may start an automation.",
        "undo": {"how": "Put back what was there.", "capture": ["before"], "residue": "What was started."},
        "reach": {"unit": "records"},
        "personal_data": "indirect",
        "contacts_person": False,
        "guardrails": [],
    }
    mild = {**plain, "narrow": "low, easy", "narrow_when": ["one_record", "no_listeners"]}
    actions = {
        TAGGING: {"name": "Add a tag", "mode": "execute", "wide": "medium, partial", **mild},
        WRITING: {"name": "Write a field", "mode": "approve", "wide": "medium, easy", **plain},
        NOTING: {"name": "Write a note", "mode": "execute", "wide": "medium, easy", **mild},
    }
    return {CATALOGUE: json.dumps({"actions": actions}), f"charter:{DESK}": json.dumps(charter(limits, **evidence))}


# ----------------------------------------------------------------------------------------------------------------------- facts


def adopted(number: int = 1, **evidence: Any) -> f.PolicyAdopted:
    """Return the fact that puts the documents into force."""
    texts = documents(**evidence)
    return f.PolicyAdopted(number=number, digest=digest_of(texts), documents=texts)


def proposed(name: str, **changes: Any) -> f.Proposed:
    """Return an ask for one tag."""
    plain = f.Proposed(
        proposal=ProposalId(name),
        use_case=DESK,
        operation=TAGGING,
        agent=AGENT,
        version=VERSION,
        call_id=f"call {name}",
        trial=1,
        cluster=f"contact/{name}",
        draw_ppm=500_000,
        record=f"contact/{name}",
    )
    return replace(plain, **changes)


def decided(name: str, verdict: Verdict = Verdict.HOLD, *, counts: bool = True, at: datetime = START) -> f.Decided:
    """Return the gate's answer."""
    return f.Decided(
        proposal=ProposalId(name),
        verdict=verdict,
        reasons=(Reason(code="level_table", floor=verdict, values={"level": "2"}),),
        given=GateInput(use_case=DESK, operation=TAGGING, granted=Level.RECOMMEND),
        policy_digest=adopted().digest,
        seen="arguments=1",
        counts=counts,
        due_at=at + timedelta(hours=24),
    )


def answered(name: str, answer: Answer = Answer.APPROVE, *, loss_ppm: int | None = 0, at: datetime = START) -> f.Answered:
    """Return Ann's answer."""
    due = at + timedelta(seconds=8)
    return f.Answered(proposal=ProposalId(name), answer=answer, by="ann", seen="arguments=1", due_at=due, loss_ppm=loss_ppm)


def begin(tx: Writing) -> None:
    """Record the policy and one agent version."""
    tx.record(adopted(), actor="person:ann")
    tx.record(f.KeyIssued(agent=AGENT, version=VERSION, use_cases=(DESK,), key_digest="k1"), actor="person:ann")
    tx.record(f.TrialStarted(use_case=DESK, operation=TAGGING, version=VERSION, trial=1), actor="person:ann")


def hold(name: str, contents: Mapping[str, Any] | None = None) -> Callable[[Writing], str]:
    """Return the work that records a held proposal and returns the id of its first fact."""

    def work(tx: Writing) -> str:
        fact = tx.record(
            proposed(name), actor=f"agent:{AGENT}", contents=contents or {"arguments": {"contact": name, "tag": "vip"}}
        )
        tx.record(decided(name), actor="remit")
        return fact

    return work
