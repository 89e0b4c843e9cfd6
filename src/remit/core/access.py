"""Who may do what: one table, verb by role. It never looks at who somebody is, only at the roles she holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from remit.core.risk_statement import RiskStatement
from remit.core.types import OwnerRole, Role


class Verb(StrEnum):
    """What a person can do here."""

    LOOK = "look"
    ANSWER = "answer"
    TAKE_BACK = "take_back"
    UNDO = "undo"
    STOP = "stop"
    LIFT_STOP = "lift_stop"
    SETTLE_UNCLEAR = "settle_unclear"
    SIGN_GRANT = "sign_grant"
    ADOPT_POLICY = "adopt_policy"
    SIGN_POLICY = "sign_policy"
    RECORD_MEASURE = "record_measure"
    SETTLE_VIOLATION = "settle_violation"
    MANAGE_PEOPLE = "manage_people"
    ISSUE_KEYS = "issue_keys"
    EXPORT = "export"
    ERASE = "erase"
    VERIFY_LEDGER = "verify_ledger"
    ROTATE_LEDGER_KEY = "rotate_ledger_key"
    SET_ABSENCE = "set_absence"
    BE_TOLD = "be_told"
    IMPORT_DATA = "import_data"
    LOOK_AFTER = "look_after"
    REPORT = "report"
    DRILL = "drill"


ALL_ROLES = frozenset(Role)
"""What whoever holds the data folder has while nobody has an account."""

_TABLE = """
                   marketing_ops  ai_platform  line_of_business  risk  data  finance  reviewer  viewer  admin
look               yes            yes          yes               yes   yes   yes      yes       yes     yes
answer             yes            own          own               own   own   own      yes       -       -
take_back          yes            own          own               own   own   own      yes       -       -
undo               yes            -            -                 -     -     -        yes       -       -
stop               yes            yes          yes               yes   yes   yes      yes       -       yes
lift_stop          -              -            yes               yes   -     -        -         -       -
settle_unclear     yes            yes          -                 -     -     -        yes       -       -
sign_grant         -              -            yes               yes   -     -        -         -       -
adopt_policy       yes            -            -                 -     -     -        -         -       -
sign_policy        -              -            yes               yes   -     -        -         -       -
record_measure     yes            -            -                 -     yes   yes      -         -       -
settle_violation   own            own          yes               yes   own   own      -         -       -
manage_people      -              -            -                 -     -     -        -         -       yes
issue_keys         -              yes          -                 -     -     -        -         -       yes
export             yes            -            -                 yes   yes   yes      -         -       -
erase              -              -            -                 yes   yes   -        -         -       -
verify_ledger      yes            yes          yes               yes   yes   yes      yes       -       yes
rotate_ledger_key  -              -            -                 yes   -     -        -         -       yes
set_absence        own            own          own               own   own   own      own       own     yes
be_told            yes            yes          yes               yes   yes   yes      yes       yes     yes
import_data        yes            -            -                 -     yes   yes      -         -       -
look_after         -              -            yes               yes   -     -        -         -       -
report             yes            yes          yes               yes   yes   yes      yes       -       yes
drill              yes            yes          yes               yes   -     -        -         -       yes
"""


def _read(table: str, *wanted: str) -> dict[Verb, frozenset[Role]]:
    head, *lines = (line.split() for line in table.strip().splitlines())
    return {
        Verb(verb): frozenset(Role(role) for role, cell in zip(head, cells, strict=True) if cell in wanted)
        for verb, *cells in lines
    }


TABLE: Mapping[Verb, frozenset[Role]] = _read(_TABLE, "yes", "own")
"""The roles of each verb. Stopping is for everybody but viewers, because it only keeps things back; lifting is not."""

OWN: Mapping[Verb, frozenset[Role]] = _read(_TABLE, "own")
"""Those of them that may only where the thing is theirs: a violation or an absence of theirs, an approval asked of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """She may; `by` are the roles of hers that let her."""

    by: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """She may not; `reason` says who can."""

    reason: str
    who_can: tuple[Role, ...]


def roles_for(verb: Verb, statement: RiskStatement | None = None) -> frozenset[Role]:
    """Return the roles of a verb. Who signs grants says the risk statement, where there is one."""
    if verb is Verb.SIGN_GRANT and statement is not None:
        return frozenset(Role(owner) for owner in statement.grants_need)
    return TABLE[verb]


def may(held: Collection[Role], verb: Verb, statement: RiskStatement | None = None) -> Permitted | Refused:
    """Say whether somebody who holds these roles may do that, and who can if she cannot."""
    allowed = roles_for(verb, statement)
    by = in_order(allowed & set(held))
    if by:
        return Permitted(by=by)
    return Refused(reason=f"only {one_of(allowed)} may {in_words(verb)}", who_can=in_order(allowed))


def may_sign_as(held: Collection[Role], role: OwnerRole) -> Permitted | Refused:
    """Say whether somebody may sign in a role: only in one that she holds."""
    needed = Role(role)
    if needed in held:
        return Permitted(by=(needed,))
    return Refused(reason=f"only somebody who is {needed} may sign as {needed}", who_can=(needed,))


def may_settle(held: Collection[Role], owner: OwnerRole) -> Permitted | Refused:
    """Say whether somebody may settle a violation: whose it is may, and who may settle all."""
    verb = Verb.SETTLE_VIOLATION
    allowed = TABLE[verb] - OWN[verb] | {Role(owner)}
    if by := in_order(allowed & set(held)):
        return Permitted(by=by)
    return Refused(reason=f"only {one_of(allowed)} may settle a violation of {owner}", who_can=in_order(allowed))


def in_order(roles: Collection[Role]) -> tuple[Role, ...]:
    """Return roles in the order of the table, each once."""
    return tuple(role for role in Role if role in roles)


def one_of(roles: Collection[Role]) -> str:
    """Name roles as people say them: `line_of_business, risk or an admin`."""
    names = [_PEOPLE.get(role, str(role)) for role in in_order(roles)]
    return names[-1] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


_PEOPLE = {Role.REVIEWER: "a reviewer", Role.VIEWER: "a viewer", Role.ADMIN: "an admin"}
"""Roles that are called after the person; the others are called after her part of the house."""


def in_words(verb: Verb) -> str:
    """Say a verb as people do."""
    return verb.replace("_", " ")
