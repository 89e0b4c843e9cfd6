"""Tells a finished story in plain words and plain figures. Equal figures give an equal text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from remit.core import bar
from remit.core.approval import FULL_PPM
from remit.core.facts import Entry, Granted, LevelLost
from remit.core.level import Stays
from remit.core.types import Level
from remit.demo.figures import Figures, OperationFigures
from remit.demo.stated_rules import STATED_RULES
from remit.evidence.promotion import error_rate_upper

_WORDS = {0: "0 Off", 1: "1 Assist", 2: "2 Recommend", 3: "3 Execute low-risk", 4: "4 Optimise"}


def tell(figures: Figures) -> str:
    """Return the whole report."""
    parts = [
        _heading(figures),
        _section("How the levels moved", _timeline(figures.timeline)),
        _section("What was not earned, and why", _not_earned(figures.operations)),
        _section("Is the score worth having?", _score(figures)),
        _section("What it brought, and what slipped through", _measures(figures.operations)),
        _section("What people changed of the e-mail drafts", _changed(figures)),
        _section("What was refused", _refused(figures)),
        _section("Which rules were broken", _violations(figures)),
        _section("Generated, stated, or from the file", (f"{sentence}" for sentence in STATED_RULES.values())),
    ]
    return "\n\n".join(parts)


def _heading(figures: Figures) -> str:
    proposals = sum(one.kpis.proposals for one in figures.operations)
    span = f"From {figures.first} to {figures.last}"
    return f"{span}: {proposals:,} proposals by five agents, on the real contacts of a bank's telemarketing."


def _section(title: str, lines: Iterator[str]) -> str:
    return "\n".join([title, "-" * len(title), *(list(lines) or ["Nothing."])])


def _timeline(timeline: Sequence[Entry]) -> Iterator[str]:
    for entry in timeline:
        fact = entry.fact
        if not isinstance(fact, Granted | LevelLost):
            continue
        seen = fact.evidence
        told = f"{seen['observations']} observations, mean loss {_percent(seen['mean_loss_ppm'])}, {seen['answered']} answers"
        where = f"{entry.at.date()}  {fact.use_case} · {fact.operation}"
        if isinstance(fact, Granted):
            until = f" until {fact.until.date()}" if fact.until else ""
            yield f"{where}: level {_WORDS[fact.level]}{until}, signed by {' and '.join(fact.signed_by)}; {told}."
        else:
            after = f"by {fact.cause} after {seen['reviewed_at_level']} sampled reviews"
            yield f"{where}: LOST, back to level {_WORDS[fact.level]}, {after}."


def _percent(ppm: int) -> str:
    return f"{ppm / FULL_PPM:.1%}"


def _not_earned(operations: Sequence[OperationFigures]) -> Iterator[str]:
    for one in operations:
        if not one.acts or one.grant.level >= Level.EXECUTE:
            continue
        yield f"{one.use_case} · {one.operation}: level {_WORDS[one.grant.level]}. {_why(one)}"
        if one.streak_at is not None and one.wrong_after_streak is not None:
            wrong, n = one.wrong_after_streak
            share = f"{wrong} of the {n} graded after that were wrong ({wrong / n:.1%})" if n else "nothing was graded after that"
            yield f"    A rule of 10 clean in a row would have let it act alone from {one.streak_at} on; {share}."


def _why(one: OperationFigures) -> str:
    evidence, spec = one.evidence, one.charter.evidence
    if isinstance(one.judgement, Stays) and one.grant.level >= one.charter.highest_level:
        return f"The charter goes no higher; {evidence.answered} answers so far."
    if not evidence.observations:
        return f"{evidence.answered} answers, no closed observation yet."
    counts = {loss / FULL_PPM: n for loss, n in (evidence.losses or {}).items()}
    upper = error_rate_upper(counts, alpha=0.05)
    seen = f"{evidence.observations} observations, mean loss {evidence.mean_loss:.1%}, below {upper:.1%} with 95 % confidence"
    wanted = f"the bar is {bar.tolerance(spec):.1%} after allowing for what reviewers miss"
    return f"Trial {evidence.trial}: {seen}; {wanted}. {_missing(one)}"


def _missing(one: OperationFigures) -> str:
    if not isinstance(one.judgement, Stays) or one.judgement.answers_needed is None:
        return "The bar is cleared; two signatures are missing."
    if one.evidence.mean_loss >= bar.tolerance(one.charter.evidence):
        return "It is not good enough: no number of answers like these would do."
    return f"{one.judgement.answers_needed} further clean observations would do."


def _score(figures: Figures) -> Iterator[str]:
    (wrong, tagged), (yes, everybody) = figures.tagged, figures.everybody
    if not tagged or not everybody:
        yield "Nobody was tagged."
        return
    error, base = wrong / tagged, yes / everybody
    yield f"Of {tagged:,} people tagged `not-now`, {wrong} would have said yes: {error:.1%} wrong."
    yield f"Tagging everybody on the call list ({everybody:,}) would have been {base:.1%} wrong."
    spread = 1.96 * (base * (1 - base) / tagged) ** 0.5
    if error < base - spread:
        yield "The model is better than tagging everybody."
    elif error > base + spread:
        yield "The model is worse than tagging everybody."
    else:
        yield f"The model is no better than tagging everybody: the difference lies within chance (+-{spread:.1%})."


def _measures(operations: Sequence[OperationFigures]) -> Iterator[str]:
    rows = [_COLUMNS, *(_row(one) for one in operations if one.kpis.proposals)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *others]).rstrip()
    yield ""
    yield from (_escaped(one) for one in operations if one.acts and one.kpis.alone)
    yield from (_taken_back(one) for one in operations if one.taken_back)
    yield f"People looked for {sum(one.kpis.review_minutes for one in operations) / 60:,.0f} hours at proposals in all."
    yield "Coverage: carried out within the day, of all such work there was. Assisted: carried out at all, of the same."
    yield "Safe alone: carried out without a touch and right, of all proposals, as far as the sampled reviews can tell."


_COLUMNS = (
    "operation",
    "proposed",
    "used",
    "alone",
    "coverage",
    "assisted",
    "safe alone",
    "review min",
    "to effect, reviewed",
    "alone",
)


def _row(one: OperationFigures) -> tuple[str, ...]:
    got = one.kpis
    return (
        one.operation,
        f"{got.proposals:,}",
        f"{got.assisted:,}",
        f"{got.alone:,}",
        _share(got.in_time, one.eligible),
        _share(got.assisted, one.eligible),
        "" if not one.acts or got.safe_automation_rate is None else f"{got.safe_automation_rate:.1%}",
        f"{got.review_minutes:,.0f}",
        _hours(got.cycle_reviewed),
        _hours(got.cycle_alone),
    )


def _share(part: int, whole: int | None) -> str:
    return f"{part / whole:.1%}" if whole else "not counted"


def _hours(span: timedelta | None) -> str:
    return "" if span is None else f"{span.total_seconds() / 3600:.1f} h"


def _escaped(one: OperationFigures) -> str:
    truth = f"by the truth, {one.true_wrong_alone} of {one.kpis.alone:,}"
    estimate = one.kpis.escaped
    if estimate is None:
        return f"Errors that escaped, {one.operation}: no sampled reviews to estimate from; {truth}."
    sample = f"{one.kpis.sampled_wrong} wrong in {one.kpis.sampled} sampled reviews"
    interval = f"{estimate.value:.0f}, 95 % interval {estimate.low:.0f} to {estimate.high:.0f}"
    return f"Errors that escaped, {one.operation}: {interval}, from {sample}, each weighed by its chance of being drawn; {truth}."


def _taken_back(one: OperationFigures) -> str:
    whole = f"{one.taken_back_whole} restored field by field, {one.taken_back - one.taken_back_whole} not wholly"
    return f"Taken back once the level was lost, {one.operation}: {one.taken_back}; {whole}."


def _changed(figures: Figures) -> Iterator[str]:
    """Tell month by month; the agent asks what people made of drafts like its own before it writes."""
    for month, (drafts, ppm) in figures.changed.items():
        yield f"{month}: {drafts} drafts, {_percent(ppm)} of their text changed."
    if figures.changed:
        yield "Before it writes, the agent asks what people made of drafts like its own, and does not repeat what they took out."


def _refused(figures: Figures) -> Iterator[str]:
    for action, codes in figures.refused:
        why = ", ".join(codes)
        yield f"{action.proposed_at.date()}  {action.use_case} · {action.operation} by {action.agent}: blocked ({why})."


def _violations(figures: Figures) -> Iterator[str]:
    for one in figures.violations:
        what = f"{one.use_case} · {one.operation}" if one.operation else f"a look at the context of {one.use_case}"
        settled = f"settled by {one.settled_by}" if one.settled_at else "open"
        yield f"{one.found_at.date()}  {what} by {one.agent}: {one.rule}, {one.severity} violation for {one.owner}, {settled}."
