"""Score: which contacts of today's call list are not worth a call now. It tags; it never removes anybody from the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import log1p

from remit.agents.classifier import Classifier, Features, learn, squashed
from remit.agents.desk import Asked, Desk, Seen, ask, read, text, version, whole
from remit.sdk.messages import Propose, Scalar, Usage

USE_CASE = "score"
OPERATION = "contact.tag.add"
TAG = "not-now"
LOWEST_SHARE = 0.40
"""A contact is tagged when its chance of a yes is among the lowest 40 % that the past contacts had. Fixed on the past alone."""
GROUNDS = ("job", "education", "default", "balance", "housing", "loan", "calls_made")
"""Not the month: the past holds three of them, none of which comes back within the story's first nine months. Not the channel
either: nobody recorded it before July 2008, so that in the past it says little more than the month."""


class ScoreAgent:
    """One version of the score model, trained once on the past."""

    def __init__(self, *, past_until: str, seed: int = 0) -> None:
        """Train on contacts up to this id, which is the line between past and story; a later restart trains on the same ones."""
        self._past_until, self._seed = past_until, seed
        self._model: Classifier | None = None
        self._threshold = 0.0

    def fingerprint(self) -> str:
        """Name the version: model and settings."""
        settings: dict[str, Scalar] = {"until": self._past_until, "seed": self._seed}
        return version("score-2008-08", **settings, lowest_share=LOWEST_SHARE, fields=list(GROUNDS))

    async def prepare(self, client: Desk) -> None:
        """Train on the past and fix the threshold there."""
        past = [seen async for seen in read(client, USE_CASE, "past", until=self._past_until)]
        rows = [features(seen, calls_before=whole(seen, "calls_made") - 1) for seen in past]
        self._model = learn(rows, [text(seen, "result") for seen in past], seed=self._seed)
        self._threshold = quantile(self._chances_of_yes(self._model, rows), LOWEST_SHARE)

    async def run(self, client: Desk, today: date) -> Asked:
        """Tag the contacts of today's call list whose chance lies under the threshold."""
        if self._model is None:
            await self.prepare(client)
        due = [seen async for seen in read(client, USE_CASE, "call-list", where={"due_on": today.isoformat()})]
        return await ask(client, self._proposals(due, today))

    def _proposals(self, due: Sequence[Seen], today: date) -> list[Propose]:
        if self._model is None:
            return []
        rows = [features(seen, calls_before=whole(seen, "calls_made")) for seen in due]
        chances = self._chances_of_yes(self._model, rows)
        return [self._propose(seen, yes, today) for seen, yes in zip(due, chances, strict=True) if yes < self._threshold]

    def _propose(self, seen: Seen, yes: float, today: date) -> Propose:
        return Propose(
            use_case=USE_CASE,
            operation=OPERATION,
            arguments={"contact": seen.id, "tag": TAG},
            call_id=f"score:{today.isoformat()}:{seen.id}",
            confidence=round(1 - yes, 6),
            grounds=list(GROUNDS),
            reason=f"Chance of a yes {yes:.1%}, under the threshold of {self._threshold:.1%} fixed on the past.",
            context=seen.window,
            usage=Usage(model=self.fingerprint()),
        )

    @staticmethod
    def _chances_of_yes(model: Classifier, rows: Sequence[Features]) -> list[float]:
        column = model.labels.index("yes")
        return [chances[column] for chances in model.chances(rows)]


def features(seen: Seen, *, calls_before: int) -> dict[str, str | float]:
    """Turn a record into what the model sees, as it stood before the call in question: a past contact counts one call more."""
    categories = {name: text(seen, name) for name in GROUNDS if name not in {"balance", "calls_made"}}
    return {**categories, "balance": squashed(whole(seen, "balance")), "calls_before": log1p(max(calls_before, 0))}


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which at most this share of the values lies."""
    return sorted(values)[int(len(values) * share)] if values else 0.0
