"""Writes a further ledger: golden cases, certificates, a version beside another. Run once, as the module's name says."""

from __future__ import annotations

import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from remit.core import facts as f
from remit.core.types import ProposalId
from remit.store import tables as t
from tests.golden.plainly import plain
from tests.store.small_house import DESK, START, TAGGING, FrozenClock, begin, hold, opened, rows

HERE = Path(__file__).parent
LEDGER, SHOWN = HERE / "ledger-levels.jsonl", HERE / "shown-levels.json"
TABLES = ("suite_runs",)


def facts() -> tuple[f.Fact, ...]:
    """Return what is kept, in its order."""
    p1, later = ProposalId("p1"), START + timedelta(days=90)
    of: dict[str, Any] = {"use_case": DESK, "operation": TAGGING, "version": "v1", "trial": 1}
    return (
        f.SuiteRun(use_case=DESK, version="v1", suite="0123456789abcdef", passed=3, failed=("a name",), by="dana"),
        f.SuiteRun(use_case=DESK, version="v1", suite="0123456789abcdef", passed=4, failed=(), by="dana"),
        f.ClusterClosed(
            **of,
            cluster="certificate c1",
            loss_ppm=500_000,
            items=(p1,),
            miss_ppm=123_456,
            graded=(f.Graded(confidence_ppm=900_000, loss_ppm=500_000),),
        ),
        f.Certified(**of, threshold_ppm=900_000, suite="0123456789abcdef", until=later, evidence={"observations": 120}),
    )


def keep_levels() -> None:
    """Write it line by line, and what it shows beside it."""
    kept = facts()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), FrozenClock()) as store:
        store.write_now(begin)
        store.write_now(hold("p1"))
        store.write_now(lambda tx: [tx.record(fact, actor="remit") for fact in kept])
        lines = [{"body": row["body"].decode(), "leaf": row["leaf"].hex()} for row in rows(store.engine, t.facts)]
        shown = {name: [plain(row) for row in rows(store.engine, t.METADATA.tables[name])] for name in TABLES}
    LEDGER.write_text("".join(json.dumps(line) + "\n" for line in lines[-len(kept) :]), encoding="utf-8")
    SHOWN.write_text(json.dumps(shown, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    keep_levels()
