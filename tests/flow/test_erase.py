"""A person is forgotten: her content goes wherever it stands, what waits about her ends, and the ledger still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from remit.core import facts as f
from remit.core.lifecycle import State
from remit.core.types import Answer, Operation, Record, Role
from remit.errors import Conflict, ConnectorFailed, InvalidInput, NotFound
from remit.flow.erase import Wish, erase, foresee
from remit.flow.execute import clarify, recover
from remit.flow.propose import propose
from remit.flow.settle import settle
from remit.flow.stop import order
from remit.flow.undo import undo
from remit.ledgerproof.verify import Verified
from remit.ports import Call, Effect, Forgot, Forgotten, KeyedCall, Performed
from remit.runner.local import drain
from remit.store import tables as t
from remit.store.erasures import ERASURES, read_list
from remit.store.rebuild import differences, rebuilt
from remit.wire import verify_ledger
from tests.changed import replace
from tests.flow.odd_connectors import Odd
from tests.flow.stage import ADA, CRM, DESK, OTTO, Stage, ask, tag
from tests.store.small_house import rows

ANNA, BORIS = Record(kind="contact", id="c0001"), Record(kind="contact", id="c0002")
HER = Wish(record=ANNA, by="rita")


def kept(stage: Stage) -> str:
    """Return all content that there is, as text."""
    return " ".join(row["body"].decode() for row in rows(stage.opened.store.engine, t.contents))


def blocked_by_it(stage: Stage) -> list[str]:
    """Return the proposals that an erasure ended."""
    return [fact.proposal for fact in stage.facts_of(f.Blocked) if fact.reasons[0].code == "erased"]


async def holds(stage: Stage) -> None:
    """See that the ledger can be verified and that all projections are what the facts say."""
    stage.opened.sealer.seal(stage.clock.now())
    assert isinstance(verify_ledger(stage.folder).outcome, Verified)
    assert differences(stage.opened.store.engine, rebuilt(stage.opened.store.engine, stage.clock, stage.ids)) == []


async def test_all_that_is_known_of_a_person_goes_and_nothing_else(stage: Stage) -> None:
    done = await stage.done(ask("contact.field.update", contact="c0001", region="Lapland"))
    noted = await stage.proposed(tag("c0001", "gold"))
    await stage.say(noted, Answer.REJECT, note="she said no to Olga")
    other = await stage.done(ask("contact.field.update", contact="c0002", region="Tyrol"))
    about = await stage.proposed(ask("segment.suggest", name="few", definition="c0001 and others", size=2))
    found = await erase(stage.house, HER)
    assert set(found.proposals) == {done.proposal, noted.proposal, about.proposal}
    assert found.contents == 2 + 3 + 1 + 1  # arguments, expected, before and after; arguments and note; arguments; ...
    assert not {"Lapland", "Olga", "c0001"} & set(kept(stage).replace('"', " ").split())
    assert "Tyrol" in kept(stage)
    assert stage.state(other) is State.DONE
    await holds(stage)


@pytest.mark.parametrize("until", ["held", "drafted", "leaving", "stopped"])
async def test_what_waits_about_her_is_ended(stage: Stage, until: str) -> None:
    action = await stage.proposed(tag(use_case=DESK), OTTO) if until == "drafted" else await stage.proposed(tag())
    if until in {"leaving", "stopped"}:
        await stage.say(action)
    if until == "stopped":
        await order(stage.house, "everything", by="dana", reason="")
        await stage.leave()
    assert stage.state(action) == until
    found = await erase(stage.house, HER)
    assert found.blocked == 1
    assert stage.state(action) is State.BLOCKED
    assert blocked_by_it(stage) == [action.proposal]
    await stage.leave()
    assert stage.effects(action) == []
    await holds(stage)


async def test_an_effect_under_way_ends_first(stage: Stage) -> None:
    odd = stage.between()
    odd.fails = True
    action = await stage.approved(tag())
    await stage.leave()
    with pytest.raises(Conflict, match=action.proposal):
        await erase(stage.house, HER)
    assert "c0001" in kept(stage)
    await recover(stage.house)
    await drain(stage.house)
    assert (await erase(stage.house, HER)).contents > 0
    assert stage.state(action) is State.DONE


async def test_in_a_restored_folder_what_was_under_way_is_left_unclear(stage: Stage) -> None:
    undone = await stage.done(tag("c0001", "gold"))
    odd = stage.between()
    started = await stage.approved(tag())
    odd.fails = True
    await stage.leave()
    await undo(stage.house, [undone.proposal], "dana")
    await erase(stage.house, replace(HER, again=True))
    assert (stage.state(started), stage.state(undone)) == (State.UNCLEAR, State.UNDO_UNCLEAR)
    assert "c0001" not in kept(stage)
    await holds(stage)
    await clarify(stage.house)
    assert "c0001" not in kept(stage)


async def test_an_undo_of_what_was_erased_is_refused_with_words(stage: Stage) -> None:
    action = await stage.done(tag())
    await erase(stage.house, HER)
    with pytest.raises(Conflict, match="its content was erased") as refused:
        await undo(stage.house, [action.proposal], "dana")
    assert "by hand" in refused.value.do
    assert stage.state(action) is State.DONE


async def test_the_connected_system_forgets_her_with_all_that_is_hers(stage: Stage) -> None:
    note = await stage.done(ask("note.create", contact="c0001", text="likes tea"))
    assert note.record
    found = await erase(stage.house, HER)
    told = found.systems["sandbox"]
    assert told.how == Forgot.FORGOTTEN
    assert {str(record) for record in told.records} == {"contact/c0001", note.record}
    assert not stage.image("contact/c0001").exists
    assert not stage.image(note.record).exists
    assert stage.image("contact/c0002").exists
    assert stage.effects(note) == [Effect.DONE]


async def test_a_fact_says_who_forgot_whom_and_how_much(stage: Stage) -> None:
    action = await stage.proposed(tag())
    await erase(stage.house, HER)
    [fact] = stage.facts_of(f.Erased)
    told = {"sandbox": "forgotten"}
    assert fact == f.Erased(record="contact/c0001", by="rita", proposals=(action.proposal,), contents=1, blocked=1, systems=told)
    [one] = read_list(stage.folder / ERASURES).erasures
    assert (one.record, one.proposals, one.by) == ("contact/c0001", (action.proposal,), "rita")


async def test_a_dry_run_says_the_same_and_does_nothing(stage: Stage) -> None:
    await stage.done(tag())
    await stage.proposed(tag("c0001", "gold"))
    before = (stage.written(), kept(stage))
    foreseen = await foresee(stage.house, HER)
    assert (stage.written(), kept(stage)) == before
    assert stage.image("contact/c0001").exists
    assert foreseen == await erase(stage.house, HER)


async def test_whoever_is_known_nowhere_is_said_to_be(stage: Stage) -> None:
    nobody = Wish(record=Record(kind="contact", id="nobody"), by="rita")
    with pytest.raises(NotFound, match="contact/nobody"):
        await erase(stage.house, nobody)
    await erase(stage.house, HER)
    with pytest.raises(NotFound, match="nothing any more"):
        await erase(stage.house, HER)
    assert len(stage.facts_of(f.Erased)) == 1
    assert not (await foresee(stage.house, nobody)).proposals


async def test_what_only_looks_like_her_stays(stage: Stage) -> None:
    alike = await stage.proposed(ask("note.create", CRM, "n1", contact="c0002", text="not c00011, not xc0001"))
    await erase(stage.house, HER)
    assert stage.state(alike) is State.HELD
    assert "not c00011" in kept(stage)


async def test_while_an_old_state_can_still_be_read_nobody_says_that_nothing_is_left(stage: Stage) -> None:
    await stage.proposed(tag())
    with stage.house.store.read() as reading:
        reading.stops()
        assert not (await erase(stage.house, HER)).scrubbed
        again = await erase(stage.house, HER)
        assert (again.scrubbed, again.contents) == (False, 0)
    with pytest.raises(NotFound):
        await erase(stage.house, HER)


async def test_she_is_found_by_her_address_too(stage: Stage) -> None:
    mail = ask("email.draft.create", segment="few", subject="Hello", body="Write to Anna@Example.com")
    action = await stage.proposed(mail)
    assert (await erase(stage.house, replace(HER, texts=("anna@example.com",)))).proposals == (action.proposal,)


@pytest.mark.parametrize("wish", [replace(HER, texts=("an",)), replace(HER, record=Record(kind="contact", id=""))])
async def test_what_would_find_everybody_is_refused(stage: Stage, wish: Wish) -> None:
    await stage.proposed(tag())
    with pytest.raises(InvalidInput, match="whom to forget"):
        await erase(stage.house, wish)
    assert "c0001" in kept(stage)


async def test_notes_about_her_violations_go_too(stage: Stage) -> None:
    action = await stage.proposed(ask("contact.field.update", contact="c0001", do_not_contact=False))
    with stage.house.store.read() as reading:
        [violation, *_] = [one for one in reading.violations() if one.proposal == action.proposal]
    await settle(stage.house, violation.id, by="rita", roles=[Role.RISK], note="Olga meant well")
    await erase(stage.house, HER)
    assert "Olga" not in kept(stage)


async def test_a_note_that_names_her_elsewhere_goes_alone(stage: Stage) -> None:
    action = await stage.proposed(ask("contact.field.update", contact="c0002", do_not_contact=False))
    with stage.house.store.read() as reading:
        [violation, *_] = [one for one in reading.violations() if one.proposal == action.proposal]
    await settle(stage.house, violation.id, by="rita", roles=[Role.RISK], note="as with c0001")
    found = await erase(stage.house, HER)
    assert (found.proposals, found.contents) == ((), 1)
    assert "c0002" in kept(stage)


@dataclass(kw_only=True)
class Unforgetting(Odd):
    """A system that cannot forget, or does not answer; or one where an agent asks again just then."""

    broken: bool = False
    asks: list[Stage] = field(default_factory=list)

    async def forget(self, record: Record, *, look_only: bool = False) -> Forgotten:
        """Refuse, also to look."""
        del look_only
        if self.broken:
            raise ConnectorFailed(asked="to forget", found="no answer")
        for stage in self.asks:
            await propose(stage.house, ADA, [tag("c0001", "gold")])
        return Forgotten(how=Forgot.CANNOT, do=f"Delete {record} by hand")


async def test_a_system_that_cannot_forget_says_what_to_do_there(stage: Stage) -> None:
    await stage.proposed(tag())
    house = replace(stage.house, connectors={"sandbox": Unforgetting(inner=stage.opened.sandbox)})
    found = await erase(house, HER)
    assert (found.systems["sandbox"].how, found.systems["sandbox"].do) == ("cannot", "Delete contact/c0001 by hand")
    assert stage.facts_of(f.Erased)[-1].systems == {"sandbox": "cannot"}
    assert "c0001" not in kept(stage)


async def test_a_system_that_does_not_answer_keeps_nobody_from_being_forgotten_here(stage: Stage) -> None:
    await stage.proposed(tag())
    odd = Unforgetting(inner=stage.opened.sandbox, broken=True)
    house = replace(stage.house, connectors={"sandbox": odd})
    found = await erase(house, HER)
    assert (found.systems["sandbox"].how, found.contents) == ("failed", 1)
    odd.broken = False
    assert (await erase(stage.house, HER)).systems["sandbox"].how == "forgotten"


async def test_what_an_agent_asks_meanwhile_is_ended_too(stage: Stage) -> None:
    odd = Unforgetting(inner=stage.opened.sandbox, asks=[stage])
    found = await erase(replace(stage.house, connectors={"sandbox": odd}), HER)
    assert (found.blocked, found.contents) == (1, 1)
    assert "c0001" not in kept(stage)


async def test_a_key_that_was_used_is_still_answered_and_does_nothing_again(stage: Stage) -> None:
    action = await stage.done(ask("note.create", contact="c0001", text="likes tea"))
    await erase(stage.house, HER)
    ends: Sequence[Performed | None] = await stage.opened.sandbox.look_up([f"{action.proposal}:1"])
    [end] = ends
    assert end is not None
    assert (end.effect, end.before, end.after) == (Effect.DONE, None, None)
    call = KeyedCall(key=f"{action.proposal}:1", call=_note(), expected=stage.image("note/none"))
    assert (await stage.opened.sandbox.perform([call]))[0].effect is Effect.DONE
    assert not stage.image(action.record or "").exists


def _note() -> Call:
    return Call(operation=Operation("note.create"), arguments={"contact": "c0001", "text": "likes tea"})


async def test_an_agent_that_asks_again_hears_that_there_is_nobody(stage: Stage) -> None:
    await stage.proposed(tag())
    await erase(stage.house, HER)
    for again in (tag(), tag("c0001", "gold")):
        with pytest.raises(InvalidInput, match="no contact/c0001"):
            await stage.reply(again)
