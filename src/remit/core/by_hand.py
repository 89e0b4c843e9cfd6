"""Tells a person how to carry a draft out herself: at level 1 the agent prepares and she does it."""

from __future__ import annotations


def steps(action: str, connector: str, record: str | None) -> tuple[str, ...]:
    """Return what to do, one step each. `action` is what people call it, such as `Add a tag`; its values are shown beside."""
    return (
        f"Open {record} in {connector}." if record else f"Go to {connector}.",
        f"{action}, with the values shown.",
        "Say what became of it: used, used_edited if you changed something, discarded if you did not do it.",
    )
