"""Every error Remit raises on purpose. The class docstring is the default message.

An expected answer (held, blocked, not enough evidence, cannot be undone) is a value, never an error.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import ClassVar


class RemitError(Exception):
    """Remit could not do what was asked."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str | None = None, *, asked: str = "", found: str = "", do: str = "") -> None:
        """Keep what was asked, what was found and what to do apart, so that every door can show all three."""
        self.message = message or inspect.cleandoc(type(self).__doc__ or "")
        self.asked, self.found, self.do = asked, found, do
        super().__init__(self.message)

    def __str__(self) -> str:
        """Say everything in one line: what was asked, what was found, what to do."""
        parts = (self.message, self.asked and f"Asked: {self.asked}.", self.found and f"Found: {self.found}.", self.do)
        return " ".join(part for part in parts if part)


class InvalidInput(RemitError):
    """The request does not fit what this operation takes."""

    code, exit_status, http_status = "invalid_input", 2, 422


class TooLarge(InvalidInput):
    """The request is larger than this installation accepts."""

    code, http_status = "too_large", 413


class NotFound(RemitError):
    """There is nothing under that name."""

    code, exit_status, http_status = "not_found", 3, 404


class NotAllowed(RemitError):
    """This identity may not do that."""

    code, exit_status, http_status = "not_allowed", 4, 403


class NotAuthenticated(RemitError):
    """No valid key or session came with the request."""

    code, exit_status, http_status = "not_authenticated", 4, 401


class Conflict(RemitError):
    """Something changed first, so nothing was written."""

    code, exit_status, http_status = "conflict", 5, 409


class CallIdReused(Conflict):
    """This call id was used before with other arguments."""

    code = "call_id_reused"


class AlreadyAnswered(Conflict):
    """Somebody answered this proposal already."""

    code = "already_answered"


class ChangedSinceSeen(Conflict):
    """The proposal, its record or the policy changed since it was looked at."""

    code = "changed_since_seen"


class LimitReached(Conflict):
    """Approving this would pass a limit, so it stays held."""

    code = "limit_reached"


class StoreUnavailable(RemitError):
    """The data folder cannot be used."""

    code, exit_status, http_status = "store_unavailable", 6, 503


class SecondWriter(StoreUnavailable):
    """Another process already writes to this data folder."""

    code = "second_writer"


class StoreCorrupt(StoreUnavailable):
    """The database file is damaged."""

    code = "store_corrupt"


class NotInitialised(StoreUnavailable):
    """This folder holds no Remit installation."""

    code = "not_initialised"


class PortBusy(RemitError):
    """The address to serve on is taken."""

    code, exit_status = "port_busy", 7


class ControlPlaneUnreachable(RemitError):
    """Remit did not answer, so nothing may be done."""

    code, exit_status, http_status = "unreachable", 8, 503


class ConnectorFailed(RemitError):
    """The connected system did not answer as its contract says."""

    code, exit_status, http_status = "connector_failed", 9, 502


class AgentsMissing(RemitError):
    """The agents that ship with Remit need the extra `agents`."""

    code, exit_status = "agents_missing", 11


class LedgerBroken(RemitError):
    """The ledger does not hold."""

    code, exit_status = "ledger_broken", 10


class RuleError(InvalidInput):
    """A rule, charter or catalogue entry cannot be read."""

    code = "rule_error"

    def __init__(
        self,
        message: str | None = None,
        *,
        asked: str = "",
        found: str = "",
        do: str = "",
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        """Keep the place as well, counted from 1, where there is one."""
        super().__init__(message, asked=asked, found=found, do=do)
        self.line, self.column = line, column


def from_problem(told: Mapping[str, object]) -> RemitError:
    """Build the error that a problem document stands for; an unknown code becomes a plain `RemitError`."""
    kinds = {kind.code: kind for kind in _family(RemitError)}
    kind = kinds.get(str(told.get("code")), RemitError)
    asked, found, do = (str(told.get(name, "")) for name in ("asked", "found", "do"))
    return kind(str(told.get("title") or "") or None, asked=asked, found=found, do=do)


def _family(kind: type[RemitError]) -> list[type[RemitError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _family(child))]
