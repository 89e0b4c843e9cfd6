"""The one page: what is held, and why. Entering takes the one-time token of the printed address."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from remit.core.lifecycle import State
from remit.errors import NotAuthenticated, RemitError
from remit.web import showing
from remit.web.auth import COOKIE, TheHouse, tokens_of, visitor

routes = APIRouter()
_SHOWN = 200
_TEMPLATES = Environment(loader=PackageLoader("remit.web"), autoescape=True, undefined=StrictUndefined)


@routes.get("/healthz")
async def get_health() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@routes.get("/enter")
async def get_enter(request: Request, token: str) -> Response:
    """Trade the one-time token for a session."""
    session = tokens_of(request).enter(token)
    if session is None:
        raise NotAuthenticated(asked="a session", found="a wrong or spent token", do="Restart `remit serve` for a fresh address")
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/")
    return response


@routes.get("/", dependencies=[Depends(visitor)])
async def get_held(house: TheHouse) -> HTMLResponse:
    """List what is held."""
    with house.store.read() as reading:
        actions = reading.in_states((State.HELD, State.DRAFTED), limit=_SHOWN + 1)
        items = [showing.held(reading, action) for action in actions[:_SHOWN]]
        stops = reading.stops()
    page = _TEMPLATES.get_template("held.html")
    return HTMLResponse(page.render(items=items, more=len(actions) > _SHOWN, stops=stops))


@routes.get("/style.css")
async def get_style() -> Response:
    """Serve the page's style."""
    return Response((resources.files("remit.web") / "templates" / "style.css").read_bytes(), media_type="text/css")


def wants_page(request: Request) -> bool:
    """Whether a browser asks, rather than a program."""
    return "text/html" in request.headers.get("accept", "")


def problem_page(error: RemitError) -> HTMLResponse:
    """Show an error to a person: what was asked, what was found, what to do."""
    return HTMLResponse(_TEMPLATES.get_template("problem.html").render(error=error), status_code=error.http_status)
