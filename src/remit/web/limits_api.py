"""How full every limit is: for a person, with all figures. Agents hear of limits in the answers to their proposals only."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from remit.core.limits import Limit, first_of
from remit.core.reasons import limit_words
from remit.core.types import UseCaseId
from remit.errors import NotFound
from remit.ports import Reading
from remit.web.agent_api import answer_json
from remit.web.auth import Person, TheHouse

routes = APIRouter(prefix="/api/v1/desk")
_MOST = 5
"""How many counts of one limit are shown, the fullest first."""


@routes.get("/limits")
async def get_limits(house: TheHouse, _by: Person, use_case: str | None = None) -> Response:
    """List every limit, or those that hold for one use case, with what is used in the window that ends now."""
    at = int(house.clock.now().timestamp())
    with house.store.read() as reading:
        policy = reading.policy()
        if use_case is not None and use_case not in policy.charters:
            known = ", ".join(sorted(policy.charters)) or "none"
            raise NotFound(asked=f"the limits of {use_case}", found=f"these charters: {known}", do="Name one of them")
        wanted = None if use_case is None else UseCaseId(use_case)
        return answer_json([_shown(reading, limit, at) for limit in policy.limits(wanted)])


def _shown(reading: Reading, limit: Limit, at: int) -> dict[str, Any]:
    spec = limit.spec
    found = reading.fullest(limit.name, first_of(limit, at), most=_MOST + 1)
    return {
        "limit": limit.name,
        "words": limit_words(spec),
        "because": spec.because,
        "counts": spec.counts,
        "at_most": spec.at_most,
        "window": spec.window,
        "each": spec.each,
        "operations": list(spec.operations),
        "verdict": spec.verdict,
        "used": [{"whose": scope, "used": used} for scope, used in found[:_MOST]],
        "more": len(found) > _MOST,
    }
