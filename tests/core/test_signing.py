"""When the signatures of an offer are enough, and how long a small team waits where they are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from remit.core.person import Person
from remit.core.risk_statement import RiskStatement
from remit.core.signing import SIGNERS, Begins, Signature, Waits, in_words, signers, standing, still_valid
from remit.core.types import OwnerRole, Role
from remit.errors import RuleError
from tests.core.written_statement import statement

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, MICRO = timedelta(hours=1), timedelta(microseconds=1)
INES = Signature(by="ines", role="risk", at=NOW)
RAVI = Signature(by="ravi", role="line_of_business", at=NOW + HOUR)
BOTH = "ines", "ravi"
LOB, RISK = SIGNERS


def small(hours: int = 24) -> RiskStatement:
    """Return a statement that lets a small team wait."""
    return statement(small_team={"wait_hours": hours, "why": "We are two."})


def test_two_people_in_two_roles_are_enough_in_any_order() -> None:
    assert standing([INES, RAVI], None, NOW) == standing([RAVI, INES], None, NOW) == Begins(signed_by=BOTH)
    assert standing([INES, RAVI], small(), NOW) == Begins(signed_by=BOTH), "nobody waits for what is there"


@pytest.mark.parametrize(
    ("signatures", "missing"),
    [
        pytest.param([], (LOB, RISK), id="nobody"),
        pytest.param([INES], (LOB,), id="one"),
        pytest.param([INES, Signature(by="ines", role="line_of_business", at=NOW)], (LOB,), id="one person in both roles"),
        pytest.param([INES, Signature(by="ravi", role="risk", at=NOW)], (LOB,), id="two people in one role"),
        pytest.param([INES, Signature(by="ravi", role="data", at=NOW)], (LOB,), id="a role that is not needed"),
    ],
)
def test_less_than_two_people_in_two_roles_are_not_enough(signatures: list[Signature], missing: tuple[OwnerRole, ...]) -> None:
    assert standing(signatures, None, NOW + 1000 * HOUR) == Waits(missing=missing)


@pytest.mark.parametrize("hours", [24, 25, 72])
def test_the_waiting_of_a_small_team_ends_to_the_microsecond(hours: int) -> None:
    ends = NOW + hours * HOUR
    assert standing([INES], small(hours), ends - MICRO) == Waits(missing=(LOB,), begins_at=ends)
    begun = standing([INES], small(hours), ends)
    assert begun == Begins(signed_by=("ines", f"{hours} hours of waiting, as the small-team policy allows"), waited_hours=hours)


def test_waiting_begins_with_a_signature_and_not_with_an_offer() -> None:
    assert standing([], small(), NOW + 1000 * HOUR) == Waits(missing=SIGNERS)
    strange = Signature(by="ravi", role="data", at=NOW)
    assert standing([strange], small(), NOW + 1000 * HOUR) == Waits(missing=SIGNERS)


def test_waiting_counts_from_the_first_of_several_signatures() -> None:
    three = statement(grants_need=["risk", "line_of_business", "data"], small_team={"wait_hours": 24, "why": "We are three."})
    assert standing([RAVI, INES], three, NOW + 23 * HOUR) == Waits(missing=(OwnerRole.DATA,), begins_at=NOW + 24 * HOUR)
    begun = standing([RAVI, INES], three, NOW + 24 * HOUR)
    assert isinstance(begun, Begins)
    assert begun.signed_by[:2] == BOTH


def test_the_risk_statement_says_who_signs() -> None:
    assert signers(None) == SIGNERS
    assert signers(statement(grants_need=["data", "finance", "data"])) == (OwnerRole.DATA, OwnerRole.FINANCE)


@pytest.mark.parametrize("roles", [[], ["risk"], ["risk", "risk"]], ids=str)
def test_a_statement_with_fewer_than_two_signers_is_refused(roles: list[str]) -> None:
    with pytest.raises(RuleError, match="two different roles"):
        statement(grants_need=roles)


@pytest.mark.parametrize("hours", [0, 1, 23])
def test_nobody_waits_less_than_a_day(hours: int) -> None:
    with pytest.raises(RuleError):
        small(hours)


def test_a_signature_counts_as_long_as_its_signer_holds_the_role() -> None:
    ines, ravi = Person(name="ines", roles=(Role.RISK,)), Person(name="ravi", roles=(Role.VIEWER,))
    assert still_valid([INES, RAVI], [ines, ravi]) == [INES]
    assert still_valid([INES, RAVI], []) == []
    assert still_valid([INES, RAVI], None) == [INES, RAVI], "nobody has an account"


def test_where_an_offer_stands_is_told_in_words() -> None:
    def told(signatures: list[Signature], stated: RiskStatement | None = None, at: datetime = NOW) -> str:
        return in_words(signatures, standing(signatures, stated, at))

    assert told([]) == "waits for line_of_business and risk"
    assert told([INES]) == "signed by ines as risk; waits for line_of_business"
    assert told([INES], small()).endswith("; begins 2026-03-03 09:00 UTC with one signature (small team)")
    assert told([INES, RAVI]) == "signed by ines, ravi; begins now"
    assert "hours of waiting" in told([INES], small(), NOW + 24 * HOUR)
