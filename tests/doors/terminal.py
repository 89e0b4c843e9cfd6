"""How tests use the `remit` command: the very function that the console script calls, in this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from remit.cli.main import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command left: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """Read what it printed as JSON, whole."""
        return json.loads(self.out)

    @property
    def problem(self) -> dict[str, str]:
        """Read the error it printed as JSON, whole."""
        found = json.loads(self.err)
        assert isinstance(found, dict)
        return found


Remit = Callable[..., Said]


def commands(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Remit:
    """Return a function that runs `remit` with arguments on a data folder; no setting of this machine plays a part."""
    for name in ("REMIT_DATA_DIR", "REMIT_HOST", "REMIT_PORT", "REMIT_AGENT_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REMIT_CONFIG_DIR", str(folder.parent / "config"))
    monkeypatch.chdir(folder.parent)

    def remit(*arguments: object, data_dir: Path = folder) -> Said:
        monkeypatch.setattr(sys, "argv", ["remit", *map(str, arguments), "--data-dir", str(data_dir)])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Said(status=status, out=out, err=err)

    return remit
