"""A map: which field of a connected system tells which attribute, and how what stands there is read.

It is a document of the policy, so people answer for it. What cannot be read as the map says is missing; it is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from remit.core.attribute import Source
from remit.core.attributes import ATTRIBUTES, Told
from remit.core.content import CONTENT
from remit.core.countries import region_code
from remit.core.documents import Name, Sentence, read_document
from remit.core.letters import canonical
from remit.core.links import domain_of
from remit.core.types import Image, Record, Value
from remit.errors import RuleError

Reads = Literal["as_is", "yes_no", "whole", "region", "local_minute", "days_since", "days_left", "domain"]
"""How a value is read: as it stands, as yes or no in many words, as a whole number, a country (and state) as a code, a time zone
as the minute of the day there, a date as days that passed or are left, a mail address as its domain."""

MinutesIn = Callable[[str, datetime], int | None]
"""Says what the clock shows in a time zone, in minutes since midnight; None for a zone nobody knows."""

_MAKES: Mapping[str, str] = {
    "yes_no": "bool",
    "whole": "int",
    "region": "string",
    "local_minute": "int",
    "days_since": "int",
    "days_left": "int",
    "domain": "string",
}
_YES = frozenset(("yes", "y", "true", "t", "1", "on", "ja", "j", "oui", "si", "x", "opted in", "subscribed", "granted"))
_NO = frozenset(("no", "n", "false", "f", "0", "off", "nein", "non", "opted out", "unsubscribed", "denied"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """Where one attribute comes from: a field of the person, or `of` a fixed record such as `sender/main`.

    `state` names a second field for the state, where a region is read. `empty` is what an empty field means where yes or no is
    read; without it an empty field is not known.
    """

    field: Sentence
    reads: Reads
    of: str = ""
    state: str = ""
    empty: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """The map of one connector. `person` is the kind of record that stands for a person there."""

    map: Name
    title: Sentence
    attributes: Mapping[str, FieldSpec]
    person: Name = "contact"


def read_field_map(document: object, *, source: str) -> FieldMap:
    """Build a map from a parsed document. Raises `RuleError` that names the attribute at fault."""
    found = read_document(document, FieldMap, asked=f"map {source}")
    for name, spec in found.attributes.items():
        if wrong := spec_fault(name, spec):
            raise RuleError(asked=f"attribute {name} of map {source}", found=wrong, do="See the attributes in docs/reference.md")
    return found


MAPPABLE = frozenset(name for name, one in ATTRIBUTES.items() if "." in name and one.source is not Source.CLAIMED)
"""What a record could tell, as far as its name goes."""


def spec_fault(name: str, spec: FieldSpec) -> str:
    """Say what is wrong with an attribute of a map; nothing where it is well."""
    attribute = ATTRIBUTES.get(name)
    if attribute is None or name not in MAPPABLE:
        return "no attribute that a record could tell"
    if name in CONTENT - {"message.from_domain"}:
        return "an attribute that Remit works out from the text itself"
    made = _MAKES.get(spec.reads, attribute.cel)
    if made != attribute.cel or made.startswith("list"):
        return f"read as {spec.reads}, which makes no {attribute.cel}"
    if spec.of and not all(spec.of.partition("/")):
        return f"the record {spec.of}, which is no KIND/ID"
    return ""


def wanted(field_map: FieldMap, looked_at: Collection[str]) -> frozenset[str]:
    """Return which mapped attributes have to be looked up for what rules look at."""
    asked = set(looked_at) | ({"message.from_domain"} if "message.hidden_sender" in looked_at else set())
    return frozenset(asked & field_map.attributes.keys())


def records(field_map: FieldMap, names: Collection[str], person: Record | None) -> dict[Record, tuple[str, ...]]:
    """Return which fields of which records have to be read; those of a person only where there is one, of the right kind."""
    found: dict[Record, tuple[str, ...]] = {}
    for name in sorted(names):
        spec = field_map.attributes[name]
        record = _record(field_map, spec, person)
        if record is not None:
            fields = (spec.field, spec.state) if spec.state else (spec.field,)
            found[record] = tuple(dict.fromkeys((*found.get(record, ()), *fields)))
    return found


def told(
    field_map: FieldMap,
    names: Collection[str],
    person: Record | None,
    images: Mapping[Record, Image],
    now: datetime,
    minutes_in: MinutesIn,
) -> dict[str, Told]:
    """Read the attributes from records as they are; what is not there, or cannot be read, is left out."""
    found: dict[str, Told] = {}
    for name in sorted(names):
        spec = field_map.attributes[name]
        record = _record(field_map, spec, person)
        image = None if record is None else images.get(record)
        value = None if image is None or not image.exists else value_of(spec, image.fields, now, minutes_in)
        if value is not None:
            found[name] = value
    return found


def _record(field_map: FieldMap, spec: FieldSpec, person: Record | None) -> Record | None:
    if spec.of:
        kind, _, identity = spec.of.partition("/")
        return Record(kind=kind, id=identity)
    return person if person is not None and person.kind == field_map.person else None


def value_of(spec: FieldSpec, fields: Mapping[str, Value], now: datetime, minutes_in: MinutesIn) -> Told | None:
    """Read one attribute from the fields of a record; None where it cannot be told."""
    value = fields.get(spec.field)
    match spec.reads:
        case "as_is":
            return _as_is(value)
        case "yes_no":
            return spec.empty if value in (None, "") else _yes_no(value)
        case "whole":
            return _whole(value)
        case "region":
            return region_code(str(value or ""), str(fields.get(spec.state) or ""))
        case "local_minute":
            return minutes_in(value, now) if isinstance(value, str) else None
        case "days_since":
            return None if (day := _day(value)) is None else (now.date() - day).days
        case "days_left":
            return None if (day := _day(value)) is None else (day - now.date()).days
        case "domain":
            return domain_of(value) if isinstance(value, str) else None


def _as_is(value: Value) -> Told | None:
    return value if isinstance(value, (bool, int)) or (isinstance(value, str) and value) else None


def _yes_no(value: Value) -> bool | None:
    word = canonical(str(value)).strip()
    return True if word in _YES else False if word in _NO else None


def _whole(value: Value) -> int | None:
    if isinstance(value, str):
        return int(value) if value.strip().lstrip("-").isdecimal() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _day(value: Value) -> date | None:
    """Read a day, or the day of a moment; one that is still to come is a day, too."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
