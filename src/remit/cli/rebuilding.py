"""`remit ledger rebuild`: everything that is shown, worked out anew from the facts."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from remit.cli.options import AsJson, DataDir, folder_of, show
from remit.cli.verifying import ledger_path
from remit.cli.walking import walking
from remit.errors import LedgerBroken
from remit.ledgerproof.verify import Broken
from remit.store.ledger import verify_file
from remit.store.ledger_keys import first_key
from remit.store.rebuild import differences, rebuilt
from remit.store.rewrite import rewrite
from remit.store.sqlite import SqliteStore, open_store
from remit.wire import RandomIds, SystemClock

_SHOWN = 10


def rebuild(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write everything that is shown anew from the facts, while no server runs. Facts, contents and accounts stay."""
    path = ledger_path(folder_of(data_dir))
    with closing(open_store(path.parent, SystemClock(), RandomIds())) as store:  # refuses while a server writes
        _hold(path, as_json=as_json)
        found = differences(store.engine, rebuilt(store.engine, SystemClock(), RandomIds()))
        facts = 0 if dry_run else _rewrite(store, as_json=as_json)
    told = {"dry_run": dry_run, "facts": facts, "differences": found}
    show(told, as_json=as_json, text=_sentence(found, dry_run=dry_run, facts=facts))


def _hold(path: Path, *, as_json: bool) -> None:
    """Refuse to work anything out from facts that do not hold."""
    with walking("Verifying", as_json=as_json) as walked:
        outcome = verify_file(path, first_key(path.parent), progress=walked).outcome
    if isinstance(outcome, Broken):
        do = "Put a backup in its place; nothing was changed"
        raise LedgerBroken(asked=f"a rebuild from {path}", found=str(outcome), do=do)


def _rewrite(store: SqliteStore, *, as_json: bool) -> int:
    with walking("Rebuilding", as_json=as_json) as walked:
        return rewrite(store.engine, SystemClock(), RandomIds(), walked)


def _sentence(found: list[str], *, dry_run: bool, facts: int) -> str:
    said = f"{len(found)} rows differ from what the facts say" if found else "Everything shown is what the facts say"
    rows = "".join(f"\n  {row[:200]}" for row in found[:_SHOWN])
    more = f"\n  and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    done = "Nothing was changed." if dry_run else f"It was written anew from {facts} facts."
    return f"{said}.{rows}{more}\n{done}"
