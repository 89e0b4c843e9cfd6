"""Signing in and out on pages: a form, a session in a cookie that no script reads, and a token against foreign forms."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from remit.core.access import Verb
from remit.errors import NotAllowed, NotAuthenticated, TooLarge
from remit.flow.attend import told
from remit.flow.people import SESSION, sign_in, sign_out, signed_in
from remit.ports import House
from remit.web.auth import COOKIE, TheHouse, Tokens, Who, house_of, nobody, refuse_unless, tokens_of
from remit.web.passwords import fits
from remit.web.rendering import render

FORM_COOKIE = "remit_form"
_LARGEST_FORM = 16 * 1024
_LONGEST_LOGIN = 64
"""No login is longer; what is typed beyond that is not worth remembering."""

routes = APIRouter()


async def prove(house: House, tokens: Tokens, login: str, password: str) -> tuple[str, datetime]:
    """Trade login and password for a session's token. Raises `NotAuthenticated` that does not say which of both is wrong."""
    tokens.patience.begin(login[:_LONGEST_LOGIN], house.clock.now())
    with house.store.read() as reading:
        kept = reading.password_hash(login)
    if not await asyncio.to_thread(fits, password, kept) or kept is None:
        raise NotAuthenticated(
            "That login and password do not fit.",
            asked="signing in",
            found="no account with both",
            do="Try again, or ask an admin",
        )
    token = secrets.token_urlsafe(32)
    until = await sign_in(house, person=login, token=token, seen=kept)
    tokens.patience.forget(login)
    return token, until


def visitor(request: Request) -> Who | None:
    """Return who looks at a page; None for a session of the printed address, while nobody has an account.

    Raises `NotAuthenticated`, or `SignInNeeded` where people have accounts.
    """
    token, house = request.cookies.get(COOKIE, ""), house_of(request)
    with house.store.read() as reading:
        if not reading.has_people() and token in tokens_of(request).sessions:
            return None
        found = signed_in(reading, token, house.clock.now()) if token else None
        if found is None and reading.has_people():
            raise nobody(request, reading)
    if found is None:
        raise NotAuthenticated(asked=request.url.path, found="no session", do="Open the address that `remit serve` printed")
    seen = Who(person=found.name, roles=found.roles)
    refuse_unless(seen, Verb.LOOK, house)
    return seen


Visitor = Annotated[Who | None, Depends(visitor)]


def form_token(house: House, cookie: str) -> str:
    """Return what a form has to carry so that it counts for the browser with this cookie."""
    return hmac.new(house.secret, b"form\0" + cookie.encode(), hashlib.sha256).hexdigest()


async def read_form(request: Request, house: House, cookie: str) -> dict[str, str]:
    """Read a form that our own page sent. Raises `NotAllowed` for any other."""
    body = await request.body()
    if len(body) > _LARGEST_FORM:
        raise TooLarge(asked=f"at most {_LARGEST_FORM} bytes", found=f"{len(body)}", do="Send the form of the page")
    fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    expected = form_token(house, request.cookies.get(cookie, "")) if request.cookies.get(cookie) else ""
    if not expected or not hmac.compare_digest(expected.encode(), fields.get("form", "").encode("utf-8", "replace")):
        raise NotAllowed(
            "This form did not come from our page.", asked=request.url.path, found="no valid form token", do="Load the page again"
        )
    return fields


@routes.get("/sign-in")
async def get_sign_in(house: TheHouse) -> Response:
    """Show the form; it counts for this browser alone."""
    with house.store.read() as reading:
        anybody = reading.has_people()
    return _form(house, anybody=anybody)


def _told(notice: str) -> Response:
    """Show what a person has to know before she goes on."""
    return HTMLResponse(render("sign_in.html", notice=notice, anybody=True, fault="", login="", form=""))


def _form(house: House, *, anybody: bool = True, fault: str = "", login: str = "", status: int = 200) -> Response:
    mark = secrets.token_urlsafe(32)
    shown = render("sign_in.html", notice="", anybody=anybody, fault=fault, login=login, form=form_token(house, mark))
    page = HTMLResponse(shown, status_code=status)
    page.set_cookie(FORM_COOKIE, mark, httponly=True, samesite="strict", path="/sign-in")
    return page


@routes.post("/sign-in")
async def post_sign_in(request: Request, house: TheHouse) -> Response:
    """Trade login and password for a session in a cookie."""
    form = await read_form(request, house, FORM_COOKIE)
    login = form.get("login", "")
    try:
        token, _ = await prove(house, tokens_of(request), login, form.get("password", ""))
    except NotAuthenticated as error:
        return _form(house, fault=f"{error.message} {error.do}.", login=login, status=error.http_status)
    notice = await told(house, login)
    response: Response = _told(notice) if notice else RedirectResponse("/", status_code=303)
    longest = int(SESSION.total_seconds())
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", path="/", max_age=longest)
    response.delete_cookie(FORM_COOKIE, path="/sign-in")
    return response


@routes.post("/sign-out")
async def post_sign_out(request: Request, house: TheHouse, seen: Visitor) -> Response:
    """End the session of this browser."""
    if seen is None:
        raise NotAuthenticated(asked=request.url.path, found="a session that the printed address opened", do="Close the browser")
    await read_form(request, house, COOKIE)
    await sign_out(house, request.cookies[COOKIE])
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response
