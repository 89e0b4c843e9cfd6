"""A place where letters arrive: it can go down, be slow to come back, and remembers what it took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.core.notice import Letter, Wishes
from remit.core.types import Role
from remit.flow.people import admit_person
from remit.flow.wish import set_wishes
from tests.changed import replace
from tests.flow.stage import Stage

MAIL = Wishes(channel="mail", digest_at=None)


@dataclass(kw_only=True)
class Box:
    """Takes letters, while it is up."""

    up: bool = True
    taken: list[tuple[str, str, Letter]] = field(default_factory=list)

    def channels(self) -> Mapping[str, bool]:
        """Return one channel for each person and one for everybody."""
        return {"mail": True, "ops": False}

    async def send(self, channel: str, address: str, letter: Letter) -> str:
        """Take a letter, or say why not."""
        if not self.up:
            return "the channel could not be reached, or refused"
        self.taken.append((channel, address, letter))
        return ""

    def of(self, name: str) -> list[str]:
        """Return the subjects of what somebody got, in order."""
        return [letter.subject for _, address, letter in self.taken if address == f"{name}@example.com"]


def with_box(stage: Stage) -> Box:
    """Put a box where letters go."""
    box = Box()
    stage.house = replace(stage.house, notifier=box)
    return box


async def people(stage: Stage, **roles: Role | tuple[Role, ...]) -> None:
    """Give people accounts."""
    for name, held in roles.items():
        wanted = held if isinstance(held, tuple) else (held,)
        await admit_person(stage.house, person=name, roles=wanted, password_hash="none", by="olga")


async def wish(stage: Stage, name: str, wishes: Wishes = MAIL) -> None:
    """Say how somebody wants to be told."""
    await set_wishes(stage.house, name, replace(wishes, address=f"{name}@example.com"))
