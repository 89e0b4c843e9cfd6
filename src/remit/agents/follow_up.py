"""Follow up: a task to call again, three working days after the last call it can see. It sees the CRM late and knows it."""

from __future__ import annotations

from datetime import date, timedelta

from remit.agents.desk import Asked, Desk, Seen, ask, read, version, whole
from remit.sdk.messages import Propose, Usage

USE_CASE = "follow_up"
OPERATION = "task.create"
WAIT = 3
"""Working days between the last call and the task."""
MOST_CALLS = 6
"""From so many calls on a contact is left alone."""
_SATURDAY = 5


class FollowUpAgent:
    """A rule, not a model: it gives no confidence, because it has none to measure."""

    def fingerprint(self) -> str:
        """Name the version: rule and settings."""
        return version("follow-up-2008-08", wait=WAIT, most_calls=MOST_CALLS)

    async def run(self, client: Desk, today: date) -> Asked:
        """Propose a task for each contact whose last call lies exactly three working days back."""
        if today.weekday() >= _SATURDAY:
            return []  # three working days back from a weekend is where the Monday after looks too: nobody is to be asked twice
        where = {"status": "called", "last_call_on": stepped_back(today, WAIT).isoformat()}
        waiting = [seen async for seen in read(client, USE_CASE, "open-calls", where=where)]
        return await ask(client, [self._propose(seen, today) for seen in waiting if whole(seen, "calls_made") < MOST_CALLS])

    def _propose(self, seen: Seen, today: date) -> Propose:
        calls = whole(seen, "calls_made")
        return Propose(
            use_case=USE_CASE,
            operation=OPERATION,
            arguments={"contact": seen.id, "title": f"Call again (call {calls + 1})", "due": today.isoformat()},
            call_id=f"follow_up:{today.isoformat()}:{seen.id}",
            grounds=["calls_made", "last_call_on", "status"],
            reason=f"The last call was {WAIT} working days ago; calls made so far: {calls}, under the cap of {MOST_CALLS}.",
            context=seen.window,
            usage=Usage(model=self.fingerprint()),
        )


def stepped_back(day: date, working_days: int) -> date:
    """Go back so many days that are neither Saturday nor Sunday."""
    while working_days:
        day -= timedelta(days=1)
        working_days -= day.weekday() < _SATURDAY
    return day
