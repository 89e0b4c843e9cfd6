"""Keeps a data folder in the schema of today, in the middle of its work, for the tests of every schema that follows.

Run it with `python -m tests.store.kept.keep_folder`. What it wrote stays as it is: a program that cannot go on with it
strands whoever installed an earlier one.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from remit.core.lifecycle import State
from remit.core.types import Record, Role
from remit.flow.adopt import admit, adopt
from remit.flow.people import admit_person
from remit.flow.undo import undo
from remit.ledgerproof import origin_of
from remit.ledgerproof.note import write_key
from remit.runner.local import drain
from remit.store.ledger_keys import FIRST, LEDGER_KEY
from remit.store.migrate import HEAD
from remit.store.sqlite import FILE
from remit.wire import PERSON_TOKEN, SANDBOX, SECRET, initialise, write_secret
from tests.flow import stage as staged
from tests.flow.stage import KEYS, OTTO, CountedIds, FrozenClock, Stage, ask, opened, person, tag

HERE = Path(__file__).parent
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"the key of the kept folders").digest())
HELD = 4
PEOPLE = {"dana": Role.REVIEWER, "olga": Role.MARKETING_OPS, "ines": Role.RISK}


def kept(revision: str) -> tuple[Path, Path]:
    """Return where the two databases of a revision are kept: Remit's own and the sandbox's."""
    return HERE / f"{revision}.remit.sqlite", HERE / f"{revision}.sandbox.sqlite"


def put_back(revision: str, folder: Path) -> None:
    """Make a data folder of what is kept of a revision, with the keys that belong to it."""
    folder.mkdir()
    for source, name in zip(kept(revision), (FILE, SANDBOX), strict=True):
        shutil.copyfile(source, folder / name)
    put_keys(folder)


def put_keys(folder: Path) -> None:
    """Write the keys of every kept folder; they are no secret."""
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    write_secret(folder / LEDGER_KEY, KEY.private_bytes(serialization.Encoding.PEM, form, plain))
    (folder / FIRST).write_text(f"{write_key(origin_of(KEY.public_key()), KEY.public_key())}\n")
    write_secret(folder / SECRET, staged.SECRET)
    write_secret(folder / PERSON_TOKEN, b"the token of the kept folders")


def keep() -> None:
    """Play a day, stop in the middle of it, and keep both databases as small as they get."""
    if any(path.exists() for path in kept(HEAD)):
        raise SystemExit(f"A folder of revision {HEAD} is kept already; it is not written anew.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        initialise(folder, secret=staged.SECRET)
        put_keys(folder)
        with opened(folder, clock=FrozenClock(), ids=CountedIds()) as stage:
            asyncio.run(_play(stage))
            stage.opened.sealer.seal(stage.clock.now())
        for source, target in zip((FILE, SANDBOX), kept(HEAD), strict=True):
            with closing(sqlite3.connect(folder / source)) as connection:
                connection.execute("VACUUM INTO ?", (str(target),))


async def _play(stage: Stage) -> None:
    await adopt(stage.house, staged.documents(), "olga")
    for key, text in KEYS.items():
        await admit(stage.house, agent=key.agent, version=key.version, use_cases=key.use_cases, key=text, by="olga")
    for who, role in PEOPLE.items():
        await admit_person(stage.house, person=who, roles=[role], password_hash=f"hash of {who}", by="olga")
    contacts = [(Record(kind="contact", id=person(number)), {"name": f"N{number}", "job": "clerk"}) for number in range(20)]
    stage.world.put(contacts, by="import", at=stage.clock.now())
    await stage.done(tag(person(0)))
    undone = await stage.done(tag(person(1)))
    await undo(stage.house, [undone.proposal], "dana")
    await drain(stage.house)
    for number in range(2, 2 + HELD):
        await stage.proposed(tag(person(number)))
    await stage.proposed(ask("note.create", contact=person(7), text="call back"))
    await stage.proposed(tag(person(8), use_case=staged.DESK), OTTO)
    leaving = await stage.approved(tag(person(9)))
    assert stage.state(leaving) is State.LEAVING


if __name__ == "__main__":
    keep()
