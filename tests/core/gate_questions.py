"""One question for every check of the gate, with the reasons and floors it has to answer with."""

from __future__ import annotations

from remit.core.catalogue import Condition, Mode, Override
from remit.core.charter import RuleSpec
from remit.core.classify import ActionFacts, InnerCall
from remit.core.gate import Ceiling, Claimed, GateInput
from remit.core.policy import CompiledPolicy
from remit.core.types import Kind, Level, Operation, UseCaseId, Verdict
from tests.changed import replace
from tests.core.bounded_questions import BOUNDED
from tests.core.small_policy import CLASSES, ESTABLISHED, OPERATION, USE_CASE, asked, charter, entry, policy

SENDS = policy(entry(contacts_person=True))
LIMITED = policy(charters={USE_CASE: charter(highest_reach=2)})
RULED = policy(
    charters={
        USE_CASE: charter(
            rules={
                "owned": RuleSpec(when="owned", verdict="hold", because="Somebody looks after this one already."),
                "elsewhere": RuleSpec(
                    when="owned", verdict="block", because="Never here.", operations=(Operation("email.send"),)
                ),
                "unsure": RuleSpec(
                    when="has(claimed.confidence_ppm) && claimed.confidence_ppm < 500000",
                    verdict="draft",
                    because="The agent says itself that it is unsure.",
                    operations=(OPERATION,),
                ),
            }
        )
    }
)
"""One rule for everything, one for another operation, one that looks at what the agent says of itself."""

DRAFTED = policy(
    entry(
        kind=Kind.DRAFT,
        wide=CLASSES["high, irreversible"],
        narrow=CLASSES["low, easy"],
        narrow_when=(Condition.DRAFT_UNPUBLISHED,),
        mode=Mode.APPROVE,
    )
)
ELSEWHERE = policy(
    entry(
        overrides={
            "sandbox": Override(at_least=CLASSES["medium, easy"], why="it mails."),
            "other": Override(at_least=CLASSES["high, easy"], why="it calls."),
        }
    )
)
CARRYING = policy(
    entry(),
    entry(
        operation=Operation("note.create"),
        wide=CLASSES["medium, easy"],
        narrow=CLASSES["low, easy"],
        narrow_when=(Condition.ONE_RECORD,),
    ),
    charters={USE_CASE: charter(highest_reach=1000)},
)


def carrying(*operations: str, reach: int | None = 1, inner_reach: int | None = 1) -> ActionFacts:
    """Return the facts of an envelope that carries these calls."""
    inside = replace(ESTABLISHED, reach=inner_reach)
    return replace(
        ESTABLISHED, reach=reach, inner=tuple(InnerCall(operation=Operation(name), facts=inside) for name in operations)
    )


CHECKED: dict[str, tuple[CompiledPolicy, GateInput, dict[str, Verdict]]] = {
    "nothing stands against it": (policy(), asked(), {"level_table": Verdict.ALLOW}),
    "no such use case": (
        policy(),
        asked(use_case=UseCaseId("nobody")),
        {"unknown_use_case": Verdict.BLOCK, "level_table": Verdict.ALLOW},
    ),
    "operation outside the charter": (
        policy(entry(operation=Operation("email.send"))),
        asked(operation=Operation("email.send")),
        {"operation_not_in_charter": Verdict.BLOCK, "level_table": Verdict.ALLOW},
    ),
    "another variant than the charter's": (
        policy(),
        asked(operation=Operation("contact.enrich:region")),
        {"operation_not_in_charter": Verdict.BLOCK, "level_table": Verdict.ALLOW},
    ),
    "operation nobody knows": (
        policy(),
        asked(operation=Operation("contact.teleport")),
        {"operation_not_in_charter": Verdict.BLOCK, "level_table": Verdict.HOLD, "unknown_operation": Verdict.HOLD},
    ),
    "odd argument": (
        policy(),
        asked(odd_arguments=("password",)),
        {"argument_not_in_charter": Verdict.BLOCK, "level_table": Verdict.ALLOW},
    ),
    "grounds outside every window": (
        policy(),
        asked(claimed=Claimed(grounds=("job", "health"))),
        {"outside_window": Verdict.BLOCK, "level_table": Verdict.ALLOW},
    ),
    "grounds inside the windows": (policy(), asked(claimed=Claimed(grounds=("job", "region"))), {"level_table": Verdict.ALLOW}),
    "confidence alone moves nothing": (policy(), asked(claimed=Claimed(confidence_ppm=0)), {"level_table": Verdict.ALLOW}),
    "reach unknown": (
        policy(),
        asked(facts=ActionFacts(reach=None)),
        {"level_table": Verdict.ALLOW, "reach_unknown": Verdict.HOLD},
    ),
    "reach at the limit": (LIMITED, asked(facts=ActionFacts(reach=2)), {"level_table": Verdict.ALLOW}),
    "reach over the limit": (
        LIMITED,
        asked(facts=ActionFacts(reach=3)),
        {"level_table": Verdict.ALLOW, "reach_over_limit": Verdict.HOLD},
    ),
    "suppressed person": (
        SENDS,
        asked(facts=ActionFacts(reach=1, suppressed=True)),
        {"suppressed": Verdict.BLOCK, "level_table": Verdict.ALLOW},
    ),
    "suppression unknown": (
        SENDS,
        asked(facts=ActionFacts(reach=1)),
        {"suppression_unknown": Verdict.BLOCK, "level_table": Verdict.ALLOW},
    ),
    "may be contacted": (SENDS, asked(facts=ActionFacts(reach=1, suppressed=False)), {"level_table": Verdict.ALLOW}),
    "suppressed, but nobody is contacted": (
        policy(),
        asked(facts=ActionFacts(reach=1, suppressed=True)),
        {"level_table": Verdict.ALLOW},
    ),
    "draft only": (
        policy(entry(mode=Mode.DRAFT_ONLY)),
        asked(),
        {"catalogue_draft_only": Verdict.DRAFT, "level_table": Verdict.ALLOW},
    ),
    "approve, wide form": (
        policy(entry(mode=Mode.APPROVE)),
        asked(),
        {"level_table": Verdict.ALLOW, "catalogue_approve": Verdict.HOLD},
    ),
    "for people only": (
        policy(entry(human_only=True)),
        asked(),
        {"level_table": Verdict.ALLOW, "catalogue_approve": Verdict.HOLD},
    ),
    "stopped": (policy(), asked(stops=("everything",)), {"level_table": Verdict.ALLOW, "stopped": Verdict.HOLD}),
    "drawn": (policy(), asked(drawn=True), {"level_table": Verdict.ALLOW, "drawn_for_review": Verdict.HOLD}),
    "a draft": (policy(entry(kind=Kind.DRAFT)), asked(granted=Level.ASSIST), {"draft_area": Verdict.ALLOW}),
    "a draft at level 0": (policy(entry(kind=Kind.DRAFT)), asked(granted=Level.OFF), {"level_table": Verdict.BLOCK}),
    "a draft under a stop": (
        policy(entry(kind=Kind.DRAFT)),
        asked(stops=("everything",)),
        {"draft_area": Verdict.ALLOW, "stopped": Verdict.HOLD},
    ),
    "a ceiling": (
        policy(),
        asked(ceilings=(Ceiling(level=Level.RECOMMEND, code="expired", detail="2026-01-01"),)),
        {"ceiling_expired": Verdict.HOLD},
    ),
    "a ceiling at the grant explains nothing": (
        policy(),
        asked(ceilings=(Ceiling(level=Level.EXECUTE, code="charter"),)),
        {"level_table": Verdict.ALLOW},
    ),
    "a rule of the charter": (
        RULED,
        asked(facts=replace(ESTABLISHED, owned=True)),
        {"level_table": Verdict.ALLOW, "rule": Verdict.HOLD},
    ),
    "no rule of the charter": (RULED, asked(), {"level_table": Verdict.ALLOW}),
    "a rule that nobody can evaluate": (
        RULED,
        asked(facts=replace(ESTABLISHED, owned=None)),
        {"level_table": Verdict.ALLOW, "rule_not_evaluated": Verdict.HOLD},
    ),
    "a rule about what the agent says": (
        RULED,
        asked(claimed=Claimed(confidence_ppm=499_999)),
        {"level_table": Verdict.ALLOW, "rule": Verdict.DRAFT},
    ),
    "a rule about what the agent says, which it escapes": (
        RULED,
        asked(claimed=Claimed(confidence_ppm=500_000)),
        {"level_table": Verdict.ALLOW},
    ),
    "a draft that stays one": (DRAFTED, asked(granted=Level.ASSIST), {"draft_area": Verdict.ALLOW}),
    "a draft that is live": (
        DRAFTED,
        asked(facts=replace(ESTABLISHED, published=True)),
        {"level_table": Verdict.HOLD, "catalogue_approve": Verdict.HOLD},
    ),
    "a draft of which nobody can tell": (
        DRAFTED,
        asked(facts=replace(ESTABLISHED, published=None)),
        {"level_table": Verdict.HOLD, "catalogue_approve": Verdict.HOLD},
    ),
    "a draft that carries a call": (
        DRAFTED,
        asked(facts=carrying("email.send")),
        {"level_table": Verdict.HOLD},
    ),
    "worse on its connector": (ELSEWHERE, asked(), {"level_table": Verdict.HOLD}),
    "worse on its connector, with a certificate": (
        ELSEWHERE,
        asked(granted=Level.OPTIMISE, certificate=True),
        {"level_table": Verdict.ALLOW},
    ),
    "an envelope of calls that are no worse": (
        CARRYING,
        asked(facts=carrying(OPERATION, "note.create")),
        {"level_table": Verdict.ALLOW},
    ),
    "an envelope that touches too much for the calls inside": (
        CARRYING,
        asked(facts=carrying("note.create", reach=2)),
        {"level_table": Verdict.HOLD},
    ),
    "an envelope that carries what nobody knows": (
        CARRYING,
        asked(facts=carrying(OPERATION, "contact.teleport")),
        {"level_table": Verdict.HOLD},
    ),
    "an envelope whose calls nobody counted": (
        CARRYING,
        asked(facts=carrying("note.create", inner_reach=None)),
        {"level_table": Verdict.HOLD},
    ),
    **BOUNDED,
}
