"""Gets a password: typed twice where nobody sees it, or from a file. Never from the command line, where others can read it."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from remit.errors import InvalidInput

PasswordFile = Annotated[
    str | None, typer.Option("--password-file", help="A file with the password on its first line, - for standard input.")
]


def password_from(file: str | None, *, twice: bool, ask: str = "Password") -> str:
    """Return a password. Raises `InvalidInput` where there is none to be had."""
    if file is not None:
        return _first_line(file)
    if not sys.stdin.isatty():
        raise InvalidInput(
            asked="a password", found="nobody to type one", do="Give --password-file FILE, or - for standard input"
        )
    typed = getpass.getpass(f"{ask}: ")
    if twice and getpass.getpass(f"{ask} again: ") != typed:
        raise InvalidInput(asked="the same password twice", found="two different ones", do="Try again")
    return typed


def _first_line(file: str) -> str:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "no text in UTF-8"
        raise InvalidInput(asked=f"the password in {file}", found=found, do="Name a file you may read") from error
    return text.split("\n", 1)[0].removesuffix("\r")
