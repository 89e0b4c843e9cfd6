"""The form of a backup: a plain tar archive whose first member says what the others are, with their digests.

Whoever lost Remit can still open it with `tar`. It knows files and bytes, and nothing of what is in them.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from remit.errors import InvalidInput, StoreCorrupt, StoreUnavailable

MANIFEST = "backup.json"
FORMAT = 1
_CHUNK = 1 << 20

Tell = Callable[[int, int], None]
"""Hears how much is done, of how much."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a backup."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself. `installation` names whose it is, by the id of the ledger's first fact.

    `public_key` checks the signatures of the ledger also where the keys themselves were left out.
    """

    format: int
    made_at: datetime
    installation: str
    revision: str
    facts: int
    sealed: int
    keys: bool
    public_key: str
    files: dict[str, Part]


def parts_of(folder: Path) -> dict[str, Part]:
    """Return every file below a folder by its name there, with size and digest."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): Part(size=path.stat().st_size, sha256=_digest(path)) for path in paths}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(folder: Path, manifest: Manifest, archive: Path) -> None:
    """Write the files of a folder into an archive that only its owner may read, down to the disk."""
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            told = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
            tar.addfile(_header(MANIFEST, len(told), manifest), io.BytesIO(told))
            for name, part in manifest.files.items():
                with (folder / name).open("rb") as content:
                    tar.addfile(_header(name, part.size, manifest), content)
        file.flush()
        os.fsync(file.fileno())


def _header(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = size, 0o600, int(manifest.made_at.timestamp())
    return header


def read_manifest(archive: Path) -> Manifest:
    """Read what a backup says of itself. Raises `InvalidInput` for a file that is none, `StoreUnavailable` for a newer form."""
    try:
        with tarfile.open(archive, mode="r:") as tar:
            first = tar.next()
            content = tar.extractfile(first) if first and first.name == MANIFEST else None
            told = msgspec.json.decode(content.read() if content else b"", type=Manifest)
    except (OSError, tarfile.TarError, msgspec.DecodeError) as error:
        found = getattr(error, "strerror", None) or "no backup of Remit"
        raise InvalidInput(asked=f"the backup {archive}", found=found, do="Name a file that `remit backup` wrote") from error
    if told.format > FORMAT:
        found = f"form {told.format}, and this version of Remit knows {FORMAT}"
        raise StoreUnavailable(asked=f"the backup {archive}", found=found, do="Use the newer version of Remit")
    return told


def unpack(archive: Path, manifest: Manifest, into: Path | None, tell: Tell = lambda _done, _whole: None) -> None:
    """Write the files of a backup into a folder, or only read them. Raises `StoreCorrupt` where one is not what was written."""
    done, whole = 0, sum(part.size for part in manifest.files.values())
    with tarfile.open(archive, mode="r:") as tar:
        for name, part in manifest.files.items():
            digest = hashlib.sha256()
            with _place(archive, name, into).open("wb") as file:
                for piece in _pieces(tar, archive, name):
                    digest.update(piece)
                    file.write(piece)
                    done += len(piece)
                    tell(done, whole)
            if digest.hexdigest() != part.sha256:
                raise _damaged(archive, name)


def _pieces(tar: tarfile.TarFile, archive: Path, name: str) -> Iterator[bytes]:
    try:
        content = tar.extractfile(name)
        while content and (piece := content.read(_CHUNK)):
            yield piece
    except (KeyError, tarfile.TarError) as error:
        raise _damaged(archive, name) from error


def content_of(archive: Path, manifest: Manifest, name: str) -> bytes:
    """Return one file of a backup, empty where it has none of that name. Raises `StoreCorrupt` where it is damaged."""
    if name not in manifest.files:
        return b""
    with tarfile.open(archive, mode="r:") as tar:
        return b"".join(_pieces(tar, archive, name))


def _place(archive: Path, name: str, into: Path | None) -> Path:
    """Return where a file goes, inside the folder and for its owner alone; whoever made the archive may mean ill."""
    if into is None:
        return Path(os.devnull)
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise _damaged(archive, ascii(name))
    (into / path).parent.mkdir(parents=True, exist_ok=True)
    (into / path).touch(mode=0o600)
    return into / path


def _damaged(archive: Path, name: str) -> StoreCorrupt:
    found = f"{name} is not what was written"
    return StoreCorrupt("The backup is damaged.", asked=f"the backup {archive}", found=found, do="Use another backup")
