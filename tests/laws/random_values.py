"""Random questions, policies, images and facts. Names come from a small world, so that they meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from remit.core.catalogue import CatalogueEntry, Condition, Mode
from remit.core.charter import Charter, OperationSpec, WindowSpec
from remit.core.classify import ActionFacts
from remit.core.gate import Ceiling, Claimed, GateInput
from remit.core.policy import CompiledPolicy
from remit.core.types import ABSENT, ActionClass, Image, Kind, Level, Operation, Reversibility, Risk, UseCaseId, Value
from tests.core.small_policy import charter, policy

BASES = [Operation("contact.enrich"), Operation("email.send")]
VARIANT, UNKNOWN = Operation("contact.enrich:region"), Operation("contact.teleport")
OPERATIONS = [*BASES, VARIANT, UNKNOWN]
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
facts = st.builds(
    ActionFacts,
    record=mostly("contact/1", None),
    reach=mostly(1, None, 0, 2, 3, 4),
    listeners=mostly((), None, ("newsletter",)),
    field_empty=mostly(True, None, False),
    set_by_person=mostly(False, None, True),
    suppressed=mostly(False, None, True),
)
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
    wide, narrow = draw(st.sampled_from([*_CLASSES, MILD, MILD, MILD])), draw(mostly(MILD, None, *_CLASSES))
    conditions = st.lists(st.sampled_from(Condition), unique=True, min_size=1).map(tuple)
    return CatalogueEntry(
        operation=operation,
        name=operation,
        kind=draw(mostly(Kind.ACT, Kind.DRAFT)),
        mode=draw(mostly(Mode.EXECUTE, *Mode)),
        wide=wide,
        narrow=milder(narrow, wide) if narrow else None,
        narrow_when=draw(conditions) if narrow else (),
        contacts_person=draw(st.booleans()),
        human_only=draw(mostly(False, True)),
    )


@st.composite
def charters(draw: st.DrawFn) -> Charter:
    """Draw what a charter may say to the gate."""
    operations = draw(mostly(tuple(OPERATIONS), (), *[(operation,) for operation in OPERATIONS]))
    visible = draw(mostly(("job", "region"), (), ("job",), tuple(FIELDS)))
    return charter(
        operations={operation: OperationSpec(arguments=("region",)) for operation in operations},
        windows={"people": WindowSpec(kind="contact", fields=visible)},
        highest_reach=draw(mostly(1, 0, 2, 3)),
    )


@st.composite
def policies(draw: st.DrawFn) -> CompiledPolicy:
    """Draw a policy; its catalogue knows most of the operations."""
    known = draw(mostly(tuple(BASES), (), (BASES[0],)))
    catalogue = {operation: draw(entries(operation)) for operation in known}
    return replace(policy(charters={USE_CASE: draw(charters())}), catalogue=catalogue)


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

_LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    bool: st.booleans(),
    type(None): st.none(),
    datetime: st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
}


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """Return any value of a type that facts are made of; refuse a type that none may hold, such as a float."""
    hint = getattr(hint, "__supertype__", hint)
    if hint in _LEAVES:
        return _LEAVES[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if is_dataclass(hint):
        return any_record(cast("type[Any]", hint))
    return _any_container(get_origin(hint), get_args(hint), hint)


def _any_container(origin: Any, inside: tuple[Any, ...], hint: Any) -> st.SearchStrategy[Any]:
    if origin in {UnionType, Union}:
        return st.one_of([any_of(one) for one in inside])
    if origin is tuple:
        return st.lists(any_of(inside[0]), max_size=3).map(tuple)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        ascii_names = st.text(st.characters(codec="ascii"), max_size=6)
        return st.dictionaries(ascii_names if inside[0] is str else any_of(inside[0]), any_of(inside[1]), max_size=3)
    msg = f"no fact may hold {hint}"
    raise TypeError(msg)


def any_record(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Return any value of a frozen record, half of the optional fields left at their default."""
    hints = get_type_hints(kind)
    drawn = {}
    for field in fields(kind):
        value = any_of(hints[field.name])
        if field.default is not MISSING:
            value = st.just(field.default) | value
        drawn[field.name] = value
    return st.builds(kind, **drawn)
