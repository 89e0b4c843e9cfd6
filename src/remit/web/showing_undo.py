"""How what an undo would do looks at this door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from remit.core.undo_choice import CanGoBack
from remit.flow.undo import Foreseen


def foreseen(found: Sequence[Foreseen]) -> dict[str, Any]:
    """Show every effect in the order in which they would go back, and how many could not."""
    shown = [_one(each) for each in found]
    return {"undos": shown, "cannot": sum(not one["can"] for one in shown)}


def _one(found: Foreseen) -> dict[str, Any]:
    action, outcome = found.action, found.outcome
    about = {
        "proposal": action.proposal,
        "operation": action.operation,
        "record": action.record,
        "done_at": action.ended_at.isoformat() if action.ended_at else None,
    }
    if isinstance(outcome, CanGoBack):
        until = outcome.until.isoformat() if outcome.until else None
        can = {"can": True, "back": list(found.back), "removes": found.removes, "kept": dict(found.kept), "until": until}
        return about | can
    return about | {"can": False, "why": outcome.why, "instead": outcome.correction}
