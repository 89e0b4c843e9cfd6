"""Facts to plain values and back, and what no fact may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from remit.core import facts as f
from remit.core.classify import ActionFacts
from remit.core.codec import fact_from_plain, from_plain, to_plain
from remit.core.gate import Ceiling, Claimed, GateInput, Reason
from remit.core.types import Answer, Level, Operation, ProposalId, UseCaseId, Verdict

P = ProposalId("p1")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("a", "a", id="text"),
        pytest.param(True, True, id="yes"),
        pytest.param(0, 0, id="zero"),
        pytest.param(Level.EXECUTE, 3, id="level"),
        pytest.param(Answer.LATER, "later", id="answer"),
        pytest.param(("a", ("b",)), ["a", ["b"]], id="tuples"),
        pytest.param({"n": Verdict.BLOCK}, {"n": 3}, id="mapping"),
        pytest.param({7: 1}, {"7": 1}, id="whole numbers as keys"),
        pytest.param(datetime(2026, 3, 4, 12, 0, 0, 5, tzinfo=UTC), "2026-03-04T12:00:00.000005+00:00", id="moment"),
        pytest.param(
            datetime(2026, 3, 4, 12, tzinfo=timezone(timedelta(hours=2))), "2026-03-04T10:00:00.000000+00:00", id="other zone"
        ),
    ],
)
def test_a_value_has_one_plain_form(value: object, wanted: object) -> None:
    plain = to_plain(value)
    assert plain == wanted
    assert type(plain) is type(wanted)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(0.5, id="float"),
        pytest.param([0.5], id="float in a list"),
        pytest.param({"rate": float("nan")}, id="not a number"),
        pytest.param(b"x", id="bytes"),
        pytest.param({"a"}, id="set"),
        pytest.param(object(), id="anything else"),
        pytest.param(datetime(2026, 3, 4, 12), id="a moment without zone"),  # noqa: DTZ001  # refused is what it should be
    ],
)
def test_what_has_no_plain_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot hold"):
        to_plain(value)


def test_defaults_are_left_out_and_come_back() -> None:
    given = GateInput(use_case=UseCaseId("enrich"), operation=Operation("contact.enrich"), granted=Level.EXECUTE)
    assert to_plain(given) == {"use_case": "enrich", "operation": "contact.enrich", "granted": 3}
    assert from_plain(GateInput, to_plain(given)) == given


def test_zero_and_no_are_kept_where_unknown_is_the_default() -> None:
    known = ActionFacts(reach=0, listeners=(), field_empty=False, set_by_person=False, suppressed=False)
    assert to_plain(known) == {"reach": 0, "listeners": [], "field_empty": False, "set_by_person": False, "suppressed": False}
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
    reasons = (Reason(code="reach_over_limit", floor=Verdict.HOLD, values={"found": "2", "limit": "1"}),)
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    fact = f.Decided(
        proposal=P, verdict=Verdict.HOLD, reasons=reasons, given=given, policy_digest="d", seen="s", counts=True, due_at=at
    )
    assert fact_from_plain("Decided", to_plain(fact)) == fact


def test_an_old_fact_reads_with_the_fields_it_lacks() -> None:
    read = fact_from_plain(
        "Answered", {"proposal": "p1", "answer": "approve", "by": "ann", "seen": "s", "due_at": "2026-03-04T12:00:00Z"}
    )
    assert read == f.Answered(proposal=P, answer=Answer.APPROVE, by="ann", seen="s", due_at=datetime(2026, 3, 4, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "plain", "error"),
    [
        pytest.param("Vanished", {"proposal": "p1"}, KeyError, id="a fact nobody knows"),
        pytest.param("Lapsed", {}, ValueError, id="a field is missing"),
        pytest.param("Lapsed", {"proposal": 7}, ValueError, id="of the wrong type"),
        pytest.param("Observed", {"proposal": "p1", "kind": "x", "loss_ppm": 0.5}, ValueError, id="a float"),
    ],
)
def test_what_is_no_fact_is_not_read(kind: str, plain: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        fact_from_plain(kind, plain)


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
