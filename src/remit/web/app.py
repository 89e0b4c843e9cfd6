"""Puts the HTTP door together: routes, errors as problem documents, and the checks every request passes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from remit.errors import InvalidInput, NotAllowed, NotFound, RemitError, SignInNeeded
from remit.ports import House
from remit.ports.ledger_port import LedgerDesk
from remit.ports.telemetry_port import Signs
from remit.web import (
    accounts_api,
    agent_api,
    care_api,
    erasing_api,
    evidence_api,
    feedback_api,
    health,
    importing_api,
    incident_api,
    ledger_api,
    limits_api,
    packs_api,
    pages,
    people_api,
    policy_api,
    register_api,
    signing_in,
    stopping_api,
    together_api,
    undoing_api,
    violations_api,
    waiting_api,
)
from remit.web.auth import Tokens

_CONTENT_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""The framework's own: its spans hold whole addresses and its logs the words of errors, and both may hold what an agent wrote."""
_HEADERS = {
    "content-security-policy": _CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def build_app(
    house: House, tokens: Tokens, ledger: LedgerDesk, *, signs: Signs | None = None, hosts: tuple[str, ...] = LOOPBACK
) -> FastAPI:
    """Build the application. `hosts` are the names it answers to; a request for any other is refused.

    `signs` are what the runner beside it leaves; without them it counts as gone.
    """
    app = FastAPI(title="Remit", version="1", docs_url=None, redoc_url=None, telemetry=_NO_TELEMETRY)
    app.state.house, app.state.tokens, app.state.ledger = house, tokens, ledger
    app.state.signs = signs or Signs()
    app.state.link = "the address of Remit"  # whoever serves says under which address
    app.state.keep_days = {}  # how long content is kept, by sort; whoever knows the settings says so
    app.include_router(agent_api.routes)
    app.include_router(people_api.routes)
    app.include_router(together_api.routes)
    app.include_router(stopping_api.routes)
    app.include_router(undoing_api.routes)
    app.include_router(ledger_api.routes)
    app.include_router(limits_api.routes)
    app.include_router(policy_api.routes)
    app.include_router(evidence_api.routes)
    app.include_router(accounts_api.routes)
    app.include_router(violations_api.routes)
    app.include_router(incident_api.routes)
    app.include_router(waiting_api.routes)
    app.include_router(care_api.routes)
    app.include_router(packs_api.routes)
    app.include_router(erasing_api.routes)
    app.include_router(register_api.routes)
    app.include_router(feedback_api.routes)
    app.include_router(importing_api.routes)
    app.include_router(health.routes)
    app.include_router(pages.routes)
    app.include_router(signing_in.routes)
    app.add_exception_handler(RemitError, _problem)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _unrouted)

    @app.middleware("http")
    async def check(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        refused = _refuse_foreign(request, hosts)
        response = refused or await _traced(house, request, call_next)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app


async def _traced(house: House, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Answer inside a span, which continues the caller's trace. It is called by the route, never by the address."""
    parent = request.headers.get("traceparent")
    with house.telemetry.span("http.request", {"http.request.method": request.method}, parent=parent) as span:
        response = await call_next(request)
        span.set("http.route", getattr(request.scope.get("route"), "path", "unrouted"))
        span.set("http.response.status_code", response.status_code)
    return response


def _refuse_foreign(request: Request, hosts: tuple[str, ...]) -> Response | None:
    """Refuse a name or an origin that is not ours: a page elsewhere must not reach a server on this machine."""
    host = request.headers.get("host", "")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    origin = request.headers.get("origin")
    if name in hosts and (origin is None or origin in {f"http://{host}", f"https://{host}"}):
        return None
    foreign = NotAllowed(
        "This server does not answer to that name.",
        asked=f"host {host}, origin {origin}",
        found=f"a server for {', '.join(hosts)}",
        do="Use the address that `remit serve` printed",
    )
    return _document(foreign, 421, code="foreign_host")


def _problem(request: Request, error: Exception) -> Response:
    """Say what was asked, what was found and what to do."""
    if not isinstance(error, RemitError):
        raise error
    if isinstance(error, SignInNeeded) and request.method == "GET" and pages.wants_page(request):
        return RedirectResponse("/sign-in", status_code=303)
    return pages.problem_page(error) if pages.wants_page(request) else _document(error, error.http_status, code=error.code)


def _unfit(request: Request, error: Exception) -> Response:
    """Say which part of an address does not fit."""
    wrong = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": ""}
    place = ".".join(map(str, wrong["loc"]))
    return _problem(request, InvalidInput(asked=request.url.path, found=f"{place}: {wrong['msg']}", do="Correct the address"))


def _unrouted(request: Request, error: Exception) -> Response:
    """Say that nothing is served there, or not in that way."""
    status = error.status_code if isinstance(error, HTTPException) else NotFound.http_status
    kind = NotFound if status == NotFound.http_status else InvalidInput
    asked = f"{request.method} {request.url.path}"
    nothing = kind(asked=asked, found="nothing is served there in that way", do="See /openapi.json for what is")
    return _document(nothing, status, code=nothing.code)


def _document(error: RemitError, status: int, *, code: str) -> Response:
    told = {"title": error.message, "code": code, "asked": error.asked, "found": error.found, "do": error.do}
    body = {"type": "about:blank", "status": status} | told
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
