"""Looks a data folder over without changing it: the file, the ledger, the projections, what a crash left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.core.lifecycle import State
from remit.errors import RemitError
from remit.ledgerproof.verify import Broken
from remit.ports import Clock, Ids
from remit.store import tables as t
from remit.store.ledger import verify_file
from remit.store.migrate import HEAD, revision
from remit.store.rebuild import differences, integrity, rebuilt
from remit.store.sqlite import FILE, make_engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: whether it is sound, what was found, what to do otherwise."""

    what: str
    sound: bool
    found: str
    do: str = ""


def check_up(folder: Path, public_key: Ed25519PublicKey, clock: Clock, ids: Ids) -> list[Finding]:
    """Look at everything; a check that cannot be made is a finding that is not sound."""
    path = folder / FILE
    if not path.exists():
        return [Finding(what="database", sound=False, found=f"no {FILE} in {folder}", do="Run `remit init`")]
    engine = make_engine(path)
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("file", lambda: _file(engine)),
        ("schema", lambda: _schema(engine)),
        ("ledger", lambda: _ledger(path, public_key)),
        ("projections", lambda: _projections(engine, clock, ids)),
        ("attempts", lambda: _attempts(engine)),
    )
    try:
        return [_made(what, check) for what, check in (checks if _begun(engine) else checks[:2])]
    finally:
        engine.dispose()


def _begun(engine: sa.Engine) -> bool:
    """Whether there is anything to look at: a process may have been killed before it made the first table."""
    try:
        return revision(engine) is not None
    except sa.exc.DatabaseError:
        return True


def _made(what: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (sa.exc.DatabaseError, RemitError, ValueError, KeyError) as error:
        told = str(getattr(error, "orig", None) or getattr(error, "found", None) or error)
        return Finding(what=what, sound=False, found=told, do="Keep the file, and put a backup in its place")


def _file(engine: sa.Engine) -> Finding:
    told = integrity(engine)
    return Finding(what="file", sound=told == "ok", found=told, do="Keep the file, and put a backup in its place")


def _schema(engine: sa.Engine) -> Finding:
    found = revision(engine)
    if found is None:
        do = "Start again what was cut off; if there was something before, put a backup in its place"
        return Finding(what="schema", sound=False, found="nothing was written yet", do=do)
    return Finding(
        what="schema", sound=found == HEAD, found=f"revision {found}", do="Open it once with `remit serve` to migrate it"
    )


def _ledger(path: Path, public_key: Ed25519PublicKey) -> Finding:
    outcome = verify_file(path, public_key).outcome
    if isinstance(outcome, Broken):
        return Finding(what="ledger", sound=False, found=f"broken at {outcome}", do="Compare it with a backup")
    return Finding(
        what="ledger", sound=True, found=f"{outcome.facts} facts hold, {outcome.sealed} under a signature; {outcome.held_against}"
    )


def _projections(engine: sa.Engine, clock: Clock, ids: Ids) -> Finding:
    found = differences(engine, rebuilt(engine, clock, ids))
    told = "equal to what the facts say" if not found else f"{len(found)} rows differ, first {found[0][:200]}"
    return Finding(what="projections", sound=not found, found=told, do="Report this; the facts are what counts")


def _attempts(engine: sa.Engine) -> Finding:
    with engine.connect() as connection:
        states = (State.STARTED, State.UNDOING, State.UNCLEAR, State.UNDO_UNCLEAR)
        query = sa.select(t.actions.c.state, sa.func.count()).where(t.actions.c.state.in_(states)).group_by(t.actions.c.state)
        counts = {State(state): n for state, n in connection.execute(query)}
    unclear = counts.get(State.UNCLEAR, 0) + counts.get(State.UNDO_UNCLEAR, 0)
    cut_off = counts.get(State.STARTED, 0) + counts.get(State.UNDOING, 0)
    told = f"{cut_off} cut off or under way, finished under their old keys at the next start; {unclear} unclear"
    return Finding(what="attempts", sound=unclear == 0, found=told, do="Settle the unclear ones by hand in the connected system")
