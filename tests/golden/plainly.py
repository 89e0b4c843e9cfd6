"""How a row is kept: as JSON would have it."""

from __future__ import annotations

import json
from typing import Any

from tests.reference.slow_bytes import to_plain


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as it was kept."""
    return {name: json.loads(value) if isinstance(value, bytes) else to_plain(value) for name, value in row.items()}
