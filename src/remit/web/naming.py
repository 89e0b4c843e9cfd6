"""What a request names, looked up: an unknown name is refused with those there are."""

from __future__ import annotations

from remit.core.types import UseCaseId
from remit.errors import NotFound
from remit.ports import Reading


def use_case_in(reading: Reading, name: str | None, what: str) -> UseCaseId | None:
    """Return the use case whose `what` is asked for, None where all are. Raises `NotFound` for one without a charter."""
    if name is None:
        return None
    known, wanted = reading.policy().charters, UseCaseId(name)
    if wanted not in known:
        found = f"these charters: {', '.join(sorted(known)) or 'none'}"
        raise NotFound(asked=f"the {what} of {wanted}", found=found, do="Name one of them")
    return wanted
