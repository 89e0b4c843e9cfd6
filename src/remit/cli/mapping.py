"""`remit map`: which field of a connected system tells which attribute, and of how many people that is not known."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from remit.cli.door import door, person_token
from remit.cli.options import AsJson, DataDir, folder_of, show, show_table
from remit.errors import InvalidInput
from remit.sdk.client import problem_of

_MAPS = "/api/v1/desk/maps"


def show_map(
    connector: Annotated[
        str | None, typer.Argument(metavar="CONNECTOR", help="The connected system; the only one with a map otherwise.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show which attribute comes from which field, and of how many people it is not known; reads all of them."""
    found = asyncio.run(_measured(data_dir, connector, quiet=as_json))
    show(found, as_json=as_json)
    if not as_json:
        _tell(found)


async def _measured(data_dir: DataDir, connector: str | None, *, quiet: bool) -> dict[str, Any]:
    folder = folder_of(data_dir)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed:,} people read"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=quiet,
    )
    async with door(folder, person_token(folder)) as client:
        name = connector or await _only(client)
        told: dict[str, Any] = await _get(client, f"{_MAPS}/{quote(name, safe='')}")
        with bar:
            return told | await _counted(client, name, bar)


async def _only(client: httpx.AsyncClient) -> str:
    known = await _get(client, _MAPS)
    if len(known) != 1:
        raise InvalidInput(asked="a map", found=", ".join(known) or "none", do="Name the connected system")
    return str(known[0])


async def _counted(client: httpx.AsyncClient, name: str, bar: Progress) -> dict[str, Any]:
    """Read all people, page by page."""
    records, unknown, filled, alike = 0, Counter[str](), Counter[str](), dict[str, str]()
    task, after = bar.add_task("", total=None), ""
    while True:
        page = await _get(client, f"{_MAPS}/{quote(name, safe='')}/count", **({"after": after} if after else {}))
        records += page["records"]
        unknown.update(page["unknown"])
        filled.update(page["filled"])
        alike |= page["look_alikes"]
        bar.update(task, completed=records)
        if page["after"] is None:
            fields = [{"field": field, "looks_like": alike[field], "filled": filled[field]} for field in alike]
            return {"records": records, "unknown": dict(unknown), "look_alikes": fields}
        after = page["after"]


async def _get(client: httpx.AsyncClient, path: str, **params: str) -> Any:
    reply = await client.get(path, params=params)
    if not reply.is_success:
        raise problem_of(reply)
    return reply.json()


def _tell(found: dict[str, Any]) -> None:
    rows = [[one["attribute"], _unknown(found, one), one["reads"].replace("_", " "), _source(one)] for one in found["attributes"]]
    show_table(f"{found['title']}: {_many(found['records'], 'person')}", ["attribute", "not known", "read as", "from"], rows)
    lines = [*_gaps(found), *_alike(found)]
    if found["not_mapped"]:
        lines.append(f"Rules also ask for what no field tells: {', '.join(found['not_mapped'])}.")
    show(None, as_json=False, text="\n".join(lines))


def _source(one: dict[str, Any]) -> str:
    fields = f"{one['field']}, {one['state']}" if one["state"] else one["field"]
    return f"{fields} of {one['of']}" if one["of"] else fields


def _unknown(found: dict[str, Any], one: dict[str, Any]) -> str:
    if one["of"]:
        return "" if one["known"] else "not known"
    share = _share(found["unknown"].get(one["attribute"], 0), found["records"])
    return "" if share == "0 %" else share


def _share(part: int, whole: int) -> str:
    """Show a share; some are never shown as none, and most never as all."""
    if not whole or not part:
        return "0 %"
    return "100 %" if part == whole else f"{min(99, max(1, round(100 * part / whole)))} %"


def _gaps(found: dict[str, Any]) -> list[str]:
    """Say of each gap what rules make of it, the largest first."""
    gaps = [(found["unknown"].get(one["attribute"], 0), one) for one in found["attributes"] if not one["of"] and one["rules"]]
    largest = sorted((gap for gap in gaps if gap[0]), key=lambda gap: -gap[0])
    people = _many(found["records"], "person")
    return [
        f"{one['attribute']} is not known for {_share(many, found['records'])} of {people};"
        f" {_many(one['rules'], 'rule')} of {_many(one['packs'], 'pack')} then {'takes' if one['rules'] == 1 else 'take'}"
        " the strictest way."
        for many, one in largest
    ]


def _many(number: int, what: str) -> str:
    return f"{number:,} {what if number == 1 else _PLURALS[what]}"


_PLURALS = {"person": "people", "rule": "rules", "pack": "packs"}


def _alike(found: dict[str, Any]) -> list[str]:
    return [
        f"The field {one['field']} looks like {one['looks_like']}, holds something for {_many(one['filled'], 'person')}"
        " and is not mapped."
        for one in found["look_alikes"]
    ]
