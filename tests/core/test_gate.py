"""What the gate answers: the table of level x class written out, then every check by itself."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from remit.core.catalogue import Condition, Mode
from remit.core.checks import CHECKS, STANDING_CHECKS
from remit.core.classify import ActionFacts
from remit.core.gate import Ceiling, Claimed, Decision, GateInput, base_verdict, decide, in_force
from remit.core.limit_spec import ContactHours
from remit.core.mandate import Breach
from remit.core.policy import CompiledPolicy
from remit.core.types import Kind, Level, Operation, UseCaseId, Verdict
from tests.changed import replace
from tests.core.gate_questions import CHECKED
from tests.core.small_policy import CLASSES, ESTABLISHED, OPERATION, USE_CASE, asked, charter, entry, policy

TABLE = """
    level | low, easy | low, partial      | medium, easy      | anything else
    0     | block     | block             | block             | block
    1     | draft     | draft             | draft             | draft
    2     | hold      | hold              | hold              | hold
    3     | allow     | hold              | hold              | hold
    4     | allow     | allow/certificate | allow/certificate | hold
"""
"""As the documentation draws it. `allow/certificate`: allow with a certificate, else hold."""

MODE_FLOORS = {
    (Mode.EXECUTE, "wide"): Verdict.ALLOW,
    (Mode.EXECUTE, "narrow"): Verdict.ALLOW,
    (Mode.APPROVE, "wide"): Verdict.HOLD,
    (Mode.APPROVE, "narrow"): Verdict.ALLOW,
    (Mode.DRAFT_ONLY, "wide"): Verdict.DRAFT,
    (Mode.DRAFT_ONLY, "narrow"): Verdict.DRAFT,
}
"""What the catalogue's default mode adds for an operation that acts."""

WIDE_OPEN = ActionFacts(record="contact/1", reach=1, listeners=("newsletter",), suppressed=False)


def cells() -> dict[tuple[int, str], str]:
    """Read the table: (level, class) to the word in its cell."""
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
    by_heading = {int(row[0]): dict(zip(head[1:], row[1:], strict=True)) for row in rows}
    return {
        (level, name): columns.get(name, columns["anything else"])
        for (level, columns), name in product(by_heading.items(), CLASSES)
    }


def from_table(level: int, name: str, *, certificate: bool) -> Verdict:
    """Say what the table alone answers."""
    word = cells()[level, name]
    if word == "allow/certificate":
        return Verdict.ALLOW if certificate else Verdict.HOLD
    return Verdict[word.upper()]


def codes(decision: Decision) -> dict[str, Verdict]:
    """Return the reasons of a decision as code to floor."""
    return {reason.code: reason.floor for reason in decision.reasons}


def classed(name: str, form: str, *, kind: Kind, mode: Mode, human_only: bool) -> CompiledPolicy:
    """Return a policy in which the form that is judged has the class, and the other form has another."""
    other = CLASSES["medium, irreversible"] if name == "low, easy" else CLASSES["low, easy"]
    wide, narrow = (CLASSES[name], other) if form == "wide" else (other, CLASSES[name])
    conditions = (Condition.NO_LISTENERS,)
    return policy(entry(wide=wide, narrow=narrow, narrow_when=conditions, kind=kind, mode=mode, human_only=human_only))


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("level", Level)
def test_the_gate_is_the_table_and_the_floor_of_the_catalogue(level: Level, name: str) -> None:
    for certificate, kind, mode, form, human_only in product((True, False), Kind, Mode, ("narrow", "wide"), (True, False)):
        rules = classed(name, form, kind=kind, mode=mode, human_only=human_only)
        facts = ESTABLISHED if form == "narrow" else WIDE_OPEN
        wanted = from_table(level, name, certificate=certificate)
        if kind is Kind.DRAFT:
            wanted = Verdict.BLOCK if level is Level.OFF else Verdict.ALLOW
        else:
            wanted = max(wanted, MODE_FLOORS[mode, form], Verdict.HOLD if human_only else Verdict.ALLOW)
        granted = asked(granted=level, certificate=certificate, facts=facts)
        capped = asked(
            granted=Level.OPTIMISE, ceilings=(Ceiling(level=level, code="charter"),), certificate=certificate, facts=facts
        )
        for given in (granted, capped):
            decision = decide(given, rules)
            assert decision.verdict is wanted, (certificate, kind, mode, form, human_only, given)
            assert (decision.classified.form, decision.in_force) == (form, level)


@pytest.mark.parametrize(("level", "name", "certificate"), list(product(Level, CLASSES, (True, False))))
def test_the_base_verdict_is_the_table(level: Level, name: str, certificate: bool) -> None:
    assert base_verdict(level, CLASSES[name], certificate=certificate) is from_table(level, name, certificate=certificate)


@pytest.mark.parametrize(
    ("granted", "ceilings", "wanted"),
    [
        pytest.param(3, (), 3, id="no ceiling"),
        pytest.param(3, (4,), 3, id="a ceiling above the grant lifts nothing"),
        pytest.param(4, (3, 1, 2), 1, id="the lowest counts"),
        pytest.param(0, (2,), 0, id="off stays off"),
    ],
)
def test_the_level_in_force_is_the_lowest_of_the_grant_and_every_ceiling(
    granted: int, ceilings: tuple[int, ...], wanted: int
) -> None:
    given = asked(granted=Level(granted), ceilings=tuple(Ceiling(level=Level(level), code="charter") for level in ceilings))
    assert in_force(given.granted, given.ceilings) is decide(given, policy()).in_force is Level(wanted)


@pytest.mark.parametrize("name", CHECKED)
def test_every_check_gives_its_own_reason_and_floor(name: str) -> None:
    rules, given, wanted = CHECKED[name]
    decision = decide(given, rules)
    assert codes(decision) == wanted
    assert decision.verdict is max(wanted.values())
    assert len(decision.reasons) == len(wanted)


@pytest.mark.parametrize("name", CHECKED)
def test_the_deciding_reason_comes_first(name: str) -> None:
    rules, given, _ = CHECKED[name]
    floors = [reason.floor for reason in decide(given, rules).reasons]
    assert floors == sorted(floors, reverse=True)


def test_among_equals_the_table_comes_first() -> None:
    decision = decide(asked(granted=Level.RECOMMEND, stops=("everything",), drawn=True), policy())
    assert [reason.code for reason in decision.reasons] == ["level_table", "stopped", "drawn_for_review"]


def test_the_lowest_ceiling_is_the_one_named() -> None:
    ceilings = (Ceiling(level=Level.RECOMMEND, code="version", detail="v0"), Ceiling(level=Level.ASSIST, code="charter"))
    (reason,) = decide(asked(ceilings=ceilings), policy()).reasons
    assert (reason.code, reason.floor) == ("ceiling_charter", Verdict.DRAFT)
    assert (reason.values["level"], reason.values["granted"], reason.values["detail"]) == ("1", "3", "")


def test_a_ceiling_is_told_with_the_grant_it_stands_under() -> None:
    (reason,) = decide(asked(ceilings=(Ceiling(level=Level.RECOMMEND, code="version", detail="v0"),)), policy()).reasons
    assert {name: reason.values[name] for name in ("ceiling", "detail", "granted", "level")} == {
        "ceiling": "version",
        "detail": "v0",
        "granted": "3",
        "level": "2",
    }


def test_a_draft_is_told_with_its_level_and_its_class() -> None:
    (reason,) = decide(asked(granted=Level.ASSIST), policy(entry(kind=Kind.DRAFT))).reasons
    assert (reason.code, reason.values["level"], reason.values["risk"]) == ("draft_area", "1", "low")


def test_a_reason_shows_value_against_limit() -> None:
    reasons = {reason.code: reason for reason in decide(asked(facts=ActionFacts(reach=812)), policy()).reasons}
    assert dict(reasons["reach_over_limit"].values) == {"found": "812", "limit": "1"}
    unknown = {reason.code: reason for reason in decide(asked(facts=ActionFacts()), policy()).reasons}
    assert dict(unknown["reach_unknown"].values) == {"limit": "1"}


def test_a_reason_names_what_was_found() -> None:
    grounds = Claimed(grounds=("politics", "health", "job", "zodiac", "age", "income", "faith"))
    given = asked(odd_arguments=("a", "b"), stops=("everything", "use_case:enrich"), claimed=grounds)
    found = {reason.code: dict(reason.values) for reason in decide(given, policy()).reasons}
    assert found["argument_not_in_charter"] == {"found": "a, b"}
    assert found["outside_window"] == {"found": "age, faith, health, income, politics, zodiac"}
    assert found["stopped"] == {"scope": "everything, use_case:enrich"}


def found_by(policy_asked: CompiledPolicy, code: str, **changes: Any) -> str:
    """Return what the reason of one check says was found."""
    return next(reason for reason in decide(asked(**changes), policy_asked).reasons if reason.code == code).values["found"]


def test_a_reason_says_what_was_found_in_words() -> None:
    nowhere = Claimed(window="attic", grounds=("region",))
    assert found_by(policy(), "outside_window", claimed=nowhere) == "a window that the charter does not have"
    assert found_by(policy(), "window_changed", window_changed=("the filter", "region")) == "the filter, region"
    breaches = (Breach(bound="ended", found="2026-04-02", limit="2026-04-01"), Breach(bound="moves", found="4", limit="3"))
    told = "it is 2026-04-02, and the mandate ended on 2026-04-01, so every move waits; it would be move 4 of the day, over the"
    assert found_by(policy(), "outside_mandate", mandate_breaches=breaches) == f"{told} limit of 3"


@pytest.mark.parametrize(("minute", "clock"), [(6 * 60 + 5, "06:05"), (59, "00:59"), (23 * 60 + 59, "23:59")])
def test_the_hour_of_a_contact_is_told_as_a_clock_shows_it(minute: int, clock: str) -> None:
    facts = replace(ESTABLISHED, further={"person.local_minute": minute})
    hours = ContactHours(earliest="09:00", latest="20:00")
    calm = policy(entry(contacts_person=True), charters={USE_CASE: charter(contact_hours=hours)})
    assert found_by(calm, "outside_contact_hours", facts=facts) == clock


def test_a_share_of_one_is_known() -> None:
    facts = replace(ESTABLISHED, reach=1, further={"audience.reachable": 1})
    assert found_by(policy(charters={USE_CASE: charter(highest_share=0.05)}), "share_over_limit", facts=facts) == "100%"


def test_an_unknown_or_foreign_operation_is_named() -> None:
    found = {reason.code: dict(reason.values) for reason in decide(asked(operation=Operation("x.y")), policy()).reasons}
    assert found["operation_not_in_charter"] == found["unknown_operation"] == {"operation": "x.y"}


def test_the_table_says_which_class_and_form_it_judged_and_what_kept_it_from_the_milder_one() -> None:
    conditions = (Condition.NO_LISTENERS, Condition.FIELD_EMPTY)
    rules = policy(entry(wide=CLASSES["medium, partial"], narrow=CLASSES["low, easy"], narrow_when=conditions))
    (reason,) = decide(asked(facts=ActionFacts(reach=1)), rules).reasons
    assert dict(reason.values) == {
        "level": "3",
        "risk": "medium",
        "reversibility": "partial",
        "form": "wide",
        "because": "no_listeners, field_empty",
    }


def test_the_variant_of_a_charter_is_judged_by_its_own_catalogue_entry() -> None:
    variant = Operation(f"{OPERATION}:region")
    rules = policy(charters={USE_CASE: charter(operations={variant: charter().operations[OPERATION]})})
    assert decide(asked(operation=variant), rules).verdict is Verdict.ALLOW


def test_without_a_charter_no_ground_lies_outside_a_window() -> None:
    given = asked(use_case=UseCaseId("nobody's"), claimed=Claimed(grounds=("zodiac",)))
    assert codes(decide(given, policy())) == {"unknown_use_case": Verdict.BLOCK, "level_table": Verdict.ALLOW}


def test_a_question_holds_no_more_than_was_asked() -> None:
    plain = GateInput(use_case=USE_CASE, operation=OPERATION, granted=Level.EXECUTE)
    assert (plain.facts, plain.claimed, plain.ceilings, plain.stops) == (ActionFacts(), Claimed(), (), ())
    assert (plain.certificate, plain.drawn, plain.draw_rate_ppm) == (False, False, 0)


def test_every_check_is_asked_once() -> None:
    assert len({*CHECKS, *STANDING_CHECKS}) == len(CHECKS) + len(STANDING_CHECKS) == 14


NARROW = entry(wide=CLASSES["medium, partial"], narrow=CLASSES["low, easy"], narrow_when=(Condition.NO_LISTENERS,))


def test_what_is_kept_of_a_place_is_what_would_be_decided_anew() -> None:
    kept = policy(NARROW)
    for level in (*Level, *Level):
        assert decide(asked(granted=level), kept) == decide(asked(granted=level), policy(NARROW))
    assert set(kept.place(USE_CASE, OPERATION).kept) == set(Level)


def test_an_action_that_a_ceiling_or_a_certificate_is_about_keeps_nothing() -> None:
    rules = policy(NARROW)
    ceiling = Ceiling(level=Level.OFF, code="charter")
    assert decide(asked(ceilings=(ceiling,)), rules).verdict is Verdict.BLOCK
    decide(asked(granted=Level.OPTIMISE, certificate=True), rules)
    decide(asked(facts=ActionFacts(reach=1)), rules)
    assert not rules.place(USE_CASE, OPERATION).kept
    assert decide(asked(), rules).verdict is Verdict.ALLOW


def test_what_is_kept_is_handed_out_again() -> None:
    rules = policy(NARROW)
    assert decide(asked(), rules) is decide(asked(), rules)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"certificate": True}, id="a certificate"),
        pytest.param({"ceilings": (Ceiling(level=Level.OFF, code="charter"),)}, id="a ceiling"),
        pytest.param({"facts": WIDE_OPEN}, id="the wide form"),
    ],
)
def test_what_is_kept_never_answers_another_question(changes: dict[str, Any]) -> None:
    other = entry(wide=CLASSES["high, easy"], narrow=CLASSES["medium, easy"], narrow_when=(Condition.NO_LISTENERS,))
    kept, given = policy(other), asked(granted=Level.OPTIMISE)
    plain, changed = decide(given, kept), decide(replace(given, **changes), kept)
    assert changed == decide(replace(given, **changes), policy(other)) != plain
    assert decide(given, kept) == plain
