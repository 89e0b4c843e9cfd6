"""The ledger of a database file as lines for others to check, in one consistent view. No content goes out, only facts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.core.codec import from_bytes
from remit.core.facts import Entry
from remit.errors import LedgerBroken
from remit.ledgerproof.export_lines import checkpoint_line, fact_line, header_line
from remit.store.ledger_reading import LedgerFile, ledger_file
from remit.store.proving import notes

_DO = "See with `remit ledger verify` what it is, and put a backup in its place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What goes out: how many facts, and the lines, each ending with a newline."""

    facts: int
    lines: Iterator[bytes]


@contextmanager
def exported(path: Path, first: Ed25519PublicKey) -> Iterator[Export]:
    """Open the export of a ledger. Its lines raise `LedgerBroken` at a fact that is no text."""
    with ledger_file(path) as file:
        yield Export(facts=file.size(), lines=_lines(file, first))


def _lines(file: LedgerFile, first: Ed25519PublicKey) -> Iterator[bytes]:
    kept = notes(file, first)
    yield header_line(first, facts=file.size(), checkpoints=len(kept))
    yield from (checkpoint_line(note) for _, note in kept)
    for page in file.pages():
        for seq, body, leaf, *_ in page:
            try:
                yield fact_line(seq, body.decode(), leaf)
            except (AttributeError, UnicodeDecodeError, TypeError) as error:
                raise LedgerBroken(asked="an export", found=f"fact {seq}, which is no text", do=_DO) from error


@contextmanager
def entries(path: Path) -> Iterator[tuple[int, Iterator[Entry]]]:
    """Open every fact in order, with how many there are. Raises `LedgerBroken` at one that is none."""
    with ledger_file(path) as file:
        yield file.size(), _entries(file)


def _entries(file: LedgerFile) -> Iterator[Entry]:
    for page in file.pages():
        for seq, body, *_ in page:
            try:
                entry = from_bytes(seq, body)
            except (ValueError, KeyError, TypeError) as error:
                raise LedgerBroken(asked="the facts", found=f"fact {seq}, which is none", do=_DO) from error
            yield entry
