"""Asks for a charter in plain words. Every question has an answer already: the template's, or what was said before."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import typer

from remit.cli.written import text_of
from remit.core.charter_draft import Answers
from remit.core.document_faults import faults, meant
from remit.core.documents import read_document
from remit.core.types import OwnerRole
from remit.errors import InvalidInput
from remit.yaml_text import read_yaml


def answers_of(path: Path) -> Answers:
    """Read the answers of a file. Raises `InvalidInput` that names line, entry and what to write instead."""
    written = read_yaml(text_of(path), source=str(path))
    plain = {} if written.value is None else written.value
    if fault := next(faults(plain, Answers), None):
        place = ".".join(map(str, fault.way))
        found = f"line {written.place(fault.way).line}, {place}: {fault.found}"
        raise InvalidInput(asked=f"answers {path}", found=found, do=fault.do)
    return read_document(plain, Answers, asked=f"answers {path}")


def chosen_template(named: str | None, templates: Mapping[str, Mapping[str, Any]]) -> str:
    """Ask which template is closest, unless one was named. Raises `InvalidInput` for one that does not exist."""
    if named is None:
        for name, document in templates.items():
            typer.echo(f"  {name:22} {document['goal']}", err=True)
        while (said := _ask("Which of these is closest to the work", "lead-enrichment")) not in templates:
            typer.echo(_again("no template is called that", meant(said, {*templates})), err=True)
        return said
    if named not in templates:
        close = meant(named, {*templates, "risk-statement", "brand"})
        every = f"{', '.join(templates)}, risk-statement, brand"
        do = f"{close} There are {every}" if close.endswith("?") else f"Choose one of {every}"
        raise InvalidInput(asked=f"template {named}", found="no such template", do=do)
    return named


def asked(template: Mapping[str, Any]) -> Answers:
    """Ask everything, and a question again where its answer cannot be read."""
    told = {name: _answer(name, question, otherwise) for name, question, otherwise in _questions(template)}
    told["use_case"] = _answer("use_case", "A short name for it, in small letters", _short(told["title"]))
    told |= {name: _several(name, question, otherwise) for name, question, otherwise in _lists(template)}
    return msgspec.convert(told, Answers)


def _questions(template: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    measure = template["measure"]
    yield "title", "What do you call it", template["title"]
    yield "goal", "What gets better for the business, in one sentence", template["goal"]
    yield "line_of_business", "Whose work is it", template["line_of_business"]
    yield "owner", "Who answers for it", template["owner"]
    yield "owner_role", f"In which role ({', '.join(OwnerRole)})", template["owner_role"]
    yield "connector", "Which system does it act on", template["connector"]
    yield "metric", "By which figure do you tell that it got better", measure["metric"]
    yield "baseline", "Where does that figure stand today", measure["baseline"]
    yield "target", "Where shall it stand", measure["target"]
    yield "by", "By which day", measure["by"]
    yield "counter_metric", "What must not get worse for it", measure["counter_metric"]
    yield "actions_per_week", "How many such actions are there in a week", 100
    yield "sharing_one_cause", "How many at a time come from one template, source or list", 1
    yield "one_wrong_in", "One wrong one in how many is bearable", round(1 / template["evidence"]["tolerance"])
    yield "why_bearable", "Why: what does a wrong one cost", template["evidence"]["why"]
    yield "minutes_today", "How many minutes does one take a person today", template["baseline_minutes"]
    yield "hourly_cost", "What does an hour of that cost", template["hourly_cost_minor"] / 100
    yield "currency", "In which currency do you reckon", template["currency"]
    yield "escalation_channel", "Where is somebody asked when nobody answers", template["escalation"][0]["channel"]


def _lists(template: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    yield "non_negotiables", "What never happens", template["non_negotiables"]
    yield "kept_by_people", "What do people go on doing themselves", template["kept_by_people"]
    yield "operations", "What may agents do or suggest (see `remit catalogue list`)", list(template["operations"])


def _answer(name: str, question: str, otherwise: Any) -> Any:
    """Ask until the answer can be read, so that a slip in the last one costs none of the others."""
    kind = get_type_hints(Answers, include_extras=True)[name]
    while True:
        said: Any = _ask(question, otherwise)
        said = _as_number(said) if isinstance(otherwise, int | float) else said
        if (fault := next(faults(said, kind), None)) is None:
            return said
        typer.echo(_again(fault.found, fault.do), err=True)


def _again(found: str, do: str) -> str:
    """Say why a question is asked again."""
    return f"  {found}: {do[:1].lower()}{do[1:]}{'' if do.endswith('?') else '.'}"


def _as_number(said: str) -> float | str:
    try:
        found = float(said)
    except ValueError:
        return said
    return found if math.isfinite(found) else said


def _ask(question: str, otherwise: Any) -> str:
    return _typed(question, default=str(otherwise))


def _typed(question: str, **more: Any) -> str:
    """Ask on the terminal. Raises `InvalidInput` where nobody answers, because the input has ended."""
    try:
        return str(typer.prompt(question, err=True, **more)).strip()
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        typer.echo(err=True)
        do = "Write the answers in a file and give it as --answers FILE"
        raise InvalidInput(asked=f"an answer to: {question}", found="the end of the input", do=do) from None


def _several(name: str, question: str, otherwise: list[str]) -> list[str]:
    """Ask for one after the other; an empty answer ends it, and an empty first one keeps what there is."""
    typer.echo(f"{question}? One a line, an empty line ends it; nothing at all keeps these:", err=True)
    for one in otherwise:
        typer.echo(f"  {one}", err=True)
    said: list[str] = []
    while one := _typed("  one more, or nothing", default="", show_default=False):
        said.append(one)
    if (fault := next(faults(said, get_type_hints(Answers, include_extras=True)[name]), None)) is None:
        return said or otherwise
    typer.echo(_again(fault.found, fault.do), err=True)
    return _several(name, question, otherwise)


def _short(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-0123456789") or "use-case"
