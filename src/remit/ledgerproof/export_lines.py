"""The ledger as a file that others can check: lines of JSON. First the header, then every checkpoint, then every fact, in order.

    {"format":"remit-ledger/1","origin":"...","public_key":"...","facts":39,"checkpoints":3}
    {"checkpoint":"<signed note>"}
    {"seq":1,"leaf":0,"hash":"<base64 of the leaf hash>","body":"<the fact, whose UTF-8 bytes were hashed>"}

A line is written in one way only; whatever differs from it is named, also where it would read the same.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.errors import InvalidInput
from remit.ledgerproof.checkpoint import Checkpoint, origin_of
from remit.ledgerproof.note import read_key, read_note, write_key
from remit.ledgerproof.record import head_of
from remit.ledgerproof.verify import Broken, Leaf, Seals, Verified, verify

FORMAT = "remit-ledger/1"
_PAGE = 1_000


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first line: which ledger, its first key, and how many facts and checkpoints follow."""

    format: str
    origin: str
    public_key: str
    facts: int
    checkpoints: int


class _CheckpointLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    checkpoint: str


class _FactLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seq: int
    leaf: int
    hash: str
    body: str


_HEADER = msgspec.json.Decoder(Header)
_CHECKPOINT = msgspec.json.Decoder(_CheckpointLine)
_FACT = msgspec.json.Decoder(_FactLine)
_WRITE = msgspec.json.Encoder()
_BEGINS_CHECKPOINT = b'{"checkpoint":'


def header_line(first: Ed25519PublicKey, *, facts: int, checkpoints: int) -> bytes:
    """Return the first line of an export."""
    origin = origin_of(first)
    key = write_key(origin, first)
    return _line(Header(format=FORMAT, origin=origin, public_key=key, facts=facts, checkpoints=checkpoints))


def checkpoint_line(note: str) -> bytes:
    """Return the line of a checkpoint, which is a signed note."""
    return _line(_CheckpointLine(checkpoint=note))


def fact_line(seq: int, body: str, leaf: bytes) -> bytes:
    """Return the line of a fact."""
    return _line(_FactLine(seq=seq, leaf=seq - 1, hash=b64encode(leaf).decode(), body=body))


def _line(value: msgspec.Struct) -> bytes:
    return _WRITE.encode(value) + b"\n"


def read_header(line: bytes) -> Header:
    """Read the first line. Raises `InvalidInput` for what is no export, or one of another format."""
    do = "Give the file as `remit ledger export` wrote it"
    try:
        header = _HEADER.decode(line)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InvalidInput("This is no exported ledger.", asked="an export", found="another first line", do=do) from error
    if header.format != FORMAT:
        raise InvalidInput(asked=f"an export of the format {FORMAT}", found=f"the format {header.format}", do=do)
    return header


def verify_export(
    lines: Iterable[bytes],
    *,
    first: Ed25519PublicKey | None = None,
    outside: Iterable[Checkpoint] = (),
    progress: Callable[[int, int], object] = lambda _done, _of: None,
) -> Verified | Broken:
    """Verify an export by the ledger's first key, which the file names itself where nobody brings it.

    `outside` are checkpoints that somebody kept elsewhere. Raises `InvalidInput` where the first line is not that of an export.
    """
    source = iter(lines)
    line = next(source, b"")
    header = read_header(line)
    if first is None:
        first = read_key(header.public_key)
    if line != header_line(first, facts=header.facts, checkpoints=header.checkpoints):
        return Broken(seq=0, why=f"the first line is not that of the ledger {origin_of(first)}, whose key this is")
    checkpoints, following = _checkpoints(source, header)
    if isinstance(checkpoints, Broken):
        return checkpoints
    facts = _Facts(chain(following, source))
    seals = Seals(first_key=first, checkpoints=checkpoints, outside=tuple(outside))
    outcome = verify(facts.pages(), seals, head_of, lambda done: progress(done, header.facts))
    if facts.broken and not (isinstance(outcome, Broken) and outcome.seq < facts.broken.seq):
        return facts.broken
    if isinstance(outcome, Verified) and outcome.facts != header.facts:
        return Broken(seq=outcome.facts + 1, why=f"the first line tells of {header.facts} facts, {outcome.facts} are here")
    return outcome


def _checkpoints(source: Iterator[bytes], header: Header) -> tuple[list[Checkpoint] | Broken, list[bytes]]:
    """Read checkpoints up to the first line that is none. Returns them and that line."""
    found: list[Checkpoint] = []
    following: list[bytes] = []
    for line in source:
        if not line.startswith(_BEGINS_CHECKPOINT):
            following = [line]
            break
        one = _checkpoint(line, header.origin)
        if one is None or (found and one.size <= found[-1].size):
            return Broken(seq=0, why=f"checkpoint {len(found) + 1} of the file is not one of this ledger, in order"), []
        found.append(one)
    if len(found) != header.checkpoints:
        return Broken(seq=0, why=f"the first line tells of {header.checkpoints} checkpoints, {len(found)} are here"), []
    return found, following


def _checkpoint(line: bytes, origin: str) -> Checkpoint | None:
    try:
        told = _CHECKPOINT.decode(line).checkpoint
        note = read_note(told)
    except (msgspec.MsgspecError, ValueError, InvalidInput):
        return None
    sound = line == checkpoint_line(told) and note.origin == origin and len(note.signed) == 1
    return note.signed[0] if sound else None


class _Facts:
    """The lines of facts as pages for verification, up to the first one that is not written as it should be."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._seq = lines, 0
        self.broken: Broken | None = None

    def pages(self) -> Iterator[list[Leaf]]:
        while lines := list(islice(self._lines, _PAGE)):
            page = []
            for line in lines:
                fact = self._fact(line)
                if fact is None:
                    self.broken = Broken(seq=self._seq, why="its line in the file is not written as a fact is")
                    break
                page.append(fact)
            yield page
            if self.broken:
                return

    def _fact(self, line: bytes) -> Leaf | None:
        self._seq += 1
        try:
            told = _FACT.decode(line)
            leaf = b64decode(told.hash)
            body = told.body.encode()
        except (msgspec.MsgspecError, ValueError):
            return None
        if line != fact_line(told.seq, told.body, leaf):
            return None
        return (told.seq, body, leaf, *(head_of(body) or ()))
