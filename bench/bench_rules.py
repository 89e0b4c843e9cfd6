"""What deciding by rules costs: twenty rules, a thousand dispatched by operation, and loading a policy, beside Google's CEL."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, TypeVar

from cel_expr_python import cel  # type: ignore[import-untyped]  # it ships no types

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
_TIMES = 20_000
_OPERATIONS = 61
_CEL_TYPES = {
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "bool": cel.Type.BOOL,
    "list(string)": cel.Type.List(cel.Type.STRING),
}


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
    ours = _spread(lambda at: bundled.fired(prepared[at]), len(rows))
    yield _figure("20 rules, all reasons, p50", ours[0], "us", 2.0, _TIMES, "CPU time on prepared cells")
    yield _figure("20 rules, all reasons, p99", ours[1], "us", 5.0, _TIMES, "CPU time on prepared cells")
    whole = _spread(lambda at: bundled.evaluate(rows[at]), len(rows))
    yield _figure("20 rules with their cells, p50", whole[0], "us", None, _TIMES, "CPU time from plain values, twelve attributes")
    nothing = bundled.cells({})
    missing = _spread(lambda _: bundled.fired(nothing), len(rows))
    yield _figure("20 rules, everything missing, p50", missing[0], "us", None, _TIMES, "CPU time; the slow walk of all twenty")
    theirs = _spread(_by_cel(sources, rows), len(rows), _TIMES // 10)
    yield _figure(
        "20 rules by cel-expr-python, p50", theirs[0], "us", None, _TIMES // 10, "CPU time of its own evaluator, data as given"
    )
    yield _figure(
        "cel-expr-python / Remit", theirs[0] / ours[0], "times", None, _TIMES // 10, "the same rules and rows in the same run"
    )


def _by_cel(sources: list[str], rows: list[dict[str, Any]]) -> Callable[[int], object]:
    """Ask Google's evaluator the same; `has` about a name it always knows is true there."""
    env = cel.NewEnv(variables={name: _CEL_TYPES[kind] for name, kind in _SCHEMA.items()})
    programs = [env.compile(source.replace("has(facts.consent)", 'facts.consent != ""')) for source in sources]

    def ask(at: int) -> object:
        return [program.eval(data=rows[at]).value() for program in programs]

    return ask


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
    found = _spread(lambda at: bundles[rows[at]["operation"]].fired(prepared[at]), len(rows))
    asked = sum(map(len, by_operation.values())) / _OPERATIONS
    note = f"CPU time on prepared cells; {_OPERATIONS} operations, {asked:.0f} rules about each on average"
    yield _figure("1,000 rules by operation, p50", found[0], "us", 10.0, _TIMES, note)
    yield _figure("1,000 rules by operation, p99", found[1], "us", None, _TIMES, note)


def _loading() -> Iterator[dict[str, object]]:
    sources = [_SHAPES[number % len(_SHAPES)].format(n=number + 1) for number in range(200)]
    compiled, checked_ms = _milliseconds(lambda: [rules.compile(source, _SCHEMA) for source in sources])
    _, bundled_ms = _milliseconds(lambda: rules.bundle(compiled))
    stored = [rule.stored() for rule in compiled]
    loaded, loaded_ms = _milliseconds(lambda: [rules.load(one) for one in stored])
    assert loaded == compiled
    note = "CPU time: check, print and bundle"
    yield _figure("load 200 rules from source", checked_ms + bundled_ms, "ms", 150.0, 200, note)
    yield _figure(
        "load 200 stored rules", loaded_ms + bundled_ms, "ms", 150.0, 200, "CPU time: judge, print and bundle; no front end"
    )


def _spread(ask: Callable[[int], object], many: int, times: int = _TIMES) -> tuple[float, float]:
    """Return median and 99th percentile in microseconds of this thread's CPU time, less what reading the clock costs."""
    clock = time.thread_time_ns
    empty = sorted(_between(clock, lambda _: None, 0) for _ in range(2000))[1000]
    taken = sorted(_between(clock, ask, number % many) - empty for number in range(times))
    return max(taken[times // 2], 0) / 1e3, max(taken[times * 99 // 100], 0) / 1e3


def _between(clock: Callable[[], int], ask: Callable[[int], object], at: int) -> int:
    started = clock()
    ask(at)
    return clock() - started


def _milliseconds(work: Callable[[], _Made]) -> tuple[_Made, float]:
    started = time.process_time()
    found = work()
    return found, (time.process_time() - started) * 1e3


def _figure(name: str, value: float, unit: str, budget: float | None, n: int, note: str) -> dict[str, object]:
    ok = None if budget is None else value <= budget
    return {"name": name, "value": round(value, 2), "unit": unit, "budget": budget, "ok": ok, "n": n, "note": note}
