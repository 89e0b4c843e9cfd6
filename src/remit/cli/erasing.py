"""`remit erase`: a person is forgotten, here and in the connected systems that can."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, who
from remit.store.erasures import ERASURES

_LEFT_TO_DO = 1


def erase(
    contact: Annotated[str, typer.Option("--contact", help="The contact's id in the connected system.")],
    also: Annotated[
        list[str] | None, typer.Option("--also", help="A text by which she is found too, such as an address; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased, and erase nothing.")] = False,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Forget a person: her content, what waits about her, and what the connected systems have. It cannot be undone."""
    folder = folder_of(data_dir)
    body = {"kind": "contact", "id": contact, "texts": also or [], "dry_run": dry_run}
    told = ask(folder, "POST", "/api/v1/desk/erasures", body=body, person=who(me))
    left = _left_to_do(told)
    where = folder / ERASURES
    show(told | {"left_to_do": left, "list": str(where)}, as_json=as_json, text="\n".join([*_lines(told), *left]))
    if not dry_run and not as_json:
        show(None, as_json=False, text=f"Backups from before still hold her; `remit restore` makes them forget by {where}.")
    if left and not dry_run:
        raise typer.Exit(_LEFT_TO_DO)


def _lines(told: dict[str, Any]) -> list[str]:
    would = "Would erase" if told["dry_run"] else "Erased"
    ended = "would end" if told["dry_run"] else "ended"
    many, waiting = len(told["proposals"]), told["blocked"]
    first = f"{would} {_counted(told['contents'], 'piece')} of content about {told['record']}, of {_counted(many, 'proposal')}."
    second = [f"{_counted(waiting, 'proposal')} that waited {ended}."] if waiting else []
    return [first, *second, *(_system(name, one, dry_run=told["dry_run"]) for name, one in told["systems"].items())]


def _system(name: str, one: dict[str, Any], *, dry_run: bool) -> str:
    if one["how"] == "forgotten":
        return f"{name} {'would forget' if dry_run else 'forgot'} {_counted(len(one['records']), 'record')}."
    return f"{name}: {one['how']}."


def _left_to_do(told: dict[str, Any]) -> list[str]:
    """Say what a person still has to do; an erasure with something left to do is not over."""
    left = [f"In {name}: {one['do']}." for name, one in told["systems"].items() if one["do"]]
    if not told["scrubbed"]:
        left.append("Somebody still reads an older state of the database: end that, then run `remit erase` again.")
    return left


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
