"""The packs that ship: a rule fires where something is wrong, keeps quiet where nothing is, doubts where nobody can tell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from remit.core.attribute import Source
from remit.core.attributes import ATTRIBUTES
from remit.core.gate import Decision, Reason, decide
from remit.core.pack import PackRule, read_pack
from remit.core.policy import with_checked_rules
from remit.core.reasons import sentence
from remit.core.regions import REGIONS, countries_of, may_meet, meets
from remit.core.rulebook import SCHEMA
from remit.core.types import Verdict
from remit.errors import RuleError
from remit.wire import packaged_documents
from tests.changed import replace
from tests.core.pack_questions import ALLOW, CASES, HOLD, IN_ORDER, MAIL, ONE, TEXT, Case, everything, question

PACKS = everything().packs
RULES: dict[str, PackRule] = {rule.id: rule for pack in PACKS.values() for rule in pack.rules}
ALWAYS = {"gdpr.record_of_processing"}
FLOORS = {"note": ALLOW, "wait": ALLOW, "hold": HOLD, "draft": Verdict.DRAFT, "block": Verdict.BLOCK}


def about(decision: Decision) -> dict[str, Reason]:
    """Return what rules said, by their ids; the note that is always there is left out."""
    return {
        reason.values["rule"]: reason
        for reason in decision.reasons
        if "rule" in reason.values and (reason.values["rule"] not in ALWAYS)
    }


def quiet(case: Case) -> Decision:
    """Decide a case with everything in order."""
    return decide(question(case), everything())


def test_every_rule_of_every_pack_is_tried_here() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("name", [name for name in CASES if name not in ALWAYS])
def test_a_pack_rule_fires_with_its_verdict_where_something_is_wrong(name: str) -> None:
    case = CASES[name]
    decision = decide(question(case, case.wrong), everything())
    reason = about(decision)[name]
    assert (reason.code, reason.floor) == ("rule", case.verdict) == ("rule", FLOORS[RULES[name].verdict])
    assert decision.verdict is max(quiet(case).verdict, *(one.floor for one in about(decision).values()))
    assert decision.wait_minutes == case.wait
    assert reason.values["cites"] == RULES[name].cites


@pytest.mark.parametrize("name", [name for name in CASES if name not in ALWAYS])
def test_a_pack_rule_keeps_quiet_where_nothing_is_wrong(name: str) -> None:
    decision = quiet(CASES[name])
    assert about(decision) == {}
    assert decision.wait_minutes == 0


@pytest.mark.parametrize("name", [name for name in CASES if name not in ALWAYS])
def test_a_pack_rule_doubts_where_nobody_can_tell(name: str) -> None:
    case = CASES[name]
    decision = decide(question(case, missing=case.missing), everything())
    reason = about(decision)[name]
    assert (reason.code, reason.floor) == ("rule_not_evaluated", case.unknown)
    assert case.unknown is FLOORS[RULES[name].unknown]
    assert decision.wait_minutes == 0


@pytest.mark.parametrize("missing", ["", "data.basis"], ids=["all is known", "the basis is not known"])
def test_the_record_of_processing_is_noted_for_everybody_it_protects(missing: str) -> None:
    case = CASES["gdpr.record_of_processing"]
    for lives, told in (("DE", True), ("GB", True), ("US-NY", False)):
        decision = decide(question(case, missing=[missing], lives=lives), everything())
        found = [one.floor for one in decision.reasons if one.values.get("rule") == "gdpr.record_of_processing"]
        assert found == [ALLOW] * told


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.regions])
def test_a_rule_for_one_region_leaves_people_elsewhere_alone(name: str) -> None:
    case = CASES[name]
    elsewhere = decide(question(case, case.wrong, lives="JP"), everything())
    assert name not in about(elsewhere)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.regions and name not in ALWAYS])
def test_a_person_whose_region_nobody_knows_is_meant_by_every_rule(name: str) -> None:
    case = CASES[name]
    nowhere = decide(question(case, case.wrong, missing=["person.region"]), everything())
    assert about(nowhere)[name].floor is case.verdict


def test_a_rule_for_the_eu_does_not_look_at_somebody_in_the_united_states() -> None:
    case = CASES["eprivacy.prior_consent"]
    assert about(decide(question(case, case.wrong, lives="US-NY"), everything())) == {}


def test_with_nothing_known_everything_that_contacts_a_person_is_blocked() -> None:
    for operation in (ONE, MAIL, TEXT):
        found = decide(question(replace(CASES["house.frequency"], operation=operation), missing=IN_ORDER), everything())
        assert found.verdict is Verdict.BLOCK, operation


@pytest.mark.parametrize(
    ("region", "lives", "meant"),
    [
        pytest.param("EEA", "NO", True, id="a country of it"),
        pytest.param("EU", "NO", False, id="a country outside"),
        pytest.param("US", "US-CA", True, id="a state of it"),
        pytest.param("US-CA", "US-NY", False, id="another state"),
        pytest.param("US-CA", "US", True, id="a country, and nobody knows which state"),
        pytest.param("US-CA", "CA", False, id="Canada is not California"),
        pytest.param("CA", "US-CA", False, id="California is not Canada"),
        pytest.param("UK", "GB", True, id="by its code"),
    ],
)
def test_a_region_of_the_law_is_a_set_of_codes(region: str, lives: str, meant: bool) -> None:
    assert meets(countries_of([region]), lives) is meant
    assert set(REGIONS) == {"EU", "EEA", "UK", "US", "US-CA", "CA"}


def test_a_pack_may_meet_whom_a_charter_names_or_anybody() -> None:
    assert may_meet(["EU"], []) is may_meet([], ["US"]) is may_meet(["US"], ["US-CA"]) is may_meet(["US-CA"], ["US"]) is True
    assert may_meet(["EU"], ["US"]) is False


def test_of_several_waits_the_latest_counts() -> None:
    case = CASES["tcpa.quiet_hours"]
    changed = {"person.local_minute": 1199, "person.touches_7d": 9}
    assert decide(question(case, changed), everything()).wait_minutes == 1440
    assert decide(question(case, {"person.local_minute": 0}), everything()).wait_minutes == 540


def test_what_a_rule_found_and_what_would_mend_it_is_said() -> None:
    case = CASES["content.unresolved_fields"]
    said = sentence(about(decide(question(case, case.wrong), everything()))["content.unresolved_fields"])
    assert said == (
        "A placeholder has no value for every recipient, and no fallback. Found: name."
        " (Rule content.unresolved_fields; house rule.)"
        " Give it a fallback, or list it in the brand document if it always resolves."
    )
    case = CASES["house.frequency"]
    said = sentence(about(decide(question(case, case.wrong), everything()))["house.frequency"])
    assert said.endswith("Found: 3. (Rule house.frequency; house rule.) It does not leave within 1440 minutes.")


# --------------------------------------------------------------------------------------------------------------- the documents


def test_every_pack_says_what_it_is_and_that_it_is_no_legal_advice() -> None:
    assert len(PACKS) == 11
    for pack in PACKS.values():
        assert (pack.as_of, pack.version) == (date(2026, 11, 1), 1)
        assert pack.about.endswith("A starting point for counsel to review, not legal advice.")


def test_every_rule_looks_at_operations_and_facts_that_exist() -> None:
    for rule in RULES.values():
        assert set(rule.operations) <= set(everything().catalogue), rule.id
        assert not rule.shows or rule.shows in SCHEMA, rule.id
        assert rule.because.endswith("."), rule.id


def test_no_rule_trusts_what_an_agent_says_but_for_a_doubt_of_its_own() -> None:
    claims = {
        rule.id for rule in RULES.values() for name in SCHEMA if name in rule.when and ATTRIBUTES[name].source is Source.CLAIMED
    }
    assert claims == {"gdpr.minimise_and_accurate"}


def test_the_checked_rules_of_packs_are_kept_with_the_policy() -> None:
    checked = json.loads(with_checked_rules(packaged_documents())["rules"])
    assert {name.partition("/")[2] for name in checked} >= set(RULES)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        pytest.param({"verdict": "wait"}, "the verdict wait and 0 waits", id="waits for nothing"),
        pytest.param({"wait_minutes": 5}, "the verdict hold and 1 waits", id="holds and waits"),
        pytest.param(
            {"verdict": "wait", "wait_minutes": 5, "contact_hours": {"earliest": "09:00", "latest": "10:00"}},
            "the verdict wait and 2 waits",
            id="waits for two things",
        ),
        pytest.param({"regions": ["Atlantis"]}, "no such region", id="a region nobody knows"),
        pytest.param({"unknown": "wait"}, "Invalid enum value 'wait'", id="waits for knowledge"),
        pytest.param({"verdict": "allow"}, "Invalid enum value 'allow'", id="loosens"),
        pytest.param({"cites": ""}, "Expected `str` of length >= 1", id="cites nothing"),
    ],
)
def test_a_pack_that_says_no_clear_thing_is_refused(changed: Mapping[str, Any], found: str) -> None:
    rule = {
        "id": "a.b",
        "operations": ["sms.send"],
        "when": "suppressed",
        "verdict": "hold",
        "unknown": "hold",
        "because": "So.",
        "cites": "Art. 1",
    }
    document = {"pack": "a", "title": "A", "as_of": "2026-11-01", "version": 1, "about": "B.", "rules": [rule | dict(changed)]}
    with pytest.raises(RuleError, match=re.escape(found)):
        read_pack(document, source="pack:a")


# ------------------------------------------------------------------------------------------------ the collection they came from

COLLECTED = Path(__file__).parents[3] / "shared" / "catalog" / "policy_rules.yaml"
WORDS = {
    "deny": "block",
    "require_approval": "hold",
    "delay_until": "wait",
    "transform": "hold",
    "warn": "note",
    "record": "note",
}
OURS = {"EU/EEA": "EEA", "EU/UK": "EEA UK", "global": ""}
ADDED = {"bulk.spam_stop"}


@pytest.mark.skipif(not COLLECTED.exists(), reason="the collection of facts lies beside the repository, where there is one")
def test_every_rule_of_the_collected_facts_ships_with_its_verdict_and_citation() -> None:
    collected = yaml.safe_load(COLLECTED.read_text())
    groups, told = collected["action_groups"], {rule["id"]: rule for rule in collected["rules"]}
    assert len(told) == 37
    assert {name for name in RULES if not name.startswith("content.")} == set(told) | ADDED
    for name, fact in told.items():
        _compare(RULES[name], fact, groups)


def _compare(rule: PackRule, fact: Mapping[str, Any], groups: Mapping[str, list[str]]) -> None:
    named = [fact["applies_to"]] if isinstance(fact["applies_to"], str) else fact["applies_to"]
    assert set(rule.operations) == {one for group in named for one in groups.get(group, [group])}, rule.id
    assert " ".join(rule.regions) == OURS.get(fact["region"], fact["region"]), rule.id
    word = re.match(r"\w+", fact.get("verdict_if_false") or fact["verdict_if_true"])
    assert word
    assert rule.verdict == WORDS[word[0]], rule.id
    assert bool(rule.suggest) is (word[0] == "transform"), rule.id
    assert rule.unknown == _unknown(rule, fact.get("unknown", "record")), rule.id
    assert all(figure in fact["cite"] for figure in re.findall(r"\d[\w./-]*", rule.cites)), rule.id
    assert rule.cites[:3].lower() == fact["cite"][:3].lower(), rule.id


def _unknown(rule: PackRule, word: str) -> str:
    """Read an unknown as the mapping says: not knowing a person who would be contacted blocks, where only a warning was asked."""
    if word in {"deny", "require_approval", "record"}:
        return WORDS[word]
    contacts = any(everything().catalogue[operation].contacts_person for operation in rule.operations)
    return "block" if contacts and "person." in rule.when else "hold"
