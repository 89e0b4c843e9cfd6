"""Every ceiling on an operation's level, whatever holds it down, told with its reason; the one that binds comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from remit.core.catalogue import Mode
from remit.core.ceilings import ceilings
from remit.core.charter import Charter
from remit.core.level import Evidence, Grant, Stays, judge
from remit.core.place import Place
from remit.core.question import Ceiling
from remit.core.readiness import Measures
from remit.core.risk_statement import class_name
from remit.core.table import base_verdict
from remit.core.types import ActionClass, Kind, Level, Operation, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One ceiling. `binds`: nothing holds the operation lower than this, and the grant alone would be higher."""

    code: str
    level: Level
    sentence: str
    binds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an operation stands: the level people granted, the one in force, and all ceilings, the lowest first."""

    granted: Level
    in_force: Level
    ceilings: tuple[Held, ...]


def standing(
    place: Place, grant: Grant, *, now: datetime, measured: Measures, versions: Iterable[str], stops: Iterable[str]
) -> Standing:
    """List what holds an operation's level down, for the version that was granted it; `versions` are all that were admitted."""
    of_level = [*_of_level(place, grant, now, measured), *_of_statement(place)]
    of_action = [*_of_class(place), *_of_catalogue(place), *_of_stops(stops)]
    found = sorted([*of_level, *of_action], key=lambda one: one.level)
    lowest = min((one.level for one in found), default=grant.level)
    bound = [replace(one, binds=one.level == lowest < grant.level) for one in found]
    return Standing(
        granted=grant.level,
        in_force=min((grant.level, *(one.level for one in of_level))),
        ceilings=(*bound, *_of_versions(grant, versions)),
    )


def _of_level(place: Place, grant: Grant, now: datetime, measured: Measures) -> Iterator[Held]:
    if place.charter is None:
        return
    highest = replace(grant, level=Level.OPTIMISE)
    for one in ceilings(highest, place.charter, operation=place.operation, version=grant.version, now=now, measured=measured):
        yield Held(code=one.code, level=one.level, sentence=_sentence(one))


def _sentence(ceiling: Ceiling) -> str:
    match ceiling.code:
        case "charter":
            return f"The charter allows at most level {int(ceiling.level)} here."
        case "outside_grant":
            return "The charter does not name this operation, so no grant can."
        case "expired":
            return f"The grant ended on {ceiling.detail} and was not renewed."
        case _:
            return f"{ceiling.detail[:1].upper()}{ceiling.detail[1:]}."


def _mildest(place: Place) -> ActionClass | None:
    """Return the class of the operation in its mildest form; None where nobody knows it."""
    if place.narrow is not None:
        return place.narrow.action_class
    return None if place.entry is None else place.entry.wide


def _of_statement(place: Place) -> Iterator[Held]:
    mildest = _mildest(place)
    if place.statement is None or mildest is None:
        return
    highest = place.statement.highest(mildest)
    if highest < Level.OPTIMISE:
        told = f"The risk statement lets an action of class {class_name(mildest)} run at level {int(highest)} at most."
        yield Held(code="risk_statement", level=highest, sentence=told)


def _of_class(place: Place) -> Iterator[Held]:
    mildest = _mildest(place)
    if mildest is None or place.entry is None or place.entry.kind is Kind.DRAFT:
        return
    if base_verdict(Level.EXECUTE, mildest, certificate=False) is Verdict.ALLOW:
        return
    certified = base_verdict(Level.OPTIMISE, mildest, certificate=True) is Verdict.ALLOW
    how = "only at level 4, with a certificate" if certified else "at no level"
    told = f"Even in its mildest form it is of class {class_name(mildest)}, which is carried out alone {how}."
    yield Held(code="class", level=Level.RECOMMEND, sentence=told)


def only_certified(place: Place) -> bool:
    """Whether an operation runs alone in no form below level 4, and there with a certificate."""
    mildest = _mildest(place)
    if mildest is None or base_verdict(Level.EXECUTE, mildest, certificate=False) is Verdict.ALLOW:
        return False
    return base_verdict(Level.OPTIMISE, mildest, certificate=True) is Verdict.ALLOW


def _of_catalogue(place: Place) -> Iterator[Held]:
    entry = place.entry
    if entry is None:
        yield Held(code="catalogue", level=Level.RECOMMEND, sentence="The catalogue does not know this operation.")
    elif entry.mode is Mode.DRAFT_ONLY and entry.kind is not Kind.DRAFT:
        told = "The catalogue says that a person always carries out this kind of action."
        yield Held(code="catalogue", level=Level.ASSIST, sentence=told)
    elif entry.human_only or (entry.mode is Mode.APPROVE and entry.narrow is None and entry.kind is not Kind.DRAFT):
        told = "The catalogue asks a person about this kind of action."
        yield Held(code="catalogue", level=Level.RECOMMEND, sentence=told)


def _of_stops(stops: Iterable[str]) -> Iterator[Held]:
    for scope in stops:
        yield Held(code="stop", level=Level.OFF, sentence=f"Stopped: {scope}. Nothing leaves until the stop is lifted.")


def _of_versions(grant: Grant, versions: Iterable[str]) -> Iterator[Held]:
    if grant.level < Level.EXECUTE:
        return
    for version in versions:
        if version != grant.version:
            told = f"Version {version} did not earn the level, {grant.version} did; it starts at level 2."
            yield Held(code="version", level=Level.RECOMMEND, sentence=told)


def lacking(place: Place, grant: Grant, seen: Mapping[str, Evidence]) -> tuple[str, ...]:
    """Say what evidence is missing for the next level, by agent version; nothing where no evidence lifts it any further."""
    if place.charter is None or place.entry is None or grant.offered:
        return ()
    if place.entry.kind is Kind.DRAFT:
        return ("Writing a draft is always allowed, so there is no level to earn.",)
    found = (seen or {"": Evidence()}).items()
    return tuple(filter(None, (_lacking(place.charter, place.operation, grant, *one) for one in found)))


def _lacking(charter: Charter, operation: Operation, grant: Grant, version: str, evidence: Evidence) -> str:
    judged = judge(grant, evidence, charter, operation)
    if not isinstance(judged, Stays) or judged.answers_needed is None:
        return ""
    drafts = grant.level is Level.ASSIST
    what, so_far = ("answered drafts", evidence.answered) if drafts else ("clean observations", evidence.observations)
    by = f" by version {version}" if version else "; no agent has a key for it"
    return f"Level {int(grant.level) + 1} takes {judged.answers_needed} more {what}; there are {so_far} so far{by}."
