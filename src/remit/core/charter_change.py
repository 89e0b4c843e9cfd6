"""What changes in a charter, field by field, and which way that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from remit.core.change import Change, Direction, Fields, Where, appeared, between, each, moved, said_of, vanished
from remit.core.change_scale import allowed, asked, least, most, named, reach, unknown, words
from remit.core.charter import ApprovalSpec, Charter, OperationSpec, PackChoice, RuleSpec, WindowSpec
from remit.core.document_words import charter_tells
from remit.core.evidence_spec import EvidenceSpec
from remit.core.limit_change import hours, limits_between
from remit.core.mandate_spec import MandateSpec
from remit.core.quorum import demands, in_words, places
from remit.core.regions import countries_of
from remit.core.types import UseCaseId, Value, Verdict

D = Direction


def charters_between(before: Mapping[UseCaseId, Charter], after: Mapping[UseCaseId, Charter]) -> Iterator[Change]:
    """Compare all charters. A new one is looser: without it, everything in its name was blocked."""
    for name in dict.fromkeys((*before, *after)):
        where = Where(path=f"charter:{name}", words=f"use case {name}", use_case=name)
        if name not in before:
            yield appeared(where, "", "its charter", after[name].title, D.LOOSER, tells=charter_tells(after[name]))
        elif name not in after:
            yield vanished(where, "", "its charter", before[name].title, D.TIGHTER)
        else:
            yield from _charter(where, before[name], after[name])


def _charter(where: Where, before: Charter, after: Charter) -> Iterator[Change]:
    yield from between(where, before, after, _CHARTER, apart=_APART)
    inside = where.part("operations", "operations")
    yield from each(inside, "operation", before.operations, after.operations, new=lambda _: D.LOOSER, inside=_operation)
    inside = where.part("windows", "context")
    yield from each(inside, "window", before.windows, after.windows, new=lambda _: D.LOOSER, inside=_window)
    inside = where.part("rules", "rules")
    yield from each(inside, "rule", before.rules, after.rules, new=lambda _: D.TIGHTER, inside=_rule)
    yield from limits_between(where.part("limits", "limits"), before.limits, after.limits)
    if before.approval != after.approval:
        yield _approval(where, before.approval, after.approval)
    yield from _packs(where.part("packs", "packs"), before.packs, after.packs)
    yield from between(where.part("readiness", "readiness"), before.readiness, after.readiness, _READINESS)
    yield from _evidence(where.part("evidence", "evidence"), before.evidence, after.evidence)


def _approval(where: Where, before: ApprovalSpec, after: ApprovalSpec) -> Change:
    """Compare whose approval it takes by what would satisfy both."""
    was, now = places(before, two_people=False), places(after, two_people=False)
    direction = _DEMANDS[demands(now, was), demands(was, now)]
    said = f"it takes the approval of {in_words(now)}; it took that of {in_words(was)}"
    return said_of(where, "approval", said, before, after, direction)


_DEMANDS = {(True, True): D.NEITHER, (True, False): D.TIGHTER, (False, True): D.LOOSER, (False, False): D.BOTH}


def _operation(where: Where, before: OperationSpec, after: OperationSpec) -> Iterator[Change]:
    yield from between(where, before, after, _OPERATION, apart=("values", "mandate"))
    inside = where.part("values", "values")
    yield from each(inside, "the list for", before.values, after.values, new=lambda _: D.TIGHTER, inside=_values)
    if before.mandate != after.mandate:
        yield from _mandate(where, before.mandate, after.mandate)


def _values(where: Where, before: tuple[Value, ...], after: tuple[Value, ...]) -> Iterator[Change]:
    yield moved(where, "", "what it may be", before, after, allowed(before, after))


def _mandate(where: Where, before: MandateSpec | None, after: MandateSpec | None) -> Iterator[Change]:
    """Compare mandates: one is many moves that nobody has to approve."""
    if before is None:
        yield appeared(where, "mandate", "its mandate", after, D.LOOSER)
    elif after is None:
        yield vanished(where, "mandate", "its mandate", before, D.TIGHTER)
    else:
        yield from between(where.part("mandate", "mandate"), before, after, _MANDATE)


def _window(where: Where, before: WindowSpec, after: WindowSpec) -> Iterator[Change]:
    yield from between(where, before, after, _WINDOW, apart=("fields", "where", "redact"))
    if before.fields != after.fields:
        yield _seen(where, before.fields, after.fields)
    inside = where.part("where", "rows")
    yield from each(inside, "the condition on", before.where, after.where, new=lambda _: D.TIGHTER, inside=_row_condition)
    inside = where.part("redact", "hidden")
    yield from each(inside, "hiding", before.redact, after.redact, new=lambda _: D.TIGHTER, inside=_redaction)


def _seen(where: Where, before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    """Say which fields an agent comes to see, and which it sees no longer."""
    more, fewer = ([name for name in one if name not in other] for one, other in ((after, before), (before, after)))
    told = [f"also sees {', '.join(more)}"] if more else []
    told += [f"no longer sees {', '.join(fewer)}"] if fewer else []
    said = f"an agent {' and '.join(told) or 'sees the same fields in another order'}"
    return said_of(where, "fields", said, before, after, allowed(before, after))


def _row_condition(where: Where, before: Value, after: Value) -> Iterator[Change]:
    yield moved(where, "", "the value", before, after, D.BOTH)


def _redaction(where: Where, before: str, after: str) -> Iterator[Change]:
    direction = {after: D.TIGHTER, before: D.LOOSER}.get("presence", D.BOTH)  # it shows least; the others show different things
    yield moved(where, "", "what is shown", before, after, direction)


def _rule(where: Where, before: RuleSpec, after: RuleSpec) -> Iterator[Change]:
    return between(where, before, after, _RULE)


def verdict_floor(before: str, after: str) -> Direction:
    """Compare verdicts of rules by their names; `note` asks for nothing. Waiting and holding are not one below the other."""
    if {before, after} == {"wait", "hold"}:
        return D.BOTH
    return D.TIGHTER if _FLOORS.index(after) > _FLOORS.index(before) else D.LOOSER


_FLOORS = ["note", "wait", *(verdict.name.lower() for verdict in Verdict if verdict is not Verdict.ALLOW)]


def _packs(where: Where, before: PackChoice, after: PackChoice) -> Iterator[Change]:
    yield from between(where, before, after, _PACKS, apart=("without",))
    yield from each(where, "leaving out", before.without, after.without, new=lambda _: D.LOOSER, inside=_reworded)


def _reworded(where: Where, before: str, after: str) -> Iterator[Change]:
    yield moved(where, "", "the reason", before, after, D.NEITHER)


def regions(before: tuple[str, ...], after: tuple[str, ...]) -> Direction:
    """Compare where rules are there for people: more is tighter, and nowhere named is everywhere."""
    return reach(countries_of(before), countries_of(after))


def _evidence(where: Where, before: EvidenceSpec, after: EvidenceSpec) -> Iterator[Change]:
    yield from between(where, before, after, _EVIDENCE, apart=("losses", "outcomes", "certificate", "cluster"))
    yield from between(where.part("losses", "losses"), before.losses, after.losses, _LOSSES)
    yield from between(where.part("outcomes", "outcomes"), before.outcomes, after.outcomes, _OUTCOMES)
    yield from between(where.part("certificate", "certificate"), before.certificate, after.certificate, _CERTIFICATE)
    yield from between(where.part("cluster", "cluster"), before.cluster, after.cluster, _CLUSTER)


def _hours_to_lapse(before: int | None, after: int | None) -> Direction:
    """Compare deadlines: sooner is tighter, and how long a working day is, nobody can tell here."""
    return D.BOTH if before is None or after is None else most(before, after)


_APART = ("windows", "operations", "evidence", "rules", "packs", "limits", "readiness", "approval")
_CHARTER: Fields = {
    "title": ("the title", words),
    "goal": ("the goal", words),
    "owner": ("the owner", words),
    "line_of_business": ("the line of business", words),
    "owner_role": ("the owner's role", words),
    "measure": ("the goal as a figure", words),
    "assumptions": ("the assumptions", words),
    "kpi_targets": ("the targets", words),
    "hourly_cost_minor": ("what an hour of review costs", words),
    "baseline_minutes": ("the minutes an action took before", words),
    "non_negotiables": ("what is not negotiable", asked),
    "kept_by_people": ("what people keep", asked),
    "escalation": ("whom to ask when nobody answers", asked),
    "connector": ("the connected system", unknown),
    "suite": ("the golden cases", unknown),
    "brand": ("the brand", unknown),
    "currency": ("the currency", unknown),
    "starts_at": ("the level it starts at", most),
    "highest_level": ("the highest level", most),
    "take_back_seconds": ("the seconds to take an approval back", least),
    "deadline_hours": ("the hours until a proposal lapses", _hours_to_lapse),
    "calendar": ("when the team works", unknown),
    "grant_days": ("the days a grant holds", most),
    "highest_reach": ("the most records one action may touch", most),
    "highest_share": ("the largest part of all that one action may reach", most),
    "contact_hours": ("the hours of contact", hours),
}
_OPERATION: Fields = {
    "arguments": ("the arguments it may take", allowed),
    "highest_level": ("the highest level", most),
    "lowest_confidence": ("the lowest confidence", least),
}
_MANDATE: Fields = {
    "metric": ("what it optimises", unknown),
    "lowest_ppm": ("the lower end of the band", least),
    "highest_ppm": ("the upper end of the band", most),
    "step_ppm": ("the largest step", most),
    "moves_per_day": ("the moves a day", most),
    "smallest_sample": ("the smallest sample", least),
    "holdout_ppm": ("the share that stays with the control", least),
    "stop_when_worse_by_ppm": ("how much worse stops it", most),
    "until": ("its last day", most),
    "sample_ratio_alpha": ("how soon an odd split stops it", least),
}
_WINDOW: Fields = {
    "delay_hours": ("how late it sees them", least),
    "version": ("its version", words),
    "fresh_hours": ("how old a row may be", most),
    "why": ("what its fields are for", words),
    "kind": ("the kind of record", unknown),
    "source": ("the source", unknown),
}
_RULE: Fields = {
    "when": ("its condition", unknown),
    "verdict": ("its verdict", verdict_floor),
    "because": ("its sentence", words),
    "operations": ("the operations it looks at", reach, "all of them"),
    "cites": ("what it cites", words),
}
_PACKS: Fields = {"regions": ("where its recipients live", regions, "anywhere")}
_READINESS: Fields = {
    "data_quality": ("the data quality asked for", least),
    "outcome_source": ("the source of outcomes asked for", named),
    "escalation_tested": ("a tested way of escalation", least),
    "undo_proven": ("a proven undo", least),
}
_EVIDENCE: Fields = {
    "tolerance": ("the tolerance", most),
    "why": ("its reason", words),
    "alpha": ("the budget for false promotions", most),
    "miss_rate": ("the share of errors reviewers are assumed to overlook", least),
    "qa_rate": ("the share drawn for review", least),
    "qa_rate_highest": ("the share drawn while answers warn", least),
    "harm_cap": ("the errors that may escape", most),
    "detect_days": ("the days to notice a drift", most),
    "run_length": ("the reviews between two false demotions", most),
    "violations_to_demote": ("the violations that end a level", most),
    "drafts_to_level_2": ("the drafts to answer before level 2", least),
}
_LOSSES: Fields = {
    "edited": ("what a heavy edit costs", least),
    "edited_lightly": ("what a light edit costs", least),
    "light_up_to": ("how much of the text a light edit changes", most),
    "style": ("what an edit of taste costs", least),
    "style_reasons": ("the reasons that are a matter of taste", allowed),
    "rejected": ("what a rejection costs", least),
}
_OUTCOMES: Fields = {
    "losses": ("what later outcomes cost", unknown),
    "wait_days": ("the days a clean answer waits", least),
    "tolerated": ("the bearable loss by outcomes", most),
}
_CERTIFICATE: Fields = {
    "delta": ("the budget for false certificates", most),
    "days": ("the days a passed suite is good for", most),
}
_CLUSTER: Fields = {"key": ("what is one observation", unknown), "why": ("its reason", words)}
