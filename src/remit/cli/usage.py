"""What is said of a command that was typed wrong: without words of the machinery, and with what was probably meant."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperGroup

_CHOICE = re.compile(r"'(?P<typed>.*)' is not one of (?P<known>'.*')\.", re.DOTALL)


class Remit(TyperGroup):
    """The command with all its parts."""

    def invoke(self, ctx: Any) -> Any:
        """Run what was typed. Raises `typer.BadParameter` for a value that does not fit."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = in_words(error.message)
            raise


def in_words(message: str) -> str:
    """Say in words what does not fit, and what was probably meant."""
    told = message.removeprefix("Value error, ")
    found = _CHOICE.fullmatch(told)
    if found is None:
        return told
    known = re.findall(r"'([^']*)'", found["known"])
    close = get_close_matches(found["typed"].lower().replace("-", "_"), known, n=1)
    return f"{told} Did you mean {close[0]}?" if close else told
