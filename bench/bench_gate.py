"""The gate: whole decisions with and without rules, and how long a policy with many rules takes to load."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from remit.core.classify import ActionFacts
from remit.core.gate import Claimed, GateInput, decide
from remit.core.policy import CompiledPolicy, compile_documents, digest_of, with_checked_rules
from remit.core.types import Level, Operation, UseCaseId
from remit.wire import packaged_documents

RUNS = 50_000
CONDITIONS = (
    "reach > 500",
    "suppressed",
    "claimed.confidence_ppm < 100000",
    "claimed.confidence_ppm < 200000 && size(listeners) > 3",
    "size(listeners) > 2 || reach > 1000",
    '"welcome mail" in listeners',
    "set_by_person && !field_empty",
    'record.startsWith("contact/vip")',
    '"age" in claimed.grounds || "marital" in claimed.grounds',
    "reach >= 400 && !suppressed",
)


def run() -> Iterator[dict[str, object]]:
    """Measure; the action is the narrow form at level 3, the one that passes."""
    for rules in (0, 20):
        policy, given = _policy(rules), _given()
        times = _times(lambda: decide(given, policy), RUNS)  # noqa: B023  # used up before the next round
        for share, budget in ((0.5, 4.0), (0.99, 10.0)):
            yield _line(f"gate.decide_{rules}_rules.p{round(share * 100)}", times[int(RUNS * share)] / 1000, budget, RUNS)
    yield _many()
    yield from _load()


def _many() -> dict[str, object]:
    """Decide under a thousand rules, twenty of which look at the operation: a dictionary finds them."""
    policy, given = _policy(1000, looking=20), _given()
    times = _times(lambda: decide(given, policy), RUNS)
    return _line("gate.decide_1000_rules.p50", times[RUNS // 2] / 1000, 10.0, RUNS)


def _load() -> Iterator[dict[str, object]]:
    documents = _documents(200, looking=200)
    times = _times(lambda: compile_documents(1, "", documents), 10)
    for name, wanted in (("checked_anew", {k: v for k, v in documents.items() if k != "rules"}), ("stored", documents)):
        times = _times(lambda: compile_documents(1, "", wanted), 10)  # noqa: B023  # used up before the next round
        yield {
            "name": f"gate.load_200_rules_{name}",
            "value": round(times[5] / 1e6, 1),
            "unit": "ms",
            "budget": 150,
            "ok": times[5] / 1e6 <= 150,
            "n": 10,
            "note": "CPU time, with the catalogue and five charters",
        }


def _line(name: str, value: float, budget: float, n: int) -> dict[str, object]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": "us",
        "budget": budget,
        "ok": value <= budget,
        "n": n,
        "note": "per decision",
    }


def _times(work: Callable[[], object], runs: int) -> list[int]:
    clock = time.thread_time_ns if runs < 1000 else time.perf_counter_ns
    found = []
    for _ in range(runs):
        started = clock()
        work()
        found.append(clock() - started)
    return sorted(found)


def _policy(rules: int, *, looking: int | None = None) -> CompiledPolicy:
    documents = _documents(rules, looking=rules if looking is None else looking)
    return compile_documents(1, digest_of(documents), documents)


def _documents(rules: int, *, looking: int) -> dict[str, str]:
    documents = packaged_documents()
    charter = json.loads(documents["charter:score"])
    charter["operations"]["contact.tag.remove"] = charter["operations"]["contact.tag.add"]
    charter["rules"] = {f"rule-{number}": _rule(number, here=number < looking) for number in range(rules)}
    return with_checked_rules({**documents, "charter:score": json.dumps(charter)})


def _rule(number: int, *, here: bool) -> dict[str, object]:
    condition = f"{CONDITIONS[number % len(CONDITIONS)]} && reach > {number + 1}"
    operation = "contact.tag.add" if here else "contact.tag.remove"
    return {"when": condition, "verdict": "hold", "because": "It is so.", "operations": [operation]}


def _given() -> GateInput:
    return GateInput(
        use_case=UseCaseId("score"),
        operation=Operation("contact.tag.add"),
        granted=Level.EXECUTE,
        facts=ActionFacts(record="contact/c1", reach=1, listeners=(), field_empty=True, set_by_person=False, suppressed=False),
        claimed=Claimed(confidence_ppm=900_000, grounds=("job", "balance")),
    )
