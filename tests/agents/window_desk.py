"""A desk without a gate: it serves windows of one day out of a world in memory and holds whatever is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from remit.core.types import Value
from remit.demo.contact import fields_on
from remit.demo.world import World
from remit.sdk.messages import Context, ContextRecord, Correction, Propose, Reply, Scalar, Window

BANK = ("job", "default", "balance", "housing", "loan", "contact_channel")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "score/past": (*BANK, "education", "calls_made", "month", "result"),
    "score/call-list": (*BANK, "education", "calls_made", "month", "due_on"),
    "enrich/known": (*BANK, "education"),
    "enrich/gaps": (*BANK, "education", "entered_on", "phone_prefix", "region"),
    "follow_up/open-calls": ("calls_made", "last_call_on", "status"),
    "nurture/segments": ("job", "balance", "housing", "status"),
    "audience/customers": ("job", "balance", "housing", "loan", "status", "entered_on"),
}
PRESENT = {"score/past": "result", "enrich/known": "education"}
LATE = {"follow_up/open-calls": timedelta(days=1)}


class WindowDesk:
    """Serves what the CRM holds in the morning of `today`; pages hold at most `most` records."""

    def __init__(self, world: World, today: date, *, most: int = 1000) -> None:
        self.world, self.today, self.most = world, today, most
        self.served: dict[str, set[str]] = {}
        self.calls_answered: list[int] = []
        self.corrected: list[Correction] = []
        self._views: dict[date, dict[str, Mapping[str, Value]]] = {}

    async def context(
        self,
        use_case: str,
        window: str,
        *,
        where: Mapping[str, Scalar] | None = None,
        after: str | None = None,
        limit: int = 1000,
    ) -> Context:
        name = f"{use_case}/{window}"
        as_of = self.today - LATE.get(name, timedelta())
        found = [(key, self._cut(name, held)) for key, held in self._view(as_of).items() if key > (after or "")]
        matching = [(key, fields) for key, fields in found if fields is not None and _matches(fields, where or {})]
        page = matching[: min(limit, self.most)]
        self.served.setdefault(name, set()).update(key for key, _ in page)
        return Context(
            window=Window(name=window, digest=f"{name}@{as_of}"),
            as_of=as_of.isoformat(),
            records=[ContextRecord(id=key, fields=fields) for key, fields in page],
            next=page[-1][0] if len(page) < len(matching) else None,
        )

    async def corrections(self, use_case: str, operation: str, like: Mapping[str, Scalar], *, limit: int = 5) -> list[Correction]:
        del use_case, operation, like
        return self.corrected[:limit]

    async def propose_many(self, proposals: Sequence[Propose]) -> list[Reply]:
        self.calls_answered.append(len(proposals))
        return [Reply(verdict="hold", proposal_id=one.call_id, state="held", reasons=[]) for one in proposals]

    def _view(self, as_of: date) -> dict[str, Mapping[str, Value]]:
        if as_of not in self._views:
            held = ((contact.id, fields_on(contact, as_of)) for contact in self.world.contacts)
            self._views[as_of] = {key: fields for key, fields in held if fields is not None}
        return self._views[as_of]

    @staticmethod
    def _cut(name: str, held: Mapping[str, Value]) -> dict[str, Scalar] | None:
        if name in PRESENT and PRESENT[name] not in held:
            return None
        return {field: held[field] for field in FIELDS[name] if field in held}


def _matches(fields: Mapping[str, Scalar], where: Mapping[str, Scalar]) -> bool:
    return all(
        fields.get(name) in wanted if isinstance(wanted, list) else fields.get(name) == wanted for name, wanted in where.items()
    )
