"""`remit measure`: record what a level waits for, such as how good the data are; `remit measure list` lists it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, show_table, who
from remit.core.document_faults import meant
from remit.core.readiness import WORDS
from remit.errors import InvalidInput

_MEASURES = "/api/v1/desk/measures"


def measure(
    use_case: Annotated[
        str, typer.Argument(metavar="USE_CASE", help="The use case; or the word list, to list what was measured.")
    ],
    what: Annotated[str | None, typer.Argument(metavar="WHAT", help=f"What was measured: {', '.join(WORDS)}.")] = None,
    value: Annotated[
        float | None, typer.Argument(metavar="VALUE", help="A share from 0 to 1; what is there wholly is 1.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day from which it counts no more.")] = None,
    note: Annotated[str, typer.Option(help="How it was measured.")] = "",
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record what a level waits for, such as `data_quality 0.97`; `remit measure list` lists what was measured."""
    folder = folder_of(data_dir)
    if use_case == "list" and what is None:
        _list(ask(folder, "GET", _MEASURES), as_json=as_json)
        return
    if what is not None and what not in WORDS:
        do = meant(what, set(WORDS))
        raise InvalidInput(asked=f"a measure of {what} for {use_case}", found="nothing a level waits for", do=do)
    if value is not None and not 0 <= value <= 1:
        raise InvalidInput(asked=f"{what} of {value:g}", found="a number outside 0 to 1", do=_as_share(value))
    if what is None or value is None or until is None:
        missing = "WHAT" if what is None else "VALUE" if value is None else "--until"
        do = "Write it as `remit measure USE_CASE data_quality 0.97 --until 2027-01-31`"
        raise InvalidInput(asked=f"a measure for {use_case}", found=f"no {missing}", do=do)
    body = {
        "use_case": use_case,
        "what": what,
        "value": value,
        "until": until.replace(tzinfo=UTC).date().isoformat(),
        "note": note,
    }
    told = ask(folder, "POST", _MEASURES, body=body, person=who(me))
    show(told, as_json=as_json, text=f"Recorded for {use_case}: {WORDS[what]} {value * 100:g} %, until {told['until'][:10]}.")


def _as_share(value: float) -> str:
    """Say what to write instead; a number up to 100 was most likely a percentage."""
    return f"Give a share from 0 to 1{f'; {value:g} % is {value / 100:g}' if 1 < value <= _PERCENT else ''}"


_PERCENT = 100


def _list(found: list[dict[str, Any]], *, as_json: bool) -> None:
    show(found, as_json=as_json, text="" if found else "Nothing was measured.")
    if found and not as_json:
        rows = [[one["use_case"], one["what"], f"{one['value'] * 100:g} %", _until(one), one["by"], one["note"]] for one in found]
        show_table("Measured", ["use case", "what", "value", "until", "by", "note"], rows)


def _until(one: dict[str, Any]) -> str:
    return f"{one['until'][:10]}{' (ended)' if one['ended'] else ''}"
