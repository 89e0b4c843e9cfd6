"""A person looked into a violation and settles it, once, with a note of what came of it."""

from __future__ import annotations

from collections.abc import Collection

from remit.core import facts as f
from remit.core.access import Refused, may_settle
from remit.core.types import Role
from remit.core.violation import Violation
from remit.errors import Conflict, InvalidInput, NotAllowed
from remit.ports import House, Writing


async def settle(house: House, violation: str, *, by: str, roles: Collection[Role], note: str) -> Violation:
    """Settle an open violation as somebody with these roles.

    Raises `NotFound`, `NotAllowed`, `Conflict` for one that is settled, `InvalidInput` without a note.
    """
    if not note.strip():
        raise InvalidInput(asked=f"settling violation {violation}", found="no note", do="Say what came of it")
    return await house.store.write(lambda tx: _settle(tx, violation, by, roles, note))


def _settle(tx: Writing, violation: str, by: str, roles: Collection[Role], note: str) -> Violation:
    found = tx.violation(violation)
    answer = may_settle(roles, found.owner)
    if isinstance(answer, Refused):
        held = f"{by} is {', '.join(roles) or 'nothing any more'}"
        do = f"{answer.reason[:1].upper()}{answer.reason[1:]}. Ask one, or sign in as one with `remit login`"
        raise NotAllowed(asked=f"settling violation {violation} as {by}", found=held, do=do)
    if found.settled_at is not None:
        raise Conflict(
            asked=f"settling violation {violation}", found=f"settled by {found.settled_by}", do="See `remit violations`"
        )
    settled = f.ViolationSettled(violation=violation, use_case=found.use_case, by=by)
    tx.record(settled, actor=f"person:{by}", contents={"note": note})
    return tx.violation(violation)
