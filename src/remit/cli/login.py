"""`remit login` and `remit logout`: from then on, commands act as whoever is signed in."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli.asking_password import PasswordFile, password_from
from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, folder_of, moment, show, who
from remit.cli.session_file import forget_session, keep_session, signed_in
from remit.errors import NotAuthenticated


def login(
    name: Annotated[str | None, typer.Argument(metavar="LOGIN", help="Your login; your user name otherwise.")] = None,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Sign in; commands on this data folder act as you for twelve hours."""
    folder, login_as = folder_of(data_dir), who(name)
    body = {"login": login_as, "password": password_from(password_file, twice=False)}
    reply = ask(folder, "POST", "/api/v1/sessions", body=body)
    keep_session(folder, reply.pop("token"))
    text = f"Signed in as {reply['person']} ({', '.join(reply['roles'])}) until {moment(reply['until'])}."
    text += f"\n{reply['notice']}" if reply["notice"] else ""
    show(reply, as_json=as_json, text=text)


def logout(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Sign out; the session ends at the server, and is forgotten here."""
    folder = folder_of(data_dir)
    token = signed_in(folder)
    if token is None:
        show({"signed_out": None}, as_json=as_json, text="Nobody was signed in.")
        return
    try:
        reply = ask(folder, "DELETE", "/api/v1/sessions", token=token)
    except NotAuthenticated:  # it was over already
        reply = {"signed_out": None}
    forget_session(folder)
    show(reply, as_json=as_json, text="Signed out.")
