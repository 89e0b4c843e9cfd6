"""`remit notify`: how you want to be told outside the screens, and what people were told. Nothing is answered from a notice."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, moment, show, show_table, who
from remit.errors import InvalidInput

app = typer.Typer(help="Say how you want to be told, and see what people were told.", no_args_is_help=True)
_WISHES = "/api/v1/desk/wishes"


@app.callback()
def notify() -> None:
    """Say how you want to be told, and see what people were told."""


@app.command("channels")
def channels(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the channels there are; the owner writes them into channels.yaml in the data folder."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/channels")
    rows = [f"{one['channel']}  {'takes an address of your own' if one['personal'] else 'one for everybody'}" for one in found]
    nothing = "There is no channel. The owner writes one a line into channels.yaml in the data folder, as name: Apprise address."
    show(found, as_json=as_json, text="\n".join(rows) or nothing)


@app.command("set")
def set_wishes(
    channel: Annotated[str, typer.Option(help="On which channel; see `remit notify channels`.")],
    address: Annotated[str, typer.Option(help="Your own address there, where the channel takes one.")] = "",
    zone: Annotated[str, typer.Option(help="By which clock, such as Europe/Berlin.")] = "UTC",
    quiet: Annotated[str, typer.Option(help="When you are left alone, such as 18:00-08:00.")] = "",
    digest: Annotated[str, typer.Option(help="When your digest of the day comes, or `never`.")] = "08:30",
    live: Annotated[bool, typer.Option("--live", help="Also hear during the day of what is new, every 15 minutes.")] = False,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say how you want to be told. Your address stays beside the ledger, and goes when you do."""
    begins, ends = _quiet(quiet)
    body: dict[str, Any] = {"channel": channel, "address": address, "zone": zone, "live": live}
    body |= {"quiet_from": begins, "quiet_until": ends, "digest_at": None if digest == "never" else digest}
    reply = ask(folder_of(data_dir), "PUT", _WISHES, body=body, person=who(me))
    show(reply, as_json=as_json, text=f"{_words(reply)} Try it with `remit notify try`.")


def _quiet(text: str) -> tuple[str | None, str | None]:
    if not text:
        return None, None
    begins, dash, ends = text.partition("-")
    if not dash:
        raise InvalidInput(asked=f"--quiet {text}", found="no end", do="Write it as 18:00-08:00")
    return begins, ends


def _words(one: dict[str, Any]) -> str:
    where = f"on {one['channel']}" + (f" at {one['address']}" if one["address"] else "")
    daily = f"a digest at {one['digest_at']}" if one["digest_at"] else "no digest"
    quiet = f", nothing from {one['quiet_from']} to {one['quiet_until']}" if one["quiet_from"] else ""
    return f"You are told {where}: {daily}{', what is new' if one['live'] else ''}{quiet}, by the clock of {one['zone']}."


@app.command("show")
def show_wishes(me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show how you are told; nobody sees it of somebody else."""
    found = ask(folder_of(data_dir), "GET", _WISHES, person=who(me))
    show(found, as_json=as_json, text=_words(found) if found else "You are told nothing outside the screens.")


@app.command("off")
def off(me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Be told nothing any more; your address is forgotten."""
    reply = ask(folder_of(data_dir), "DELETE", _WISHES, person=who(me))
    show(reply, as_json=as_json, text="You are told nothing outside the screens any more.")


@app.command("try")
def trial(me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Send yourself a trial, now."""
    reply = ask(folder_of(data_dir), "POST", f"{_WISHES}/try", person=who(me))
    show(reply, as_json=as_json, text="The channel took it." if reply["taken"] else f"It did not go: {reply['found']}.")


@app.command("log")
def log(
    only_open: Annotated[bool, typer.Option("--open", help="Only what is not through yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List what people were told and are to be told, newest first, with what did not go through."""
    asked = urlencode({"open": str(only_open).lower(), "limit": str(limit)})
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/notices?{asked}")
    show(found, as_json=as_json, text="" if found else "Nobody was told anything.")
    if found and not as_json:
        show_table("Notices", ["written", "to", "about", "how many", "how it stands"], [_row(one) for one in found])


def _row(one: dict[str, Any]) -> list[str]:
    about = f"{one['kind'].replace('_', ' ')}{' of ' + one['use_case'] if one['use_case'] else ''}"
    return [moment(one["written_at"]), one["person"] or f"channel {one['channel']}", about, str(one["count"]), _standing(one)]


def _standing(one: dict[str, Any]) -> str:
    if one["dropped"]:
        return f"not sent: {one['dropped']}"
    if one["ended_at"]:
        return f"sent {moment(one['ended_at'])}"
    tried = f", tried {one['tries']} times: {one['detail']}" if one["tries"] else ""
    return f"goes {moment(one['next_at'])}{tried}"
