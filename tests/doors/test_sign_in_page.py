"""Signing in on a page: a form that counts for one browser, a cookie that no script reads, and the printed address until then."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from remit.core.types import Role
from tests.doors.doorway import DESK, knock
from tests.doors.sessions_of import account, password
from tests.flow.stage import Stage, tag

PAGE = {"accept": "text/html"}


def form_in(page: str) -> str:
    """Return the token of the form on a page."""
    found = re.search(r'name="form" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


async def sign_in(http: httpx.AsyncClient, login: str = "dana", given: str | None = None) -> httpx.Response:
    """Load the form, fill it in and send it."""
    form = form_in((await http.get("/sign-in")).text)
    return await http.post("/sign-in", data={"form": form, "login": login, "password": given or password(login)})


@asynccontextmanager
async def browser(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Open a browser; the first account is there."""
    await account(stage, "dana", Role.REVIEWER)
    async with knock(stage.opened, **PAGE) as http:
        yield http


async def test_a_person_signs_in_looks_and_signs_out(stage: Stage) -> None:
    await stage.proposed(tag())
    async with browser(stage) as http:
        entered = await sign_in(http)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        page = (await http.get("/")).text
        assert "1 waiting for a person" in page
        assert "Signed in as dana (reviewer)" in page
        left = await http.post("/sign-out", data={"form": form_in(page)})
        assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
        assert (await http.get("/")).headers["location"] == "/sign-in"


async def test_the_session_ends_at_the_server_when_somebody_signs_out(stage: Stage) -> None:
    async with browser(stage) as http:
        await sign_in(http)
        session = http.cookies["remit_session"]
        await http.post("/sign-out", data={"form": form_in((await http.get("/")).text)})
        async with knock(stage.opened, cookie=f"remit_session={session}") as other:
            assert (await other.get("/")).status_code == 401


async def test_the_cookie_is_for_this_site_and_no_script(stage: Stage) -> None:
    async with browser(stage) as http:
        told = (await sign_in(http)).headers.get_list("set-cookie")
    session = next(one.lower() for one in told if one.startswith("remit_session="))
    assert all(part in session for part in ("httponly", "samesite=strict", "max-age=43200", "path=/"))


async def test_a_browser_without_a_session_is_led_to_the_form(stage: Stage) -> None:
    async with browser(stage) as http:
        reply = await http.get("/")
        assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in")
        assert (await http.get("/", headers={"accept": "application/json"})).json()["code"] == "sign_in_needed"


async def test_a_wrong_password_shows_the_form_again_and_lets_nobody_in(stage: Stage) -> None:
    async with browser(stage) as http:
        for login in ("dana", "nobody", '"><script>alert(1)</script>'):
            reply = await sign_in(http, login, "a wrong password")
            assert (reply.status_code, "do not fit" in reply.text, "<script>" in reply.text) == (401, True, False)
            assert "remit_session" not in http.cookies
        for _ in range(2):
            await sign_in(http, "dana", "a wrong password")
        waits = await sign_in(http)
        assert (waits.status_code, "Try again in 1 seconds" in waits.text) == (429, True)


async def test_a_form_from_elsewhere_signs_nobody_in_or_out(stage: Stage) -> None:
    filled = {"login": "dana", "password": password("dana")}
    async with browser(stage) as http, knock(stage.opened) as other:
        foreign = form_in((await other.get("/sign-in")).text)
        assert (await http.post("/sign-in", data=filled)).status_code == 403, "no form was loaded"
        await http.get("/sign-in")
        for form in ("", foreign, "0" * 64, "\ud83d\ude00"):
            reply = await http.post("/sign-in", data=filled | {"form": form.encode("utf-16", "surrogatepass").decode("utf-16")})
            assert (reply.status_code, "did not come from our page" in reply.text) == (403, True)
        await sign_in(http)
        for form in ("", foreign):
            assert (await http.post("/sign-out", data={"form": form})).status_code == 403
        assert (await http.get("/")).status_code == 200
        assert (await http.post("/sign-in", content=b"x" * 20_000)).status_code == 413


async def test_the_session_of_a_page_is_no_token(stage: Stage) -> None:
    async with browser(stage) as http:
        await sign_in(http)
        assert (await http.get(f"{DESK}/inbox", headers={"accept": "*/*"})).status_code == 401


async def test_a_page_session_ends_by_the_clock(stage: Stage) -> None:
    async with browser(stage) as http:
        await sign_in(http)
        stage.clock.move(hours=12)
        assert (await http.get("/")).status_code == 303


# ----------------------------------------------------------------------------------------------------------- the printed address


async def test_without_accounts_the_form_says_what_to_do(stage: Stage) -> None:
    async with knock(stage.opened, **PAGE) as http:
        shown = (await http.get("/sign-in")).text
        assert "Nobody has an account here yet" in shown
        assert "<form" not in shown


async def test_without_accounts_a_session_of_the_address_has_nothing_to_sign_out_of(stage: Stage) -> None:
    async with knock(stage.opened) as http:
        await http.get("/enter", params={"token": stage.opened.app.state.tokens.once})
        assert "Signed in" not in (await http.get("/")).text
        assert (await http.post("/sign-out")).status_code == 401


@pytest.mark.parametrize("before", [True, False], ids=["opened before", "not opened yet"])
async def test_with_accounts_the_printed_address_opens_nothing(stage: Stage, before: bool) -> None:
    address = {"token": stage.opened.app.state.tokens.once}
    async with knock(stage.opened) as http:
        if before:
            assert (await http.get("/enter", params=address)).status_code == 303
            assert (await http.get("/")).status_code == 200
        await account(stage, "dana", Role.VIEWER)
        assert (await http.get("/enter", params=address)).json()["code"] == "sign_in_needed"
        assert (await http.get("/")).status_code == 401


async def test_the_form_carries_what_keeps_a_browser_from_harm(stage: Stage) -> None:
    async with browser(stage) as http:
        reply = await http.get("/sign-in")
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert "form-action 'self'" in reply.headers["content-security-policy"]
        assert "<script" not in reply.text
        assert "httponly" in reply.headers["set-cookie"].lower()
        assert "samesite=strict" in reply.headers["set-cookie"].lower()
