"""Signing where people have accounts, where the policy names other roles, and where a small team waits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.core.facts import Granted
from remit.core.types import Level, Role
from remit.errors import Conflict, InvalidInput, NotAllowed
from remit.flow.adopt import adopt
from remit.flow.grant import begin_waited, sign
from remit.flow.judge import judge
from remit.flow.people import admit_person, give_role, let_go, take_role
from remit.runner.local import drain
from tests.core.written_statement import document
from tests.flow.stage import CRM, TAGGING, Stage, person, tag

SMALL = {"small_team": {"wait_hours": 24, "why": "We are two."}}


async def offer(stage: Stage, **stated: Any) -> None:
    """Have a level offered, under a risk statement where there is one."""
    if stated:
        await adopt(stage.house, {"risk_statement": json.dumps(document(**stated))}, "olga")
    for number in range(12):
        await stage.approved(tag(person(number)))
    await stage.leave()
    await judge(stage.house)


async def people(stage: Stage, **roles: list[Role]) -> None:
    """Give people accounts."""
    for name, held in roles.items():
        await admit_person(stage.house, person=name, roles=held, password_hash="kept", by="olga")


async def signed(stage: Stage, by: str, role: str) -> bool:
    """Sign the offer."""
    return await sign(stage.house, CRM, TAGGING, by=by, role=role)


def level(stage: Stage) -> Level:
    """Return the level in hand."""
    with stage.house.store.read() as reading:
        return reading.grant(CRM, TAGGING).level


# -------------------------------------------------------------------------------------------------------------------- accounts


async def test_with_accounts_a_person_signs_only_in_a_role_she_holds(stage: Stage) -> None:
    await offer(stage)
    await people(stage, ines=[Role.RISK], ravi=[Role.LINE_OF_BUSINESS], dana=[Role.ADMIN, Role.REVIEWER])
    before = stage.written()
    for by, role in (("dana", "risk"), ("ines", "line_of_business"), ("olga", "risk"), ("owner", "risk")):
        with pytest.raises(NotAllowed, match=f"only somebody who is {role}"):
            await signed(stage, by, role)
    assert stage.written() == before
    assert await signed(stage, "ines", "risk") is False
    assert await signed(stage, "ravi", "line_of_business") is True
    assert stage.facts_of(Granted)[-1].signed_by == ("ines", "ravi")


async def test_with_both_roles_one_person_is_still_one_person(stage: Stage) -> None:
    await offer(stage)
    await people(stage, ines=[Role.RISK, Role.LINE_OF_BUSINESS])
    await signed(stage, "ines", "risk")
    with pytest.raises(Conflict, match="Another person"):
        await signed(stage, "ines", "line_of_business")
    assert level(stage) is Level.RECOMMEND


async def test_a_signature_of_somebody_who_left_counts_no_more(stage: Stage) -> None:
    await offer(stage)
    await people(stage, ines=[Role.RISK], ravi=[Role.LINE_OF_BUSINESS], noor=[Role.RISK])
    await signed(stage, "ines", "risk")
    await let_go(stage.house, person="ines", by="olga")
    assert await signed(stage, "ravi", "line_of_business") is False
    assert await signed(stage, "noor", "risk") is True
    assert stage.facts_of(Granted)[-1].signed_by == ("noor", "ravi")


async def test_names_told_before_there_were_accounts_sign_nothing_afterwards(stage: Stage) -> None:
    await offer(stage)
    await signed(stage, "ines", "risk")
    await people(stage, ravi=[Role.LINE_OF_BUSINESS], noor=[Role.RISK])
    assert await signed(stage, "ravi", "line_of_business") is False
    assert await signed(stage, "noor", "risk") is True


async def test_who_changed_her_role_signs_again_in_the_new_one(stage: Stage) -> None:
    await offer(stage)
    await people(stage, ines=[Role.RISK], noor=[Role.RISK])
    await signed(stage, "ines", "risk")
    await give_role(stage.house, person="ines", role=Role.LINE_OF_BUSINESS, by="olga")
    await take_role(stage.house, person="ines", role=Role.RISK, by="olga")
    assert await signed(stage, "ines", "line_of_business") is False
    assert await signed(stage, "noor", "risk") is True


async def test_the_risk_statement_says_which_roles_sign(stage: Stage) -> None:
    await offer(stage, grants_need=["data", "finance"])
    with pytest.raises(InvalidInput, match="Sign as data or finance"):
        await signed(stage, "ines", "risk")
    assert await signed(stage, "ines", "data") is False
    assert await signed(stage, "ravi", "finance") is True


# ------------------------------------------------------------------------------------------------------------------ small team


async def test_a_small_team_waits_to_the_second_instead_of_a_second_signature(stage: Stage) -> None:
    await offer(stage, **SMALL)
    assert await signed(stage, "ines", "risk") is False
    stage.clock.move(hours=24, seconds=-1)
    await drain(stage.house)
    assert (await begin_waited(stage.house), level(stage)) == (0, Level.RECOMMEND)
    stage.clock.move(seconds=1)
    await drain(stage.house)
    assert level(stage) is Level.EXECUTE
    granted = stage.facts_of(Granted)[-1]
    assert granted.signed_by == ("ines", "24 hours of waiting, as the small-team policy allows")
    assert granted.waited_hours == 24
    assert await begin_waited(stage.house) == 0


async def test_a_second_signature_ends_the_waiting(stage: Stage) -> None:
    await offer(stage, **SMALL)
    await signed(stage, "ines", "risk")
    stage.clock.move(hours=1)
    assert await signed(stage, "ravi", "line_of_business") is True
    assert (stage.facts_of(Granted)[-1].signed_by, stage.facts_of(Granted)[-1].waited_hours) == (("ines", "ravi"), 0)


async def test_nothing_begins_that_nobody_signed(stage: Stage) -> None:
    await offer(stage, **SMALL)
    stage.clock.move(days=30)
    await drain(stage.house)
    assert level(stage) is Level.RECOMMEND


async def test_without_the_clause_one_signature_waits_for_ever(stage: Stage) -> None:
    await offer(stage)
    await signed(stage, "ines", "risk")
    stage.clock.move(days=300)
    assert (await begin_waited(stage.house), level(stage)) == (0, Level.RECOMMEND)


async def test_a_policy_that_was_tightened_meanwhile_counts(stage: Stage) -> None:
    await offer(stage, **SMALL)
    await signed(stage, "ines", "risk")
    await adopt(stage.house, {"risk_statement": json.dumps(document())}, "olga")
    stage.clock.move(hours=25)
    assert (await begin_waited(stage.house), level(stage)) == (0, Level.RECOMMEND)


async def test_the_waiting_of_somebody_who_left_comes_to_nothing(stage: Stage) -> None:
    await offer(stage, **SMALL)
    await people(stage, ines=[Role.RISK])
    await signed(stage, "ines", "risk")
    await let_go(stage.house, person="ines", by="olga")
    stage.clock.move(hours=25)
    assert (await begin_waited(stage.house), level(stage)) == (0, Level.RECOMMEND)
