"""How what is said about documents is printed: the same lines from `check`, `diff` and `adopt`, and for who signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import typer

from remit.cli.options import show
from remit.cli.written import Checked, Remark, read_files, spoken
from remit.core.charter_finding import Finding

ERRORS = 2
"""The exit status where anything keeps a document from being read."""


def sound(files: Iterable[Path], *, as_json: bool) -> list[Checked]:
    """Read files that are all documents; where one is none, say what `charter check` says of it, and end."""
    read = read_files(files)
    if any(one.errors for one in read):
        refuse(read, as_json=as_json)
    return read


def refuse(read: Sequence[Checked], *, as_json: bool) -> NoReturn:
    """Print what keeps documents from being read, and end with the status for it."""
    wrong = [one for one in read if one.errors]
    text = [*(line for one in wrong for line in lines_of(one)), summary(wrong), "Nothing was compared, and nothing adopted."]
    show(told_of(read), as_json=as_json, text="\n".join(text))
    raise typer.Exit(ERRORS)


def told_of(read: Sequence[Checked]) -> dict[str, Any]:
    """Return everything as plain values."""
    return {"files": [_plain(one) for one in read], "errors": _errors(read), "findings": _findings(read)}


def summary(read: Sequence[Checked]) -> str:
    """Count what was found."""
    return f"{_many(_errors(read), 'error')}, {_many(_findings(read), 'finding')}"


def _errors(read: Sequence[Checked]) -> int:
    return sum(len(one.errors) for one in read)


def _findings(read: Sequence[Checked]) -> int:
    return sum(len(one.findings) for one in read)


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _plain(one: Checked) -> dict[str, Any]:
    errors, findings = ([plain_remark(remark) for remark in remarks] for remarks in (one.errors, one.findings))
    return {"file": one.file, "kind": one.kind or None, "name": one.name or None, "errors": errors, "findings": findings}


def plain_remark(remark: Remark) -> dict[str, Any]:
    """Return one remark as plain values."""
    where = {"line": remark.line, "column": remark.column, "place": remark.place, "path": list(remark.way)}
    return where | {"code": remark.code, "found": remark.found, "do": remark.do}


def lines_of(one: Checked, *, praise: bool = False) -> list[str]:
    """Say everything about one file; with `praise` also that there is nothing to say."""
    lines = [_line(one.file, remark, "error") for remark in one.errors]
    lines += [_line(one.file, remark, "finding") for remark in one.findings]
    return lines or ([f"{one.file}: the {spoken(one)} has nothing to remark"] if praise else [])


def _line(file: str, remark: Remark, what: str) -> str:
    where = file if remark.line is None else f"{file}:{remark.line}:{remark.column}"
    place = f" {remark.place}:" if remark.place else ""
    return f"{where}: {what}:{place} {remark.found}\n    {remark.do}"


def with_told(read: Iterable[Checked], findings: Iterable[Mapping[str, Any]]) -> list[Checked]:
    """Put the findings that the door told beside the files they are about."""
    told: dict[str, list[Finding]] = {}
    for one in findings:
        found = Finding(code=one["code"], way=tuple(one["path"]), found=one["found"], do=one["do"])
        told.setdefault(one["document"], []).append(found)
    return [one.with_findings(told.get(one.document, [])) for one in read]


def unplaced(one: Mapping[str, Any]) -> str:
    """Say a finding about a document that lies in no file here."""
    remark = Remark(line=None, column=None, way=tuple(one["path"]), code=one["code"], found=one["found"], do=one["do"])
    return _line(one["document"], remark, "finding")
