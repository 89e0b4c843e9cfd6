"""How a row of the actions becomes a value of the core."""

from __future__ import annotations

from typing import Any

import msgspec

from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.quorum import Approval
from remit.core.reservation import Reserved
from remit.core.types import Verdict


def to_action(row: Any) -> Action:
    """Build an action from its row."""
    values = dict(row)
    values["state"] = State(values["state"])
    values["verdict"] = None if values["verdict"] is None else Verdict(values["verdict"])
    reserved = values["reserved"]
    values["reserved"] = () if reserved is None else msgspec.json.decode(reserved, type=tuple[Reserved, ...])
    approvals = values["approvals"]
    values["approvals"] = () if approvals is None else msgspec.json.decode(approvals, type=tuple[Approval, ...])
    return Action(**values)
