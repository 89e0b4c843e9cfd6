"""A person looked into a violation and settles it, once, with a note of what came of it."""

from __future__ import annotations

from remit.core import facts as f
from remit.core.violation import Violation
from remit.errors import Conflict, InvalidInput
from remit.ports import House, Writing


async def settle(house: House, violation: str, *, by: str, note: str) -> Violation:
    """Settle an open violation. Raises `NotFound`, `Conflict` for one that is settled, `InvalidInput` without a note."""
    if not note.strip():
        raise InvalidInput(asked=f"settling violation {violation}", found="no note", do="Say what came of it")
    return await house.store.write(lambda tx: _settle(tx, violation, by, note))


def _settle(tx: Writing, violation: str, by: str, note: str) -> Violation:
    found = tx.violation(violation)
    if found.settled_at is not None:
        raise Conflict(
            asked=f"settling violation {violation}", found=f"settled by {found.settled_by}", do="See `remit violations`"
        )
    settled = f.ViolationSettled(violation=violation, use_case=found.use_case, by=by)
    tx.record(settled, actor=f"person:{by}", contents={"note": note})
    return tx.violation(violation)
