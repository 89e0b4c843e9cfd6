"""An agent looks: it gets what its charter's context window shows and nothing else, and the ledger remembers that it looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core import facts as f
from remit.core import window as judgement
from remit.core.charter import Charter, WindowSpec
from remit.core.policy import CompiledPolicy
from remit.core.redaction import redacted
from remit.core.types import UseCaseId, Value
from remit.errors import InvalidInput, NotAllowed, NotFound
from remit.flow.ask import connected
from remit.flow.flag import flag_look
from remit.ports import AgentKey, House, Query, Row

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an agent asks for: some of the window's fields (all without any), the rows whose fields have these values, a page."""

    window: str
    fields: tuple[str, ...] = ()
    where: Mapping[str, Value]
    after: str | None = None
    limit: int = _PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """One record as the window shows it; `stale` where it is older than the window promises."""

    id: str
    fields: Mapping[str, Value]
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a window, what it shows and as of when."""

    window: str
    version: int
    digest: str
    as_of: datetime
    rows: tuple[SeenRow, ...]
    after: str | None

    @property
    def stale(self) -> int:
        """Return how many records of the page are stale."""
        return sum(row.stale for row in self.rows)


async def see(house: House, key: AgentKey, use_case: UseCaseId, look: Look) -> Page:
    """Read one page. Raises `NotFound` for a window that does not exist, `NotAllowed` for a field outside it."""
    with house.store.read() as reading:
        charter = charter_for(reading.policy(), key, use_case, asked=f"context of {use_case}")
    spec = _window(charter, look.window)
    _check_size(look.limit)
    await _refuse_outside(house, key, charter, spec, look)
    now = house.clock.now()
    as_of = now - timedelta(hours=spec.delay_hours)
    shown = look.fields or spec.fields
    query = Query(
        kind=spec.kind,
        fields=shown,
        where=judgement.narrowed(spec, look.where),
        as_of=as_of if spec.delay_hours else None,
        after=look.after,
        limit=look.limit,
    )
    found = await connected(house, charter.connector).read(query)
    page = Page(
        window=look.window,
        version=spec.version,
        digest=judgement.digest_of_window(look.window, spec),
        as_of=as_of,
        rows=tuple(_row(spec, shown, row, now) for row in found),
        after=found[-1].id if len(found) == look.limit else None,
    )
    await house.store.write(lambda tx: tx.record(_read(key, use_case, page, shown), actor=f"agent:{key.agent}"))
    return page


def _row(spec: WindowSpec, shown: tuple[str, ...], row: Row, now: datetime) -> SeenRow:
    fields = redacted(row.fields, spec.redact, shown)
    return SeenRow(id=row.id, fields=fields, stale=judgement.is_stale(spec, row.changed_at, now))


def _read(key: AgentKey, use_case: UseCaseId, page: Page, shown: tuple[str, ...]) -> f.ContextRead:
    return f.ContextRead(
        use_case=use_case,
        window=page.window,
        digest=page.digest,
        agent=key.agent,
        as_of=page.as_of,
        records=len(page.rows),
        version=page.version,
        fields=tuple(sorted(shown)),
        stale=page.stale,
    )


async def _refuse_outside(house: House, key: AgentKey, charter: Charter, spec: WindowSpec, look: Look) -> None:
    """Refuse and record what the window does not show. The message names it; the ledger only as far as it can be a field."""
    beyond = judgement.outside(spec, look.fields, look.where)
    if not beyond:
        return
    named = judgement.as_field_names(beyond)
    await house.store.write(lambda tx: flag_look(house, tx, key, charter.id, look.window, named))
    raise NotAllowed(
        asked=f"{', '.join(beyond)} of context window {look.window}",
        found="fields outside the window, or a filter on a redacted one",
        do=f"Ask for {', '.join(spec.fields)}, and filter by what is shown whole",
    )


def charter_for(policy: CompiledPolicy, key: AgentKey, use_case: UseCaseId, *, asked: str) -> Charter:
    """Return the charter of a use case that a key is good for. Raises `NotFound`, or `NotAllowed` for another's."""
    if use_case not in policy.charters:
        raise NotFound(asked=f"use case {use_case}", found="no such charter", do="Adopt a charter for it")
    if use_case not in key.use_cases:
        raise NotAllowed(asked=asked, found=f"a key for {', '.join(key.use_cases)}", do="Use that use case's key")
    return policy.charters[use_case]


def _window(charter: Charter, window: str) -> WindowSpec:
    if window not in charter.windows:
        known = ", ".join(sorted(charter.windows))
        raise NotFound(asked=f"context window {window} of {charter.id}", found=known, do="Name a window of the charter")
    return charter.windows[window]


def _check_size(limit: int) -> None:
    if not 1 <= limit <= _PAGE:
        raise InvalidInput(asked=f"{limit} records", found=f"a page holds 1 to {_PAGE}", do="Ask page by page")
