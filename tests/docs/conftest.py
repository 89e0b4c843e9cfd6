"""What all pages have in common: charters are read on a day before their goals."""

from __future__ import annotations

from datetime import date

import pytest


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.cli.written.today", lambda: date(2026, 9, 1))
