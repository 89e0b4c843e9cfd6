"""How fast a ledger is verified, one process, CPU time: the file as it lies there, and an export of it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from remit.core.proposal import Ask
from remit.core.types import Operation, UseCaseId
from remit.flow.adopt import admit, adopt
from remit.flow.propose import propose
from remit.ledgerproof.export_lines import verify_export
from remit.ledgerproof.verify import Verified
from remit.ports import AgentKey
from remit.store.ledger_keys import first_key
from remit.store.ledger_lines import exported
from remit.store.sqlite import FILE
from remit.wire import Installation, initialise, installation, packaged_documents, verify_ledger

GROUP, GROUPS, ROUNDS = 200, 100, 5
BUDGET = 300_000
KEY = AgentKey(agent="ada", version="v1", use_cases=(UseCaseId("nurture"),))


def run() -> Iterator[dict[str, object]]:
    """Write some forty thousand facts and verify them a few times; the quickest round counts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        initialise(folder)
        with installation(folder) as opened:
            asyncio.run(_write(opened))
            opened.sealer.seal(opened.house.clock.now())
        facts, size = _verified(folder), (folder / FILE).stat().st_size
        with exported(folder / FILE, first_key(folder)) as export:
            lines = list(export.lines)
        rate = facts / _best(lambda: _verified(folder))
        note = f"CPU time of one process; {size // facts} bytes of file a fact, signatures included"
        yield _line("ledger.verify", rate, facts, note) | {"budget": BUDGET, "ok": rate >= BUDGET}
        yield _line("ledger.verify_export", facts / _best(lambda: verify_export(lines)), facts, "the same, from lines of JSON")


def _line(name: str, rate: float, facts: int, note: str) -> dict[str, object]:
    return {"name": name, "value": round(rate), "unit": "facts/s", "n": facts, "note": note}


def _verified(folder: Path) -> int:
    outcome = verify_ledger(folder).outcome
    assert isinstance(outcome, Verified)
    return outcome.facts


def _best(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the quickest round."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


async def _write(opened: Installation) -> None:
    await adopt(opened.house, packaged_documents(), by="bench")
    await admit(opened.house, agent=KEY.agent, version=KEY.version, use_cases=KEY.use_cases, key="k", by="bench")
    for number in range(GROUPS):
        await propose(opened.house, KEY, [_ask(f"{number} {one}") for one in range(GROUP)])


def _ask(call_id: str) -> Ask:
    arguments = {"segment": "dormant", "subject": "Hello", "body": "We miss you"}
    operation = Operation("email.draft.create")
    return Ask(use_case=KEY.use_cases[0], operation=operation, arguments=arguments, call_id=call_id, confidence=0.8)
