"""Golden cases: what has to be true of what an agent asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from remit.core.suite import Asked, CaseSpec, SuiteResult, faults, lacks_suite, suite_digest
from remit.core.types import Operation, Verdict

ASKED = Asked(arguments={"job": "clerk", "text": "Hello there", "n": 3}, verdict=Verdict.ALLOW)
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


def case(**changed: Any) -> CaseSpec:
    """Return a case that anything passes, with other entries."""
    return CaseSpec(operation=Operation("contact.enrich"), because="It was wrong once.", **changed)


FAULTS: dict[str, tuple[CaseSpec, Asked | None, tuple[str, ...]]] = {
    "nothing asked of it": (case(), ASKED, ()),
    "it asks for nothing": (case(), None, ("it asked for nothing; contact.enrich was expected",)),
    "nothing was right": (case(proposes=False), None, ()),
    "it should have kept still": (case(proposes=False), ASKED, ("it asked for contact.enrich; nothing was expected",)),
    "another verdict": (case(verdict="hold"), ASKED, ("the gate says allow; hold was expected",)),
    "the verdict": (case(verdict="allow"), ASKED, ()),
    "equal": (case(equals={"job": "clerk", "n": 3}), ASKED, ()),
    "not equal": (case(equals={"n": 4}), ASKED, ("n is 3; 4 was expected",)),
    "one of them": (case(one_of={"job": ("clerk", "painter")}), ASKED, ()),
    "none of them": (case(one_of={"town": ("Graz",)}), ASKED, ("town is None; one of 'Graz' was expected",)),
    "contains": (case(contains={"text": ("hello", "THERE")}), ASKED, ()),
    "lacks": (case(contains={"text": ("bye",)}), ASKED, ("text lacks 'bye'",)),
    "contains what it must not": (case(lacks={"text": ("HELLO",)}), ASKED, ("text contains 'HELLO'",)),
    "long enough": (case(longest={"text": 11}), ASKED, ()),
    "too long": (case(longest={"text": 10}), ASKED, ("text has 11 characters; at most 10 were expected",)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_reply_is_graded_by_its_properties(name: str) -> None:
    spec, asked, wanted = FAULTS[name]
    assert tuple(faults(spec, asked)) == wanted


def test_a_suite_is_known_by_its_cases() -> None:
    assert suite_digest({}) == ""
    one, other = suite_digest({"a": case()}), suite_digest({"a": case(verdict="hold")})
    assert len({one, other, suite_digest({"b": case()})}) == 3
    assert one == suite_digest({"a": case()})


@pytest.mark.parametrize(
    ("suite", "failed", "wanted"),
    [
        pytest.param(None, (), "the suite of 1 cases was not run with this version", id="never run"),
        pytest.param("other", (), "the suite of 1 cases was not run", id="run on other cases"),
        pytest.param("today", ("a",), "the suite fails on a", id="failed"),
        pytest.param("today", (), "", id="passed"),
    ],
)
def test_it_says_why_a_version_has_not_passed(suite: str | None, failed: tuple[str, ...], wanted: str) -> None:
    cases = {"a": case()}
    digest = suite_digest(cases) if suite == "today" else str(suite)
    result = None if suite is None else SuiteResult(suite=digest, passed=0, failed=failed, at=AT, by="olga")
    found = lacks_suite(cases, result)
    assert found.startswith(wanted)
    assert bool(found) is bool(wanted)
    assert lacks_suite({}, None) == ""
