"""`remit user`: who has an account."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.asking_password import PasswordFile, password_from
from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, folder_of, show, show_table
from remit.core.types import Role

app = typer.Typer(help="Give people accounts. From the first one on, people sign in.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="LOGIN", help="The login.")]


def people_path(name: str, *way: str) -> str:
    """Name a person at the door, whatever somebody typed."""
    return "/".join(("/api/v1/desk/people", quote(name, safe=""), *way))


@app.command("add")
def add(
    name: Name,
    role: Annotated[list[Role], typer.Option("--role", help="A role she holds; may be repeated.")],
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody an account with roles and a first password."""
    body = {"person": name, "roles": role, "password": password_from(password_file, twice=True)}
    told = ask(folder_of(data_dir), "POST", "/api/v1/desk/people", body=body)
    show(told, as_json=as_json, text=f"{_about(told)} has an account. People sign in from now on: remit login {name}")


def _about(told: dict[str, Any]) -> str:
    return f"{told['person']} ({', '.join(told['roles'])})"


@app.command("list")
def list_people(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List who has an account, and her roles."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/people")
    show(found, as_json=as_json, text="" if found else "Nobody has an account; whoever holds the data folder may do everything.")
    if found and not as_json:
        show_table("People", ["login", "roles"], [[one["person"], ", ".join(one["roles"])] for one in found])


@app.command("password")
def password(
    name: Annotated[str | None, typer.Argument(metavar="LOGIN", help="Whose, for an admin; your own otherwise.")] = None,
    password_file: PasswordFile = None,
    current_file: Annotated[
        str | None, typer.Option("--current-file", help="A file with your password so far, for your own.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change your own password, or as an admin set somebody else's; either ends her sessions."""
    folder = folder_of(data_dir)
    if name is None:
        body = {"current": password_from(current_file, twice=False, ask="Password so far")}
        path = "/api/v1/sessions/password"
    else:
        body, path = {}, people_path(name, "password")
    body["password"] = password_from(password_file, twice=True, ask="New password")
    told = ask(folder, "POST", path, body=body)
    show(told, as_json=as_json, text=f"{told['person']} has another password, and signs in with it: remit login")


@app.command("remove")
def remove(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """End somebody's account and sessions; what she did stays under her name."""
    told = ask(folder_of(data_dir), "DELETE", people_path(name))
    show(told, as_json=as_json, text=f"{name} has no account any more.")
