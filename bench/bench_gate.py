"""The gate: the whole way from a message to a leaf hash, decisions with and without rules, and how long a policy loads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec

from bench.by_cel import by_cel
from bench.timing import TIMES, figure, per_second, spread
from remit.core.attributes import ActionFacts
from remit.core.codec import to_bytes, to_plain
from remit.core.context import odd_arguments
from remit.core.facts import Decided, Entry
from remit.core.gate import Claimed, GateInput, decide
from remit.core.policy import CompiledPolicy, compile_documents, digest_of, with_checked_rules
from remit.core.proposal import check
from remit.core.rulebook import SCHEMA, forget_checked
from remit.core.types import Image, Level, Operation, ProposalId, Record, UseCaseId
from remit.flow.ask import facts_of
from remit.flow.propose import claimed_in
from remit.ledgerproof import leaf_hash
from remit.ports import Established
from remit.sdk import messages
from remit.web.agent_api import ask_of, reader
from remit.wire import packaged_documents

USE_CASE, OPERATION = UseCaseId("score"), Operation("contact.tag.add")
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
    yield from _whole()
    for rules in (0, 20):
        yield from _line(f"gate.decide_{rules}_rules", spread(_deciding(_policy(rules))), 4.0, 10.0, "CPU time per decision")
    yield from _rules()
    yield _many()
    yield from _load()


def _whole() -> Iterator[dict[str, object]]:
    """Go from the bytes of one message to the leaf hash of its decision, by the functions that doors and verbs call."""
    whole = _from_message_to_hash(_policy(20))
    note = "CPU time: decode, check, facts, gate input, decide under 20 rules, canonical bytes, leaf hash"
    yield figure("gate.whole.p50", spread(whole)[0], "us", 12.0, TIMES, note)
    rate = per_second(whole)
    yield figure("gate.whole.rate", rate, "1/s", None, TIMES, f"{note}; per core") | {"budget": 80_000.0, "ok": rate >= 80_000}


def _from_message_to_hash(policy: CompiledPolicy) -> Callable[[int], bytes]:
    read, body, charter, now = reader(messages.Propose).decode, _message(), policy.charters[USE_CASE], datetime.now(UTC)
    established, seen = _established(now), f"arguments={'0' * 16} record={'0' * 16} policy={policy.digest[:12]} reach=1"

    def whole(_: int) -> bytes:
        ask = ask_of(read(body))
        check(ask, now)
        given = GateInput(
            use_case=ask.use_case,
            operation=ask.operation,
            granted=Level.EXECUTE,
            odd_arguments=odd_arguments(charter, ask.operation, ask.arguments),
            facts=facts_of(established, now),
            claimed=claimed_in(ask),
        )
        decision = decide(given, policy)
        decided = Decided(
            proposal=ProposalId("019cb9a1-53c0-7000-8000-000000000001"),
            verdict=decision.verdict,
            reasons=decision.reasons,
            given=given,
            policy_digest=policy.digest,
            seen=seen,
            counts=False,
            due_at=now,
        )
        return leaf_hash(to_bytes(Entry(seq=0, id="019cb9a1-53c0-7000-8000-000000000002", at=now, actor="remit", fact=decided)))

    return whole


def _deciding(policy: CompiledPolicy) -> Callable[[int], object]:
    given = _given()
    return lambda _: decide(given, policy)


def _rules() -> Iterator[dict[str, object]]:
    """Ask the rules alone, and Google's evaluator the same: the same rules, the same input, the same run."""
    given, rules = _given(), _policy(20).place(USE_CASE, OPERATION).rules
    assert rules is not None
    ours = spread(lambda _: rules.fired(given))
    yield from _line("gate.rules_20", ours, 2.0, 5.0, "CPU time; the printed rules alone on the gate input")
    theirs = spread(by_cel([rule.source for rule in rules.rules], SCHEMA, [_plain(given)]), times=TIMES // 10)[0]
    yield figure(
        "gate.cel_20_rules.p50", theirs, "us", None, TIMES // 10, "CPU time of cel-expr-python's own evaluator on the same"
    )
    yield figure("gate.cel_20_rules.ratio", theirs / ours[0], "times", None, TIMES // 10, "cel-expr-python / Remit")


def _plain(given: GateInput) -> dict[str, object]:
    """Return the input by the names the rules know, without what is not known."""
    facts = {name: value for name, value in to_plain(given.facts).items() if name in SCHEMA}
    return facts | {f"claimed.{name}": value for name, value in to_plain(given.claimed).items()}


def _line(name: str, spread_us: tuple[float, float], p50: float, p99: float, note: str) -> Iterator[dict[str, object]]:
    yield figure(f"{name}.p50", spread_us[0], "us", p50, TIMES, note)
    yield figure(f"{name}.p99", spread_us[1], "us", p99, TIMES, note)


def _many() -> dict[str, object]:
    """Decide under a thousand rules, twenty of which look at the operation: a dictionary finds them."""
    decided = spread(_deciding(_policy(1000, looking=20)))
    return figure("gate.decide_1000_rules.p50", decided[0], "us", 10.0, TIMES, "CPU time per decision")


def _load() -> Iterator[dict[str, object]]:
    documents = _documents(200, looking=200)
    unchecked = {name: text for name, text in documents.items() if name != "rules"}
    for name, wanted in (("checked_anew", unchecked), ("stored", documents)):
        median = spread(lambda _: _loaded(wanted), times=10)[0] / 1000  # noqa: B023  # used up before the next round
        yield figure(f"gate.load_200_rules_{name}", median, "ms", 150.0, 10, "CPU time, with the catalogue and five charters")


def _loaded(documents: dict[str, str]) -> CompiledPolicy:
    """Load as a fresh process would: nothing is remembered of conditions that were checked before."""
    forget_checked()
    return compile_documents(1, "", documents)


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


def _message() -> bytes:
    """Write what the scoring agent sends for one contact."""
    asked = messages.Propose(
        use_case=USE_CASE,
        operation=OPERATION,
        arguments={"contact": "c1", "tag": "not-now"},
        call_id="score:2026-03-04:c1",
        confidence=0.9,
        grounds=["job", "balance"],
        reason="Chance of a yes 4.1%, under the threshold of 5.0% fixed on the past.",
        context=messages.Window(name="call-list", digest="0" * 16),
        usage=messages.Usage(model="0" * 16),
    )
    return msgspec.json.encode(asked)


def _established(at: datetime) -> Established:
    """Return what the sandbox establishes about a tag: read just now, nothing in the way."""
    return Established(
        record=Record(kind="contact", id="c1"),
        current=Image(exists=True, fields={"tag:not-now": None}),
        as_of=at,
        reach=1,
        listeners=(),
        set_by_person=False,
        suppressed=False,
    )


def _given() -> GateInput:
    return GateInput(
        use_case=USE_CASE,
        operation=OPERATION,
        granted=Level.EXECUTE,
        facts=ActionFacts(record="contact/c1", reach=1, listeners=(), field_empty=True, set_by_person=False, suppressed=False),
        claimed=Claimed(confidence_ppm=900_000, grounds=("job", "balance")),
    )
