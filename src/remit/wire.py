"""Builds all parts from the settings and puts them together. The only file that knows everybody."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import uuid_utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.connectors.paced import Paced
from remit.connectors.sandbox import Sandbox
from remit.connectors.sandbox_quirks import quirks_in
from remit.core.policy import CATALOGUE, document_name
from remit.errors import InvalidInput, NotInitialised, RuleError, StoreUnavailable
from remit.ports import UNREACHABLE, Clock, House, Ids, Notifier
from remit.ports.telemetry_port import SILENT, Signs, Telemetry
from remit.store.ledger import Report, Sealer, verify_file
from remit.store.ledger_desk import Desk
from remit.store.ledger_keys import LedgerKeys, first_key, make_key
from remit.store.sqlite import FILE, SqliteStore, open_store
from remit.yaml_text import read_yaml, to_json

if TYPE_CHECKING:
    from fastapi import FastAPI

SECRET, PERSON_TOKEN, AGENT_KEY, SANDBOX = "instance.secret", "person.token", "agent.key", "sandbox.db"
MONITOR_FILE, INCOMING = "monitor.token", "incoming"
CHANNELS_FILE = "channels.yaml"
"""Where the owner writes the channels people are told on: a name and an Apprise address each. It holds secrets."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current moment in UTC."""
        return datetime.now(UTC)


class RandomIds:
    """Identifiers sorted by time, and salts from the operating system."""

    def new(self) -> str:
        """Return a UUID of version 7."""
        return str(uuid_utils.uuid7())

    def salt(self) -> bytes:
        """Return 16 random bytes."""
        return secrets.token_bytes(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An opened data folder: the house and what surrounds it."""

    folder: Path
    house: House
    store: SqliteStore
    sandbox: Sandbox
    sealer: Sealer
    app: FastAPI
    person_token: str
    signs: Signs
    bell: asyncio.Event


def initialise(folder: Path, *, secret: bytes | None = None) -> bool:
    """Make the keys of a data folder, once. Returns whether anything was made. Raises `StoreUnavailable`."""
    if (folder / SECRET).exists():
        return False
    if (folder / FILE).exists():  # new keys beside an old ledger would make it unreadable for ever
        raise NotInitialised(asked=f"keys for {folder}", found=f"a ledger without {SECRET}", do="Put the original keys back")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_key(folder)
        write_secret(folder / PERSON_TOKEN, secrets.token_urlsafe(32).encode())
        write_secret(folder / SECRET, secret or secrets.token_bytes(32))  # last: its presence says that the rest is there
    except OSError as error:
        do = "Choose a folder you own with --data-dir"
        raise StoreUnavailable(asked=f"an installation in {folder}", found=error.strerror or str(error), do=do) from error
    return True


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)  # one that was there already keeps its mode otherwise
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


@contextmanager
def installation(
    folder: Path,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    telemetry: Telemetry = SILENT,
    quirks: str = "",
) -> Iterator[Installation]:
    """Open a data folder for writing and close it again. Raises `NotInitialised`, `SecondWriter`, `StoreCorrupt`, ..."""
    if not (folder / SECRET).exists():
        raise NotInitialised(asked=f"the installation in {folder}", found="none", do="Run `remit init`")
    clock, ids = clock or SystemClock(), ids or RandomIds()
    odd = quirks_in(quirks)
    with (
        closing(open_store(folder, clock, ids, telemetry)) as store,
        closing(Sandbox.open(folder / SANDBOX, clock, odd)) as sandbox,
    ):
        yield _put_together(
            folder,
            store,
            sandbox,
            House(
                store=store,
                connectors={sandbox.name: Paced(sandbox, clock)},
                clock=clock,
                ids=ids,
                secret=(folder / SECRET).read_bytes(),
                telemetry=telemetry,
                notifier=_notifier(folder / CHANNELS_FILE),
            ),
        )


def _put_together(folder: Path, store: SqliteStore, sandbox: Sandbox, house: House) -> Installation:
    from remit.web.app import build_app  # noqa: PLC0415  # a quarter of the start of every command; most need no door
    from remit.web.auth import Tokens  # noqa: PLC0415
    from remit.web.import_jobs import Imports  # noqa: PLC0415

    token = (folder / PERSON_TOKEN).read_text()
    if not house.secret or not token:
        raise NotInitialised(asked=f"the keys in {folder}", found="an empty file", do="Put the original keys back")
    bell = asyncio.Event()
    house = replace(house, ring=bell.set)
    desk, signs = Desk(store, house.clock, LedgerKeys(folder)), Signs()
    tokens = Tokens(person=token, once=secrets.token_urlsafe(24), monitor=_text_in(folder / MONITOR_FILE))
    app = build_app(house, tokens, desk, signs=signs)
    app.state.imports = Imports(folder / INCOMING, sandbox.world)
    return Installation(
        folder=folder,
        house=house,
        store=store,
        sandbox=sandbox,
        sealer=desk.sealer,
        app=app,
        person_token=token,
        signs=signs,
        bell=bell,
    )


def _notifier(path: Path) -> Notifier:
    """Return what takes letters out of the house. Raises `InvalidInput` for a file of channels that will not do."""
    if not path.exists():
        return UNREACHABLE
    if path.stat().st_mode & 0o077:
        do = f"It holds secrets: chmod 600 {path}"
        raise InvalidInput(asked=str(path), found="a file that others than its owner can read", do=do)
    told = read_yaml(path.read_text(encoding="utf-8"), source=str(path)).value
    if not isinstance(told, dict) or not all(isinstance(part, str) for pair in told.items() for part in pair):
        do = "Write one channel a line: a name, a colon, and an Apprise address"
        raise InvalidInput(asked=str(path), found="something else than names with addresses", do=do)
    from remit.connectors.channels import Channels  # noqa: PLC0415  # slow to import, and only who has channels needs it

    return Channels(told)


def _text_in(path: Path) -> str:
    """Return what a file holds, nothing where there is none."""
    return path.read_text().strip() if path.exists() else ""


def watched(folder: Path) -> Telemetry:
    """Return what counts and traces the work of a server, and see that a monitor has a token. Raises `StoreUnavailable`."""
    from remit.telemetry.tracing import Watched  # noqa: PLC0415  # only who serves is watched

    path = folder / MONITOR_FILE
    if (folder / SECRET).exists() and not _text_in(path):
        write_secret(path, secrets.token_urlsafe(32).encode())
    return Watched()


def verify_ledger(folder: Path) -> Report:
    """Verify the ledger of a data folder; it may be in use."""
    return verify_file(folder / FILE, public_key(folder))


def public_key(folder: Path) -> Ed25519PublicKey:
    """Return the first public key of the ledger, from which verification begins."""
    return first_key(folder)


def packaged_documents() -> dict[str, str]:
    """Return the catalogue, the charters, the packs and the maps that ship with Remit, as JSON text by document name."""
    data = resources.files("remit") / "data"
    found = {CATALOGUE: to_json((data / "catalogue.yaml").read_text(encoding="utf-8"), source="catalogue.yaml")}
    for folder in ("charters", "packs", "maps"):
        found |= charter_documents(_texts(data / folder))
    return found


def _texts(folder: Traversable) -> dict[str, str]:
    files = sorted(folder.iterdir(), key=lambda item: item.name)
    return {item.name: item.read_text(encoding="utf-8") for item in files}


def charter_documents(texts: Mapping[str, str]) -> dict[str, str]:
    """Turn files (YAML text by file name) into policy documents, each called by what it is. Raises `RuleError`."""
    found: dict[str, str] = {}
    for source, text in texts.items():
        plain = to_json(text, source=source)
        name = document_name(json.loads(plain), source=source)
        if name in found:
            raise RuleError(asked=source, found=f"a second {name}", do="Give each document once")
        found[name] = plain
    return found


def templates() -> dict[str, str]:
    """Return the charter templates that ship with Remit, as YAML text by name."""
    found = sorted((resources.files("remit") / "data" / "templates").iterdir(), key=lambda item: item.name)
    return {item.name.removesuffix(".yaml"): item.read_text(encoding="utf-8") for item in found}


def starters() -> dict[str, str]:
    """Return the other documents to begin with, as YAML text by the name of their kind."""
    data = resources.files("remit") / "data"
    files = {"risk-statement": "risk_statement.yaml", "brand": "brand.yaml"}
    return {name: (data / file).read_text(encoding="utf-8") for name, file in files.items()}


CONNECTED = frozenset({"sandbox"})
"""The connected systems of an installation, by name."""


def new_id() -> str:
    """Return a fresh identifier for something that is not in the house yet."""
    return RandomIds().new()
