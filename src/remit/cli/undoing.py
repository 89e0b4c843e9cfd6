"""`remit undo`: one effect, a selection, or all of a use case, a version or a time span; what it would do is shown first."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli.answering import outcomes_told
from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, console, folder_of, moment, show, who
from remit.cli.work import path_of
from remit.errors import InvalidInput


def undo(
    proposals: Annotated[
        list[str] | None, typer.Argument(metavar="PROPOSALS", help="One or more proposals that were carried out.")
    ] = None,
    use_case: Annotated[str | None, typer.Option("--use-case", help="Everything that was done for this use case.")] = None,
    version: Annotated[str | None, typer.Option("--version", help="Only by this version of an agent.")] = None,
    operation: Annotated[str | None, typer.Option("--operation", help="Only this operation.")] = None,
    since: Annotated[datetime | None, typer.Option("--since", help="Only what was done from this moment on, in UTC.")] = None,
    until: Annotated[datetime | None, typer.Option("--until", help="Only what was done up to this moment, in UTC.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what it would do.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before undoing several.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why it should be undone.")] = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take effects back: every captured field is restored, the latest effect first; what people changed since is kept."""
    folder = folder_of(data_dir)
    if proposals and len(proposals) == 1 and use_case is None and not preview:
        _undo_one(folder, proposals[0], reason, me, as_json=as_json)
        return
    chosen = {
        "proposals": proposals or [],
        "use_case": use_case,
        "version": version,
        "operation": operation,
        "since": _in_utc(since),
        "until": _in_utc(until),
    }
    found = ask(folder, "POST", "/api/v1/desk/undos/preview", body=chosen, person=who(me))
    if preview or not found["undos"]:
        show(found, as_json=as_json, text=_foreseen(found))
        return
    if not as_json:
        console.print(_foreseen(found), markup=False, soft_wrap=True)
    if not yes and not _confirmed(len(found["undos"]) - found["cannot"], as_json=as_json):
        return
    body = chosen | {"reason": reason}
    done = ask(folder, "POST", "/api/v1/desk/undos", body=body, person=who(me))
    show(done, as_json=as_json, text=outcomes_told(done, f"Batch {done['batch']}"))


def _undo_one(folder: Path, proposal: str, reason: str, me: str | None, *, as_json: bool) -> None:
    ask(folder, "POST", path_of(proposal, "undo"), body={"reason": reason}, person=who(me))
    after = ask(folder, "GET", path_of(proposal))
    show(after, as_json=as_json, text=f"{proposal} is {after['state']}.")


def _in_utc(when: datetime | None) -> str | None:
    return None if when is None else f"{when.isoformat()}{'' if when.tzinfo else 'Z'}"


def _confirmed(many: int, *, as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        raise InvalidInput(asked=f"undoing {many}", found="nobody to ask whether that is meant", do="Say --yes")
    return typer.confirm(f"Undo {many}?", default=False)


def _foreseen(found: dict[str, Any]) -> str:
    if not found["undos"]:
        return "Nothing of that is there to be undone."
    head = f"{len(found['undos']) - found['cannot']} would go back, {found['cannot']} cannot. The latest goes first."
    return "\n".join([head, *map(_line, found["undos"])])


def _line(one: dict[str, Any]) -> str:
    where = f"  {one['proposal']}  {one['operation']} on {one['record']}, done {moment(one['done_at'])}:"
    if not one["can"]:
        return f"{where} stays, because {one['why']}. {one['instead']}."
    back = "the record goes" if one["removes"] else f"back go {', '.join(one['back'])}" if one["back"] else "nothing goes back"
    kept = "".join(f"; {name} stays ({why})" for name, why in one["kept"].items())
    until = f"; possible until {moment(one['until'])}" if one["until"] else ""
    return f"{where} {back}{kept}{until}"
