"""Passwords: hashed with Argon2id, compared at a cost that does not say whether a login exists, and not too often.

Sizes follow OWASP's smallest advice (19 MiB, two passes), because sign-ins share a small machine with everything else.
"""

from __future__ import annotations

import threading
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from remit.errors import TooManyTries

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)
"""So many are worked out at a time: each takes memory, and a crowd of wrong guesses must not take all of it."""

FREE_TRIES = 3
LONGEST_WAIT = timedelta(minutes=5)
_MOST_LOGINS = 10_000


def hash_password(password: str) -> str:
    """Return what to keep of a password. Takes a while on purpose."""
    with _AT_ONCE:
        return _HASHER.hash(_bytes(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept. Takes as long where nothing was kept as where it is wrong."""
    with _AT_ONCE:
        try:
            _HASHER.verify(_nobody() if kept is None else kept, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _nobody() -> str:
    return _HASHER.hash(b"the password of nobody")


def _bytes(password: str) -> bytes:
    """Write the same characters the same way, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


@dataclass(slots=True)
class _Tries:
    count: int
    again_at: datetime


@dataclass(slots=True)
class Patience:
    """Slows guessing down: after three wrong tries in a row for a login, each further one waits twice as long, up to 5 minutes.

    It is kept in memory, for logins that exist and for those that do not; a restart forgets it.
    """

    _tries: OrderedDict[str, _Tries] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, login: str, now: datetime) -> None:
        """Count a try before it is looked at, so that many at once gain nothing. Raises `TooManyTries`."""
        with self._lock:
            before = self._tries.pop(login, None) or _Tries(count=0, again_at=now)
            self._tries[login] = before
            if now < before.again_at:
                seconds = -(-(before.again_at - now) // timedelta(seconds=1))
                raise TooManyTries(asked=f"signing in as {login}", found="wrong passwords", do=f"Try again in {seconds} seconds")
            wait = _wait(before.count + 1)
            self._tries[login] = _Tries(count=before.count + 1, again_at=now + wait)
            while len(self._tries) > _MOST_LOGINS:
                self._tries.popitem(last=False)

    def forget(self, login: str) -> None:
        """Forget the wrong tries of a login: the right password came."""
        with self._lock:
            self._tries.pop(login, None)


def _wait(tries: int) -> timedelta:
    """Return how long to wait after so many tries in a row."""
    return min(timedelta(seconds=2 ** min(tries - FREE_TRIES, 20)), LONGEST_WAIT) if tries >= FREE_TRIES else timedelta(0)
