"""What a reviewer says of a charter that can be read; none of it is an error."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from remit.core.catalogue import CatalogueEntry
from remit.core.charter import Charter, EscalationStep, GoalMeasure, OperationSpec, PackChoice, RuleSpec, WindowSpec
from remit.core.charter_finding import Finding, Surroundings
from remit.core.charter_review import review, sensitive
from remit.core.evidence_spec import ClusterSpec
from remit.core.limit_spec import LimitSpec
from remit.core.pack import Pack
from remit.core.risk_statement import RiskStatement
from remit.core.types import Level, Operation, OwnerRole
from tests.changed import replace
from tests.core.bounded_questions import statement
from tests.core.small_policy import CLASSES, OPERATION, charter, entry, evidence_spec

LIMIT = LimitSpec(counts="actions", at_most=9, window="1 day")
MEASURE = GoalMeasure(metric="m", baseline=1, target=2, by=statement().signed_on, counter_metric="c")
WHOLE: dict[str, Any] = {
    "measure": MEASURE,
    "limits": {"daily": LIMIT},
    "escalation": (EscalationStep(after_hours=4, role=OwnerRole.RISK),),
    "starts_at": Level.RECOMMEND,
    "windows": {"people": WindowSpec(kind="contact", fields=("job", "region"), why="The job says what to write.")},
}
SPEC = OperationSpec(arguments=("contact", "region"))


def whole(**changes: Any) -> Charter:
    """Return a charter about which there is nothing to say."""
    return charter(**WHOLE | changes)


def beside(
    found: RiskStatement | None = None, *entries: CatalogueEntry, brands: frozenset[str] = frozenset(), packs: Any = ()
) -> Surroundings:
    known = {one.operation: one for one in (entries or (entry(),))}
    rules = {name: Pack(pack=name, title="t", as_of=date(2026, 1, 1), version=1, about="a", rules=()) for name in packs}
    return Surroundings(catalogue=known, connected=frozenset({"sandbox"}), statement=found, brands=brands, packs=rules)


def said(about: Charter, where: Surroundings | None = None) -> list[Finding]:
    return review(about, where or beside())


def test_a_whole_charter_leaves_nothing_to_say() -> None:
    assert not said(whole(), beside(statement(tolerance=0.05)))


def clustered(*key: str, **changes: Any) -> Charter:
    return whole(evidence=evidence_spec(cluster=ClusterSpec(key=key, why="w")), **changes)


RULE = RuleSpec(when="owned", verdict="hold", because="b")

FOUND: dict[str, tuple[Charter, Surroundings, str, tuple[str | int, ...], str, str]] = {
    "no figure": (whole(measure=None), beside(), "no_measure", (), "a sentence and no figure", "Add `measure`"),
    "no counter metric": (
        whole(measure=GoalMeasure(metric="m", baseline=1, target=2, by=MEASURE.by)),
        beside(),
        "no_counter_metric",
        ("measure",),
        "nothing is watched",
        "Add `counter_metric`",
    ),
    "nobody to ask": (whole(escalation=()), beside(), "no_escalation", (), "nobody is asked", "Add `escalation`"),
    "no limits": (whole(limits={}), beside(), "no_limits", (), "nothing bounds", "Add `limits`"),
    "a connector that is not there": (
        whole(connector="hubspot"),
        beside(),
        "not_connected",
        ("connector",),
        "hubspot is not connected; connected: sandbox",
        "try the charter out on sandbox",
    ),
    "a brand that is not there": (
        whole(brand="ours"),
        beside(brands=frozenset({"our"})),
        "unknown_brand",
        ("brand",),
        "no brand document is called ours",
        "Did you mean our?",
    ),
    "a brand where none was given": (
        whole(brand="ours"),
        beside(),
        "unknown_brand",
        ("brand",),
        "no brand document is called ours",
        "Give the brand document too",
    ),
    "a start at a level that has to be earned": (
        whole(starts_at=Level.EXECUTE),
        beside(),
        "starts_unearned",
        ("starts_at",),
        "it starts at level 3, where contact.enrich may run without a person, on no evidence at all",
        "Write `starts_at: 2`",
    ),
    "an argument by its plain name in the key": (
        clustered("region", "day"),
        beside(),
        "cluster_part",
        ("evidence", "cluster", "key", 0),
        "region is no part by itself, but an argument",
        "Did you mean argument:region?",
    ),
    "a pack that is not there": (
        whole(packs=PackChoice(without={"gdrp": "not us"})),
        beside(packs=frozenset({"gdpr"})),
        "unknown_pack",
        ("packs", "without", "gdrp"),
        "no pack is called gdrp",
        "Did you mean gdpr?",
    ),
    "an operation with a slip": (
        whole(operations={Operation("contact.enrichh:region"): SPEC}),
        beside(),
        "unknown_operation",
        ("operations", "contact.enrichh:region"),
        "high risk and irreversible",
        "Did you mean contact.enrich?",
    ),
    "an operation like none": (
        whole(operations={Operation("x.y"): SPEC}),
        beside(),
        "unknown_operation",
        ("operations", "x.y"),
        "does not know x.y",
        "remit catalogue list",
    ),
    "a start above the risk statement": (
        whole(evidence=evidence_spec(tolerance=0.02)),
        beside(statement(highest_level={"low, easy": Level.ASSIST})),
        "starts_above_statement",
        ("starts_at",),
        "contact.enrich is low, easy and starts at level 2; the risk statement allows 1",
        "Write `starts_at: 1`, or `highest_level: 1` at contact.enrich",
    ),
    "a tolerance above the risk statement's": (
        whole(),
        beside(statement(tolerance=0.02)),
        "tolerance_looser",
        ("evidence", "tolerance"),
        "0.05 is looser than the risk statement's 0.02",
        "Write 0.02 or less",
    ),
    "every record by itself, from one template": (
        whole(operations={OPERATION: OperationSpec(arguments=("contact", "region", "subject"))}),
        beside(),
        "cluster_too_fine",
        ("evidence", "cluster", "key"),
        "although subject may come from one template",
        "Put argument:subject in place of record",
    ),
    "a part of the key that tells nothing apart": (
        clustered("recrod"),
        beside(),
        "cluster_part",
        ("evidence", "cluster", "key", 0),
        "recrod is the same for every action",
        "Did you mean record?",
    ),
    "an argument in the key that there is not": (
        clustered("day", "argument:regoin"),
        beside(),
        "cluster_part",
        ("evidence", "cluster", "key", 1),
        "argument:regoin is the same",
        "Did you mean argument:region?",
    ),
    "a rule for an operation that there is not": (
        whole(rules={"r": RuleSpec(when="owned", verdict="hold", because="b", operations=(Operation("contact.enrihc"),))}),
        beside(),
        "no_such_operation",
        ("rules", "r", "operations", 0),
        "contact.enrihc is no operation of this charter",
        "Did you mean contact.enrich?",
    ),
    "a limit for an operation that there is not": (
        whole(limits={"l": LimitSpec(counts="actions", at_most=9, window="1 day", operations=(Operation("x.y"),))}),
        beside(),
        "no_such_operation",
        ("limits", "l", "operations", 0),
        "x.y is no operation",
        "use one of: contact.enrich",
    ),
    "values of an argument that there is not": (
        whole(operations={OPERATION: OperationSpec(arguments=("contact", "region"), values={"regoin": ("north",)})}),
        beside(),
        "no_such_argument",
        ("operations", OPERATION, "values", "regoin"),
        "regoin is no argument",
        "Did you mean region?",
    ),
    "a field that nothing needs": (
        whole(windows={"people": WindowSpec(kind="contact", fields=("job", "region", "shoe_size"), why="The job.")}),
        beside(),
        "window_too_wide",
        ("windows", "people", "fields"),
        "needs shoe_size",
        "Take out",
    ),
    "a field that looks like age": (
        whole(windows={"people": WindowSpec(kind="contact", fields=("birth_date",), why="Needs birth_date.")}),
        beside(),
        "sensitive_field",
        ("windows", "people", "fields", 0),
        "birth_date looks like a person's age",
        "counsel",
    ),
    "an argument that looks like gender": (
        whole(operations={OPERATION: OperationSpec(arguments=("region", "gender"))}),
        beside(),
        "sensitive_field",
        ("operations", OPERATION, "arguments", 1),
        "gender looks like a person's gender",
        "counsel",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_finding_says_what_and_what_to_do(name: str) -> None:
    about, where, code, way, found, do = FOUND[name]
    [finding] = said(about, where)
    assert (finding.code, finding.way) == (code, way)
    assert found in finding.found
    assert do in finding.do


def test_an_operation_nobody_knows_is_remarked_once() -> None:
    unknown = whole(operations={Operation("x.y"): SPEC})
    assert [one.code for one in said(unknown, beside(statement(tolerance=0.1, otherwise=Level.ASSIST)))] == ["unknown_operation"]


NOT_FOUND: dict[str, tuple[Charter, Surroundings]] = {
    "an operation capped by itself may lie under the statement": (
        whole(operations={OPERATION: OperationSpec(arguments=("contact", "region"), highest_level=Level.ASSIST)}),
        beside(statement(tolerance=0.1, highest_level={"low, easy": Level.ASSIST})),
    ),
    "a start above level 2 that no operation reaches": (
        whole(
            starts_at=Level.EXECUTE,
            operations={OPERATION: OperationSpec(arguments=("contact", "region"), highest_level=Level.RECOMMEND)},
        ),
        beside(),
    ),
    "an argument that is called as a part is": (
        clustered("day", operations={OPERATION: OperationSpec(arguments=("contact", "region", "day"))}),
        beside(),
    ),
    "a milder form is what counts": (
        whole(),
        beside(statement(tolerance=0.1), entry(wide=CLASSES["high, partial"], narrow=CLASSES["low, easy"])),
    ),
    "one value in the key that is there": (clustered("argument:region", "day", "operation"), beside()),
    "a rule for a variant": (
        whole(
            operations={Operation("contact.enrich:a"): SPEC},
            rules={"r": RuleSpec(when="owned", verdict="hold", because="b", operations=(Operation("contact.enrich:a"),))},
            limits={"l": LimitSpec(counts="actions", at_most=9, window="1 day", operations=(OPERATION,))},
        ),
        beside(),
    ),
    "a brand and a pack that are there": (
        whole(brand="ours", packs=PackChoice(without={"x": "y"})),
        beside(brands=frozenset({"ours"}), packs=frozenset({"x"})),
    ),
    "a field that a rule, a filter or an argument names": (
        whole(
            windows={"w": WindowSpec(kind="contact", fields=("owned", "stage", "region"), where={"stage": "new"})},
            rules={"r": RULE},
        ),
        beside(),
    ),
    "a field whose words stand in why": (
        whole(windows={"w": WindowSpec(kind="contact", fields=("last_seen",), why="When it was last seen.")}),
        beside(),
    ),
}


@pytest.mark.parametrize("name", NOT_FOUND)
def test_what_is_well_is_not_remarked(name: str) -> None:
    assert not said(*NOT_FOUND[name])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("age", "age"),
        ("customer_age", "age"),
        ("dateOfBirth", "age"),
        ("DOB", "age"),
        ("maritalStatus", "marital status and family"),
        ("sex", "gender"),
        ("health_score", "health"),
        ("religion", "religion, origin, politics or sexuality"),
        ("stage", ""),
        ("page_views", ""),
        ("language", ""),
        ("account_age", ""),
        ("lead_age_days", ""),
        ("region", ""),
        ("", ""),
    ],
)
def test_a_field_is_judged_by_its_words(name: str, kind: str) -> None:
    assert sensitive(name) == kind


SCALES = {(0.42, 85.0): True, (85.0, 0.42): True, (0.42, 0.6): False, (12.0, 85.0): False, (0.9, 9.0): False, (0.0, 50.0): False}


@pytest.mark.parametrize(("baseline", "target"), SCALES)
def test_a_share_beside_a_percentage_is_remarked(baseline: float, target: float) -> None:
    found = said(whole(measure=replace(MEASURE, baseline=baseline, target=target)))
    assert ([one.code for one in found] == ["measure_scale"]) is SCALES[baseline, target]
    assert not found or found[0].do == "Write both as shares (85 % is 0.85), or both as percentages (0.42 is 42 %)"


def test_a_day_that_is_past_is_remarked_where_the_day_is_known() -> None:
    day = MEASURE.by
    after, that_day = replace(beside(), today=day + timedelta(days=1)), replace(beside(), today=day)
    assert [one.code for one in said(whole(), after)] == ["measure_past"]
    assert not said(whole(), that_day)
    assert not said(whole())


@pytest.mark.parametrize(("seconds", "told"), [(0, True), (4, True), (5, False), (60, False), (None, False)])
def test_a_window_in_which_nobody_notices_a_slip_is_told(seconds: int | None, told: bool) -> None:
    found = [one.code for one in said(whole(take_back_seconds=seconds))]
    assert ("short_take_back" in found) is told
