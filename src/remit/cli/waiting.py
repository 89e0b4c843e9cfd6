"""`remit claim`, `remit unclaim` and `remit away`: who works on what waits, and who is asked while somebody is not there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, moment, show, show_table, who
from remit.cli.work import Proposal, path_of
from remit.errors import InvalidInput

away = typer.Typer(help="Say who is away, until when, and who is asked in her place.", no_args_is_help=True)
_PATH = "/api/v1/desk/absences"
Person = Annotated[str | None, typer.Argument(metavar="PERSON", help="Whose login; your own where left out.")]


@away.callback()
def absences() -> None:
    """Say who is away, until when, and who is asked in her place."""


def claim(
    proposal: Proposal,
    take_over: Annotated[bool, typer.Option("--take-over", help="Also where somebody else works on it.")] = False,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Work on a proposal for half an hour; others leave it to you meanwhile."""
    reply = ask(folder_of(data_dir), "POST", path_of(proposal, "claim"), body={"take_over": take_over}, person=who(me))
    show(reply, as_json=as_json, text=f"{proposal} is yours until {moment(reply['claimed_until'])}.")


def unclaim(proposal: Proposal, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let a proposal go that you claimed."""
    reply = ask(folder_of(data_dir), "POST", path_of(proposal, "unclaim"), body={}, person=who(me))
    show(reply, as_json=as_json, text=f"{proposal} is anybody's again.")


@away.command("set")
def set_absence(
    until: Annotated[str, typer.Option(help="The last day away, such as 2026-12-24, or a moment such as 2026-12-24T12:00.")],
    person: Person = None,
    since: Annotated[str | None, typer.Option(help="The first day or moment away; now where left out.")] = None,
    delegate: Annotated[
        str | None, typer.Option("--to", help="Who is asked instead: somebody with the same roles. Nobody where left out.")
    ] = None,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write down that you are away; an admin may for anybody. It moves questions, never rights."""
    folder = folder_of(data_dir)
    body = {"until": _moment(until, "--until", ends=True), "delegate": delegate}
    body |= {} if since is None else {"since": _moment(since, "--since", ends=False)}
    reply = ask(folder, "PUT", f"{_PATH}/{quote(_name(person, folder), safe='')}", body=body, person=who(me))
    place = f"; {delegate} is asked instead" if delegate else ""
    text = f"{reply['person']} is away from {moment(reply['since'])} until {moment(reply['until'])}{place}."
    show(reply, as_json=as_json, text=text)


@away.command("list")
def list_absences(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List who is away, now or later."""
    found = ask(folder_of(data_dir), "GET", _PATH)
    show(found, as_json=as_json, text="" if found else "Nobody is away.")
    if found and not as_json:
        show_table("Away", ["person", "from", "until", "asked instead"], [_row(one) for one in found])


def _row(one: dict[str, Any]) -> list[str]:
    return [one["person"], moment(one["since"]), moment(one["until"]), one["delegate"] or "nobody"]


@away.command("end")
def end_absence(person: Person = None, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Be back: end every absence that is not over."""
    folder = folder_of(data_dir)
    name = _name(person, folder)
    reply = ask(folder, "DELETE", f"{_PATH}/{quote(name, safe='')}", person=who(me))
    show(reply, as_json=as_json, text=f"{name} is there again.")


def _name(person: str | None, folder: Any) -> str:
    """Return whose absence it is: the name given, else whoever is signed in."""
    return person or str(ask(folder, "GET", "/api/v1/desk/me")["person"])


def _moment(text: str, option: str, *, ends: bool) -> str:
    """Read a day or a moment by the clock of this machine; a day that ends is over at its midnight."""
    try:
        if len(text) == len("2026-12-24"):
            day = date.fromisoformat(text) + timedelta(days=int(ends))
            return datetime.combine(day, time()).astimezone().isoformat()
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(asked=f"{option} {text}", found="no day and no moment", do="Write it as 2026-12-24") from error
    return (found if found.tzinfo else found.astimezone()).isoformat()
