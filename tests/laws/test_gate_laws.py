"""What the gate promises of every question there can be. `make soak` asks 10,000 questions of each promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from remit.core import gate
from remit.core.catalogue import CatalogueEntry, Condition, Mode, Stage
from remit.core.charter import OperationSpec, RuleSpec
from remit.core.classify import ActionFacts
from remit.core.gate import Ceiling, Claimed, Decision, GateInput, Reason, decide
from remit.core.policy import CompiledPolicy
from remit.core.reasons import SENTENCES, allowed_if, for_agent, sentence
from remit.core.types import ActionClass, Kind, Level, Operation, Reversibility, Risk, Verdict
from tests.changed import replace
from tests.core.small_policy import CLASSES
from tests.laws.charter_rules import STOCK
from tests.laws.random_values import (
    FIELDS,
    MILD,
    USE_CASE,
    bare_policies,
    ceilings,
    claims,
    policies,
    questions,
    ruled,
)

levels = st.sampled_from(Level)
promised = settings(max_examples=10_000 if settings.get_current_profile_name() == "soak" else settings().max_examples)
GRAVE = [one for one in CLASSES.values() if one.risk is Risk.HIGH or one.reversibility is Reversibility.IRREVERSIBLE]


def told(decision: Decision) -> set[tuple[str, Verdict, str]]:
    """Return the reasons as a set of code, floor and, where it is a rule's, the name of the rule."""
    return {(reason.code, reason.floor, reason.values.get("rule", "")) for reason in decision.reasons}


def with_rules(policy: CompiledPolicy, rules: Mapping[str, RuleSpec]) -> CompiledPolicy:
    """Return the policy with other rules in its charter."""
    return ruled(policy, replace(policy.charters[USE_CASE], rules=rules))


def rules_of(policy: CompiledPolicy) -> dict[str, RuleSpec]:
    """Return the rules of the charter."""
    return dict(policy.charters[USE_CASE].rules)


def deaf(policy: CompiledPolicy) -> CompiledPolicy:
    """Return the policy without the rules that look at what the agent says."""
    return with_rules(policy, {name: spec for name, spec in rules_of(policy).items() if "claimed." not in spec.when})


def catalogue(policy: CompiledPolicy, change: Callable[[CatalogueEntry], CatalogueEntry]) -> CompiledPolicy:
    """Return the policy with every catalogue entry changed."""
    return replace(policy, catalogue={name: change(entry) for name, entry in policy.catalogue.items()})


# --------------------------------------------------------------------------------------------------------------------- levels


@promised
@given(questions, policies(), levels, levels)
def test_a_lower_level_never_gets_more(asked: GateInput, policy: CompiledPolicy, one: Level, other: Level) -> None:
    lower, higher = sorted((one, other))
    verdicts = [decide(replace(asked, granted=level), policy).verdict for level in (lower, higher)]
    assert verdicts[0] >= verdicts[1]


@promised
@given(questions, policies(), ceilings)
def test_a_further_ceiling_never_gets_more(asked: GateInput, policy: CompiledPolicy, ceiling: Ceiling) -> None:
    capped = replace(asked, ceilings=(*asked.ceilings, ceiling))
    assert decide(capped, policy).verdict >= decide(asked, policy).verdict


@promised
@given(questions, policies())
def test_a_ceiling_is_as_good_as_a_lower_grant(asked: GateInput, policy: CompiledPolicy) -> None:
    in_force = gate.in_force(asked.granted, asked.ceilings)
    assert decide(asked, policy).verdict is decide(replace(asked, granted=in_force, ceilings=()), policy).verdict


@promised
@given(questions, policies())
def test_nothing_at_all_happens_at_level_off(asked: GateInput, policy: CompiledPolicy) -> None:
    assert decide(replace(asked, granted=Level.OFF), policy).verdict is Verdict.BLOCK


@promised
@given(questions, policies())
def test_nothing_acts_alone_below_level_3(asked: GateInput, policy: CompiledPolicy) -> None:
    verdict = decide(replace(asked, granted=min(asked.granted, Level.RECOMMEND)), policy).verdict
    entry = policy.entry(asked.operation)
    assert verdict is not Verdict.ALLOW or (entry is not None and entry.kind is Kind.DRAFT)


@promised
@given(questions, policies())
def test_a_certificate_opens_nothing_below_level_4(asked: GateInput, policy: CompiledPolicy) -> None:
    below = replace(asked, granted=min(asked.granted, Level.EXECUTE))
    verdicts = {decide(replace(below, certificate=certificate), policy).verdict for certificate in (True, False)}
    assert len(verdicts) == 1


# -------------------------------------------------------------------------------------------------------------------- classes


@promised
@given(questions, policies(), st.integers(0, 2), st.integers(0, 2))
def test_higher_risk_never_gets_less_oversight(asked: GateInput, policy: CompiledPolicy, risk: int, reversibility: int) -> None:
    def worse(found: ActionClass) -> ActionClass:
        return ActionClass(
            risk=Risk(min(Risk.HIGH, found.risk + risk)),
            reversibility=Reversibility(min(Reversibility.IRREVERSIBLE, found.reversibility + reversibility)),
        )

    def riskier(entry: CatalogueEntry) -> CatalogueEntry:
        return replace(entry, wide=worse(entry.wide), narrow=worse(entry.narrow) if entry.narrow else None)

    assert decide(asked, catalogue(policy, riskier)).verdict >= decide(asked, policy).verdict


@promised
@given(questions, policies(), st.sampled_from(GRAVE))
def test_no_irreversible_action_is_ever_allowed(asked: GateInput, policy: CompiledPolicy, found: ActionClass) -> None:
    acting = catalogue(policy, lambda entry: replace(entry, kind=Kind.ACT, wide=found, narrow=None, narrow_when=()))
    assert decide(asked, acting).verdict is not Verdict.ALLOW


@promised
@given(questions, policies())
def test_an_envelope_is_never_milder_than_a_call_inside(asked: GateInput, policy: CompiledPolicy) -> None:
    acting = catalogue(policy, partial(replace, kind=Kind.ACT))
    found = decide(asked, acting).classified.action_class
    for call in asked.facts.inner or ():
        reaches = [asked.facts.reach, call.facts.reach]
        widest = replace(call.facts, reach=None if None in reaches else max(reach for reach in reaches if reach is not None))
        alone = decide(replace(asked, operation=call.operation, facts=widest), acting).classified.action_class
        assert found | alone == found


@promised
@given(questions, policies())
def test_an_unknown_operation_is_never_allowed(asked: GateInput, policy: CompiledPolicy) -> None:
    unknown = replace(asked, operation=Operation("contact.teleport"))
    decision = decide(unknown, policy)
    assert decision.verdict is not Verdict.ALLOW
    assert (decision.classified.action_class.risk, decision.classified.form) == (Risk.HIGH, "unknown")


@promised
@given(questions, policies())
def test_what_is_for_people_only_never_acts_alone(asked: GateInput, policy: CompiledPolicy) -> None:
    guarded = catalogue(policy, lambda entry: replace(entry, kind=Kind.ACT, stage=Stage.HUMAN_ONLY))
    assert decide(asked, guarded).verdict is not Verdict.ALLOW


@promised
@given(questions, policies(), st.sampled_from(Mode))
def test_a_stricter_mode_never_gets_more(asked: GateInput, policy: CompiledPolicy, mode: Mode) -> None:
    strict = [Mode.EXECUTE, Mode.APPROVE, Mode.DRAFT_ONLY]
    modes = strict[: strict.index(mode) + 1]
    stricter = [catalogue(policy, partial(replace, mode=mode)) for mode in modes]
    verdicts = [decide(asked, one).verdict for one in stricter]
    assert verdicts == sorted(verdicts)


# --------------------------------------------------------------------------------------------------------------------- checks

floors = st.sampled_from(Verdict)
tables = st.sampled_from(["CHECKS", "STANDING_CHECKS"])


def with_checks(table: str, checks: tuple[Any, ...], asked: GateInput, policy: CompiledPolicy) -> Decision:
    """Decide by these checks, under a policy that has kept nothing yet."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gate, table, checks)
        return decide(asked, replace(policy))


@promised
@given(questions, policies(), floors, tables, st.integers(0, 10))
def test_adding_a_rule_never_loosens(asked: GateInput, policy: CompiledPolicy, floor: Verdict, table: str, place: int) -> None:
    rule = Reason(code="a_further_rule", floor=floor)
    before, checks = decide(asked, policy), getattr(gate, table)
    after = with_checks(table, (*checks[:place], lambda *_: rule, *checks[place:]), asked, policy)
    assert after.verdict is max(before.verdict, floor)
    assert told(after) == told(before) | {(rule.code, floor, "")}


@promised
@given(questions, policies(), tables, st.data())
def test_the_order_of_checks_does_not_matter(asked: GateInput, policy: CompiledPolicy, table: str, data: st.DataObject) -> None:
    checks = data.draw(st.permutations(getattr(gate, table)))
    before, after = decide(asked, policy), with_checks(table, tuple(checks), asked, policy)
    assert (after.verdict, told(after)) == (before.verdict, told(before))


@promised
@given(questions, policies())
def test_every_decision_names_a_reason(asked: GateInput, policy: CompiledPolicy) -> None:
    decision = decide(asked, policy)
    event(decision.verdict.name)
    found = [reason.floor for reason in decision.reasons]
    assert found == sorted(found, reverse=True)
    assert decision.verdict is decision.reasons[0].floor
    assert all(sentence(reason) for reason in decision.reasons)
    assert {reason.code for reason in decision.reasons} <= set(SENTENCES)
    assert len(told(decision)) == len(decision.reasons)


# ------------------------------------------------------------------------------------------------------ the rules of a charter

stocks = st.sampled_from(STOCK)


@promised
@given(questions, bare_policies, stocks, st.data())
def test_adding_a_rule_of_a_charter_never_loosens(
    asked: GateInput, policy: CompiledPolicy, rules: Mapping[str, RuleSpec], data: st.DataObject
) -> None:
    added = data.draw(st.sampled_from(sorted(rules)))
    fewer = {name: spec for name, spec in rules.items() if name != added}
    before, after = decide(asked, with_rules(policy, fewer)), decide(asked, with_rules(policy, rules))
    assert after.verdict >= before.verdict
    assert told(before) <= told(after)
    assert {name for _, _, name in told(after) - told(before)} <= {added}


@promised
@given(questions, bare_policies, stocks)
def test_a_rule_adds_its_own_floor_and_nothing_else(
    asked: GateInput, policy: CompiledPolicy, rules: Mapping[str, RuleSpec]
) -> None:
    bare, decision = decide(asked, policy), decide(asked, with_rules(policy, rules))
    added = [reason for reason in decision.reasons if reason.code in {"rule", "rule_not_evaluated"}]
    event(f"{len(added)} fired")
    assert {(reason.code, reason.floor, "") for reason in bare.reasons} == told(decision) - told(
        replace(bare, reasons=tuple(added))
    )
    assert [reason.floor.name.lower() for reason in added] == [rules[reason.values["rule"]].verdict for reason in added]
    assert decision.verdict is max([bare.verdict, *(reason.floor for reason in added)])
    assert (decision.classified, decision.in_force) == (bare.classified, bare.in_force)


@promised
@given(questions, bare_policies, stocks, st.data())
def test_the_order_of_rules_does_not_matter(
    asked: GateInput, policy: CompiledPolicy, rules: Mapping[str, RuleSpec], data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(rules.items()))))
    one, other = decide(asked, with_rules(policy, rules)), decide(asked, with_rules(policy, shuffled))
    assert (one.verdict, told(one)) == (other.verdict, told(other))


NEVER: dict[str, str] = {
    "record": 'record == "nobody"',
    "reach": "reach < 0",
    "listeners": "size(listeners) < 0",
    "owned": "owned && !owned",
    "step_ppm": "step_ppm < -100",
    "starts_in_minutes": "starts_in_minutes in []",
    "feeds": '"nothing" in feeds',
    "published": "published != published",
}
"""Conditions that never hold where they can be evaluated, by the one fact they look at."""


@promised
@given(questions, bare_policies, st.sampled_from(sorted(NEVER)), st.sampled_from(["hold", "draft", "block"]))
def test_a_rule_that_cannot_be_evaluated_tightens(asked: GateInput, policy: CompiledPolicy, fact: str, floor: str) -> None:
    asked = replace(asked, use_case=USE_CASE)
    rules = {"never": RuleSpec(when=NEVER[fact], verdict=floor, because="It is written.")}  # type: ignore[arg-type]  # one of three
    unknown: dict[str, Any] = {fact: None}
    doubtful = replace(asked, facts=replace(asked.facts, **unknown))
    bare, decision = decide(doubtful, policy), decide(doubtful, with_rules(policy, rules))
    looked_at = asked.operation in policy.charters[USE_CASE].operations
    added = {("rule_not_evaluated", Verdict[floor.upper()], "never")} if looked_at else set()
    assert told(decision) == told(bare) | added
    assert decision.verdict is max([bare.verdict, *(floor for _, floor, _ in added)])


@promised
@given(questions, policies())
def test_a_rule_that_fires_is_told_by_name_and_so_is_why_it_could_not_be_evaluated(
    asked: GateInput, policy: CompiledPolicy
) -> None:
    for reason in decide(asked, policy).reasons:
        if reason.code in {"rule", "rule_not_evaluated"}:
            spec = rules_of(policy)[reason.values["rule"]]
            assert not spec.operations or asked.operation in spec.operations
            assert set(reason.values) == {"rule", "says" if reason.code == "rule" else "found"}


@promised
@given(questions, policies())
def test_equal_questions_get_equal_answers(asked: GateInput, policy: CompiledPolicy) -> None:
    assert decide(asked, policy) == decide(replace(asked), replace(policy))


# ------------------------------------------------------------------------------------------------------------ claims and facts


@promised
@given(questions, policies(), claims)
def test_a_claim_never_relaxes(asked: GateInput, policy: CompiledPolicy, claimed: Claimed) -> None:
    claiming, silent, plain = replace(asked, claimed=claimed), replace(asked, claimed=Claimed()), deaf(policy)
    assert decide(claiming, policy).verdict >= decide(claiming, plain).verdict >= decide(silent, plain).verdict


@promised
@given(questions, policies(), claims, st.sampled_from(FIELDS))
def test_a_further_ground_never_relaxes(asked: GateInput, policy: CompiledPolicy, claimed: Claimed, ground: str) -> None:
    fewer, more = replace(asked, claimed=claimed), replace(asked, claimed=replace(claimed, grounds=(*claimed.grounds, ground)))
    plain = deaf(policy)
    assert decide(more, policy).verdict >= decide(more, plain).verdict >= decide(fewer, plain).verdict


def forgetting(facts: ActionFacts, missing: set[str]) -> ActionFacts:
    """Forget these facts, of the calls inside too."""
    calls = facts.inner
    if calls is not None:
        calls = tuple(replace(call, facts=forgetting(call.facts, missing - {"inner"})) for call in calls)
    unknown: dict[str, Any] = {"inner": calls} | dict.fromkeys(missing - {"further"})
    unknown |= {"further": {}} if "further" in missing else {}
    return replace(facts, **unknown)


@promised
@given(questions, policies(), st.sets(st.sampled_from(ActionFacts.__struct_fields__)))
def test_a_missing_fact_never_widens(asked: GateInput, policy: CompiledPolicy, missing: set[str]) -> None:
    entry = policy.entry(asked.operation)
    if entry is None or Condition.INNER_KNOWN not in entry.narrow_when:
        missing = missing - {"inner"}  # what is no envelope carries nothing, and nobody has to say so
    doubtful = replace(asked, facts=forgetting(asked.facts, missing))
    assert decide(doubtful, policy).verdict >= decide(asked, policy).verdict


@promised
@given(questions, bare_policies, st.integers(0, 5), st.integers(0, 5))
def test_a_wider_reach_never_gets_more(asked: GateInput, policy: CompiledPolicy, one: int, other: int) -> None:
    few, many = sorted((one, other))
    verdicts = [decide(replace(asked, facts=replace(asked.facts, reach=reach)), policy).verdict for reach in (few, many)]
    assert verdicts[0] <= verdicts[1]


@promised
@given(questions, policies(), st.sampled_from([None, True]))
def test_nobody_is_contacted_unless_it_is_established_that_one_may(
    asked: GateInput, policy: CompiledPolicy, suppressed: bool | None
) -> None:
    sending = catalogue(policy, partial(replace, contacts_person=True))
    doubtful = replace(asked, facts=replace(asked.facts, suppressed=suppressed))
    known = sending.entry(asked.operation) is not None
    assert decide(doubtful, sending).verdict is Verdict.BLOCK or not known


# --------------------------------------------------------------------------------------------------------------- stop and draw


@promised
@given(questions, policies())
def test_what_is_stopped_is_never_allowed(asked: GateInput, policy: CompiledPolicy) -> None:
    stopped, free = (replace(asked, stops=stops) for stops in (("everything",), ()))
    assert decide(stopped, policy).verdict is max(Verdict.HOLD, decide(free, policy).verdict)


@promised
@given(questions, policies())
def test_a_draw_holds_what_would_be_allowed_and_changes_nothing_else(asked: GateInput, policy: CompiledPolicy) -> None:
    drawn, undrawn = (replace(asked, drawn=drawn) for drawn in (True, False))
    assert decide(drawn, policy).verdict is max(Verdict.HOLD, decide(undrawn, policy).verdict)


@promised
@given(questions, policies())
def test_an_agent_cannot_tell_a_draw_from_any_other_hold(asked: GateInput, policy: CompiledPolicy) -> None:
    drawn, held = decide(replace(asked, drawn=True), policy), decide(replace(asked, drawn=False, stops=("everything",)), policy)
    assert for_agent(drawn.reasons) == for_agent(held.reasons)
    assert "drawn_for_review" not in {reason.code for reason in for_agent(drawn.reasons)}


# ----------------------------------------------------------------------------------------------------------------- allowed if


def granted_what_is_named(asked: GateInput, policy: CompiledPolicy, named: str) -> tuple[GateInput, CompiledPolicy]:
    """Change what was named, and nothing else."""
    charter = policy.charters[asked.use_case]
    if "charter listed" in named:
        operations = {**charter.operations, asked.operation: OperationSpec(arguments=())}
        policy = replace(policy, charters={asked.use_case: replace(charter, operations=operations)})
    if "arguments stayed" in named:
        asked = replace(asked, odd_arguments=())
    if "context windows" in named:
        seen = tuple(name for name in asked.claimed.grounds if name in charter.visible_fields)
        asked = replace(asked, claimed=replace(asked.claimed, grounds=seen))
    if "records" in named:
        asked = replace(asked, facts=replace(asked.facts, reach=charter.highest_reach))
    if "stop" in named:
        asked = replace(asked, stops=())
    if "grant" in named or "version" in named or "higher level" in named:
        asked = replace(asked, ceilings=())
    if "earned level 3" in named:
        asked = replace(asked, granted=max(asked.granted, Level.EXECUTE))
    return asked, policy


def one_ceiling(asked: GateInput) -> GateInput:
    """Keep one ceiling at most, below the grant as all are: the lowest is named, and lifting it is one step of several."""
    below = tuple(ceiling for ceiling in asked.ceilings if ceiling.level < asked.granted)
    return replace(asked, ceilings=below[:1])


def allowed_after_all(asked: GateInput, policy: CompiledPolicy) -> bool:
    """Say whether what is named would do; where nothing is named, nothing was promised."""
    named = allowed_if(decide(asked, policy))
    event(f"{len(named)} named")
    for each in named:
        asked, policy = granted_what_is_named(asked, policy, each)
    after = decide(asked, policy)
    return not named or all(reason.code.startswith("rule") for reason in after.reasons if reason.floor > Verdict.ALLOW)


@promised
@given(questions, policies())
def test_what_would_have_allowed_it_does(asked: GateInput, policy: CompiledPolicy) -> None:
    """Of rules: where one stands against it nothing is named, and only one that fires afterwards may stand against it then."""
    assert allowed_after_all(one_ceiling(asked), policy)


@promised
@given(questions, policies())
def test_nothing_is_named_where_a_rule_stands_against_it(asked: GateInput, policy: CompiledPolicy) -> None:
    decision = decide(asked, policy)
    fired = {reason.code for reason in decision.reasons} & {"rule", "rule_not_evaluated"}
    assert not (fired and allowed_if(decision))


@promised
@given(questions, bare_policies)
def test_what_can_be_had_is_never_called_impossible(asked: GateInput, policy: CompiledPolicy) -> None:
    plain = catalogue(
        policy,
        partial(
            replace,
            mode=Mode.EXECUTE,
            stage=Stage.EXECUTE_LOW_RISK,
            contacts_person=False,
            narrow=None,
            narrow_when=(),
            wide=MILD,
            overrides={},
        ),
    )
    asked = replace(one_ceiling(asked), use_case=USE_CASE, drawn=False, facts=replace(asked.facts, inner=None))
    decision, known = decide(asked, plain), plain.entry(asked.operation) is not None
    assert bool(allowed_if(decision)) is (known and decision.verdict is not Verdict.ALLOW)
    assert allowed_after_all(asked, plain)
