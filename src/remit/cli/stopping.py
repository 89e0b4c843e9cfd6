"""`remit stop`: everything, or one use case; and lifting it again."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, who

app = typer.Typer(help="Stop agents' actions, or lift a stop.", no_args_is_help=True)
Why = Annotated[str, typer.Option("--reason", help="Why, for the ledger.")]


@app.command("all")
def stop_all(reason: Why = "", me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Stop everything: nothing starts any more."""
    _order("everything", reason, me, data_dir, as_json=as_json)


@app.command("use-case")
def stop_use_case(
    name: Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case.")],
    reason: Why = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Stop one use case."""
    _order(f"use_case:{name}", reason, me, data_dir, as_json=as_json)


def _order(scope: str, reason: str, me: str | None, data_dir: DataDir, *, as_json: bool) -> None:
    body = {"scope": scope, "reason": reason}
    reply = ask(folder_of(data_dir), "POST", "/api/v1/desk/stops", body=body, person=who(me), first=True)
    text = f"Stopped {scope}: {reply['in_flight']} in flight will finish, {reply['waiting']} waiting will not start."
    show(reply, as_json=as_json, text=text)


@app.command("lift")
def lift(
    scope: Annotated[str, typer.Argument(metavar="SCOPE", help="everything, or use_case:NAME.")],
    reason: Why = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Lift a stop; what it caught is held again for a person."""
    body = {"scope": scope, "reason": reason}
    reply = ask(folder_of(data_dir), "POST", "/api/v1/desk/stops/lift", body=body, person=who(me))
    show(reply, as_json=as_json, text=f"Lifted {scope}: {reply['held_again']} actions are held again for a person.")


@app.command("list")
def list_stops(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List what is stopped."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/stops")
    show(found, as_json=as_json, text="\n".join(found) or "Nothing is stopped.")
