"""Audience: once a week, a segment with its size and the reasons for it. It sends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from remit.agents.desk import Asked, Desk, Seen, ask, read, text, version, whole
from remit.sdk.messages import Propose, Scalar, Usage, Window

USE_CASE = "audience"
SUGGEST = "segment.suggest"
CREATE = "segment.create"
JOBS = ("management", "technician", "blue-collar", "admin.", "services", "retired", "self-employed", "student")
BALANCES = (0, 1500)
FEWEST_CALLED = 50
"""A segment is suggested on its share of customers won only if at least so many have had their last call."""
_MONDAY = 0
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment in terms a person can read and count again."""

    job: str
    balance: int
    housing: str

    @property
    def definition(self) -> str:
        """Write it as text: clauses joined by AND."""
        return f"job = {self.job} AND balance >= {self.balance} AND housing = {self.housing}"

    def holds(self, seen: Seen) -> bool:
        """Say whether a customer belongs to it."""
        same = text(seen, "job") == self.job and text(seen, "housing") == self.housing
        return same and whole(seen, "balance") >= self.balance


class AudienceAgent:
    """Looks at one job group a week and suggests the part of it that was won most often."""

    def __init__(self, *, opening: date) -> None:
        """Take the day the agent starts to work; in its first week it also makes a suggestion it has no right to make."""
        self._opening = opening

    def fingerprint(self) -> str:
        """Name the version: rule and settings."""
        return version("audience-2008-08", jobs=list(JOBS), balances=",".join(map(str, BALANCES)), fewest_called=FEWEST_CALLED)

    async def run(self, client: Desk, today: date) -> Asked:
        """On Mondays, suggest one segment and ask whether it may be created."""
        if today.weekday() != _MONDAY:
            return []
        job = JOBS[today.toordinal() // 7 % len(JOBS)]
        customers = [seen async for seen in read(client, USE_CASE, "customers", where={"job": job})]
        proposals = [*self._suggestions(job, customers, today)]
        if customers and today < self._opening + _WEEK:
            proposals.append(self._beyond_its_remit(customers, today))
        return await ask(client, proposals)

    def _suggestions(self, job: str, customers: Sequence[Seen], today: date) -> Iterator[Propose]:
        candidates = [Segment(job=job, balance=low, housing=housing) for low, housing in product(BALANCES, ("no", "yes"))]
        known = [(segment, [one for one in customers if segment.holds(one)]) for segment in candidates]
        enough = [(segment, members) for segment, members in known if len(_called(members)) >= FEWEST_CALLED]
        if enough:
            segment, members = max(enough, key=lambda pair: won_share(pair[1]))
            told, grounds = _arguments(segment, members, customers), ("job", "balance", "housing", "status")
            for operation in (SUGGEST, CREATE):
                yield self._suggest(operation, told, grounds, members[-1].window, f"{today}:{job}")

    def _beyond_its_remit(self, customers: Sequence[Seen], today: date) -> Propose:
        told: dict[str, Scalar] = {
            "name": "Savers over 60",
            "definition": "age over 60 AND balance >= 1500",
            "size": sum(whole(one, "balance") >= max(BALANCES) for one in customers),
            "reasons": ["Customers with age over 60 and a balance are often won."],
        }
        return self._suggest(SUGGEST, told, ("age", "balance"), customers[-1].window, f"{today}:over-60")

    def _suggest(self, operation: str, told: dict[str, Scalar], grounds: Sequence[str], window: Window, key: str) -> Propose:
        return Propose(
            use_case=USE_CASE,
            operation=operation,
            arguments=told,
            call_id=f"audience:{key}:{operation.rpartition('.')[2]}",
            grounds=list(grounds),
            reason="Counted in the window; a suggestion, nothing is sent.",
            context=window,
            usage=Usage(model=self.fingerprint()),
        )


def won_share(members: Sequence[Seen]) -> float:
    """Return the share won among those who have had their last call."""
    called = _called(members)
    return sum(text(one, "status") == "won" for one in called) / len(called) if called else 0.0


def _called(members: Sequence[Seen]) -> list[Seen]:
    return [one for one in members if text(one, "status") in {"won", "closed"}]


def _arguments(segment: Segment, members: Sequence[Seen], customers: Sequence[Seen]) -> dict[str, Scalar]:
    home_loan = "with home loan" if segment.housing == "yes" else "without home loan"
    return {
        "name": f"{segment.job.capitalize()}, balance from {segment.balance}, {home_loan}",
        "definition": segment.definition,
        "size": len(members),
        "reasons": [f"Won so far: {won_share(members):.1%}, against {won_share(customers):.1%} of all in this job."],
    }
