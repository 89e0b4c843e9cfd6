"""Questions about what people bound: the risk statement, limits, shares, confidence, hours of contact, rules of packs."""

from __future__ import annotations

from datetime import date

from remit.core.attributes import Told
from remit.core.charter import Charter, OperationSpec
from remit.core.gate import Claimed, GateInput
from remit.core.limit_spec import ContactHours, LimitSpec
from remit.core.pack import Pack, PackRule
from remit.core.policy import CompiledPolicy
from remit.core.risk_statement import RiskStatement
from remit.core.rulebook import compile_rules
from remit.core.types import Level, Verdict
from tests.changed import replace
from tests.core.small_policy import ESTABLISHED, OPERATION, USE_CASE, asked, charter, entry, policy

HOURS = ContactHours(earliest="09:00", latest="20:00")


def statement(**changes: object) -> RiskStatement:
    """Return a risk statement that caps nothing which the small catalogue holds."""
    plain: dict[str, object] = {
        "organisation": "Tests",
        "signed_by": "Ines",
        "signed_on": date(2026, 3, 1),
        "highest_level": {"low, easy": Level.OPTIMISE},
        "tolerance": 0.02,
        "tolerance_in_words": "at most 1 in 50 wrong",
    }
    return RiskStatement(**{**plain, **changes})  # type: ignore[arg-type]  # a table of a test


def stated(found: RiskStatement, **changes: object) -> CompiledPolicy:
    """Return the smallest policy under a risk statement."""
    return replace(policy(charters={USE_CASE: charter(**changes)}), risk_statement=found)


def chartered(**changes: object) -> CompiledPolicy:
    """Return the smallest policy with another charter."""
    return policy(charters={USE_CASE: charter(**changes)})


def spec(**changes: object) -> Charter:
    """Return the charter with its one operation written otherwise."""
    return charter(operations={OPERATION: replace(charter().operations[OPERATION], **changes)})


def known(reach: int | None = 1, **further: Told) -> GateInput:
    """Return a question with further facts; two underscores stand for the dot in a name."""
    return asked(
        facts=replace(ESTABLISHED, reach=reach, further={name.replace("__", "."): told for name, told in further.items()})
    )


def limit(**changes: object) -> dict[str, LimitSpec]:
    """Return one limit: three actions a day."""
    plain: dict[str, object] = {"counts": "actions", "at_most": 3, "window": "1 day"}
    return {"daily": LimitSpec(**{**plain, **changes})}  # type: ignore[arg-type]  # a table of a test


PACK = Pack(
    pack="mail-law",
    title="Mail",
    as_of=date(2026, 11, 1),
    version=1,
    about="For tests.",
    rules=(
        PackRule(
            id="mail.opted_out",
            operations=(OPERATION,),
            when="person.opted_out",
            verdict="block",
            unknown="hold",
            because="The person opted out.",
            cites="Art. 1",
            regions=("EU",),
        ),
        PackRule(
            id="mail.pixel",
            operations=(OPERATION,),
            when="message.open_tracking",
            verdict="note",
            unknown="note",
            because="It is tracked.",
            cites="Art. 2",
            suggest="Switch it off.",
        ),
    ),
)
PACKED = replace(policy(), packs={PACK.pack: PACK}, rules={USE_CASE: compile_rules(charter(), {}, [PACK])})

OK, HOLD, BLOCK = Verdict.ALLOW, Verdict.HOLD, Verdict.BLOCK
DAILY, SPEND = chartered(limits=limit()), chartered(limits=limit(counts="spend_minor", at_most=500, verdict="block"))
SHARED = chartered(highest_share=0.05)
SURE = policy(charters={USE_CASE: spec(lowest_confidence=0.7)})
CALM = policy(entry(contacts_person=True), charters={USE_CASE: charter(contact_hours=HOURS)})
QUIET, LIVES = {"mail.pixel": OK}, {"message__open_tracking": False}

BOUNDED: dict[str, tuple[CompiledPolicy, GateInput, dict[str, Verdict]]] = {
    "a risk statement that allows it": (stated(statement()), asked(), {"level_table": OK}),
    "a risk statement that caps its class": (
        stated(statement(highest_level={"low, easy": Level.RECOMMEND})),
        asked(),
        {"ceiling_risk_statement": HOLD},
    ),
    "a risk statement that does not name its class": (
        stated(statement(highest_level={})),
        asked(),
        {"ceiling_risk_statement": HOLD},
    ),
    "a risk statement that caps below what was granted only": (
        stated(statement(highest_level={"low, easy": Level.EXECUTE})),
        asked(),
        {"level_table": OK},
    ),
    "a limit that is not reached": (DAILY, asked(used={"enrich/daily": 2}), {"level_table": OK}),
    "a limit that it would pass": (DAILY, asked(used={"enrich/daily": 3}), {"level_table": OK, "limit_reached": HOLD}),
    "a limit of which nobody knows": (DAILY, asked(), {"level_table": OK, "limit_unknown": HOLD}),
    "a limit for another operation": (chartered(limits=limit(operations=("email.send",))), asked(), {"level_table": OK}),
    "a limit of the organisation": (
        stated(statement(limits=limit(each="organisation"))),
        asked(used={"risk_statement/daily": 3}),
        {"level_table": OK, "limit_reached": HOLD},
    ),
    "money left": (SPEND, replace(known(money__spend_minor=100), used={"enrich/daily": 400}), {"level_table": OK}),
    "money spent": (
        SPEND,
        replace(known(money__spend_minor=101), used={"enrich/daily": 400}),
        {"level_table": OK, "limit_reached": BLOCK},
    ),
    "money nobody counted": (SPEND, asked(used={"enrich/daily": 0}), {"level_table": OK, "limit_unknown": BLOCK}),
    "nothing to spend passes a limit that is used up": (
        SPEND,
        replace(known(money__spend_minor=0), used={"enrich/daily": 900}),
        {"level_table": OK},
    ),
    "touches of what touches nobody": (
        chartered(limits=limit(counts="touches", at_most=0)),
        asked(used={"enrich/daily": 0}),
        {"level_table": OK},
    ),
    "a touch": (
        policy(entry(contacts_person=True), charters={USE_CASE: charter(limits=limit(counts="touches", at_most=0))}),
        asked(used={"enrich/daily": 0}),
        {"level_table": OK, "limit_reached": HOLD},
    ),
    "what a limit names is a touch": (
        chartered(limits=limit(counts="touches", at_most=0, operations=(OPERATION,))),
        asked(used={"enrich/daily": 0}),
        {"level_table": OK, "limit_reached": HOLD},
    ),
    "a small share": (SHARED, known(audience__reachable=20), {"level_table": OK}),
    "too large a share": (SHARED, known(audience__reachable=19), {"level_table": OK, "share_over_limit": HOLD}),
    "a share of nobody knows how many": (SHARED, known(), {"level_table": OK, "share_unknown": HOLD}),
    "a share of none": (SHARED, known(audience__reachable=0), {"level_table": OK, "share_unknown": HOLD}),
    "sure enough": (SURE, asked(claimed=Claimed(confidence_ppm=700_000)), {"level_table": OK}),
    "not sure enough": (SURE, asked(claimed=Claimed(confidence_ppm=699_999)), {"level_table": OK, "confidence_below": HOLD}),
    "does not say how sure": (SURE, asked(), {"level_table": OK, "confidence_unknown": HOLD}),
    "inside the hours": (CALM, known(person__local_minute=9 * 60), {"level_table": OK}),
    "before the hours": (CALM, known(person__local_minute=9 * 60 - 1), {"level_table": OK, "outside_contact_hours": OK}),
    "after the hours": (CALM, known(person__local_minute=20 * 60), {"level_table": OK, "outside_contact_hours": OK}),
    "an hour nobody knows": (CALM, asked(), {"level_table": OK, "contact_hours_unknown": BLOCK}),
    "an hour that is none": (CALM, known(person__local_minute=1440), {"level_table": OK, "contact_hours_unknown": BLOCK}),
    "nobody is contacted, so no hour matters": (chartered(contact_hours=HOURS), asked(), {"level_table": OK}),
    "a rule of a pack": (
        PACKED,
        known(person__region="DE", person__opted_out=True, **LIVES),
        {"level_table": OK, "rule": BLOCK},
    ),
    "a rule of a pack for people elsewhere": (
        PACKED,
        known(person__region="US-NY", person__opted_out=True, **LIVES),
        {"level_table": OK},
    ),
    "a rule of a pack for somebody who lives nobody knows where": (
        PACKED,
        known(person__opted_out=True, **LIVES),
        {"level_table": OK, "rule": BLOCK},
    ),
    "a rule of a pack that cannot be evaluated": (
        PACKED,
        known(person__region="FR", **LIVES),
        {"level_table": OK, "rule_not_evaluated": HOLD},
    ),
    "a note of a pack": (
        PACKED,
        known(person__region="US", message__open_tracking=True),
        {"level_table": OK, "rule": OK},
    ),
}
"""By what each is about: the policy, the question, and every reason with its floor."""

__all__ = ["BOUNDED", "OperationSpec", "statement"]
