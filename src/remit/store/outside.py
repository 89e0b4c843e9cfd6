"""Checkpoints that somebody held outside and brought back: kept as files beside the database, so that they outlive it."""

from __future__ import annotations

from pathlib import Path

from remit.errors import InvalidInput
from remit.ledgerproof import Checkpoint
from remit.ledgerproof.note import read_note
from remit.ledgerproof.verify import Broken
from remit.store.durable import write_durably

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
