"""What kinds of action exist, and what is known of each before any particular one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from remit.core.types import ActionClass, Kind, Operation, Reversibility, Risk
from remit.errors import RuleError


class Mode(StrEnum):
    """The catalogue's default for an operation; a floor, never a permission."""

    EXECUTE = "execute"
    APPROVE = "approve"
    DRAFT_ONLY = "draft_only"


class Condition(StrEnum):
    """What has to be established for the narrow form of an operation."""

    NO_LISTENERS = "no_listeners"
    FIELD_EMPTY = "field_empty"
    NOT_SET_BY_PERSON = "not_set_by_person"
    ONE_RECORD = "one_record"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One kind of action: its class in the wide form, and in the narrow form when every condition is established."""

    operation: Operation
    name: str
    kind: Kind
    mode: Mode
    wide: ActionClass
    narrow: ActionClass | None = None
    narrow_when: tuple[Condition, ...] = ()
    contacts_person: bool = False
    human_only: bool = False


def base_of(operation: Operation) -> Operation:
    """Strip the charter's variant: `contact.enrich:education` is a `contact.enrich`."""
    return Operation(operation.partition(":")[0])


def read_catalogue(document: object) -> dict[Operation, CatalogueEntry]:
    """Build the catalogue from its document. Raises `RuleError` that names the operation at fault."""
    actions = document.get("actions") if isinstance(document, dict) else None
    if not isinstance(actions, dict):
        raise RuleError(found="a catalogue without `actions`", do="Give a mapping of operation to description")
    return {Operation(name): _entry(Operation(name), body) for name, body in actions.items()}


_KEYS = {"name", "kind", "mode", "wide", "narrow", "narrow_when", "contacts_person", "human_only"}


def _entry(operation: Operation, body: object) -> CatalogueEntry:
    try:
        return _milder_when_narrow(_read(operation, _described(body)))
    except (KeyError, ValueError) as error:
        raise RuleError(asked=f"catalogue entry {operation}", found=str(error), do="Correct the entry") from error


def _described(body: object) -> Mapping[str, object]:
    """Refuse keys nobody knows: a misspelt condition would otherwise hold for everything."""
    if not isinstance(body, dict):
        raise ValueError(f"{body!r} is no description")  # noqa: TRY004  # one kind of error for every fault of a document
    if strays := sorted(set(body) - _KEYS):
        raise ValueError(f"unknown: {', '.join(strays)}")
    return body


def _read(operation: Operation, body: Mapping[str, object]) -> CatalogueEntry:
    narrow = body.get("narrow")
    return CatalogueEntry(
        operation=operation,
        name=str(body["name"]),
        kind=Kind(str(body["kind"])),
        mode=Mode(str(body["mode"])),
        wide=_class(body["wide"]),
        narrow=_class(narrow) if narrow is not None else None,
        narrow_when=tuple(Condition(str(name)) for name in _list(body.get("narrow_when", []))),
        contacts_person=bool(body.get("contacts_person", False)),
        human_only=bool(body.get("human_only", False)),
    )


def _milder_when_narrow(entry: CatalogueEntry) -> CatalogueEntry:
    """Refuse a narrow form that a missing fact would be milder than, or that needs nothing to be established."""
    narrow, wide = entry.narrow, entry.wide
    if (narrow is None) == bool(entry.narrow_when):
        raise ValueError("`narrow` and `narrow_when` need each other")
    if narrow is not None and (narrow.risk > wide.risk or narrow.reversibility > wide.reversibility):
        raise ValueError("the narrow form is not milder than the wide one")
    return entry


def _list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    msg = f"{value!r} is not a list"
    raise ValueError(msg)


def _class(value: object) -> ActionClass:
    risk, reversibility = str(value).split(",")
    return ActionClass(risk=Risk[risk.strip().upper()], reversibility=Reversibility[reversibility.strip().upper()])
