"""An import in its steps: a file comes in, is checked whole, and only then taken in. What is cut off is forgotten."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remit.core.import_kind import ImportKind
from remit.core.import_rows import Reading, Rejected, Row, reading, rows
from remit.errors import Conflict, InvalidInput, NotFound, RemitError, TooLarge
from remit.flow.take_in import Incoming, Intake, take_in
from remit.ports import House

MOST_BYTES = 500_000_000
ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")
_MOST_TOLD, _PREVIEW, _TELL_EVERY, _MOST_JOBS = 10_000, 5, 2000, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a file is to be read. `names` says which column of the file a column is, `numbers` which further ones hold numbers."""

    kind: ImportKind
    names: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str = "utf-8"
    numbers: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Job:
    """One import: where it stands, and what the check found. `fault` is what ended it."""

    batch: str
    options: Options
    by: str
    path: Path
    stage: str = "waiting"
    done: int = 0
    of: int = 0
    how: Reading | None = None
    total: int = 0
    rejected: int = 0
    told: list[Rejected] = field(default_factory=list)
    preview: list[Row] = field(default_factory=list)
    digest: str = ""
    taken: int = 0
    fault: RemitError | None = None
    work: asyncio.Task[None] | None = None

    def shown(self) -> dict[str, Any]:
        """Show where it stands as plain values."""
        how = self.how
        columns = [] if how is None else [(theirs, ours.name if ours else None) for theirs, ours in _pairs(how)]
        return {
            "batch": self.batch,
            "what": str(self.options.kind),
            "stage": self.stage,
            "done": self.done,
            "of": self.of,
            "delimiter": None if how is None else how.delimiter,
            "columns": [{"file": theirs, "column": ours} for theirs, ours in columns],
            "rows": self.total,
            "fit": self.total - self.rejected,
            "rejected": self.rejected,
            "rejections": [{"line": one.line, "column": one.column, "why": one.why} for one in self.told],
            "preview": [dict(row) for row in self.preview],
            "taken": self.taken,
        }


def _pairs(how: Reading) -> Iterator[tuple[str, Any]]:
    return zip(how.header, how.columns, strict=True)


class Imports:
    """The imports that are under way. Their files lie in a folder of their own, which only the owner can read."""

    def __init__(self, folder: Path, intake: Intake) -> None:
        """Begin with none; what an earlier process left is removed."""
        self._folder, self._intake = folder, intake
        self._jobs: dict[str, Job] = {}
        for left in folder.glob("*.csv"):
            left.unlink(missing_ok=True)

    def begin(self, batch: str, options: Options, by: str) -> Job:
        """Begin an import; its file comes next. Raises `InvalidInput` for an encoding or a delimiter nobody writes."""
        if options.encoding not in ENCODINGS:
            do = f"Name one of {', '.join(ENCODINGS)}"
            raise InvalidInput(asked=f"encoding {options.encoding}", found="no encoding of tables", do=do)
        if options.delimiter is not None and len(options.delimiter) != 1:
            raise InvalidInput(asked="a delimiter", found=ascii(options.delimiter), do="Give one letter, such as ;")
        for old in [one for one in self._jobs.values() if one.stage != "importing"][:-_MOST_JOBS]:
            self.forget(old)  # whoever began it went away
            self._jobs.pop(old.batch, None)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        job = Job(batch=batch, options=options, by=by, path=self._folder / f"{batch}.csv")
        self._jobs[batch] = job
        return job

    def job(self, batch: str, by: str) -> Job:
        """Return an import of hers. Raises `NotFound`, or what ended it."""
        found = self._jobs.get(batch)
        if found is None or found.by != by:
            raise NotFound(asked=f"import {batch}", found="no such import of yours", do="Begin it again: nothing was imported")
        if found.fault is not None:
            self.forget(found)
            raise found.fault
        return found

    async def receive(self, job: Job, body: AsyncIterator[bytes]) -> None:
        """Take the file and begin to check it. Raises `TooLarge`."""
        size = 0
        digest = hashlib.sha256()
        with job.path.open("wb") as file:
            job.path.chmod(0o600)
            async for part in body:
                size += len(part)
                if size > MOST_BYTES:
                    self.forget(job)
                    raise too_large(size)
                file.write(part)
                digest.update(part)
        job.digest, job.of, job.stage = digest.hexdigest(), size, "checking"
        job.work = asyncio.create_task(self._run(job, asyncio.to_thread(_check, job)))

    def commit(self, job: Job, house: House, *, skip_rejected: bool) -> None:
        """Begin to take it in. Raises `Conflict` before it was checked, `InvalidInput` where rows do not fit."""
        if job.stage != "checked":
            raise Conflict(asked=f"importing {job.options.kind}", found=f"it is {job.stage}", do="Wait until it is checked")
        try:
            refuse_unfit(job, skip_rejected=skip_rejected)
        except InvalidInput:
            self.forget(job)
            raise
        job.stage, job.done, job.of = "importing", 0, job.total - job.rejected
        job.work = asyncio.create_task(self._run(job, self._take_in(job, house)))

    async def _take_in(self, job: Job, house: House) -> None:
        def tell(done: int) -> None:
            job.done = done

        incoming = Incoming(
            batch=job.batch,
            kind=job.options.kind,
            digest=job.digest,
            left_out=job.rejected,
            by=job.by,
            rows=lambda: (row for row in _rows(job) if not isinstance(row, Rejected)),
        )
        job.taken = await take_in(house, incoming, self._intake, tell)
        job.stage, job.done = "done", job.of
        self.forget(job)

    async def _run(self, job: Job, work: Any) -> None:
        try:
            await work
        except RemitError as error:
            job.fault = error

    def forget(self, job: Job) -> None:
        """Remove the file; of an import that is not through, remove everything."""
        job.path.unlink(missing_ok=True)
        if job.stage != "done":
            self._jobs.pop(job.batch, None)


def too_large(size: int) -> TooLarge:
    """Return the error for a file that is too large."""
    found = f"{size // 1_000_000:,} MB"
    return TooLarge(asked="importing a file", found=found, do=f"Split it: at most {MOST_BYTES // 1_000_000} MB at once")


def refuse_unfit(job: Job, *, skip_rejected: bool) -> None:
    """Raise `InvalidInput` where rows were rejected and nobody said to leave them out, or where nothing is left."""
    asked = f"importing {job.total} {job.options.kind}"
    if job.total == job.rejected:
        raise InvalidInput(asked=asked, found="no row that fits", do="Correct the file; nothing was imported")
    if job.rejected and not skip_rejected:
        first = job.told[0]
        where = f"line {first.line}{', ' + first.column if first.column else ''}: {first.why}"
        do = "Correct them, or leave them out with --skip-rejected; nothing was imported"
        raise InvalidInput(asked=asked, found=f"{job.rejected} rows that do not fit, the first in {where}", do=do)


def _check(job: Job) -> None:
    """Read the whole file once and keep what was found."""
    for found in _rows(job):
        job.total += 1
        if isinstance(found, Rejected):
            job.rejected += 1
            if len(job.told) < _MOST_TOLD:
                job.told.append(found)
        elif len(job.preview) < _PREVIEW:
            job.preview.append(found)
    job.stage, job.done = "checked", job.of


def _rows(job: Job) -> Iterator[Row | Rejected]:
    """Walk the rows of the file. Raises `InvalidInput` for no text in that encoding, or a header that will not do."""
    lines = _lines(job)
    header = next(lines, "")
    options = job.options
    job.how = reading(
        options.kind, header.rstrip("\r\n"), delimiter=options.delimiter, names=options.names, numbers=options.numbers
    )
    for _, found in rows(job.how, lines):
        yield found


def _lines(job: Job) -> Iterator[str]:
    encoding, number, read = job.options.encoding, 0, 0
    _refuse_other_encoding(job)
    try:
        with job.path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
            for number, line in enumerate(file, start=1):  # an error names the line after the last good one
                read += len(line)
                if number % _TELL_EVERY == 0 and job.stage == "checking":
                    job.done = min(read, job.of)
                yield line
    except UnicodeDecodeError as error:
        do = "Save it as CSV UTF-8, or say what it is: --encoding cp1252 for files of older spreadsheets"
        raise InvalidInput(
            asked="reading the file", found=f"line {number + 1} or a later one is not {encoding}", do=do
        ) from error


def _refuse_other_encoding(job: Job) -> None:
    with job.path.open("rb") as file:
        begins = file.read(4096)
    marked = begins.startswith((b"\xff\xfe", b"\xfe\xff"))
    if marked and job.options.encoding != "utf-16":
        raise InvalidInput(asked="reading the file", found="a text in UTF-16", do="Say so: --encoding utf-16")
    if b"\x00" in begins and not marked:
        raise InvalidInput(asked="reading the file", found="something that is no text", do="Export the table as CSV")
