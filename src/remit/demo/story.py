"""The clockwork of the story: day by day, the CRM moves, agents propose, people call and answer, levels are judged.

Every step can be done again: a story that was killed in the middle of one goes on as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import cast

from remit.core.action import Action
from remit.core.facts import LevelLost
from remit.core.lifecycle import State
from remit.core.types import Answer, ProposalId, Record, Value
from remit.demo import progress as progress_file
from remit.demo.cast import OWNER, REVIEWER, SIGNERS, admit_all, agents, seat
from remit.demo.clock import StoryClock
from remit.demo.contact import fields_on, listing_fields
from remit.demo.progress import Progress
from remit.demo.truth import grade
from remit.demo.world import STORY_STARTS, Day, World
from remit.errors import RemitError
from remit.flow.adopt import adopt
from remit.flow.answered import Given
from remit.flow.execute import recover
from remit.flow.grant import sign
from remit.flow.judge import judge
from remit.flow.review import answer_each
from remit.flow.undo import undo
from remit.ports import House
from remit.runner.local import drain
from remit.wire import Installation, packaged_documents

_AT_ONCE = 200
_IMPORT = "import:bank-file"
_CALLERS = "person:callers"
_LEFT_OUT = {"status": "closed"}
_TO_HELD = {Answer.USED: Answer.APPROVE, Answer.USED_EDITED: Answer.APPROVE_EDITED, Answer.DISCARDED: Answer.REJECT}
_TO_DRAFT = {Answer.APPROVE: Answer.USED, Answer.REJECT: Answer.DISCARDED, Answer.RETURN: Answer.DISCARDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the story was asked to be. `months` is None for: three, and on until a level has been lost."""

    seed: int = 1
    months: int | None = None
    inject_drift: bool = False

    @property
    def stale_from(self) -> date | None:
        """The day from which the staged drift runs, if it was asked for."""
        return date(2008, 11, 10) if self.inject_drift else None


def last_day(months: int) -> date:
    """Return the last day of so many months from the story's start."""
    year, month = divmod(STORY_STARTS.month - 1 + months, 12)
    return date(STORY_STARTS.year + year, month + 1, 1) - timedelta(days=1)


class Story:
    """One story in one data folder."""

    def __init__(self, opened: Installation, clock: StoryClock, world: World, plan: Plan) -> None:
        """Put the world and the agents before an opened installation."""
        self._opened, self._clock, self._world, self._plan = opened, clock, world, plan
        self._house: House = opened.house
        self._crm = opened.sandbox.world
        cast = agents(past_until=world.last_closed_before(STORY_STARTS), seed=plan.seed, stale_from=plan.stale_from)
        self._cast = cast
        self._players = seat(self._house, opened.app, cast)

    async def play(self, told: Callable[[date], None]) -> Progress:
        """Play until the plan's end; `told` hears of every day that is over. Returns where the story stands then."""
        folder = self._opened.folder
        progress = progress_file.load(folder, seed=self._plan.seed, drift=self._plan.inject_drift, start=STORY_STARTS)
        if progress.ended:
            return progress
        await self._open(folder, progress)
        for day in self._days(progress.day):
            if not self._goes_on(day.date):
                break
            progress = await self._play_day(folder, replace(progress, day=day.date), day)
            told(day.date)
            progress = replace(progress, day=day.date + timedelta(days=1), steps_done=0)
            progress_file.save(folder, progress)
        return await self._close(folder, progress)

    async def encore(self, progress: Progress) -> None:
        """Let the agents propose on one more morning, so that whoever looks finds something to answer."""
        day = next((day for day in self._days(progress.day) if day.call_list), None)
        if day is not None:
            self._clock.move_to(day.date, time(7, 30))
            self._enter(day)
            await self._propose(day)
        for player in self._players:
            await player.http.aclose()

    def _days(self, start: date) -> Iterator[Day]:
        """Walk the days of the file from here on; days without calls, entries or call list are left out."""
        days = self._world.days(start, max(self._world.due))
        return (day for day in days if day.entering or day.call_list or day.calls)

    def _goes_on(self, day: date) -> bool:
        if self._plan.months is not None:
            return day <= last_day(self._plan.months)
        return day <= last_day(3) or not self._lost_a_level()

    def _lost_a_level(self) -> bool:
        with self._house.store.read() as reading:
            return bool(reading.facts(kinds=[LevelLost.__name__], limit=1))

    async def _open(self, folder: Path, progress: Progress) -> None:
        """Load the past into the CRM, adopt the charters, admit the agents; a story that was cut off recovers first."""
        self._clock.move_to(progress.day, time(6, 0))
        with self._house.store.read() as reading:
            number, _ = reading.policy_documents()
        if number == 0:
            past = [(contact, fields_on(contact, STORY_STARTS)) for contact in self._world.entered_before(STORY_STARTS)]
            rows = [(Record(kind="contact", id=contact.id), fields or {}) for contact, fields in past]
            self._crm.put(rows, by=_IMPORT, at=self._clock.now())
        await adopt(self._house, packaged_documents(), OWNER)
        await admit_all(self._house, self._cast)
        await recover(self._house)
        progress_file.save(folder, progress)

    async def _play_day(self, folder: Path, progress: Progress, day: Day) -> Progress:
        steps: tuple[Callable[[Day], Awaitable[None]], ...] = (self._morning, self._propose, self._call, self._answer)
        for number, step in enumerate(steps):
            if number >= progress.steps_done:
                await step(day)
                progress = replace(progress, steps_done=number + 1)
                progress_file.save(folder, progress)
        return progress

    async def _morning(self, day: Day) -> None:
        """Yesterday is judged, what was earned is signed, new contacts enter and the call list is made."""
        self._clock.move_to(day.date, time(7, 0))
        await self._judge_and_sign()
        await drain(self._house)
        self._opened.sealer.seal(self._clock.now())
        self._enter(day)

    def _enter(self, day: Day) -> None:
        entering = [(Record(kind="contact", id=c.id), fields_on(c, day.date) or {}) for c in day.entering]
        listed = [(Record(kind="contact", id=c.id), listing_fields(c)) for c in day.call_list]
        self._crm.put([*entering, *listed], by=_IMPORT, at=self._clock.now())

    async def _judge_and_sign(self) -> None:
        await judge(self._house)
        await self._take_back()
        with self._house.store.read() as reading:
            charters = reading.policy().charters.values()
            offered = [(c.id, op) for c in charters for op in c.operations if reading.grant(c.id, op).offered]
            signed = {pair: {one.by for one in reading.signatures(*pair)} for pair in offered}
        for use_case, operation in offered:
            for by, role in SIGNERS:
                if by not in signed[use_case, operation]:
                    await sign(self._house, use_case, operation, by=by, role=role)

    async def _take_back(self) -> None:
        """Undo everything that an operation did alone before its level was lost: nobody trusts it any more."""
        alone: list[ProposalId] = []
        with self._house.store.read() as reading:
            for entry in reading.facts(kinds=[LevelLost.__name__]):
                lost = cast("LevelLost", entry.fact)
                done = reading.in_states([State.DONE], use_case=lost.use_case, limit=1_000_000)
                before = [one for one in done if one.operation == lost.operation and one.proposed_at <= entry.at]
                alone += [one.proposal for one in before if one.answered_by is None]
        await undo(self._house, sorted(set(alone)), OWNER, "the level was lost")

    async def _propose(self, day: Day) -> None:
        """Let the agents look and propose; what they may do alone is done before the first call."""
        self._clock.move_to(day.date, time(8, 30))
        for player in self._players:
            await player.agent.run(player.client, day.date)
        await drain(self._house)

    async def _call(self, day: Day) -> None:
        """Let the callers call, except whom an agent took off the list on its own."""
        self._clock.move_to(day.date, time(13, 0))
        left_out = self._tagged([call.contact.id for call in day.calls if call.final])
        rows: list[tuple[Record, dict[str, Value]]] = []
        for call in day.calls:
            changes = _LEFT_OUT if call.final and call.contact.id in left_out else call.changes
            rows.append((Record(kind="contact", id=call.contact.id), dict(changes)))
        self._crm.put(rows, by=_CALLERS, at=self._clock.now())

    def _tagged(self, contacts: Sequence[str]) -> set[str]:
        images = {identity: self._crm.record(Record(kind="contact", id=identity)) for identity in contacts}
        return {identity for identity, image in images.items() if "tag:not-now" in image.fields}

    async def _answer(self, day: Day) -> None:
        """In the evening the reviewers answer everything that waits, and what they approved leaves."""
        self._clock.move_to(day.date, time(17, 0))
        with self._house.store.read() as reading:
            waiting = reading.in_states((State.HELD, State.DRAFTED), limit=100_000)
            given = [self._given(action, reading.content(action.content, "arguments") or {}, day.date) for action in waiting]
        for start in range(0, len(given), _AT_ONCE):
            refused = [
                end for end in await answer_each(self._house, given[start : start + _AT_ONCE]) if isinstance(end, RemitError)
            ]
            if refused:
                raise refused[0]
        self._clock.pass_by(timedelta(minutes=1))
        await drain(self._house)

    def _given(self, action: Action, arguments: dict[str, Value], day: date) -> Given:
        grading = grade(self._world, action.operation, arguments, (), day)
        swap = _TO_HELD if action.state is State.HELD else _TO_DRAFT
        said = swap.get(grading.answer, grading.answer)
        return Given(
            proposal=action.proposal,
            answer=said,
            by=REVIEWER,
            seen=action.seen,
            reason_code=grading.reason_code,
            note=grading.note,
            edited=grading.edited_arguments if said in {Answer.APPROVE_EDITED, Answer.USED_EDITED} else None,
            seconds_seen=grading.seconds_seen,
        )

    async def _close(self, folder: Path, progress: Progress) -> Progress:
        """Judge what can be judged the morning after the last day, and seal the ledger."""
        self._clock.move_to(progress.day, time(7, 0))
        await self._judge_and_sign()
        self._opened.sealer.seal(self._clock.now())
        ended = replace(progress, ended=True)
        progress_file.save(folder, ended)
        return ended
