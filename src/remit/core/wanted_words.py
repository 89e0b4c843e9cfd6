"""Says in words what an entry of a document has to be: `a whole number from 1 to 60`, `one of hold, draft, block`."""

from __future__ import annotations

from typing import Any

from msgspec import inspect

_PATTERNS = {
    r"^[a-z][a-z0-9_.:-]*$": "a name in small letters, such as lead-enrichment",
    r"^[a-z][a-z0-9_-]*$": "a name in small letters without dots and colons, such as lead-enrichment",
    r"^[1-9][0-9]{0,2} (minute|hour|day)s?$": 'a window such as "1 day" or "7 days"',
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": 'a time of day such as "09:00"',
    r"^[A-Z]{3}$": "a currency in three capitals, such as EUR",
    r"^[a-z]{2}$": "a language in two small letters, such as en",
}
"""What the patterns of documents mean. A test holds it to all that are in use."""


def wanted(kind: Any) -> str:
    """Say what an entry of this type has to be."""
    return _said(inspect.type_info(kind))


def _said(told: inspect.Type) -> str:
    match told:
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType() | inspect.FloatType():
            return f"{_number(told)}{_range(told)}"
        case inspect.StrType(pattern=str(pattern)):
            return _PATTERNS.get(pattern, "a text of another form")
        case inspect.LiteralType():
            return f"one of {_choice(told)}"
        case inspect.EnumType():
            return _enumerated(told)
        case inspect.DateType():
            return "a date such as 2026-11-30"
        case _:
            return _composed(told)


def _number(told: inspect.IntType | inspect.FloatType) -> str:
    return "a whole number" if isinstance(told, inspect.IntType) else "a number"


def _range(told: inspect.IntType | inspect.FloatType) -> str:
    low = f" from {told.ge}" if told.ge is not None else f" above {told.gt}" if told.gt is not None else ""
    high = f" to {told.le}" if told.le is not None else f" below {told.lt}" if told.lt is not None else ""
    if low and high and told.ge is None:
        return f"{low} and{' up' if told.le is not None else ''}{high}"
    return f"{low} on" if told.ge is not None and not high else f"{low}{high}"


def _choice(told: inspect.LiteralType) -> str:
    names = [f'"{name}"' if "," in str(name) else str(name) for name in told.values]
    return ", ".join(names)


def _enumerated(told: inspect.EnumType) -> str:
    if told.cls.__name__ == "Level":
        return "a level: " + ", ".join(f"{one.value} ({one.name.lower()})" for one in told.cls)
    return f"one of {', '.join(str(one.value) for one in told.cls)}"


def _composed(told: inspect.Type) -> str:
    match told:
        case inspect.DictType():
            return "names and what belongs to each"
        case inspect.VarTupleType():
            least = f" of at least {told.min_length}" if told.min_length else ""
            return f"a list{least}, each {_said(told.item_type)}"
        case inspect.DataclassType():
            return f"entries below it: {', '.join(one.name for one in told.fields if one.required)}"
        case inspect.UnionType():
            return " or ".join(dict.fromkeys(_said(one) for one in told.types if not isinstance(one, inspect.NoneType)))
        case _:
            return "a text"
