"""What a reviewer checks in an e-mail draft: that each fact is approved and still holds, that the product suits the segment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import yaml

from remit.core.types import Value
from remit.demo.finding import RIGHT, Finding, wrong

SUITABLE: Mapping[str, frozenset[str]] = {
    "management": frozenset({"term deposit", "home loan review"}),
    "technician": frozenset({"term deposit", "savings plan", "home loan review"}),
    "blue-collar": frozenset({"savings plan", "home loan review"}),
    "admin.": frozenset({"term deposit", "savings plan", "home loan review"}),
    "services": frozenset({"savings plan", "home loan review"}),
    "retired": frozenset({"term deposit", "savings plan"}),
}
"""Which products the simulated marketing team lets a segment be written to about. Stated, not found in the data."""

_CITED = re.compile(r"^- (?P<text>.+) \[(?P<id>[A-Z]{2}-\d+)\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approved sentence and the last day on which it may be said."""

    id: str
    product: str
    text: str
    expires: date

    def line(self) -> str:
        """Write it as drafts cite it."""
        return f"- {self.text} [{self.id}]"


@cache
def approved() -> Mapping[str, Approved]:
    """Read the approved facts by id."""
    told = yaml.safe_load((resources.files("remit") / "data" / "approved_facts.yaml").read_text(encoding="utf-8"))
    return {one["id"]: Approved(**one) for one in told["facts"]}


def check_draft(arguments: Mapping[str, Value], day: date) -> Finding:
    """Judge a draft as it would be read on a day."""
    segment, body = str(arguments.get("segment")), str(arguments.get("body"))
    cited = [(approved().get(match["id"]), match["text"]) for match in _CITED.finditer(body)]
    facts = [fact for fact, said in cited if fact is not None and fact.text == said]
    if not facts or len(facts) < len(cited):
        return wrong("unapproved_fact", "The draft says something nobody approved.")
    if any(fact.product not in SUITABLE.get(segment, frozenset()) for fact in facts):
        return wrong("wrong_product", f"The segment {segment} is not written to about this product.")
    return _check_dates(arguments, body, facts, day)


def _check_dates(arguments: Mapping[str, Value], body: str, facts: list[Approved], day: date) -> Finding:
    expired = [fact for fact in facts if fact.expires < day]
    if not expired:
        return RIGHT
    note = f"Expired: {', '.join(f'{fact.id} on {fact.expires}' for fact in expired)}."
    return wrong("expired_fact", note, {**arguments, "body": _mended(body, expired, facts, day)})


def _mended(body: str, expired: list[Approved], facts: list[Approved], day: date) -> str:
    """Put another fact about the product in the place of each expired one, or nothing where there is none left."""
    spare = [
        fact for fact in approved().values() if fact.product == facts[0].product and fact not in facts and fact.expires >= day
    ]
    for fact in expired:
        body = body.replace(fact.line() + "\n", spare.pop(0).line() + "\n" if spare else "")
    return body
