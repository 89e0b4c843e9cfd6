"""A charter from a template and a few answers. It proposes; whoever adopts the charter decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec

from remit.core.catalogue import CatalogueEntry, base_of
from remit.core.charter import Charter, read_charter
from remit.core.charter_review import says
from remit.core.documents import Name, Sentence
from remit.core.outlook import Outlook, class_proposal, mildest, outlook, starting_level
from remit.core.types import ActionClass, Level, Operation, OwnerRole, Reversibility, Risk

Positive = Annotated[float, msgspec.Meta(gt=0)]
ShortName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]*$", max_length=80)]
"""A name without the dots and colons of an operation."""
_LOW_EASY = ActionClass(risk=Risk.LOW, reversibility=Reversibility.EASY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a team says of its use case. What it does not say stays as the template has it.

    `actions_per_week` is how many there are, of which `sharing_one_cause` at a time come from one template, source or list.
    `one_wrong_in` is how many actions may hold one wrong one. `hourly_cost` has a hundred minor units in one.
    """

    template: Name | None = None
    use_case: ShortName | None = None
    title: Sentence | None = None
    goal: Sentence | None = None
    owner: Sentence | None = None
    owner_role: OwnerRole | None = None
    line_of_business: Sentence | None = None
    connector: Name | None = None
    metric: Sentence | None = None
    baseline: float | None = None
    target: float | None = None
    by: date | None = None
    counter_metric: Sentence | None = None
    non_negotiables: tuple[Sentence, ...] | None = None
    kept_by_people: tuple[Sentence, ...] | None = None
    operations: tuple[Name, ...] | None = None
    actions_per_week: Annotated[float, msgspec.Meta(ge=0)] = 100
    sharing_one_cause: Annotated[float, msgspec.Meta(ge=1)] = 1
    one_wrong_in: Annotated[float, msgspec.Meta(gt=2)] | None = None
    why_bearable: Sentence | None = None
    minutes_today: Annotated[float, msgspec.Meta(ge=0)] | None = None
    hourly_cost: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")] | None = None
    escalation_channel: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A charter that is not adopted: the document, the class of each kind of action in words, and what to expect."""

    document: Mapping[str, Any]
    charter: Charter
    classes: Mapping[Operation, str]
    outlook: Outlook | None

    @property
    def expects(self) -> str:
        """Say how long level 3 takes, or that nothing here can get there."""
        if self.outlook is None:
            return "Level 3 is not reachable: nothing here is of low risk and easy to undo, or the charter stops at level 2."
        return str(self.outlook)


def drafted(template: Mapping[str, Any], answers: Answers, catalogue: Mapping[Operation, CatalogueEntry]) -> Draft:
    """Fill a template in. Raises `RuleError` where the answers do not make a charter."""
    said = msgspec.to_builtins(answers)
    document = dict(template) | {name: said[name] for name in _AS_THEY_ARE if said[name] is not None}
    document |= {"measure": _measure(template, said), "operations": _operations(template, said)}
    document |= _about_operations(document, template["operations"]) | _figures(template, said)
    document["evidence"] |= _bearable(said)
    connector = str(document["connector"])
    entries = {name: catalogue.get(base_of(Operation(name))) for name in document["operations"]}
    start = min(starting_level(entries.values(), connector), Level(document["highest_level"]))
    document["starts_at"] = start.value
    charter = read_charter(document, source=str(document["use_case"]))
    classes = {base_of(Operation(name)): _class(name, entry, connector) for name, entry in entries.items()}
    alone = any(_may_run_alone(charter, Operation(name), entry) for name, entry in entries.items())
    expected = outlook(charter, actions_per_week=answers.actions_per_week, sharing=answers.sharing_one_cause)
    return Draft(document=document, charter=charter, classes=classes, outlook=expected if alone else None)


_AS_THEY_ARE = (
    "use_case",
    "title",
    "goal",
    "owner",
    "owner_role",
    "line_of_business",
    "connector",
    "non_negotiables",
    "kept_by_people",
    "currency",
)


def _measure(template: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    names = ("metric", "baseline", "target", "by", "counter_metric")
    return {name: template["measure"][name] if said[name] is None else said[name] for name in names}


def _operations(template: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the template's operations that are wanted; a further one begins with the record it is about as its only argument."""
    known = template["operations"]
    wanted = said["operations"] or list(known)
    return {name: known.get(name, {"arguments": [name.partition(".")[0]]}) for name in wanted}


def _about_operations(document: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Take out what is about operations and arguments that are not there any more."""
    there = {*document["operations"], *(base_of(name) for name in document["operations"])}
    arguments = {f"argument:{name}" for name in _arguments(document["operations"])}
    gone = _arguments(before) - _arguments(document["operations"])
    evidence = dict(document["evidence"])
    key = [part for part in evidence["cluster"]["key"] if not part.startswith("argument:") or part in arguments]
    evidence["cluster"] = evidence["cluster"] | {"key": key or ["day"]}
    kept = {kind: _still_meant(document.get(kind, {}), there) for kind in ("rules", "limits")}
    windows = {name: _still_needed(window, gone) for name, window in document["windows"].items()}
    return {"evidence": evidence, "windows": windows, **kept}


def _still_needed(window: Mapping[str, Any], gone: set[str]) -> dict[str, Any]:
    """Take out of a window what only an operation that is not wanted would have written."""
    kept = {name for name in window["fields"] if name in window.get("where", {}) or says(window.get("why", ""), name)}
    fields = [name for name in window["fields"] if name in kept or name not in gone]
    return dict(window) | ({"fields": fields} if fields else {})


def _arguments(operations: Mapping[str, Any]) -> set[str]:
    return {name for spec in operations.values() for name in spec["arguments"]}


def _still_meant(specs: Mapping[str, Any], there: set[str]) -> dict[str, Any]:
    found = {}
    for name, spec in specs.items():
        operations = spec.get("operations", [])
        left = [one for one in operations if one in there]
        if left or not operations:
            found[name] = spec | ({"operations": left} if left else {})
    return found


def _figures(template: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if said["minutes_today"] is not None:
        found["baseline_minutes"] = said["minutes_today"]
    if said["hourly_cost"] is not None:
        found["hourly_cost_minor"] = round(100 * said["hourly_cost"])
    if said["escalation_channel"] is not None:
        found["escalation"] = [step | {"channel": said["escalation_channel"]} for step in template["escalation"][:1]]
    return found


def _bearable(said: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if said["one_wrong_in"] is not None:
        found["tolerance"] = round(1 / said["one_wrong_in"], 6)
    if said["why_bearable"] is not None:
        found["why"] = said["why_bearable"]
    return found


def _class(name: str, entry: CatalogueEntry | None, connector: str) -> str:
    if entry is None:
        return f"{name}: the catalogue does not know it, so it counts as high risk and irreversible."
    return class_proposal(entry, connector)


def _may_run_alone(charter: Charter, name: Operation, entry: CatalogueEntry | None) -> bool:
    highest = min(charter.highest_level, charter.operations[name].highest_level)
    return highest >= Level.EXECUTE and mildest(entry, charter.connector) == _LOW_EASY
