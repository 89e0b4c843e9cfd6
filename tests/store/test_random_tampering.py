"""Thousands of random tamperings with a real file and with an export: each is found and named.

What cannot be found by the ledger alone, and is no promise: a fact behind the last checkpoint that is rewritten with its hash,
and checkpoints that are taken away from the end together with the facts they covered. Both need a checkpoint that was kept
outside, and the last test shows that it finds them. A checkpoint taken away from the middle takes no proof away, so the ledger
holds.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from remit.errors import InvalidInput
from remit.ledgerproof import leaf_hash, origin_of, root, sign
from remit.ledgerproof.export_lines import header_line, read_header, verify_export
from remit.ledgerproof.note import read_note, write_note
from remit.ledgerproof.verify import Broken, Verified
from remit.store.ledger import verify_file
from remit.store.ledger_keys import first_key
from remit.store.ledger_lines import exported
from remit.store.sqlite import FILE
from tests.store.small_house import START, begin, hold
from tests.store.test_key_change import desk, rotate

EVE = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
PLAIN, SOAK = 500, 10_000


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A ledger of 41 facts with two keys and four checkpoints; the last two facts are not sealed."""

    folder: Path
    first: Ed25519PublicKey
    sizes: tuple[int, ...]
    facts: int
    lines: tuple[bytes, ...]

    @property
    def sealed(self) -> int:
        """How many facts are under a checkpoint."""
        return self.sizes[-1]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("tampering")
    with desk(folder) as (store, found):
        store.write_now(begin)
        for number in range(18):
            store.write_now(hold(f"p{number}"))
            if number in {4, 12}:
                found.sealer.seal(START)
            if number == 8:
                rotate(store, found)
        found.sealer.seal(START)
        store.write_now(hold("tail"))
    first = first_key(folder)
    outcome = verify_file(folder / FILE, first).outcome
    assert outcome == Verified(facts=42, sealed=40, checkpoints=4, keys=2)
    with closing(sqlite3.connect(folder / FILE)) as file:
        sizes = tuple(size for (size,) in file.execute("SELECT size FROM checkpoints ORDER BY size"))
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with exported(folder / FILE, first) as export:
        lines = tuple(export.lines)
    return Kept(folder=folder, first=first, sizes=sizes, facts=42, lines=lines)


# ------------------------------------------------------------------------------------------------------------------ in a file


def flip(data: bytes, random: Random) -> bytes:
    """Turn one bit over."""
    place, bit = random.randrange(len(data)), 1 << random.randrange(8)
    return data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def seal_behind(kept: Kept, seq: int) -> int:
    """Return the size of the first checkpoint that covers a fact."""
    return next(size for size in kept.sizes if size >= seq)


def rewritten(file: sqlite3.Connection, seq: int) -> tuple[bytes, bytes]:
    """Rewrite a fact with its hash, as somebody would who knows the format."""
    (body,) = file.execute("SELECT body FROM facts WHERE seq = ?", (seq,)).fetchone()
    told = json.loads(body)
    told["fact"]["forged"] = "x"
    forged = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    return forged, leaf_hash(forged)


Way = Callable[[sqlite3.Connection, Kept, Random], set[int]]
"""Changes a file in one way, and returns the facts that may be named."""


def flipped_bytes(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    seq, what = random.randrange(1, kept.facts + 1), random.choice(["body", "leaf"])
    (old,) = file.execute(f"SELECT {what} FROM facts WHERE seq = ?", (seq,)).fetchone()  # noqa: S608  # two words
    file.execute(f"UPDATE facts SET {what} = ? WHERE seq = ?", (flip(old, random), seq))  # noqa: S608
    return {seq}


def another_head(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    seq, column = random.randrange(1, kept.facts + 1), random.choice(["id", "at", "actor", "kind", "subject"])
    file.execute(f"UPDATE facts SET {column} = ? WHERE seq = ?", (f"x{random.random()}", seq))  # noqa: S608  # five words
    return {seq}


def another_text(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    seq = random.randrange(1, kept.sealed + 1)
    file.execute("UPDATE facts SET body = ?, leaf = ? WHERE seq = ?", (*rewritten(file, seq), seq))
    return {seal_behind(kept, seq)}


def a_gap(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    seq = random.randrange(1, kept.sealed + 1)
    file.execute("DELETE FROM facts WHERE seq = ?", (seq,))
    return {seq}


def a_closed_gap(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    (seq,) = a_gap(file, kept, random)
    file.execute("UPDATE facts SET seq = -seq WHERE seq > ?", (seq,))
    file.execute("UPDATE facts SET seq = -seq - 1 WHERE seq < 0")
    return {seal_behind(kept, seq)}


def a_cut_off_end(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    seq = random.randrange(1, kept.sealed + 1)
    file.execute("DELETE FROM facts WHERE seq >= ?", (seq,))
    return {seq, seal_behind(kept, seq)}


def other_places(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    one = random.randrange(1, kept.sealed + 1)
    other = random.choice([seq for seq in range(1, kept.facts + 1) if seq != one])
    for old, new in ((one, -1), (other, one), (-1, other)):
        file.execute("UPDATE facts SET seq = ? WHERE seq = ?", (new, old))
    return {seal_behind(kept, min(one, other))}


def an_inserted_fact(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    seq = random.randrange(1, kept.sealed + 1)
    file.execute("UPDATE facts SET seq = -seq WHERE seq >= ?", (seq,))
    file.execute("UPDATE facts SET seq = -seq + 1 WHERE seq < 0")
    insert = "INSERT INTO facts SELECT ?, id || '+', at, actor, kind, subject, body, leaf FROM facts WHERE seq = ?"
    file.execute(insert, (seq, seq + 1))
    return {seq}


def a_forged_seal(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    size, what = random.choice(kept.sizes), random.choice(["root", "signature"])
    (old,) = file.execute(f"SELECT {what} FROM checkpoints WHERE size = ?", (size,)).fetchone()  # noqa: S608  # two words
    file.execute(f"UPDATE checkpoints SET {what} = ? WHERE size = ?", (flip(old, random), size))  # noqa: S608
    return {size}


def a_seal_of_another_key(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    size = random.choice(kept.sizes)
    leaves = [leaf for (leaf,) in file.execute("SELECT leaf FROM facts ORDER BY seq LIMIT ?", (size,))]
    forged = sign(EVE, origin=origin_of(kept.first), size=size, root=root(leaves))
    file.execute("UPDATE checkpoints SET signature = ? WHERE size = ?", (forged.signature, size))
    return {size}


def a_dropped_seal_over_a_key(file: sqlite3.Connection, kept: Kept, _: Random) -> set[int]:
    (named,) = file.execute("SELECT seq FROM facts WHERE kind = 'LedgerKeyRotated'").fetchone()
    dropped = seal_behind(kept, named)
    file.execute("DELETE FROM checkpoints WHERE size = ?", (dropped,))
    return {next(size for size in kept.sizes if size > dropped)}


def a_moved_seal(file: sqlite3.Connection, kept: Kept, random: Random) -> set[int]:
    moved = random.choice([one for one in range(-3, kept.facts + 9) if one not in kept.sizes])
    file.execute("UPDATE checkpoints SET size = ? WHERE size = ?", (moved, random.choice(kept.sizes)))
    return set(range(1, kept.facts + 2))


WAYS: tuple[Way, ...] = (
    flipped_bytes,
    another_head,
    another_text,
    a_gap,
    a_closed_gap,
    a_cut_off_end,
    other_places,
    an_inserted_fact,
    a_forged_seal,
    a_seal_of_another_key,
    a_dropped_seal_over_a_key,
    a_moved_seal,
)


def tampered(kept: Kept, folder: Path, random: Random) -> tuple[Verified | Broken, set[int]]:
    """Tamper with a copy and verify it."""
    copy = folder / FILE
    shutil.copy(kept.folder / FILE, copy)
    with closing(sqlite3.connect(copy)) as file, file:
        file.execute("PRAGMA synchronous = OFF")
        expected = random.choice(WAYS)(file, kept, random)
    return verify_file(copy, kept.first).outcome, expected


def none_missed(kept: Kept, folder: Path, times: int) -> None:
    for seed in range(times):
        outcome, expected = tampered(kept, folder, Random(seed))
        assert isinstance(outcome, Broken), f"seed {seed} was missed"
        assert outcome.seq in expected, f"seed {seed}: {outcome}, expected one of {expected}"
        assert outcome.why


def test_no_tampering_with_the_file_is_missed_and_each_is_named(kept: Kept, tmp_path: Path) -> None:
    none_missed(kept, tmp_path, PLAIN)


@pytest.mark.soak
def test_ten_thousand_tamperings_with_the_file_and_none_is_missed(kept: Kept, tmp_path: Path) -> None:
    none_missed(kept, tmp_path, SOAK)


# ---------------------------------------------------------------------------------------------------------------- in an export


def tampered_lines(kept: Kept, random: Random) -> tuple[list[bytes], set[int]]:
    """Change an export in one way. Returns it, and the facts that may be named; 0 stands for its first lines."""
    lines, before = list(kept.lines), 1 + len(kept.sizes)
    place, fact = random.randrange(len(lines)), random.randrange(1, kept.facts + 1)
    match random.randrange(8):
        case 0:
            lines[place] = flip(lines[place], random)
            return lines, {place - before + 1} if place >= before else set(range(kept.facts + 2))
        case 1:
            del lines[before + fact - 1]
            return lines, {fact}
        case 2:
            del lines[before + fact - 1 :]
            return lines, {fact} | {size for size in kept.sizes if size >= fact}
        case 3:
            lines.insert(before + fact - 1, lines[before + random.randrange(kept.facts)])
            return lines, {fact, fact + 1, kept.facts + 2}
        case 4:
            other = random.choice([one for one in range(1, kept.facts + 1) if one != fact])
            one, two = before + fact - 1, before + other - 1
            lines[one], lines[two] = lines[two], lines[one]
            return lines, {min(fact, other)}
        case 5:
            sealed = random.randrange(1, kept.sealed + 1)
            told = json.loads(lines[before + sealed - 1])
            told["body"] = told["body"].replace('"actor":"', '"actor":"x')
            told["hash"] = b64encode(leaf_hash(told["body"].encode())).decode()
            lines[before + sealed - 1] = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
            return lines, {seal_behind(kept, sealed)}
        case 6:
            del lines[random.randrange(1, before)]
            return lines, {0}
        case _:
            number = random.randrange(1, before)
            note = read_note(json.loads(lines[number])["checkpoint"])
            forged = write_note(note.origin, sign(EVE, origin=note.origin, size=note.size, root=note.root), EVE.public_key())
            lines[number] = json.dumps({"checkpoint": forged}, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
            return lines, {note.size}


def is_header(line: bytes) -> bool:
    """Whether a first line can still be read as one."""
    try:
        read_header(line)
    except InvalidInput:
        return False
    return True


def none_missed_in_lines(kept: Kept, times: int) -> None:
    for seed in range(times):
        lines, expected = tampered_lines(kept, Random(seed))
        if lines[0] != kept.lines[0] and not is_header(lines[0]):
            continue  # it is refused with a message
        outcome = verify_export(lines, first=kept.first)
        assert isinstance(outcome, Broken), f"seed {seed} was missed"
        assert outcome.seq in expected, f"seed {seed}: {outcome}, expected one of {expected}"


def test_an_export_nobody_touched_holds(kept: Kept) -> None:
    assert verify_export(kept.lines, first=kept.first) == Verified(facts=42, sealed=40, checkpoints=4, keys=2)


def test_no_tampering_with_an_export_is_missed_and_each_is_named(kept: Kept) -> None:
    none_missed_in_lines(kept, PLAIN)


@pytest.mark.soak
def test_ten_thousand_tamperings_with_an_export_and_none_is_missed(kept: Kept) -> None:
    none_missed_in_lines(kept, SOAK)


def test_an_export_under_another_key_is_not_of_this_ledger(kept: Kept) -> None:
    outcome = verify_export(kept.lines, first=EVE.public_key())
    assert isinstance(outcome, Broken)
    swapped = [header_line(EVE.public_key(), facts=kept.facts, checkpoints=len(kept.sizes)), *kept.lines[1:]]
    assert isinstance(verify_export(swapped, first=kept.first), Broken)
    assert isinstance(verify_export(swapped), Broken)


# --------------------------------------------------------------------------------------------------- what only the outside finds


def test_what_the_ledger_alone_cannot_find_a_checkpoint_kept_outside_does(kept: Kept, tmp_path: Path) -> None:
    """Cut the end off with its checkpoints, and rewrite what is left behind the last one."""
    copy = tmp_path / FILE
    shutil.copy(kept.folder / FILE, copy)
    outside = [read_note(json.loads(line)["checkpoint"]).signed[0] for line in kept.lines[3:5]]
    with closing(sqlite3.connect(copy)) as file, file:
        file.execute("DELETE FROM checkpoints WHERE size > ?", (kept.sizes[1],))
        forged, leaf = rewritten(file, kept.sizes[1] + 1)
        file.execute("UPDATE facts SET body = ?, leaf = ? WHERE seq = ?", (forged, leaf, kept.sizes[1] + 1))
    alone = verify_file(copy, kept.first).outcome
    assert isinstance(alone, Verified), "this is no promise of the ledger alone"
    assert alone.held_against == "internally consistent"
    held = verify_file(copy, kept.first, also=outside).outcome
    assert held == Broken(
        seq=kept.sizes[2],
        why=f"facts {kept.sizes[1] + 1} to {kept.sizes[2]} do not have the root that the outside checkpoint signs",
    )
    whole = verify_file(kept.folder / FILE, kept.first, also=outside).outcome
    assert isinstance(whole, Verified)
    assert whole.held_against == "verified against an outside checkpoint of 40"
