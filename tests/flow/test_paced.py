"""What stands before every connected system: it keeps the pace, gives rest, and lets no broken driver end the work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from remit.connectors.paced import Paced
from remit.core.pace import TROUBLE, Pace
from remit.errors import ConnectorFailed
from remit.ports import Effect, KeyedCall, Performed
from tests.flow.odd_connectors import Odd
from tests.flow.stage import Stage, tag


class Broken(Odd):
    """A driver with a bug."""

    async def perform(self, calls: Sequence[KeyedCall]) -> list[Performed]:
        """Raise what no port knows."""
        raise KeyError(calls)


def calls(stage: Stage, count: int) -> list[KeyedCall]:
    """Write calls under different keys."""
    from remit.core.types import Image  # noqa: PLC0415
    from remit.ports import Call  # noqa: PLC0415

    wanted = tag()
    call = Call(operation=wanted.operation, arguments=wanted.arguments)
    return [KeyedCall(key=f"k{stage.ids.new()}", call=call, expected=Image(exists=True)) for _ in range(count)]


async def test_what_answers_is_sent_as_much_as_it_takes(stage: Stage) -> None:
    paced = Paced(stage.opened.sandbox, stage.clock, Pace(at_once=3, per_second=2))
    assert paced.room() == 2
    ends = await paced.perform(calls(stage, 2))
    assert [end.effect for end in ends] == [Effect.DONE, Effect.CHANGED]
    assert paced.room() == 0
    stage.clock.move(seconds=1)
    assert paced.room() == 2


@pytest.mark.parametrize("end", [Effect.UNCLEAR, Effect.NOT_YET])
async def test_what_does_not_answer_is_given_rest_and_then_tried(stage: Stage, end: Effect) -> None:
    paced = Paced(Odd(inner=stage.opened.sandbox, ends=[end] * TROUBLE, arrives=False), stage.clock)
    await paced.perform(calls(stage, TROUBLE))
    assert (paced.room(), paced.standing().unanswered, paced.standing().problem) == (0, TROUBLE, str(end))
    assert paced.standing().resting_until == stage.clock.now() + timedelta(seconds=5)
    stage.clock.move(seconds=5)
    assert paced.room() == 1
    await paced.perform(calls(stage, 1))
    assert (paced.standing().problem, paced.standing().unanswered, paced.standing().resting_until) == ("", 0, None)


async def test_a_driver_with_a_bug_fails_as_a_connected_system_does_and_tells_nothing_of_what_was_sent(stage: Stage) -> None:
    paced = Paced(Broken(inner=stage.opened.sandbox), stage.clock)
    for _ in range(TROUBLE):
        with pytest.raises(ConnectorFailed) as failed:
            await paced.perform(calls(stage, 1))
        assert "vip" not in str(failed.value)
    assert (paced.standing().problem, paced.room()) == ("KeyError", 0)
