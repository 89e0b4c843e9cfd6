"""`remit serve`: the HTTP door and the runner in one process, until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from remit.cli.door import SERVER
from remit.cli.options import DataDir, console, folder_of, keep_days, settings
from remit.errors import LedgerBroken, PortBusy, StoreUnavailable
from remit.runner.local import carry_letters, run
from remit.wire import Installation, installation, watched, write_secret


def serve(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; REMIT_PORT or 8321 otherwise, 0 for a free one.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the API and the page of what is held, and carry out what is due."""
    folder = folder_of(data_dir)
    with installation(folder, telemetry=watched(folder), quirks=settings().sandbox_quirks) as opened:
        serve_opened(opened, port)


def serve_opened(opened: Installation, port: int | None) -> None:
    """Serve an installation that is open already."""
    chosen = settings()
    listening = _listen(chosen.host, chosen.port if port is None else port)
    host, bound = listening.getsockname()[:2]
    address = f"http://{host}:{bound}"
    path = opened.folder / SERVER
    write_secret(path, json.dumps({"address": address, "process": os.getpid()}).encode())
    console.print(f"Serving on {address}{_entrance(opened)}; end with Ctrl C)", soft_wrap=True)
    try:
        asyncio.run(_serve(opened, listening, chosen.link or address))
    except KeyboardInterrupt:
        console.print("Ended.")
    finally:
        listening.close()
        path.unlink(missing_ok=True)


def _entrance(opened: Installation) -> str:
    with opened.house.store.read() as reading:
        accounts = reading.has_people()
    return "/sign-in  (people sign in" if accounts else f"/enter?token={opened.app.state.tokens.once}  (the address works once"


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # from here on callers wait for us; a port that is only bound turns them away
    except OSError as error:
        listening.close()
        raise PortBusy(
            asked=f"{host}:{port}", found=error.strerror or str(error), do="Give another --port, or 0 for a free one"
        ) from error
    return listening


def _tell(error: StoreUnavailable) -> None:
    sys.stderr.write(f"remit: {error} Nothing is carried out until then; it is tried again by itself.\n")


def _sealing(opened: Installation) -> Callable[[], None]:
    """Return what seals. A ledger that does not hold is not sealed any more, and told of once; stops and answers still work."""
    told: list[str] = []

    def seal() -> None:
        try:
            with opened.house.telemetry.span("seal"):
                opened.sealer.seal(opened.house.clock.now())
        except LedgerBroken as error:
            opened.signs.sealing = "the ledger does not hold; run `remit ledger verify`"
            if str(error) not in told:
                told.append(str(error))
                console.print(f"The ledger is not sealed any more. {error}", markup=False, soft_wrap=True)

    return seal


async def _serve(opened: Installation, listening: socket.socket, link: str) -> None:
    import uvicorn  # noqa: PLC0415  # only the command that serves needs it

    opened.app.state.keep_days, opened.app.state.link = keep_days(), link
    config = uvicorn.Config(opened.app, log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    working = asyncio.create_task(run(opened.house, _sealing(opened), keep_days(), _tell, opened.signs, opened.bell))
    letters = asyncio.create_task(carry_letters(opened.house, link))
    for task in (working, letters):
        task.add_done_callback(lambda _: setattr(server, "should_exit", True))  # a runner that fell ends the server, loudly
    try:
        await server.serve(sockets=[listening])
    finally:
        for task in (working, letters):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
