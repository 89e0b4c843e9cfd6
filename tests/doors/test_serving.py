"""An address that `remit serve` has told takes callers from that moment on."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from remit.cli import serving
from remit.cli.door import SERVER
from remit.wire import Installation, installation


def test_an_address_that_was_told_turns_nobody_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    async def calls(opened: Installation, _listening: socket.socket, _link: str) -> None:
        """Stand where the server starts: it has accepted nobody yet."""
        address = urlsplit(json.loads((opened.folder / SERVER).read_text())["address"])
        _reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.close()
        called.append(str(address.hostname))

    monkeypatch.setattr(serving, "_serve", calls)
    with installation(folder) as opened:
        serving.serve_opened(opened, 0)
    assert called == ["127.0.0.1"]
