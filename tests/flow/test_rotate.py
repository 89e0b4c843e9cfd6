"""Changing the ledger's key: who, instead of which key, and once."""

from __future__ import annotations

import pytest

from remit.core.facts import LedgerKeyRotated
from remit.errors import Conflict
from remit.flow.rotate import rotate
from remit.ports.ledger_port import LedgerDesk
from tests.flow.stage import Stage


def ledger_of(stage: Stage) -> LedgerDesk:
    """Return the ledger of the stage."""
    found: LedgerDesk = stage.opened.app.state.ledger
    return found


async def test_a_change_of_key_is_a_fact_that_says_who_and_which(stage: Stage) -> None:
    ledger = ledger_of(stage)
    before = ledger.public
    following = await rotate(stage.house, ledger, replaces=before, by="ravi")
    assert ledger.public == following != before
    (fact,) = stage.facts_of(LedgerKeyRotated)
    assert fact == LedgerKeyRotated(ledger=ledger.origin, public_key=following, replaces=before, by="ravi")
    assert ledger.verify().outcome.keys == 2


async def test_a_key_that_nobody_saw_is_not_changed(stage: Stage) -> None:
    ledger = ledger_of(stage)
    seen = ledger.public
    await rotate(stage.house, ledger, replaces=seen, by="ravi")
    with pytest.raises(Conflict, match="Another key is in force") as refused:
        await rotate(stage.house, ledger, replaces=seen, by="ravi")
    assert ledger.public in refused.value.found
    assert len(stage.facts_of(LedgerKeyRotated)) == 1
