"""Keeps who is signed in, in a file only this user may read: one session for each data folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from remit.cli.options import settings
from remit.errors import StoreUnavailable
from remit.wire import PERSON_TOKEN, write_secret

_FILE = "sessions.json"


def signed_in(folder: Path) -> str | None:
    """Return the token of whoever is signed in to a data folder, None when nobody is."""
    kept = _kept().get(_name(folder))
    return kept["token"] if kept else None


def keep_session(folder: Path, token: str) -> None:
    """Keep a session. Raises `StoreUnavailable` where nothing can be kept."""
    _write(_kept() | {_name(folder): {"token": token}})


def forget_session(folder: Path) -> None:
    """Forget the session of a data folder."""
    kept = _kept()
    if kept.pop(_name(folder), None) is not None:
        _write(kept)


def _path() -> Path:
    return settings().config_dir.expanduser() / _FILE


def _kept() -> dict[str, Any]:
    try:
        found = json.loads(_path().read_text())
    except (OSError, ValueError):
        return {}
    entries = found.items() if isinstance(found, dict) else ()
    return {name: one for name, one in entries if isinstance(one, dict) and isinstance(one.get("token"), str)}


def _name(folder: Path) -> str:
    """Name a data folder by its place and by what is in it: a folder made anew in the same place is another one."""
    place = str(folder.resolve())
    try:
        inside = (folder / PERSON_TOKEN).read_bytes()
    except OSError:
        inside = b""
    return f"{place}#{hashlib.sha256(inside).hexdigest()[:16]}"


def _write(kept: dict[str, Any]) -> None:
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(path, json.dumps(kept).encode())
    except OSError as error:
        found, do = error.strerror or str(error), "Choose a folder you own with REMIT_CONFIG_DIR"
        raise StoreUnavailable(asked=f"keeping the session in {path}", found=found, do=do) from error
