"""`remit demo`: the story on real contacts, told in the terminal, then served."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from remit.cli.options import AsJson, console
from remit.cli.serving import serve_opened
from remit.core.codec import to_plain
from remit.core.violation import Violation
from remit.demo.clock import RunningClock, StoryClock
from remit.demo.figures import Figures, OperationFigures, gather
from remit.demo.report import tell
from remit.demo.story import Plan, Story
from remit.demo.world import STORY_STARTS, World, build_world
from remit.errors import AgentsMissing, LedgerBroken
from remit.ledgerproof.verify import Verified
from remit.wire import Installation, initialise, installation, verify_ledger

_FOLDER = Path("remit-demo")


def demo(
    seed: Annotated[int, typer.Option(help="Which world: everything generated or drawn follows from it.")] = 1,
    months: Annotated[
        int | None, typer.Option(min=1, max=28, help="How long; otherwise three, and on until a level is lost.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Where the story's data lie; ./remit-demo-SEED otherwise.")
    ] = None,
    inject_drift: Annotated[
        bool, typer.Option("--inject-drift", help="Stage a silent change: a table of prefixes goes stale.")
    ] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after the report.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell how levels are earned and lost, on the real contacts of a bank's telemarketing from August 2008 on."""
    _need_agents()
    folder = data_dir or Path(f"{_FOLDER}-{seed}{'-drift' if inject_drift else ''}")
    initialise(folder, secret=hashlib.sha256(f"remit demo {seed}".encode()).digest())
    clock = StoryClock(datetime.combine(STORY_STARTS, datetime.min.time(), UTC) - timedelta(days=1))
    world = build_world(seed)
    with installation(folder, clock=clock) as opened:
        story = Story(opened, clock, world, Plan(seed=seed, months=months, inject_drift=inject_drift))
        asyncio.run(_play(story, opened, world, encore=not no_serve, as_json=as_json))
    if not no_serve:
        with installation(folder, clock=RunningClock(clock.now())) as opened:
            serve_opened(opened, None)


def _need_agents() -> None:
    if find_spec("sklearn") is None:
        raise AgentsMissing(found="scikit-learn is not installed", do="Install `remit[agents]`")


async def _play(story: Story, opened: Installation, world: World, *, encore: bool, as_json: bool) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[day]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("The story so far", total=None, day=str(STORY_STARTS))
        progress = await story.play(lambda day: bar.update(task, advance=1, day=str(day)))
    with opened.house.store.read() as reading:
        figures = gather(reading, world, end=progress.day)
    _print(opened.folder, figures, as_json=as_json)
    if encore:
        await story.encore(progress)


def _print(folder: Path, figures: Figures, *, as_json: bool) -> None:
    report = verify_ledger(folder)
    if not isinstance(report.outcome, Verified):
        raise LedgerBroken(found=str(report.outcome), do="Report this")
    held = f"The ledger lies in {report.path}: {report.outcome.facts:,} facts verified, all under signed checkpoints."
    if as_json:
        sys.stdout.write(json.dumps(_plain(figures)) + "\n")
    else:
        console.print(f"{tell(figures)}\n\n{held}", markup=False, highlight=False, soft_wrap=True)


def _plain(figures: Figures) -> dict[str, object]:
    moves = [
        {"date": entry.at.date().isoformat(), "move": type(entry.fact).__name__} | to_plain(entry.fact)
        for entry in figures.timeline
    ]
    return {
        "first": figures.first.isoformat(),
        "last": figures.last.isoformat(),
        "timeline": moves,
        "operations": [_operation(one) for one in figures.operations],
        "refused": [{"operation": action.operation, "reasons": list(codes)} for action, codes in figures.refused],
        "violations": [_violation(one) for one in figures.violations],
        "tagged_wrong": list(figures.tagged),
        "everybody_wrong": list(figures.everybody),
        "report": tell(figures),
    }


def _violation(one: Violation) -> dict[str, str]:
    told = {"use_case": one.use_case, "operation": one.operation, "agent": one.agent, "rule": one.rule}
    return told | {"severity": str(one.severity), "owner": str(one.owner), "date": one.found_at.date().isoformat()}


def _operation(one: OperationFigures) -> dict[str, object]:
    got = one.kpis
    return {
        "use_case": one.use_case,
        "operation": one.operation,
        "level": int(one.grant.level),
        "observations": one.evidence.observations,
        "mean_loss": round(one.evidence.mean_loss, 6),
        "proposals": got.proposals,
        "assisted": got.assisted,
        "in_time": got.in_time,
        "eligible": one.eligible,
        "alone": got.alone,
        "sampled": got.sampled,
        "sampled_wrong": got.sampled_wrong,
        "escaped": None
        if got.escaped is None
        else [round(value, 2) for value in (got.escaped.value, got.escaped.low, got.escaped.high)],
        "taken_back": one.taken_back,
        "taken_back_whole": one.taken_back_whole,
        "true_wrong_alone": one.true_wrong_alone,
        "true_wrong": one.true_wrong,
        "true_known": one.true_known,
        "review_minutes": round(got.review_minutes, 1),
        "safe_automation_rate": got.safe_automation_rate,
    }
