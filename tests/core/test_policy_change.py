"""Every field of every document, moved one way and the other, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from remit.core.brand import ApprovedClaim, Brand
from remit.core.care import CareSpec
from remit.core.catalogue import CatalogueEntry, Condition, Mode, Override, PersonalData, Reach, Stage, Undo
from remit.core.change import Direction, Where, between, shown, union
from remit.core.charter import (
    ApprovalSpec,
    Charter,
    EscalationStep,
    GoalMeasure,
    OperationSpec,
    PackChoice,
    ReadinessSpec,
    RuleSpec,
    WindowSpec,
)
from remit.core.document_words import charter_tells, limit_in_words
from remit.core.evidence_spec import CertificateSpec, ClusterSpec, EvidenceSpec, LossSpec, OutcomeSpec
from remit.core.field_map import FieldMap, FieldSpec
from remit.core.limit_spec import ContactHours, LimitSpec
from remit.core.mandate_spec import MandateSpec
from remit.core.pack import PackRule
from remit.core.policy import CompiledPolicy
from remit.core.policy_change import NOTHING_YET, compare, direction_of
from remit.core.risk_statement import PortfolioSpec, RiskStatement, SmallTeam, SpendSpec
from remit.core.statement_change import orderly
from remit.core.suite import CaseSpec
from remit.core.types import Kind, Level, OwnerRole, Role
from remit.core.working_time import CalendarSpec
from tests.changed import replace
from tests.core.bounded_questions import PACK, statement
from tests.core.small_policy import CLASSES, OPERATION, USE_CASE, charter, entry, evidence_spec, policy

D = Direction
N, T, L, B = D.NEITHER, D.TIGHTER, D.LOOSER, D.BOTH
Moved = tuple[Any, Any, Direction]


def with_charter(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with its charter changed. Rules are compared as they are written, so none is compiled."""
    return replace(policy(), charters={USE_CASE: charter(**changes)})


def with_operation(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with its one operation changed."""
    return with_charter(operations={OPERATION: OperationSpec(**{"arguments": ("contact",), **changes})})


def with_window(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with its one window changed."""
    return with_charter(windows={"people": WindowSpec(**{"kind": "contact", "fields": ("job",), **changes})})


def with_rule(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with one rule of its charter."""
    plain: dict[str, Any] = {"when": "owned", "verdict": "hold", "because": "Owned.", "operations": ("contact.enrich",)}
    return with_charter(rules={"owned": RuleSpec(**{**plain, **changes})})


def limit(**changes: Any) -> LimitSpec:
    """Return a limit of three actions a day."""
    return LimitSpec(**{"counts": "actions", "at_most": 3, "window": "1 day", **changes})


def with_limit(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with one limit."""
    return with_charter(limits={"daily": limit(**changes)})


def mandate(**changes: Any) -> MandateSpec:
    """Return a mandate in the middle of everything."""
    plain: dict[str, Any] = {
        "metric": "replies",
        "lowest_ppm": 200_000,
        "highest_ppm": 800_000,
        "step_ppm": 50_000,
        "moves_per_day": 2,
        "smallest_sample": 100,
        "holdout_ppm": 100_000,
        "stop_when_worse_by_ppm": 20_000,
        "until": date(2027, 3, 1),
    }
    return MandateSpec(**{**plain, **changes})


def with_mandate(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with a mandate."""
    return with_operation(mandate=mandate(**changes))


def with_statement(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy under a risk statement."""
    return replace(policy(), risk_statement=statement(**changes))


def with_entry(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with its one catalogue entry changed."""
    return policy(entry(**changes))


def with_pack(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with a pack."""
    return replace(policy(), packs={PACK.pack: replace(PACK, **changes)})


def with_pack_rule(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with a pack of which one rule is changed."""
    return with_pack(rules=(replace(PACK.rules[0], **changes), *PACK.rules[1:]))


def with_map(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with a map."""
    plain: dict[str, Any] = {"map": "crm", "title": "CRM", "attributes": {}}
    return replace(policy(), maps={"crm": FieldMap(**{**plain, **changes})})


def with_field(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with a map of one attribute."""
    return with_map(attributes={"person.consent": FieldSpec(**{"field": "consent", "reads": "yes_no", **changes})})


def with_brand(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with a brand."""
    return replace(policy(), brands={"ours": Brand(**{"brand": "ours", "title": "Ours", **changes})})


def hours(earliest: str, latest: str) -> ContactHours:
    """Return hours of contact."""
    return ContactHours(earliest=earliest, latest=latest)


CHARTER: dict[str, Moved] = {
    "title": ("a", "b", N),
    "goal": ("a", "b", N),
    "owner": ("a", "b", N),
    "line_of_business": ("a", "b", N),
    "owner_role": (None, OwnerRole.RISK, N),
    "measure": (None, GoalMeasure(metric="a", baseline=1, target=2, by=date(2027, 1, 1), counter_metric="b"), N),
    "assumptions": ((), ("a",), N),
    "kpi_targets": ({}, {"saved": 1.0}, N),
    "hourly_cost_minor": (None, 100, N),
    "baseline_minutes": (5.0, 6.0, N),
    "non_negotiables": (("a",), ("a", "b"), T),
    "kept_by_people": ((), ("prices",), T),
    "escalation": ((), (EscalationStep(after_hours=1, role=OwnerRole.RISK),), T),
    "connector": ("sandbox", "elsewhere", B),
    "suite": ({}, {"one": CaseSpec(operation=OPERATION, because="It was wrong once.")}, B),
    "brand": ("", "ours", B),
    "currency": ("EUR", "USD", B),
    "starts_at": (Level.ASSIST, Level.RECOMMEND, L),
    "highest_level": (Level.EXECUTE, Level.RECOMMEND, T),
    "approval": (ApprovalSpec(), ApprovalSpec(all_of=(Role.RISK, Role.REVIEWER)), T),
    "take_back_seconds": (8, 20, T),
    "deadline_hours": (24, 48, L),
    "calendar": (None, CalendarSpec(), B),
    "grant_days": (180, 90, T),
    "highest_reach": (1, 2, L),
    "highest_share": (None, 0.5, T),
    "contact_hours": (None, hours("09:00", "18:00"), T),
}
OPERATIONS: dict[str, Moved] = {
    "arguments": (("contact",), ("contact", "region"), L),
    "values": ({}, {"contact": ("c1",)}, T),
    "highest_level": (Level.OPTIMISE, Level.RECOMMEND, T),
    "lowest_confidence": (None, 0.5, T),
    "mandate": (None, mandate(), L),
}
MANDATES: dict[str, Moved] = {
    "metric": ("replies", "clicks", B),
    "lowest_ppm": (200_000, 100_000, L),
    "highest_ppm": (800_000, 900_000, L),
    "step_ppm": (50_000, 40_000, T),
    "moves_per_day": (2, 3, L),
    "smallest_sample": (100, 200, T),
    "holdout_ppm": (100_000, 50_000, L),
    "stop_when_worse_by_ppm": (20_000, 30_000, L),
    "until": (date(2027, 3, 1), date(2027, 4, 1), L),
    "sample_ratio_alpha": (0.001, 0.01, T),
}
WINDOWS: dict[str, Moved] = {
    "kind": ("contact", "company", B),
    "fields": (("job",), ("job", "age"), L),
    "delay_hours": (0, 24, T),
    "version": (1, 2, N),
    "source": ("", "crm", B),
    "where": ({}, {"region": "north"}, T),
    "fresh_hours": (None, 24, T),
    "redact": ({}, {"job": "presence"}, T),
    "why": ("", "The job says what to write.", N),
}
RULES: dict[str, Moved] = {
    "when": ("owned", "!owned", B),
    "verdict": ("hold", "draft", T),
    "because": ("a", "b", N),
    "operations": (("a.b",), ("a.b", "c.d"), T),
    "cites": ("", "Art. 1", N),
}
LIMITS: dict[str, Moved] = {
    "counts": ("actions", "reach", B),
    "at_most": (3, 2, T),
    "window": ("1 day", "7 days", T),
    "each": ("use_case", "agent", B),
    "operations": ((), ("a.b",), L),
    "verdict": ("hold", "block", T),
    "because": ("", "Calm.", N),
}
PACKS: dict[str, Moved] = {
    "without": ({}, {"mail-law": "Not ours."}, L),
    "regions": (("EU",), ("EEA",), T),
}
READY: dict[str, Moved] = {
    "data_quality": (None, 0.9, T),
    "outcome_source": ("", "crm", T),
    "escalation_tested": (False, True, T),
    "undo_proven": (True, False, L),
}
EVIDENCE: dict[str, Moved] = {
    "tolerance": (0.05, 0.1, L),
    "why": ("a", "b", N),
    "cluster": (ClusterSpec(key=("day",), why="a"), ClusterSpec(key=("record",), why="a"), B),
    "alpha": (0.05, 0.1, L),
    "miss_rate": (0.1, 0.2, T),
    "losses": (LossSpec(), LossSpec(edited=0.9), T),
    "outcomes": (OutcomeSpec(), OutcomeSpec(wait_days=3), T),
    "certificate": (CertificateSpec(), CertificateSpec(delta=0.1), L),
    "qa_rate": (0.05, 0.1, T),
    "qa_rate_highest": (0.5, 0.4, L),
    "harm_cap": (None, 20.0, T),
    "detect_days": (14, 7, T),
    "run_length": (2000, 1000, T),
    "drafts_to_level_2": (20, 10, L),
    "violations_to_demote": (3, 5, L),
}
STATEMENT: dict[str, Moved] = {
    "organisation": ("a", "b", N),
    "signed_by": ("a", "b", N),
    "signed_on": (date(2026, 1, 1), date(2026, 2, 1), N),
    "highest_level": ({"low, easy": Level.OPTIMISE}, {"low, easy": Level.EXECUTE}, T),
    "tolerance": (0.02, 0.05, L),
    "tolerance_in_words": ("a", "b", N),
    "otherwise": (Level.RECOMMEND, Level.EXECUTE, L),
    "harm_cap": (None, 10.0, T),
    "spend": (None, SpendSpec(currency="EUR", per_action_minor=1, per_day_minor=2), T),
    "grants_need": ((OwnerRole.RISK, OwnerRole.LINE_OF_BUSINESS), (OwnerRole.RISK,), L),
    "contact_hours": (hours("08:00", "20:00"), hours("09:00", "18:00"), T),
    "limits": ({}, {"daily": limit()}, T),
    "break_glass": (None, OwnerRole.RISK, L),
    "care": (None, CareSpec(), B),
    "portfolio": (None, PortfolioSpec(size=20), B),
    "calendar": (None, CalendarSpec(), B),
    "small_team": (None, SmallTeam(why="Two of us."), L),
}
ENTRY: dict[str, Moved] = {
    "operation": (OPERATION, OPERATION, N),
    "name": ("a", "b", N),
    "kind": (Kind.ACT, Kind.DRAFT, L),
    "mode": (Mode.EXECUTE, Mode.APPROVE, T),
    "wide": (CLASSES["low, easy"], CLASSES["low, partial"], T),
    "stage": (Stage.EXECUTE_LOW_RISK, Stage.HUMAN_ONLY, T),
    "why": ("a", "b", N),
    "undo": (Undo(), Undo(how="By hand."), N),
    "personal_data": (PersonalData.NONE, PersonalData.DIRECT, N),
    "contacts_person": (False, True, T),
    "guardrails": ({}, {"two_person": "Two look."}, T),
    "overrides": ({}, {"sandbox": Override(at_least=CLASSES["high, easy"], why="It mails.")}, T),
}
PACK_RULE: dict[str, Moved] = {
    "operations": ((OPERATION,), (OPERATION, "email.send"), T),
    "when": ("owned", "!owned", B),
    "verdict": ("note", "hold", T),
    "unknown": ("block", "hold", L),
    "because": ("a", "b", N),
    "cites": ("a", "b", N),
    "regions": (("EU",), (), T),
    "suggest": ("", "a", N),
    "shows": ("", "reach", N),
    "contact_hours": (hours("08:00", "20:00"), hours("09:00", "18:00"), T),
    "wait_minutes": (60, 1440, T),
    "note": ("", "a", N),
}
FIELD_MAP: dict[str, Moved] = {"title": ("a", "b", N), "person": ("contact", "lead", B)}
FIELD: dict[str, Moved] = {
    "field": ("a", "b", B),
    "reads": ("yes_no", "whole", B),
    "of": ("", "sender/main", B),
    "state": ("", "a", B),
    "empty": (None, False, B),
}
BRAND: dict[str, Moved] = {
    "title": ("a", "b", B),
    "voice": ((), ("calm",), B),
    "claims": ({}, {"fast": ApprovedClaim(text="Fast.", expires=date(2027, 1, 1))}, L),
    "forbidden_words": ((), ("free",), T),
    "senders": ((), ("Ann",), L),
    "domains": (("a.example",), (), T),
    "languages": (("en",), ("en", "de"), L),
    "postal_address": ("", "Here 1", B),
    "opt_out": ((), ("unsubscribe",), L),
    "merge_fields": ((), ("name",), L),
}


def cases(make: Any, table: Mapping[str, Moved]) -> list[Any]:
    """Return each field of a table with both policies and what is said of the way there."""
    return [
        pytest.param(make(**{name: before}), make(**{name: after}), direction, id=f"{make.__name__} {name}")
        for name, (before, after, direction) in table.items()
    ]


def with_readiness(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with something asked to be measured."""
    return with_charter(readiness=ReadinessSpec(**changes))


def with_evidence(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with its evidence judged otherwise."""
    return with_charter(evidence=evidence_spec(**changes))


def with_packs(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with its packs chosen otherwise."""
    return with_charter(packs=PackChoice(**changes))


ALL = [
    *cases(with_charter, CHARTER),
    *cases(with_operation, OPERATIONS),
    *cases(with_mandate, MANDATES),
    *cases(with_window, WINDOWS),
    *cases(with_rule, RULES),
    *cases(with_limit, LIMITS),
    *cases(with_packs, PACKS),
    *cases(with_readiness, READY),
    *cases(with_evidence, EVIDENCE),
    *cases(with_statement, STATEMENT),
    *cases(with_entry, ENTRY),
    *cases(with_pack_rule, PACK_RULE),
    *cases(with_brand, BRAND),
    *cases(with_map, FIELD_MAP),
    *cases(with_field, FIELD),
]


@pytest.mark.parametrize(("before", "after", "direction"), ALL)
def test_every_field_moves_one_way_and_back_the_other(
    before: CompiledPolicy, after: CompiledPolicy, direction: Direction
) -> None:
    there, back = compare(before, after), compare(after, before)
    assert direction_of(there) is direction
    assert direction_of(back) is direction.opposite
    for change in (*there, *back):
        assert change.sentence.endswith(".")
        assert change.before != change.after
        assert not set("{}") & set(change.path)


TABLES: list[tuple[type, Mapping[str, Moved], set[str]]] = [
    (Charter, CHARTER, {"use_case", "windows", "operations", "evidence", "rules", "packs", "limits", "readiness"}),
    (OperationSpec, OPERATIONS, set()),
    (MandateSpec, MANDATES, set()),
    (WindowSpec, WINDOWS, set()),
    (RuleSpec, RULES, set()),
    (LimitSpec, LIMITS, set()),
    (PackChoice, PACKS, set()),
    (ReadinessSpec, READY, set()),
    (EvidenceSpec, EVIDENCE, set()),
    (RiskStatement, STATEMENT, set()),
    (CatalogueEntry, ENTRY, {"narrow", "narrow_when", "reach"}),
    (PackRule, PACK_RULE, {"id"}),
    (Brand, BRAND, {"brand"}),
    (FieldMap, FIELD_MAP, {"map", "attributes"}),
    (FieldSpec, FIELD, set()),
]


@pytest.mark.parametrize(("kind", "table", "elsewhere"), TABLES, ids=[kind.__name__ for kind, _, _ in TABLES])
def test_no_field_is_forgotten(kind: Any, table: Mapping[str, Moved], elsewhere: set[str]) -> None:
    assert {one.name for one in fields(kind)} == set(table) | elsewhere


NARROW: dict[str, Any] = {
    "wide": CLASSES["medium, partial"],
    "narrow": CLASSES["low, partial"],
    "narrow_when": (Condition.FIELD_EMPTY, Condition.WITHIN_REACH),
    "reach": Reach(narrow_up_to=2),
}
DISORDERLY = {"low, easy": Level.ASSIST, "medium, easy": Level.OPTIMISE}
DRAFT = {**NARROW, "kind": Kind.DRAFT, "narrow_when": (Condition.DRAFT_UNPUBLISHED,)}
ODD_FORM = {**NARROW, "narrow": CLASSES["high, partial"]}
MAIL = {"sandbox": Override(at_least=CLASSES["low, partial"], why="a")}

FURTHER: dict[str, tuple[CompiledPolicy, CompiledPolicy, Direction]] = {
    "a new charter": (replace(policy(), charters={}), policy(), L),
    "a further operation": (with_charter(operations={}), policy(), L),
    "a further window": (with_charter(windows={}), policy(), L),
    "a further rule": (policy(), with_rule(), T),
    "a further limit": (policy(), with_limit(), T),
    "a rule for all operations": (with_rule(operations=("a.b",)), with_rule(operations=()), T),
    "a rule for other operations": (with_rule(operations=("a.b",)), with_rule(operations=("c.d",)), B),
    "a rule of another name": (with_rule(), with_charter(rules={"other": with_rule().charters[USE_CASE].rules["owned"]}), B),
    "arguments in another order": (with_operation(arguments=("a", "b")), with_operation(arguments=("b", "a")), N),
    "other arguments": (with_operation(arguments=("a",)), with_operation(arguments=("b",)), B),
    "a further value": (with_operation(values={"contact": ("a",)}), with_operation(values={"contact": ("a", "b")}), L),
    "a value that is a list": (
        with_operation(values={"contact": (["a"],)}),
        with_operation(values={"contact": (["a"], ["b"])}),
        L,
    ),
    "another condition on rows": (with_window(where={"a": 1}), with_window(where={"a": 2}), B),
    "hidden wholly": (with_window(redact={"job": "initial"}), with_window(redact={"job": "presence"}), T),
    "hidden in another way": (with_window(redact={"job": "initial"}), with_window(redact={"job": "domain"}), B),
    "another reason to leave a pack out": (with_packs(without={"a": "x"}), with_packs(without={"a": "y"}), N),
    "another source of outcomes": (with_readiness(outcome_source="a"), with_readiness(outcome_source="b"), B),
    "another reason for a cluster": (
        with_evidence(cluster=ClusterSpec(key=("day",), why="a")),
        with_evidence(cluster=ClusterSpec(key=("day",), why="b")),
        N,
    ),
    "more graded of a cluster": (
        with_evidence(cluster=ClusterSpec(key=("day",), why="a", items=1)),
        with_evidence(cluster=ClusterSpec(key=("day",), why="a", items=2)),
        B,
    ),
    "fewer hours": (with_charter(contact_hours=hours("08:00", "20:00")), with_charter(contact_hours=hours("09:00", "20:00")), T),
    "later hours": (with_charter(contact_hours=hours("08:00", "18:00")), with_charter(contact_hours=hours("09:00", "19:00")), B),
    "another day in other words": (with_limit(window="1 day"), with_limit(window="24 hours"), N),
    "a longer window that holds the shorter": (with_limit(window="30 minutes"), with_limit(window="60 minutes"), T),
    "a longer window that may begin later": (with_limit(window="30 minutes"), with_limit(window="45 minutes"), B),
    "hours within a day": (with_limit(window="6 hours"), with_limit(window="1 day"), T),
    "hours that do not fit a day": (with_limit(window="7 hours"), with_limit(window="1 day"), B),
    "a limit that counts other touches": (
        with_limit(counts="touches", operations=()),
        with_limit(counts="touches", operations=("a.b",)),
        B,
    ),
    "a limit that counts touches of more": (
        with_limit(counts="touches", operations=("a.b",)),
        with_limit(counts="touches", operations=("a.b", "c.d")),
        T,
    ),
    "a risk statement": (policy(), with_statement(), T),
    "a risk statement that lets one sign": (policy(), with_statement(small_team=SmallTeam(why="Two of us.")), B),
    "a longer wait": (
        with_statement(small_team=SmallTeam(why="a", wait_hours=24)),
        with_statement(small_team=SmallTeam(why="a", wait_hours=48)),
        T,
    ),
    "another reason to wait": (with_statement(small_team=SmallTeam(why="a")), with_statement(small_team=SmallTeam(why="b")), N),
    "more money": (
        with_statement(spend=SpendSpec(currency="EUR", per_action_minor=1, per_day_minor=1)),
        with_statement(spend=SpendSpec(currency="EUR", per_action_minor=2, per_day_minor=1)),
        L,
    ),
    "other money": (
        with_statement(spend=SpendSpec(currency="EUR", per_action_minor=1, per_day_minor=1)),
        with_statement(spend=SpendSpec(currency="USD", per_action_minor=1, per_day_minor=1)),
        B,
    ),
    "a class better in one way and worse in another": (
        with_entry(wide=CLASSES["medium, easy"]),
        with_entry(wide=CLASSES["low, partial"]),
        B,
    ),
    "a worse class where a worse class gets more": (
        with_statement(highest_level=DISORDERLY),
        replace(with_entry(wide=CLASSES["medium, easy"]), risk_statement=statement(highest_level=DISORDERLY)),
        B,
    ),
    "a milder form": (with_entry(wide=CLASSES["medium, partial"]), with_entry(**NARROW), L),
    "a milder form that is worse": (with_entry(**NARROW), with_entry(**{**NARROW, "narrow": CLASSES["medium, easy"]}), B),
    "a form that is worse than the wide one": (with_entry(**ODD_FORM), with_entry(**{**ODD_FORM, "narrow_when": ()}), B),
    "a draft without its milder form": (
        with_entry(**DRAFT),
        with_entry(wide=CLASSES["medium, partial"], kind=Kind.DRAFT),
        B,
    ),
    "a further condition": (with_entry(**NARROW), with_entry(**{**NARROW, "narrow_when": tuple(Condition)}), T),
    "other conditions": (
        with_entry(**{**NARROW, "narrow_when": (Condition.UNOWNED,)}),
        with_entry(**{**NARROW, "narrow_when": (Condition.FIELD_EMPTY,)}),
        B,
    ),
    "a smaller reach": (with_entry(**NARROW), with_entry(**{**NARROW, "reach": Reach(narrow_up_to=1)}), T),
    "a larger reach": (with_entry(**NARROW), with_entry(**{**NARROW, "reach": Reach(narrow_up_to=9)}), L),
    "no reach at all": (with_entry(**NARROW), with_entry(**{**NARROW, "reach": Reach()}), T),
    "a reach after none": (with_entry(**{**NARROW, "reach": Reach()}), with_entry(**NARROW), L),
    "a reach that nothing looks at": (with_entry(), with_entry(reach=Reach(narrow_up_to=3)), N),
    "a stage that is none for people alone": (with_entry(stage=Stage.ASSIST), with_entry(stage=Stage.OPTIMISE), N),
    "other guardrails": (with_entry(guardrails={"a": "x"}), with_entry(guardrails={"b": "x"}), B),
    "guardrails in other words": (with_entry(guardrails={"a": "x"}), with_entry(guardrails={"a": "y"}), N),
    "worse on a connector": (
        with_entry(overrides=MAIL),
        with_entry(overrides={"sandbox": Override(at_least=CLASSES["high, partial"], why="a")}),
        T,
    ),
    "another reason on a connector": (
        with_entry(overrides=MAIL),
        with_entry(overrides={"sandbox": Override(at_least=CLASSES["low, partial"], why="b")}),
        N,
    ),
    "worse on a connector where a worse class gets more": (
        replace(with_entry(overrides=MAIL), risk_statement=statement(highest_level=DISORDERLY)),
        replace(
            with_entry(overrides={"sandbox": Override(at_least=CLASSES["high, partial"], why="a")}),
            risk_statement=statement(highest_level=DISORDERLY),
        ),
        B,
    ),
    "one that the catalogue forgets": (policy(), replace(policy(), catalogue={}), T),
    "one that contacts people and is forgotten": (
        with_entry(contacts_person=True),
        replace(policy(), catalogue={}),
        B,
    ),
    "a pack": (policy(), with_pack(), T),
    "a pack of another version": (with_pack(), with_pack(version=2, title="b", about="c", as_of=date(2027, 1, 1)), N),
    "a further rule of a pack": (with_pack(rules=PACK.rules[:1]), with_pack(), T),
    "a map": (policy(), with_map(), B),
    "a further attribute of a map": (with_map(), with_field(), B),
    "a rule that waits instead of holding": (with_pack_rule(verdict="hold"), with_pack_rule(verdict="wait"), B),
    "a rule that waits instead of noting": (with_pack_rule(verdict="note"), with_pack_rule(verdict="wait"), T),
    "a brand": (policy(), with_brand(), B),
    "a claim that holds longer": (
        with_brand(claims={"a": ApprovedClaim(text="A.", expires=date(2027, 1, 1))}),
        with_brand(claims={"a": ApprovedClaim(text="A.", expires=date(2027, 2, 1))}),
        L,
    ),
    "another claim": (
        with_brand(claims={"a": ApprovedClaim(text="A.", expires=date(2027, 1, 1))}),
        with_brand(claims={"a": ApprovedClaim(text="B.", expires=date(2027, 1, 1), source="s")}),
        B,
    ),
}


@pytest.mark.parametrize("name", FURTHER)
def test_what_is_said_of_further_changes(name: str) -> None:
    before, after, direction = FURTHER[name]
    assert direction_of(compare(before, after)) is direction
    assert direction_of(compare(after, before)) is direction.opposite


def test_a_field_that_nobody_knows_counts_as_both() -> None:
    before, after = with_charter(title="a").charters[USE_CASE], with_charter(title="b").charters[USE_CASE]
    (change,) = between(Where(path="p", words="here"), before, after, {})
    assert (change.direction, change.sentence) == (B, "Here: the title goes from a to b.")


def test_a_change_says_where_what_it_was_and_what_it_is() -> None:
    (change,) = compare(with_charter(highest_level=Level.EXECUTE), with_charter(highest_level=Level.RECOMMEND))
    assert (change.path, change.use_case) == ("charter:enrich/highest_level", USE_CASE)
    assert (change.before, change.after) == ("3 (execute)", "2 (recommend)")
    assert change.sentence == "Use case enrich: the highest level goes from 3 (execute) to 2 (recommend)."


def test_what_was_not_set_and_what_is_gone_are_told_apart() -> None:
    unset, given = with_operation(), with_operation(lowest_confidence=0.5)
    assert [change.sentence for change in compare(unset, given)] == [
        "Use case enrich, operations, operation contact.enrich: the lowest confidence is set to 0.5; it was not set before."
    ]
    assert [change.sentence for change in compare(given, unset)] == [
        "Use case enrich, operations, operation contact.enrich: the lowest confidence is not set any more; it was 0.5."
    ]


def test_before_the_first_policy_everything_is_looser() -> None:
    assert direction_of(compare(NOTHING_YET, policy())) is L


UNIONS = [((), N), ((N,), N), ((T, N), T), ((L, L), L), ((T, L), B), ((B, T), B)]


@pytest.mark.parametrize(("found", "wanted"), UNIONS)
def test_directions_add_up(found: tuple[Direction, ...], wanted: Direction) -> None:
    assert union(found) is wanted
    assert wanted.loosens is (wanted in {L, B})


SHOWN: list[tuple[Any, str | None]] = [
    (None, None),
    ("", None),
    (True, "yes"),
    (False, "no"),
    (Level.EXECUTE, "3 (execute)"),
    (CLASSES["low, easy"], "low, easy"),
    (0.5, "0.5"),
    (7, "7"),
    (Mode.APPROVE, "approve"),
    (date(2027, 1, 2), "2027-01-02"),
    ((), "nothing"),
    (("a", None, 1), "a, nothing, 1"),
    (({"a": 1},), '{"a":1}'),
    ({"a": 1}, '{"a":1}'),
    ((SmallTeam(why="x"),), '{"wait_hours":24,"why":"x"}'),
]


@pytest.mark.parametrize(("value", "wanted"), SHOWN)
def test_values_are_shown_as_people_read_them(value: object, wanted: str | None) -> None:
    assert shown(value) == wanted


def test_a_risk_statement_is_orderly_where_a_worse_class_never_gets_more() -> None:
    assert orderly(None)
    assert orderly(statement())
    assert not orderly(statement(highest_level=DISORDERLY))


def test_what_an_agent_comes_to_see_is_said_so() -> None:
    before, after = with_window(fields=("job", "region")), with_window(fields=("region", "city"))
    [change] = compare(before, after)
    assert change.sentence.endswith("an agent also sees city and no longer sees job.")
    [more] = compare(before, with_window(fields=("job", "region", "city")))
    assert (more.sentence.rpartition(": ")[2], more.direction) == ("an agent also sees city.", Direction.LOOSER)
    [turned] = compare(before, with_window(fields=("region", "job")))
    assert (turned.sentence.rpartition(": ")[2], turned.direction) == (
        "an agent sees the same fields in another order.",
        Direction.NEITHER,
    )


def test_of_a_list_what_comes_and_what_goes_is_named() -> None:
    [change] = compare(with_operation(arguments=("a", "b")), with_operation(arguments=("b", "c")))
    assert change.sentence.endswith("the arguments it may take: c comes in and a goes out.")
    [turned] = compare(with_operation(arguments=("a", "b")), with_operation(arguments=("b", "a")))
    assert turned.sentence.endswith("the arguments it may take: the same, in another order.")


def test_an_empty_list_is_said_as_what_it_means() -> None:
    [change] = compare(with_packs(), with_packs(regions=("EU", "US")))
    assert change.sentence.endswith("where its recipients live goes from anywhere to EU, US.")
    [back] = compare(with_rule(operations=(OPERATION,)), with_rule(operations=()))
    assert back.sentence.endswith("the operations it looks at goes from contact.enrich to all of them.")


def test_a_new_charter_and_a_new_statement_say_what_they_hold() -> None:
    limits = {"daily": limit(counts="actions", at_most=4000, window="1 day")}
    fresh = with_charter(limits=limits, highest_level=Level.EXECUTE, starts_at=Level.ASSIST)
    [change] = [one for one in compare(NOTHING_YET, fresh) if one.path == "charter:enrich"]
    assert change.sentence == (
        "Use case enrich: its charter is new. It acts on sandbox, starts at level 1 and never passes 3. "
        "Agents may do contact.enrich. Limits: daily, at most 4,000 actions in 1 day."
    )
    stated = next(one for one in compare(NOTHING_YET, with_statement()) if one.path == "risk_statement")
    assert stated.sentence.startswith("Risk statement: it is new. It allows ")
    assert "everything else up to level" in stated.sentence
    assert stated.sentence.endswith("It has no limits.")


def test_what_agents_may_do_names_the_level_of_an_operation_that_ends_lower() -> None:
    told = charter_tells(charter(operations={OPERATION: OperationSpec(arguments=(), highest_level=Level.ASSIST)}))
    assert "Agents may do contact.enrich (up to level 1)." in told
    assert "Agents may do nothing. It has no limits." in charter_tells(charter(operations={}))


WHOSE = {"organisation": " for all together", "use_case": "", "contact": " for each contact"}


@pytest.mark.parametrize(("each", "whose"), WHOSE.items())
def test_a_limit_says_whose_count_it_is(each: Any, whose: str) -> None:
    assert limit_in_words(limit(counts="touches", at_most=3, window="7 days", each=each)) == f"at most 3 touches in 7 days{whose}"
