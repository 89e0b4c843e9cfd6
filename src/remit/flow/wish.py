"""Somebody says how she wants to be told outside the screens. Her address lies beside the ledger and goes when she does."""

from __future__ import annotations

import re

from remit.core.notice import Letter, Wishes
from remit.core.working_time import is_zone
from remit.errors import InvalidInput, NotFound
from remit.flow.people import existing
from remit.ports import House, Writing

_ADDRESS = re.compile(r"[A-Za-z0-9@._+#-]{1,254}")
_TRIAL = Letter(subject="Remit: a trial", body="You asked for a trial: notices reach you here.")


async def set_wishes(house: House, person: str, wishes: Wishes) -> None:
    """Keep how somebody wants to be told. Raises `InvalidInput` for a channel, an address or a zone that will not do."""
    _check_channel(house, wishes)
    if not is_zone(wishes.zone):
        raise InvalidInput(asked=f"zone {wishes.zone}", found="no such zone", do="Give an IANA name such as Europe/Berlin")
    if (wishes.quiet_from is None) != (wishes.quiet_until is None):
        raise InvalidInput(asked="quiet hours", found="one end of them", do="Give both, such as 18:00-08:00")
    await house.store.write(lambda tx: _keep(tx, person, wishes))


def _check_channel(house: House, wishes: Wishes) -> None:
    known = house.notifier.channels()
    if wishes.channel not in known:
        do = f"Choose one of {', '.join(sorted(known))}" if known else "The owner writes channels.yaml into the data folder first"
        raise InvalidInput(asked=f"channel {wishes.channel}", found="no such channel", do=do)
    if known[wishes.channel] != bool(wishes.address):
        found = f"{'no' if known[wishes.channel] else 'an'} address"
        do = "Give --address" if known[wishes.channel] else "Leave the address out: it is one channel for everybody"
        raise InvalidInput(asked=f"channel {wishes.channel}", found=found, do=do)
    if wishes.address and not _ADDRESS.fullmatch(wishes.address):
        raise InvalidInput(asked="an address", found="other letters than those of an address", do="Give it without spaces")


def _keep(tx: Writing, person: str, wishes: Wishes) -> None:
    existing(tx, person)
    tx.keep_wishes(person, wishes)


async def withdraw_wishes(house: House, person: str) -> None:
    """Forget how somebody wants to be told, with her address. What waits to be sent to her is dropped when its time comes."""
    await house.store.write(lambda tx: tx.drop_wishes(person))


async def send_trial(house: House, person: str) -> str:
    """Send somebody a trial. Returns an empty text when her channel took it, else why not. Raises `NotFound` without wishes."""
    with house.store.read() as reading:
        told = reading.wishes().get(person)
    if told is None:
        raise NotFound(asked=f"a trial for {person}", found="nothing said about how", do="Say it with `remit notify set`")
    return await house.notifier.send(told.wishes.channel, told.wishes.address, _TRIAL)
