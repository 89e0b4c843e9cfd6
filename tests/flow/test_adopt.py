"""Adopting: equal documents change nothing, a broken one changes nothing either, a new version begins at no evidence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.core.facts import KeyRevoked, PolicyAdopted, TrialStarted
from remit.core.lifecycle import State
from remit.core.types import Level, UseCaseId
from remit.errors import Conflict, NotFound, RuleError
from remit.flow.adopt import admit, adopt, key_digest, revoke
from remit.flow.judge import judge
from remit.ports import AgentKey
from remit.wire import packaged_documents
from tests.flow.stage import ADA, CRM, NOTING, TAGGING, Stage, charter, documents, every_operation, tag

NEW = UseCaseId("new")


def changed(**entries: Any) -> dict[str, str]:
    """Write the charter of the CRM with other entries."""
    return {"charter:crm": json.dumps(charter(CRM, every_operation(), **entries))}


def without(*names: str) -> dict[str, str]:
    """Write the charter of the CRM without some entries."""
    document = charter(CRM, every_operation())
    return {"charter:crm": json.dumps({name: value for name, value in document.items() if name not in names})}


BROKEN: dict[str, dict[str, str]] = {
    "no JSON": {"charter:crm": "{"},
    "no mapping": {"charter:crm": "[]"},
    "nothing": {"charter:crm": "null"},
    "a missing entry": without("owner"),
    "a missing window": without("windows"),
    "a wrong type": changed(deadline_hours="soon"),
    "a level that does not exist": changed(highest_level=5),
    "a start above the highest level": changed(starts_at=3, highest_level=2),
    "a tolerance of a half": changed(evidence={**charter(CRM, {})["evidence"], "tolerance": 0.5}),
    "a take-back window of an hour": changed(take_back_seconds=3600),
    "a catalogue that is no mapping": {"catalogue": "[]"},
    "a catalogue without actions": {"catalogue": "{}"},
    "a catalogue entry that is no mapping": {"catalogue": json.dumps({"actions": {"contact.tag.add": "low"}})},
    "a class that does not exist": {
        "catalogue": json.dumps({"actions": {"x.y": {"name": "x", "kind": "act", "mode": "execute", "wide": "tiny, easy"}}})
    },
    "a class without reversibility": {
        "catalogue": json.dumps({"actions": {"x.y": {"name": "x", "kind": "act", "mode": "execute", "wide": "low"}}})
    },
}


@pytest.mark.parametrize("texts", [*BROKEN.values()], ids=BROKEN)
async def test_a_broken_document_is_refused_and_nothing_is_written(stage: Stage, texts: dict[str, str]) -> None:
    before = stage.written()
    with pytest.raises(RuleError) as refused:
        await adopt(stage.house, texts, "olga")
    assert refused.value.found
    assert stage.written() == before
    assert (await stage.proposed(tag())).state is State.HELD


async def test_equal_documents_change_nothing(stage: Stage) -> None:
    before = stage.written()
    assert await adopt(stage.house, documents(), "olga") == 1
    assert await adopt(stage.house, {}, "olga") == 1
    assert stage.written() == before


async def test_another_document_makes_another_policy(stage: Stage) -> None:
    assert await adopt(stage.house, changed(title="Another"), "olga") == 2
    first, second = stage.facts_of(PolicyAdopted)
    assert (first.number, second.number) == (1, 2)
    assert first.digest != second.digest
    assert set(second.documents) == set(first.documents), "what was adopted before stays"


async def test_what_ships_can_be_adopted(stage: Stage) -> None:
    assert await adopt(stage.house, packaged_documents(), "olga") == 2
    with stage.house.store.read() as reading:
        assert {"score", "enrich", "follow_up", "nurture", "audience"} < set(reading.policy().charters)


async def test_a_new_operation_begins_where_its_charter_starts(stage: Stage) -> None:
    await adopt(
        stage.house, {"charter:new": json.dumps(charter(NEW, {TAGGING: every_operation()[TAGGING]}, starts_at=1))}, "olga"
    )
    with stage.house.store.read() as reading:
        assert reading.grant(NEW, TAGGING).level is Level.ASSIST
        assert reading.grant(NEW, NOTING).level is Level.OFF


async def test_adopting_again_keeps_a_level_that_was_earned(earned: Stage) -> None:
    await adopt(earned.house, changed(title="Another"), "olga")
    with earned.house.store.read() as reading:
        assert reading.grant(CRM, TAGGING).level is Level.EXECUTE


async def test_a_charter_lowers_a_level_that_was_earned(earned: Stage) -> None:
    await adopt(earned.house, changed(highest_level=2), "olga")
    actions = [await earned.proposed(tag(f"c{number:04}")) for number in range(10)]
    assert {action.state for action in actions} == {State.HELD}


async def test_a_charter_grants_no_level_that_nobody_earned(stage: Stage) -> None:
    bold = charter(NEW, {TAGGING: every_operation()[TAGGING]}, starts_at=4, highest_level=4)
    await adopt(stage.house, {"charter:new": json.dumps(bold)}, "olga")
    key = AgentKey(agent="new", version="v1", use_cases=(NEW,))
    await admit(stage.house, agent="new", version="v1", use_cases=[NEW], key="k", by="olga")
    actions = [await stage.proposed(tag(f"c{number:04}", use_case=NEW), key) for number in range(10)]
    assert {action.state for action in actions} == {State.HELD}


# -------------------------------------------------------------------------------------------------------------------- admitting


async def test_a_version_that_is_admitted_has_its_key_and_no_evidence(stage: Stage) -> None:
    await admit(stage.house, agent="ada", version="v2", use_cases=[CRM], key="k2", by="olga")
    with stage.house.store.read() as reading:
        assert reading.agent_key(key_digest("k2")) == AgentKey(agent="ada", version="v2", use_cases=(CRM,))
        assert reading.agent_key(key_digest("k3")) is None
        assert reading.evidence(CRM, TAGGING, "v2").answered == 0
    trials = [fact.trial for fact in stage.facts_of(TrialStarted) if (fact.use_case, fact.operation) == (CRM, TAGGING)]
    assert trials == [1, 2]


async def test_no_key_stands_in_the_ledger(stage: Stage) -> None:
    await admit(stage.house, agent="ada", version="v2", use_cases=[CRM], key="the very secret key", by="olga")
    assert "the very secret key" not in str(stage.facts())
    assert b"the very secret key" not in (stage.folder / "remit.db").read_bytes()


async def test_nobody_is_admitted_to_a_use_case_that_does_not_exist(stage: Stage) -> None:
    before = stage.written()
    with pytest.raises(NotFound, match="nothing"):
        await admit(stage.house, agent="ada", version="v2", use_cases=[CRM, UseCaseId("nothing")], key="k2", by="olga")
    assert stage.written() == before


async def test_a_key_belongs_to_one_agent(stage: Stage) -> None:
    before = stage.written()
    with pytest.raises(Conflict):
        await admit(stage.house, agent="eve", version="v1", use_cases=[CRM], key="the key of ada", by="olga")
    assert stage.written() == before
    with stage.house.store.read() as reading:
        assert reading.agent_key(key_digest("the key of ada")) == ADA


async def test_nobody_is_admitted_with_an_empty_key(stage: Stage) -> None:
    with pytest.raises(Conflict):
        await admit(stage.house, agent="eve", version="v1", use_cases=[CRM], key="", by="olga")
    with stage.house.store.read() as reading:
        assert reading.agent_key(key_digest("")) is None


# --------------------------------------------------------------------------------------------------------------------- revoking


async def test_a_version_has_one_key(stage: Stage) -> None:
    before = stage.written()
    with pytest.raises(Conflict, match="key revoke"):
        await admit(stage.house, agent="ada", version="v1", use_cases=[CRM], key="a second key", by="olga")
    assert stage.written() == before


async def test_a_revoked_key_opens_nothing_and_is_never_used_again(stage: Stage) -> None:
    await revoke(stage.house, agent="ada", version="v1", by="olga", reason="it leaked")
    assert stage.facts_of(KeyRevoked)[-1].reason == "it leaked"
    with stage.house.store.read() as reading:
        assert reading.agent_key(key_digest("the key of ada")) is None
        assert [one.revoked for one in reading.issued_keys() if one.agent == "ada"] == [True]
    with pytest.raises(Conflict, match="in use"):
        await admit(stage.house, agent="ada", version="v1", use_cases=[CRM], key="the key of ada", by="olga")
    for agent, version in (("ada", "v1"), ("ada", "v9"), ("eve", "v1")):
        with pytest.raises(NotFound, match="none that opens anything"):
            await revoke(stage.house, agent=agent, version=version, by="olga")


async def test_a_new_key_keeps_the_evidence_and_the_level_of_its_version(earned: Stage) -> None:
    trials = len(earned.facts_of(TrialStarted))
    await revoke(earned.house, agent="ada", version="v1", by="olga")
    await admit(earned.house, agent="ada", version="v1", use_cases=[CRM, UseCaseId("desk")], key="k2", by="olga")
    fresh = {fact.use_case for fact in earned.facts_of(TrialStarted)[trials:]}
    assert fresh == {"desk"}, "only where the version was never tried"
    with earned.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").observations > 5
        assert reading.grant(CRM, TAGGING).level is Level.EXECUTE


async def test_a_version_without_a_key_is_offered_nothing(stage: Stage) -> None:
    for number in range(12):
        await stage.approved(tag(f"c{number:04}"))
    await stage.leave()
    await revoke(stage.house, agent="ada", version="v1", by="olga")
    assert await judge(stage.house) == []
    await admit(stage.house, agent="ada", version="v1", use_cases=[CRM], key="k2", by="olga")
    assert len(await judge(stage.house)) == 1


async def test_evidence_under_an_earlier_test_is_not_kept_over_a_new_key(earned: Stage) -> None:
    await revoke(earned.house, agent="ada", version="v1", by="olga")
    stricter = charter(CRM, every_operation())["evidence"] | {"tolerance": 0.1}
    await adopt(earned.house, changed(evidence=stricter), "olga")
    await admit(earned.house, agent="ada", version="v1", use_cases=[CRM], key="k2", by="olga")
    with earned.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").observations == 0
