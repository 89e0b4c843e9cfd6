"""How absences, notices, imports and reviewer care move: one row each, from being set to being over."""

from __future__ import annotations

from typing import Any, Protocol

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from remit.core import facts as f
from remit.core.facts import CareFact, Entry, ImportFact, IncidentFact, NoticeFact
from remit.store import tables as t


class Rows(Protocol):
    """What these projections need of a transaction."""

    def execute(self, statement: sa.Executable, **values: Any) -> None:
        """Run one rare statement, after everything that came before it."""


def project_absence(tx: Rows, fact: f.AbsenceSet | f.AbsenceEnded) -> None:
    """Move who is away."""
    if isinstance(fact, f.AbsenceEnded):
        tx.execute(sa.delete(t.absences).where(t.absences.c.person == fact.person, t.absences.c.since == fact.since))
        return
    row = {"person": fact.person, "since": fact.since, "until": fact.until, "delegate": fact.delegate}
    tx.execute(insert(t.absences).values(row).on_conflict_do_update(index_elements=["person", "since"], set_=row))


def project_import(tx: Rows, entry: Entry, fact: ImportFact) -> None:
    """Move what is in, and how things stood before."""
    match fact:
        case f.Imported():
            told = {name: getattr(fact, name) for name in ("batch", "rows", "left_out", "digest", "by")}
            tx.execute(t.imports.insert().values(told | {"what": str(fact.what), "at": entry.at}))
        case f.BaselineSet():
            row = {"use_case": fact.use_case, "metric": fact.metric, "value_micro": fact.value_micro}
            where = ["use_case", "metric"]
            tx.execute(insert(t.baselines).values(row).on_conflict_do_update(index_elements=where, set_=row))


def project_care(tx: Rows, entry: Entry, fact: CareFact) -> None:
    """Move whose answers count, and who was told what is looked at."""
    moved: dict[str, Any]
    match fact:
        case f.AnswersDiscounted():
            moved = {"discounted": True}
        case f.AnswersCounted():
            moved = {"discounted": False, "counted_at": entry.at}
        case f.CareTold():
            moved = {"told": fact.mode}
    row = {"person": fact.person, "told": "", "discounted": False} | moved
    tx.execute(insert(t.care).values(row).on_conflict_do_update(index_elements=["person"], set_=moved))


def project_incident(tx: Rows, entry: Entry, fact: IncidentFact) -> None:
    """Move incidents, and when what was tried out last."""
    match fact:
        case f.IncidentOpened():
            told = {name: getattr(fact, name) for name in ("incident", "use_case")}
            lists = {"proposals": orjson.dumps(fact.proposals), "violations": orjson.dumps(fact.violations)}
            words = {"severity": str(fact.severity), "owner": str(fact.owner), "closed_by": ""}
            opened = {"opened_at": entry.at, "opened_by": fact.by}
            tx.execute(t.incidents.insert().values(told | lists | words | opened))
        case f.IncidentClosed():
            closed = sa.update(t.incidents).where(t.incidents.c.incident == fact.incident)
            tx.execute(closed.values(closed_at=entry.at, closed_by=fact.by))
        case f.Drilled():
            row = {"what": str(fact.what), "use_case": fact.use_case, "at": entry.at, "passed": fact.passed, "told": False}
            tx.execute(insert(t.drills).values(row).on_conflict_do_update(index_elements=["what", "use_case"], set_=row))
        case f.DrillDue():
            here = sa.update(t.drills).where(t.drills.c.what == str(fact.what), t.drills.c.use_case == fact.use_case)
            tx.execute(here.values(told=True))
        case f.IncidentNoted():
            pass  # what was written lies in the contents


def project_notice(tx: Rows, entry: Entry, fact: NoticeFact) -> None:
    """Move what is to be told, or was."""
    here = sa.update(t.notices).where(t.notices.c.notice == fact.notice)
    match fact:
        case f.NoticeWritten():
            tx.execute(t.notices.insert().values(_row(entry, fact)))
        case f.NoticeSent():
            tx.execute(here.values(next_at=None, ended_at=entry.at, detail=""))
        case f.NoticeFailed():
            tx.execute(here.values(next_at=fact.next_at, tries=t.notices.c.tries + 1, detail=fact.detail))
        case f.NoticeDropped():
            tx.execute(here.values(next_at=None, ended_at=entry.at, dropped=fact.why))


def _row(entry: Entry, fact: f.NoticeWritten) -> dict[str, Any]:
    told = {name: getattr(fact, name) for name in ("notice", "person", "channel", "use_case", "count", "soon", "mine", "due_at")}
    begun = {"written_at": entry.at, "next_at": fact.not_before, "tries": 0, "ended_at": None, "dropped": "", "detail": ""}
    return told | begun | {"kind": str(fact.kind)}
