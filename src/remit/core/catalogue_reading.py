"""Reads a catalogue document strictly: what is unknown, missing or of the wrong sort is refused with the operation named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec

from remit.core.catalogue import CatalogueEntry, Condition, Mode, Override, PersonalData, Reach, ReachUnit, Stage, Undo
from remit.core.types import WORST, ActionClass, Kind, Operation, Reversibility, Risk
from remit.errors import RuleError

Sentence = Annotated[str, msgspec.Meta(min_length=1)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=80)]


class _Strict(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mapping of the document. A misspelt key would otherwise be a rule that nobody applies."""


class _Undo(_Strict):
    how: Sentence
    capture: tuple[Name, ...]
    residue: str = ""


class _Reach(_Strict):
    unit: ReachUnit
    narrow_up_to: Annotated[int, msgspec.Meta(ge=0)] | None = None


class _Override(_Strict):
    at_least: str
    why: Sentence


class _Entry(_Strict):
    name: Sentence
    kind: Kind
    stage: Stage
    mode: Mode
    wide: str
    why: Sentence
    undo: _Undo
    reach: _Reach
    personal_data: PersonalData
    contacts_person: bool
    guardrails: tuple[Name, ...]
    narrow: str | None = None
    narrow_when: tuple[Condition, ...] = ()
    overrides: dict[Name, _Override] = msgspec.field(default_factory=dict)


class _Catalogue(_Strict):
    actions: dict[Name, Any]
    guardrails: dict[Name, Sentence] = msgspec.field(default_factory=dict)


def read_catalogue(document: object) -> dict[Operation, CatalogueEntry]:
    """Build the catalogue from its document. Raises `RuleError` that names the operation at fault."""
    try:
        read = msgspec.convert(document, _Catalogue)
    except msgspec.ValidationError as error:
        do = "Give a mapping of `guardrails` and one of `actions`"
        raise RuleError(asked="the catalogue", found=str(error), do=do) from error
    return {Operation(name): _entry(Operation(name), body, read.guardrails) for name, body in read.actions.items()}


def _entry(operation: Operation, body: object, guardrails: Mapping[str, str]) -> CatalogueEntry:
    try:
        entry = _built(operation, msgspec.convert(body, _Entry), guardrails)
    except (msgspec.ValidationError, ValueError) as error:
        raise RuleError(asked=f"catalogue entry {operation}", found=str(error), do="Correct the entry") from error
    if fault := next(_faults(entry), None):
        raise RuleError(asked=f"catalogue entry {operation}", found=fault, do="Correct the entry")
    return entry


def _built(operation: Operation, read: _Entry, guardrails: Mapping[str, str]) -> CatalogueEntry:
    if strays := sorted(set(read.guardrails) - set(guardrails)):
        raise ValueError(f"guardrails that nobody described: {', '.join(strays)}")
    return CatalogueEntry(
        operation=operation,
        name=read.name,
        kind=read.kind,
        stage=read.stage,
        mode=read.mode,
        wide=_class(read.wide),
        narrow=None if read.narrow is None else _class(read.narrow),
        narrow_when=read.narrow_when,
        why=read.why,
        undo=Undo(how=read.undo.how, capture=read.undo.capture, residue=read.undo.residue),
        reach=Reach(unit=read.reach.unit, narrow_up_to=read.reach.narrow_up_to),
        personal_data=read.personal_data,
        contacts_person=read.contacts_person,
        guardrails={name: guardrails[name] for name in read.guardrails},
        overrides={name: Override(at_least=_class(one.at_least), why=one.why) for name, one in read.overrides.items()},
    )


def _class(text: str) -> ActionClass:
    risk, sign, reversibility = (part.strip() for part in text.partition(","))
    try:
        return ActionClass(risk=Risk[risk.upper()], reversibility=Reversibility[reversibility.upper()])
    except KeyError:
        raise ValueError(f"{text!r} is no class; write one like `medium{sign or ','} partial`") from None


def _faults(entry: CatalogueEntry) -> Iterator[str]:
    """Yield what contradicts itself: each of these would say less than it seems to."""
    narrow, wide = entry.narrow, entry.wide
    if (narrow is None) == bool(entry.narrow_when):
        yield "`narrow` and `narrow_when` need each other"
    if narrow is not None and (narrow == wide or _worse(narrow, wide)):
        yield "the narrow form is not milder than the wide one"
    if (Condition.WITHIN_REACH in entry.narrow_when) == (entry.reach.narrow_up_to is None):
        yield "`reach.narrow_up_to` and the condition `within_reach` need each other"
    if wide.reversibility is not Reversibility.EASY and not entry.undo.residue:
        yield "`undo.residue` has to say what stays, because the wide form is not easy to undo"
    if Condition.INNER_KNOWN in entry.narrow_when and wide != WORST:
        yield "the wide form has to be `high, irreversible`, because nobody knows the calls inside"
    if entry.kind is Kind.DRAFT and entry.overrides:
        yield "a draft stays in Remit's own area, where no override applies"
    for connector, override in entry.overrides.items():
        if not _worse(override.at_least, narrow or wide):
            yield f"the override for {connector} worsens nothing"


def _worse(one: ActionClass, other: ActionClass) -> bool:
    """Whether a class is worse than another in risk or in reversibility."""
    return one.risk > other.risk or one.reversibility > other.reversibility
