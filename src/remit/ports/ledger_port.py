"""What verbs and doors need of the ledger as a whole: its proof, and its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The newest checkpoint as a signed note, with the number of facts that it covers."""

    size: int
    note: str


class LedgerKey(Protocol):
    """The key that signs checkpoints. The private half never leaves the driver."""

    @property
    def origin(self) -> str:
        """The name of this ledger, on every checkpoint."""

    @property
    def public(self) -> str:
        """The public half of the key in force, in base64."""

    def prepare(self) -> str:
        """Keep a next key, durably, and return its public half. What was begun before MUST be finished first."""

    def take_over(self) -> None:
        """Sign with the next key once a fact names it. The old key MUST have signed over that fact, and MUST be kept nowhere."""


class LedgerDesk(LedgerKey, Protocol):
    """What the doors ask of the ledger."""

    def verify(self) -> Any:
        """Seal and verify the whole ledger; the report has an outcome and a path."""

    def checkpoint(self) -> Sealed:
        """Seal everything so far and return the newest checkpoint. Raises `NotFound` where there is no fact at all."""
