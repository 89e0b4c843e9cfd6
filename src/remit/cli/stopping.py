"""`remit stop`: everything, a use case, an agent or a connected system; and two people who agree to go on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, moment, show, who
from remit.core.stops import EVERYTHING, Scope, scope_of

app = typer.Typer(help="Stop agents' actions, or agree to go on.", no_args_is_help=True)
Why = Annotated[str, typer.Option("--reason", help="Why, for the ledger.")]


@app.command("all")
def stop_all(reason: Why = "", me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Stop everything: nothing starts any more."""
    _order(EVERYTHING, reason, me, data_dir, as_json=as_json)


@app.command("use-case")
def stop_use_case(
    name: Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case.")],
    reason: Why = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Stop one use case."""
    _order(scope_of(Scope.USE_CASE, name), reason, me, data_dir, as_json=as_json)


@app.command("agent")
def stop_agent(
    name: Annotated[str, typer.Argument(metavar="AGENT", help="The agent, as `remit key list` shows it.")],
    reason: Why = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Stop one agent, in every use case and version."""
    _order(scope_of(Scope.AGENT, name), reason, me, data_dir, as_json=as_json)


@app.command("connector")
def stop_connector(
    name: Annotated[str, typer.Argument(metavar="CONNECTOR", help="The connected system, as `remit connectors` shows it.")],
    reason: Why = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Stop everything that reaches one connected system."""
    _order(scope_of(Scope.CONNECTOR, name), reason, me, data_dir, as_json=as_json)


def _order(scope: str, reason: str, me: str | None, data_dir: DataDir, *, as_json: bool) -> None:
    body = {"scope": scope, "reason": reason}
    reply = ask(folder_of(data_dir), "POST", "/api/v1/desk/stops", body=body, person=who(me), first=True)
    text = f"Stopped {scope}: {reply['in_flight']} in flight will finish, {reply['waiting']} waiting will not start."
    text += f" {reply['undos']} undos wait too." if reply["undos"] else ""
    show(reply, as_json=as_json, text=text)


@app.command("lift")
def lift(
    scope: Annotated[str, typer.Argument(metavar="SCOPE", help="everything, use_case:NAME, agent:NAME or connector:NAME.")],
    reason: Why = "",
    level: Annotated[int, typer.Option("--level", min=0, max=4, help="The level to go on at, at most.")] = 2,
    break_glass: Annotated[
        bool, typer.Option("--break-glass", help="Lift it alone, to level 2, in the role the risk statement names for that.")
    ] = False,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Agree to lift a stop. It takes two people; what the stop caught is held again for a person."""
    body = {"scope": scope, "reason": reason, "level": level, "break_glass": break_glass}
    reply = ask(folder_of(data_dir), "POST", "/api/v1/desk/stops/lift", body=body, person=who(me))
    show(reply, as_json=as_json, text=_lifted(scope, reply))


def _lifted(scope: str, reply: dict[str, Any]) -> str:
    if reply["lifted"]:
        return f"Lifted {scope}, at level {reply['level']} at most: {reply['held_again']} actions are held again for a person."
    alone = f", or nobody by {moment(reply['until'])} (small team)" if reply["until"] else ""
    return f"Your wish is recorded. {scope} stays stopped until somebody else agrees with the same command{alone}."


@app.command("list")
def list_stops(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List what is stopped, and who wants it lifted."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/stops")
    show(found, as_json=as_json, text="\n".join(map(_stopped, found)) or "Nothing is stopped.")


def _stopped(one: dict[str, Any]) -> str:
    wish = one["lift_wanted"]
    told = f"  {wish['by']} wants it lifted at level {wish['level']}; somebody else has to agree" if wish else ""
    return f"{one['scope']}{told}"
