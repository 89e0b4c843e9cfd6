"""Every limit on a level that evidence cannot lift, as far as one operation of one version goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType

from remit.core.charter import Charter
from remit.core.level import Grant, highest_level
from remit.core.question import Ceiling
from remit.core.readiness import Measures, readiness_ceilings
from remit.core.types import Level, Operation

_NOT_MEASURED: Measures = MappingProxyType({})


def ceilings(
    grant: Grant,
    charter: Charter,
    *,
    operation: Operation,
    version: str,
    now: datetime,
    measured: Measures = _NOT_MEASURED,
) -> tuple[Ceiling, ...]:
    """Name every limit on the level that evidence cannot lift. What the charter wants measured and nobody measured is one."""
    found = [
        *charter_ceilings(charter, operation),
        *readiness_ceilings(charter.readiness, measured, now),
        *_of_grant(grant, version, now),
    ]
    return tuple(ceiling for ceiling in found if ceiling.level < grant.level)


def charter_ceilings(charter: Charter, operation: Operation) -> Iterator[Ceiling]:
    """Return the ceilings that follow from the charter alone."""
    yield Ceiling(level=highest_level(charter, operation), code="charter")
    if operation not in charter.operations:
        yield Ceiling(level=Level.RECOMMEND, code="outside_grant")


def _of_grant(grant: Grant, version: str, now: datetime) -> Iterator[Ceiling]:
    if grant.level < Level.EXECUTE:
        return
    if grant.version != version:
        yield Ceiling(level=Level.RECOMMEND, code="version", detail=grant.version)
    if grant.until is not None and grant.until <= now:
        yield Ceiling(level=Level.RECOMMEND, code="expired", detail=grant.until.date().isoformat())
