"""A million contacts from a CSV file: sent, checked and taken in through the command, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from bench.timing import figure

ROWS = 1_000_000
BUDGET_SECONDS = 60.0


def run() -> Iterator[dict[str, object]]:
    """Import once."""
    with tempfile.TemporaryDirectory() as name:
        folder, table = Path(name) / "data", Path(name) / "contacts.csv"
        with table.open("w") as file:
            file.write("id,name,job,region,age,email\n")
            file.writelines(f"k{row:07},Name {row},clerk,north,{row % 80},p{row}@example.com\n" for row in range(ROWS))
        remit = [sys.executable, "-c", "from remit.cli.main import main; main()"]
        settings = os.environ | {"REMIT_DATA_DIR": str(folder)}
        subprocess.run([*remit, "init"], env=settings, check=True, capture_output=True)
        began = perf_counter()
        subprocess.run([*remit, "import", "contacts", str(table), "--json"], env=settings, check=True, capture_output=True)
        seconds = perf_counter() - began
        size = table.stat().st_size // 1_000_000
    yield figure("import_contacts", seconds, "s", BUDGET_SECONDS, ROWS, f"{size} MB; checked whole, then one transaction")
