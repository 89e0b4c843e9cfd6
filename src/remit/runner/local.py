"""Drains what is due in this process: effects, undos, deadlines, questions, policies, levels, judgements, checkpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import NoReturn

from remit.errors import StoreUnavailable
from remit.flow.digest import digest
from remit.flow.escalate import escalate
from remit.flow.execute import clarify, execute, recover
from remit.flow.grant import begin_waited
from remit.flow.judge import judge
from remit.flow.lapse import lapse
from remit.flow.notify import deliver
from remit.flow.offer_policy import ripen
from remit.flow.overdue import chase
from remit.flow.plant import plant_due
from remit.flow.reconsider import reconsider
from remit.flow.stop import lift_waited
from remit.flow.sweep import sweep
from remit.flow.try_out import remind_of_drills
from remit.ports import House
from remit.ports.telemetry_port import Signs

_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 1.0
_LETTERS_EVERY_SECONDS = 5.0
_JUDGE_EVERY = timedelta(minutes=1)
_SWEEP_EVERY = timedelta(days=1)
_SEAL_EVERY = timedelta(seconds=5)


async def drain(house: House) -> int:
    """Do everything that is due now. Returns how many steps were taken."""
    taken = await ripen(house) + await reconsider(house) + await lapse(house) + await begin_waited(house)
    return taken + await _carry_out(house)


async def _carry_out(house: House) -> int:
    taken = 0
    while moved := await execute(house):
        taken += moved
    return taken


Tell = Callable[[StoreUnavailable], None]
"""Hears why nothing can be written down for now."""


async def run(
    house: House,
    seal: Callable[[], object],
    keep_days: Mapping[str, int],
    tell: Tell,
    signs: Signs | None = None,
    bell: asyncio.Event | None = None,
) -> None:
    """Work for ever, a round at a time, or sooner where somebody rings.

    A disk that is full or fails is waited for: what was cut off by it is finished under its old key.
    """
    signs, bell = signs or Signs(), bell or asyncio.Event()
    while True:
        try:
            await _go_on(house, seal, keep_days, signs, bell)
        except StoreUnavailable as error:
            signs.trouble = error.code
            house.telemetry.troubled()
            tell(error)
            await asyncio.sleep(_PATIENCE_SECONDS)


async def _go_on(
    house: House, seal: Callable[[], object], keep_days: Mapping[str, int], signs: Signs, bell: asyncio.Event
) -> NoReturn:
    """Drain; judge, look up and ask further every minute; seal and finish what was cut off every five seconds; sweep every day.

    What somebody rang for goes out before the rest of the round: she is waiting for it.
    """
    await recover(house)
    now = house.clock.now()
    judged_at, swept_at, sealed_at = now - _JUDGE_EVERY, now - _SWEEP_EVERY, now - _SEAL_EVERY
    while True:
        if bell.is_set():
            bell.clear()
            await _carry_out(house)
        await drain(house)
        if house.clock.now() - swept_at >= _SWEEP_EVERY:
            swept_at = house.clock.now()
            await sweep(house, keep_days)
        if house.clock.now() - judged_at >= _JUDGE_EVERY:
            judged_at = house.clock.now()
            await judge(house)
            await lift_waited(house)
            await clarify(house)
            await escalate(house)
            await digest(house)
            await chase(house)
            await plant_due(house)
            await remind_of_drills(house)
        if house.clock.now() - sealed_at >= _SEAL_EVERY:
            sealed_at = house.clock.now()
            await recover(house)
            await asyncio.to_thread(seal)
        signs.beat_at, signs.trouble = house.clock.now(), ""
        with suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), _PAUSE_SECONDS)


async def carry_letters(house: House, link: str) -> NoReturn:
    """Take notices to their channels for ever, beside the rest: a channel that is slow keeps nothing else waiting."""
    while True:
        with suppress(StoreUnavailable):  # the other loop tells of it
            await deliver(house, link)
        await asyncio.sleep(_LETTERS_EVERY_SECONDS)
