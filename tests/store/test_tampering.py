"""Whoever changes the ledger is found out, at the first place that can be told."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from remit.ledgerproof import Checkpoint, leaf_hash, origin_of, root, sign
from remit.ledgerproof.verify import Broken, Seals, Verified, verify
from remit.ports import Writing
from remit.store import tables as t
from remit.store.ledger import Sealer, verify_file
from remit.store.ledger_reading import ledger_file, told
from remit.store.sqlite import FILE, SqliteStore
from tests.changed import replace
from tests.store.small_house import START, answered, begin, hold, in_file, opened, rows

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
ORIGIN = origin_of(KEY.public_key())
SEALED_AT = (12, 24, 33)
FACTS, SEALED = 39, SEALED_AT[-1]
WHOLE = Verified(facts=FACTS, sealed=SEALED, checkpoints=len(SEALED_AT))


def tell(store: SqliteStore, sealer: Sealer) -> None:
    """Write thirteen times three facts, sealing on the way."""
    store.write_now(begin)
    for number in range(1, 13):
        store.write_now(hold(f"p{number}"))
        store.write_now(lambda tx: _answer(tx, number))  # noqa: B023  # it is run at once
        if 3 * number + 3 in SEALED_AT:
            sealer.seal(START)


def _answer(tx: Writing, number: int) -> None:
    tx.record(answered(f"p{number}"), actor="person:ann")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    with opened(folder) as store:
        tell(store, Sealer(store, KEY))
    return folder / FILE


# ----------------------------------------------------------------------------------------------------------------- in memory


class Fact(NamedTuple):
    """One fact as it lies in the file."""

    seq: int
    body: bytes
    leaf: bytes
    head: tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A ledger as anybody can read it, and change it."""

    leaves: tuple[Fact, ...]
    checkpoints: tuple[Checkpoint, ...]

    def verified(self) -> Verified | Broken:
        """Verify it by the public key."""
        facts = [(fact.seq, fact.body, fact.leaf, *fact.head) for fact in self.leaves]
        pages = [facts[:20], facts[20:]]
        return verify(pages, Seals(first_key=KEY.public_key(), checkpoints=self.checkpoints), told)

    def changed(self, seq: int, **changes: Any) -> Ledger:
        """Change one fact."""
        leaf = self.leaves[seq - 1]._replace(**changes)
        return replace(self, leaves=(*self.leaves[: seq - 1], leaf, *self.leaves[seq:]))

    def renumbered(self, leaves: Sequence[Fact]) -> Ledger:
        """Take other facts and number them without a gap."""
        return replace(self, leaves=tuple(leaf._replace(seq=seq) for seq, leaf in enumerate(leaves, 1)))

    def resigned(self, key: Ed25519PrivateKey) -> Ledger:
        """Sign every checkpoint anew over the facts as they are now."""
        hashes = [leaf.leaf for leaf in self.leaves]
        return replace(
            self,
            checkpoints=tuple(sign(key, origin=ORIGIN, size=one.size, root=root(hashes[: one.size])) for one in self.checkpoints),
        )


@pytest.fixture(scope="module")
def ledger(written: Path) -> Ledger:
    with ledger_file(written) as file:
        return Ledger(
            leaves=tuple(Fact(row[0], row[1], row[2], row[3:]) for page in file.pages() for row in page),
            checkpoints=tuple(file.checkpoints()),
        )


HEAD = ("id", "at", "actor", "kind", "subject")


def consistent(leaf: Fact, **changes: str) -> Fact:
    """Rewrite a fact with all that is derived from it, as somebody would who knows the format."""
    body = orjson.dumps({**orjson.loads(leaf.body), **changes}, option=orjson.OPT_SORT_KEYS)
    return leaf._replace(body=body, leaf=leaf_hash(body), head=told(body) or ())


def seal_over(seq: int, facts: int = FACTS) -> Verified | Broken:
    """Say what a consistent change from here on leads to: the next seal breaks, and behind the last one nothing does."""
    covering = [size for size in SEALED_AT if size >= seq]
    if not covering:
        return Verified(facts=facts, sealed=SEALED, checkpoints=len(SEALED_AT))
    before = max([size for size in SEALED_AT if size < seq], default=0)
    return Broken(seq=covering[0], why=f"facts {before + 1} to {covering[0]} do not have the root that the checkpoint signs")


anywhere = st.integers(1, FACTS)


def test_an_untouched_ledger_holds(ledger: Ledger) -> None:
    assert ledger.verified() == WHOLE


def flipped(data: bytes, bit: int) -> bytes:
    """Turn one bit over."""
    place = bit % (8 * len(data))
    return data[: place // 8] + bytes([data[place // 8] ^ 1 << place % 8]) + data[place // 8 + 1 :]


@given(seq=anywhere, bit=st.integers(0, 10_000), what=st.sampled_from(["body", "leaf"]))
def test_a_flipped_bit_is_found_in_its_fact(ledger: Ledger, seq: int, bit: int, what: str) -> None:
    broken = ledger.changed(seq, **{what: flipped(getattr(ledger.leaves[seq - 1], what), bit)}).verified()
    assert broken == Broken(seq=seq, why="its content does not have the hash it was written with")


@given(seq=anywhere, name=st.sampled_from(HEAD))
def test_what_stands_beside_a_fact_has_to_say_the_same(ledger: Ledger, seq: int, name: str) -> None:
    leaf = ledger.leaves[seq - 1]
    head = tuple("somebody else" if one == name else value for one, value in zip(HEAD, leaf.head, strict=True))
    broken = ledger.changed(seq, head=head).verified()
    assert broken == Broken(seq=seq, why="what stands beside the fact says something else than the fact")


@given(seq=st.integers(1, FACTS - 1))
def test_a_deleted_fact_is_missed(ledger: Ledger, seq: int) -> None:
    gap = replace(ledger, leaves=tuple(leaf for leaf in ledger.leaves if leaf.seq != seq))
    assert gap.verified() == Broken(seq=seq, why=f"fact {seq} is missing")


@given(seq=anywhere)
def test_a_deleted_fact_is_missed_after_renumbering_too(ledger: Ledger, seq: int) -> None:
    closed = ledger.renumbered([leaf for leaf in ledger.leaves if leaf.seq != seq])
    assert closed.verified() == seal_over(seq, FACTS - 1)


@given(kept=st.integers(0, FACTS))
def test_a_truncated_ledger_is_shorter_than_what_was_signed(ledger: Ledger, kept: int) -> None:
    outcome = ledger.renumbered(ledger.leaves[:kept]).verified()
    if kept >= SEALED:
        assert outcome == Verified(facts=kept, sealed=SEALED, checkpoints=len(SEALED_AT))
    else:
        wanted = next(size for size in SEALED_AT if size > kept)
        assert outcome == Broken(seq=kept + 1, why=f"the checkpoint covers {wanted} facts, only {kept} are here")


@given(seq=anywhere)
def test_an_inserted_fact_breaks_the_next_seal(ledger: Ledger, seq: int) -> None:
    invented = consistent(ledger.leaves[seq - 1], id="invented")
    longer = ledger.renumbered([*ledger.leaves[: seq - 1], invented, *ledger.leaves[seq - 1 :]])
    assert longer.verified() == seal_over(seq, FACTS + 1)


@given(pair=st.lists(anywhere, min_size=2, max_size=2, unique=True).map(sorted))
def test_facts_that_changed_places_break_the_next_seal(ledger: Ledger, pair: list[int]) -> None:
    first, second = pair
    leaves = list(ledger.leaves)
    leaves[first - 1], leaves[second - 1] = leaves[second - 1], leaves[first - 1]
    assert ledger.renumbered(leaves).verified() == seal_over(first)


@given(seq=anywhere, actor=st.sampled_from(["person:eve", "remit"]))
def test_a_rewritten_fact_breaks_the_next_seal(ledger: Ledger, seq: int, actor: str) -> None:
    leaf = ledger.leaves[seq - 1]
    rewritten = consistent(leaf, actor=actor)
    outcome = ledger.changed(seq, body=rewritten.body, leaf=rewritten.leaf, head=rewritten.head).verified()
    assert outcome == (WHOLE if leaf.head[HEAD.index("actor")] == actor else seal_over(seq))


@given(seq=anywhere, body=st.sampled_from([b"", b"not a record", b"[]", b"7", b"null", b"\xff", b"{"]))
def test_a_fact_that_is_no_record_is_found(ledger: Ledger, seq: int, body: bytes) -> None:
    assert ledger.changed(seq, body=body, leaf=leaf_hash(body)).verified() == Broken(seq=seq, why="it is no record")


# --------------------------------------------------------------------------------------------------------------- checkpoints

which = st.integers(0, len(SEALED_AT) - 1)


def with_checkpoint(ledger: Ledger, number: int, **changes: Any) -> Ledger:
    """Change one checkpoint."""
    forged = replace(ledger.checkpoints[number], **changes)
    others = (*ledger.checkpoints[:number], forged, *ledger.checkpoints[number + 1 :])
    return replace(ledger, checkpoints=others)


@given(number=which, bit=st.integers(0, 511))
def test_a_forged_signature_is_found_at_its_checkpoint(ledger: Ledger, number: int, bit: int) -> None:
    forged = with_checkpoint(ledger, number, signature=flipped(ledger.checkpoints[number].signature, bit))
    why = f"the checkpoint over facts 1 to {SEALED_AT[number]} is not signed by the key in force"
    assert forged.verified() == Broken(seq=SEALED_AT[number], why=why)


@given(number=which, bit=st.integers(0, 255))
def test_a_forged_root_is_found_at_its_checkpoint(ledger: Ledger, number: int, bit: int) -> None:
    forged = with_checkpoint(ledger, number, root=flipped(ledger.checkpoints[number].root, bit))
    assert forged.verified() == seal_over(SEALED_AT[number])


@given(number=which, size=st.integers(-3, FACTS + 20))
def test_a_checkpoint_moved_elsewhere_is_found(ledger: Ledger, number: int, size: int) -> None:
    outcome = with_checkpoint(ledger, number, size=size).verified()
    assert isinstance(outcome, Broken) is (size != SEALED_AT[number])


@given(seq=st.integers(1, SEALED))
def test_a_history_rewritten_and_signed_by_somebody_else_is_found(ledger: Ledger, seq: int) -> None:
    rewritten = consistent(ledger.leaves[seq - 1], actor="person:eve")
    forged = ledger.changed(seq, body=rewritten.body, leaf=rewritten.leaf, head=rewritten.head).resigned(OTHER)
    assert isinstance(forged.verified(), Broken)


def test_a_checkpoint_kept_elsewhere_finds_what_was_cut_off_with_its_seals(ledger: Ledger) -> None:
    kept = ledger.checkpoints[-1]
    cut = replace(ledger.renumbered(ledger.leaves[:12]), checkpoints=ledger.checkpoints[:1])
    assert cut.verified() == Verified(facts=12, sealed=12, checkpoints=1)
    assert isinstance(replace(cut, checkpoints=(*cut.checkpoints, kept)).verified(), Broken)


def test_without_a_seal_nothing_is_under_a_signature(ledger: Ledger) -> None:
    assert replace(ledger, checkpoints=()).verified() == Verified(facts=FACTS, sealed=0, checkpoints=0)
    assert replace(ledger, checkpoints=(), leaves=()).verified() == Verified(facts=0, sealed=0, checkpoints=0)


# ------------------------------------------------------------------------------------------------------------------- in a file

SHIFT = [  # through negative numbers, because numbers are unique at every moment
    ("UPDATE facts SET seq = -seq WHERE seq >= ?", (15,)),
    ("UPDATE facts SET seq = -seq + 1 WHERE seq < 0", ()),
]
SWAP = [
    ("UPDATE facts SET seq = -1 WHERE seq = 15", ()),
    ("UPDATE facts SET seq = 15 WHERE seq = 20", ()),
    ("UPDATE facts SET seq = 20 WHERE seq = -1", ()),
]
INVENT = [
    *SHIFT,
    (
        "INSERT INTO facts SELECT 15, 'invented', at, actor, kind, subject, body, leaf FROM facts WHERE seq = 16",
        (),
    ),
]
TAMPERED: dict[str, tuple[list[tuple[str, tuple[Any, ...]]], int]] = {
    "a body": ([("UPDATE facts SET body = replace(body, 'otto', 'eve1') WHERE seq = 16", ())], 16),
    "a hash": ([("UPDATE facts SET leaf = zeroblob(32) WHERE seq = 15", ())], 15),
    "who did it": ([("UPDATE facts SET actor = 'person:eve' WHERE seq = 15", ())], 15),
    "when it was": ([("UPDATE facts SET at = at + 1 WHERE seq = 15", ())], 15),
    "what it was": ([("UPDATE facts SET kind = 'Lapsed' WHERE seq = 15", ())], 15),
    "a body as text": ([("UPDATE facts SET body = CAST(body AS TEXT) WHERE seq = 15", ())], 15),
    "a hash as a number": ([("UPDATE facts SET leaf = 7 WHERE seq = 15", ())], 15),
    "a moment beyond time": ([("UPDATE facts SET at = 9223372036854775807 WHERE seq = 15", ())], 15),
    "a moment in words": ([("UPDATE facts SET at = 'yesterday' WHERE seq = 15", ())], 15),
    "a root in words": ([("UPDATE checkpoints SET root = 'x' WHERE size = 24", ())], 24),
    "a signature in words": ([("UPDATE checkpoints SET signature = 'Ann' WHERE size = 24", ())], 24),
    "what it is about": ([("UPDATE facts SET subject = 'p2' WHERE seq = 15", ())], 15),
    "a text that is none": ([("UPDATE facts SET actor = CAST(x'ff' AS TEXT) WHERE seq = 15", ())], 15),
    "its id": ([("UPDATE facts SET id = 'x' WHERE seq = 15", ())], 15),
    "a deleted fact": ([("DELETE FROM facts WHERE seq = 15", ())], 15),
    "an inserted fact": (INVENT, 15),
    "facts in other places": (SWAP, 24),
    "a cut-off end": ([("DELETE FROM facts WHERE seq > 20", ())], 21),
    "everything gone": ([("DELETE FROM facts", ())], 1),
    "a forged root": ([("UPDATE checkpoints SET root = zeroblob(32) WHERE size = 24", ())], 24),
    "a forged signature": ([("UPDATE checkpoints SET signature = zeroblob(64) WHERE size = 24", ())], 24),
    "a seal over facts that never were": ([("UPDATE checkpoints SET size = 99 WHERE size = 33", ())], 40),
}


def in_copy(written: Path, tmp_path: Path, *statements: tuple[str, tuple[Any, ...]]) -> Path:
    """Tamper with a copy."""
    copy = tmp_path / FILE
    shutil.copy(written, copy)
    in_file(copy, *statements)
    return copy


@pytest.mark.parametrize("name", TAMPERED)
def test_the_first_broken_fact_of_a_file_is_named(written: Path, tmp_path: Path, name: str) -> None:
    statements, seq = TAMPERED[name]
    outcome = verify_file(in_copy(written, tmp_path, *statements), KEY.public_key()).outcome
    assert isinstance(outcome, Broken)
    assert outcome.seq == seq


def test_a_file_nobody_touched_holds_and_says_what_is_not_sealed_yet(written: Path) -> None:
    report = verify_file(written, KEY.public_key())
    assert (report.outcome, report.path) == (WHOLE, written)


def test_another_key_signed_nothing_here(written: Path) -> None:
    assert isinstance(verify_file(written, OTHER.public_key()).outcome, Broken)


def test_sealing_goes_on_where_it_stopped_and_seals_nothing_twice(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        sealer = Sealer(store, KEY)
        assert sealer.seal(START) is None
        store.write_now(begin)
        first = sealer.seal(START)
        assert first is not None
        assert (first.size, sealer.seal(START)) == (3, None)
        store.write_now(hold("p1"))
    with opened(tmp_path, first=100) as store:
        again = Sealer(store, KEY)
        second = again.seal(START)
        assert second is not None
        assert second.size == 5
        assert again.seal(START) is None
        assert second.root == root([row["leaf"] for row in rows(store.engine, t.facts)])
    assert verify_file(tmp_path / FILE, KEY.public_key()).outcome == Verified(facts=5, sealed=5, checkpoints=2)
