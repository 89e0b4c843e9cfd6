"""What all tables share: their metadata, and how a moment stands in a column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)


class Moment(sa.TypeDecorator[datetime]):
    """A moment with zone, kept as whole microseconds since 1970 UTC: exact, and it sorts."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Turn a moment into microseconds."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Turn microseconds into a moment in UTC."""
        return None if value is None else moment(value)


def microseconds(at: datetime) -> int:
    """Return how many whole microseconds after 1970 UTC a moment lies."""
    return (at - EPOCH) // MICRO


def moment(after: int) -> datetime:
    """Return the moment so many microseconds after 1970 UTC."""
    return EPOCH + after * MICRO
