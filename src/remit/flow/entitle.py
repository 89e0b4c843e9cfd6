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
    behind = _behind(reading, action, by) if approving and reading.has_people() else ""
    if behind and not _small_team(reading):
        do = "Ask somebody else; for too few people the risk statement has small_team"
        raise NotAllowed(asked=f"{by} approving {action.proposal}", found=behind, do=do)
    return Entitled(roles=roles, as_requester=bool(behind))


def roles_of(reading: Reading, by: str) -> tuple[Role, ...]:
    """Return somebody's roles; while nobody has an account, whoever holds the data folder has them all."""
    if not reading.has_people():
        return tuple(Role)
    found = reading.person(by)
    return () if found is None else found.roles


def _behind(reading: Reading, action: Action, by: str) -> str:
    """Say how somebody stands behind a proposal: it was made for her, or she issued the agent's key; empty where she does not."""
    if action.requester == by:
        return f"{by} asked for it"
    return f"{by} issued the key of {action.agent}" if by in reading.issuers(action.agent, action.version) else ""


def _small_team(reading: Reading) -> bool:
    statement = reading.policy().risk_statement
    return statement is not None and statement.small_team is not None
