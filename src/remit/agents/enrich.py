"""Enrich: fill an empty education from the rest of the record, and an empty region and time zone from the telephone prefix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from remit.agents.classifier import Classifier, learn, squashed
from remit.agents.desk import Asked, Desk, Seen, ask, read, text, version, whole
from remit.agents.prefixes import Place, prefix_table, stale_prefix_table
from remit.sdk.messages import Propose, Scalar, Usage

USE_CASE = "enrich"
EDUCATION = "contact.enrich:education"
REGION = "contact.enrich:region"
CONFIDENT = 0.80
"""Below this chance the model abstains from naming an education."""
GROUNDS = ("job", "balance", "housing", "loan", "default", "contact_channel")


class EnrichAgent:
    """One version: a model for education, trained once on the past, and a table of prefixes."""

    def __init__(self, *, past_until: str, seed: int = 0, stale_from: date | None = None) -> None:
        """Train on contacts up to this id. `stale_from` stages a silent drift: from that day on the table of prefixes is stale.

        The fingerprint does not tell, because a table that goes stale behind somebody's back is not declared either.
        """
        self._past_until, self._seed, self._stale_from = past_until, seed, stale_from
        self._model: Classifier | None = None

    def fingerprint(self) -> str:
        """Name the version: model and settings."""
        prefixes = [f"{prefix} {place.region}" for prefix, place in prefix_table().items()]
        settings: dict[str, Scalar] = {"until": self._past_until, "seed": self._seed, "prefixes": prefixes}
        return version("enrich-2008-08", **settings, confident=CONFIDENT, fields=list(GROUNDS))

    async def prepare(self, client: Desk) -> None:
        """Learn education from the past contacts that have one."""
        known = [seen async for seen in read(client, USE_CASE, "known", until=self._past_until) if text(seen, "education")]
        self._model = learn([features(seen) for seen in known], [text(seen, "education") for seen in known], seed=self._seed)

    async def run(self, client: Desk, today: date) -> Asked:
        """Fill what today's new contacts lack."""
        if self._model is None:
            await self.prepare(client)
        entered = today.isoformat()
        without_education = [s async for s in read(client, USE_CASE, "gaps", where={"entered_on": entered, "education": None})]
        without_region = [s async for s in read(client, USE_CASE, "gaps", where={"entered_on": entered, "region": None})]
        return await ask(client, [*self._educations(without_education, today), *self._regions(without_region, today)])

    def _educations(self, gaps: Sequence[Seen], today: date) -> list[Propose]:
        if self._model is None:
            return []
        told = self._model.chances([features(seen) for seen in gaps])
        best = [max(zip(chances, self._model.labels, strict=True)) for chances in told]
        return [self._education(seen, *one, today) for seen, one in zip(gaps, best, strict=True) if one[0] >= CONFIDENT]

    def _education(self, seen: Seen, chance: float, education: str, today: date) -> Propose:
        return Propose(
            use_case=USE_CASE,
            operation=EDUCATION,
            arguments={"contact": seen.id, "education": education},
            call_id=f"enrich:{today.isoformat()}:{seen.id}:education",
            confidence=chance,
            grounds=list(GROUNDS),
            reason=f"{education} at a chance of {chance:.0%}, from the rest of the record.",
            context=seen.window,
            usage=Usage(model=self.fingerprint()),
        )

    def _regions(self, gaps: Sequence[Seen], today: date) -> list[Propose]:
        table = self._table(today)
        found = [(seen, table.get(text(seen, "phone_prefix"))) for seen in gaps]
        return [self._region(seen, place, today) for seen, place in found if place is not None]

    def _table(self, today: date) -> Mapping[str, Place]:
        stale = self._stale_from is not None and today >= self._stale_from
        return stale_prefix_table() if stale else prefix_table()

    def _region(self, seen: Seen, place: Place, today: date) -> Propose:
        return Propose(
            use_case=USE_CASE,
            operation=REGION,
            arguments={"contact": seen.id, "region": place.region, "time_zone": place.time_zone},
            call_id=f"enrich:{today.isoformat()}:{seen.id}:region",
            grounds=["phone_prefix"],
            reason=f"The prefix {text(seen, 'phone_prefix')} belongs to {place.region}.",
            context=seen.window,
            usage=Usage(model=self.fingerprint()),
        )


def features(seen: Seen) -> dict[str, str | float]:
    """Turn a record into what the model sees."""
    return {**{name: text(seen, name) for name in GROUNDS if name != "balance"}, "balance": squashed(whole(seen, "balance"))}
