"""The ledger's key may end and another begin, also where the power fails in between, and nothing ends unverifiable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from remit.core import facts as f
from remit.errors import NotInitialised
from remit.ledgerproof import Checkpoint, sign
from remit.ledgerproof.note import write_public
from remit.ledgerproof.verify import Broken, Verified
from remit.store import ledger_keys
from remit.store import tables as t
from remit.store.ledger import verify_file
from remit.store.ledger_desk import Desk
from remit.store.ledger_keys import FIRST, LEDGER_KEY, NEXT, LedgerKeys, first_key, ledger_key, make_key
from remit.store.sqlite import FILE, SqliteStore
from tests.store.small_house import START, FrozenClock, begin, hold, in_file, opened, rows


class DeadError(BaseException):
    """The process ended."""


@contextmanager
def desk(folder: Path, *, first: int = 1) -> Iterator[tuple[SqliteStore, Desk]]:
    """Open a folder with its ledger, as a start of the program does."""
    if not (folder / LEDGER_KEY).exists():
        folder.mkdir(exist_ok=True)
        make_key(folder)
    with opened(folder, first=first) as store:
        yield store, Desk(store, FrozenClock(), LedgerKeys(folder))


def name(store: SqliteStore, found: Desk, following: str) -> None:
    """Record the fact that names the next key."""
    fact = f.LedgerKeyRotated(ledger=found.origin, public_key=following, replaces=found.public, by="ann")
    store.write_now(lambda tx: tx.record(fact, actor="person:ann"))


def rotate(store: SqliteStore, found: Desk) -> None:
    """Change the key, all steps of it."""
    name(store, found, found.prepare())
    found.take_over()


def verified(folder: Path) -> Verified | Broken:
    """Verify a folder by its first key."""
    return verify_file(folder / FILE, first_key(folder)).outcome


def signed_by(folder: Path) -> str:
    """Return the public half of the key in the file."""
    return write_public(ledger_key(folder).public_key())


def test_a_new_key_signs_behind_a_seal_of_the_old_one_over_its_fact(tmp_path: Path) -> None:
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        found.sealer.seal(START)
        before = found.public
        rotate(store, found)
        assert (found.public, signed_by(tmp_path)) == (found.public, found.public) != (before, before)
        store.write_now(hold("p1"))
        found.sealer.seal(START)
        assert [row["size"] for row in rows(store.engine, t.checkpoints)] == [3, 4, 6]
    assert verified(tmp_path) == Verified(facts=6, sealed=6, checkpoints=3, keys=2)


def test_a_ledger_outlives_many_keys_and_keeps_its_name(tmp_path: Path) -> None:
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        name_of_it, seen = found.origin, {found.public}
        for number in range(5):
            store.write_now(hold(f"p{number}"))
            rotate(store, found)
            seen.add(found.public)
        assert (found.origin, len(seen)) == (name_of_it, 6)
    with desk(tmp_path, first=100) as (store, found):
        store.write_now(hold("later"))
        found.sealer.seal(START)
    outcome = verified(tmp_path)
    assert isinstance(outcome, Verified)
    assert (outcome.keys, outcome.tail) == (6, 0)


def test_the_old_private_key_is_kept_nowhere(tmp_path: Path) -> None:
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        old = (tmp_path / LEDGER_KEY).read_bytes()
        raw = ledger_key(tmp_path).private_bytes_raw()
        rotate(store, found)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert old.splitlines()[1] not in kept
    assert raw not in kept
    assert not (tmp_path / NEXT).exists()


# ----------------------------------------------------------------------------------------------------------------- cut off


def dies(monkeypatch: pytest.MonkeyPatch, where: Any, what: str, *, after: bool) -> None:
    """Let the process end at a call, before it or after it."""
    real: Callable[..., Any] = getattr(where, what)

    def dead(*given: Any, **named: Any) -> None:
        if after:
            real(*given, **named)
        raise DeadError

    monkeypatch.setattr(where, what, dead)


CUT_OFF: dict[str, tuple[Any, str, bool, int]] = {
    "before the next key is written": (ledger_keys, "write_durably", False, 1),
    "when the next key is written": (ledger_keys, "write_durably", True, 1),
    "when the fact is written": (Desk, "take_over", False, 2),
    "before the old key signs": (Desk, "_hand_over", False, 2),
    "when the old key signed": (Desk, "_hand_over", True, 2),
    "when the next key took its place": (ledger_keys, "sync_folder", False, 2),
}
"""Where it dies, and how many keys there are once it went on."""


@pytest.mark.parametrize("how", CUT_OFF)
def test_cut_off_anywhere_a_change_of_key_goes_on_and_the_ledger_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    where, what, after, keys = CUT_OFF[how]
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        found.sealer.seal(START)
        with monkeypatch.context() as patched:
            dies(patched, where, what, after=after)
            with pytest.raises(DeadError):
                rotate(store, found)
        store.write_now(hold("meanwhile"))  # what others still wrote before the power failed
    assert isinstance(verified(tmp_path), Verified)
    with desk(tmp_path, first=100) as (store, found):
        assert not (tmp_path / NEXT).exists()
        assert found.public == signed_by(tmp_path)
        store.write_now(hold("later"))
        found.sealer.seal(START)
        rotate(store, found)
    outcome = verified(tmp_path)
    assert isinstance(outcome, Verified), outcome
    assert (outcome.keys, outcome.tail) == (keys + 1, 0)


def test_a_seal_in_between_is_no_seal_of_the_old_key_too_many(tmp_path: Path) -> None:
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        name(store, found, found.prepare())
        assert found.sealer.seal(START) is not None
        store.write_now(hold("p1"))
        assert found.sealer.seal(START) is None, "the old key signed for the last time"
        found.take_over()
        assert found.sealer.seal(START) is not None
    assert verified(tmp_path) == Verified(facts=6, sealed=6, checkpoints=2, keys=2)


def test_what_was_begun_before_is_finished_before_another_key_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        with monkeypatch.context() as patched:
            dies(patched, Desk, "_hand_over", after=False)
            with pytest.raises(DeadError):
                rotate(store, found)
        rotate(store, found)
    outcome = verified(tmp_path)
    assert isinstance(outcome, Verified)
    assert outcome.keys == 3


# ---------------------------------------------------------------------------------------------------------------- wrong keys

OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def changed(tmp_path: Path) -> tuple[Path, Ed25519PrivateKey]:
    """Write a ledger whose key was changed once, and keep the old private key as a thief would."""
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        old = ledger_key(tmp_path)
        rotate(store, found)
        store.write_now(hold("p1"))
        found.sealer.seal(START)
    return tmp_path, old


def resign(folder: Path, size: int, key: Ed25519PrivateKey) -> None:
    """Sign a checkpoint of the file with another key."""
    with desk(folder, first=500) as (store, found):
        (row,) = [row for row in rows(store.engine, t.checkpoints) if row["size"] == size]
        forged: Checkpoint = sign(key, origin=found.origin, size=size, root=row["root"])
    in_file(folder / FILE, ("UPDATE checkpoints SET signature = ? WHERE size = ?", (forged.signature, size)))


@pytest.mark.parametrize(
    ("size", "whose", "why"),
    [
        (6, "old", "the checkpoint over facts 1 to 6 is signed by a key that was replaced after fact 4"),
        (4, "new", "the checkpoint over facts 1 to 4 is signed by a key that was not in force yet"),
        (6, "other", "the checkpoint over facts 1 to 6 is not signed by the key in force"),
    ],
)
def test_a_checkpoint_of_a_key_that_was_not_in_force_is_named(
    changed: tuple[Path, Ed25519PrivateKey], size: int, whose: str, why: str
) -> None:
    folder, old = changed
    resign(folder, size, {"old": old, "new": ledger_key(folder), "other": OTHER}[whose])
    assert verified(folder) == Broken(seq=size, why=why)


def test_a_dropped_seal_over_a_change_of_key_is_missed(changed: tuple[Path, Ed25519PrivateKey]) -> None:
    folder, _ = changed
    in_file(folder / FILE, ("DELETE FROM checkpoints WHERE size = 4", ()))
    assert verified(folder) == Broken(seq=6, why="the checkpoint over facts 1 to 6 is signed by a key that was not in force yet")


@pytest.mark.parametrize("file", [LEDGER_KEY, FIRST])
def test_a_folder_with_another_key_than_its_ledger_is_not_opened(changed: tuple[Path, Ed25519PrivateKey], file: str) -> None:
    folder, _ = changed
    other = folder.parent / "other"
    with desk(other):
        pass
    (folder / file).write_bytes((other / file).read_bytes())
    with pytest.raises(NotInitialised, match="another key than the ledger names"), desk(folder, first=900):
        pass


def test_a_next_key_that_is_gone_is_told_and_nothing_is_signed(tmp_path: Path) -> None:
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        name(store, found, found.prepare())
    (tmp_path / NEXT).unlink()
    with pytest.raises(NotInitialised, match="another key than the ledger names"), desk(tmp_path, first=100):
        pass
    assert verified(tmp_path) == Verified(facts=4, sealed=0, checkpoints=0)


def test_a_change_that_two_facts_name_under_one_seal_is_no_change(tmp_path: Path) -> None:
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        for number in (3, 4):
            following = write_public(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32).public_key())
            name(store, found, following)
        found.sealer.seal(START)
    assert verified(tmp_path) == Broken(seq=5, why="it changes the ledger's key a second time under one checkpoint")


def test_a_folder_from_before_keys_could_change_gets_its_first_key_written_down(tmp_path: Path) -> None:
    with desk(tmp_path) as (store, found):
        store.write_now(begin)
        found.sealer.seal(START)
    kept = (tmp_path / FIRST).read_text()
    (tmp_path / FIRST).unlink()
    assert isinstance(verified(tmp_path), Verified)
    with desk(tmp_path, first=100):
        assert (tmp_path / FIRST).read_text() == kept


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff"])
def test_a_file_that_holds_no_key_is_told(tmp_path: Path, content: bytes) -> None:
    with desk(tmp_path):
        pass
    for file in (LEDGER_KEY, FIRST):
        kept = (tmp_path / file).read_bytes()
        (tmp_path / file).write_bytes(content)
        with pytest.raises(NotInitialised, match=file):
            LedgerKeys(tmp_path)
        (tmp_path / file).write_bytes(kept)
