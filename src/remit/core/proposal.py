"""What an agent asks for, checked for shape before anybody looks at its merit."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.core.types import Operation, UseCaseId, Value
from remit.errors import InvalidInput, TooLarge

LARGEST_BYTES = 256 * 1024
LARGEST_BATCH = 1000
_LONGEST_CALL_ID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One action an agent wants to take. `confidence` lies in 0..1; `grounds` names the fields it relied on."""

    use_case: UseCaseId
    operation: Operation
    arguments: Mapping[str, Value]
    call_id: str
    confidence: float | None = None
    grounds: tuple[str, ...] = ()
    reason: str = ""
    window: str | None = None
    window_digest: str | None = None
    usage: Mapping[str, str | int] = field(default_factory=dict)
    dry_run: bool = False


def check(ask: Ask) -> None:
    """Refuse an ask that is malformed. Raises `InvalidInput` or `TooLarge`; what passes may still be blocked by the gate."""
    _check_confidence(ask)
    if not ask.call_id or len(ask.call_id) > _LONGEST_CALL_ID:
        raise InvalidInput(asked="a call id", found=f"{len(ask.call_id)} characters", do=f"Give 1 to {_LONGEST_CALL_ID}")
    for name, value in ask.arguments.items():
        _check_value(name, value)
    free = [dict(ask.arguments), ask.reason, ask.grounds, ask.window, ask.window_digest, dict(ask.usage)]
    size = len(json.dumps(free))
    if size > LARGEST_BYTES:
        raise TooLarge(asked=f"at most {LARGEST_BYTES} bytes in one proposal", found=f"{size}", do="Send less")


def _check_confidence(ask: Ask) -> None:
    confidence = ask.confidence
    if confidence is None or (math.isfinite(confidence) and 0 <= confidence <= 1):
        return
    raise InvalidInput(asked=f"{ask.operation} with a confidence", found=str(confidence), do="Give a number from 0 to 1, or none")


def _check_value(name: str, value: Value) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(asked=f"argument {name}", found=str(value), do="Give a finite number")
    if isinstance(value, int) and abs(value) >= 2**53:
        raise InvalidInput(asked=f"argument {name}", found=str(value), do="Give a number below 2^53, or a string")
