"""How guessing passwords is slowed down, without keeping what guessers type for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from remit.errors import TooManyTries
from remit.web import passwords
from remit.web.passwords import FREE_TRIES, LONGEST_WAIT, Patience, fits, hash_password

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def waits(patience: Patience, tries: int) -> list[timedelta]:
    """Try as soon as allowed, so many times; return how long each try after the free ones had to wait."""
    now, found = NOW, []
    for _ in range(tries):
        waited = timedelta(0)
        while True:
            try:
                patience.begin("dana", now)
            except TooManyTries:
                now, waited = now + SECOND, waited + SECOND
            else:
                break
        found.append(waited)
    return found


def test_each_try_after_the_third_waits_twice_as_long_up_to_five_minutes() -> None:
    seconds = [wait.total_seconds() for wait in waits(Patience(), FREE_TRIES + 11)]
    assert seconds == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert LONGEST_WAIT.total_seconds() == 300


def test_tries_that_come_at_once_gain_nothing() -> None:
    patience, let_through = Patience(), 0
    for _ in range(50):
        try:
            patience.begin("dana", NOW)
        except TooManyTries:
            continue
        let_through += 1
    assert let_through == FREE_TRIES


def test_the_right_password_ends_the_waiting() -> None:
    patience = Patience()
    waits(patience, 5)
    patience.forget("dana")
    patience.forget("nobody")
    assert waits(patience, 3) == [timedelta(0)] * 3


def test_what_guessers_type_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_MOST_LOGINS", 10)
    patience = Patience()
    for number in range(100):
        patience.begin(f"login {number}", NOW)
    assert len(patience._tries) == 10  # noqa: SLF001  # the memory of it is what is promised


def test_a_wait_is_told_in_whole_seconds_and_never_as_none() -> None:
    patience = Patience()
    for _ in range(FREE_TRIES):
        patience.begin("dana", NOW)
    with pytest.raises(TooManyTries) as refused:
        patience.begin("dana", NOW + SECOND - timedelta(microseconds=1))
    assert refused.value.do == "Try again in 1 seconds"


@pytest.mark.parametrize("kept", [None, "", "no hash", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$"], ids=str)
def test_nothing_fits_what_is_no_hash(kept: str | None) -> None:
    assert not fits("the password of nobody", kept)


def test_a_password_fits_what_was_kept_of_it_and_nothing_else() -> None:
    kept = hash_password("a long walk")
    assert kept != hash_password("a long walk"), "each has a salt of its own"
    assert fits("a long walk", kept)
    assert not fits("a long walk ", kept)
    assert not fits("\ud800", kept), "what is no text at all is only wrong"
