"""Facts to bytes and back, and what no fact may hold."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec
import pytest

from remit.core import facts as f
from remit.core.classify import ActionFacts
from remit.core.codec import fact_in, from_bytes, from_plain, moment_text, to_bytes, to_plain
from remit.core.gate import Ceiling, Claimed, GateInput, Reason
from remit.core.types import Answer, Frozen, Level, Operation, ProposalId, UseCaseId, Verdict

P = ProposalId("p1")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def entry(fact: f.Fact, at: datetime = NOON) -> f.Entry:
    """Return the fact in its place."""
    return f.Entry(seq=7, id="i1", at=at, actor="remit", fact=fact)


def written(fact: f.Fact) -> dict[str, Any]:
    """Return the fact's part of the bytes, read as JSON."""
    return dict(json.loads(to_bytes(entry(fact)))["fact"])


def read(kind: str, fact: str) -> f.Fact:
    """Return a fact that somebody else wrote."""
    body = f'{{"actor":"remit","at":"2026-03-04T12:00:00Z","fact":{fact},"id":"i1","kind":"{kind}"}}'
    return from_bytes(7, body.encode()).fact


def decided(given: GateInput, *reasons: Reason) -> f.Decided:
    """Return a decision about a question."""
    return f.Decided(
        proposal=P, verdict=Verdict.HOLD, reasons=reasons, given=given, policy_digest="d", seen="s", counts=True, due_at=NOON
    )


GIVEN = GateInput(use_case=UseCaseId("enrich"), operation=Operation("contact.enrich"), granted=Level.EXECUTE)


def test_an_entry_is_written_with_sorted_keys_and_no_spaces() -> None:
    fact = f.Failed(proposal=P, detail='ü "quoted"\n')
    told = '{"detail":"ü \\"quoted\\"\\n","proposal":"p1"}'
    body = f'{{"actor":"remit","at":"2026-03-04T12:00:00Z","fact":{told},"id":"i1","kind":"Failed"}}'
    assert to_bytes(entry(fact)) == body.encode()
    assert from_bytes(7, body.encode()) == entry(fact)
    assert fact_in(body.encode(), f.Failed) == fact


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        pytest.param(NOON, "2026-03-04T12:00:00Z", id="a whole second"),
        pytest.param(NOON.replace(microsecond=5), "2026-03-04T12:00:00.000005Z", id="microseconds"),
        pytest.param(datetime(2026, 3, 4, 14, tzinfo=timezone(timedelta(hours=2))), "2026-03-04T12:00:00Z", id="another zone"),
    ],
)
def test_a_moment_has_one_text_wherever_it_stands(moment: datetime, text: str) -> None:
    body = json.loads(to_bytes(entry(f.Unhalted(proposal=P, due_at=moment), at=moment)))
    assert body["at"] == body["fact"]["due_at"] == moment_text(moment.astimezone(UTC)) == text


def test_defaults_are_left_out_and_come_back() -> None:
    assert written(decided(GIVEN))["given"] == {"use_case": "enrich", "operation": "contact.enrich", "granted": 3}
    assert to_plain(GIVEN) == {"use_case": "enrich", "operation": "contact.enrich", "granted": 3}
    assert from_plain(GateInput, to_plain(GIVEN)) == GIVEN


def test_a_default_that_was_built_anew_is_left_out_too() -> None:
    given = msgspec.structs.replace(GIVEN, facts=ActionFacts(), claimed=Claimed(), stops=tuple([]))  # noqa: C409  # built anew
    assert to_bytes(entry(decided(given))) == to_bytes(entry(decided(GIVEN)))
    assert written(f.Undone(proposal=P, residue=OrderedDict())) == {"proposal": "p1"}
    assert read("Decided", json.dumps(written(decided(GIVEN)) | {"given": to_plain(GIVEN) | {"facts": {}}})) == decided(GIVEN)


def test_zero_and_no_are_kept_where_unknown_is_the_default() -> None:
    known = ActionFacts(reach=0, listeners=(), field_empty=False, set_by_person=False, suppressed=False)
    plain = {"reach": 0, "listeners": [], "field_empty": False, "set_by_person": False, "suppressed": False}
    assert written(decided(msgspec.structs.replace(GIVEN, facts=known)))["given"]["facts"] == plain
    assert to_plain(known) == plain
    assert from_plain(ActionFacts, to_plain(known)) == known


def test_a_decision_comes_back_whole() -> None:
    given = GateInput(
        use_case=UseCaseId("enrich"),
        operation=Operation("contact.enrich"),
        granted=Level.OPTIMISE,
        ceilings=(Ceiling(level=Level.RECOMMEND, code="version", detail="v1"),),
        facts=ActionFacts(reach=2, listeners=("newsletter",)),
        claimed=Claimed(confidence_ppm=910_000, grounds=("job",)),
        certificate=True,
        drawn=True,
        draw_rate_ppm=50_000,
        stops=("everything",),
    )
    fact = decided(given, Reason(code="reach_over_limit", floor=Verdict.HOLD, values={"found": "2", "limit": "1"}))
    assert from_bytes(7, to_bytes(entry(fact))) == entry(fact)


def test_an_old_fact_reads_with_the_fields_it_lacks() -> None:
    told = '{"proposal": "p1", "answer": "approve", "by": "ann", "seen": "s", "due_at": "2026-03-04T12:00:00Z"}'
    assert read("Answered", told) == f.Answered(proposal=P, answer=Answer.APPROVE, by="ann", seen="s", due_at=NOON)


@pytest.mark.parametrize(
    ("kind", "fact", "error"),
    [
        pytest.param("Vanished", '{"proposal": "p1"}', KeyError, id="a fact nobody knows"),
        pytest.param("Lapsed", "{}", ValueError, id="a field is missing"),
        pytest.param("Lapsed", '{"proposal": 7}', ValueError, id="of the wrong type"),
        pytest.param("Observed", '{"proposal": "p1", "kind": "x", "loss_ppm": 0.5}', ValueError, id="a float"),
        pytest.param("Observed", '{"proposal": "p1", "kind": "x", "loss_ppm": 1.0}', ValueError, id="a whole float"),
        pytest.param("Observed", '{"proposal": "p1", "kind": "x", "loss_ppm": 9007199254740992}', ValueError, id="too large"),
        pytest.param("Unhalted", '{"proposal": "p1", "due_at": "2026-03-04T12:00:00"}', ValueError, id="a moment without zone"),
    ],
)
def test_what_is_no_fact_is_not_read(kind: str, fact: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(kind, fact)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(0.5, id="float"),
        pytest.param(1.0, id="whole float"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param(True, id="yes"),
        pytest.param("1", id="text"),
        pytest.param(2**53, id="too large"),
        pytest.param(-(2**53), id="too small"),
        pytest.param(2**70, id="far too large"),
    ],
)
def test_what_is_no_agreed_number_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"loss_ppm|Observed"):
        to_bytes(entry(f.Observed(proposal=P, kind="x", loss_ppm=value)))


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1, 0])
def test_what_everybody_reads_alike_is_written(value: int) -> None:
    assert written(f.Observed(proposal=P, kind="x", loss_ppm=value))["loss_ppm"] == value


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"x", id="bytes"),
        pytest.param(None, id="nothing"),
        pytest.param(object(), id="anything"),
        pytest.param(UUID(int=7), id="what JSON would turn into text"),
        pytest.param(date(2026, 3, 4), id="a day"),
        pytest.param("\ud800", id="half a letter"),
    ],
)
def test_what_is_no_text_is_not_written_as_one(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        to_bytes(entry(f.Failed(proposal=P, detail=value)))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"ü": "x"}, id="a key outside ascii"),
        pytest.param({"x": {"ü": "x"}}, id="deep down"),
        pytest.param({1: "x"}, id="a key that is no text"),
        pytest.param(MappingProxyType({"x": "x"}), id="no dict"),
    ],
)
def test_an_odd_mapping_is_not_written(value: Mapping[Any, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        to_bytes(entry(f.Undone(proposal=P, residue=value)))


def test_a_key_outside_ascii_is_found_wherever_it_stands() -> None:
    with pytest.raises(ValueError, match="'ü' is not ASCII"):
        to_bytes(entry(decided(GIVEN, Reason(code="rule", floor=Verdict.HOLD, values={"ü": "x"}))))
    fact = decided(GIVEN, Reason(code="rule", floor=Verdict.HOLD, values={"says": "ü"}))
    assert written(fact)["reasons"] == [{"code": "rule", "floor": 1, "values": {"says": "ü"}}]


@pytest.mark.parametrize("value", [["enrich"], {"enrich"}], ids=["list", "set"])
def test_what_would_come_back_as_something_else_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match="read back as something else"):
        to_bytes(entry(f.KeyIssued(agent="a", version="v", use_cases=value, key_digest="")))


@pytest.mark.parametrize("there", ["at", "due_at"])
def test_a_moment_without_its_zone_is_not_written(there: str) -> None:
    moments = {"at": NOON, "due_at": NOON, there: datetime(2026, 3, 4, 12)}  # noqa: DTZ001  # refused is what it should be
    with pytest.raises(ValueError, match="timezone"):
        to_bytes(entry(f.Unhalted(proposal=P, due_at=moments["due_at"]), at=moments["at"]))


def hints_in(hint: Any, seen: set[Any]) -> None:
    """Gather every type that stands inside a type; a type with its bounds is one."""
    if hint in seen:
        return
    seen.add(hint)
    record = isinstance(hint, type) and issubclass(hint, Frozen)
    inside = get_type_hints(hint, include_extras=True).values() if record else get_args(hint)
    for one in () if hasattr(hint, "__metadata__") else inside:
        hints_in(one, seen)


@pytest.mark.parametrize("name", f.KINDS)
def test_every_record_in_a_fact_is_one_that_leaves_out_its_defaults(name: str) -> None:
    seen: set[Any] = set()
    hints_in(f.KINDS[name], seen)
    assert f.KINDS[name] in {one for one in seen if isinstance(one, type) and issubclass(one, Frozen)}
    assert not [one for one in seen if is_dataclass(one)]


@pytest.mark.parametrize("name", f.KINDS)
def test_every_number_has_its_bounds_and_every_moment_its_zone(name: str) -> None:
    seen: set[Any] = set()
    hints_in(f.KINDS[name], seen)
    assert str in seen or any(getattr(one, "__supertype__", None) is str for one in seen)
    assert seen.isdisjoint({int, float, datetime, object, Any})


@pytest.mark.parametrize(
    ("fact", "subject"),
    [
        pytest.param(f.Lapsed(proposal=P), "p1", id="a proposal"),
        pytest.param(
            f.QaRateSet(use_case=UseCaseId("enrich"), operation=Operation("contact.enrich"), rate_ppm=1, why=""),
            "enrich/contact.enrich",
            id="an operation",
        ),
        pytest.param(
            f.ContextRead(
                use_case=UseCaseId("enrich"),
                window="w",
                digest="d",
                agent="a",
                as_of=datetime(2026, 3, 4, tzinfo=UTC),
                records=1,
            ),
            "enrich",
            id="a use case",
        ),
        pytest.param(f.StopOrdered(scope="everything", by="ann", reason=""), "everything", id="a scope"),
        pytest.param(f.KeyIssued(agent="enricher", version="v1", use_cases=(), key_digest="k"), "enricher", id="an agent"),
        pytest.param(f.PolicyAdopted(number=1, digest="d", documents={}), "policy", id="the policy"),
    ],
)
def test_every_fact_says_what_it_is_about(fact: f.Fact, subject: str) -> None:
    assert f.subject_of(fact) == subject
