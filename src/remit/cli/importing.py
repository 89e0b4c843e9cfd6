"""`remit import` and `remit history`: tables from elsewhere come in whole or not at all, after a look at what they are."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer

from remit.cli.door import ask, door, named, person_token
from remit.cli.files import write_new
from remit.cli.options import AsJson, DataDir, Me, console, folder_of, moment, show, show_table, who
from remit.cli.session_file import signed_in
from remit.cli.walking import walking
from remit.core.import_kind import ImportKind
from remit.errors import InvalidInput, NotFound
from remit.sdk.client import problem_of
from remit.web.import_jobs import MOST_BYTES, too_large

app = typer.Typer(help="Import contacts, outcomes, history or baselines from CSV.", no_args_is_help=True)
past = typer.Typer(help="See what imported history says. It is no evidence.", no_args_is_help=True)
_PATH = "/api/v1/desk/imports"
_PART, _PAUSE = 1 << 20, 0.05

File = Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file.")]
Map = Annotated[
    list[str] | None, typer.Option("--map", help="Which column of the file it is, as id=Contact-ID; may be given several times.")
]
Delimiter = Annotated[str | None, typer.Option(help="What separates the cells; found out where left out.")]
Encoding = Annotated[str, typer.Option(help="utf-8, cp1252, latin-1 or utf-16.")]
Numbers = Annotated[list[str] | None, typer.Option("--number", help="A further column of contacts that holds numbers.")]
Skip = Annotated[bool, typer.Option("--skip-rejected", help="Import the rows that fit, and leave the others out.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and show, and import nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask after the preview.")]


@app.callback()
def importing() -> None:
    """Import contacts, outcomes, history or baselines from CSV."""


@past.callback()
def history() -> None:
    """See what imported history says. It is no evidence."""


def _command(kind: ImportKind, sentence: str) -> None:
    def command(
        file: File,
        names: Map = None,
        delimiter: Delimiter = None,
        encoding: Encoding = "utf-8",
        numbers: Numbers = None,
        skip_rejected: Skip = False,
        dry_run: DryRun = False,
        yes: Yes = False,
        me: Me = None,
        data_dir: DataDir = None,
        as_json: AsJson = False,
    ) -> None:
        _refuse_file(file)
        body: dict[str, Any] = {"what": str(kind), "names": _names(names or []), "delimiter": delimiter, "encoding": encoding}
        body |= {"numbers": numbers or []}
        run = _Run(file=file, body=body, skip=skip_rejected, dry_run=dry_run, asks=not (yes or as_json), as_json=as_json)
        told = asyncio.run(run.go(folder_of(data_dir), me))
        show(told, as_json=as_json, text=_said(told, dry_run=dry_run))

    command.__doc__ = sentence
    app.command(str(kind))(command)


_command(ImportKind.CONTACTS, "Put contacts into the sandbox CRM: an id, and whatever other columns there are.")
_command(ImportKind.OUTCOMES, "Record what happened later to carried-out actions: proposal, kind, and a loss where it was wrong.")
_command(ImportKind.HISTORY, "Keep work from before, with what people answered. It is no evidence, and earns no level.")
_command(ImportKind.BASELINE, "Record how metrics of use cases stood before: use case, metric, value.")


def _refuse_file(file: Path) -> None:
    """Refuse what is no file, or too large a one, before anything is read."""
    if not file.is_file():
        raise NotFound(asked=f"importing {file}", found="no such file", do="Name a CSV file")
    if file.stat().st_size > MOST_BYTES:
        raise too_large(file.stat().st_size)


def _names(pairs: list[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise InvalidInput(asked=f"--map {wrong[0]}", found="no =", do="Write it as id=Contact-ID")
    return dict(pair.split("=", 1) for pair in pairs)


class _Run:
    """One import, as the door takes it: begun, sent, looked at, taken in."""

    def __init__(self, *, file: Path, body: dict[str, Any], skip: bool, dry_run: bool, asks: bool, as_json: bool) -> None:
        self._file, self._body, self._skip, self._dry_run = file, body, skip, dry_run
        self._asks, self._as_json = asks and sys.stdin.isatty(), as_json

    async def go(self, folder: Path, me: str | None) -> dict[str, Any]:
        session = signed_in(folder)
        async with door(folder, session or person_token(folder)) as http:
            http.headers.update(named(who(me), signed_in=bool(session)))
            http.timeout = httpx.Timeout(600)
            begun = await _sent(http, "POST", _PATH, self._body)
            path = f"{_PATH}/{begun['batch']}"
            with walking("Checking", as_json=self._as_json) as walked:
                await _sent(http, "PUT", f"{path}/file", content=_parts(self._file))
                checked = await _until(http, path, "checked", walked)
            self._report(checked)
            if checked["rejected"] and not (self._skip or self._dry_run) and not self._as_json:
                console.print(f"Every row that does not fit: {checked['rejections_in']}", markup=False, soft_wrap=True)
            if self._dry_run or not self._goes_on(checked):
                await _sent(http, "DELETE", path)
                return checked
            with walking("Importing", as_json=self._as_json) as walked:
                await _sent(http, "POST", f"{path}/commit", {"skip_rejected": self._skip})
                return await _until(http, path, "done", walked)

    def _report(self, checked: dict[str, Any]) -> None:
        """Show the first rows as they would come in, and write down which do not."""
        if checked["rejected"]:
            beside = self._file.with_suffix(".rejected.csv")
            beside.unlink(missing_ok=True)
            write_new(beside, _rejections(checked["rejections"]), "the rejected rows")
            checked["rejections_in"] = str(beside)
        if not self._as_json and checked["preview"]:
            names = [one["column"] for one in checked["columns"] if one["column"]]
            rows = [[str(row.get(name, "")) for name in names] for row in checked["preview"]]
            console.print(f"The first of {checked['rows']} rows:", markup=False, soft_wrap=True)
            show_table("", names, rows)
            aside = [one["file"] for one in checked["columns"] if not one["column"]]
            if aside:
                console.print(f"Left aside: {', '.join(aside)}.", markup=False, soft_wrap=True)

    def _goes_on(self, checked: dict[str, Any]) -> bool:
        fit = checked["fit"] if self._skip or not checked["rejected"] else 0
        return not (self._asks and fit) or typer.confirm(f"Import {fit} rows?")


async def _sent(http: httpx.AsyncClient, method: str, path: str, body: Any = None, content: Any = None) -> Any:
    reply = await http.request(method, path, content=content if body is None else json.dumps(body).encode())
    if not reply.is_success:
        raise problem_of(reply)
    return reply.json()


async def _parts(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while part := opened.read(_PART):
            yield part


async def _until(http: httpx.AsyncClient, path: str, stage: str, walked: Callable[[int, int], None]) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = await _sent(http, "GET", path)
        walked(found["done"], found["of"])
        if found["stage"] == stage:
            return found
        await asyncio.sleep(_PAUSE)


def _rejections(found: list[dict[str, Any]]) -> list[bytes]:
    text = io.StringIO()
    csv.writer(text).writerows([["line", "column", "why"], *([one["line"], one["column"], one["why"]] for one in found)])
    return [text.getvalue().encode()]


def _said(told: dict[str, Any], *, dry_run: bool) -> str:
    lines = []
    if told["rejected"]:
        first = told["rejections"][0]
        lines.append(f"{told['rejected']} rows do not fit, the first in line {first['line']}: {first['why']}.")
        if "rejections_in" in told:
            lines.append(f"All of them stand in {told['rejections_in']}.")
    if told["stage"] == "done":
        label = " It is no evidence, and earns no level." if told["what"] == "history" else ""
        return " ".join([*lines, f"{told['taken']} {told['what']} imported.{label}"])
    return " ".join([*lines, f"{told['fit']} of {told['rows']} rows fit; nothing was imported{' yet' if dry_run else ''}."])


@app.command("list")
def list_imports(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List what was imported, newest first."""
    found = ask(folder_of(data_dir), "GET", _PATH)
    show(found, as_json=as_json, text="" if found else "Nothing was imported.")
    if found and not as_json:
        columns = ["when", "what", "rows", "left out", "by", "file (SHA-256)"]
        names = ("what", "rows", "left_out", "by", "digest")
        show_table("Imports", columns, [[moment(one["at"]), *(str(one[name]) for name in names)] for one in found])


@past.command("show")
def show_history(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Say what history and baselines suggest for charters. It is no evidence, and earns no level."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/history")
    rows = [_row(one) for one in found["operations"]]
    text = "" if rows or found["baselines"] else "There is no history. Bring some with `remit import history`."
    show(found, as_json=as_json, text=text)
    if as_json:
        return
    if rows:
        columns = ["use case", "operation", "rows", "as it was", "edited", "rejected", "baseline_minutes", "losses.edited"]
        show_table("History: not evidence", columns, rows)
    if found["baselines"]:
        before = [[one["use_case"], one["metric"], f"{one['value']:g}"] for one in found["baselines"]]
        show_table("How it stood before", ["use case", "metric", "value"], before)


def _row(one: dict[str, Any]) -> list[str]:
    shares = [f"{one[name]:.0%}" for name in ("clean", "edited", "rejected")]
    figures = ["" if one[name] is None else f"{one[name]:g}" for name in ("baseline_minutes", "edited_loss")]
    return [one["use_case"], one["operation"], str(one["rows"]), *shares, *figures]


@past.command("cases")
def cases(
    use_case: Annotated[str, typer.Argument(metavar="USE_CASE", help="Whose history.")],
    out: Annotated[Path, typer.Option(help="The file to write, a case a line of JSON.")],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 1000,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write history with its drafts as cases for a suite: what came in, what was made of it, what was answered."""
    path = f"/api/v1/desk/history/{quote(use_case, safe='')}/cases?limit={limit}"
    found = ask(folder_of(data_dir), "GET", path, person=who(me))
    written = write_new(out, (json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in found), "cases")
    show({"path": str(out), "cases": written}, as_json=as_json, text=f"{out} holds {written} cases. They are no evidence.")
