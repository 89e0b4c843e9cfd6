"""Says in which roles somebody answers an action. Nobody approves what she asked for herself, or what her own key did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remit.core.access import in_order, one_of
from remit.core.action import Action
from remit.core.quorum import Place, may_speak
from remit.core.types import Role
from remit.errors import NotAllowed
from remit.ports import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    """She may; `roles` are those of hers that count here. `as_requester`: only because the small-team policy lets her."""

    roles: tuple[Role, ...]
    as_requester: bool = False


def entitled(reading: Reading, action: Action, by: str, needed: Iterable[Place], *, approving: bool) -> Entitled:
    """Return in which roles somebody answers. Raises `NotAllowed` with who can."""
    wanted = frozenset().union(*needed) if approving else may_speak(needed)
    roles = in_order(wanted & set(roles_of(reading, by)))
    if not roles:
        what = "approve" if approving else "answer"
        do = f"Only {one_of(wanted)} may {what} for {action.use_case}, as its charter says"
        raise NotAllowed(asked=f"{by} answering {action.proposal}", found="no role of those", do=do)
    asked_for_it = approving and reading.has_people() and by in _requesters(reading, action)
    if asked_for_it and not _small_team(reading):
        do = "Ask somebody else; for too few people the risk statement has small_team"
        raise NotAllowed(asked=f"{by} approving {action.proposal}", found=f"{by} asked for it", do=do)
    return Entitled(roles=roles, as_requester=asked_for_it)


def roles_of(reading: Reading, by: str) -> tuple[Role, ...]:
    """Return somebody's roles; while nobody has an account, whoever holds the data folder has them all."""
    if not reading.has_people():
        return tuple(Role)
    found = reading.person(by)
    return () if found is None else found.roles


def _requesters(reading: Reading, action: Action) -> frozenset[str]:
    """Return who stands behind a proposal: the person it was made for, and whoever issued the agent's key."""
    named = frozenset((action.requester,)) if action.requester else frozenset()
    return named | reading.issuers(action.agent, action.version)


def _small_team(reading: Reading) -> bool:
    statement = reading.policy().risk_statement
    return statement is not None and statement.small_team is not None
