"""`remit policy eval`: decides questions from a file under a charter from a file. It writes nothing and needs no data folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from remit.cli.options import AsJson
from remit.cli.written import Checked, documents_of, read_files, shipped_packs
from remit.core.account import account
from remit.core.charter import Charter
from remit.core.document_faults import meant
from remit.core.pack_review import looked_at
from remit.core.policy import CATALOGUE, CompiledPolicy, compile_documents, digest_of, with_checked_rules
from remit.core.question_reading import read_question
from remit.errors import InvalidInput, RuleError, TooLarge
from remit.wire import packaged_documents

app = typer.Typer(help="Decide questions under policies that are written down.", no_args_is_help=True)

_ERRORS = 2
_LONGEST = 1 << 20
_EVERY = 10_000


@app.command("eval")
def evaluate(
    charter: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The charter to decide under.")],
    given: Annotated[
        Path, typer.Option("--input", metavar="FILE.ndjson", help="One question a line, as JSON; - reads standard input.")
    ],
    beside: Annotated[
        list[Path] | None, typer.Option("--with", help="A risk statement, pack or brand beside it; may be repeated.")
    ] = None,
    packs: Annotated[
        list[str] | None,
        typer.Option("--packs", metavar="NAME|all", help="Decide under a pack that ships too, or under all; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decide every line of a file under a charter, and print one decision a line. Exit status 2 when a line cannot be read.

    It decides under the charter and what is given beside it. In the product all packs in force look at a use case too.
    """
    own, policy = _policy(charter, beside or [], packs or [])
    wrong, asked = 0, set[str]()
    with _opened(given) as lines:
        for number, told in _decided(lines, own, policy):
            wrong += "error" in told
            asked.add(told.get("operation", ""))
            sys.stdout.write(json.dumps(told) + "\n" if as_json else f"{_line(told)}\n")
            _progress(number)
    _progress(None)
    if not as_json and (left := _left_out(own, policy, asked)):
        typer.echo(left, err=True)
    if wrong:
        raise typer.Exit(_ERRORS)


def _policy(path: Path, beside: Sequence[Path], packs: Sequence[str] = ()) -> tuple[Charter, CompiledPolicy]:
    found = read_files([path, *beside])
    for one in found:
        _refuse(one)
    if found[0].kind != "charter":
        raise RuleError(
            asked=f"a charter in {path}", found=f"a {found[0].kind}", do="Name the charter first, and the rest --with"
        )
    ships = packaged_documents()
    documents = {name: ships[name] for name in (CATALOGUE, *_chosen(packs))} | documents_of(found)
    checked = with_checked_rules(documents)
    return found[0].value, compile_documents(0, digest_of(checked), checked)


def _chosen(packs: Sequence[str]) -> list[str]:
    """Return the documents of the packs that were asked for. Raises `InvalidInput` for one that does not ship."""
    known = shipped_packs()
    for name in packs:
        if name not in {*known, _ALL}:
            raise InvalidInput(asked=f"the pack {name}", found="no pack that ships", do=meant(name, {*known, _ALL}))
    return [f"pack:{name}" for name in (known if _ALL in packs else packs)]


_ALL = "all"


def _left_out(own: Charter, policy: CompiledPolicy, asked: set[str]) -> str:
    """Say which packs that ship look at what was asked about and had no say; nothing where there are none."""
    looking = {name: looked_at(pack, {own.id: own}).get(own.id, ()) for name, pack in shipped_packs().items()}
    left = [name for name, operations in looking.items() if name not in policy.packs and asked & {*operations}]
    if not left:
        return ""
    return (
        f"Left out: {', '.join(left)}. These packs ship, and look at what was asked about; in the product they may decide more\n"
        "strictly. Decide under them too with --packs NAME or --packs all."
    )


def _refuse(one: Checked) -> None:
    if one.errors:
        first, more = one.errors[0], len(one.errors) - 1
        where = f"line {first.line}{', ' if first.place else ''}{first.place}: " if first.line else ""
        found = f"{where}{first.found}"
        do = f"{first.do}; `remit charter check {one.file}` names {more} more" if more else first.do
        raise RuleError(asked=one.file, found=found, do=do, line=first.line, column=first.column)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        found = error.strerror or str(error)
        raise InvalidInput(asked=f"questions in {path}", found=found, do="Name a file that you may read") from error
    with file:
        yield file


def _decided(lines: BinaryIO, own: Charter, policy: CompiledPolicy) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(lines):
        try:
            if line is None:
                raise TooLarge(asked=f"at most {_LONGEST} bytes in a line", found="more", do="Write one question a line")
            yield number, {"line": number} | _decision(line, own, policy)
        except InvalidInput as error:
            problem = {"line": number, "found": f"{error.asked}: {error.found}", "do": error.do}
            yield number, {"line": number, "verdict": "block", "error": problem}


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Walk the lines that hold something; one that is too long is None, and never held whole."""
    number = 0
    while line := file.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            while (more := file.readline(_LONGEST)) and not more.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip():
            yield number, line


def _decision(line: bytes, own: Charter, policy: CompiledPolicy) -> dict[str, Any]:
    given = read_question(line, own, policy)
    found = account(given, policy)
    action_class = found.decision.classified.action_class
    return {
        "operation": given.operation,
        "verdict": found.decision.verdict.name.lower(),
        "reasons": [{"code": one.code, "floor": one.floor.name.lower(), "text": one.text} for one in found.told],
        "allowed_if": list(found.allowed_if),
        "class": {
            "risk": action_class.risk.name.lower(),
            "reversibility": action_class.reversibility.name.lower(),
            "form": found.decision.classified.form,
        },
        "level": found.decision.in_force.value,
        "wait_minutes": found.decision.wait_minutes,
        "policy": policy.digest,
    }


def _line(told: dict[str, Any]) -> str:
    if "error" in told:
        do = told["error"]["do"].removesuffix(".")
        return f"{told['line']}: block: cannot be read: {told['error']['found']}. {do}{'' if do.endswith('?') else '.'}"
    first, more = told["reasons"][0]["text"], len(told["reasons"]) - 1
    also = f" ({more} more)" if more else ""
    return f"{told['line']}: {told['verdict']}: {told['operation']}: {first}{also}"


def _progress(number: int | None) -> None:
    """Tell a terminal how far it is; a file or a pipe hears nothing."""
    if sys.stderr.isatty() and (number is None or number % _EVERY == 0):
        sys.stderr.write("\r" + " " * 30 + "\r" if number is None else f"\r{number:,} lines")
        sys.stderr.flush()
