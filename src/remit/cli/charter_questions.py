"""Asks for a charter in plain words. Every question has an answer already: the template's, or what was said before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import typer

from remit.cli.written import text_of
from remit.core.charter_draft import Answers
from remit.core.document_faults import faults
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
        named = _ask("Which of these is closest to the work", "lead-enrichment")
    if named not in templates:
        raise InvalidInput(asked=f"template {named}", found="no such template", do=f"Choose one of {', '.join(templates)}")
    return named


def asked(template: Mapping[str, Any]) -> Answers:
    """Ask everything. Raises `InvalidInput` where an answer cannot be read."""
    title = _ask("What do you call it", template["title"])
    measure = template["measure"]
    told = {
        "title": title,
        "use_case": _ask("A short name for it, in small letters", _short(title)),
        "goal": _ask("What gets better for the business, in one sentence", template["goal"]),
        "line_of_business": _ask("Whose work is it", template["line_of_business"]),
        "owner": _ask("Who answers for it", template["owner"]),
        "owner_role": _ask(f"In which role ({', '.join(OwnerRole)})", template["owner_role"]),
        "connector": _ask("Which system does it act on", template["connector"]),
        "metric": _ask("By which figure do you tell that it got better", measure["metric"]),
        "baseline": _number("Where does that figure stand today", measure["baseline"]),
        "target": _number("Where shall it stand", measure["target"]),
        "by": _ask("By which day", measure["by"]),
        "counter_metric": _ask("What must not get worse for it", measure["counter_metric"]),
        "non_negotiables": _several("What never happens", template["non_negotiables"]),
        "kept_by_people": _several("What do people go on doing themselves", template["kept_by_people"]),
        "operations": _several("What may agents do or suggest (see `remit catalogue list`)", list(template["operations"])),
        "actions_per_week": _number("How many of these are there in a week", 100),
        "sharing_one_cause": _number("How many at a time come from one template, source or list", 1),
        "one_wrong_in": _number("One wrong one in how many is bearable", round(1 / template["evidence"]["tolerance"])),
        "why_bearable": _ask("Why: what does a wrong one cost", template["evidence"]["why"]),
        "minutes_today": _number("How many minutes does one take a person today", template["baseline_minutes"]),
        "hourly_cost_minor": round(100 * _number("What does an hour of that cost", template["hourly_cost_minor"] / 100)),
        "currency": _ask("In which currency", template["currency"]),
        "escalation_channel": _ask("Where is somebody asked when nobody answers", template["escalation"][0]["channel"]),
    }
    if fault := next(faults(told, Answers), None):
        raise InvalidInput(asked=str(fault.way[0]), found=fault.found, do=fault.do)
    return msgspec.convert(told, Answers)


def _ask(question: str, otherwise: Any) -> str:
    return str(typer.prompt(question, default=otherwise, err=True)).strip()


def _number(question: str, otherwise: float) -> float:
    return float(typer.prompt(question, default=otherwise, type=float, err=True))


def _several(question: str, otherwise: list[str]) -> list[str]:
    """Ask for one after the other; an empty answer ends it, and an empty first one keeps what there is."""
    typer.echo(f"{question}? One a line, an empty line ends it. Now:", err=True)
    for one in otherwise:
        typer.echo(f"  {one}", err=True)
    said = []
    while one := typer.prompt("  one more, or nothing", default="", show_default=False, err=True).strip():
        said.append(one)
    return said or otherwise


def _short(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "use-case"
