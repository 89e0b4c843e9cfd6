"""`remit key`: keys of agent versions, each shown once."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, show_table

app = typer.Typer(help="Issue and revoke the keys of agent versions.", no_args_is_help=True)
OfAgent = Annotated[str, typer.Option("--agent", help="The agent.")]
OfVersion = Annotated[str, typer.Option("--version", help="Its version: the fingerprint of model, prompt, tools and settings.")]


@app.command("issue")
def issue(
    agent: OfAgent,
    version: OfVersion,
    use_case: Annotated[list[str], typer.Option("--use-case", help="A use case the key is good for; may be repeated.")],
    trial: Annotated[
        bool,
        typer.Option("--trial/--no-trial", help="Whether evidence counts now, or after `remit evidence begin`."),
    ] = True,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Issue the key of an agent version, and print it this once."""
    body = {"agent": agent, "version": version, "use_cases": use_case, "candidate": trial}
    told = ask(folder_of(data_dir), "POST", "/api/v1/desk/keys", body=body, person=me)
    text = (
        f"{told['key']}\nThis is the key of {agent} version {version}, good for {', '.join(told['use_cases'])}. It is not kept."
    )
    show(told, as_json=as_json, text=text)


@app.command("list")
def list_keys(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List whose keys were issued, for what, and which still open anything."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/keys")
    show(found, as_json=as_json, text="" if found else "No key was issued.")
    if found and not as_json:
        rows = [[one["agent"], one["version"], "revoked" if one["revoked"] else "", ", ".join(one["use_cases"])] for one in found]
        show_table("Keys", ["agent", "version", "", "use cases"], rows)


@app.command("revoke")
def revoke(
    agent: OfAgent,
    version: OfVersion,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the ledger.")] = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """End the key of an agent version at once; its evidence stays, and so does what it proposed."""
    body = {"agent": agent, "version": version, "reason": reason}
    told = ask(folder_of(data_dir), "POST", "/api/v1/desk/keys/revoke", body=body, person=me)
    show(told, as_json=as_json, text=f"The key of {agent} version {version} opens nothing any more.")
