"""Takes letters to the channels of an installation, through Apprise: Slack, Teams, mail and a hundred others.

A channel is a name and an Apprise address. An address with `{address}` in it is personal: each person gives her own part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from remit.core.notice import Letter
from remit.errors import InvalidInput

if TYPE_CHECKING:
    from apprise import Apprise

_HERE = "{address}"
_PATIENCE_SECONDS = 20.0


class Channels:
    """The channels by name. What is behind a name is a secret: it stands in no fact, no log and no message."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """Keep Apprise addresses by name. Raises `InvalidInput` that names the channel nobody can read."""
        self._addresses = dict(addresses)
        for name, address in self._addresses.items():
            _opened(name, address, "somebody@example.com")

    def channels(self) -> Mapping[str, bool]:
        """Return the channels by name, with whether one needs an address of its own."""
        return {name: _HERE in address for name, address in self._addresses.items()}

    async def send(self, channel: str, address: str, letter: Letter) -> str:
        """Send a letter. Returns an empty text when the channel took it, else why not, in words for people."""
        if channel not in self._addresses:
            return f"there is no channel {channel} any more"
        try:
            target = _opened(channel, self._addresses[channel], address)
            work = asyncio.to_thread(target.notify, title=letter.subject, body=letter.body)
            taken = await asyncio.wait_for(work, _PATIENCE_SECONDS)
        except TimeoutError:
            return "the channel did not answer in time"
        except Exception as error:  # noqa: BLE001  # whatever a service's code raises, the notice has to be tried again
            return f"the channel failed ({type(error).__name__})"
        return "" if taken else "the channel could not be reached, or refused"


def _opened(name: str, address: str, person: str) -> Apprise:
    from apprise import Apprise  # noqa: PLC0415  # half a second to import, and only who has channels needs it

    found = Apprise()
    if not found.add(address.replace(_HERE, quote(person, safe="@"))):
        raise InvalidInput(
            asked=f"channel {name}", found="an address that Apprise cannot read", do="See https://appriseit.com for its form"
        )
    return found
