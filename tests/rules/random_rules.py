"""Random conditions and random rows, also rows with missing and broken cells. Written from the grammar, not from the code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

SCHEMA = {
    "level": "int",
    "facts.reach": "int",
    "limit": "int",
    "confidence": "double",
    "share": "double",
    "region": "string",
    "facts.consent": "string",
    "suppressed": "bool",
    "human": "bool",
    "tags": "list(string)",
    "steps": "list(int)",
    "at": "timestamp",
}
TEXTS = ["", "a", "b", "ab", "DE", "de", "é", "日本", "'", '"', "\\", "a\nb", "Ω≈", "\U0001d54f", "%", "_"]
INTS = [0, 1, 2, 3, -1, 500, 812, 2**53, 2**53 + 1, 2**63 - 1, -(2**63) + 1]
DOUBLES = [0.0, -0.0, 0.5, 0.9, 1.0, 1e-300, 1e300, -2.5]
MOMENTS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days, microseconds=days) for days in (-400, -1, 0, 1, 250)]
BROKEN: dict[str, list[Any]] = {
    "int": [None, "3", 3.0, True, 2**63, [1]],
    "double": [None, 1, "0.5", float("nan"), float("inf"), float("-inf"), True],
    "string": [None, 3, b"a", ["a"], True, "\ud800"],
    "bool": [None, 0, 1, "true", 1.0],
    "list(string)": [None, "a", ["a", None], [1], {"a": 1}],
    "list(int)": [None, 3, [1, 2.0], [True], ["1"]],
    "timestamp": [None, "2026-01-01", 3, datetime(2026, 1, 1)],  # noqa: DTZ001  # without a zone it is broken, which is the point
}


def condition(random: Random) -> str:
    """Return a random condition that looks at something."""
    while True:
        found = _condition(random, 3)
        if any(name in found for name in SCHEMA):
            return found


def _condition(random: Random, depth: int) -> str:
    if depth and random.random() < 0.65:
        shape = random.choice(["and", "or", "not", "same"])
        left, right = _condition(random, depth - 1), _condition(random, depth - 1)
        return {
            "and": f"({left} && {right})",
            "or": f"({left} || {right})",
            "not": f"!({left})",
            "same": f"(({left}) == ({right}))",
        }[shape]
    return random.choice(_LEAVES)(random)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _order(random: Random) -> str:
    return random.choice(["==", "!=", "<", "<=", ">", ">="])


_LEAVES: list[Callable[[Random], str]] = [
    lambda r: f"{r.choice(['level', 'facts.reach', 'limit'])} {_order(r)} {r.choice([*map(str, INTS), 'limit', 'level'])}",
    lambda r: (
        f"{r.choice(['confidence', 'share'])} {_order(r)} {r.choice(['0.0', '0.5', '0.9', '1e300', 'share', 'confidence'])}"
    ),
    lambda r: f"{r.choice(['region', 'facts.consent'])} {_order(r)} {r.choice([_quoted(r.choice(TEXTS)), 'region'])}",
    lambda r: (
        f"{r.choice(['region', 'facts.consent'])} in [{', '.join(_quoted(r.choice(TEXTS)) for _ in range(r.randint(1, 3)))}]"
    ),
    lambda r: f"level in [{', '.join(str(r.choice(INTS)) for _ in range(r.randint(1, 3)))}]",
    lambda r: (
        f"region.{r.choice(['startsWith', 'endsWith', 'contains'])}({r.choice([_quoted(r.choice(TEXTS)), 'facts.consent'])})"
    ),
    lambda r: f"{r.choice([_quoted(r.choice(TEXTS)), 'region'])} in tags",
    lambda r: f"{r.choice(['1', '2', 'level'])} in steps",
    lambda r: f"size({r.choice(['tags', 'steps', 'region'])}) {_order(r)} {r.randint(0, 3)}",
    lambda r: f"({r.choice(['level > 1 && human', 'suppressed || human', '!human'])}) in {r.choice(['[true]', '[]', '[false]'])}",
    lambda r: r.choice(["level in []", "region in []", "true", "1 == 1", '"b" in ["a"]', 'size("é") == 1']),
    lambda r: f"has({r.choice(['facts.reach', 'facts.consent'])})",
    lambda r: r.choice(["suppressed", "human", "suppressed == human", "human != true"]),
    lambda r: f'at {_order(r)} timestamp("{r.choice(MOMENTS).isoformat().replace("+00:00", "Z")}")',
]


def row(random: Random) -> dict[str, Any]:
    """Return a random row: most cells sound, some missing, some broken."""
    found: dict[str, Any] = {}
    for name, kind in SCHEMA.items():
        fate = random.random()
        if fate < 0.85:
            found[name] = sound(random, kind)
        elif fate < 0.93:
            found[name] = random.choice(BROKEN[kind])
    return found


def sound(random: Random, kind: str) -> Any:
    """Return a random sound value of a type."""
    match kind:
        case "int":
            return random.choice(INTS)
        case "double":
            return random.choice(DOUBLES)
        case "string":
            return random.choice(TEXTS)
        case "bool":
            return random.random() < 0.5
        case "list(string)":
            return [random.choice(TEXTS) for _ in range(random.randint(0, 3))]
        case "list(int)":
            return [random.choice(INTS) for _ in range(random.randint(0, 3))]
        case _:
            return random.choice(MOMENTS)
