"""Two people sign a level that was earned; it begins with the second signature and ends on a date."""

from __future__ import annotations

from datetime import timedelta

from remit.core import facts as f
from remit.core.types import Operation, UseCaseId
from remit.errors import Conflict, InvalidInput, NotFound
from remit.ports import House, Writing

ROLES = ("line_of_business", "risk")


async def sign(house: House, use_case: UseCaseId, operation: Operation, *, by: str, role: str) -> bool:
    """Sign the open offer in one role. Returns whether this was the second signature, so that the level begins."""
    if role not in ROLES:
        raise InvalidInput(asked=f"a signature as {role}", found="no such role", do=f"Sign as {' or '.join(ROLES)}")
    return await house.store.write(lambda tx: _sign(house, tx, use_case, operation, by, role))


def _sign(house: House, tx: Writing, use_case: UseCaseId, operation: Operation, by: str, role: str) -> bool:
    if not tx.grant(use_case, operation).offered:
        raise NotFound(
            asked=f"an open offer for {use_case}/{operation}", found="none", do="Wait until the evidence clears the bar"
        )
    signed = tx.signatures(use_case, operation)
    if any(by == who or role == what for who, what in signed):
        raise Conflict(
            asked=f"{by} signing as {role}", found=f"signed already: {signed}", do="A second person signs in the other role"
        )
    tx.record(f.GrantSigned(use_case=use_case, operation=operation, by=by, role=role), actor=f"person:{by}")
    if len(signed) + 1 < len(ROLES):
        return False
    _begin(house, tx, use_case, operation, (*(who for who, _ in signed), by))
    return True


def _begin(house: House, tx: Writing, use_case: UseCaseId, operation: Operation, signed_by: tuple[str, ...]) -> None:
    offer = tx.latest_offer(use_case, operation)
    days = tx.policy().charters[use_case].grant_days
    granted = f.Granted(
        use_case=use_case,
        operation=operation,
        version=offer.version,
        level=offer.level,
        until=house.clock.now() + timedelta(days=days),
        signed_by=signed_by,
        evidence=offer.evidence,
    )
    tx.record(granted, actor="remit")
