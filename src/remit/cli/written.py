"""Reads the documents people give to a command, and says of each what is wrong with it, with file, line and place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from remit.core.catalogue import CatalogueEntry
from remit.core.catalogue_reading import read_catalogue
from remit.core.charter_finding import Finding, Surroundings
from remit.core.charter_review import review
from remit.core.document_faults import Fault, Way
from remit.core.document_kinds import DocumentKind, document_faults, kind_of
from remit.core.field_map import FieldMap, read_field_map
from remit.core.pack import Pack, read_pack
from remit.core.policy import CATALOGUE
from remit.core.types import Operation
from remit.errors import NotFound, RuleError
from remit.wire import CONNECTED, packaged_documents
from remit.yaml_text import Place, Written, read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One sentence about one place of a file, or about all of it where no line is named: an error, or a finding."""

    line: int | None
    column: int | None
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
    """One file: what it is, its value where it can be read, and what there is to say about it.

    `document` is what it is called in a policy.
    """

    file: str
    kind: str = ""
    name: str = ""
    document: str = ""
    value: Any = None
    plain: Any = None
    errors: tuple[Remark, ...] = ()
    findings: tuple[Remark, ...] = ()
    places: Written | None = field(default=None, repr=False)

    def with_findings(self, found: Iterable[Finding]) -> Checked:
        """Return it with findings, each at its line."""
        if self.places is None:
            return self
        remarks = [_remark(one.way, one.code, one.found, one.do, self.places) for one in found]
        return replace(self, findings=tuple(sorted(remarks, key=_line_of)))


@cache
def catalogue() -> dict[Operation, CatalogueEntry]:
    """Return the catalogue that ships."""
    return read_catalogue(json.loads(packaged_documents()[CATALOGUE]))


@cache
def shipped_packs() -> dict[str, Pack]:
    """Return the packs that ship, by name."""
    found = {name: json.loads(text) for name, text in packaged_documents().items() if name.startswith("pack:")}
    return {name.removeprefix("pack:"): read_pack(plain, source=name) for name, plain in found.items()}


@cache
def _shipped_maps() -> dict[str, FieldMap]:
    found = {name: json.loads(text) for name, text in packaged_documents().items() if name.startswith("map:")}
    return {name.removeprefix("map:"): read_field_map(plain, source=name) for name, plain in found.items()}


def check_files(paths: Iterable[Path]) -> list[Checked]:
    """Check every file, and charters beside what comes with them and what ships."""
    read = read_files(paths)
    beside = _surroundings(read)
    return [one.with_findings(review(one.value, beside)) if one.kind == "charter" and one.value else one for one in read]


def read_files(paths: Iterable[Path]) -> list[Checked]:
    """Read every file and find what keeps it from being a document; whoever knows its surroundings reviews it."""
    return list(_told_apart([_read_file(path) for path in paths]))


def documents_of(read: Iterable[Checked]) -> dict[str, str]:
    """Return the documents as a policy holds them: JSON text by name."""
    return {one.document: json.dumps(one.plain, sort_keys=True) for one in read}


def _read_file(path: Path) -> Checked:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return _no_document(str(path), "no_text", "it is not UTF-8 text", "Name a YAML file")
    except IsADirectoryError:
        return _no_document(str(path), "a_folder", "it is a folder", "Name the files in it")
    except OSError as error:
        found = error.strerror or str(error)
        code = "no_such_file" if isinstance(error, FileNotFoundError) else "not_readable"
        return _no_document(str(path), code, found, "Name a YAML file that you may read")
    return check_text(text, source=str(path))


def _no_document(file: str, code: str, found: str, do: str, place: Place | None = None) -> Checked:
    line, column = (None, None) if place is None else (place.line, place.column)
    return Checked(file=file, errors=(Remark(line=line, column=column, way=(), code=code, found=found, do=do),))


def text_of(path: Path) -> str:
    """Read a file. Raises `NotFound` where there is none that can be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise NotFound(asked=f"file {path}", found=found, do="Name a YAML file that you may read") from error


_BEGIN = "Begin it with use_case (a charter), organisation (a risk statement), pack, brand or map; `remit charter new` writes one"


def check_text(text: str, *, source: str) -> Checked:
    """Check one document by itself."""
    try:
        written = read_yaml(text, source=source)
    except RuleError as error:
        found = error.found.removeprefix(f"line {error.line}, column {error.column}: ")
        return _no_document(source, "no_yaml", found, error.do, Place(line=error.line or 1, column=error.column or 1))
    kind = kind_of(written.value)
    if kind is not None:
        return _checked(written, kind, source)
    if written.value is None:
        return _no_document(source, "empty", "the file is empty", _BEGIN)
    found = "it is none of the documents Remit knows"
    return _no_document(source, "unknown_document", found, _BEGIN, Place(line=1, column=1))


def _checked(written: Written, kind: DocumentKind, source: str) -> Checked:
    errors = sorted((_error(fault, written) for fault in document_faults(written.value, kind)), key=_line_of)
    name = kind.name_in(written.value)
    return Checked(
        file=source,
        kind=kind.name,
        name=name,
        document=kind.document(name),
        value=None if errors else kind.read(written.value),
        plain=written.value,
        errors=tuple(errors),
        places=written,
    )


def _error(fault: Fault, written: Written) -> Remark:
    return _remark(fault.way, "cannot_be_read", fault.found.rstrip(), fault.do, written)


def _remark(way: Way, code: str, found: str, do: str, written: Written) -> Remark:
    place = written.place(way)
    return Remark(line=place.line, column=place.column, way=way, code=code, found=found, do=do)


def _line_of(remark: Remark) -> int:
    return remark.line or 0


def _told_apart(read: list[Checked]) -> Iterator[Checked]:
    """Refuse a second document of one name: it would silently take the first one's place."""
    seen: dict[str, str] = {}
    for one in read:
        if one.value is not None and one.document in seen:
            found = f"{seen[one.document]} is the {spoken(one)} already"
            remark = Remark(line=1, column=1, way=(), code="named_twice", found=found, do="Keep one of them, or rename one")
            yield replace(one, value=None, errors=(remark,))
            continue
        if one.document:
            seen.setdefault(one.document, one.file)
        yield one


def spoken(one: Checked) -> str:
    """Name a document as people do: `charter lead-enrichment`."""
    return f"{one.kind.replace('-', ' ')} {one.name}".rstrip()


def _surroundings(read: list[Checked]) -> Surroundings:
    """Return what charters are read beside: what was given, and what ships."""

    def of(kind: str) -> dict[str, Any]:
        return {one.name: one.value for one in read if one.kind == kind and one.value is not None}

    statements, catalogues = ([*of(kind).values()] for kind in ("risk-statement", "catalogue"))
    return Surroundings(
        catalogue=catalogues[0] if catalogues else catalogue(),
        connected=CONNECTED,
        statement=statements[0] if statements else None,
        brands=frozenset(of("brand")),
        packs=shipped_packs() | of("pack"),
        maps=_shipped_maps() | of("map"),
    )
