"""Changes the key that signs the ledger. The old key signs over the fact that names the new one; then only the new one signs."""

from __future__ import annotations

import asyncio

from remit.core import facts as f
from remit.errors import Conflict
from remit.ports import House
from remit.ports.ledger_port import LedgerKey


async def rotate(house: House, key: LedgerKey, *, replaces: str, by: str) -> str:
    """Change the key and return the public half of the new one. It replaces the key that was seen, and no other."""
    if replaces != key.public:
        found, do = f"the key {key.public}", "See it with `remit ledger key`, then try again"
        raise Conflict("Another key is in force.", asked=f"another key instead of {replaces}", found=found, do=do)
    following = await asyncio.to_thread(key.prepare)
    fact = f.LedgerKeyRotated(ledger=key.origin, public_key=following, replaces=replaces, by=by)
    await house.store.write(lambda tx: tx.record(fact, actor=f"person:{by}"))
    await asyncio.to_thread(key.take_over)
    return following
