"""Pairs what a version that is being tried would do with what the version in use asked for. A shadow never leaves.

Only where both ask for something else does a person look, and she does not see which version asked.
"""

from __future__ import annotations

from remit.core.action import Action
from remit.core.lifecycle import APART
from remit.core.proposal import Ask
from remit.core.types import Likeness, ProposalId
from remit.errors import Conflict, InvalidInput
from remit.flow.ask import same_arguments
from remit.ports import AgentKey, House, Reading


def pair_of(reading: Reading, key: AgentKey, ask: Ask, record: str | None) -> Action | None:
    """Return the proposal a shadow stands beside: the one it names, else the newest of another version about the same record.

    None for what is no shadow. Raises `NotFound`, `InvalidInput` or `Conflict` where there is nothing to stand beside.
    """
    if ask.pair is not None:
        return _named(reading, key, ask, ProposalId(ask.pair))
    if not ask.shadow:
        return None
    found = reading.newest_beside(ask.use_case, ask.operation, record, key.version)
    if found is None:
        raise Conflict(
            asked=f"a shadow of {ask.operation} on {record or 'no record'}",
            found="no proposal of another version to stand beside",
            do="Propose it after the version in use did, or name the proposal in `pair`",
        )
    return found


def _named(reading: Reading, key: AgentKey, ask: Ask, proposal: ProposalId) -> Action:
    pair = reading.existing(proposal)
    fault = ""
    if (pair.use_case, pair.operation) != (ask.use_case, ask.operation):
        fault = f"that is {pair.operation} of {pair.use_case}"
    elif pair.version == key.version:
        fault = f"that is by the same version, {key.version}"
    elif pair.state in APART:
        fault = "that is one that never leaves itself"
    if fault:
        do = "Name a proposal of another version for the same operation"
        raise InvalidInput(asked=f"a shadow of {proposal}", found=fault, do=do)
    return pair


def compared(house: House, reading: Reading, pair: Action, ask: Ask) -> Likeness:
    """Say whether a shadow asks for the same as its pair did."""
    return Likeness.SAME if same_arguments(house, reading.decision(pair).seen, ask.arguments) else Likeness.DIFFERS
