"""An agent looks: it gets what its charter's context window shows, and the ledger remembers that it looked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core import facts as f
from remit.core.charter import Charter, WindowSpec
from remit.core.policy import CompiledPolicy
from remit.core.types import UseCaseId, Value
from remit.errors import InvalidInput, NotAllowed, NotFound
from remit.flow.ask import connected
from remit.ports import AgentKey, House, Query, Row

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a window, what it shows and as of when."""

    window: str
    digest: str
    as_of: datetime
    rows: tuple[Row, ...]
    after: str | None


async def see(
    house: House, key: AgentKey, use_case: UseCaseId, window: str, *, where: Mapping[str, Value], after: str | None, limit: int
) -> Page:
    """Read one page. Raises `NotFound` for a window that does not exist, `NotAllowed` for a field outside it."""
    with house.store.read() as reading:
        charter = _charter(reading.policy(), key, use_case)
    spec = _window(charter, window)
    _check(spec, where, limit)
    as_of = house.clock.now() - timedelta(hours=spec.delay_hours)
    query = Query(
        kind=spec.kind, fields=spec.fields, where=where, as_of=as_of if spec.delay_hours else None, after=after, limit=limit
    )
    rows = tuple(await connected(house, charter.connector).read(query))
    digest = _digest(window, spec)
    read = f.ContextRead(use_case=use_case, window=window, digest=digest, agent=key.agent, as_of=as_of, records=len(rows))
    await house.store.write(lambda tx: tx.record(read, actor=f"agent:{key.agent}"))
    return Page(window=window, digest=digest, as_of=as_of, rows=rows, after=rows[-1].id if len(rows) == limit else None)


def _charter(policy: CompiledPolicy, key: AgentKey, use_case: UseCaseId) -> Charter:
    if use_case not in policy.charters:
        raise NotFound(asked=f"use case {use_case}", found="no such charter", do="Adopt a charter for it")
    if use_case not in key.use_cases:
        raise NotAllowed(
            asked=f"context of {use_case}", found=f"a key for {', '.join(key.use_cases)}", do="Use that use case's key"
        )
    return policy.charters[use_case]


def _window(charter: Charter, window: str) -> WindowSpec:
    if window not in charter.windows:
        known = ", ".join(sorted(charter.windows))
        raise NotFound(asked=f"context window {window} of {charter.id}", found=known, do="Name a window of the charter")
    return charter.windows[window]


def _check(spec: WindowSpec, where: Mapping[str, Value], limit: int) -> None:
    outside = sorted(set(where) - set(spec.fields))
    if outside:
        raise NotAllowed(
            asked=f"a filter on {', '.join(outside)}", found="fields outside the window", do="Filter by what the window shows"
        )
    if not 1 <= limit <= _PAGE:
        raise InvalidInput(asked=f"{limit} records", found=f"a page holds 1 to {_PAGE}", do="Ask page by page")


def _digest(window: str, spec: WindowSpec) -> str:
    plain = json.dumps([window, spec.kind, sorted(spec.fields), spec.delay_hours])
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
