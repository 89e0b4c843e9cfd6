"""`remit role`: what somebody may do, and what each role may."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, folder_of, show, show_table
from remit.cli.users import Name, people_path
from remit.core.access import OWN, Verb
from remit.core.types import Role

app = typer.Typer(help="Say what people may do.", no_args_is_help=True)
Which = Annotated[Role, typer.Argument(metavar="ROLE", help="The role.")]


@app.command("give")
def give(name: Name, role: Which, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Give somebody a role."""
    _tell(ask(folder_of(data_dir), "PUT", people_path(name, "roles", role)), as_json=as_json)


@app.command("take")
def take(name: Name, role: Which, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Take a role from somebody; the last one is not taken."""
    _tell(ask(folder_of(data_dir), "DELETE", people_path(name, "roles", role)), as_json=as_json)


def _tell(told: dict[str, Any], *, as_json: bool) -> None:
    show(told, as_json=as_json, text=f"{told['person']} is {', '.join(told['roles'])}.")


@app.command("list")
def list_roles(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show which role may do what, under the policy in force."""
    table = ask(folder_of(data_dir), "GET", "/api/v1/desk/roles")
    show(table, as_json=as_json)
    if not as_json:
        rows = [
            [verb.replace("_", " "), ", ".join(_named(verb, roles)) if len(roles) < len(Role) else "everybody"]
            for verb, roles in table.items()
        ]
        show_table("Who may do what", ["verb", "roles"], rows)


def _named(verb: str, roles: list[str]) -> list[str]:
    """Say of a role where it may only what is its own."""
    return [f"{role} (its own)" if Role(role) in OWN[Verb(verb)] else role for role in roles]
