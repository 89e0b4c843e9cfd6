"""How the shipped agents read and ask: page by page, batch by batch, through the client and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from remit.sdk.messages import Context, Correction, Propose, Reply, Scalar, Window

PAGE = 1000
BATCH = 500

Asked = list[tuple[Propose, Reply]]
"""What an agent asked on one day, each with what became of it at once."""


class Desk(Protocol):
    """The part of the client these agents use; `remit.sdk.client.Client` is one."""

    async def context(
        self,
        use_case: str,
        window: str,
        *,
        where: Mapping[str, Scalar] | None = None,
        after: str | None = None,
        limit: int = 1000,
    ) -> Context:
        """Read one page of a context window."""

    async def propose_many(self, proposals: Sequence[Propose]) -> list[Reply]:
        """Ask for several actions; replies come in the same order."""


class LearningDesk(Desk, Protocol):
    """The client of an agent that asks what people made of what it did before."""

    async def corrections(self, use_case: str, operation: str, like: Mapping[str, Scalar], *, limit: int = 5) -> list[Correction]:
        """Return what people made of proposals most like this one, the most alike first."""


class Agent(Protocol):
    """What the story starts: one agent version of one use case."""

    def fingerprint(self) -> str:
        """Name the version: model and settings."""

    async def run(self, client: LearningDesk, today: date) -> Asked:
        """Do one day's work: read the windows, propose, act on nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One record as seen through a window; `window` is what a proposal about it names as its context."""

    id: str
    fields: Mapping[str, Scalar]
    window: Window


async def read(
    client: Desk, use_case: str, window: str, *, where: Mapping[str, Scalar] | None = None, until: str | None = None
) -> AsyncIterator[Seen]:
    """Walk a window in the order of record ids, up to and including `until` where it is given."""
    after: str | None = None
    while True:
        page = await client.context(use_case, window, where=where, after=after, limit=PAGE)
        for record in page.records:
            if until is not None and record.id > until:
                return
            yield Seen(id=record.id, fields=record.fields, window=page.window)
        if page.next is None:
            return
        after = page.next


async def ask(client: Desk, proposals: Sequence[Propose]) -> Asked:
    """Propose everything in batches."""
    asked: Asked = []
    for start in range(0, len(proposals), BATCH):
        batch = proposals[start : start + BATCH]
        asked.extend(zip(batch, await client.propose_many(batch), strict=True))
    return asked


def version(name: str, **settings: Scalar) -> str:
    """Return a version's fingerprint: its name and a short digest of its settings, so that no setting changes unnoticed."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    return f"{name}/{digest[:8]}"


def text(seen: Seen, field: str) -> str:
    """Return a field as text, empty where it is absent."""
    value = seen.fields.get(field)
    return "" if value is None else str(value)


def whole(seen: Seen, field: str) -> int:
    """Return a field as a whole number, 0 where it is absent or no number."""
    value = seen.fields.get(field)
    return int(value) if isinstance(value, int | float) else 0
