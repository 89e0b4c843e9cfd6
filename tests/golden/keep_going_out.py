"""Writes a further ledger: what is put off, called off, and agreed before a stop ends. Run once, as the module's name says."""

from __future__ import annotations

import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from remit.core import facts as f
from remit.core.types import Answer, Level, ProposalId, Role
from remit.store import tables as t
from tests.store.small_house import START, FrozenClock, begin, hold, opened, rows

LEDGER = Path(__file__).parent / "ledger-going-out.jsonl"


def keep_going_out() -> None:
    """Write it line by line."""
    p1, p2, due = ProposalId("p1"), ProposalId("p2"), START + timedelta(days=1)
    approves: dict[str, Any] = {"proposal": p1, "answer": Answer.APPROVE, "seen": "s", "due_at": due, "batch": "b1"}
    facts: tuple[f.Fact, ...] = (
        f.Answered(**approves, by="dana", roles=(Role.REVIEWER,), missing=1),
        f.Answered(**approves, by="ravi", roles=(Role.RISK,), loss_ppm=0, as_requester=True),
        f.Released(proposal=p1),
        f.Started(proposal=p1, key="p1:1", policy_digest="d"),
        f.Deferred(proposal=p1, due_at=due, detail="too many requests"),
        f.Cancelled(proposal=p2, by="dana", reason_code="not_needed"),
        f.StopOrdered(scope="agent:ada", by="dana", reason="odd"),
        f.StopLiftAsked(scope="agent:ada", by="ines", reason="mended", level=Level.EXECUTE),
        f.StopLifted(scope="agent:ada", by="ravi", reason="mended", level=Level.RECOMMEND, agreed_by=("ines", "ravi")),
    )
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), FrozenClock()) as store:
        store.write_now(begin)
        store.write_now(hold("p1"))
        store.write_now(hold("p2"))
        store.write_now(lambda tx: [tx.record(fact, actor="person:dana") for fact in facts])
        lines = [{"body": row["body"].decode(), "leaf": row["leaf"].hex()} for row in rows(store.engine, t.facts)]
    LEDGER.write_text("".join(json.dumps(line) + "\n" for line in lines[-len(facts) :]), encoding="utf-8")


if __name__ == "__main__":
    keep_going_out()
