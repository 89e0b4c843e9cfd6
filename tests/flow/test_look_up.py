"""What is on record of a person, looked up before anything is decided and again before it leaves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace as altered

from remit.core.action import Action
from remit.core.facts import Decided
from remit.core.lifecycle import State
from remit.core.types import Answer, Image, Record, Value, Verdict
from remit.errors import NotAllowed
from remit.flow.adopt import adopt
from remit.flow.look_up import minutes_in
from remit.flow.propose import propose
from remit.ports import Call, Connector, Established
from remit.wire import packaged_documents
from tests.changed import replace
from tests.flow.stage import ADA, CRM, NOTING, START, Stage, ask, charter, every_operation, person, tag

SEND = "email.one_to_one.send"
ANNA = Record(kind="contact", id="c0001")
SENDER = Record(kind="sender", id="main")
ADDRESS = "1 High Street, 10115 Berlin"
BODY = f"A word from the Bank of Examples, {ADDRESS}. To unsubscribe, answer with no."
BRAND = {
    "brand": "bank",
    "title": "Bank of Examples",
    "domains": ["bank.example"],
    "postal_address": ADDRESS,
    "opt_out": ["To unsubscribe, answer with no"],
}
AMERICAN: dict[str, Value] = {"country": "USA", "state": "New York", "time_zone": "America/New_York"}
GERMAN: dict[str, Value] = {"country": "Germany", "marketing_consent": True, "lawful_basis": "consent", "basis_on_record": True}
PACKS = ("can-spam", "eprivacy", "gdpr", "content")


async def lawful(stage: Stage, *packs: str, **changed: Any) -> None:
    """Put packs, a brand and the map of the sandbox into force, and furnish the sender's record."""
    shipped = packaged_documents()
    documents = {f"pack:{name}": shipped[f"pack:{name}"] for name in packs or PACKS}
    crm = charter(CRM, every_operation(), brand="bank", **changed)
    documents |= {"map:sandbox": shipped["map:sandbox"], "brand:bank": json.dumps(BRAND), f"charter:{CRM}": json.dumps(crm)}
    await adopt(stage.house, documents, "olga")
    sender: dict[str, Value] = {
        "from_address": "team@bank.example",
        "reply_monitored": "yes",
        "opt_out_open": True,
        "opt_out_days": 60,
        "open_tracking": False,
    }
    stage.world.put([(SENDER, sender)], by="import", at=START)


def mail(body: str = BODY, subject: str = "A word", contact: str = "c0001") -> Any:
    """Ask for a message to one person."""
    return ask(SEND, CRM, f"{contact} {subject} {len(body)}", contact=contact, subject=subject, body=body)


def given(stage: Stage, action: Action) -> Decided:
    """Return the decision about an action."""
    with stage.house.store.read() as reading:
        return reading.decision(action)


def fired(stage: Stage, action: Action) -> set[str]:
    """Return the rules that had anything to say."""
    return {one.values["rule"] for one in given(stage, action).reasons if "rule" in one.values}


@dataclass(kw_only=True)
class Counting:
    """The sandbox, and how often it was asked for the fields of records."""

    inner: Connector
    asked: int = 0

    def __getattr__(self, name: str) -> Any:
        """Be the sandbox in everything else."""
        return getattr(self.inner, name)

    async def images(self, wanted: Sequence[tuple[Record, tuple[str, ...]]]) -> list[Image]:
        """Count, and answer."""
        self.asked += 1
        return await self.inner.images(wanted)


# --------------------------------------------------------------------------------------------------------- before it is decided


async def test_a_message_that_breaks_no_rule_waits_for_a_person_and_leaves_once(stage: Stage) -> None:
    await lawful(stage)
    stage.world.edit(ANNA, AMERICAN)
    action = await stage.proposed(mail())
    assert (action.state, fired(stage, action)) == (State.HELD, set())
    await stage.say(action)
    await stage.leave()
    done = stage.action(action.proposal)
    assert (done.state, len(stage.effects(action))) == (State.DONE, 1)
    assert stage.image(done.record or "").fields["body"] == BODY


async def test_what_is_on_record_of_a_person_becomes_a_fact(stage: Stage) -> None:
    await lawful(stage)
    stage.world.edit(ANNA, AMERICAN)
    told = given(stage, await stage.proposed(mail())).given.facts.further
    assert (told["person.region"], told["person.opted_out"], told["message.from_domain"]) == ("US-NY", False, "bank.example")
    assert (told["message.opt_out_days"], told["message.opt_out"], told["message.hidden_sender"]) == (60, True, False)
    assert "person.local_minute" not in told, "no rule of this place looks at the clock"


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        pytest.param(AMERICAN | {"email_opt_out": True}, {"canspam.opt_out_honoured"}, id="somebody who unsubscribed"),
        pytest.param(GERMAN | {"marketing_consent": False}, {"eprivacy.prior_consent"}, id="no consent"),
        pytest.param(GERMAN | {"objected_to_marketing": "x"}, {"gdpr.object_marketing"}, id="an objection"),
        pytest.param(GERMAN | {"lawful_basis": "habit"}, {"gdpr.lawful_basis"}, id="no lawful basis"),
        pytest.param(GERMAN | {"consent_withdrawn": "ja"}, {"gdpr.withdrawal_wins"}, id="a consent taken back"),
    ],
)
async def test_who_may_not_be_written_to_is_not(stage: Stage, fields: dict[str, Value], rules: set[str]) -> None:
    await lawful(stage)
    stage.world.edit(ANNA, fields)
    action = await stage.proposed(mail())
    assert action.state is State.BLOCKED
    assert fired(stage, action) - {"gdpr.record_of_processing"} == rules


async def test_a_person_whose_country_nobody_knows_meets_every_rule(stage: Stage) -> None:
    await lawful(stage)
    action = await stage.proposed(mail())
    assert action.state is State.BLOCKED
    assert {"eprivacy.prior_consent", "gdpr.record_of_processing"} <= fired(stage, action)


async def test_what_a_text_says_is_found_by_remit_and_not_taken_from_the_agent(stage: Stage) -> None:
    await lawful(stage)
    stage.world.edit(ANNA, AMERICAN)
    action = await stage.proposed(mail(body=f"Dear {{{{name}}}}, 3.5 % for you at https://evil.test. {BODY}"))
    assert action.state is State.HELD
    wanted = {"content.unresolved_fields", "content.unbacked_claims", "content.foreign_links", "canspam.subject_honest"}
    assert fired(stage, action) == wanted
    pressing = await stage.proposed(mail(body=f"Last chance! {BODY}"))
    assert (pressing.state, fired(stage, pressing)) == (State.BLOCKED, {"content.dark_patterns"})


async def test_the_hour_is_the_one_where_the_person_lives(stage: Stage) -> None:
    await lawful(stage, "can-spam", contact_hours={"earliest": "09:00", "latest": "20:00"})
    stage.world.edit(ANNA, AMERICAN)  # nine in the morning in UTC is four in New York
    action = await stage.proposed(mail())
    assert given(stage, action).given.facts.local_minute == 4 * 60
    assert "outside_contact_hours" in {one.code for one in given(stage, action).reasons}
    stage.world.edit(ANNA, {"time_zone": "Mars/Olympus"})
    blocked = await stage.proposed(mail(subject="Another"))
    assert (blocked.state, given(stage, blocked).verdict) == (State.BLOCKED, Verdict.BLOCK)


def test_a_zone_nobody_knows_has_no_hour() -> None:
    assert [minutes_in(zone, START) for zone in ("UTC", "Asia/Kolkata", "Nowhere", "", "../etc", "America")] == [
        540,
        870,
        None,
        None,
        None,
        None,
    ]


async def test_many_proposals_are_one_question_to_the_connected_system(stage: Stage) -> None:
    await lawful(stage)
    counting = Counting(inner=stage.opened.sandbox)
    house = replace(stage.house, connectors={"sandbox": counting})
    await propose(house, ADA, [mail(contact=person(number)) for number in range(50)])
    assert counting.asked == 1
    await propose(house, ADA, [tag(person(number)) for number in range(50)])
    assert counting.asked == 1, "no rule looks at a tag, so nothing of anybody is read"


async def test_what_the_connected_system_states_itself_stands(stage: Stage) -> None:
    class Stating(Counting):
        async def establish(self, calls: Sequence[Call]) -> list[Established]:
            return [altered(one, further={"person.region": "JP"}) for one in await self.inner.establish(calls)]

    await lawful(stage)
    stage.world.edit(ANNA, GERMAN | {"marketing_consent": False})
    house = replace(stage.house, connectors={"sandbox": Stating(inner=stage.opened.sandbox)})
    (reply,) = await propose(house, ADA, [mail()])
    assert reply.verdict is Verdict.HOLD


async def test_without_a_map_nothing_is_looked_up(stage: Stage) -> None:
    action = await stage.proposed(ask(str(NOTING), CRM, "", contact="c0001", text="x"))
    assert not [name for name in given(stage, action).given.facts.further if name.startswith(("person.", "message."))]


# ------------------------------------------------------------------------------------------------------------ before it leaves


@pytest.mark.parametrize(
    ("at_first", "then", "reason"),
    [
        pytest.param(AMERICAN, {"do_not_contact": True}, "suppressed", id="asks not to be contacted"),
        pytest.param(AMERICAN, {"email_opt_out": True}, "suppressed", id="unsubscribes"),
        pytest.param(GERMAN, {"objected_to_marketing": True}, "rule", id="objects"),
        pytest.param(GERMAN, {"consent_withdrawn": True}, "rule", id="takes the consent back"),
        pytest.param(GERMAN, {"marketing_consent": "?"}, "rule_not_evaluated", id="nobody can tell any more"),
    ],
)
async def test_an_opt_out_after_the_approval_is_never_contacted(
    stage: Stage, at_first: dict[str, Value], then: dict[str, Value], reason: str
) -> None:
    await lawful(stage)
    stage.world.edit(ANNA, at_first)
    action = await stage.approved(mail())
    stage.world.edit(ANNA, then)
    await stage.leave()
    assert stage.state(action) is State.BLOCKED
    assert reason in stage.reasons(action)
    assert stage.effects(action) == []


async def test_no_approver_can_override_an_opt_out(stage: Stage) -> None:
    await lawful(stage)
    stage.world.edit(ANNA, AMERICAN)
    action = await stage.proposed(mail())
    stage.world.edit(ANNA, {"do_not_contact": True})
    await stage.say(action, by="the head of everything")
    await stage.leave()
    assert (stage.state(action), stage.effects(action)) == (State.BLOCKED, [])


async def test_an_edit_is_read_like_a_first_text(stage: Stage) -> None:
    await lawful(stage)
    stage.world.edit(ANNA, AMERICAN)
    action = await stage.proposed(mail())
    pressing = {"contact": "c0001", "subject": "A word", "body": f"Last chance! {BODY}"}
    with pytest.raises(NotAllowed, match="this edit"):
        await stage.say(action, Answer.APPROVE_EDITED, edited=pressing)
    assert stage.state(action) is State.HELD
