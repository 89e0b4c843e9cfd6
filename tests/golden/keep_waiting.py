"""Writes a further ledger: what waits and asks, who is away, what people are told. Run once, as the module's name says."""

from __future__ import annotations

import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from remit.core import facts as f
from remit.core.drill import DrillKind
from remit.core.import_kind import ImportKind
from remit.core.notice import NoticeKind
from remit.core.types import OwnerRole, ProposalId
from remit.core.violation import Severity
from remit.store import tables as t
from tests.golden.plainly import plain
from tests.store.small_house import DESK, START, TAGGING, FrozenClock, begin, hold, opened, rows

HERE = Path(__file__).parent
LEDGER, SHOWN = HERE / "ledger-waiting.jsonl", HERE / "shown-waiting.json"
TABLES = ("absences", "notices", "imports", "baselines", "care", "incidents", "drills")


def facts() -> tuple[f.Fact, ...]:
    """Return what is kept, in its order."""
    p1, due, soon = ProposalId("p1"), START + timedelta(days=1), START + timedelta(hours=1)
    told: dict[str, Any] = {"kind": NoticeKind.REMINDER, "not_before": soon, "use_case": DESK, "count": 2, "due_at": due}
    return (
        f.Reminded(proposal=p1, asked=("dana", "ravi"), due_at=due),
        f.Claimed(proposal=p1, by="dana", until=soon, due_at=due),
        f.Claimed(proposal=p1, by="ravi", until=soon, due_at=due, from_whom="dana"),
        f.Unclaimed(proposal=p1, by="ravi", due_at=due),
        f.Escalated(proposal=p1, role=OwnerRole.RISK, channel="ops", asked=("ines",), due_at=due),
        f.AbsenceSet(person="dana", since=START, until=due, delegate="ravi"),
        f.AbsenceSet(person="ines", since=START, until=due),
        f.AbsenceEnded(person="ines", since=START),
        f.NoticeWritten(notice="n1", person="dana", channel="mail", **told),
        f.NoticeWritten(notice="n2", person="", channel="ops", **told),
        f.NoticeWritten(
            notice="n3", person="ravi", channel="mail", kind=NoticeKind.DIGEST, not_before=soon, count=4, soon=1, mine=2
        ),
        f.NoticeFailed(notice="n1", next_at=due, detail="the channel did not answer in time"),
        f.NoticeSent(notice="n2"),
        f.NoticeDropped(notice="n3", why="a newer digest says more"),
        f.Imported(batch="b1", what=ImportKind.HISTORY, rows=12, left_out=1, digest="d" * 64, by="dana"),
        f.BaselineSet(use_case=DESK, metric="minutes", value_micro=6_500_000, by="dana"),
        f.LessonsRead(use_case=DESK, operation=TAGGING, agent="ada", version="v1", about=("p1",)),
        f.Seeded(proposal=p1, by="ines", case="c1", due_at=due),
        f.CareTold(person="dana", mode="individual", keep_days=90),
        f.AnswersDiscounted(person="dana", caught=0, missed=4),
        f.AnswersCounted(person="dana", by="ines"),
        f.AnswersDiscounted(person="ravi", caught=1, missed=6),
        f.IncidentOpened(
            incident="i1",
            use_case=DESK,
            severity=Severity.HIGH,
            owner=OwnerRole.RISK,
            by="ines",
            proposals=(p1,),
            violations=("v1",),
        ),
        f.IncidentNoted(incident="i1", use_case=DESK, by="dana"),
        f.IncidentClosed(incident="i1", use_case=DESK, by="ines"),
        f.Drilled(what=DrillKind.ESCALATION, use_case=DESK, passed=True, by="ines", steps=("risk: ravi asked; reached ravi",)),
        f.DrillDue(what=DrillKind.ESCALATION, use_case=DESK, asked=("ines",)),
        f.ViolationEscalated(violation="v1", use_case=DESK, asked=("ines",)),
    )


def keep_waiting() -> None:
    """Write it line by line, and what it shows beside it."""
    kept = facts()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), FrozenClock()) as store:
        store.write_now(begin)
        store.write_now(hold("p1"))
        store.write_now(lambda tx: [tx.record(fact, actor="person:dana") for fact in kept])
        lines = [{"body": row["body"].decode(), "leaf": row["leaf"].hex()} for row in rows(store.engine, t.facts)]
        shown = {name: [plain(row) for row in rows(store.engine, t.METADATA.tables[name])] for name in TABLES}
    LEDGER.write_text("".join(json.dumps(line) + "\n" for line in lines[-len(kept) :]), encoding="utf-8")
    SHOWN.write_text(json.dumps(shown, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    keep_waiting()
