"""`remit ledger`: show the facts, verify them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, folder_of, moment, show, show_table
from remit.errors import LedgerBroken

app = typer.Typer(help="Show and verify the record of everything that happened.", no_args_is_help=True)


@app.command("show")
def show_facts(
    after: Annotated[int, typer.Option(min=0, help="Start behind this fact.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List facts in order."""
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/ledger?after={after}&limit={limit}")
    show(found, as_json=as_json)
    if not as_json:
        rows = [[str(one["seq"]), moment(one["at"]), one["actor"], one["kind"], _subject(one["fact"])] for one in found]
        show_table("Facts", ["number", "time", "actor", "fact", "about"], rows)


def _subject(fact: dict[str, Any]) -> str:
    return str(fact.get("proposal") or fact.get("use_case") or fact.get("scope") or "")


@app.command("verify")
def verify(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Recompute every hash and root and check every signature; names the first broken fact."""
    report = ask(folder_of(data_dir), "POST", "/api/v1/desk/ledger/verify")
    if report["kind"] == "verified":
        text = (
            f"Facts 1 to {report['facts']} hold; {report['sealed']} of them are under {report['checkpoints']} signed checkpoints."
        )
        show(report, as_json=as_json, text=f"{text}\nThe ledger lies in {report['path']}.")
        return
    show(report, as_json=as_json)
    raise LedgerBroken(
        asked=report["path"], found=f"fact {report['seq']}: {report['why']}", do="Keep it and compare it with a backup"
    )
