"""Finds what waits and is alike, so that a person may look at it together. She answers each by itself, under one batch."""

from __future__ import annotations

from dataclasses import dataclass

from remit.core.action import Action
from remit.core.gate import decide
from remit.core.lifecycle import LIKE_HELD
from remit.core.similar import MOST, Key, Member, Placed, outliers_first
from remit.core.types import ProposalId
from remit.errors import AlreadyAnswered
from remit.ports import House, Reading

_LOOKED_THROUGH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """What waits and is alike, outliers first, at most so many; `left_out` more are alike and not shown.

    `one_by_one` are alike too, and each has to be approved by itself.
    """

    key: Key
    found: tuple[tuple[Action, Placed], ...]
    one_by_one: tuple[ProposalId, ...]
    left_out: int


def similar(house: House, proposal: ProposalId) -> Similar:
    """Return what is held and like a proposal, itself included. Raises `AlreadyAnswered` when it is not held."""
    with house.store.read() as reading:
        action = reading.existing(proposal)
        if action.state not in LIKE_HELD:
            raise AlreadyAnswered(asked=f"what is like {proposal}", found=f"it is {action.state}", do="Name one that is held")
        key = _key(reading, action)
        waiting = reading.in_states(LIKE_HELD, use_case=action.use_case, limit=_LOOKED_THROUGH)
        alike = [one for one in waiting if one.operation == action.operation and _key(reading, one) == key]
        alone = {one.proposal for one in alike if _one_by_one(reading, one)}
        together = [one for one in alike if one.proposal not in alone]
        shown = sorted(together, key=lambda one: one.proposal != proposal)[:MOST]  # itself is among them
        placed = outliers_first([_member(reading, one) for one in shown])
    by_name = {one.proposal: one for one in shown}
    found = tuple((by_name[ProposalId(one.name)], one) for one in placed)
    return Similar(key=key, found=found, one_by_one=tuple(sorted(alone)), left_out=len(together) - len(shown))


def _key(reading: Reading, action: Action) -> Key:
    reasons = tuple(sorted({reason.code for reason in reading.decision(action).reasons}))
    arguments = reading.content(action.content, "arguments") or {}
    return Key(
        use_case=action.use_case,
        operation=action.operation,
        agent=action.agent,
        version=action.version,
        reasons=reasons,
        arguments=tuple(sorted(arguments)),
    )


def _one_by_one(reading: Reading, action: Action) -> bool:
    return decide(reading.decision(action).given, reading.policy()).classified.one_by_one


def _member(reading: Reading, action: Action) -> Member:
    given = reading.decision(action).given
    arguments = reading.content(action.content, "arguments") or {}
    confidence = given.claimed.confidence_ppm
    return Member(name=action.proposal, arguments=arguments, reach=given.facts.reach, confidence_ppm=confidence)
