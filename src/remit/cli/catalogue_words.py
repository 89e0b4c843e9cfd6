"""Lays catalogue entries and classes out, for people and for machines."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from remit.core.catalogue import CatalogueEntry, Mode, PersonalData, Stage
from remit.core.class_reasons import class_words, established
from remit.core.classify import Classified
from remit.core.codec import to_plain
from remit.core.types import ActionClass, Kind


def row(entry: CatalogueEntry) -> list[str]:
    """Lay an entry out as a line of a table."""
    return [entry.operation, _short(entry.wide), _short(entry.narrow), entry.mode]


def _short(action_class: ActionClass | None) -> str:
    return "" if action_class is None else f"{action_class.risk.name.lower()}, {action_class.reversibility.name.lower()}"


def lines(entry: CatalogueEntry) -> list[str]:
    """Lay an entry out for people."""
    narrow = [] if entry.narrow is None else [f"  milder      {class_words(entry.narrow)}, when all of this is established:"]
    return [
        f"{entry.operation}: {entry.name}",
        f"  what goes wrong: {entry.why}",
        f"  what it is  {_KINDS[entry.kind]}, {_STAGES[entry.stage]}",
        f"  who does it {_MODES[entry.mode]}",
        f"  class       {class_words(entry.wide)}",
        *narrow,
        *(f"    {name}: {established(name, entry)}" for name in entry.narrow_when),
        *(f"  on {name}: at least {class_words(one.at_least)}, because {one.why}" for name, one in entry.overrides.items()),
        f"  reach       counted in {entry.reach.unit}{_limit(entry)}",
        f"  persons     {_PERSONAL[entry.personal_data]}{', and somebody is contacted' if entry.contacts_person else ''}",
        f"  undo        {entry.undo.how}",
        f"  captured    {', '.join(entry.undo.capture) or 'nothing'}",
        *([f"  stays       {entry.undo.residue}"] if entry.undo.residue else []),
        "  checked before the call:",
        *(f"    {name}: {sentence}" for name, sentence in entry.guardrails.items()),
    ]


_KINDS = {Kind.ACT: "an action on a connected system", Kind.DRAFT: "a draft in Remit's own area"}
_STAGES = {
    Stage.ASSIST: "work that assists people",
    Stage.RECOMMEND: "work that recommends",
    Stage.EXECUTE_LOW_RISK: "work of low risk",
    Stage.OPTIMISE: "work that optimises",
    Stage.HUMAN_ONLY: "work of people alone",
}
_MODES = {
    Mode.EXECUTE: "an agent, as far as its level goes",
    Mode.APPROVE: "an agent, after a person was asked",
    Mode.DRAFT_ONLY: "a person; an agent only prepares it",
}
_PERSONAL = {
    PersonalData.NONE: "no data of persons",
    PersonalData.INDIRECT: "data from which persons can be told indirectly",
    PersonalData.DIRECT: "data of persons",
    PersonalData.SENSITIVE: "sensitive data of persons",
}


def _limit(entry: CatalogueEntry) -> str:
    limit = entry.reach.narrow_up_to
    return "" if limit is None else f"; milder up to {limit}"


def entry_plain(entry: CatalogueEntry) -> dict[str, Any]:
    """Return an entry for machines: classes in words, and everything that is there."""
    plain = {name.name: to_plain(getattr(entry, name.name)) for name in fields(entry)}
    told = {"wide": _short(entry.wide), "narrow": _short(entry.narrow) or None}
    overrides = {name: {"at_least": _short(one.at_least), "why": one.why} for name, one in entry.overrides.items()}
    undo = {one.name: to_plain(getattr(entry.undo, one.name)) for one in fields(entry.undo)}
    reach = {"unit": entry.reach.unit.value, "narrow_up_to": entry.reach.narrow_up_to}
    return plain | told | {"overrides": overrides, "undo": undo, "reach": reach}


def class_plain(entry: CatalogueEntry, found: Classified) -> dict[str, Any]:
    """Return a class for machines."""
    return {
        "operation": entry.operation,
        "risk": found.action_class.risk.name.lower(),
        "reversibility": found.action_class.reversibility.name.lower(),
        "form": found.form,
        "failed": to_plain(found.failed),
        "unknown": to_plain(found.unknown),
        "worse_on": found.worse_on or None,
        "riskiest": found.riskiest,
        "two_people": found.two_people,
        "one_by_one": found.one_by_one,
    }
