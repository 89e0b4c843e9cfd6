"""The one page: what is held, and why.

Entering takes the one-time token of the printed address; where people have accounts, it takes signing in.
"""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from remit.core.lifecycle import WAITS
from remit.errors import NotAuthenticated, RemitError
from remit.web import showing
from remit.web.auth import COOKIE, TheHouse, nobody, tokens_of
from remit.web.rendering import render
from remit.web.signing_in import Visitor, form_token

routes = APIRouter()
_SHOWN = 200


@routes.get("/enter")
async def get_enter(request: Request, token: str, house: TheHouse) -> Response:
    """Trade the one-time token for a session, while nobody has an account."""
    with house.store.read() as reading:
        if reading.has_people():
            raise nobody(request, reading)
    session = tokens_of(request).enter(token)
    if session is None:
        raise NotAuthenticated(asked="a session", found="a wrong or spent token", do="Restart `remit serve` for a fresh address")
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/")
    return response


@routes.get("/")
async def get_held(request: Request, house: TheHouse, who: Visitor) -> HTMLResponse:
    """List what is held."""
    with house.store.read() as reading:
        actions = reading.in_states(WAITS, limit=_SHOWN + 1)
        items = [showing.held(reading, action) for action in actions[:_SHOWN]]
        stops = reading.stops()
    form = form_token(house, request.cookies[COOKIE])
    return HTMLResponse(render("held.html", items=items, more=len(actions) > _SHOWN, stops=stops, who=who, form=form))


@routes.get("/style.css")
async def get_style() -> Response:
    """Serve the page's style."""
    return Response((resources.files("remit.web") / "templates" / "style.css").read_bytes(), media_type="text/css")


def wants_page(request: Request) -> bool:
    """Whether a browser asks, rather than a program."""
    return "text/html" in request.headers.get("accept", "")


def problem_page(error: RemitError) -> HTMLResponse:
    """Show an error to a person: what was asked, what was found, what to do."""
    return HTMLResponse(render("problem.html", error=error), status_code=error.http_status)
