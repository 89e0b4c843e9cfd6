"""Nurture: one e-mail draft a week for each of six segments, from a template and a file of approved facts. No language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from statistics import median
from string import Template

import yaml

from remit.agents.corrected import corrected
from remit.agents.desk import Asked, LearningDesk, Seen, ask, read, text, version, whole
from remit.sdk.messages import Propose, Scalar, Usage, Window

USE_CASE = "nurture"
CREATE = "email.draft.create"
USE = "email.draft.use"
READERS = {
    "management": "managers",
    "technician": "technicians",
    "blue-collar": "manual workers",
    "admin.": "office workers",
    "services": "people in service jobs",
    "retired": "pensioners",
}
"""The six segments, and how an e-mail calls the people in them."""
FACTS_CITED = 2
EXAMPLES = 10
"""How many corrections it asks for."""
MOSTLY = 0.5
"""From this share of customers with a home loan on, a segment is written to about home loans."""
WELL_OFF = 500
"""From this median balance on, in euros, about term deposits; under it, about savings plans."""
GROUNDS = ("job", "balance", "housing")
_MONDAY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A sentence somebody approved. Its expiry stands in the file too; this agent does not read it, a person has to."""

    id: str
    product: str
    text: str


class NurtureAgent:
    """Fills a template. It gives no confidence, because it has none to measure.

    With `learns` it asks what people made of drafts like its own, and does not repeat what they took out. What it is shown then
    is context, as examples are to a model: it makes no new version.
    """

    def __init__(self, *, learns: bool = True) -> None:
        """Choose whether it asks for corrections."""
        self._learns = learns

    def fingerprint(self) -> str:
        """Name the version: template, facts and settings."""
        facts = [f"{fact.id} {fact.text}" for fact in approved_facts()]
        settings: dict[str, Scalar] = {"cited": FACTS_CITED, "mostly": MOSTLY, "well_off": WELL_OFF, "segments": list(READERS)}
        settings |= {"learns": self._learns}
        return version("nurture-2008-08", **settings, facts=facts, template=template().template)

    async def run(self, client: LearningDesk, today: date) -> Asked:
        """On Mondays, write one draft per segment and ask whether it may be used."""
        if today.weekday() != _MONDAY:
            return []
        proposals: list[Propose] = []
        for segment in READERS:
            seen = [one async for one in read(client, USE_CASE, "segments", where={"job": segment})]
            if seen:
                proposals += await self._both(client, segment, seen, today)
        return await ask(client, proposals)

    async def _both(self, client: LearningDesk, segment: str, seen: Sequence[Seen], today: date) -> list[Propose]:
        product = product_for(seen)
        draft = written(segment, product)
        if self._learns:
            draft = corrected(draft, await client.corrections(USE_CASE, USE, draft, limit=EXAMPLES))
        return [self._propose(operation, draft, product, seen[-1].window, today) for operation in (CREATE, USE)]

    def _propose(self, operation: str, draft: dict[str, Scalar], product: str, window: Window, today: date) -> Propose:
        return Propose(
            use_case=USE_CASE,
            operation=operation,
            arguments=draft,
            call_id=f"nurture:{today.isoformat()}:{draft['segment']}:{operation.rpartition('.')[2]}",
            grounds=list(GROUNDS),
            reason=f"From a template, no language model; {product} fits the balances and home loans of the segment best.",
            context=window,
            usage=Usage(model=self.fingerprint()),
        )


def product_for(seen: Sequence[Seen]) -> str:
    """Choose what a segment is written to about."""
    if sum(text(one, "housing") == "yes" for one in seen) / len(seen) >= MOSTLY:
        return "home loan review"
    return "term deposit" if median(whole(one, "balance") for one in seen) >= WELL_OFF else "savings plan"


def written(segment: str, product: str) -> dict[str, Scalar]:
    """Fill the template with the first facts approved for the product, each with its id for whoever checks."""
    facts = [fact for fact in approved_facts() if fact.product == product][:FACTS_CITED]
    lines = "\n".join(f"- {fact.text} [{fact.id}]" for fact in facts)
    subject, _, body = template().substitute(product=product, readers=READERS[segment], facts=lines).partition("\n\n")
    return {"segment": segment, "subject": subject.capitalize(), "body": body}


@cache
def approved_facts() -> tuple[Fact, ...]:
    """Read the approved facts."""
    told = yaml.safe_load((resources.files("remit") / "data" / "approved_facts.yaml").read_text(encoding="utf-8"))
    return tuple(Fact(id=one["id"], product=one["product"], text=one["text"]) for one in told["facts"])


@cache
def template() -> Template:
    """Read the template: its first line is the subject."""
    return Template((resources.files("remit") / "data" / "email_template.txt").read_text(encoding="utf-8"))
