"""What went out and did not come back clearly: calling off, saying what became of it, and how the connected systems do."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, moment, show, show_table, who
from remit.cli.work import Proposal, path_of

unclear = typer.Typer(help="See what nobody knows the end of, and settle it.", no_args_is_help=True)
Note = Annotated[str, typer.Option("--note", help="What was seen, in words.")]


class Verdict(StrEnum):
    """What a person saw."""

    HAPPENED = "happened"
    DID_NOT = "did-not"


@unclear.command("list")
def list_unclear(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List effects of which nobody knows whether they happened."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/unclear")
    show(found, as_json=as_json, text="\n".join(map(_about, found)) or "Nothing is unclear.")


def _about(one: dict[str, Any]) -> str:
    arguments = ", ".join(f"{name} {value}" for name, value in (one["arguments"] or {}).items())
    what = "whether it was taken back" if one["state"] == "undo_unclear" else "whether it happened"
    return f"{one['proposal']}  {one['operation']} on {one['record'] or 'a new record'}: {arguments}\n    nobody knows {what}"


@unclear.command("settle")
def settle(
    proposal: Proposal,
    verdict: Annotated[Verdict, typer.Argument(metavar="VERDICT", help="happened, or did-not, as you saw it there.")],
    note: Note = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say what became of an unclear effect, after a look into the connected system."""
    body = {"happened": verdict is Verdict.HAPPENED, "note": note}
    reply = ask(folder_of(data_dir), "POST", path_of(proposal, "verdict"), body=body, person=who(me))
    show(reply, as_json=as_json, text=f"{reply['proposal']} is {reply['state']}.")


def cancel(
    proposal: Proposal,
    reason: Annotated[str, typer.Option("--reason", help="Why, as one word such as not_needed.")] = "",
    note: Annotated[str, typer.Option("--note", help="A note to the agent.")] = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Call an action off before it starts. It is no grade: to the agent's evidence it is one that nobody answered."""
    body = {"reason_code": reason, "note": note}
    reply = ask(folder_of(data_dir), "POST", path_of(proposal, "cancel"), body=body, person=who(me), first=True)
    show(reply, as_json=as_json, text=f"{reply['proposal']} was called off; it is {reply['state']}.")


def connectors(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show how each connected system does: how much it takes now, whether it rests, its last trouble."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/connectors")
    show(found, as_json=as_json)
    if not as_json:
        rows = [
            [
                one["connector"],
                str(one["takes_now"]),
                moment(one["resting_until"]) or "no",
                str(one["unanswered_in_a_row"]),
                one["problem"] or "none",
            ]
            for one in found
        ]
        show_table("Connected systems", ["connector", "takes now", "rests until", "unanswered", "trouble"], rows)
