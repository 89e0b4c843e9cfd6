"""Checkpoints that somebody held outside and brought back: kept as files beside the database, so that they outlive it."""

from __future__ import annotations

import os
from pathlib import Path

from remit.errors import InvalidInput
from remit.ledgerproof import Checkpoint
from remit.ledgerproof.note import read_note
from remit.ledgerproof.verify import Broken

FOLDER = "outside-checkpoints"


def kept_outside(folder: Path) -> list[Checkpoint] | Broken:
    """Return the checkpoints that were brought back to a data folder, or the one that cannot be read any more."""
    found = []
    for path in sorted((folder / FOLDER).glob("*.txt")):
        try:
            note = read_note(path.read_text(encoding="utf-8"))
        except (InvalidInput, UnicodeDecodeError, OSError):
            return Broken(seq=0, why=f"the outside checkpoint {FOLDER}/{path.name} cannot be read any more")
        found.append(note.signed[0])
    return found


def keep_outside(folder: Path, text: str) -> Path:
    """Keep a signed note that agrees with the ledger. Returns where it lies; the same one twice is kept once."""
    note = read_note(text)
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / f"{note.size:012}-{note.root.hex()[:16]}.txt"
    write_durably(path, text.encode())
    return path


def write_durably(path: Path, content: bytes) -> None:
    """Put a file that only its owner may read in its place, whole or not at all, also when the power fails."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make what was renamed in a folder survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
