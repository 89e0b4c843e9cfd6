"""`remit policy list | offers | show | sign`: which policies there are, what one changes, and signing one that waits."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.changing import show_difference, with_replay
from remit.cli.charter_writing import document_text
from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, moment, show, who
from remit.cli.policy_words import number, sentences, signers, waits, what
from remit.cli.remarks import unplaced
from remit.errors import NotFound

app = typer.Typer(help="List and show policies, and sign a change that waits for a second person.", no_args_is_help=True)

_DESK = "/api/v1/desk"
_NAMED = "The policy, by its number or at least 8 characters of its digest."
_NOT_SIGNED = 1


@app.command("list")
def list_policies(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List every policy that was ever in force: its number, since when, who signed it, and what it changed."""
    found = ask(folder_of(data_dir), "GET", f"{_DESK}/policy")
    show(found, as_json=as_json, text="\n".join(_policy_lines(found)))


def _policy_lines(found: list[dict[str, Any]]) -> list[str]:
    lines = []
    for one in found:
        lines += [f"{number(one)}  {one['digest'][:12]}  {moment(one['at'])}  by {signers(one)}", f"    changed {what(one)}"]
    return lines


@app.command("offers")
def list_offers(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the changes that wait for a signature."""
    found = ask(folder_of(data_dir), "GET", f"{_DESK}/policy/offers")
    show(found, as_json=as_json, text="\n".join(_offer_lines(found)) or "Nothing waits for a signature.")


def _offer_lines(found: list[dict[str, Any]]) -> list[str]:
    lines = []
    for one in found:
        lines += [
            f"Policy {one['number']} ({one['digest'][:12]}), {one['direction']}: {', '.join(one['documents'])}",
            f"  signed by  {', '.join(one['signed_by'])}",
            f"  waits for  {waits(one)}",
        ]
    return [*lines, "Read one with `remit policy show NUMBER`, sign it with `remit policy sign NUMBER`."] if lines else []


@app.command("show")
def show_policy(
    name: Annotated[str, typer.Argument(metavar="NUMBER|DIGEST", help=_NAMED)], data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Show what a policy changes, in force or offered: in words, on past decisions, in trials, and every changed text."""
    folder = folder_of(data_dir)
    told = _told(folder, name, as_json=as_json)
    show(told, as_json=as_json)
    if not as_json:
        show(None, as_json=False, text=_head(told))
        show_difference(told, [unplaced(one) for one in told["findings"]])
        for document, text in told["texts"].items():
            show(None, as_json=False, text=f"\n--- {document}\n{document_text(json.loads(text)).rstrip()}")


def _told(folder: Path, name: str, *, as_json: bool) -> dict[str, Any]:
    told: dict[str, Any] = ask(folder, "GET", f"{_DESK}/policy/{quote(name, safe='')}")
    waiting = told["offer"] is not None and not told["offer"]["stale"]
    return with_replay(folder, told, told["texts"], as_json=as_json) if waiting else told | {"replay": _NO_REPLAY}


_NO_REPLAY: dict[str, Any] = {"decided": 0, "use_cases": {}, "pairs": [], "examples": []}


def _head(told: dict[str, Any]) -> str:
    offer, adopted = told["offer"], told["adopted"]
    name = f"Policy {told['number']} ({told['digest'][:12]})"
    if offer is None:
        state = "in force" if adopted["in_force"] else "no longer in force"
        return f"{name}, {state}, adopted {moment(adopted['at'])} by {signers(adopted)}."
    offered = f"{name}, offered {moment(offer['offered_at'])}, signed by {', '.join(offer['signed_by'])}."
    return f"{offered}\nIt waits for {waits(offer)}."


@app.command("sign")
def sign(
    offer: Annotated[str, typer.Argument(metavar="NUMBER|DIGEST", help=_NAMED)],
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked again, as in a script.")] = False,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Sign an offered change, after you were shown what it does; the second signature, by somebody else, puts it into force."""
    folder = folder_of(data_dir)
    found = ask(folder, "GET", f"{_DESK}/policy/{quote(offer, safe='')}", person=who(me))
    if found["offer"] is None:
        told = f"policy {found['number']} was adopted, and waits for nobody"
        raise NotFound(asked=f"a signature on policy {offer}", found=told, do="See `remit policy offers`")
    if not found["offer"]["stale"]:
        offer = found["digest"]  # what is signed is what was shown
        if not as_json:
            _lay_before(found, asking=not yes and sys.stdin.isatty())
    told = ask(folder, "POST", f"{_DESK}/policy/signatures", body={"offer": offer}, person=who(me))
    text = f"Policy {told['adopted']} is in force." if told["adopted"] else "Signed; one more person is needed."
    show(told, as_json=as_json, text=text)


def _lay_before(found: dict[str, Any], *, asking: bool) -> None:
    """Show what is about to be signed, and ask whether it is meant where somebody can answer."""
    whole = f"The whole of it: `remit policy show {found['digest'][:12]}`."
    lines = [_head(found), *sentences(found), *(unplaced(one) for one in found["findings"]), whole]
    show(None, as_json=False, text="\n".join(lines))
    if asking and not typer.confirm(f"Sign policy {found['number']}", default=False):
        typer.echo("Not signed.")
        raise typer.Exit(_NOT_SIGNED)
