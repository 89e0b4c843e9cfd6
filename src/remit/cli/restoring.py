"""`remit restore`: a backup becomes a data folder again, and what was erased since stays erased."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.cli.backing_up import progress
from remit.cli.options import AsJson, DataDir, folder_of, show
from remit.connectors.sandbox import Sandbox
from remit.core.types import Record
from remit.errors import InvalidInput, RemitError, StoreCorrupt
from remit.flow.erase import Wish, erase
from remit.ports import House
from remit.store.archive import Manifest, content_of, read_manifest, unpack
from remit.store.backup import beside, checked, explained
from remit.store.durable import sync_folder
from remit.store.erasures import ERASURES, ErasureList, Listed, list_in, listed, read_list
from remit.store.ledger_keys import FIRST, LEDGER_KEY
from remit.store.sqlite import FILE, open_store
from remit.wire import SANDBOX, SECRET, RandomIds, SystemClock, public_key

_OTHER = "Use another backup"


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="The file that `remit backup` wrote.")],
    erasures: Annotated[
        Path | None,
        typer.Option(
            "--erasures",
            help="The list of what was erased since; else those at the target and beside FROM, also in other backups there.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the backup and say what would be done.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a data folder of a backup, verified, and erase again what was erased since it was made."""
    target = folder_of(data_dir)
    _refuse_existing(target)
    manifest = read_manifest(source)
    again = _lists(source, target, erasures, manifest)
    with explained(f"a data folder {target} from {source}"), _work(target, dry_run=dry_run) as work:
        folder = work / "data"
        folder.mkdir(mode=0o700)
        with progress("Restoring", quiet=as_json) as tell:
            unpack(source, manifest, folder, tell)
        found = checked(folder / FILE, _key(folder, manifest))
        erased = asyncio.run(_erase_again(folder, again or [], manifest))
        if not dry_run:
            _put_in_place(folder, target)
    told = {
        "data_dir": str(target),
        "made_at": manifest.made_at.isoformat(),
        "facts": found.facts,
        "sealed": found.sealed,
        "keys": manifest.keys,
        "erased_again": erased,
        "list_found": again is not None,
        "dry_run": dry_run,
    }
    show(told, as_json=as_json, text=_words(target, manifest, told))


def _key(folder: Path, manifest: Manifest) -> Ed25519PublicKey:
    """Return what the signatures are checked by: the restored key, or where it was left out, what the backup says of it."""
    if (folder / FIRST).exists() or (folder / LEDGER_KEY).exists():
        return public_key(folder)
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest.public_key))


def _refuse_existing(target: Path) -> None:
    """Refuse a folder that holds anything but a list of erasures: nothing is ever restored over something."""
    there = sorted(path.name for path in target.iterdir()) if target.is_dir() else ([target.name] if target.exists() else [])
    if set(there) - {ERASURES}:
        found = f"{', '.join(there[:3])}{' and more' if len(there) > 3 else ''}"  # noqa: PLR2004  # enough to recognise it
        do = "Name a new folder with --data-dir, or move that one away first"
        raise InvalidInput(asked=f"a data folder {target}", found=found, do=do)


def _lists(source: Path, target: Path, given: Path | None, manifest: Manifest) -> list[Listed] | None:
    """Return the erasures to do again, oldest first; None without a list. One of another installation says nothing here."""
    paths = [given] if given else [path for path in (target / ERASURES, source.parent / ERASURES) if path.exists()]
    lists = [read_list(path) for path in paths] + ([] if given else list(_in_other_backups(source)))
    foreign = [one for one in lists if one.installation != manifest.installation]
    if given and foreign:
        found = "the list of another installation"
        raise InvalidInput(asked=f"the erasures in {given}", found=found, do="Name the list of the folder that was backed up")
    if lists == foreign:
        return None
    known = {one.fact: one for found in lists if found not in foreign for one in found.erasures}
    return sorted(known.values(), key=lambda one: one.at)


def _in_other_backups(source: Path) -> Iterator[ErasureList]:
    """Yield the lists that are inside the backups beside this one; one that cannot be read says nothing here."""
    for path in sorted(source.parent.glob("*.tar")):
        with suppress(RemitError, OSError, msgspec.DecodeError):
            content = content_of(path, read_manifest(path), ERASURES)
            if content:
                yield list_in(content)


@contextmanager
def _work(target: Path, *, dry_run: bool) -> Iterator[Path]:
    """Work beside the target; a dry run leaves no folder on the way either."""
    made = [path for path in (target.parent, *target.parent.parents) if not path.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with beside(target) as work:
            yield work
    finally:
        if dry_run and made:
            shutil.rmtree(made[-1], ignore_errors=True)


async def _erase_again(folder: Path, wanted: list[Listed], manifest: Manifest) -> list[str]:
    """Open the restored folder, which also brings it to the schema of today, and forget whom the list names."""
    clock, ids = SystemClock(), RandomIds()
    with closing(open_store(folder, clock, ids)) as store, closing(Sandbox.open(folder / SANDBOX, clock)) as sandbox:
        house = House(store=store, connectors={sandbox.name: sandbox}, clock=clock, ids=ids, secret=b"")
        with store.read() as reading:
            there = listed(reading)
        if there.installation != manifest.installation:  # else the list of somebody else would have been done, or none
            found = "a ledger of another installation"
            raise StoreCorrupt("The backup is damaged.", asked=f"the ledger of {there.installation}", found=found, do=_OTHER)
        known = {one.fact for one in there.erasures}
        since = [one for one in wanted if one.fact not in known]
        for one in since:
            kind, _, identity = one.record.partition("/")
            wish = Wish(record=Record(kind=kind, id=identity), by=one.by, proposals=one.proposals, again=True)
            await erase(house, wish)
    return [one.record for one in since]


def _put_in_place(folder: Path, target: Path) -> None:
    if target.exists():
        (target / ERASURES).unlink(missing_ok=True)
        target.rmdir()
    folder.rename(target)
    sync_folder(target.parent)


def _words(target: Path, manifest: Manifest, told: dict[str, Any]) -> str:
    done = "would become" if told["dry_run"] else "is"
    lines = [f"{target} {done} what it was on {manifest.made_at:%Y-%m-%d %H:%M} UTC: {told['facts']} facts, verified."]
    if told["erased_again"]:
        lines.append(f"Erased again, because they were erased since: {', '.join(told['erased_again'])}.")
    if not told["list_found"]:
        lines.append("No list of erasures was found. If people were erased since, name it with --erasures, and restore again.")
    if not manifest.keys:
        lines.append(f"The backup has no keys: put {SECRET}, ledger.key and person.token into it before you use it.")
    return "\n".join([*lines, "What agents and people did since is not in it. Run `remit doctor`, then `remit serve`."])
