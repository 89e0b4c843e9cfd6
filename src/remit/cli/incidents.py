"""`remit incident` and `remit drill`: what went wrong in one report, and trying out that escalation and stop hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.door import ask
from remit.cli.files import write_new
from remit.cli.options import AsJson, DataDir, Me, folder_of, moment, show, show_table, who
from remit.core.violation import Severity

app = typer.Typer(help="Open, follow and close incidents; each collects its actions, undo and timeline.", no_args_is_help=True)
drills = typer.Typer(help="Try out that escalation and stop hold; a path nobody walked does not count.", no_args_is_help=True)
_PATH, _DRILLS = "/api/v1/desk/incidents", "/api/v1/desk/drills"
Which = Annotated[str, typer.Argument(metavar="INCIDENT", help="The incident's id.")]
UseCase = Annotated[str, typer.Argument(metavar="USE_CASE", help="Whose path.")]
Note = Annotated[str, typer.Option("--note", help="What was found, or what came of it; kept outside the ledger.")]


@app.callback()
def incident() -> None:
    """Open, follow and close incidents; each collects its actions, undo and timeline."""


@drills.callback()
def drill() -> None:
    """Try out that escalation and stop hold; a path nobody walked does not count."""


@app.command("open")
def open_one(
    use_case: Annotated[str, typer.Option("--use-case", help="Where it happened.")],
    title: Annotated[str, typer.Option("--title", help="What happened, in a few words; kept outside the ledger.")],
    severity: Annotated[Severity, typer.Option(help="low, medium or high.")] = Severity.MEDIUM,
    proposals: Annotated[list[str] | None, typer.Option("--proposal", help="An action it is about; several times.")] = None,
    violations: Annotated[list[str] | None, typer.Option("--violation", help="A violation it is about; several times.")] = None,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Open an incident over actions and violations."""
    body = {"use_case": use_case, "title": title, "severity": severity.value}
    body |= {"proposals": proposals or [], "violations": violations or []}  # type: ignore[dict-item]  # a body holds lists, too
    reply = ask(folder_of(data_dir), "POST", _PATH, body=body, person=who(me))
    many = len(reply["proposals"])
    text = f"Incident {reply['incident']} is open, with {many} actions; it is for {reply['owner']}."
    show(reply, as_json=as_json, text=f"{text} See `remit incident show {reply['incident']}`.")


@app.command("list")
def list_incidents(
    only_open: Annotated[bool, typer.Option("--open", help="Only those that are open.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List incidents, newest first."""
    found = ask(folder_of(data_dir), "GET", f"{_PATH}?open={str(only_open).lower()}")
    show(found, as_json=as_json, text="" if found else "There is no incident.")
    if found and not as_json:
        show_table(
            "Incidents", ["incident", "opened", "where", "severity", "owner", "actions", "how it stands"], list(map(_row, found))
        )


def _row(one: dict[str, Any]) -> list[str]:
    ends = f"closed {one['closed_at'][:10]} by {one['closed_by']}" if one["closed_at"] else "open"
    names = ("use_case", "severity", "owner")
    return [one["incident"], one["opened_at"][:10], *(one[name] for name in names), str(len(one["proposals"])), ends]


@app.command("show")
def show_one(
    which: Which,
    out: Annotated[Path | None, typer.Option(help="Write the report into this file, as Markdown.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the report of an incident: its actions, what was undone, its violations, and everything in order of time."""
    found = ask(folder_of(data_dir), "GET", f"{_PATH}/{quote(which, safe='')}")
    if out is not None:
        write_new(out, [found["markdown"].encode()], "the report")
    show(found, as_json=as_json, text=found["markdown"] if out is None else f"{out} holds the report.")


@app.command("note")
def take_note(which: Which, note: Note, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Write something about an incident."""
    reply = ask(folder_of(data_dir), "POST", f"{_PATH}/{quote(which, safe='')}/notes", body={"note": note}, person=who(me))
    show(reply, as_json=as_json, text=f"Noted on incident {which}.")


@app.command("close")
def close(which: Which, note: Note, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Close an incident with what came of it."""
    reply = ask(folder_of(data_dir), "POST", f"{_PATH}/{quote(which, safe='')}/close", body={"note": note}, person=who(me))
    show(reply, as_json=as_json, text=f"Incident {which} is closed.")


@drills.command("escalation")
def escalation(use_case: UseCase, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Walk the escalation path of a use case: everybody on it is told, as a drill. Only then the path counts as tested."""
    path = f"{_DRILLS}/escalation/{quote(use_case, safe='')}"
    _tell(ask(folder_of(data_dir), "POST", path, person=who(me)), as_json=as_json)


@drills.command("stop")
def stop(use_case: UseCase, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Stop a use case in earnest and see that it holds within a second. It stays stopped until people lift it."""
    reply = ask(folder_of(data_dir), "POST", f"{_DRILLS}/stop/{quote(use_case, safe='')}", person=who(me), first=True)
    _tell(reply, as_json=as_json)
    if not as_json:
        show(None, as_json=False, text=f"It is stopped now. Lift it with `remit stop lift use_case:{use_case}`.")


def _tell(reply: dict[str, Any], *, as_json: bool) -> None:
    ends = "The drill is passed; it is due again in a quarter." if reply["passed"] else "The drill is NOT passed."
    show(reply, as_json=as_json, text="\n".join([*reply["steps"], ends]))


@drills.command("list")
def list_drills(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the newest drills and when each is due again."""
    found = ask(folder_of(data_dir), "GET", _DRILLS)
    show(found, as_json=as_json, text="" if found else "Nothing was tried out yet: `remit drill escalation USE_CASE`.")
    if found and not as_json:
        rows = [[one["use_case"], one["what"], moment(one["at"]), "yes" if one["passed"] else "NO", _due(one)] for one in found]
        show_table("Drills", ["use case", "what", "when", "passed", "due again"], rows)


def _due(one: dict[str, Any]) -> str:
    return f"{one['due_at'][:10]}{' (now)' if one['due'] else ''}"
