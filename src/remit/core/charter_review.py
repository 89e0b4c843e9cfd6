"""What a reviewer would say of a charter that can be read: not errors, but what a team should know before it adopts one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from remit.core.catalogue import base_of
from remit.core.charter import Charter, GoalMeasure
from remit.core.charter_finding import Finding, Surroundings
from remit.core.document_faults import Way, meant
from remit.core.outlook import mildest
from remit.core.pack_demands import pack_findings
from remit.core.risk_statement import RiskStatement, class_name
from remit.core.types import Level, Operation


def review(charter: Charter, beside: Surroundings) -> list[Finding]:
    """Return everything a reviewer would say, in the order of the document."""
    return [
        *_aim(charter),
        *_measure(charter.measure, beside.today),
        *_surroundings(charter, beside),
        *_unknown_operations(charter, beside),
        *_unearned(charter),
        *_levels(charter, beside),
        *_tolerance(charter, beside.statement),
        *_cluster(charter),
        *_names_without_effect(charter),
        *_take_back(charter),
        *_windows(charter),
        *_sensitive(charter),
        *pack_findings(charter, beside),
    ]


def _aim(charter: Charter) -> Iterator[Finding]:
    if charter.measure is None:
        do = (
            "Add `measure` with metric, baseline, target, by and counter_metric, so that a review can say whether it was worth it"
        )
        yield Finding(code="no_measure", found="the goal is a sentence and no figure", do=do)
    elif not charter.measure.counter_metric:
        do = "Add `counter_metric`: what must not get worse while the metric gets better"
        yield Finding(code="no_counter_metric", way=("measure",), found="nothing is watched that could pay for the gain", do=do)
    if not charter.escalation:
        do = "Add `escalation` with after_hours, role and channel"
        yield Finding(code="no_escalation", found="nobody is asked when nobody answers", do=do)
    if not charter.limits:
        do = "Add `limits`, at least how many actions a day; a limit bounds what a mistake can do before somebody sees it"
        yield Finding(code="no_limits", found="nothing bounds how much may happen in a day", do=do)


def _take_back(charter: Charter) -> Iterator[Finding]:
    """Find a window in which nobody can take an approval back."""
    if charter.take_back_seconds is not None and charter.take_back_seconds < _SHORTEST:
        found = f"an approval can be taken back for {charter.take_back_seconds} seconds"
        do = f"Write {_SHORTEST} to 60, or leave it out: then it is 8, 20 or 30 by how hard the effect is to undo"
        yield Finding(code="short_take_back", way=("take_back_seconds",), found=found, do=do)


_SHORTEST = 5
"""Seconds in which somebody notices a slip of her finger."""


def _measure(measure: GoalMeasure | None, today: date | None) -> Iterator[Finding]:
    if measure is None:
        return
    if today is not None and measure.by < today:
        found, do = f"{measure.by} is past", "Write the day by which the goal shall be reached"
        yield Finding(code="measure_past", way=("measure", "by"), found=found, do=do)
    low, high = sorted((measure.baseline, measure.target))
    if 0 < low < 1 < high <= _PERCENT and high >= _FAR * low:
        found = f"from {measure.baseline:g} to {measure.target:g} does not look like one scale"
        do = f"Write both as shares ({high:g} % is {high / _PERCENT:g}), or both as percentages ({low:g} is {low * _PERCENT:g} %)"
        yield Finding(code="measure_scale", way=("measure", "target"), found=found, do=do)


_PERCENT, _FAR = 100, 20


def _surroundings(charter: Charter, beside: Surroundings) -> Iterator[Finding]:
    if charter.connector not in beside.connected:
        known = ", ".join(sorted(beside.connected))
        found = f"{charter.connector} is not connected; connected: {known}"
        do = f"Connect it before agents begin, or try the charter out on {known}"
        yield Finding(code="not_connected", way=("connector",), found=found, do=do)
    if charter.brand and charter.brand not in beside.brands:
        do = meant(charter.brand, {*beside.brands}) if beside.brands else "Give the brand document too, or leave the entry out"
        yield Finding(code="unknown_brand", way=("brand",), found=f"no brand document is called {charter.brand}", do=do)
    for name in charter.packs.without:
        if name not in beside.packs:
            do = meant(name, {*beside.packs})
            yield Finding(code="unknown_pack", way=("packs", "without", name), found=f"no pack is called {name}", do=do)


def _unknown_operations(charter: Charter, beside: Surroundings) -> Iterator[Finding]:
    for name in charter.operations:
        if base_of(name) not in beside.catalogue:
            found = f"the catalogue does not know {name}, so it would count as high risk and irreversible"
            do = meant(base_of(name), {*beside.catalogue}) if _close(name, beside) else "Choose one from `remit catalogue list`"
            yield Finding(code="unknown_operation", way=("operations", name), found=found, do=do)


def _close(name: Operation, beside: Surroundings) -> bool:
    return meant(base_of(name), {*beside.catalogue}).startswith("Did")


def _unearned(charter: Charter) -> Iterator[Finding]:
    """Find a start above level 2: from 3 on nobody looks first, and nothing was observed yet that would say it may be so."""
    named = [name for name, spec in charter.operations.items() if min(charter.starts_at, spec.highest_level) > Level.RECOMMEND]
    if named:
        alone = f"{', '.join(named)} may run without a person"
        found = f"it starts at level {charter.starts_at}, where {alone}, on no evidence at all"
        do = "Write `starts_at: 2`, or 1; a higher level is offered once enough answers speak for it"
        yield Finding(code="starts_unearned", way=("starts_at",), found=found, do=do)


def _levels(charter: Charter, beside: Surroundings) -> Iterator[Finding]:
    if beside.statement is None:
        return
    for name, spec in charter.operations.items():
        if base_of(name) not in beside.catalogue:
            continue  # said already
        found = mildest(beside.catalogue[base_of(name)], charter.connector)
        allowed, starts = beside.statement.highest(found), min(charter.starts_at, spec.highest_level)
        if starts > allowed:
            yield Finding(
                code="starts_above_statement",
                way=("starts_at",),
                found=f"{name} is {class_name(found)} and starts at level {starts}; the risk statement allows {allowed}",
                do=f"Write `starts_at: {allowed}`, or `highest_level: {allowed}` at {name}",
            )


def _tolerance(charter: Charter, statement: RiskStatement | None) -> Iterator[Finding]:
    if statement is not None and charter.evidence.tolerance > statement.tolerance:
        yield Finding(
            code="tolerance_looser",
            way=("evidence", "tolerance"),
            found=f"{charter.evidence.tolerance:g} is looser than the risk statement's {statement.tolerance:g}",
            do=f"Write {statement.tolerance:g} or less, or have the exception signed and say in `why` what a wrong one costs",
        )


_TEXTS = {"subject", "body", "title", "text", "message", "template", "note", "preheader", "html", "summary"}


def _cluster(charter: Charter) -> Iterator[Finding]:
    arguments = {name for spec in charter.operations.values() for name in spec.arguments}
    key, way = charter.evidence.cluster.key, ("evidence", "cluster", "key")
    templates = sorted(_TEXTS & arguments)
    if "record" in key and templates:
        yield Finding(
            code="cluster_too_fine",
            way=way,
            found=f"every record counts by itself, although {', '.join(templates)} may come from one template",
            do=f"Put argument:{templates[0]} in place of record: a fault in a template is one mistake, not one a record",
        )
    known = {"day", "record", "operation"} | {f"argument:{name}" for name in arguments}
    for number, part in enumerate(key):
        if part in arguments - known:
            do = f"Did you mean argument:{part}?"
            yield Finding(code="cluster_part", way=(*way, number), found=f"{part} is no part by itself, but an argument", do=do)
        elif part not in known:
            found = f"{part} is the same for every action, so it tells none of them apart"
            yield Finding(code="cluster_part", way=(*way, number), found=found, do=meant(part, known))


def _names_without_effect(charter: Charter) -> Iterator[Finding]:
    """Find what names something that is not there: it looks like a bound, and bounds nothing."""
    named: set[str] = {*charter.operations}
    there = named | {base_of(name) for name in charter.operations}
    for kind, specs, known in (("rules", charter.rules, named), ("limits", charter.limits, there)):
        for name, spec in specs.items():
            for number, operation in enumerate(spec.operations):
                if operation not in known:
                    way: Way = (kind, name, "operations", number)
                    found = f"{operation} is no operation of this charter"
                    yield Finding(code="no_such_operation", way=way, found=found, do=meant(operation, known))
    for name, one in charter.operations.items():
        for argument in one.values:
            if argument not in one.arguments:
                way = ("operations", name, "values", argument)
                found = f"{argument} is no argument of {name}"
                yield Finding(code="no_such_argument", way=way, found=found, do=meant(argument, {*one.arguments}))


def _windows(charter: Charter) -> Iterator[Finding]:
    named = _named_fields(charter)
    for name, window in charter.windows.items():
        unused = [field for field in window.fields if field not in named and not says(window.why, field)]
        if unused:
            yield Finding(
                code="window_too_wide",
                way=("windows", name, "fields"),
                found=f"no operation and no rule needs {', '.join(unused)}",
                do="Take out what agents need not see, and say in the window's `why` what they need the rest for, by name",
            )


def _named_fields(charter: Charter) -> set[str]:
    arguments = {name for spec in charter.operations.values() for name in spec.arguments}
    filters = {name for window in charter.windows.values() for name in window.where}
    ruled = {word for rule in charter.rules.values() for word in re.findall(r"[a-z_][a-z0-9_]*", rule.when)}
    return arguments | filters | ruled


def says(why: str, name: str) -> bool:
    """Whether a sentence names a field, with its underscores or with spaces."""
    words, told = (" ".join(text.lower().replace("_", " ").split()) for text in (name, why))
    return re.search(rf"\b{re.escape(words)}\b", told) is not None


_SENSITIVE = {
    "age": "age birth birthday birthdate born dob yob generation minor",
    "gender": "gender sex salutation pronoun",
    "marital status and family": "marital married marriage spouse children kids pregnancy pregnant family",
    "health": "health illness disease diagnosis medical medication disability patient allergy",
    "religion, origin, politics or sexuality": (
        "religion religious faith ethnicity ethnic race nationality politics political party union sexuality orientation"
    ),
}
_WORDS = {word: kind for kind, words in _SENSITIVE.items() for word in words.split()}
_HARMLESS = {"account", "lead", "deal", "record", "page", "domain", "list", "days", "units", "company"}


def _sensitive(charter: Charter) -> Iterator[Finding]:
    shown = [
        (("windows", name, "fields", at), one) for name, spec in charter.windows.items() for at, one in enumerate(spec.fields)
    ]
    written = [
        (("operations", name, "arguments", at), one)
        for name, spec in charter.operations.items()
        for at, one in enumerate(spec.arguments)
    ]
    for way, name in [*shown, *written]:
        if kind := sensitive(name):
            do = (
                "Leave it out; where the work cannot be done without it, have counsel say so and write that down as an assumption"
            )
            yield Finding(code="sensitive_field", way=way, found=f"{name} looks like a person's {kind}", do=do)


def sensitive(name: str) -> str:
    """Say what protected thing a field looks like; empty when it looks like none."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    if _HARMLESS & {*words}:
        return ""
    return next((_WORDS[word] for word in words if word in _WORDS), "")


__all__ = ["Finding", "Surroundings", "review", "says", "sensitive"]
