"""Random questions, policies, images and facts. Names come from a small world, so that they meet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from remit.core.catalogue import CatalogueEntry, Condition, Mode, Override, PersonalData, Reach, ReachUnit, Stage
from remit.core.charter import Charter, OperationSpec, WindowSpec
from remit.core.classify import ActionFacts, InnerCall
from remit.core.gate import Ceiling, Claimed, GateInput
from remit.core.policy import CompiledPolicy
from remit.core.types import (
    ABSENT,
    WORST,
    ActionClass,
    Image,
    Kind,
    Level,
    Operation,
    Reversibility,
    Risk,
    UseCaseId,
    Value,
)
from tests.changed import replace
from tests.core.small_policy import charter, policy
from tests.laws.charter_rules import OPERATIONS, STOCK, Rules, rulebook

BASES, VARIANT, UNKNOWN = OPERATIONS[:2], OPERATIONS[2], OPERATIONS[3]
USE_CASE, NOBODY = UseCaseId("enrich"), UseCaseId("nobody")
FIELDS = ["job", "region", "health"]
MILD = ActionClass(risk=Risk.LOW, reversibility=Reversibility.EASY)

T = TypeVar("T")


def mostly(usual: T, *others: T) -> st.SearchStrategy[T]:
    """Return the usual value four times out of five: what can stand against an action is rare, so that some are allowed."""
    return st.sampled_from([usual] * 4 * len(others) + list(others))


# ------------------------------------------------------------------------------------------------------- questions of the gate

_CLASSES = [ActionClass(risk=risk, reversibility=reversibility) for risk in Risk for reversibility in Reversibility]
_GROUNDS = [(), ("job",), ("region",), ("job", "region"), ("health",), ("job", "health")]
classes = st.sampled_from(_CLASSES)
yes, no = mostly(True, None, False), mostly(False, None, True)
named = mostly((), None, ("newsletter",))


def facts_with(inner: st.SearchStrategy[tuple[InnerCall, ...] | None]) -> st.SearchStrategy[ActionFacts]:
    """Draw what is known of an action that carries these calls."""
    return st.builds(
        ActionFacts,
        record=mostly("contact/1", None, "list/2", "contact/12"),
        reach=mostly(1, None, 0, 2, 3, 4),
        listeners=named,
        field_empty=yes,
        set_by_person=no,
        suppressed=no,
        reserved_fields=mostly((), None, ("owner",)),
        owned=no,
        inside_territory=yes,
        notifies=named,
        seeds_only=yes,
        internal_only=yes,
        feeds=mostly((), None, ("list/2",)),
        published=no,
        matches_existing=no,
        step_ppm=mostly(10, None, -10, 11, 0),
        band_ppm=mostly(10, None, 0),
        starts_in_minutes=mostly(1_440, None, 1_439, 1, 2**63),  # the last is no number of the rule language
        inner=inner,
    )


def calls_with(facts: st.SearchStrategy[ActionFacts]) -> st.SearchStrategy[tuple[InnerCall, ...] | None]:
    """Draw the calls that an envelope carries, if it carries any."""
    call = st.builds(InnerCall, operation=st.sampled_from(OPERATIONS), facts=facts)
    return mostly(None, (), ...).flatmap(lambda drawn: st.lists(call, max_size=2).map(tuple) if drawn is ... else st.just(drawn))


facts = facts_with(calls_with(facts_with(calls_with(facts_with(st.none())))))
ceilings = st.builds(
    Ceiling,
    level=st.sampled_from(Level),
    code=st.sampled_from(["charter", "outside_grant", "version", "expired"]),
    detail=st.just("x"),
)
claims = st.builds(Claimed, confidence_ppm=st.sampled_from([None, 0, 500_000, 1_000_000]), grounds=st.sampled_from(_GROUNDS))


def milder(one: ActionClass, other: ActionClass) -> ActionClass:
    """Return a class that is at most as bad as either."""
    return ActionClass(risk=min(one.risk, other.risk), reversibility=min(one.reversibility, other.reversibility))


@st.composite
def entries(draw: st.DrawFn, operation: Operation) -> CatalogueEntry:
    """Draw what a catalogue may say of an operation: where there is a narrow form, it is milder and needs something."""
    kind = draw(mostly(Kind.ACT, Kind.DRAFT))
    wide, narrow = draw(st.sampled_from([*_CLASSES, MILD, MILD, MILD])), draw(mostly(MILD, None, *_CLASSES))
    needed = draw(st.lists(st.sampled_from(Condition), unique=True, min_size=1, max_size=4))
    if kind is Kind.DRAFT:
        needed = [Condition.DRAFT_UNPUBLISHED, *(one for one in needed if one not in _NOT_OF_DRAFTS)]
    if Condition.INNER_KNOWN in needed:
        wide = WORST
    narrow = None if narrow is None or milder(narrow, wide) == wide else milder(narrow, wide)
    needed = needed if narrow else []
    return CatalogueEntry(
        operation=operation,
        name=operation,
        kind=kind,
        mode=draw(mostly(Mode.EXECUTE, *Mode)),
        wide=wide,
        narrow=narrow,
        narrow_when=tuple(needed),
        stage=draw(mostly(Stage.EXECUTE_LOW_RISK, *Stage)),
        why=f"What {operation} may do.",
        reach=Reach(
            unit=draw(st.sampled_from(ReachUnit)),
            narrow_up_to=draw(st.integers(0, 3)) if Condition.WITHIN_REACH in needed else None,
        ),
        personal_data=draw(st.sampled_from(PersonalData)),
        contacts_person=draw(st.booleans()),
        guardrails=draw(mostly({}, {"two_person": "Two people look."})),
        overrides={} if kind is Kind.DRAFT else draw(overrides),
    )


_NOT_OF_DRAFTS = (Condition.DRAFT_UNPUBLISHED, Condition.INNER_KNOWN)
NO_OVERRIDES: dict[str, Override] = {}
overrides = st.just(NO_OVERRIDES) | st.dictionaries(
    st.sampled_from(["sandbox", "elsewhere"]), st.builds(Override, at_least=classes, why=st.just("it does more.")), max_size=1
)


@st.composite
def charters(draw: st.DrawFn, rules: st.SearchStrategy[Rules]) -> Charter:
    """Draw what a charter may say to the gate."""
    operations = draw(mostly(OPERATIONS, (), *[(operation,) for operation in OPERATIONS]))
    visible = draw(mostly(("job", "region"), (), ("job",), tuple(FIELDS)))
    return charter(
        operations={operation: OperationSpec(arguments=("region",)) for operation in operations},
        windows={"people": WindowSpec(kind="contact", fields=visible)},
        highest_reach=draw(mostly(1, 0, 2, 3)),
        connector=draw(mostly("sandbox", "elsewhere")),
        rules=draw(rules),
    )


NO_RULES: Rules = {}
any_rules: st.SearchStrategy[Rules] = st.just(NO_RULES) | st.sampled_from(STOCK)


@st.composite
def policies(draw: st.DrawFn, rules: st.SearchStrategy[Rules] = any_rules) -> CompiledPolicy:
    """Draw a policy; its catalogue knows most of the operations."""
    known = draw(mostly(BASES, (), BASES[:1]))
    catalogue = {operation: draw(entries(operation)) for operation in known}
    return ruled(replace(policy(), catalogue=catalogue), draw(charters(rules)))


def ruled(known: CompiledPolicy, chartered: Charter) -> CompiledPolicy:
    """Return the policy with this charter and its rules."""
    book = rulebook(chartered.rules, chartered.operations)
    return replace(known, charters={USE_CASE: chartered}, rules={USE_CASE: book})


bare_policies = policies(st.just(NO_RULES))
"""Policies of which the charter has no rule of its own."""

questions = st.builds(
    GateInput,
    use_case=mostly(USE_CASE, NOBODY),
    operation=st.sampled_from([*BASES, *BASES, VARIANT, UNKNOWN]),
    granted=st.sampled_from([*Level, Level.EXECUTE, Level.OPTIMISE, Level.OPTIMISE]),
    odd_arguments=mostly((), ("password",)),
    ceilings=st.just(()) | st.lists(ceilings, max_size=3).map(tuple),
    facts=facts,
    claimed=st.just(Claimed()) | claims,
    certificate=st.booleans(),
    drawn=mostly(False, True),
    stops=mostly((), ("everything",)),
)

# ---------------------------------------------------------------------------------------------------------------------- images

values: st.SearchStrategy[Value] = st.sampled_from([None, "", "north", "south", 0, 1, 2, True, False, 1.0, ["a"], []])
contents = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), values)
images = st.builds(Image, exists=st.just(True), fields=contents)
images_or_none = images | st.just(ABSENT)

# ----------------------------------------------------------------------------------------------------------------------- facts

_ZONES = [UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=9, minutes=30))]
_LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    bool: st.booleans(),
    type(None): st.none(),
    datetime: st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.sampled_from(_ZONES)),  # noqa: DTZ001
}


_DEEPEST = 2
"""How often a record may stand inside another of its kind, as calls stand inside calls; the facts of more are left out."""


def any_of(hint: Any, around: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Return any value of a type that facts are made of; refuse a type that none may hold, such as a float."""
    hint = getattr(hint, "__supertype__", hint)
    if hint in _LEAVES:
        return _LEAVES[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return any_record(hint, around)
    return _any_container(get_origin(hint), get_args(hint), hint, around)


def _any_container(origin: Any, inside: tuple[Any, ...], hint: Any, around: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin in {UnionType, Union}:
        return st.one_of([any_of(one, around) for one in inside])
    if origin is tuple:
        return st.lists(any_of(inside[0], around), max_size=3).map(tuple)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        ascii_names = st.text(st.characters(codec="ascii"), max_size=6)
        keys = ascii_names if inside[0] is str else any_of(inside[0], around)
        return st.dictionaries(keys, any_of(inside[1], around), max_size=3)
    msg = f"no fact may hold {hint}"
    raise TypeError(msg)


def any_record(kind: Any, around: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Return any value of a frozen record, half of the optional fields left at their default."""
    return _any_record(kind, around)


@cache  # a strategy is built once; what is drawn from it differs
def _any_record(kind: Any, around: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    inside = (*around, kind)
    drawn = {}
    for field in msgspec.structs.fields(kind):
        if field.default is not msgspec.NODEFAULT and _goes_too_deep(hints[field.name], inside):
            drawn[field.name] = st.just(field.default)
            continue
        value = any_of(hints[field.name], inside)
        if field.default is not msgspec.NODEFAULT:
            value = st.just(field.default) | value
        drawn[field.name] = value
    return st.builds(kind, **drawn)


def _goes_too_deep(hint: Any, inside: tuple[Any, ...]) -> bool:
    return inside.count(hint) >= _DEEPEST or any(_goes_too_deep(one, inside) for one in get_args(hint))
