"""What was written by an earlier program is read and decided as it was then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.core.codec import from_bytes, from_plain, to_bytes
from remit.core.facts import KINDS, subject_of
from remit.core.gate import GateInput, decide
from remit.core.policy import CompiledPolicy, compile_documents, digest_of
from remit.ledgerproof import Checkpoint, leaf_hash
from remit.ledgerproof.record import head_of
from remit.ledgerproof.verify import Seals, Verified, verify
from remit.store import tables as t
from remit.store.ledger_reading import told
from remit.store.rebuild import rebuilt
from remit.store.sqlite import FILE
from tests.golden.plainly import plain
from tests.reference.slow_bytes import slow_bytes, to_plain
from tests.store.small_house import CountedIds, FrozenClock, in_file, opened, rows

HERE = Path(__file__).parent
LINES: list[dict[str, str]] = [json.loads(line) for line in (HERE / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
FURTHER: list[dict[str, str]] = [
    json.loads(line) for path in sorted(HERE.glob("ledger-*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()
]
SHOWN: dict[str, Any] = json.loads((HERE / "shown.json").read_text(encoding="utf-8"))
for further in sorted(HERE.glob("shown-*.json")):
    SHOWN["rows"] |= json.loads(further.read_text(encoding="utf-8"))
DECIDED: dict[str, Any] = json.loads((HERE / "decisions.json").read_text(encoding="utf-8"))


# ---------------------------------------------------------------------------------------------------------------- the ledger


@pytest.mark.parametrize(
    "line",
    [*LINES, *FURTHER],
    ids=[f"{number} {json.loads(line['body'])['kind']}" for number, line in enumerate([*LINES, *FURTHER], 1)],
)
def test_a_kept_fact_is_read_and_written_again_to_the_byte(line: dict[str, str]) -> None:
    entry = from_bytes(1, line["body"].encode())
    assert to_bytes(entry) == slow_bytes(entry) == line["body"].encode()
    assert leaf_hash(line["body"].encode()).hex() == line["leaf"]


def test_what_stands_beside_a_fact_is_read_from_its_bytes_alike_by_whoever_writes_and_whoever_verifies() -> None:
    for line in [*LINES, *FURTHER]:
        entry = from_bytes(1, line["body"].encode())
        read = told(line["body"].encode())
        assert read is not None
        assert read[3:] == (type(entry.fact).__name__, subject_of(entry.fact))


def test_every_kind_of_fact_is_kept() -> None:
    kinds = {json.loads(line["body"])["kind"] for line in [*LINES, *FURTHER]}
    assert kinds == set(KINDS), "keep a further ledger that holds what is new, and read it here"


def test_the_kept_ledger_is_still_under_its_signature() -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(SHOWN["public_key"]))
    told = SHOWN["checkpoint"]
    checkpoint = Checkpoint(size=told["size"], root=bytes.fromhex(told["root"]), signature=bytes.fromhex(told["signature"]))
    leaves = [
        (seq, line["body"].encode(), bytes.fromhex(line["leaf"]), *(head_of(line["body"].encode()) or ()))
        for seq, line in enumerate(LINES, start=1)
    ]
    outcome = verify([leaves], Seals(first_key=key, checkpoints=[checkpoint]), head_of)
    assert outcome == Verified(facts=len(LINES), sealed=len(LINES), checkpoints=1, keys=2)


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """Put the kept facts into a store of today, and fold them."""
    folder = tmp_path_factory.mktemp("kept")
    with opened(folder):
        pass
    insert = "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    in_file(folder / FILE, *[(insert, _columns(seq, line)) for seq, line in enumerate([*LINES, *_about_nothing_else()], 1)])
    with opened(folder) as store:
        return rebuilt(store.engine, FrozenClock(), CountedIds())


def _about_nothing_else() -> list[dict[str, str]]:
    """Return the kept facts of the further ledgers that move no action: they can be told after any other."""
    return [
        line
        for line in FURTHER
        if json.loads(line["body"])["kind"].startswith(
            ("Notice", "Absence", "Imported", "Baseline", "Answers", "Care", "Incident", "Drill", "Suite")
        )
    ]


def _columns(seq: int, line: dict[str, str]) -> tuple[Any, ...]:
    body = line["body"].encode()
    entry = from_bytes(seq, body)
    kind, subject = type(entry.fact).__name__, subject_of(entry.fact)
    identity = entry.id if seq <= len(LINES) else f"further {seq}"  # the further ledgers counted from the beginning again
    return seq, identity, seq, entry.actor, kind, subject, body, bytes.fromhex(line["leaf"])


def about(kept: Any, found: Any) -> Any:
    """Return of what is found only what was kept; floats to a few ulps, since they are not the same on every machine."""
    if isinstance(kept, dict):
        return {name: about(value, found[name]) for name, value in kept.items()}
    if isinstance(kept, list):
        return [about(one, other) for one, other in zip(kept, found, strict=True)]
    return kept if isinstance(kept, float) and found == pytest.approx(kept, rel=1e-12) else found


@pytest.mark.parametrize("table", SHOWN["rows"])
def test_the_kept_facts_still_show_what_they_showed(folded: sa.Engine, table: str) -> None:
    found = [plain(row) for row in rows(folded, t.METADATA.tables[table])]
    assert about(SHOWN["rows"][table], found) == SHOWN["rows"][table]


def test_every_projection_was_kept_with_something_in_it() -> None:
    assert set(SHOWN["rows"]) == {table.name for table in t.PROJECTIONS}, "keep what a new table shows, and read it here"
    assert all(SHOWN["rows"].values())


# ------------------------------------------------------------------------------------------------------------- the decisions


@pytest.fixture(scope="module")
def policy() -> CompiledPolicy:
    return compile_documents(1, DECIDED["digest"], DECIDED["documents"])


def test_the_kept_documents_still_have_their_digest() -> None:
    assert digest_of(DECIDED["documents"]) == DECIDED["digest"]


@pytest.mark.parametrize("number", range(len(DECIDED["decisions"])))
def test_a_kept_question_is_decided_as_it_was(policy: CompiledPolicy, number: int) -> None:
    kept = DECIDED["decisions"][number]
    given = from_plain(GateInput, kept["given"])
    assert to_plain(given) == kept["given"]
    decided = to_plain(decide(given, policy))
    decided["classified"].pop("stays_draft", None)  # was worked out where it was needed, when these were kept
    assert decided == kept["decided"]


def test_the_kept_decisions_are_of_every_sort() -> None:
    verdicts = {kept["decided"]["verdict"] for kept in DECIDED["decisions"]}
    reasons = {reason["code"] for kept in DECIDED["decisions"] for reason in kept["decided"]["reasons"]}
    assert verdicts == {0, 1, 2, 3}
    assert {"rule", "rule_not_evaluated"} < reasons
    assert len(reasons) >= 19


def test_envelopes_and_checked_rules_are_kept() -> None:
    assert {"catalogue", "charter:kept", "rules"} == set(DECIDED["documents"])
    inner = [kept["given"]["facts"].get("inner") for kept in DECIDED["decisions"] if "facts" in kept["given"]]
    assert sum(bool(calls) for calls in inner) > 5
    assert any("riskiest" in kept["decided"]["classified"] for kept in DECIDED["decisions"])
    assert any("worse_on" in kept["decided"]["classified"] for kept in DECIDED["decisions"])
