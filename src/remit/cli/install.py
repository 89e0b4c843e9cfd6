"""`remit init` makes a data folder that can be used at once; `remit doctor` looks one over."""

from __future__ import annotations

import asyncio
import secrets
import stat
from pathlib import Path
from typing import Annotated

import typer

from remit.cli.options import AsJson, DataDir, Me, folder_of, show, show_table, who
from remit.core.types import Record, UseCaseId
from remit.demo.bank_file import bank_rows
from remit.demo.contact import fields_on
from remit.demo.world import STORY_STARTS, build_world
from remit.flow.adopt import admit, adopt, revoke
from remit.store.checkup import Finding, check_up
from remit.store.ledger_keys import LEDGER_KEY
from remit.store.sqlite import FILE
from remit.wire import (
    AGENT_KEY,
    PERSON_TOKEN,
    SANDBOX,
    SECRET,
    Installation,
    RandomIds,
    SystemClock,
    initialise,
    installation,
    packaged_documents,
    public_key,
    write_secret,
)

_CONTACTS = 200
_FIRST_AGENT = "first-agent"
_UNSOUND = 1


def init(
    contacts: Annotated[
        int, typer.Option(min=0, max=20_000, help="How many sample contacts to put into the sandbox CRM.")
    ] = _CONTACTS,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a data folder: keys, the starter charters, a sandbox CRM with sample contacts, an agent key to try it with."""
    folder = folder_of(data_dir)
    made = initialise(folder)
    with installation(folder) as opened:
        number = asyncio.run(_furnish(opened, who(me), contacts))
    told = {"data_dir": str(folder), "made": made, "policy": number, "agent_key": str(folder / AGENT_KEY)}
    show(told, as_json=as_json, text=_told(folder, made=made))


async def _furnish(opened: Installation, by: str, contacts: int) -> int:
    number = await _first_policy(opened, by)
    with opened.house.store.read() as reading:
        if reading.has_people():  # from then on, a key takes somebody who signed in
            return number
    if (opened.folder / AGENT_KEY).exists():
        return number
    people = build_world(seed=1, rows=bank_rows()[:contacts]).contacts
    rows = [(Record(kind="contact", id=one.id), fields_on(one, STORY_STARTS) or {}) for one in people]
    opened.sandbox.world.put(rows, by="import:sample", at=opened.house.clock.now())
    key = secrets.token_urlsafe(32)
    with opened.house.store.read() as reading:
        use_cases = [UseCaseId(name) for name in reading.policy().charters]
        lost = [one for one in reading.issued_keys() if (one.agent, one.revoked) == (_FIRST_AGENT, False)]
    for one in lost:
        await revoke(opened.house, agent=one.agent, version=one.version, by=by, reason="its file is gone")
    await admit(opened.house, agent=_FIRST_AGENT, version="1", use_cases=use_cases, key=key, by=by)
    write_secret(opened.folder / AGENT_KEY, key.encode())
    return number


async def _first_policy(opened: Installation, by: str) -> int:
    """Adopt what ships where nothing is in force yet; what people changed since is theirs to change again."""
    with opened.house.store.read() as reading:
        number, _ = reading.policy_documents()
    return number or await adopt(opened.house, packaged_documents(), by)


def _told(folder: Path, *, made: bool) -> str:
    first = f"{folder} is ready." if made else f"{folder} was ready already; nothing was replaced."
    data = "" if folder == Path("remit-data") else f" --data-dir {folder}"
    return (
        f"{first}\nTry: remit propose --use-case score --operation contact.tag.add contact=c00001 tag=not-now{data}\n"
        f"Then: remit inbox{data}\n"
        f"On a page: remit serve{data}\n"
        f"With a charter of your own: remit charter new --out my-charter.yaml"
    )


def doctor(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Look a data folder over: keys, file, schema, ledger, projections, what a crash left. Changes nothing."""
    folder = folder_of(data_dir)
    findings = [_secrets(folder), _private(folder), *check_up(folder, public_key(folder), SystemClock(), RandomIds())]
    show([_plain(one) for one in findings], as_json=as_json)
    if not as_json:
        rows = [[one.what, "sound" if one.sound else "NOT SOUND", one.found if one.sound else _mend(one)] for one in findings]
        show_table(f"{folder}", ["what", "", "found"], rows)
    if not all(one.sound for one in findings):
        raise typer.Exit(_UNSOUND)


def _mend(finding: Finding) -> str:
    return f"{finding.found}. {finding.do}."


def _plain(finding: Finding) -> dict[str, str | bool]:
    return {"what": finding.what, "sound": finding.sound, "found": finding.found, "do": "" if finding.sound else finding.do}


def _secrets(folder: Path) -> Finding:
    paths = [folder / name for name in (SECRET, LEDGER_KEY, PERSON_TOKEN)]
    missing = [path.name for path in paths if not path.exists() or not path.stat().st_size]
    shared = [path.name for path in paths if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    if missing:
        return Finding(
            what="keys", sound=False, found=f"missing or empty: {', '.join(missing)}", do="Put them back from a backup"
        )
    if shared:
        return Finding(what="keys", sound=False, found=f"others may read {', '.join(shared)}", do=f"chmod 600 them in {folder}")
    return Finding(what="keys", sound=True, found="there, and only the owner may read them")


def _private(folder: Path) -> Finding:
    """Look at who else may read the data, or put others in their place."""
    files = [path for name in (FILE, SANDBOX) for path in sorted(folder.glob(f"{name}*"))]
    shared = [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if shared:
        return Finding(what="data", sound=False, found=f"others may read {', '.join(shared)}", do=f"chmod 600 them in {folder}")
    if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o022:
        return Finding(what="data", sound=False, found=f"others may write in {folder}", do=f"chmod 700 {folder}")
    return Finding(what="data", sound=True, found="only the owner may read them")
