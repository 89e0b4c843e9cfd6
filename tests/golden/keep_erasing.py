"""Writes a further ledger: the facts about content that is gone. It was run once, with `python -m tests.golden.keep_erasing`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from remit.core import facts as f
from remit.core.types import ProposalId
from remit.store import tables as t
from tests.store.small_house import START, FrozenClock, begin, hold, opened, rows

LEDGER = Path(__file__).parent / "ledger-erasing.jsonl"


def keep_erasing() -> None:
    """Write it line by line."""
    facts = (
        f.Erased(record="contact/p1", by="dana", proposals=(ProposalId("p1"),), contents=1),
        f.Erased(
            record="contact/p2", by="dana", proposals=(), contents=0, blocked=2, systems={"crm": "cannot", "sandbox": "forgotten"}
        ),
        f.ContentsSwept(what="arguments", before=START, contents=12),
    )
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), FrozenClock()) as store:
        store.write_now(begin)
        store.write_now(hold("p1"))
        store.write_now(lambda tx: [tx.record(fact, actor="person:dana") for fact in facts])
        lines = [{"body": row["body"].decode(), "leaf": row["leaf"].hex()} for row in rows(store.engine, t.facts)]
    LEDGER.write_text("".join(json.dumps(line) + "\n" for line in lines[-len(facts) :]), encoding="utf-8")


if __name__ == "__main__":
    keep_erasing()
