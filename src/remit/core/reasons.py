"""One sentence per reason code, the same at every door, and what would have changed the decision."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from remit.core.class_reasons import joined, obstacles
from remit.core.gate import Decision, Reason
from remit.core.limit_spec import LimitSpec
from remit.core.limits import SHARED
from remit.core.types import Level, Verdict

_LEVELS = {"0": "Off", "1": "Assist", "2": "Recommend", "3": "Execute low-risk", "4": "Optimise"}

SENTENCES: dict[str, str] = {
    "level_table": "At level {level} ({level_name}) an action of {risk} risk that {undoing} {consequence}.",
    "draft_area": "It only writes a draft inside Remit's own area; using the draft is a separate decision.",
    "ceiling_outside_grant": "The grant does not name this operation, so it stays at level 2 at most; this {consequence}.",
    "ceiling_version": "Another agent version ({detail}) earned the level; this one starts at level 2, so this {consequence}.",
    "ceiling_expired": "The grant ended on {detail} and was not renewed; until then level 2 is the most, so this {consequence}.",
    "ceiling_charter": "The charter allows at most level {level} here, so this {consequence}.",
    "ceiling_risk_statement": (
        "The risk statement lets an action of {risk} risk that {undoing} run at level {level} at most, so this {consequence}."
    ),
    "ceiling_data_quality": "Level 2 is the most, because {detail}; so this {consequence}.",
    "ceiling_readiness": "Level 2 is the most, because {detail}; so this {consequence}.",
    "erased": "What it is about was erased, so it does not happen.",
    "unknown_use_case": "No charter exists for this use case.",
    "operation_not_in_charter": "The charter of this use case does not allow {operation}.",
    "argument_not_in_charter": "The charter does not allow this argument or value: {found}.",
    "outside_window": "The agent relied on what it may not see: {found}.",
    "window_changed": "The context window it was made from is not the one in force; what changed: {found}.",
    "reach_unknown": "Nobody could say how many records this touches; the charter allows {limit}.",
    "reach_over_limit": "It touches {found} records; the charter allows {limit}.",
    "share_unknown": "Nobody could say how many could be reached at all; the charter allows {limit} of them.",
    "share_over_limit": "It touches {found} of all that could be reached; the charter allows {limit}.",
    "confidence_unknown": "The agent did not say how sure it is; the charter asks for {limit}.",
    "confidence_below": "The agent is {found} sure; the charter asks for {limit}.",
    "limit_unknown": "Nobody could say how much of the limit {limit} is used: {at_most} {counted} {window_for}.",
    "limit_reached": "{says}It would be {found} {counted} {window_for}; the limit {limit} is {at_most}.",
    "limit_of_all": "There is no room left for it under the limit {limit}, which others share.",
    "outside_contact_hours": (
        "It is {found} where the person lives; people are contacted from {earliest} to {latest}, so it does not leave before."
    ),
    "contact_hours_unknown": (
        "Nobody could say what time it is where the person lives; people are contacted from {earliest} to {latest}."
    ),
    "outside_mandate": "It is outside its mandate: {found}.",
    "suppressed": "The person asked not to be contacted.",
    "suppression_unknown": "Nobody could say whether the person may be contacted.",
    "rule": "{says}{shown_too} (Rule {rule}{saw}{cited}.){mended}{waits}",
    "rule_not_evaluated": "The rule {rule} could not be evaluated, so it counts: {found}.{cited_alone}",
    "unknown_operation": "The catalogue does not know {operation}, so it counts as high risk and irreversible.",
    "catalogue_draft_only": "The catalogue says that a person always carries out this kind of action.",
    "catalogue_approve": "The catalogue asks a person about this kind of action.",
    "stopped": "Stopped: {scope}.",
    "drawn_for_review": "It was picked by chance for a person to check before it happens; that is how a level stays under watch.",
    "changed_since_seen": "Something changed since it was looked at: {found}.",
    "approval_missing": "The policy now also asks for the approval of {found}.",
    "level_lost": "The level that allowed it was lost before the effect left.",
    "held_for_person": "A person decides about this one.",
}
"""Every reason code. The documentation lists them one by one and a test holds it to that."""

ALLOWED_IF: dict[str, str] = {
    "ceiling_outside_grant": "the grant named this operation",
    "ceiling_version": "this agent version had earned the level itself",
    "ceiling_expired": "the grant were renewed",
    "ceiling_charter": "the charter allowed a higher level",
    "ceiling_data_quality": "the data quality that the charter asks for were measured",
    "ceiling_readiness": "what the charter asks for before this level were shown and recorded",
    "operation_not_in_charter": "the charter listed this operation",
    "argument_not_in_charter": "the arguments stayed inside what the charter lists",
    "outside_window": "the agent relied only on fields of its context windows",
    "window_changed": "it were made anew from the window as it is now",
    "reach_unknown": "the connected system could say how many records it touches",
    "ceiling_risk_statement": "the risk statement allowed a higher level for this class",
    "share_over_limit": "it touched no more of all that could be reached than the charter allows",
    "share_unknown": "the connected system could say how many could be reached at all",
    "limit_reached": "the limit {limit} had not been reached",
    "limit_unknown": "it were known how much of the limit {limit} is used",
    "contact_hours_unknown": "it were known what time it is where the person lives",
    "reach_over_limit": "it touched no more records than the charter allows",
    "outside_mandate": "it stayed inside the bounds of its mandate",
    "stopped": "the stop were lifted",
}

_EARNED = "the use case had earned level 3 for this operation"

_UNDOING = {"easy": "is easy to undo", "partial": "can only partly be undone", "irreversible": "cannot be undone"}

_CONSEQUENCE = {
    Verdict.ALLOW: "may be carried out alone",
    Verdict.HOLD: "waits for a person",
    Verdict.DRAFT: "is prepared for a person to do",
    Verdict.BLOCK: "is not carried out",
}


def sentence(reason: Reason, *, saw: str = "") -> str:
    """Say one reason in words a marketer reads. `saw` is what a rule found, value against limit."""
    values = dict(reason.values)
    words = {
        **values,
        "consequence": _CONSEQUENCE[reason.floor],
        "level_name": _LEVELS.get(values.get("level", ""), ""),
        "undoing": _UNDOING.get(values.get("reversibility", ""), ""),
        "saw": f": {saw}" if saw else "",
        **_about_limit(values),
        **_about_source(values),
        **_about_mending(values),
    }
    text = SENTENCES[reason.code].format_map(words)
    return f"{text}{_about_class(values)}" if reason.code == "level_table" else text


def _about_limit(values: Mapping[str, str]) -> dict[str, str]:
    """Say what a limit counts, in which window and for whom: `messages in 7 days for this contact`."""
    if "window" not in values:
        return {}
    each = _TOGETHER if values["each"] == "organisation" else f"for this {values['each'].replace('_', ' ')}"
    says = f"{values['says']} " if values.get("says") else ""
    figures = {name: f"{int(values[name]):,}" for name in ("found", "at_most") if values.get(name, "").isdecimal()}
    return {"counted": _COUNTED[values["counts"]], "window_for": f"{_window(values['window'])} {each}", "says": says} | figures


def limit_words(spec: LimitSpec) -> str:
    """Say a limit in words: `at most 3 touches in 7 days for each contact, else hold`."""
    whose = _TOGETHER if spec.each == "organisation" else f"for each {spec.each.replace('_', ' ')}"
    return f"at most {spec.at_most:,} {_COUNTED[spec.counts]} {_window(spec.window)} {whose}, else {spec.verdict}"


def _window(window: str) -> str:
    """Say a window: `a day`, `in 7 days`. Days are those of UTC, the present one included."""
    many, unit = window.split(" ")
    return f"{'an' if unit.startswith('hour') else 'a'} {unit.removesuffix('s')}" if many == "1" else f"in {many} {unit}"


_TOGETHER = "for everybody together"


_COUNTED = {"actions": "actions", "reach": "records", "spend_minor": "in minor units of money", "touches": "touches"}


def _about_source(values: Mapping[str, str]) -> dict[str, str]:
    cites = values.get("cites", "")
    return {"cited": f"; {cites}" if cites else "", "cited_alone": f" ({cites}.)" if cites else ""}


def _about_mending(values: Mapping[str, str]) -> dict[str, str]:
    """Say what a rule found, what would mend it, and for how long it has to wait."""
    shown, suggest, wait = (values.get(name, "") for name in ("shown", "suggest", "wait"))
    return {
        "shown_too": f" Found: {shown}." if shown else "",
        "mended": f" {suggest}" if suggest else "",
        "waits": f" It does not leave within {wait} minutes." if wait else "",
    }


def _about_class(values: Mapping[str, str]) -> str:
    """Say what kept the action from a milder class, where anything did."""
    failed, known = (tuple(filter(None, values.get(name, "").split(", "))) for name in ("because", "contradicted"))
    found = obstacles(failed, tuple(name for name in failed if name not in known), small=values.get("small", ""))
    told = [f" It is not the milder form, because {joined(found)}."] if found else []
    told += [f" On {connector} it does more than elsewhere." for connector in (values.get("worse_on"),) if connector]
    told += [
        f" It carries {operation}, which is worse than the envelope itself."
        for operation in (values.get("carries"),)
        if operation
    ]
    return "".join(told)


def allowed_if(decision: Decision, otherwise: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Name what would have to change for the action to be allowed; empty when it is, or when nothing would do.

    `otherwise` completes "if" for rules, by name; agents are not told theirs, so that none learns what to claim.
    """
    unlocks = [_unlock(reason, otherwise) for reason in decision.reasons if reason.floor > Verdict.ALLOW]
    return unlocks if all(unlocks) else []


def _unlock(reason: Reason, otherwise: Mapping[str, str]) -> str:
    if "rule" in reason.values:
        return otherwise.get(reason.values["rule"], "")
    if not _of_level(reason):
        return ALLOWED_IF.get(reason.code, "").format_map(reason.values)
    if (reason.values["risk"], reason.values["reversibility"]) != ("low", "easy"):
        return ""  # no level alone allows it
    granted = int(reason.values.get("granted", reason.values["level"]))
    lifted = [ALLOWED_IF[reason.code]] if reason.code in ALLOWED_IF else []
    return " and ".join(lifted + ([_EARNED] if granted < Level.EXECUTE else []))


def without_others(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Keep from an agent how much others have taken from a limit they share: it only hears that there is no room."""
    return tuple(_without_others(reason) for reason in reasons)


def _without_others(reason: Reason) -> Reason:
    values = reason.values
    if reason.code != "limit_reached" or not values["limit"].startswith(SHARED) or values["each"] in _OF_ONE:
        return reason
    return Reason(code="limit_of_all", floor=reason.floor, values={"limit": values["limit"]})


_OF_ONE = {"use_case", "operation", "agent"}
"""For whom a limit of the organisation counts apart, so that its figures are the agent's own or its use case's."""


def as_told(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Put reasons in the order in which every door tells them: what no level would lift comes before a level that blocks too.

    A decision keeps the order in which the gate found them.
    """
    return tuple(sorted(reasons, key=lambda reason: (-reason.floor, reason.floor is Verdict.BLOCK and _of_level(reason))))


def _of_level(reason: Reason) -> bool:
    return reason.code == "level_table" or reason.code.startswith("ceiling_")


def for_agent(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Hide from an agent why a person looks: a hold by draw must read like any other hold."""
    strictest = max(reason.floor for reason in reasons)
    if strictest is Verdict.HOLD:
        return (Reason(code="held_for_person", floor=Verdict.HOLD),)
    return without_others(tuple(reason for reason in reasons if reason.floor is strictest))
