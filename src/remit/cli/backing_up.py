"""`remit backup`: everything in a data folder in one file, beside a running server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from remit.cli.door import SERVER
from remit.cli.options import AsJson, DataDir, console, folder_of, show
from remit.errors import InvalidInput
from remit.store.archive import Manifest, Tell
from remit.store.backup import Place, write_backup
from remit.store.sqlite import FILE
from remit.wire import SANDBOX, SystemClock, public_key

DATABASES = (FILE, SANDBOX)


def backup(
    to: Annotated[Path, typer.Option("--to", help="The file to write, or a folder to write one into.")],
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Leave the keys and tokens out; without them nobody can go on with it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write everything in a data folder into one file, verified; a server may run meanwhile."""
    folder, at = folder_of(data_dir), SystemClock().now()
    key = public_key(folder)
    target = _target(to, folder, at)
    place = Place(folder=folder, databases=DATABASES, passing=(SERVER,))
    if dry_run:
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        show(
            {"file": str(target), "bytes": size, "dry_run": True},
            as_json=as_json,
            text=f"Would write {target}, about {size // 1024} KiB.",
        )
        return
    with progress("Copying", quiet=as_json) as tell:
        made = write_backup(place, target, key, at, keys=not without_keys, tell=tell)
    show(_plain(target, made), as_json=as_json, text=_told(target, made))


def _target(to: Path, folder: Path, at: datetime) -> Path:
    """Return the file to write. Raises `InvalidInput` for one that is there, or that would be lost with what it is a copy of."""
    target = to / f"remit-{at:%Y%m%d-%H%M%S}.tar" if to.is_dir() else to
    if target.exists():
        raise InvalidInput(asked=f"a backup as {target}", found="a file is there already", do="Name another, or a folder")
    if not target.parent.is_dir():
        raise InvalidInput(asked=f"a backup as {target}", found=f"no folder {target.parent}", do="Make the folder first")
    if target.resolve().is_relative_to(folder.resolve()):
        do = "Choose a place outside it, best on another disk"
        raise InvalidInput(asked=f"a backup as {target}", found="a place inside the data folder itself", do=do)
    return target


@contextmanager
def progress(what: str, *, quiet: bool) -> Iterator[Tell]:
    """Show a bar where somebody looks on. The caller tells how much is done."""
    if quiet or not console.is_terminal:
        yield lambda _done, _whole: None
        return
    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def _plain(target: Path, made: Manifest) -> dict[str, Any]:
    told = {name: getattr(made, name) for name in ("installation", "revision", "facts", "sealed", "keys")}
    size = target.stat().st_size
    return {"file": str(target), "bytes": size, "made_at": made.made_at.isoformat(), **told, "files": sorted(made.files)}


def _told(target: Path, made: Manifest) -> str:
    held = f"{target} holds {made.facts} facts, {made.sealed} of them under a signature, verified."
    if made.keys:
        return f"{held}\nThe keys are in it: keep it as safe as the data folder. Bring it back with `remit restore {target}`."
    return f"{held}\nThe keys are not in it: keep {_KEYS} somewhere else, or nobody can go on with it."


_KEYS = "instance.secret, ledger.key and person.token"
