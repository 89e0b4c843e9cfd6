"""People are told what waits for them: once a day, silently where nothing does, and never lost when a channel is down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from remit.core import facts as f
from remit.core.asking import Absence
from remit.core.notice import NoticeKind
from remit.core.types import Answer, Role
from remit.errors import InvalidInput, NotAllowed, NotFound
from remit.flow.digest import digest
from remit.flow.escalate import escalate
from remit.flow.leave import end_absence, set_absence
from remit.flow.notify import deliver
from remit.flow.overdue import chase
from remit.flow.people import let_go
from remit.flow.wish import send_trial, set_wishes, withdraw_wishes
from tests.changed import replace
from tests.flow.letters import MAIL, Box, people, wish, with_box
from tests.flow.stage import DESK, OTTO, Stage, ask, person, tag

LINK = "http://here"
DAILY = replace(MAIL, digest_at="08:30")
MONDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)


@pytest.fixture
async def box(stage: Stage) -> Box:
    """Let there be two reviewers and somebody for risk, and a place where letters arrive."""
    await people(stage, dana=Role.REVIEWER, rosa=Role.REVIEWER, ravi=Role.RISK)
    return with_box(stage)


async def day(stage: Stage, at: datetime) -> int:
    """Go to a moment, write the digests that are due and take them out."""
    stage.clock.moment = at
    await digest(stage.house)
    return await deliver(stage.house, LINK)


# ----------------------------------------------------------------------------------------------------------------- the digest


async def test_a_digest_counts_what_one_may_answer_and_comes_once_a_day(stage: Stage, box: Box) -> None:
    await wish(stage, "dana", DAILY)
    await wish(stage, "ravi", DAILY)
    stage.clock.moment = MONDAY
    for number in range(3):
        await stage.proposed(tag(person(number)))
    assert await day(stage, MONDAY) == 0, "it is not half past eight yet"
    assert await day(stage, MONDAY + timedelta(minutes=30)) == 1
    assert await day(stage, MONDAY + timedelta(minutes=31)) == 0
    assert box.of("dana") == ["Remit: 3 proposals, 3 of them until tomorrow"]
    assert box.of("ravi") == [], "risk answers nothing here"


async def test_a_digest_is_silent_when_nothing_waits_and_stays_so_all_day(stage: Stage, box: Box) -> None:
    await wish(stage, "dana", DAILY)
    assert await day(stage, MONDAY + timedelta(hours=1)) == 0
    await stage.proposed(tag())
    assert await day(stage, MONDAY + timedelta(hours=4)) == 0
    assert box.taken == []
    assert stage.facts_of(f.NoticeWritten) == []
    assert await day(stage, MONDAY + timedelta(days=1, hours=1)) == 1


async def test_no_digest_on_a_weekend_nor_while_one_is_away(stage: Stage, box: Box) -> None:
    await wish(stage, "dana", DAILY)
    await wish(stage, "rosa", DAILY)
    await stage.proposed(ask("note.create", contact=person(1), text="hello"))
    assert await day(stage, MONDAY - timedelta(days=1)) == 0
    gone = Absence(person="dana", since=MONDAY, until=MONDAY + timedelta(days=2), delegate="rosa")
    await set_absence(stage.house, gone, by="dana")
    assert await day(stage, MONDAY + timedelta(hours=1)) == 1
    assert (box.of("dana"), len(box.of("rosa"))) == ([], 1)


async def test_what_one_asked_for_oneself_is_not_in_ones_digest(stage: Stage, box: Box) -> None:
    await wish(stage, "dana", DAILY)
    stage.clock.moment = MONDAY
    await stage.reply(replace(tag(), on_behalf_of="dana"))
    await stage.proposed(tag(person(2)))
    await day(stage, MONDAY + timedelta(hours=1))
    assert box.of("dana") == ["Remit: 1 proposal, 1 of them until tomorrow"]


async def test_violations_of_ones_role_are_in_the_digest(stage: Stage, box: Box) -> None:
    await people(stage, mo=Role.MARKETING_OPS)
    await wish(stage, "mo", DAILY)
    await stage.reply(tag(name="forbidden", use_case=DESK), OTTO)
    found = [fact for fact in stage.facts_of(f.ViolationFound) if str(fact.owner) == "marketing_ops"]
    assert found
    await day(stage, MONDAY + timedelta(hours=1))
    assert f"{len(found)} violation" in box.taken[0][2].body


async def test_a_newer_digest_takes_the_place_of_one_that_never_went_out(stage: Stage, box: Box) -> None:
    await wish(stage, "dana", DAILY)
    box.up = False
    stage.clock.moment = MONDAY
    await stage.proposed(ask("note.create", contact=person(1), text="hello"))
    assert await day(stage, MONDAY + timedelta(hours=1)) == 0
    stage.clock.moment = MONDAY + timedelta(days=1)
    await stage.proposed(ask("note.create", contact=person(2), text="hello"))
    box.up = True
    assert await day(stage, MONDAY + timedelta(days=1, hours=1)) == 1
    assert len(box.of("dana")) == 1
    assert [fact.why for fact in stage.facts_of(f.NoticeDropped)] == ["a newer digest says more"]


async def test_who_wants_hears_of_what_is_new_every_quarter_of_an_hour(stage: Stage, box: Box) -> None:
    await wish(stage, "dana", replace(MAIL, live=True))
    await wish(stage, "rosa")
    start = stage.clock.moment
    for minutes in range(0, 60, 5):
        stage.clock.moment = start + timedelta(minutes=minutes + 1)
        await stage.proposed(tag(person(minutes)))
        await day(stage, start + timedelta(minutes=minutes + 5))
    assert box.of("dana") == [f"Remit: {many} proposals new" for many in (3, 3, 3, 3)]
    assert box.of("rosa") == []
    assert await day(stage, start + timedelta(hours=3)) == 0, "nothing is new"


# ------------------------------------------------------------------------------------------------------------- when it is down


async def test_nothing_is_lost_and_nothing_is_doubled_while_a_channel_is_down(stage: Stage, box: Box) -> None:
    await wish(stage, "dana")
    await wish(stage, "rosa")
    box.up, start = False, stage.clock.moment
    for number in range(5):
        await stage.proposed(tag(person(number)))
        stage.clock.move(minutes=1)
    for minute in range(0, 60 * 16, 5):
        stage.clock.moment = start + timedelta(minutes=minute)
        box.up = not 60 * 8 <= minute < 60 * 10
        await escalate(stage.house)
        await deliver(stage.house, LINK)
    told = [fact for fact in stage.facts_of(f.NoticeWritten) if fact.person in {"dana", "rosa"}]
    assert len(box.taken) == len(told) == len(stage.facts_of(f.NoticeSent)) >= 2
    assert stage.facts_of(f.NoticeFailed)
    with stage.house.store.read() as reading:
        assert reading.notices(limit=100, only_open=True) == []


async def test_who_is_told_nothing_any_more_gets_nothing_that_was_written_before(stage: Stage, box: Box) -> None:
    await wish(stage, "dana")
    await wish(stage, "rosa")
    await stage.proposed(tag())
    stage.clock.move(hours=12)
    await escalate(stage.house)
    await withdraw_wishes(stage.house, "dana")
    await let_go(stage.house, person="rosa", by="olga")
    assert await deliver(stage.house, LINK) == 0
    assert len(stage.facts_of(f.NoticeDropped)) == 2
    assert box.taken == []


async def test_an_address_is_in_no_fact(stage: Stage, box: Box) -> None:
    await wish(stage, "dana")
    await stage.proposed(tag())
    stage.clock.move(hours=12)
    await escalate(stage.house)
    await deliver(stage.house, LINK)
    assert box.of("dana")
    assert "dana@example.com" not in repr(stage.facts())


# ------------------------------------------------------------------------------------------------------------------ what is said

WRONG = {
    "no such channel": ({"channel": "pigeon"}, "no such channel"),
    "no address": ({"address": ""}, "no address"),
    "an address too many": ({"channel": "ops"}, "an address"),
    "no address at all": ({"address": "a b"}, "other letters"),
    "no such zone": ({"zone": "Mars"}, "no such zone"),
    "half of the quiet hours": ({"quiet_from": "18:00"}, "one end of them"),
}


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize(("changes", "found"), WRONG.values(), ids=WRONG)
async def test_a_wish_nobody_can_fulfil_is_refused(stage: Stage, changes: dict[str, object], found: str) -> None:
    with pytest.raises(InvalidInput, match=found):
        await set_wishes(stage.house, "dana", replace(MAIL, **{"address": "dana@example.com", **changes}))


async def test_without_a_channel_one_is_told_who_makes_one(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match=r"channels\.yaml"):
        await set_wishes(stage.house, "dana", MAIL)


async def test_a_trial_goes_at_once(stage: Stage, box: Box) -> None:
    with pytest.raises(NotFound, match="nothing said"):
        await send_trial(stage.house, "dana")
    await wish(stage, "dana")
    assert await send_trial(stage.house, "dana") == ""
    box.up = False
    assert "could not be reached" in await send_trial(stage.house, "dana")


async def test_only_people_with_an_account_are_told(stage: Stage, box: Box) -> None:
    assert box.up
    with pytest.raises(NotFound, match="no such account"):
        await wish(stage, "nobody")


# ------------------------------------------------------------------------------------------------------------------- absences


@pytest.mark.usefixtures("box")
async def test_only_who_holds_the_same_roles_stands_in(stage: Stage) -> None:
    until = stage.clock.now() + timedelta(days=1)
    for delegate, wrong in (("ravi", "not a reviewer"), ("dana", "the same person"), ("nobody", "no such account")):
        gone = Absence(person="dana", since=stage.clock.now(), until=until, delegate=delegate)
        with pytest.raises((NotAllowed, InvalidInput, NotFound), match=wrong):
            await set_absence(stage.house, gone, by="dana")
    over = Absence(person="dana", since=until, until=until)
    with pytest.raises(InvalidInput, match="from"):
        await set_absence(stage.house, over, by="dana")


@pytest.mark.usefixtures("box")
async def test_an_absence_ends_when_one_is_back(stage: Stage) -> None:
    gone = Absence(person="dana", since=stage.clock.now(), until=stage.clock.now() + timedelta(days=1))
    await set_absence(stage.house, gone, by="dana")
    assert await end_absence(stage.house, "dana", by="dana") == 1
    with pytest.raises(NotFound, match="none that is not over"):
        await end_absence(stage.house, "dana", by="dana")


# ----------------------------------------------------------------------------------------------------------------- violations


async def test_a_violation_nobody_settled_in_time_is_taken_further_once(stage: Stage, box: Box) -> None:
    await wish(stage, "ravi")
    await stage.reply(tag(name="forbidden", use_case=DESK), OTTO)
    assert stage.facts_of(f.ViolationFound)
    assert await chase(stage.house) == 0
    stage.clock.move(days=20)
    assert await chase(stage.house) == len(stage.facts_of(f.ViolationFound))
    assert await chase(stage.house) == 0
    assert stage.facts_of(f.ViolationEscalated)[0].asked == ("ravi",)
    await deliver(stage.house, LINK)
    assert "nobody settled in time" in box.taken[0][2].body
    assert [fact.kind for fact in stage.facts_of(f.NoticeWritten)] == [NoticeKind.VIOLATION_OVERDUE]


async def test_what_was_answered_is_in_no_digest(stage: Stage, box: Box) -> None:
    await wish(stage, "dana", DAILY)
    stage.clock.moment = MONDAY
    action = await stage.proposed(tag())
    await stage.say(action, Answer.REJECT)
    await day(stage, MONDAY + timedelta(hours=1))
    assert box.taken == []
