"""Golden cases of a use case: what an agent is handed, and what has to be true of what it then asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from remit.core.types import Operation, Value, Verdict

_ENCODER = msgspec.json.Encoder(order="deterministic", enc_hook=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSpec:
    """One golden case. `given` is handed to the agent, which answers with the arguments it would ask `operation` with.

    `proposes` false: the right thing is to ask for nothing. `verdict` is what class and rules come to, whatever the level.
    `equals`, `one_of`, `contains`, `lacks` and `longest` (in characters) are properties of the arguments, by their name.
    """

    operation: Operation
    because: Annotated[str, msgspec.Meta(min_length=1)]
    given: Mapping[str, Value] = field(default_factory=dict)
    proposes: bool = True
    verdict: Literal["allow", "hold", "draft", "block"] | None = None
    equals: Mapping[str, Value] = field(default_factory=dict)
    one_of: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    contains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    longest: Mapping[str, Annotated[int, msgspec.Meta(ge=1)]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """How a version did on the golden cases with this digest, and when. `failed` names the cases it failed."""

    suite: str
    passed: int
    failed: tuple[str, ...]
    at: datetime
    by: str


def suite_digest(cases: Mapping[str, CaseSpec]) -> str:
    """Return a name for these cases that changes with any of them; empty without a case."""
    return hashlib.sha256(_ENCODER.encode(dict(cases))).hexdigest()[:16] if cases else ""


def lacks_suite(cases: Mapping[str, CaseSpec], result: SuiteResult | None) -> str:
    """Say why a version has not passed the cases of today; nothing where it has, or where there are none."""
    if not cases:
        return ""
    if result is None or result.suite != suite_digest(cases):
        return f"the suite of {len(cases)} cases was not run with this version; run it with `remit suite run`"
    return f"the suite fails on {', '.join(result.failed)}" if result.failed else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an agent asked for in a case, and what the gate says to it, whatever the level; None where it asked for nothing."""

    arguments: Mapping[str, Value]
    verdict: Verdict | None = None


def faults(case: CaseSpec, asked: Asked | None) -> Iterator[str]:
    """Say what is wrong with an agent's reply to a case, one sentence each."""
    if asked is None:
        if case.proposes:
            yield f"it asked for nothing; {case.operation} was expected"
        return
    if not case.proposes:
        yield f"it asked for {case.operation}; nothing was expected"
        return
    if case.verdict is not None and asked.verdict is not None and asked.verdict.name.lower() != case.verdict:
        yield f"the gate says {asked.verdict.name.lower()}; {case.verdict} was expected"
    yield from _properties(case, asked.arguments)


def _properties(case: CaseSpec, arguments: Mapping[str, Value]) -> Iterator[str]:
    for name, wanted in case.equals.items():
        if arguments.get(name) != wanted:
            yield f"{name} is {arguments.get(name)!r}; {wanted!r} was expected"
    for name, allowed in case.one_of.items():
        if arguments.get(name) not in allowed:
            yield f"{name} is {arguments.get(name)!r}; one of {', '.join(map(repr, allowed))} was expected"
    for name, parts in case.contains.items():
        yield from (f"{name} lacks {part!r}" for part in parts if part.lower() not in _text(arguments, name))
    for name, parts in case.lacks.items():
        yield from (f"{name} contains {part!r}" for part in parts if part.lower() in _text(arguments, name))
    for name, most in case.longest.items():
        if len(_text(arguments, name)) > most:
            yield f"{name} has {len(_text(arguments, name))} characters; at most {most} were expected"


def _text(arguments: Mapping[str, Value], name: str) -> str:
    return str(arguments.get(name) or "").lower()
