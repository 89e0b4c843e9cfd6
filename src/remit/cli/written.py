"""Reads the documents people give to a command, and says of each what is wrong with it, with file, line and place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from remit.core.catalogue import CatalogueEntry
from remit.core.catalogue_reading import read_catalogue
from remit.core.charter_review import Finding, Surroundings, review
from remit.core.document_faults import Fault, Way
from remit.core.document_kinds import KINDS, DocumentKind, document_faults, kind_of
from remit.core.policy import CATALOGUE
from remit.core.types import Operation
from remit.errors import NotFound, RuleError
from remit.wire import CONNECTED, SystemClock, packaged_documents
from remit.yaml_text import Place, Written, read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One sentence about one place of a file: an error, or a finding that is none."""

    line: int
    column: int
    way: Way
    code: str
    found: str
    do: str

    @property
    def place(self) -> str:
        """Name the entry as people do; items of a list are counted from 1."""
        return " / ".join(f"item {part + 1}" if isinstance(part, int) else part for part in self.way)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One file: what it is, its value where it can be read, and what there is to say about it."""

    file: str
    kind: str = ""
    name: str = ""
    value: Any = None
    plain: Any = None
    errors: tuple[Remark, ...] = ()
    findings: tuple[Remark, ...] = ()
    places: Written | None = field(default=None, repr=False)


def today() -> date:
    """Return the day that charters are read on."""
    return SystemClock().now().date()


@cache
def catalogue() -> dict[Operation, CatalogueEntry]:
    """Return the catalogue that ships."""
    return read_catalogue(json.loads(packaged_documents()[CATALOGUE]))


def text_of(path: Path) -> str:
    """Read a file. Raises `NotFound` where there is none that can be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise NotFound(asked=f"file {path}", found=found, do="Name a YAML file that you may read") from error


def check_files(paths: Iterable[Path]) -> list[Checked]:
    """Check every file, and charters beside the risk statement, brands and packs that come with them."""
    read = [_check_file(path) for path in paths]
    beside = _surroundings(read)
    return [_reviewed(one, beside) for one in _told_apart(read)]


def reviewed_text(text: str, *, source: str) -> Checked:
    """Check one document by itself, and say what a reviewer would."""
    found = check_text(text, source=source)
    return _reviewed(found, _surroundings([found]))


def _check_file(path: Path) -> Checked:
    try:
        return check_text(text_of(path), source=str(path))
    except NotFound as error:
        return Checked(file=str(path), errors=(_whole("no_such_file", error.found, error.do),))


def _whole(code: str, found: str, do: str, place: Place | None = None) -> Remark:
    at = place or Place(line=1, column=1)
    return Remark(line=at.line, column=at.column, way=(), code=code, found=found, do=do)


def check_text(text: str, *, source: str) -> Checked:
    """Check one document by itself."""
    try:
        written = read_yaml(text, source=source)
    except RuleError as error:
        found = error.found.removeprefix(f"line {error.line}, column {error.column}: ")
        place = Place(line=error.line or 1, column=error.column or 1)
        return Checked(file=source, errors=(_whole("no_yaml", found, error.do, place),))
    kind = kind_of(written.value)
    if kind is None:
        found, do = (
            "it is none of the documents Remit knows",
            f"Begin with one: {', '.join(KINDS)}. `remit charter new` writes one",
        )
        return Checked(file=source, errors=(_whole("unknown_document", found, do),))
    return _checked(written, kind, source)


def _checked(written: Written, kind: DocumentKind, source: str) -> Checked:
    errors = sorted((_error(fault, written) for fault in document_faults(written.value, kind)), key=lambda one: one.line)
    value = None if errors else kind.read(written.value)
    name = str(written.value.get(kind.called, ""))
    return Checked(file=source, kind=kind.name, name=name, value=value, plain=written.value, errors=tuple(errors), places=written)


def _error(fault: Fault, written: Written) -> Remark:
    place = written.place(fault.way)
    return Remark(
        line=place.line, column=place.column, way=fault.way, code="cannot_be_read", found=fault.found.rstrip(), do=fault.do
    )


def _told_apart(read: list[Checked]) -> Iterator[Checked]:
    """Refuse a second document of one name: it would silently take the first one's place."""
    seen: dict[tuple[str, str], str] = {}
    for one in read:
        key = (one.kind, one.name if one.kind != "risk-statement" else "")
        if one.value is not None and key in seen:
            remark = _whole("named_twice", f"{seen[key]} is the {one.kind} {one.name} already", "Keep one of them, or rename one")
            yield Checked(file=one.file, kind=one.kind, name=one.name, errors=(remark,))
            continue
        seen.setdefault(key, one.file)
        yield one


def _surroundings(read: list[Checked]) -> Surroundings:
    def of(kind: str) -> list[Checked]:
        return [one for one in read if one.kind == kind and one.value is not None]

    statements, brands, packs = of("risk-statement"), of("brand"), of("pack")
    return Surroundings(
        catalogue=catalogue(),
        connected=CONNECTED,
        statement=statements[0].value if statements else None,
        brands=frozenset(one.name for one in brands) if brands else None,
        packs=frozenset(one.name for one in packs) if packs else None,
        today=today(),
    )


def _reviewed(one: Checked, beside: Surroundings) -> Checked:
    if one.kind != "charter" or one.value is None or one.places is None:
        return one
    remarks = sorted((_finding(found, one.places) for found in review(one.value, beside)), key=lambda remark: remark.line)
    return Checked(file=one.file, kind=one.kind, name=one.name, value=one.value, plain=one.plain, findings=tuple(remarks))


def _finding(found: Finding, written: Written) -> Remark:
    place = written.place(found.way)
    return Remark(line=place.line, column=place.column, way=found.way, code=found.code, found=found.found, do=found.do)
