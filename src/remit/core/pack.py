"""A pack: a cited set of rules that many use cases share, dated and numbered. A starting point for counsel, and it says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import msgspec

from remit.core.documents import Name, Sentence, read_document
from remit.core.limit_spec import ContactHours
from remit.core.regions import countries_of
from remit.core.types import Operation
from remit.errors import RuleError

PackVerdict = Literal["note", "wait", "hold", "draft", "block"]
"""`note` asks for nothing: it is written beside the decision. `wait` asks for nothing either, but it does not leave before."""

UnknownVerdict = Literal["note", "hold", "draft", "block"]
"""The verdict where nobody could tell. Waiting would not make anybody know more, so it is none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRule:
    """A rule of a pack: when it fires on one of its operations, the verdict is at least `verdict`.

    `when` says what is wrong, in CEL over the attributes of an action. `unknown` is the verdict where it cannot be evaluated.
    `regions` are where the person touched lives; empty means everywhere. A person whose region is not known counts for all.
    `suggest` names an edit that would mend it, `shows` an attribute whose value people read with it. A rule that waits says
    until when: into the `contact_hours` where the person lives, or for `wait_minutes`, after which the gate is asked again.
    """

    id: Name
    operations: Annotated[tuple[Operation, ...], msgspec.Meta(min_length=1)]
    when: Sentence
    verdict: PackVerdict
    unknown: UnknownVerdict
    because: Sentence
    cites: Sentence
    regions: tuple[str, ...] = ()
    suggest: str = ""
    shows: str = ""
    contact_hours: ContactHours | None = None
    wait_minutes: Annotated[int, msgspec.Meta(ge=1, le=7 * 24 * 60)] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack of rules. `as_of` is the day whose law it states, `version` grows with every change."""

    pack: Name
    title: Sentence
    as_of: date
    version: Annotated[int, msgspec.Meta(ge=1)]
    about: Sentence
    rules: tuple[PackRule, ...]


def read_pack(document: object, *, source: str) -> Pack:
    """Build a pack from a parsed document. Raises `RuleError` that names the place at fault."""
    pack = read_document(document, Pack, asked=f"pack {source}")
    names = [rule.id for rule in pack.rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RuleError(asked=f"pack {source}", found=f"two rules called {', '.join(twice)}", do="Rename one")
    for rule in pack.rules:
        _check(pack.pack, rule)
    return pack


def _check(pack: str, rule: PackRule) -> None:
    countries_of(rule.regions)
    waits = (rule.contact_hours is not None) + (rule.wait_minutes is not None)
    if waits != (rule.verdict == "wait"):
        do = "Give a rule with the verdict wait either contact_hours or wait_minutes, and no other rule"
        raise RuleError(asked=f"rule {rule.id} of pack {pack}", found=f"the verdict {rule.verdict} and {waits} waits", do=do)
