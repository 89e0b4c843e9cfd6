"""A charter from a template and a few answers: what is said is taken, the rest stays, nothing hangs in the air."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from remit.core.catalogue_reading import read_catalogue
from remit.core.charter_draft import Answers, Draft, drafted
from remit.core.policy import CATALOGUE
from remit.core.types import Level, OwnerRole
from remit.errors import RuleError
from remit.wire import packaged_documents, templates
from remit.yaml_text import read_yaml

CATALOGUE_ENTRIES = read_catalogue(json.loads(packaged_documents()[CATALOGUE]))
TEMPLATES: dict[str, dict[str, Any]] = {name: read_yaml(text, source=name).value for name, text in templates().items()}
TEMPLATE = TEMPLATES["lead-enrichment"]


def draft(template: dict[str, Any] = TEMPLATE, **answers: Any) -> Draft:
    return drafted(template, Answers(**answers), CATALOGUE_ENTRIES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_without_an_answer_a_template_stays_as_it_is(name: str) -> None:
    found = draft(TEMPLATES[name])
    assert {key: value for key, value in found.document.items() if TEMPLATES[name].get(key) != value} == {}
    assert found.charter.starts_at == TEMPLATES[name]["starts_at"]


def test_what_is_said_is_taken() -> None:
    found = draft(
        use_case="ours",
        title="Ours",
        owner="Ines",
        owner_role=OwnerRole.DATA,
        connector="sandbox",
        target=0.9,
        by=date(2027, 1, 31),
        non_negotiables=("Never.",),
        one_wrong_in=40,
        why_bearable="Cheap.",
        minutes_today=3,
        hourly_cost=52.5,
        escalation_channel="#ours",
    )
    charter = found.charter
    assert (charter.use_case, charter.title, charter.owner, charter.connector) == ("ours", "Ours", "Ines", "sandbox")
    assert charter.owner_role is OwnerRole.DATA
    assert charter.measure is not None
    assert (charter.measure.target, charter.measure.by) == (0.9, date(2027, 1, 31))
    assert charter.measure.baseline == TEMPLATE["measure"]["baseline"]
    assert charter.non_negotiables == ("Never.",)
    assert (charter.evidence.tolerance, charter.evidence.why) == (0.025, "Cheap.")
    assert (charter.baseline_minutes, charter.hourly_cost_minor) == (3, 5250)
    assert [step.channel for step in charter.escalation] == ["#ours"]


def test_what_is_about_operations_that_are_not_wanted_is_taken_out() -> None:
    found = draft(operations=("contact.enrich:industry",))
    assert list(found.charter.operations) == ["contact.enrich:industry"]
    assert found.charter.rules["person-typed-it-in"].operations == ("contact.enrich:industry",)
    assert found.charter.rules["legal-hold"].operations == ()
    assert found.charter.evidence.cluster.key == ("argument:industry", "day")


def test_a_limit_of_an_operation_that_is_not_wanted_goes_with_it() -> None:
    found = draft(TEMPLATES["follow-up-tasks"], operations=("contact.tag.add",))
    assert set(found.charter.limits) == {"daily"}
    assert set(found.charter.rules) == set()


def test_a_window_shows_no_field_that_only_they_would_have_written() -> None:
    shown = draft(operations=("contact.enrich:industry",)).charter.windows["new-leads"].fields
    assert shown == ("company", "email", "industry", "lifecycle_stage")
    narrow = TEMPLATE | {"windows": {"w": {"kind": "contact", "fields": ["country"]}}}
    assert draft(narrow, operations=("contact.enrich:industry",)).charter.windows["w"].fields == ("country",)


def test_a_key_of_which_nothing_is_left_counts_by_the_day() -> None:
    found = draft(TEMPLATES["subject-line-test"], operations=("insight.write",))
    assert found.charter.evidence.cluster.key == ("day",)


def test_a_further_operation_begins_with_the_record_it_is_about() -> None:
    found = draft(operations=("contact.enrich:industry", "contact.tag.add"))
    assert found.charter.operations[list(found.charter.operations)[1]].arguments == ("contact",)


def test_it_starts_at_1_where_something_is_graver() -> None:
    assert draft(operations=("contact.enrich:industry", "suppression.add")).charter.starts_at is Level.ASSIST
    assert draft(operations=("contact.enrich:industry",)).charter.starts_at is Level.RECOMMEND


def test_it_never_starts_above_the_highest_level() -> None:
    assert draft(TEMPLATE | {"highest_level": 1}).charter.starts_at is Level.ASSIST


def test_the_class_of_every_kind_of_action_is_told_once() -> None:
    found = draft()
    assert set(found.classes) == {"contact.enrich", "company.field.update"}
    told = draft(operations=("x.y",)).classes
    assert told == {"x.y": "x.y: the catalogue does not know it, so it counts as high risk and irreversible."}


def test_the_outlook_is_told_where_something_can_run_alone() -> None:
    assert draft(actions_per_week=200).expects.startswith("Level 3 takes ")
    assert "not reachable at this volume" in draft(actions_per_week=1).expects


@pytest.mark.parametrize("name", ["nurture-drafts", "weekly-insight"])
def test_where_nothing_can_run_alone_it_says_so(name: str) -> None:
    found = draft(TEMPLATES[name])
    assert found.outlook is None
    assert found.expects.startswith("Level 3 is not reachable: nothing here")


def test_answers_that_make_no_charter_are_refused() -> None:
    with pytest.raises(RuleError):
        draft(TEMPLATE | {"deadline_hours": 0})
