"""The page: it opens once for the printed address, lists what is held, and runs nothing that an agent wrote."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx
import pytest

from remit.flow.claim import claim
from remit.flow.stop import order
from tests.changed import replace
from tests.doors.doorway import ADA_KEY, DESK, desk, knock
from tests.flow.stage import CRM, OTTO, Stage, ask, person, tag
from tests.flow.stage import DESK as DRAFTS

HARMFUL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</dd></dl></article><form action=/api/v1/desk/stops method=post>",
    "{{ 7 * 7 }}{% for x in y %}",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "<!-- ",
]
OUR_TAGS = {
    "html", "head", "meta", "title", "link", "body", "main", "h1", "h2", "p", "code", "article", "small", "dl", "div", "dt", "dd",
}  # fmt: skip


class Tags(HTMLParser):
    """Collects what a browser would take for elements, and what it would take for text."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element and its event handlers."""
        self.tags.add(tag)
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}

    def handle_data(self, data: str) -> None:
        """Remember text."""
        self.text += data


def once(stage: Stage) -> str:
    """Return the token of the printed address."""
    return str(stage.opened.app.state.tokens.once)


async def page(stage: Stage) -> httpx.Response:
    """Enter and look at what is held."""
    async with knock(stage.opened) as http:
        await http.get("/enter", params={"token": once(stage)})
        return await http.get("/")


# --------------------------------------------------------------------------------------------------------------------- entering


async def test_the_printed_address_opens_the_page_once(stage: Stage) -> None:
    token = once(stage)
    async with knock(stage.opened) as first, knock(stage.opened) as second:
        entered = await first.get("/enter", params={"token": token})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert (await first.get("/")).status_code == 200
        assert (await second.get("/enter", params={"token": token})).status_code == 401
        assert (await second.get("/")).status_code == 401
        assert (await first.get("/")).status_code == 200, "the session goes on"


@pytest.mark.parametrize("token", ["", "nonsense", "None", "\u00e4"])
async def test_another_token_opens_nothing_and_spends_nothing(stage: Stage, token: str) -> None:
    async with knock(stage.opened) as http:
        assert (await http.get("/enter", params={"token": token})).status_code == 401
        assert (await http.get("/enter")).status_code == 422
        assert (await http.get("/")).status_code == 401
        assert (await http.get("/enter", params={"token": once(stage)})).status_code == 303


async def test_a_key_of_an_agent_and_the_token_of_the_owner_open_no_page(stage: Stage) -> None:
    for token in (ADA_KEY, stage.opened.person_token):
        async with knock(stage.opened, token) as http:
            assert (await http.get("/enter", params={"token": token})).status_code == 401
            assert (await http.get("/")).status_code == 401


async def test_a_session_cannot_be_read_by_scripts_or_sent_from_elsewhere(stage: Stage) -> None:
    async with knock(stage.opened) as http:
        cookie = (await http.get("/enter", params={"token": once(stage)})).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert once(stage) not in cookie


# --------------------------------------------------------------------------------------------------------------------- showing


async def test_the_page_says_who_works_on_what(stage: Stage) -> None:
    claimed = await claim(stage.house, (await stage.proposed(tag())).proposal, "dana")
    assert claimed.claimed_by == "dana"
    assert "dana works on it until 2026-03-03 09:30 UTC." in (await page(stage)).text


async def test_the_page_lists_what_is_held_and_what_is_drafted(stage: Stage) -> None:
    held = await stage.proposed(replace(tag(), reason="she asked"))
    drafted = await stage.proposed(tag("c0002", use_case=DRAFTS), OTTO)
    gone = await stage.approved(tag("c0003"))
    shown = await page(stage)
    assert shown.headers["content-type"].startswith("text/html")
    assert "2 waiting for a person" in shown.text
    assert (held.proposal in shown.text, drafted.proposal in shown.text, gone.proposal in shown.text) == (True, True, False)
    for part in ("contact.tag.add", "contact/c0001", "vip", "waits for a person", "she asked (confidence 0.90)"):
        assert part in shown.text


async def test_the_page_says_when_nothing_is_held(stage: Stage) -> None:
    assert "Nothing is held" in (await page(stage)).text


async def test_the_page_says_what_is_stopped(stage: Stage) -> None:
    await order(stage.house, "everything", by="dana", reason="")
    assert "Stopped: everything" in (await page(stage)).text


async def test_a_long_list_is_cut_and_says_so(stage: Stage) -> None:
    for number in range(201):
        await stage.reply(tag(person(number)))
    shown = (await page(stage)).text
    assert shown.count("<article>") == 200
    assert "200 and more waiting" in shown


@pytest.mark.parametrize("words", HARMFUL)
async def test_nothing_that_an_agent_wrote_becomes_a_part_of_the_page(stage: Stage, words: str) -> None:
    note = ask("note.create", CRM, words, contact="c0001", text=words)
    await stage.proposed(replace(note, reason=words))
    seen = Tags()
    seen.feed((await page(stage)).text)
    assert seen.tags <= OUR_TAGS
    assert not seen.handlers
    assert seen.text.count(words) == 2, "the argument and the reason, as text"


@pytest.mark.parametrize("words", HARMFUL)
async def test_nothing_that_somebody_asked_for_becomes_a_part_of_an_error_page(stage: Stage, words: str) -> None:
    async with knock(stage.opened, accept="text/html") as http:
        for path in (f"/enter?token={words}", f"/{words}", f"{DESK}/proposals/{words}"):
            reply = await http.get(path)
            seen = Tags()
            seen.feed(reply.text if "html" in reply.headers["content-type"] else "")
            assert reply.status_code >= 400
            assert seen.tags <= OUR_TAGS


async def test_a_browser_gets_a_page_about_an_error(stage: Stage) -> None:
    async with knock(stage.opened, accept="text/html,application/xhtml+xml") as http:
        reply = await http.get("/")
    assert (reply.status_code, reply.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "Open the address that `remit serve` printed" in reply.text


# --------------------------------------------------------------------------------------------------------------------- headers


async def test_every_reply_carries_what_keeps_a_browser_from_harm(stage: Stage) -> None:
    async with desk(stage) as http:
        replies = [
            await http.get("/healthz"),
            await http.get("/style.css"),
            await http.get("/"),
            await http.get("/enter?token=x"),
            await http.get("/enter", params={"token": once(stage)}),
            await http.get("/"),
            await http.get(f"{DESK}/inbox"),
            await http.get(f"{DESK}/inbox?limit=x"),
            await http.get("/nothing"),
            await http.get("/", headers={"host": "evil.example"}),
            await http.post("/api/v1/proposals", content=b"{"),
        ]
    for reply in replies:
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cache-control"] == "no-store"
