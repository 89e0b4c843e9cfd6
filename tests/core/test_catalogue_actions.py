"""The 61 marketing actions and our own one, as written down: the class of each in both forms, and what its milder form needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from remit.core.attributes import ActionFacts, InnerCall
from remit.core.catalogue import CatalogueEntry, Condition, Stage
from remit.core.catalogue_reading import read_catalogue
from remit.core.class_reasons import why_class
from remit.core.classify import classify
from remit.core.gate import Decision, decide
from remit.core.policy import CATALOGUE
from remit.core.reasons import sentence
from remit.core.types import Kind, Level, Operation, Risk, Verdict
from remit.wire import packaged_documents
from tests.changed import replace
from tests.core.small_policy import CLASSES, ESTABLISHED, USE_CASE, asked, charter, policy

WRITTEN = """
    operation                 | wide                 | narrow          | narrow when                                    | people
    email.draft.create        | high, irreversible   | low, easy       | draft_unpublished                              | 2
    email.draft.update        | high, irreversible   | low, easy       | draft_unpublished                              | 2
    email.test_send           | high, irreversible   | low, easy       | seeds_only within_reach                        | 2
    insight.write             | medium, partial      | low, easy       | draft_unpublished                              | 1
    summary.post_internal     | medium, irreversible | low, partial    | internal_only within_reach                     | 1
    segment.suggest           | medium, partial      | low, easy       | draft_unpublished                              | 1
    abtest.suggest            | medium, partial      | low, easy       | draft_unpublished                              | 1
    content.translate         | low, easy            |                 |                                                | 1
    task.create               | medium, easy         | low, easy       | within_reach no_listeners                      | 1
    note.create               | medium, easy         | low, easy       | within_reach no_listeners                      | 1
    contact.tag.add           | medium, partial      | low, easy       | within_reach no_listeners                      | 1
    contact.tag.remove        | medium, partial      | low, easy       | within_reach no_listeners                      | 1
    contact.field.update      | medium, easy         | low, easy       | one_record field_empty ordinary_fields no_listeners not_set_by_person | 1
    contact.enrich            | medium, easy         | low, easy       | one_record field_empty ordinary_fields no_listeners not_set_by_person | 1
    lead.score.update         | medium, partial      | low, easy       | within_reach no_listeners                      | 1
    company.field.update      | medium, easy         | low, easy       | one_record field_empty ordinary_fields no_listeners not_set_by_person | 1
    list.member.add           | medium, partial      | low, easy       | within_reach list_feeds_nothing no_listeners   | 1
    list.member.remove        | medium, partial      | low, easy       | within_reach list_feeds_nothing no_listeners   | 1
    association.create        | medium, easy         | low, easy       | within_reach field_empty no_listeners          | 1
    record.create_lead        | medium, partial      | low, partial    | within_reach record_new no_listeners           | 1
    utm.normalise             | medium, easy         | low, easy       | one_record field_empty no_listeners not_set_by_person | 1
    sequence.unenrol          | medium, partial      | low, partial    | within_reach                                   | 1
    campaign.pause            | medium, partial      |                 |                                                | 1
    suppression.add           | medium, partial      | low, partial    | within_reach                                   | 1
    contact.lifecycle.advance | medium, partial      |                 |                                                | 1
    contact.lifecycle.regress | medium, partial      |                 |                                                | 2
    lead.owner.assign         | medium, partial      | low, easy       | one_record unowned inside_territory no_message no_listeners | 1
    lead.convert              | high, irreversible   |                 |                                                | 2
    deal.stage.change         | high, partial        |                 |                                                | 1
    deal.create               | medium, easy         |                 |                                                | 1
    segment.create            | medium, partial      |                 |                                                | 1
    segment.update            | high, partial        |                 |                                                | 2
    email.one_to_one.send     | medium, irreversible |                 |                                                | 1
    email.draft.use           | medium, partial      |                 |                                                | 1
    email.broadcast.schedule  | high, irreversible   | high, easy      | start_far_off                                  | 2
    email.broadcast.send      | high, irreversible   |                 |                                                | 2
    email.resend_non_openers  | high, irreversible   |                 |                                                | 2
    sequence.enrol            | high, partial        | medium, partial | within_reach                                   | 1
    sms.send                  | high, irreversible   |                 |                                                | 2
    campaign.start            | high, partial        |                 |                                                | 1
    landing_page.publish      | medium, partial      |                 |                                                | 1
    social.post               | high, partial        |                 |                                                | 1
    coupon.create             | high, partial        |                 |                                                | 2
    webhook.call              | medium, irreversible |                 |                                                | 1
    suppression.remove        | high, partial        |                 |                                                | 2
    consent.record            | high, partial        |                 |                                                | 2
    contact.merge             | high, irreversible   |                 |                                                | 2
    contact.archive           | high, partial        |                 |                                                | 2
    contact.erase_gdpr        | high, irreversible   |                 |                                                | 2
    bulk.import               | high, irreversible   | high, partial   | inner_known                                    | 2
    automation.create_or_edit | high, partial        |                 |                                                | 2
    schema.property_change    | high, irreversible   | high, partial   | record_new                                     | 2
    data.export               | high, irreversible   |                 |                                                | 2
    abtest.create_variation   | medium, partial      | low, easy       | draft_unpublished                              | 1
    abtest.start              | medium, partial      |                 |                                                | 1
    abtest.allocation.shift   | medium, partial      | low, easy       | step_within_band within_reach                  | 1
    abtest.declare_winner     | medium, partial      |                 |                                                | 1
    send_time.optimise        | medium, partial      | low, easy       | step_within_band within_reach                  | 1
    ads.budget.change         | high, partial        |                 |                                                | 1
    ads.bid.adjust            | medium, partial      | low, partial    | step_within_band within_reach                  | 1
    ads.campaign.pause        | medium, partial      | medium, easy    | within_reach                                   | 1
    nurture.timing.adjust     | medium, partial      |                 |                                                | 1
"""  # noqa: E501  # a table is read across
"""As the documentation has it. `people`: how many have to approve the wide form."""

ROWS: dict[str, dict[str, str]] = {}
HEAD, *LINES = [[cell.strip() for cell in line.split("|")] for line in WRITTEN.strip().splitlines()]
for LINE in LINES:
    ROWS[LINE[0]] = dict(zip(HEAD, LINE, strict=True))

SHIPPED: Mapping[Operation, CatalogueEntry] = read_catalogue(json.loads(packaged_documents()[CATALOGUE]))
NARROW = [name for name, row in ROWS.items() if row["narrow"]]
HARMLESS = InnerCall(operation=Operation("contact.tag.add"), facts=ESTABLISHED)

OPPOSITE: dict[Condition, dict[str, object]] = {
    Condition.NO_LISTENERS: {"listeners": ("welcome series",)},
    Condition.FIELD_EMPTY: {"field_empty": False},
    Condition.NOT_SET_BY_PERSON: {"set_by_person": True},
    Condition.ONE_RECORD: {"reach": 2},
    Condition.WITHIN_REACH: {"reach": 1_000_000},
    Condition.ORDINARY_FIELDS: {"reserved_fields": ("owner",)},
    Condition.UNOWNED: {"owned": True},
    Condition.INSIDE_TERRITORY: {"inside_territory": False},
    Condition.NO_MESSAGE: {"notifies": ("dana",)},
    Condition.SEEDS_ONLY: {"seeds_only": False},
    Condition.INTERNAL_ONLY: {"internal_only": False},
    Condition.LIST_FEEDS_NOTHING: {"feeds": ("spring campaign",)},
    Condition.DRAFT_UNPUBLISHED: {"published": True},
    Condition.RECORD_NEW: {"matches_existing": True},
    Condition.STEP_WITHIN_BAND: {"step_ppm": -2, "band_ppm": 1},
    Condition.START_FAR_OFF: {"starts_in_minutes": 1},
    Condition.INNER_KNOWN: {"inner": None},
}
"""How each condition is broken, one at a time."""


def entry_of(name: str) -> CatalogueEntry:
    return SHIPPED[Operation(name)]


def everything(name: str) -> ActionFacts:
    """Establish all that the narrow form asks for; an envelope carries one harmless call."""
    envelope = Condition.INNER_KNOWN in entry_of(name).narrow_when
    return replace(ESTABLISHED, inner=(HARMLESS,) if envelope else None)


def broken(name: str, condition: Condition) -> ActionFacts:
    return replace(everything(name), **OPPOSITE[condition])


def at_level_3(name: str, facts: ActionFacts) -> Decision:
    """Ask the gate about an action of a use case that may do everything at level 3."""
    operation = Operation(name)
    wide_open = charter(highest_reach=10**9, operations={operation: next(iter(charter().operations.values()))})
    return decide(
        asked(operation=operation, facts=facts, granted=Level.EXECUTE), policy(*SHIPPED.values(), charters={USE_CASE: wide_open})
    )


def test_what_ships_is_what_is_written() -> None:
    assert set(SHIPPED) == set(ROWS)
    assert len(SHIPPED) == 62


@pytest.mark.parametrize("name", ROWS)
def test_every_action_has_the_wide_class_when_nothing_is_known_and_says_why(name: str) -> None:
    entry, row = entry_of(name), ROWS[name]
    found = classify(entry, ActionFacts(), known=SHIPPED)
    assert (found.action_class, found.form) == (CLASSES[row["wide"]], "wide")
    assert (found.failed, found.unknown) == (entry.narrow_when, entry.narrow_when)
    assert found.two_people is (row["people"] == "2")
    told = [reason.code for reason in why_class(entry, found)]
    assert told[:2] == ["class_wide" if row["narrow"] else "class_only", "class_why"]


@pytest.mark.parametrize("name", NARROW)
def test_every_narrow_form_has_its_class_when_all_is_established_and_says_why(name: str) -> None:
    entry, row = entry_of(name), ROWS[name]
    found = classify(entry, everything(name), known=SHIPPED)
    assert (found.action_class, found.form, found.failed) == (CLASSES[row["narrow"]], "narrow", ())
    assert [condition.value for condition in entry.narrow_when] == row["narrow when"].split()
    assert why_class(entry, found)[0].text.startswith("It has the milder form, because ")


@pytest.mark.parametrize(("name", "condition"), [(name, one) for name in NARROW for one in entry_of(name).narrow_when])
def test_one_broken_condition_is_enough_for_the_wide_form_and_is_the_reason(name: str, condition: Condition) -> None:
    entry = entry_of(name)
    found = classify(entry, broken(name, condition), known=SHIPPED)
    assert found.failed == (condition,)
    assert found.action_class == CLASSES[ROWS[name]["wide"]]
    assert why_class(entry, found)[0].text.startswith("It does not have the milder form, because ")


@pytest.mark.parametrize("name", [name for name in ROWS if not ROWS[name]["narrow"]])
def test_an_action_with_one_form_keeps_its_class_whatever_is_established(name: str) -> None:
    assert classify(entry_of(name), ESTABLISHED).action_class == CLASSES[ROWS[name]["wide"]]


LOW_RISK_OF_THE_METHOD = {
    "tags": ["contact.tag.add", "contact.tag.remove"],
    "scores": ["lead.score.update"],
    "task creation": ["task.create"],
    "A/B suggestions": ["abtest.suggest"],
    "enrichment": ["contact.enrich"],
    "routing": ["lead.owner.assign"],
}
NAMED = [pytest.param(name, id=f"{what}: {name}") for what, names in LOW_RISK_OF_THE_METHOD.items() for name in names]


@pytest.mark.parametrize("name", NAMED)
def test_what_the_method_names_as_low_risk_runs_alone_at_level_3_in_its_narrow_form(name: str) -> None:
    assert at_level_3(name, ESTABLISHED).verdict is Verdict.ALLOW


@pytest.mark.parametrize("name", NAMED)
def test_what_the_method_names_as_low_risk_is_held_at_level_3_in_its_wide_form(name: str) -> None:
    assert at_level_3(name, ActionFacts(reach=1)).verdict is Verdict.HOLD
    for condition in entry_of(name).narrow_when:
        decision = at_level_3(name, broken(name, condition))
        assert decision.verdict is Verdict.HOLD, condition
        assert "It is not the milder form, because" in sentence(decision.reasons[0])


@pytest.mark.parametrize("name", ROWS)
def test_at_level_3_only_low_and_easy_runs_alone(name: str) -> None:
    for facts in (everything(name), ActionFacts(reach=1, suppressed=False)):
        decision = at_level_3(name, facts)
        if decision.verdict is Verdict.ALLOW:
            assert decision.classified.action_class == CLASSES["low, easy"]
            assert not entry_of(name).human_only


@pytest.mark.parametrize("name", [name for name in ROWS if entry_of(name).kind is Kind.DRAFT])
def test_a_draft_is_one_only_as_long_as_it_stays_a_draft(name: str) -> None:
    assert at_level_3(name, ESTABLISHED).reasons[0].code == "draft_area"
    assert "draft_area" not in {reason.code for reason in at_level_3(name, replace(ESTABLISHED, published=True)).reasons}
    assert Condition.DRAFT_UNPUBLISHED in entry_of(name).narrow_when


@pytest.mark.parametrize("name", [name for name in ROWS if entry_of(name).stage is Stage.HUMAN_ONLY])
def test_what_only_people_do_is_held_at_any_level_and_answered_one_by_one(name: str) -> None:
    decision = at_level_3(name, everything(name))
    assert decision.verdict >= Verdict.HOLD
    assert decision.classified.one_by_one


@pytest.mark.parametrize("name", ROWS)
def test_high_risk_is_answered_one_by_one(name: str) -> None:
    found = classify(entry_of(name), ActionFacts())
    if found.action_class.risk is Risk.HIGH:
        assert found.one_by_one


def test_every_condition_is_needed_and_every_guardrail_too() -> None:
    document = json.loads(packaged_documents()[CATALOGUE])
    assert {one for entry in SHIPPED.values() for one in entry.narrow_when} == set(Condition) == set(OPPOSITE)
    assert {one for entry in SHIPPED.values() for one in entry.guardrails} == set(document["guardrails"])


def test_every_sentence_is_a_sentence() -> None:
    for entry in SHIPPED.values():
        written = [entry.why, entry.undo.how, *entry.guardrails.values(), *filter(None, [entry.undo.residue])]
        assert all(text.endswith(".") and text[0].isupper() for text in written), entry.operation


FACTS = Path(__file__).parents[3] / "shared" / "catalog" / "actions.yaml"


@pytest.mark.skipif(not FACTS.exists(), reason="the collection of facts lies beside the repository, where there is one")
def test_every_action_of_the_collected_facts_ships() -> None:
    collected = {action["id"]: action for action in yaml.safe_load(FACTS.read_text())["actions"]}
    assert set(SHIPPED) - set(collected) == {"email.draft.use"}
    for name, action in collected.items():
        entry = entry_of(name)
        assert (entry.stage, entry.mode, entry.personal_data) == (action["seed_category"], action["default_mode"], action["pii"])
        assert set(entry.guardrails) == set(action["guardrails"])
