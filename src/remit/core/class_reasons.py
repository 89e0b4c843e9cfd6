"""Says why an action has its class, in words a marketer reads: which form, which condition failed, what made it worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from remit.core.catalogue import CatalogueEntry, Condition
from remit.core.classify import Classified
from remit.core.types import ActionClass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionWords:
    """One condition in three cases. Each goes after "because", and `unknown` after "nobody could tell"."""

    holds: str
    fails: str
    unknown: str


def _words(holds: str, fails: str, unknown: str) -> ConditionWords:
    return ConditionWords(holds=holds, fails=fails, unknown=unknown)


CONDITION_WORDS: Final[Mapping[str, ConditionWords]] = MappingProxyType(
    {
        Condition.NO_LISTENERS: _words(
            "nothing listens to what it changes", "an automation listens to what it changes", "what listens to what it changes"
        ),
        Condition.FIELD_EMPTY: _words(
            "it fills what is empty", "it would overwrite a value that is already there", "whether a value is already there"
        ),
        Condition.NOT_SET_BY_PERSON: _words(
            "no person set the present value", "a person set the present value", "who set the present value"
        ),
        Condition.ONE_RECORD: _words("it touches one record", "it touches more than one record", "how many records it touches"),
        Condition.WITHIN_REACH: _words(
            "it touches no more than {small}",
            "it touches more than {small}",
            "how much it touches",
        ),
        Condition.ORDINARY_FIELDS: _words(
            "it writes ordinary fields only",
            "it writes a field that another operation is there for",
            "whether another operation is there for the field it writes",
        ),
        Condition.UNOWNED: _words("nobody owns the record yet", "somebody owns the record already", "whether somebody owns it"),
        Condition.INSIDE_TERRITORY: _words(
            "the new owner is responsible for the territory",
            "the new owner is not responsible for the territory",
            "who is responsible for the territory",
        ),
        Condition.NO_MESSAGE: _words(
            "nobody gets a message because of it", "somebody gets a message because of it", "whether somebody gets a message"
        ),
        Condition.SEEDS_ONLY: _words(
            "only colleagues and seed addresses receive it", "it reaches people outside the seed list", "who would receive it"
        ),
        Condition.INTERNAL_ONLY: _words("only members of the organisation can read it", "guests can read it", "who can read it"),
        Condition.LIST_FEEDS_NOTHING: _words(
            "no campaign draws from the list", "a campaign draws from the list", "which campaigns draw from the list"
        ),
        Condition.DRAFT_UNPUBLISHED: _words("it stays a draft", "it does not stay a draft", "whether it stays a draft"),
        Condition.RECORD_NEW: _words(
            "it adds something that was not there", "something like it is there already", "whether it is there already"
        ),
        Condition.STEP_WITHIN_BAND: _words(
            "the step stays inside the approved band", "the step leaves the approved band", "how large a step is approved"
        ),
        Condition.START_FAR_OFF: _words("there is at least a day to call it off", "it starts within a day", "when it starts"),
        Condition.INNER_KNOWN: _words("every call inside is known", "the calls inside are not known", "which calls are inside"),
    }
)
"""Every condition. A test holds the table to the list of conditions."""

CLASS_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "class_unknown": "The catalogue does not know it, so it counts as high risk and irreversible.",
        "class_narrow": "It has the milder form, because {because}.",
        "class_wide": "It does not have the milder form, because {because}.",
        "class_only": "It has the same class whatever is established about it.",
        "class_why": "What can go wrong: {why}",
        "class_on_connector": "On {connector} it does more than elsewhere: {why}",
        "class_inside": "It carries {operation}, which is worse than the envelope itself.",
        "class_two_people": "Two different people have to approve it.",
        "class_one_by_one": "It is answered by itself, never together with others.",
    }
)
"""Every code of a class's reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReason:
    """One sentence about a class, with a code for machines."""

    code: str
    text: str


def why_class(entry: CatalogueEntry | None, found: Classified) -> tuple[ClassReason, ...]:
    """Say why an action has its class; the form comes first. Never empty."""
    return tuple(_reasons(entry, found))


def _reasons(entry: CatalogueEntry | None, found: Classified) -> Iterator[ClassReason]:
    yield _form(entry, found)
    if entry is not None:
        yield _reason("class_why", why=entry.why)
    if entry is not None and found.worse_on:
        yield _reason("class_on_connector", connector=found.worse_on, why=entry.overrides[found.worse_on].why)
    if found.riskiest is not None:
        yield _reason("class_inside", operation=found.riskiest)
    if found.two_people:
        yield _reason("class_two_people")
    if found.one_by_one:
        yield _reason("class_one_by_one")


def _form(entry: CatalogueEntry | None, found: Classified) -> ClassReason:
    if entry is None:
        return _reason("class_unknown")
    if entry.narrow is None:
        return _reason("class_only")
    if found.form == "narrow":
        return _reason("class_narrow", because=joined([established(one, entry) for one in entry.narrow_when]))
    return _reason("class_wide", because=joined(obstacles(found.failed, found.unknown, small=small(entry))))


def small(entry: CatalogueEntry) -> str:
    """Say up to where the catalogue calls the reach of an operation small: `500 records`."""
    return f"{entry.reach.narrow_up_to} {entry.reach.unit.replace('_', ' ')}"


def established(condition: Condition, entry: CatalogueEntry) -> str:
    """Say a condition of an operation as it reads when it holds."""
    return CONDITION_WORDS[condition].holds.format(small=small(entry))


def obstacles(failed: tuple[str, ...], unknown: tuple[str, ...], *, small: str) -> list[str]:
    """Say what kept an action from its milder form: what was found first, then what nobody could tell."""
    contradicted = [CONDITION_WORDS[name].fails.format(small=small) for name in failed if name not in unknown]
    untold = [CONDITION_WORDS[name].unknown for name in failed if name in unknown]
    return contradicted + ([f"nobody could tell {joined(untold, last='or')}"] if untold else [])


def joined(parts: list[str], *, last: str = "and") -> str:
    """Join parts of a sentence: `a`, `a and b`, `a, b and c`."""
    *most, end = parts
    return f"{', '.join(most)} {last} {end}" if most else end


def class_words(action_class: ActionClass) -> str:
    """Say a class in the two words of the glossary: `low risk, easy to undo`."""
    undo = {"easy": "easy to undo", "partial": "partly undone", "irreversible": "irreversible"}
    return f"{action_class.risk.name.lower()} risk, {undo[action_class.reversibility.name.lower()]}"


def _reason(code: str, **values: str) -> ClassReason:
    return ClassReason(code=code, text=CLASS_SENTENCES[code].format_map(values))
