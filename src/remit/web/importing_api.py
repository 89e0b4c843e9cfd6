"""Imports at the person's door: begin, send the file, look how far it is, take it in; what was imported; what history says."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from remit.core.access import Verb
from remit.core.import_kind import ImportKind
from remit.core.past import summary
from remit.core.types import UseCaseId
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs
from remit.web.import_jobs import Imports, Options

routes = APIRouter(prefix="/api/v1/desk")
_MOST = 10_000


class _Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    what: ImportKind
    names: dict[str, str] = {}
    delimiter: str | None = None
    encoding: str = "utf-8"
    numbers: tuple[str, ...] = ()


class _Commit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    skip_rejected: bool = False


def _imports(request: Request) -> Imports:
    found: Imports = request.app.state.imports
    return found


@routes.get("/imports", dependencies=[needs(Verb.LOOK)])
async def get_imports(house: TheHouse) -> Response:
    """List what was imported, newest first."""
    with house.store.read() as reading:
        found = reading.imports()
    return answer_json([msgspec.to_builtins(one) for one in found])


@routes.post("/imports", dependencies=[needs(Verb.IMPORT_DATA)])
async def post_import(request: Request, house: TheHouse, by: Person) -> Response:
    """Begin an import: of what, and how the file is to be read."""
    said: _Begin = await read_body(request, _Begin)
    options = Options(kind=said.what, names=said.names, delimiter=said.delimiter, encoding=said.encoding, numbers=said.numbers)
    return answer_json(_imports(request).begin(house.ids.new(), options, by).shown())


@routes.put("/imports/{batch}/file", dependencies=[needs(Verb.IMPORT_DATA)])
async def put_file(request: Request, batch: str, by: Person) -> Response:
    """Send the file; it is checked whole at once."""
    imports = _imports(request)
    job = imports.job(batch, by)
    await imports.receive(job, request.stream())
    return answer_json(job.shown())


@routes.get("/imports/{batch}", dependencies=[needs(Verb.IMPORT_DATA)])
async def get_import(request: Request, batch: str, by: Person) -> Response:
    """Say how far an import is, and what the check found."""
    return answer_json(_imports(request).job(batch, by).shown())


@routes.post("/imports/{batch}/commit", dependencies=[needs(Verb.IMPORT_DATA)])
async def post_commit(request: Request, batch: str, house: TheHouse, by: Person) -> Response:
    """Take in what was checked: all of it, or nothing."""
    said: _Commit = await read_body(request, _Commit)
    imports = _imports(request)
    job = imports.job(batch, by)
    imports.commit(job, house, skip_rejected=said.skip_rejected)
    return answer_json(job.shown())


@routes.delete("/imports/{batch}", dependencies=[needs(Verb.IMPORT_DATA)])
async def delete_import(request: Request, batch: str, by: Person) -> Response:
    """Let an import be that was not taken in."""
    imports = _imports(request)
    imports.forget(imports.job(batch, by))
    return answer_json({"batch": batch, "forgotten": True})


@routes.get("/history", dependencies=[needs(Verb.LOOK)])
async def get_history(house: TheHouse) -> Response:
    """Say what the imported history adds up to, and what it suggests. It is no evidence."""
    with house.store.read() as reading:
        found = summary(reading.history_sums())
        baselines = reading.baselines()
    shown: list[dict[str, Any]] = [msgspec.to_builtins(one) for one in found]
    before = [{"use_case": use_case, "metric": metric, "value": value / 1e6} for (use_case, metric), value in baselines.items()]
    return answer_json({"operations": shown, "baselines": before, "evidence": False})


@routes.get("/history/{use_case}/cases", dependencies=[needs(Verb.EXPORT)])
async def get_cases(use_case: str, house: TheHouse, limit: Annotated[int, Query(ge=1, le=_MOST)] = 1000) -> Response:
    """List history with its drafts, newest first, as cases for a suite."""
    with house.store.read() as reading:
        found = [msgspec.to_builtins(one) for one in reading.history(UseCaseId(use_case), limit=limit)]
    return answer_json(found)
