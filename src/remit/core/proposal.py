"""What an agent asks for, checked for shape before anybody looks at its merit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from remit.core.person import fault_of_login
from remit.core.types import Frozen, Operation, UseCaseId, Value
from remit.errors import InvalidInput, TooLarge

LARGEST_BYTES = 256 * 1024
LARGEST_BATCH = 1000
FARTHEST = timedelta(days=90)
"""How far ahead an action may be asked for; what it rests on has changed by then."""
_LONGEST_CALL_ID = 200
_ENCODER: Final = msgspec.json.Encoder(enc_hook=dict)  # any mapping is written as a dict


class Ask(Frozen, frozen=True, kw_only=True):
    """One action an agent wants to take. `confidence` lies in 0..1; `grounds` names the fields it relied on.

    Before `not_before`, at most 90 days ahead, it does not leave. `on_behalf_of` names the person it asks for, if there is one;
    she does not approve it. With `shadow`, or beside the proposal that `pair` names, it never leaves: it is compared with what
    another version asked for. `usage` is what the proposal cost, in the agent's own form: it counts towards the size, and nothing
    else looks at it.
    """

    use_case: UseCaseId
    operation: Operation
    arguments: Mapping[str, Value]
    call_id: str
    confidence: float | None = None
    grounds: tuple[str, ...] = ()
    reason: str = ""
    window: str | None = None
    window_digest: str | None = None
    usage: object = None
    dry_run: bool = False
    on_behalf_of: str | None = None
    not_before: datetime | None = None
    shadow: bool = False
    pair: str | None = None


def check(ask: Ask, now: datetime) -> None:
    """Refuse an ask that is malformed. Raises `InvalidInput` or `TooLarge`; what passes may still be blocked by the gate."""
    if ask.confidence is not None and not 0 <= ask.confidence <= 1:
        found = str(ask.confidence)
        raise InvalidInput(asked=f"{ask.operation} with a confidence", found=found, do="Give a number from 0 to 1, or none")
    if not ask.call_id or len(ask.call_id) > _LONGEST_CALL_ID:
        raise InvalidInput(asked="a call id", found=f"{len(ask.call_id)} characters", do=f"Give 1 to {_LONGEST_CALL_ID}")
    if ask.on_behalf_of is not None and (fault := fault_of_login(ask.on_behalf_of)):
        raise InvalidInput(asked="on behalf of a person", found=fault, do="Give her login, or leave it out")
    if ask.not_before is not None and (ask.not_before.tzinfo is None or ask.not_before > now + FARTHEST):
        found = ask.not_before.isoformat()
        do = f"Give a moment with its zone, at most {FARTHEST.days} days ahead"
        raise InvalidInput(asked="an action not before a moment", found=found, do=do)
    for name, value in ask.arguments.items():
        if type(value) is not str:
            _check_value(name, value)
    size = _size(ask)
    if size > LARGEST_BYTES:
        raise TooLarge(asked=f"at most {LARGEST_BYTES} bytes in one proposal", found=f"{size}", do="Send less")


def _size(ask: Ask) -> int:
    """Count the bytes of everything an agent may write freely, as JSON in UTF-8."""
    try:
        return len(_ENCODER.encode((ask.arguments, ask.reason, ask.grounds, ask.window, ask.window_digest, ask.usage)))
    except UnicodeEncodeError as error:
        raise InvalidInput(asked=f"{ask.operation} in text", found="half a letter", do="Give text that UTF-8 can hold") from error


def _check_value(name: str, value: Value) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(asked=f"argument {name}", found=str(value), do="Give a finite number")
    if isinstance(value, int) and abs(value) >= 2**53:
        raise InvalidInput(asked=f"argument {name}", found=str(value), do="Give a number below 2^53, or a string")
