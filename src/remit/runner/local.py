"""Drains what is due in this process: policies, released effects, undos, deadlines, waited levels, judgements, checkpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from remit.flow.execute import execute, recover
from remit.flow.grant import begin_waited
from remit.flow.judge import judge
from remit.flow.lapse import lapse
from remit.flow.offer_policy import ripen
from remit.flow.reconsider import reconsider
from remit.ports import House

_PAUSE_SECONDS = 0.2
_JUDGE_EVERY = timedelta(minutes=1)
_SEAL_EVERY = timedelta(seconds=5)


async def drain(house: House) -> int:
    """Do everything that is due now. Returns how many steps were taken."""
    taken = await ripen(house) + await reconsider(house) + await lapse(house) + await begin_waited(house)
    while moved := await execute(house):
        taken += moved
    return taken


async def run(house: House, seal: Callable[[], object]) -> None:
    """Recover what a crash left, then drain for ever, judging every minute and sealing every five seconds."""
    await recover(house)
    judged_at, sealed_at = house.clock.now() - _JUDGE_EVERY, house.clock.now() - _SEAL_EVERY
    while True:
        await drain(house)
        if house.clock.now() - judged_at >= _JUDGE_EVERY:
            await judge(house)
            judged_at = house.clock.now()
        if house.clock.now() - sealed_at >= _SEAL_EVERY:
            await asyncio.to_thread(seal)
            sealed_at = house.clock.now()
        await asyncio.sleep(_PAUSE_SECONDS)
