"""Reads a question that somebody wrote down: what is established, claimed and granted about one action, as the gate takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from remit.core.attributes import ATTRIBUTES, ActionFacts, Told
from remit.core.ceilings import charter_ceilings
from remit.core.charter import Charter
from remit.core.context import odd_arguments
from remit.core.document_faults import faults, meant
from remit.core.policy import CompiledPolicy
from remit.core.question import Ceiling, Claimed, GateInput
from remit.core.reasons import SENTENCES
from remit.core.types import Level, Operation, UseCaseId, Value
from remit.errors import InvalidInput

_PPM = 1_000_000


class _Strict(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of a question. A misspelt key would otherwise be a fact that nobody heard of."""


class _Claimed(_Strict):
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    confidence_ppm: Annotated[int, msgspec.Meta(ge=0, le=_PPM)] | None = None
    grounds: tuple[str, ...] = ()


class _Ceiling(_Strict):
    level: int | str
    code: str = "charter"
    detail: str = ""


class _Asked(_Strict):
    operation: str
    use_case: str | None = None
    level: int | str | None = None
    granted: int | str | None = None
    arguments: dict[str, Value] = msgspec.field(default_factory=dict)
    facts: dict[str, Any] = msgspec.field(default_factory=dict)
    claimed: _Claimed = msgspec.field(default_factory=_Claimed)
    ceilings: tuple[_Ceiling, ...] = ()
    certificate: bool = False
    drawn: bool = False
    stops: tuple[str, ...] = ()
    used: dict[str, Annotated[int, msgspec.Meta(ge=0)]] = msgspec.field(default_factory=dict)


_DECODER = msgspec.json.Decoder(_Asked)


def read_question(line: bytes, charter: Charter, policy: CompiledPolicy) -> GateInput:
    """Read one line of JSON as a question, by default about this charter. Raises `InvalidInput` that says what is wrong."""
    try:
        asked = _DECODER.decode(line)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        raise _misread(line, error) from error
    use_case, operation = UseCaseId(asked.use_case or charter.id), Operation(asked.operation)
    about = policy.charters.get(use_case)
    granted = _granted(asked, charter.starts_at if about is None else about.starts_at)
    return GateInput(
        use_case=use_case,
        operation=operation,
        granted=granted,
        odd_arguments=() if about is None else odd_arguments(about, operation, asked.arguments),
        ceilings=_ceilings(asked, granted, about, operation),
        facts=_facts(asked.facts),
        claimed=Claimed(confidence_ppm=_confidence(asked.claimed), grounds=tuple(sorted(asked.claimed.grounds))),
        certificate=asked.certificate,
        drawn=asked.drawn,
        stops=asked.stops,
        used=asked.used,
    )


def _misread(line: bytes, error: Exception) -> InvalidInput:
    """Say which entry cannot be read, and what was meant, as for a document that people write."""
    try:
        fault = next(faults(msgspec.json.decode(line), _Asked), None)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return InvalidInput(asked="a question", found=str(error), do="Write one JSON object on one line")
    if fault is None:
        return InvalidInput(asked="a question", found=str(error), do=_HOW)
    if not fault.way:
        return InvalidInput(asked="a question", found=fault.found, do=_HOW)
    place = " / ".join(f"item {part + 1}" if isinstance(part, int) else part for part in fault.way)
    do = fault.do.replace("Leave it out, or use one of: ", "Leave it out, or use ")
    return InvalidInput(asked=place, found=fault.found, do=do)


_PARTS = ", ".join(name for name in _Asked.__struct_fields__ if name != "operation")
_HOW = f"Give `operation`, and where they matter {_PARTS}"


def _granted(asked: _Asked, otherwise: Level) -> Level:
    named = [one for one in (asked.level, asked.granted) if one is not None]
    found = {_level(one) for one in named}
    if len(found) > 1:
        raise InvalidInput(asked="a level", found=f"level {asked.level} and granted {asked.granted}", do="Give one of the two")
    return next(iter(found), otherwise)


def _level(named: int | str) -> Level:
    try:
        return Level(named) if isinstance(named, int) else Level[named.upper()]
    except (ValueError, KeyError):
        known = ", ".join(f"{level.value} or {level.name.lower()}" for level in Level)
        raise InvalidInput(asked="a level", found=str(named), do=f"Use {known}") from None


def _ceilings(asked: _Asked, granted: Level, about: Charter | None, operation: Operation) -> tuple[Ceiling, ...]:
    """Return what was given, and what the charter itself sets, which caps whatever anybody grants; no measure is known here."""
    given = tuple(_ceiling(one) for one in asked.ceilings)
    if about is None:
        return given
    return given + tuple(one for one in charter_ceilings(about, operation) if one.level < granted)


def _ceiling(told: _Ceiling) -> Ceiling:
    if f"ceiling_{told.code}" not in SENTENCES:
        known = sorted(code.removeprefix("ceiling_") for code in SENTENCES if code.startswith("ceiling_"))
        raise InvalidInput(asked=f"ceiling {told.code}", found="no such ceiling", do=f"Use {', '.join(known)}")
    return Ceiling(level=_level(told.level), code=told.code, detail=told.detail)


def _confidence(claimed: _Claimed) -> int | None:
    if claimed.confidence is None:
        return claimed.confidence_ppm
    if claimed.confidence_ppm is not None:
        raise InvalidInput(asked="a confidence", found="confidence and confidence_ppm", do="Give one of the two")
    return round(claimed.confidence * _PPM)


def _facts(told: Mapping[str, Any]) -> ActionFacts:
    further = told.get("further", {})
    if not isinstance(further, dict):
        raise InvalidInput(asked="fact further", found=_shown(further), do="Give a mapping of dotted names")
    plain = {name: value for name, value in told.items() if "." not in name and name != "further"}
    dotted = {name: value for name, value in told.items() if "." in name} | further
    if "inner" in plain and isinstance(plain["inner"], list):
        plain["inner"] = [_inner(call) for call in plain["inner"]]
    for name, value in (*plain.items(), *dotted.items()):
        _check(name, value)
    known = {name: _told(value) for name, value in dotted.items() if value is not None}
    return msgspec.convert(plain | {"further": known}, ActionFacts)


def _inner(call: object) -> object:
    """Let the facts of a call inside be written as those of the envelope are."""
    if isinstance(call, dict) and isinstance(call.get("facts"), dict):
        return call | {"facts": msgspec.to_builtins(_facts(call["facts"]))}
    return call


def _told(value: Any) -> Told:
    return tuple(value) if isinstance(value, list) else value


def _check(name: str, value: object) -> None:
    """Refuse a fact nobody knows, one of another type, and a count below zero."""
    if name == "inner":
        return _check_inner(value)
    attribute = ATTRIBUTES.get(name)
    if attribute is None:
        raise InvalidInput(asked=f"fact {name}", found="no fact of that name", do=meant(name, _FACTS))
    if name.startswith("claimed."):
        raise InvalidInput(asked=f"fact {name}", found="something the agent claims", do="Write it under `claimed`")
    cel = attribute.cel
    if value is not None and not _fits(value, cel):
        raise InvalidInput(asked=f"fact {name}", found=_shown(value), do=f"Give a value of type {cel}, or null")
    if name in _COUNTS and isinstance(value, int) and value < 0:
        raise InvalidInput(asked=f"fact {name}", found=str(value), do="Give a count from 0 on")
    return None


def _check_inner(value: object) -> None:
    try:
        msgspec.convert({"inner": value}, ActionFacts)
    except msgspec.ValidationError as error:
        do = "Give a list of mappings with `operation` and `facts`"
        raise InvalidInput(asked="fact inner", found=str(error), do=do) from error


_COUNTS = {"reach", "band_ppm", "audience.reachable", "money.spend_minor"}
_FACTS = {name for name in ATTRIBUTES if not name.startswith("claimed.")} | {"inner"}


def _fits(value: object, cel: str) -> bool:
    match cel:
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case _:
            return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _shown(value: object) -> str:
    return msgspec.json.encode(value).decode()[:60]
