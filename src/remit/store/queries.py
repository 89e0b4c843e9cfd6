"""How a question reaches the database: with everything that was written before it, or by key alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
import sqlalchemy as sa


def listed(names: Collection[str]) -> str:
    """Write names for one parameter, however many they are."""
    return orjson.dumps(list(names)).decode()


LISTED = sa.text("SELECT value FROM json_each(:listed)").columns(sa.column("value"))
"""What `listed` wrote, one name a row."""


class Queries:
    """Asks one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        """Read through this connection, inside whatever transaction it is in."""
        self._connection = connection

    def _flush(self) -> None:
        """Bring what is still in memory to the database; a plain reader has nothing."""

    def _all(self, query: sa.Executable, **values: Any) -> list[Any]:
        """Answer a query that has to see everything written so far."""
        self._flush()
        return list(self._connection.execute(query, values).mappings())

    def _one(self, query: sa.Executable, **values: Any) -> Any | None:
        """Answer a look-up by key; a transaction keeps what it wrote under that key at hand itself."""
        return self._connection.execute(query, values).mappings().first()
