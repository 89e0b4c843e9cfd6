"""One sentence per reason, what would have changed it, and what an agent is told of it."""

from __future__ import annotations

import ast
import string
from functools import cache
from pathlib import Path

import pytest

from remit.core import gate
from remit.core.approval import at_release
from remit.core.catalogue import Condition, Override
from remit.core.class_reasons import CONDITION_WORDS
from remit.core.classify import ActionFacts, InnerCall
from remit.core.gate import Ceiling, Claimed, Decision, GateInput, Reason, decide
from remit.core.policy import CompiledPolicy
from remit.core.reasons import ALLOWED_IF, SENTENCES, allowed_if, as_told, for_agent, sentence, without_others
from remit.core.types import Kind, Level, Operation, Verdict
from tests.changed import replace
from tests.core.gate_questions import CHECKED, RULED
from tests.core.small_policy import CLASSES, ESTABLISHED, USE_CASE, asked, charter, entry, policy

SOURCES = Path(gate.__file__).parents[1]


@cache
def calls(name: str) -> list[dict[str, ast.expr]]:
    """Return the keyword arguments of every call of a name in the program."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py")]
    found = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        {word.arg: word.value for word in call.keywords if word.arg is not None}
        for call in found
        if ast.unparse(call.func).rpartition(".")[2] == name
    ]


def codes_of(name: str) -> set[str]:
    """Return the codes that are written out where this is made."""
    codes = [each["code"] for each in calls(name)]
    return {code.value for code in codes if isinstance(code, ast.Constant) and isinstance(code.value, str)}


def written_codes() -> set[str]:
    """Return every reason code that the program can write, ceilings spelt out."""
    return codes_of("Reason") | {f"ceiling_{code}" for code in codes_of("Ceiling")}


def test_every_code_that_can_be_written_has_a_sentence_and_every_sentence_a_code() -> None:
    assert written_codes() == set(SENTENCES)


def test_only_the_table_makes_codes_from_parts() -> None:
    made = [code for each in calls("Reason") if isinstance(code := each["code"], ast.JoinedStr)]
    assert [ast.unparse(code) for code in made] == ["f'ceiling_{lowest.code}'"]


def test_what_unlocks_belongs_to_a_reason() -> None:
    assert set(ALLOWED_IF) < set(SENTENCES)


CEILINGS = ("charter", "outside_grant", "version", "expired", "data_quality", "readiness")
CAPPED = [Ceiling(level=Level.RECOMMEND, code=code, detail="v1") for code in CEILINGS]
EMITTED: dict[str, tuple[CompiledPolicy, GateInput]] = {
    **{name: (rules, given) for name, (rules, given, _) in CHECKED.items()},
    **{f"ceiling {ceiling.code}": (policy(), asked(ceilings=(ceiling,))) for ceiling in CAPPED},
}


@pytest.mark.parametrize("name", EMITTED)
def test_every_reason_of_the_gate_makes_a_sentence(name: str) -> None:
    rules, given = EMITTED[name]
    for reason in decide(given, rules).reasons:
        told = sentence(reason)
        assert told.endswith((".", ".)"))
        assert not set("{}") & set(told)


def test_the_gate_was_heard_in_every_code_it_has() -> None:
    heard = {reason.code for rules, given in EMITTED.values() for reason in decide(given, rules).reasons}
    assert set(SENTENCES) - heard == {
        "approval_missing",
        "changed_since_seen",
        "level_lost",
        "held_for_person",
        "limit_of_all",
        "erased",
    }  # of judge, execute, review, erase and doors


def test_what_is_held_again_makes_a_sentence() -> None:
    _, reasons = at_release(decide(asked(), policy()), approved=True, moved=("record", "reach"))
    assert [sentence(reason) for reason in reasons] == ["Something changed since it was looked at: record, reach."]


def test_a_rule_is_told_in_the_words_of_its_charter_and_by_its_name() -> None:
    reason, *_ = decide(asked(facts=replace(ESTABLISHED, owned=True)), RULED).reasons
    assert sentence(reason) == "Somebody looks after this one already. (Rule owned.)"


def test_a_rule_that_cannot_be_evaluated_says_what_was_missing() -> None:
    reason, *_ = decide(asked(facts=replace(ESTABLISHED, owned=None)), RULED).reasons
    assert sentence(reason) == "The rule owned could not be evaluated, so it counts: owned is missing."


def reached(limit: str, each: str, floor: Verdict = Verdict.BLOCK) -> Reason:
    """Return what the gate says of a limit that is reached."""
    values = {"limit": limit, "at_most": "5", "window": "1 day", "each": each, "counts": "actions", "found": "6", "says": ""}
    return Reason(code="limit_reached", floor=floor, values=values)


@pytest.mark.parametrize(
    ("limit", "each", "shared"),
    [
        ("risk_statement/daily", "organisation", True),
        ("risk_statement/daily", "connector", True),
        ("risk_statement/daily", "contact", True),
        ("risk_statement/daily", "agent", False),
        ("risk_statement/daily", "use_case", False),
        ("risk_statement/daily", "operation", False),
        ("crm/daily", "organisation", False),
        ("crm/daily", "contact", False),
    ],
)
def test_an_agent_hears_that_a_shared_limit_is_reached_and_no_figure_of_others(limit: str, each: str, shared: bool) -> None:
    reason = reached(limit, each)
    for told in (without_others((reason,)), for_agent((reason,))):
        assert [one.code for one in told] == ["limit_of_all" if shared else "limit_reached"]
        assert ("6" in sentence(told[0])) is not shared
        assert told[0].floor is Verdict.BLOCK


@pytest.mark.parametrize("code", ["level_lost", "held_for_person"])
def test_a_sentence_without_values_needs_none(code: str) -> None:
    assert not [name for _, name, _, _ in string.Formatter().parse(SENTENCES[code]) if name]
    assert sentence(Reason(code=code, floor=Verdict.HOLD)) == SENTENCES[code]


FILLING = (Condition.NO_LISTENERS, Condition.FIELD_EMPTY, Condition.NOT_SET_BY_PERSON, Condition.ONE_RECORD)
SAID = {
    "alone": (
        policy(),
        asked(),
        "At level 3 (Execute low-risk) an action of low risk that is easy to undo may be carried out alone.",
    ),
    "off": (
        policy(),
        asked(granted=Level.OFF),
        "At level 0 (Off) an action of low risk that is easy to undo is not carried out.",
    ),
    "drafted": (
        policy(),
        asked(granted=Level.ASSIST),
        "At level 1 (Assist) an action of low risk that is easy to undo is prepared for a person to do.",
    ),
    "held": (
        policy(entry(wide=CLASSES["high, partial"])),
        asked(granted=Level.OPTIMISE),
        "At level 4 (Optimise) an action of high risk that can only partly be undone waits for a person.",
    ),
    "why it is not the milder form": (
        policy(entry(wide=CLASSES["medium, easy"], narrow=CLASSES["low, easy"], narrow_when=FILLING)),
        asked(facts=ActionFacts(reach=1, listeners=(), field_empty=False, set_by_person=True)),
        (
            "At level 3 (Execute low-risk) an action of medium risk that is easy to undo waits for a person. "
            "It is not the milder form, because it would overwrite a value that is already there "
            "and a person set the present value."
        ),
    ),
    "what nobody could tell, after what was found": (
        policy(entry(wide=CLASSES["medium, easy"], narrow=CLASSES["low, easy"], narrow_when=FILLING)),
        asked(facts=ActionFacts(reach=1, field_empty=False)),
        (
            "At level 3 (Execute low-risk) an action of medium risk that is easy to undo waits for a person. "
            "It is not the milder form, because it would overwrite a value that is already there "
            "and nobody could tell what listens to what it changes or who set the present value."
        ),
    ),
    "what the connector adds": (
        policy(entry(overrides={"sandbox": Override(at_least=CLASSES["high, easy"], why="it mails.")})),
        asked(),
        (
            "At level 3 (Execute low-risk) an action of high risk that is easy to undo waits for a person. "
            "On sandbox it does more than elsewhere."
        ),
    ),
    "what an envelope carries": (
        policy(),
        asked(facts=replace(ESTABLISHED, inner=(InnerCall(operation=Operation("email.send"), facts=ESTABLISHED),))),
        (
            "At level 3 (Execute low-risk) an action of high risk that cannot be undone waits for a person. "
            "It carries email.send, which is worse than the envelope itself."
        ),
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_the_table_says_it_in_words(name: str) -> None:
    rules, given, wanted = SAID[name]
    assert sentence(decide(given, rules).reasons[0]) == wanted


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_its_words(condition: Condition) -> None:
    rules = policy(entry(wide=CLASSES["medium, easy"], narrow=CLASSES["low, easy"], narrow_when=(condition,)))
    (told,) = [sentence(reason) for reason in decide(asked(facts=ActionFacts()), rules).reasons if reason.code == "level_table"]
    assert f"because nobody could tell {CONDITION_WORDS[condition].unknown}." in told


# ---------------------------------------------------------------------------------------------------------------- allowed if

EARNED = "the use case had earned level 3 for this operation"
UNLOCKED: dict[str, tuple[CompiledPolicy, GateInput, list[str]]] = {
    "it is allowed": (policy(), asked(), []),
    "a level that can be earned": (policy(), asked(granted=Level.RECOMMEND), [EARNED]),
    "a class that no level allows": (policy(entry(wide=CLASSES["high, easy"])), asked(granted=Level.RECOMMEND), []),
    "a stop": (policy(), asked(stops=("everything",)), ["the stop were lifted"]),
    "a stop and a level": (policy(), asked(granted=Level.RECOMMEND, stops=("everything",)), [EARNED, "the stop were lifted"]),
    "lifting the stop would not do": (
        policy(entry(wide=CLASSES["high, easy"])),
        asked(stops=("everything",)),
        [],
    ),
    "a draw is not to be guessed": (policy(), asked(drawn=True, stops=("everything",)), []),
    "a grant that ended": (policy(), asked(ceilings=(CAPPED[3],)), ["the grant were renewed"]),
    "a grant that would not have been enough": (policy(entry(wide=CLASSES["medium, easy"])), asked(ceilings=(CAPPED[3],)), []),
    "a ceiling below a low grant": (
        policy(),
        asked(granted=Level.RECOMMEND, ceilings=(Ceiling(level=Level.ASSIST, code="charter"),)),
        [f"the charter allowed a higher level and {EARNED}"],
    ),
    "a suppressed person": (
        policy(entry(contacts_person=True)),
        asked(stops=("everything",), facts=ActionFacts(reach=1, suppressed=True)),
        [],
    ),
    "a rule of the charter is not to be talked round": (
        RULED,
        asked(stops=("everything",), facts=replace(ESTABLISHED, owned=True)),
        [],
    ),
    "several things at once": (
        policy(entry(operation=Operation("note.create"))),
        asked(
            operation=Operation("note.create"),
            odd_arguments=("x",),
            claimed=Claimed(grounds=("health",)),
            facts=ActionFacts(reach=9),
        ),
        [
            "the charter listed this operation",
            "the arguments stayed inside what the charter lists",
            "the agent relied only on fields of its context windows",
            "it touched no more records than the charter allows",
        ],
    ),
}


@pytest.mark.parametrize("name", UNLOCKED)
def test_what_would_have_changed_it_is_named_only_when_it_would_do(name: str) -> None:
    rules, given, wanted = UNLOCKED[name]
    assert allowed_if(decide(given, rules)) == wanted


# ----------------------------------------------------------------------------------------------------------- told to an agent


def told(given: GateInput, rules: CompiledPolicy | None = None) -> list[tuple[str, str]]:
    """Return what an agent reads."""
    decision: Decision = decide(given, rules or policy())
    return [(reason.code, sentence(reason)) for reason in for_agent(decision.reasons)]


HELD = {
    "drawn": asked(drawn=True),
    "the level": asked(granted=Level.RECOMMEND),
    "the reach": asked(facts=ActionFacts(reach=9)),
    "a stop": asked(stops=("everything",)),
    "a stop and a draw": asked(stops=("everything",), drawn=True),
    "a ceiling": asked(ceilings=(CAPPED[2],)),
}


@pytest.mark.parametrize("name", HELD)
def test_a_hold_by_draw_reads_like_any_other_hold(name: str) -> None:
    assert told(HELD[name]) == told(asked(drawn=True)) == [("held_for_person", "A person decides about this one.")]


@pytest.mark.parametrize("drawn", [True, False])
def test_what_is_blocked_is_explained_to_its_agent_and_no_draw_shows(drawn: bool) -> None:
    given = asked(odd_arguments=("x",), claimed=Claimed(grounds=("health",)), drawn=drawn)
    assert [code for code, _ in told(given)] == ["argument_not_in_charter", "outside_window"]


def test_what_a_person_has_to_do_is_explained_without_the_holds_beside_it() -> None:
    assert [code for code, _ in told(asked(granted=Level.ASSIST, drawn=True, stops=("everything",)))] == ["level_table"]


def test_what_is_allowed_says_so() -> None:
    assert [code for code, _ in told(asked())] == ["level_table"]
    assert [code for code, _ in told(asked(), policy(entry(kind=Kind.DRAFT)))] == ["draft_area"]


# ---------------------------------------------------------------------------------------------------------- in which order


@pytest.mark.parametrize("granted", Level)
def test_what_the_charter_does_not_allow_is_told_first_at_every_level(granted: Level) -> None:
    found = decide(asked(granted=granted), policy(charters={USE_CASE: charter(operations={})}))
    told = as_told(found.reasons)
    assert told[0].code == "operation_not_in_charter"
    assert (sorted(told, key=repr), told[0].floor) == (sorted(found.reasons, key=repr), found.verdict)


@pytest.mark.parametrize("name", CHECKED)
def test_the_strictest_reason_is_told_first_and_none_is_lost(name: str) -> None:
    rules, given, _ = CHECKED[name]
    found = decide(given, rules)
    told = as_told(found.reasons)
    assert [one.floor for one in told] == [one.floor for one in found.reasons]
    assert sorted(told, key=repr) == sorted(found.reasons, key=repr)
