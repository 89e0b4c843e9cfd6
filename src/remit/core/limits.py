"""Counted rules: what an action adds to which limit, whose count that is, and in which window. It counts nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from remit.core.attributes import ActionFacts
from remit.core.catalogue import CatalogueEntry, base_of
from remit.core.limit_spec import LimitSpec
from remit.core.types import Operation

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SHARED = "risk_statement/"
"""What the name of a limit of the whole organisation begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit in force, by its name in the policy: `risk_statement/touches` or `score/daily`.

    It is counted in buckets of time of `step` seconds, `many` of which make up its window: a window of a day or more in days
    (of UTC), the present one included; a shorter one in spans of its own length.
    """

    name: str
    spec: LimitSpec
    step: int
    many: int


class Span(NamedTuple):
    """Whose count of which limit, and the buckets of its window, each named by its first second since 1970.

    What is added goes to the last one. Spans sort in the order in which they are locked.
    """

    limit: str
    scope: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whom an action is counted for. `contact` is the pseudonymous id of the person it is about."""

    connector: str
    use_case: str
    operation: str
    agent: str
    contact: str | None


def limit_of(name: str, spec: LimitSpec) -> Limit:
    """Return a limit with the buckets it is counted in."""
    step = min(DAY, spec.span)
    return Limit(name=name, spec=spec, step=int(step.total_seconds()), many=-(-spec.span // step))


def limits_of(
    operation: Operation, chartered: Mapping[str, LimitSpec], shared: Mapping[str, LimitSpec], use_case: str
) -> list[Limit]:
    """Name every limit that counts an operation: the organisation's first, then the charter's."""
    named = [*organisation_limits(shared), *charter_limits(chartered, use_case)]
    wanted = {operation, base_of(operation)}
    return [limit for limit in named if not limit.spec.operations or wanted & set(limit.spec.operations)]


def organisation_limits(shared: Mapping[str, LimitSpec]) -> list[Limit]:
    """Return the limits of the risk statement, by the names they have in the policy."""
    return [limit_of(f"{SHARED}{name}", spec) for name, spec in shared.items()]


def charter_limits(chartered: Mapping[str, LimitSpec], use_case: str) -> list[Limit]:
    """Return the limits of a charter, by the names they have in the policy."""
    return [limit_of(f"{use_case}/{name}", spec) for name, spec in chartered.items()]


def touch_limit(shared: Mapping[str, LimitSpec]) -> Limit | None:
    """Return the organisation's limit that counts touches of each contact in seven days, where it has one."""
    spans = [limit for limit in organisation_limits(shared) if limit.spec.span == WEEK]
    return next((one for one in spans if (one.spec.counts, one.spec.each) == ("touches", "contact")), None)


def adds(limit: Limit, entry: CatalogueEntry | None, facts: ActionFacts) -> int | None:
    """Return how much an action adds to a limit; None where nobody can tell."""
    match limit.spec.counts:
        case "actions":
            return 1
        case "touches":
            # an operation that is named counts as a touch whatever the catalogue says: a call task is one
            return 1 if limit.spec.operations or entry is None or entry.contacts_person else 0
        case "reach":
            return facts.reach
        case "spend_minor":
            found = facts.further.get("money.spend_minor")
            return found if type(found) is int and found >= 0 else None


def scope_of(limit: Limit, whose: Whose) -> str | None:
    """Name whose count it is; None where the limit counts for each contact and the action names none."""
    match limit.spec.each:
        case "organisation":
            return "organisation"
        case "connector":
            return f"connector:{whose.connector}"
        case "use_case":
            return f"use_case:{whose.use_case}"
        case "operation":
            return f"operation:{whose.use_case}/{whose.operation}"
        case "agent":
            return f"agent:{whose.agent}"
        case "contact":
            return None if whose.contact is None else f"contact:{whose.connector}/{whose.contact}"


def span_of(limit: Limit, whose: Whose, at: int) -> Span | None:
    """Return the window of a limit that ends now (in seconds since 1970); None where nobody knows whose count it is."""
    scope = scope_of(limit, whose)
    return None if scope is None else Span(limit.name, scope, first_of(limit, at), at - at % limit.step)


def first_of(limit: Limit, at: int) -> int:
    """Return the first bucket of a limit's window that ends now."""
    return at - at % limit.step - (limit.many - 1) * limit.step


def over(limit: Limit, used: int | None, more: int | None) -> bool:
    """Whether an action takes a count past its limit; not knowing either figure counts as past it."""
    return used is None or more is None or used + more > limit.spec.at_most


def lock_order(wanted: Iterable[Span]) -> list[Span]:
    """Order spans so that two transactions that need the same rows ask for them in the same order."""
    return sorted(set(wanted))
