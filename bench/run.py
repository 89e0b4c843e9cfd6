"""Runs the benchmarks of this folder and prints one JSON line per figure. It measures; it never decides what a budget is.

A benchmark is a file `bench_<name>.py` with `def run() -> Iterator[dict[str, object]]`. A figure has a name, a value and a unit,
and where it is held to something a `budget` with `ok`; `n` says how many were measured, `note` what else must be known. A missed
budget prints `"ok": false` and is no failure of this program; a benchmark that crashes is.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

FIELDS = ("name", "value", "unit", "budget", "ok", "n", "note")
REQUIRED = frozenset({"name", "value", "unit"})


def main(wanted: list[str], folder: Path) -> int:
    """Run the wanted benchmarks, or all; return the exit status."""
    known = {path.stem.removeprefix("bench_"): path for path in sorted(folder.glob("bench_*.py"))}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. Known: {', '.join(known) or 'none yet'}.", file=sys.stderr)
        return 2
    crashed = [name for name in wanted or known if not _completes(known[name])]
    if crashed:
        print(f"Crashed: {', '.join(crashed)}.", file=sys.stderr)
    return 1 if crashed else 0


def _completes(path: Path) -> bool:
    try:
        for figure in _figures(path):
            print(json.dumps(_line(figure), allow_nan=False), flush=True)
    except Exception:  # noqa: BLE001 a benchmark may fail in any way, and the others still run
        traceback.print_exc()
        return False
    return True


def _figures(path: Path) -> Iterator[dict[str, object]]:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    yield from module.run()


def _line(figure: dict[str, object]) -> dict[str, object]:
    missing, strange = REQUIRED - figure.keys(), figure.keys() - set(FIELDS)
    if missing or strange:
        raise ValueError(f"figure {figure}: missing {sorted(missing)}, unknown {sorted(strange)}; a figure has {FIELDS}")
    if (figure.get("budget") is None) != (figure.get("ok") is None):
        raise ValueError(f"figure {figure}: a budget needs `ok`, and `ok` a budget")
    return {field: figure.get(field) for field in FIELDS}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))  # what benchmarks share is imported by its full name, as in the tests
    sys.exit(main(sys.argv[1:], Path(__file__).parent))
