"""People sign a level that was earned; it begins with the last signature that is needed and ends on a date.

Where accounts exist, each signs in a role she holds. A small team may wait instead of a second signature, if its policy says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from remit.core import facts as f
from remit.core.access import Refused, may_sign_as
from remit.core.signing import SIGNERS, Begins, Signature, signers, standing, still_valid
from remit.core.types import Operation, OwnerRole, UseCaseId
from remit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from remit.ports import House, Reading, Writing

SANDBOX = "sandbox"
"""The connected system in which names are taken at their word, so that somebody alone can try everything out."""

ROLES = tuple(str(role) for role in SIGNERS)


async def sign(house: House, use_case: UseCaseId, operation: Operation, *, by: str, role: str) -> bool:
    """Sign the open offer in one role. Returns whether this was the last signature it needed, so that the level begins."""
    return await house.store.write(lambda tx: _sign(house, tx, use_case, operation, by, role))


def _sign(house: House, tx: Writing, use_case: UseCaseId, operation: Operation, by: str, role: str) -> bool:
    _check_role(tx, by, role)
    if not tx.grant(use_case, operation).offered:
        raise NotFound(
            asked=f"an open offer for {use_case}/{operation}", found="none", do="Wait until the evidence clears the bar"
        )
    signed = counting(tx, use_case, operation)
    if signed and one_hand(tx, use_case):
        found = f"nobody has an account, so {by} may be {signed[0].by}: whoever holds the data folder signs under any name"
        do = "Let two people have accounts with `remit user add`, or write `small_team` into the risk statement and wait"
        raise NotAllowed(asked=f"a second signature for {use_case}/{operation}", found=found, do=do)
    if any(by == one.by or role == one.role for one in signed):
        told = ", ".join(f"{one.by} as {one.role}" for one in signed)
        raise Conflict(
            asked=f"{by} signing as {role}", found=f"signed already: {told}", do="Another person signs in another role"
        )
    tx.record(f.GrantSigned(use_case=use_case, operation=operation, by=by, role=role), actor=f"person:{by}")
    return _begin_if_signed(house, tx, use_case, operation)


def counting(reading: Reading, use_case: UseCaseId, operation: Operation) -> list[Signature]:
    """Return the signatures of the open offer that count now, oldest first."""
    people = reading.people() if reading.has_people() else None
    found = still_valid(reading.signatures(use_case, operation), people)
    return found[:1] if one_hand(reading, use_case) else found


def one_hand(reading: Reading, use_case: UseCaseId) -> bool:
    """Whether all signatures may be of one hand: nobody has an account, and it is about a real system, not the sandbox."""
    charter = reading.policy().charters.get(use_case)
    return charter is not None and charter.connector != SANDBOX and not reading.has_people()


def _check_role(tx: Reading, by: str, role: str) -> None:
    needed = signers(tx.policy().risk_statement)
    if role not in needed:
        raise InvalidInput(asked=f"a signature as {role}", found="no such role", do=f"Sign as {' or '.join(needed)}")
    if tx.has_people():
        person = tx.person(by)
        held = person.roles if person else ()
        refused = may_sign_as(held, OwnerRole(role))
        if isinstance(refused, Refused):
            found = f"{by} holds {', '.join(held) or 'no role'}"
            raise NotAllowed(asked=f"{by} signing as {role}", found=found, do=f"Ask another: {refused.reason}")


async def begin_waited(house: House) -> int:
    """Begin every level whose small-team waiting is over. Returns how many began."""
    with house.store.read() as reading:
        if not reading.signed_offers():
            return 0
    return await house.store.write(lambda tx: _begin_waited(house, tx, tx.signed_offers()))


def _begin_waited(house: House, tx: Writing, offers: Sequence[tuple[UseCaseId, Operation]]) -> int:
    return sum(_begin_if_signed(house, tx, use_case, operation) for use_case, operation in offers)


def _begin_if_signed(house: House, tx: Writing, use_case: UseCaseId, operation: Operation) -> bool:
    if not tx.grant(use_case, operation).offered:
        return False  # what was signed is offered no more
    found = standing(counting(tx, use_case, operation), tx.policy().risk_statement, house.clock.now())
    if isinstance(found, Begins):
        _begin(house, tx, use_case, operation, found)
    return isinstance(found, Begins)


def _begin(house: House, tx: Writing, use_case: UseCaseId, operation: Operation, found: Begins) -> None:
    offer = tx.latest_offer(use_case, operation)
    days = tx.policy().charters[use_case].grant_days
    granted = f.Granted(
        use_case=use_case,
        operation=operation,
        version=offer.version,
        level=offer.level,
        until=house.clock.now() + timedelta(days=days),
        signed_by=found.signed_by,
        evidence=offer.evidence,
        waited_hours=found.waited_hours,
    )
    tx.record(granted, actor="remit")
