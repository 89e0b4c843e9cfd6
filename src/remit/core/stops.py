"""What a stop reaches (everything, a use case, an agent, a connected system), and whether people may end it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from remit.core.risk_statement import RiskStatement
from remit.core.types import Level, Role, UseCaseId

EVERYTHING = "everything"


class Scope(StrEnum):
    """What a stop may name, beside everything."""

    USE_CASE = "use_case"
    AGENT = "agent"
    CONNECTOR = "connector"


def scope_of(kind: Scope, name: str) -> str:
    """Write a scope as stops are known by: `agent:enricher`."""
    return f"{kind}:{name}"


def reaching(stops: Iterable[str], *, use_case: UseCaseId, agent: str, connector: str) -> tuple[str, ...]:
    """Return the stops that reach an action of this use case, agent and connected system."""
    hers = {
        EVERYTHING,
        scope_of(Scope.USE_CASE, use_case),
        scope_of(Scope.AGENT, agent),
        scope_of(Scope.CONNECTOR, connector),
    }
    return tuple(scope for scope in stops if scope in hers)


def covers(scope: str, *, use_case: UseCaseId, agents: Iterable[str], connector: str) -> bool:
    """Whether a stop of this scope reaches an operation of a use case that one of these agents may do."""
    return any(reaching((scope,), use_case=use_case, agent=agent, connector=connector) for agent in (*agents, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftWish:
    """Somebody wants a stop lifted, at a level, since a moment."""

    by: str
    level: Level
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumes:
    """The scope goes on, at most at this level. `by_glass`: one person alone, by the break-glass role."""

    level: Level
    agreed_by: tuple[str, ...]
    by_glass: bool = False
    waited_hours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaysStopped:
    """Somebody else has to agree; where a small team may wait instead, `until` is when that is over."""

    until: datetime | None = None


def resume(
    wish: LiftWish | None, asked: LiftWish, roles: Collection[Role], statement: RiskStatement | None, *, break_glass: bool
) -> Resumes | StaysStopped:
    """Say whether a stop ends with this wish: two people have to agree, and the lower of their levels counts.

    Whoever holds the role that the risk statement names may break the glass alone, and then nothing acts alone.
    """
    if break_glass:
        named = None if statement is None else statement.break_glass
        if named is not None and Role(named) in roles:
            return Resumes(level=min(asked.level, Level.RECOMMEND), agreed_by=(asked.by,), by_glass=True)
        return StaysStopped()
    if wish is None:
        return StaysStopped(until=waits_until(asked, statement))
    if wish.by != asked.by:
        return Resumes(level=min(wish.level, asked.level), agreed_by=(wish.by, asked.by))
    return ripe(wish, statement, asked.at) or StaysStopped(until=waits_until(wish, statement))


def ripe(wish: LiftWish, statement: RiskStatement | None, now: datetime) -> Resumes | None:
    """Return how a stop ends because one wish waited as long as the small-team policy asks for; None before that."""
    until = waits_until(wish, statement)
    if until is None or now < until or statement is None or statement.small_team is None:
        return None
    return Resumes(level=wish.level, agreed_by=(wish.by,), waited_hours=statement.small_team.wait_hours)


def waits_until(wish: LiftWish, statement: RiskStatement | None) -> datetime | None:
    """Return when one wish is enough; None where no small-team policy says so."""
    small_team = None if statement is None else statement.small_team
    return None if small_team is None else wish.at + timedelta(hours=small_team.wait_hours)
