"""The fact about the ledger itself: the key that signs its checkpoints."""

from __future__ import annotations

from remit.core.types import Frozen


class LedgerKeyRotated(Frozen, frozen=True, kw_only=True):
    """The ledger gets another key: `public_key` signs once a checkpoint of `replaces` covers this fact. Both are in base64.

    `ledger` is its origin, the name on every checkpoint; it stays.
    """

    ledger: str
    public_key: str
    replaces: str
    by: str


LedgerFact = LedgerKeyRotated
"""Every fact about the ledger itself."""
