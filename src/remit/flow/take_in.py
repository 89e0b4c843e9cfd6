"""Takes a checked table in: all of it or nothing. History is kept apart from evidence, and named so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Protocol

from remit.core import facts as f
from remit.core.edit import size_ppm
from remit.core.import_kind import ImportKind
from remit.core.import_rows import Row
from remit.core.types import ProposalId, Record, UseCaseId, Value
from remit.errors import InvalidInput, NotFound
from remit.flow.observe import Outcome, observe_one
from remit.ports import House, Writing
from remit.ports.import_port import PastRow

PPM = 1_000_000
_AT_ONCE = 10_000
Tell = Callable[[int], None]


class Intake(Protocol):
    """A connected system that takes records in from outside, all or none."""

    def put(self, records: Iterable[tuple[Record, Mapping[str, Value]]], *, by: str, at: datetime) -> int:
        """Create or update many records. Returns how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A table that was checked: its rows can be walked as often as is needed."""

    batch: str
    kind: ImportKind
    digest: str
    left_out: int
    by: str
    rows: Callable[[], Iterator[Row]]


async def take_in(house: House, incoming: Incoming, intake: Intake, tell: Tell) -> int:
    """Take a table in and say so in the ledger. Returns how many rows. Raises `NotFound` for what it names and is not there."""
    match incoming.kind:
        case ImportKind.CONTACTS:
            return await _contacts(house, incoming, intake, tell)
        case ImportKind.OUTCOMES:
            return await house.store.write(partial(_outcomes, house, incoming, tell))
        case ImportKind.BASELINE:
            return await house.store.write(partial(_baselines, incoming))
        case ImportKind.HISTORY:
            return await _history(house, incoming, tell)


async def _contacts(house: House, incoming: Incoming, intake: Intake, tell: Tell) -> int:
    at, by = house.clock.now(), f"import:{incoming.batch}"
    records = (_contact(row) for row in _counted(incoming.rows(), tell))
    count = await asyncio.to_thread(intake.put, records, by=by, at=at)
    await house.store.write(lambda tx: _say(tx, incoming, count))
    return count


def _contact(row: Row) -> tuple[Record, dict[str, Value]]:
    fields = dict(row)
    return Record(kind="contact", id=str(fields.pop("id"))), fields


def _outcomes(house: House, incoming: Incoming, tell: Tell, tx: Writing) -> int:
    """Record every outcome; one that was recorded already stays once."""
    count = 0
    for row in _counted(incoming.rows(), tell):
        proposal, kind = ProposalId(str(row["proposal"])), str(row["kind"])
        if tx.action(proposal) is None:
            raise NotFound(asked="importing outcomes", found=f"no proposal {proposal}", do="Correct it; nothing was imported")
        if (proposal, kind) in tx.observed(proposal):
            continue
        outcome = Outcome(proposal=proposal, kind=kind, loss_ppm=_ppm(row.get("loss")))
        observe_one(house, tx, outcome, f"person:{incoming.by}")
        count += 1
    _say(tx, incoming, count)
    return count


def _ppm(share: Value) -> int | None:
    return round(share * PPM) if isinstance(share, int | float) else None


def _baselines(incoming: Incoming, tx: Writing) -> int:
    known, count = tx.policy().charters, 0
    for row in incoming.rows():
        use_case = UseCaseId(str(row["use_case"]))
        if use_case not in known:
            do = f"Name one of {', '.join(sorted(known))}; nothing was imported"
            raise NotFound(asked="importing baselines", found=f"no use case {use_case}", do=do)
        value = round(float(str(row["value"])) * PPM)
        if abs(value) >= 2**53:
            raise InvalidInput(asked="importing baselines", found="a value of more than nine billion", do="Use a larger unit")
        fact = f.BaselineSet(use_case=use_case, metric=str(row["metric"]), value_micro=value, by=incoming.by)
        tx.record(fact, actor=f"person:{incoming.by}")
        count += 1
    _say(tx, incoming, count)
    return count


async def _history(house: House, incoming: Incoming, tell: Tell) -> int:
    """Keep the rows in parts that nobody sees, until the fact that says they are all there."""
    await house.store.write(lambda tx: tx.drop_unfinished())
    rows, count = incoming.rows(), 0
    while part := await asyncio.to_thread(lambda: [_past(row) for row in islice(rows, _AT_ONCE)]):
        await house.store.write(partial(_keep, incoming.batch, count, part))
        count += len(part)
        tell(count)
    await house.store.write(lambda tx: _say(tx, incoming, count))
    return count


def _keep(batch: str, first: int, part: Sequence[PastRow], tx: Writing) -> None:
    tx.keep_history(batch, first, part)


def _past(row: Row) -> PastRow:
    draft, final = row.get("draft"), row.get("final")
    minutes = row.get("minutes")
    both = isinstance(draft, str) and isinstance(final, str)
    return PastRow(
        use_case=UseCaseId(str(row["use_case"])),
        operation=str(row["operation"]),
        at=datetime.fromisoformat(str(row["at"])),
        answer=str(row["answer"]),
        seconds=round(float(minutes) * 60) if isinstance(minutes, int | float) else None,
        edit_ppm=size_ppm({"text": draft}, {"text": final}) if both else None,
        record=None if row.get("record") is None else str(row["record"]),
        reason=str(row.get("reason") or ""),
        draft=draft if isinstance(draft, str) else None,
        final=final if isinstance(final, str) else None,
    )


def _say(tx: Writing, incoming: Incoming, count: int) -> None:
    fact = f.Imported(
        batch=incoming.batch,
        what=incoming.kind,
        rows=count,
        left_out=incoming.left_out,
        digest=incoming.digest,
        by=incoming.by,
    )
    tx.record(fact, actor=f"person:{incoming.by}")


def _counted(rows: Iterator[Row], tell: Tell) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number % _AT_ONCE == 0:
            tell(number)
        yield row
