"""Tells a person how to carry a draft out herself: at level 1 the agent prepares and she does it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from remit.core.types import Value


def steps(action: str, connector: str, record: str | None, arguments: Mapping[str, Value]) -> tuple[str, ...]:
    """Return what to do, one step each. `action` is what people call it, such as `Add a tag`."""
    opened = f"Open {record} in {connector}." if record else f"Go to {connector}."
    filled = (f"{name}: {_text(value)}" for name, value in arguments.items())
    ended = "Then say what became of it: used, used_edited if you changed something, discarded if you did not do it."
    return (opened, f"{action}, with:" if arguments else f"{action}.", *filled, ended)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
