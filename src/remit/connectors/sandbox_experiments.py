"""Experiments of the sandbox: arms with shares of the traffic, who came, and what a shift of the shares would do.

A record of the kind `experiment` holds `arms`, `holdout` (the arm that is the control), `status` (running, stopped or ended) and
`daily_visitors`, and for every arm `share:ARM`, `visitors:ARM`, `successes:ARM` and `expected:ARM` (visitors its shares would
have sent, in millionths of one). Visitors come from the world; an operation moves shares and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.connectors.sandbox_values import LARGEST_WHOLE, sound
from remit.core.experiment import Arm, Experiment
from remit.core.types import Image, Value
from remit.errors import InvalidInput

Fields = Mapping[str, Value]

KIND: Final = "experiment"
WHOLE: Final = 1_000_000
"""All traffic, in millionths."""

_RUNNING, _ENDED = "running", "ended"


def shares_of(value: Value) -> dict[str, int] | None:
    """Read shares such as `["a=600000", "b=400000"]`; None where they are no shares of a whole."""
    if not isinstance(value, list):
        return None
    pairs = [text.rpartition("=")[::2] for text in value]
    if not all(sound(arm) and digits.isascii() and digits.isdigit() and len(digits) <= len(str(WHOLE)) for arm, digits in pairs):
        return None
    shares = {arm: int(digits) for arm, digits in pairs}
    return shares if len(shares) == len(pairs) and sum(shares.values()) == WHOLE else None


def shifted(given: Fields) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Turn shares into the fields they are."""
    return {f"share:{arm}": ppm for arm, ppm in (shares_of(given["shares"]) or {}).items()}, ()


def misallocated(put: Fields, held: Image) -> str | None:
    """Say why these shares cannot be those of this experiment; None where they can."""
    if not held.exists:
        return None
    if held.fields.get("status") == _ENDED:
        return "the experiment has ended"
    arms = held.fields.get("arms")
    wanted = {name.removeprefix("share:") for name in put}
    if not isinstance(arms, list) or set(arms) != wanted:
        return "shares that are not one for each arm of the experiment"
    return None


def standing(put: Fields, held: Image) -> Experiment | None:
    """State an experiment with its arms as they are and as they would be; None where it cannot be counted on."""
    arms, control = held.fields.get("arms"), held.fields.get("holdout")
    if not isinstance(arms, list) or not isinstance(control, str):
        return None
    found = [_arm(name, put, held) for name in arms]
    known = tuple(arm for arm in found if arm is not None)
    return Experiment(arms=known, control=control) if len(known) == len(found) else None


def _arm(name: str, put: Fields, held: Image) -> Arm | None:
    counts = [_count(held, f"{what}:{name}") for what in ("share", "visitors", "successes", "expected")]
    share, visitors, successes, expected = counts
    after = put.get(f"share:{name}")
    if share is None or visitors is None or successes is None or expected is None or not isinstance(after, int):
        return None
    if successes > visitors:
        return None
    return Arm(name=name, share_ppm=share, next_ppm=after, visitors=visitors, successes=successes, expected_ppm=expected)


def _count(held: Image, name: str) -> int | None:
    value = held.fields.get(name)
    return value if type(value) is int and 0 <= value < LARGEST_WHOLE else None


def reach_of(experiment: Experiment | None, held: Image) -> int | None:
    """Say how many visitors a day would see another arm than now; None where nobody counted the traffic."""
    daily = _count(held, "daily_visitors")
    if experiment is None or daily is None:
        return None
    moved = sum(arm.step_ppm for arm in experiment.arms)  # who leaves one arm arrives at another
    return -(-daily * moved // (2 * WHOLE))


def is_live(held: Image) -> bool:
    """Whether visitors see it now."""
    return held.fields.get("status") == _RUNNING


def visited(held: Image, came: Mapping[str, tuple[int, int]]) -> dict[str, Value]:
    """Return the fields after visitors came: for each arm how many, and how many of them succeeded."""
    experiment = standing({name: value for name, value in held.fields.items() if name.startswith("share:")}, held)
    odd = [name for name, (visitors, successes) in came.items() if not 0 <= successes <= visitors]
    if experiment is None or odd or not set(came) <= {arm.name for arm in experiment.arms}:
        raise InvalidInput("Visitors come to the arms of an experiment.", asked=", ".join(came), found="no such arms or counts")
    total = sum(visitors for visitors, _ in came.values())
    fields: dict[str, Value] = {}
    for arm in experiment.arms:
        visitors, successes = came.get(arm.name, (0, 0))
        fields[f"visitors:{arm.name}"] = arm.visitors + visitors
        fields[f"successes:{arm.name}"] = arm.successes + successes
        fields[f"expected:{arm.name}"] = arm.expected_ppm + total * arm.share_ppm
    return fields


def begun(shares: Mapping[str, int], *, holdout: str, daily_visitors: int) -> dict[str, Value]:
    """Return the fields of an experiment that starts with these shares."""
    fields: dict[str, Value] = {"arms": list(shares), "holdout": holdout, "status": _RUNNING, "daily_visitors": daily_visitors}
    for arm, ppm in shares.items():
        fields |= {f"share:{arm}": ppm, f"visitors:{arm}": 0, f"successes:{arm}": 0, f"expected:{arm}": 0}
    return fields
