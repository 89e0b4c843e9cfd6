"""The named queries about content, and how it is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from remit.core.action import Action
from remit.core.erasure import KEPT
from remit.core.types import ProposalId
from remit.ports import KeptContent
from remit.store import tables as t
from remit.store.action_rows import to_action
from remit.store.queries import Queries, listed

_WHICH = """
    FROM contents WHERE fact IN (SELECT value FROM json_each(:facts))
    OR fact IN (SELECT id FROM facts WHERE subject IN (SELECT value FROM json_each(:proposals)))
    OR fact IN (
        SELECT s.id FROM violations AS v JOIN facts AS s
        ON s.kind = 'ViolationSettled' AND json_extract(CAST(s.body AS TEXT), '$.fact.violation') = v.id
        WHERE v.settled_at IS NOT NULL AND v.proposal IN (SELECT value FROM json_each(:proposals)))
    """
_COUNT = sa.text(f"SELECT count(*) AS n {_WHICH}")
_DROP = sa.text(f"DELETE {_WHICH}")
_WITH = sa.text(
    """
    SELECT c.fact, c.name, c.body, f.subject FROM contents AS c JOIN facts AS f ON f.id = c.fact
    WHERE EXISTS (SELECT 1 FROM json_each(:texts) AS w WHERE instr(lower(CAST(c.body AS TEXT)), lower(w.value)) > 0)
    """
)
_ON = sa.select(t.actions).where(t.actions.c.record.in_(sa.bindparam("records", expanding=True)))
_OLDER = (
    sa.select(t.contents.c.fact, t.contents.c.name)
    .join(t.facts, t.facts.c.id == t.contents.c.fact)
    .outerjoin(t.actions, t.actions.c.proposal == t.facts.c.subject)
    .where(
        t.contents.c.name.in_(sa.bindparam("names", expanding=True)),
        t.facts.c.at < sa.bindparam("before", type_=t.Moment),
        sa.or_(t.actions.c.state.is_(None), t.actions.c.state.not_in(sorted(KEPT))),
    )
    .limit(sa.bindparam("most"))
)
_DROP_ONE = sa.delete(t.contents).where(t.contents.c.fact == sa.bindparam("b_fact"), t.contents.c.name == sa.bindparam("b_name"))


class ErasingReader(Queries):
    """Answers what is asked about content. It never writes."""

    def actions_on(self, records: Collection[str]) -> list[Action]:
        """Return the actions that touch one of these records, oldest first."""
        ordered = _ON.order_by(t.actions.c.proposed_at, t.actions.c.proposal)
        return [to_action(row) for row in self._all(ordered, records=list(records))]

    def contents_with(self, texts: Collection[str]) -> Iterator[KeptContent]:
        """Walk the content that holds one of these texts anywhere."""
        wanted = [orjson.dumps(text).decode()[1:-1] for text in texts]  # as it stands in the bytes
        for row in self._all(_WITH, texts=listed(wanted)):
            yield KeptContent(fact=row["fact"], subject=row["subject"], name=row["name"], content=orjson.loads(row["body"]))

    def count_contents(self, proposals: Collection[ProposalId], facts: Collection[str]) -> int:
        """Count what would be dropped."""
        return int(self._all(_COUNT, **_named(proposals, facts))[0]["n"])


class ErasingWriter(ErasingReader):
    """Loses content, in the transaction that says so."""

    def drop_contents(self, proposals: Collection[ProposalId], facts: Collection[str]) -> int:
        """Drop the content of every fact about these proposals and their violations, and of these facts."""
        self._flush()
        return self._connection.execute(_DROP, _named(proposals, facts)).rowcount

    def drop_older(self, names: Collection[str], before: datetime, *, most: int) -> int:
        """Drop content of these names whose fact is older, but for actions that still need it."""
        found = self._all(_OLDER, names=list(names), before=before, most=most)
        if found:
            self._connection.execute(_DROP_ONE, [{"b_fact": row["fact"], "b_name": row["name"]} for row in found])
        return len(found)


def _named(proposals: Collection[ProposalId], facts: Collection[str]) -> dict[str, Any]:
    return {"proposals": listed(proposals), "facts": listed(facts)}
