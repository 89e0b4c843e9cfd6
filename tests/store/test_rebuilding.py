"""Everything but the facts and their contents can be had again from the facts."""

from __future__ import annotations

import asyncio
import tempfile
from base64 import b64encode
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import event, given, settings
from hypothesis import strategies as st

from remit.core import facts as f
from remit.core.gate import decide
from remit.core.policy import CompiledPolicy, compile_documents
from remit.ledgerproof.verify import Verified
from remit.store import tables as t
from remit.store.ledger import Sealer, verify_file
from remit.store.rebuild import differences, integrity, rebuilt
from remit.store.sqlite import FILE, SqliteStore
from tests.store.random_history import SECRET, Desk, Step, desk
from tests.store.small_house import CountedIds, FrozenClock, begin, hold, opened, rows

APPROVE, REJECT = 0, 3
EARN: list[Step] = [
    *[("ask", 0, contact) for contact in (0, 1, 2)],
    ("answer all", APPROVE, 0),
    ("execute", 1, 0),
    ("judge", 0, 0),
    ("sign", 0, 0),
]
LOSE: list[Step] = [
    *[("ask", kind, number) for kind in (0, 3) for number in (0, 1, 2, 4, 5, 6, 8, 9, 10)],
    ("answer all", REJECT, 0),
    ("judge", 0, 0),
]
UNDO: list[Step] = [("undo", 0, 0), ("execute", 1, 0)]
LATER: list[Step] = [("ask", 1, 0), ("withdraw", 0, 0), ("ask", 1, 1), ("wait", 3, 0)]
STOP: list[Step] = [("ask", 1, 0), ("answer all", APPROVE, 0), ("stop", 0, 0), ("execute", 1, 0), ("lift", 0, 0), ("lift", 0, 1)]
ODD: list[Step] = [("ask", 1, 0), ("answer all", APPROVE, 0), ("odd", 0, 0), ("execute", 1, 0)]
NAMES = [
    *["ask"] * 12,
    *["answer", "answer all", "execute"] * 4,
    *["ask again", "wait", "judge", "sign", "undo"] * 2,
    *["take back", "withdraw", "stop", "lift", "lift", "observe", "meddle", "listen", "admit", "adopt", "look", "odd"],
]


def any_history(seed: int) -> list[Step]:
    """Make up a history: single steps, and now and then a stretch that leads where single steps seldom do."""
    random = Random(seed)
    stretches = [EARN, EARN, LOSE, UNDO, LATER, STOP, ODD]
    steps: list[Step] = []
    while len(steps) < 50:
        single = (random.choice(NAMES), random.randrange(12), random.randrange(12))
        steps += random.choice(stretches) if random.random() < 0.15 else [single]
    return steps


def again(store: SqliteStore) -> sa.Engine:
    """Fold everything anew."""
    return rebuilt(store.engine, FrozenClock(), CountedIds())


def lived(steps: list[Step], folder: Path) -> set[str]:
    """Play a history and compare what is shown with what the facts say. Return which kinds of facts came to be."""

    async def play(found: Desk) -> None:
        await found.begin()
        await found.play(steps)

    with desk(folder) as found:
        asyncio.run(play(found))
        assert differences(found.store.engine, again(found.store)) == []
        decided_again(found.store)
        kept_out_of_the_ledger(found.store)
        Sealer(found.store, KEY).seal(found.clock.now())
        kinds = {row["kind"] for row in rows(found.store.engine, t.facts)}
    assert isinstance(verify_file(folder / FILE, KEY.public_key()).outcome, Verified)
    return kinds


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def kept_out_of_the_ledger(store: SqliteStore) -> None:
    """Look for what agents and people wrote, in whatever way it may have got there."""
    bodies = b"".join(row["body"] for row in rows(store.engine, t.facts)).lower()
    for written in (SECRET.lower(), SECRET.encode().hex(), b64encode(SECRET.encode()).decode().lower()):
        assert written.encode() not in bodies


def decided_again(store: SqliteStore) -> None:
    """Decide everything again that was ever decided, each by the policy that was in force."""
    policies: dict[str, CompiledPolicy] = {}
    with store.read() as reading:
        for entry in reading.facts(limit=100_000, kinds=("PolicyAdopted", "Decided")):
            if isinstance(entry.fact, f.PolicyAdopted):
                policies[entry.fact.digest] = compile_documents(entry.fact.number, entry.fact.digest, entry.fact.documents)
            elif isinstance(entry.fact, f.Decided):
                decision = decide(entry.fact.given, policies[entry.fact.policy_digest])
                assert (decision.verdict, decision.reasons) == (entry.fact.verdict, entry.fact.reasons)


@settings(max_examples=settings().max_examples // 5)
@given(st.integers(0, 2**32))
def test_rebuilt_projections_equal_the_live_ones(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for kind in lived(any_history(seed), Path(folder)):
            event(kind)


def test_rebuilt_projections_equal_the_live_ones_where_levels_come_and_go(tmp_path: Path) -> None:
    kinds = lived([*EARN, *EARN, *LOSE, *EARN, *UNDO, *LATER, *STOP, *ODD, *EARN], tmp_path)
    assert kinds >= {"Granted", "LevelLost", "ClusterClosed", "Undone", "Halted", "Unhalted", "Withdrawn", "Lapsed", "Unclear"}


def test_a_long_ledger_is_folded_page_by_page(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write_now(begin)
        store.write_now(lambda tx: [hold(f"p{number}")(tx) for number in range(1_100)])
        assert len(rows(store.engine, t.facts)) > 2_000
        assert differences(store.engine, again(store)) == []


MEDDLED: dict[str, tuple[str, str]] = {
    "a state": ("UPDATE actions SET state = 'done' WHERE proposal = 'p1'", "actions"),
    "a missing action": ("DELETE FROM actions WHERE proposal = 'p1'", "actions"),
    "a lifted stop": ("DELETE FROM stops", "stops"),
    "an invented level": ("UPDATE grants SET body = replace(body, '2', '4')", "grants"),
    "an invented key": ("INSERT INTO keys VALUES ('k2', 'eve', 'v1', '[]', 0, NULL)", "keys"),
    "a revoked key": ("UPDATE keys SET revoked = 1", "keys"),
    "an invented person": ("INSERT INTO people VALUES ('eve', '[\"admin\"]', 0)", "people"),
}


@pytest.mark.parametrize("name", MEDDLED)
def test_what_the_facts_do_not_say_is_named(tmp_path: Path, name: str) -> None:
    statement, table = MEDDLED[name]
    with opened(tmp_path) as store:
        store.write_now(begin)
        store.write_now(hold("p1"))
        store.write_now(lambda tx: tx.record(f.StopOrdered(scope="everything", by="ann", reason="x"), actor="person:ann"))
        before = rows(store.engine, t.facts)
        with store.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        found = differences(store.engine, again(store))
        assert found
        assert {told.partition(":")[0] for told in found} == {table}
        assert rows(store.engine, t.facts) == before


def test_a_sound_file_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert integrity(store.engine) == "ok"
