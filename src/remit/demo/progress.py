"""How far a story has come, in a file beside its data, so that one that was cut off goes on where it was."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from remit.errors import InvalidInput

FILE = "story.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The day the story is on and how many of its steps are done; `ended` when there is no day left."""

    seed: int
    drift: bool
    day: date
    steps_done: int = 0
    ended: bool = False


def load(folder: Path, *, seed: int, drift: bool, start: date) -> Progress:
    """Return where the story of this folder stands. Raises `InvalidInput` when the folder holds another story."""
    try:
        told = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return Progress(seed=seed, drift=drift, day=start)
    found = Progress(**{**told, "day": date.fromisoformat(told["day"])})
    if (found.seed, found.drift) != (seed, drift):
        asked = f"seed {seed}{', with drift' if drift else ''} in {folder}"
        kept = f"a story with seed {found.seed}{', with drift' if found.drift else ''}"
        raise InvalidInput(asked=asked, found=kept, do="Choose another --data-dir, or remove that one")
    return found


def save(folder: Path, progress: Progress) -> None:
    """Keep where the story stands: whole or not at all."""
    beside = folder / f"{FILE}.new"
    with beside.open("w") as file:
        json.dump({**asdict(progress), "day": progress.day.isoformat()}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / FILE)
