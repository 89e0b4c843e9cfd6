"""What packs ask that nobody tells is found, and nothing is said of what somebody could tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from remit.core.charter import Charter, OperationSpec, PackChoice
from remit.core.charter_finding import Surroundings
from remit.core.field_map import FieldMap, FieldSpec
from remit.core.limit_spec import ContactHours
from remit.core.pack import Pack, PackRule
from remit.core.pack_demands import mildest, pack_findings
from remit.core.types import Operation, Verdict
from tests.core.small_policy import OPERATION, charter

BASIS = '!(data.basis in ["consent"]) || !data.basis_evidence'
MAPPED = ("data.basis", "data.basis_evidence", "person.region")
DRAFTING = {OPERATION: OperationSpec(arguments=("contact", "body"))}


def rule(when: str = BASIS, **changes: Any) -> PackRule:
    plain: dict[str, Any] = {"id": "r", "operations": (OPERATION,), "verdict": "block", "unknown": "hold"}
    return PackRule(**{**plain, "when": when, "because": "b", "cites": "c", **changes})


def said(*rules: PackRule, mapped: tuple[str, ...] = (), **changes: Any) -> list[str]:
    """Return what is found about the smallest charter under one pack."""
    about: Charter = charter(**changes)
    pack = Pack(pack="law", title="t", as_of=date(2026, 1, 1), version=1, about="a", rules=rules)
    field_map = FieldMap(map="sandbox", title="t", attributes={name: FieldSpec(field="f", reads="as_is") for name in mapped})
    beside = Surroundings(catalogue={}, connected=frozenset(), packs={"law": pack}, maps={"sandbox": field_map})
    found = list(pack_findings(about, beside))
    assert all((one.code, one.way) == ("pack_bars_all", ("operations",)) for one in found)
    return [one.found for one in found]


def test_a_rule_about_what_nobody_tells_is_named_with_what_becomes_of_every_action() -> None:
    wanting = "on sandbox nobody tells data.basis, data.basis_evidence"
    assert said(rule()) == [
        f"the pack law looks at contact.enrich; {wanting}, so every such action would be held, whatever its level"
    ]


WELL: dict[str, tuple[PackRule, dict[str, Any]]] = {
    "what a map tells": (rule(), {"mapped": MAPPED}),
    "what an agent claims": (rule("claimed.confidence_ppm < 700000"), {}),
    "what every connected system says": (rule("reach > 1 || money.spend_minor > 5 || person.touches_7d > 3"), {}),
    "what is asked only where it is known": (rule("has(data.basis) && data.basis == 'x'"), {}),
    "what something that is told can settle": (rule("set_by_person && !data.basis_evidence"), {}),
    "a rule for another operation": (rule(operations=(Operation("x.y"),)), {}),
    "a pack that is left out": (rule(), {"packs": PackChoice(without={"law": "why"})}),
    "a rule for people elsewhere": (rule(regions=("US",)), {"packs": PackChoice(regions=("EU",))}),
    "a rule that only notes": (rule(verdict="note", unknown="note"), {}),
    "a rule that only waits": (
        rule(verdict="wait", unknown="note", contact_hours=ContactHours(earliest="08:00", latest="20:00")),
        {},
    ),
    "what a text tells": (rule("size(data.special_categories) > 0"), {"operations": DRAFTING}),
    "what a brand and a text tell": (rule("!message.opt_out"), {"operations": DRAFTING, "brand": "ours"}),
}


@pytest.mark.parametrize("name", WELL)
def test_nothing_is_said_of(name: str) -> None:
    about, more = WELL[name]
    assert said(about, **more) == []


def test_a_text_that_is_not_written_tells_nothing() -> None:
    [found] = said(rule("size(data.special_categories) > 0", unknown="draft"))
    assert "nobody tells data.special_categories, so every such action would be drafted" in found
    [found] = said(rule("!message.opt_out", unknown="block"), operations=DRAFTING)
    assert "nobody tells message.opt_out, so every such action would be blocked" in found


def test_a_rule_for_some_regions_is_said_for_their_people_where_it_is_known_who_lives_where() -> None:
    here = rule(regions=("EEA", "UK"))
    [found] = said(here, mapped=("person.region",))
    assert "every such action for people in EEA, UK would be held" in found
    [found] = said(here)
    assert "every such action would be held" in found
    [found] = said(here, mapped=("person.region",), packs=PackChoice(regions=("EU",)))
    assert "every such action would be held" in found
    [found] = said(here, rule(), mapped=("person.region",))
    assert "every such action would be held" in found


def test_the_strictest_of_several_rules_is_said() -> None:
    [found] = said(rule(), rule("person.objected", unknown="block"))
    assert "data.basis, data.basis_evidence, person.objected, so every such action would be blocked" in found


def test_a_condition_with_too_many_ways_is_left_alone() -> None:
    names = ("reach", "step_ppm", "band_ppm", "starts_in_minutes", "money.spend_minor", "person.touches_7d")
    many = " || ".join(f"{name} > {number}" for number, name in enumerate(names))
    assert mildest(rule(f"{many} || data.basis_evidence"), frozenset({"data.basis_evidence"})) is Verdict.ALLOW
