"""What deciding by rules costs: twenty rules, a thousand dispatched by operation, and loading a policy, beside Google's CEL."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, TypeVar

from bench.by_cel import by_cel
from bench.timing import TIMES, figure, spread
from remit import rules

_SCHEMA = {
    "operation": "string",
    "level": "int",
    "region": "string",
    "tags": "list(string)",
    "confidence": "double",
    "suppressed": "bool",
    "facts.reach": "int",
    "facts.fields": "list(string)",
    "facts.spend_minor": "int",
    "facts.sent_this_week": "int",
    "facts.email": "string",
    "facts.consent": "string",
}
_SHAPES = (
    "facts.reach > {n}00",
    "level < 3 && confidence < 0.{n}",
    'region in ["DE", "FR", "A{n}"] && facts.consent != "given"',
    "facts.spend_minor > {n}0000 && level <= 3",
    "suppressed",
    '"vip{n}" in tags || "do-not-contact" in tags',
    'facts.email.endsWith("@competitor{n}.example")',
    "facts.sent_this_week >= {n} && !suppressed",
    'size(facts.fields) > {n} || "lifecycle_stage" in facts.fields',
    'has(facts.consent) && facts.consent.startsWith("withdrawn{n}")',
)
_Made = TypeVar("_Made")
_OPERATIONS = 61


def run() -> Iterator[dict[str, object]]:
    """Yield one row per figure."""
    random = Random(7)
    sources = [_SHAPES[number % len(_SHAPES)].format(n=number + 1) for number in range(20)]
    rows = [_row(random) for _ in range(200)]
    yield from _twenty(sources, rows)
    yield from _thousand(rows)
    yield from _loading()


def _row(random: Random) -> dict[str, Any]:
    """Return what the gate knows of one ordinary proposal: one rule in ten or so fires."""
    return {
        "operation": f"op{random.randrange(_OPERATIONS)}",
        "level": random.choice([3, 3, 3, 2]),
        "region": random.choice(["DE", "FR", "US", "GB"]),
        "tags": random.sample(["vip", "trial", "webinar", "newsletter", "partner"], 3),
        "confidence": random.choice([0.97, 0.91, 0.83]),
        "suppressed": False,
        "facts.reach": random.choice([1, 1, 40, 812]),
        "facts.fields": ["score"],
        "facts.spend_minor": 0,
        "facts.sent_this_week": 0,
        "facts.email": "jo@customer.example",
        "facts.consent": "given",
    }


def _twenty(sources: list[str], rows: list[dict[str, Any]]) -> Iterator[dict[str, object]]:
    bundled = rules.bundle([rules.compile(source, _SCHEMA) for source in sources])
    prepared = [bundled.cells(row) for row in rows]
    ours = spread(lambda at: bundled.fired(prepared[at]), len(rows))
    yield figure("20 rules, all reasons, p50", ours[0], "us", 2.0, TIMES, "CPU time on prepared cells")
    yield figure("20 rules, all reasons, p99", ours[1], "us", 5.0, TIMES, "CPU time on prepared cells")
    whole = spread(lambda at: bundled.evaluate(rows[at]), len(rows))
    yield figure("20 rules with their cells, p50", whole[0], "us", None, TIMES, "CPU time from plain values, twelve attributes")
    nothing = bundled.cells({})
    missing = spread(lambda _: bundled.fired(nothing), len(rows))
    yield figure("20 rules, everything missing, p50", missing[0], "us", None, TIMES, "CPU time; the slow walk of all twenty")
    always = [source.replace("has(facts.consent)", 'facts.consent != ""') for source in sources]  # a name it always knows
    theirs = spread(by_cel(always, _SCHEMA, rows), len(rows), TIMES // 10)
    yield figure(
        "20 rules by cel-expr-python, p50", theirs[0], "us", None, TIMES // 10, "CPU time of its own evaluator, data as given"
    )
    yield figure(
        "cel-expr-python / Remit", theirs[0] / ours[0], "times", None, TIMES // 10, "the same rules and rows in the same run"
    )


def _thousand(rows: list[dict[str, Any]]) -> Iterator[dict[str, object]]:
    """One rule in fifty is about every operation; the others are about one to three of them."""
    random = Random(11)
    by_operation: dict[str, list[rules.Rule]] = defaultdict(list)
    everywhere = [f"op{number}" for number in range(_OPERATIONS)]
    for number in range(1000):
        rule = rules.compile(_SHAPES[number % len(_SHAPES)].format(n=number + 1), _SCHEMA)
        for operation in everywhere if number % 50 == 0 else random.sample(everywhere, random.randint(1, 3)):
            by_operation[operation].append(rule)
    bundles = {operation: rules.bundle(found) for operation, found in by_operation.items()}
    prepared = [bundles[row["operation"]].cells(row) for row in rows]
    found = spread(lambda at: bundles[rows[at]["operation"]].fired(prepared[at]), len(rows))
    asked = sum(map(len, by_operation.values())) / _OPERATIONS
    note = f"CPU time on prepared cells; {_OPERATIONS} operations, {asked:.0f} rules about each on average"
    yield figure("1,000 rules by operation, p50", found[0], "us", 10.0, TIMES, note)
    yield figure("1,000 rules by operation, p99", found[1], "us", None, TIMES, note)


def _loading() -> Iterator[dict[str, object]]:
    sources = [_SHAPES[number % len(_SHAPES)].format(n=number + 1) for number in range(200)]
    compiled, checked_ms = _milliseconds(lambda: [rules.compile(source, _SCHEMA) for source in sources])
    _, bundled_ms = _milliseconds(lambda: rules.bundle(compiled))
    stored = [rule.stored() for rule in compiled]
    loaded, loaded_ms = _milliseconds(lambda: [rules.load(one) for one in stored])
    assert loaded == compiled
    note = "CPU time: check, print and bundle"
    yield figure("load 200 rules from source", checked_ms + bundled_ms, "ms", 150.0, 200, note)
    yield figure(
        "load 200 stored rules", loaded_ms + bundled_ms, "ms", 150.0, 200, "CPU time: judge, print and bundle; no front end"
    )


def _milliseconds(work: Callable[[], _Made]) -> tuple[_Made, float]:
    started = time.process_time()
    found = work()
    return found, (time.process_time() - started) * 1e3
