"""Opens an incident over actions and violations, takes notes on it, closes it, and brings all that is known into one report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.core import facts as f
from remit.core.facts import Entry
from remit.core.incident import Happened, Incident, IncidentReport
from remit.core.types import ProposalId, UseCaseId
from remit.core.violation import Severity, owner_of
from remit.errors import Conflict, InvalidInput, NotFound
from remit.ports import House, Reading, Writing

MOST = 1000
_TELLS = {"StopOrdered", "StopLifted", "LevelLost", "Granted", "PolicyAdopted"}
"""What belongs into a timeline though it is about no action: it changed what was possible meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What somebody says when she opens an incident."""

    use_case: UseCaseId
    title: str
    severity: Severity
    by: str
    proposals: tuple[ProposalId, ...] = ()
    violations: tuple[str, ...] = ()


async def open_incident(house: House, opening: Opening) -> Incident:
    """Open an incident. Raises `InvalidInput` without a title, `NotFound` for what it names and is not there."""
    if not opening.title.strip() or len(opening.proposals) > MOST:
        found = "no title" if not opening.title.strip() else f"{len(opening.proposals)} proposals"
        raise InvalidInput(asked="an incident", found=found, do=f"Give a title, and at most {MOST} proposals")
    return await house.store.write(lambda tx: _open(house, tx, opening))


def _open(house: House, tx: Writing, opening: Opening) -> Incident:
    charter = tx.policy().charters.get(opening.use_case)
    if charter is None:
        known = ", ".join(sorted(tx.policy().charters))
        raise NotFound(asked=f"an incident of {opening.use_case}", found=f"these charters: {known}", do="Name one of them")
    violations = [tx.violation(one) for one in opening.violations]
    named = [*opening.proposals, *(one.proposal for one in violations if one.proposal is not None)]
    proposals = tuple(tx.existing(one).proposal for one in dict.fromkeys(named))
    fact = f.IncidentOpened(
        incident=house.ids.new(),
        use_case=opening.use_case,
        severity=opening.severity,
        owner=owner_of(charter),
        by=opening.by,
        proposals=proposals,
        violations=opening.violations,
    )
    tx.record(fact, actor=f"person:{opening.by}", contents={"title": opening.title})
    return tx.incident(fact.incident)


async def note(house: House, incident: str, *, by: str, text: str, close: bool = False) -> Incident:
    """Write something about an incident, and close it if that is the end. Raises `Conflict` for one that is closed."""
    if not text.strip():
        raise InvalidInput(asked=f"a note on incident {incident}", found="no note", do="Say what was found, or what came of it")
    return await house.store.write(lambda tx: _note(tx, incident, by, text, close=close))


def _note(tx: Writing, incident: str, by: str, text: str, *, close: bool) -> Incident:
    found = tx.incident(incident)
    if found.closed_at is not None:
        raise Conflict(asked=f"a note on incident {incident}", found=f"closed by {found.closed_by}", do="Open another")
    kind = f.IncidentClosed if close else f.IncidentNoted
    fact = kind(incident=incident, use_case=found.use_case, by=by)
    tx.record(fact, actor=f"person:{by}", contents={"note": text})
    return tx.incident(incident)


def report(house: House, incident: str) -> IncidentReport:
    """Bring together what is known: its actions as they stand, its violations, and everything that happened to them, in order."""
    with house.store.read() as reading:
        found = reading.incident(incident)
        written = reading.facts_about([f"incident:{incident}"])
        actions = reading.actions(found.proposals)
        return IncidentReport(
            incident=found,
            title=_content(reading, written[0], "title"),
            notes=tuple(filter(None, (_content(reading, one, "note") for one in written[1:]))),
            actions=tuple(actions[one] for one in found.proposals),
            violations=tuple(reading.violation(one) for one in found.violations),
            timeline=tuple(_timeline(reading, found, written)),
        )


def _content(reading: Reading, entry: Entry, name: str) -> str:
    return str(reading.content(entry.id, name) or "")


def _timeline(reading: Reading, found: Incident, written: Sequence[Entry]) -> Iterator[Happened]:
    """Walk what happened to its actions, and what changed meanwhile what was possible."""
    about = reading.facts_about(found.proposals)
    begins = about[0].at if about else found.opened_at
    ends = found.closed_at
    beside = [
        entry
        for entry in reading.facts(kinds=sorted(_TELLS), limit=MOST)
        if entry.at >= begins and (ends is None or entry.at <= ends) and _concerns(entry, found)
    ]
    for entry in sorted([*about, *beside, *written], key=lambda one: one.seq):
        yield Happened(at=entry.at, what=type(entry.fact).__name__, actor=entry.actor, about=_subject(entry))


def _concerns(entry: Entry, found: Incident) -> bool:
    use_case = getattr(entry.fact, "use_case", None)
    return use_case in {None, found.use_case}


def _subject(entry: Entry) -> str:
    named = (getattr(entry.fact, name, None) for name in ("proposal", "incident", "scope", "operation"))
    return str(next(filter(None, named), ""))
