"""`remit catalogue`: what kinds of action exist, and which class one of them would have. It needs no data folder."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

import msgspec
import typer

from remit.cli.catalogue_words import class_plain, entry_plain, lines, row
from remit.cli.options import AsJson, show, show_table
from remit.core.attributes import ATTRIBUTES, ActionFacts, InnerCall
from remit.core.catalogue import CatalogueEntry, Stage, base_of
from remit.core.catalogue_reading import read_catalogue
from remit.core.class_reasons import class_words, why_class
from remit.core.classify import classify
from remit.core.codec import from_plain, to_plain
from remit.core.policy import CATALOGUE
from remit.core.types import Operation
from remit.errors import InvalidInput, NotFound
from remit.wire import packaged_documents

app = typer.Typer(help="Show the actions Remit knows, and why one has its class.", no_args_is_help=True)

Wanted = Annotated[str, typer.Argument(metavar="OPERATION", help="The operation, such as contact.tag.add.")]
_FACTS = [name for name in ActionFacts.__struct_fields__ if name != "inner"]


@app.command("list")
def list_actions(
    stage: Annotated[Stage | None, typer.Option(help="Only work of this sort.")] = None, as_json: AsJson = False
) -> None:
    """List every action with its class in both forms and its mode."""
    found = [entry for entry in _known().values() if stage in {None, entry.stage}]
    show([entry_plain(entry) for entry in found], as_json=as_json)
    if not as_json:
        _show_tables(found)


def _show_tables(entries: list[CatalogueEntry]) -> None:
    for stage in Stage:
        if found := [row(entry) for entry in entries if entry.stage is stage]:
            title = f"{stage.replace('_', ' ')}: {len(found)} actions"
            show_table(title, ["operation", "class", "milder", "mode"], found)


@app.command("show")
def show_action(operation: Wanted, as_json: AsJson = False) -> None:
    """Show all that the catalogue says of one action."""
    entry = _entry(operation)
    show(entry_plain(entry), as_json=as_json, text="\n".join(lines(entry)))


@app.command("classify")
def classify_action(
    operation: Wanted,
    facts: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="What is established, as name=value; what is not given counts as not known."),
    ] = None,
    connector: Annotated[str, typer.Option(help="The connected system it would be carried out on.")] = "",
    inner: Annotated[
        list[str] | None, typer.Option(help='A call inside, with its facts: "contact.enrich reach=1"; may be repeated.')
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which class an action would have if these facts were established, and why."""
    entry, inside = _entry(operation), tuple(_inner(text) for text in inner or [])
    given = {**_established(facts or []), "inner": [to_plain(call) for call in inside] or None}
    found = classify(entry, from_plain(ActionFacts, given), connector=connector, known=_known())
    reasons = why_class(entry, found)
    text = "\n".join([f"{entry.operation}: {class_words(found.action_class)}", *(f"  {reason.text}" for reason in reasons)])
    show(class_plain(entry, found) | {"reasons": to_plain(reasons)}, as_json=as_json, text=text)


@cache
def _known() -> Mapping[Operation, CatalogueEntry]:
    return read_catalogue(json.loads(packaged_documents()[CATALOGUE]))


def _entry(asked: str) -> CatalogueEntry:
    entry = _known().get(base_of(Operation(asked)))
    if entry is None:
        found = (
            "the catalogue does not know it; an agent that asked for it would meet the worst class, high risk and irreversible"
        )
        raise NotFound(asked=f"operation {asked}", found=found, do=_meant(asked, list(_known()), "`remit catalogue list`"))
    return entry


def _meant(asked: str, known: list[Any], otherwise: str) -> str:
    close = difflib.get_close_matches(asked, known, n=2, cutoff=0.75)
    return f"Did you mean {' or '.join(close)}?" if close else f"Choose one from {otherwise}"


def _inner(text: str) -> InnerCall:
    operation, *facts = text.split() or [""]
    return InnerCall(operation=Operation(operation), facts=from_plain(ActionFacts, _established(facts)))


def _established(texts: list[str]) -> dict[str, Any]:
    return dict(_fact(text) for text in texts)


def _fact(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise InvalidInput(asked=f"fact {text}", found="no =", do="Write it as name=value, such as listeners=[]")
    if name not in _FACTS:
        do = _meant(name, _FACTS, f"these: {', '.join(_FACTS)}")
        raise InvalidInput(asked=f"fact {name}", found="no fact of that name", do=do)
    cel = ATTRIBUTES[name].cel
    return name, _fitting(name, cel, _parsed(value, cel))


def _parsed(text: str, cel: str) -> Any:
    """Read JSON where it is JSON; a list may also be written `a,b`, and nothing at all is an empty one."""
    try:
        return json.loads(text)
    except ValueError:
        return [part for part in text.split(",") if part] if cel.startswith("list") else text


def _fitting(name: str, cel: str, value: Any) -> Any:
    try:
        from_plain(ActionFacts, {name: value})
    except msgspec.ValidationError as error:
        raise InvalidInput(asked=f"fact {name}", found=json.dumps(value), do=f"Give a value of type {cel}, or null") from error
    return value
