"""`remit charter diff | adopt`: what changed documents would do to the policy in force, and putting them into force."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, console, folder_of, show, show_table, who
from remit.cli.policy_words import became, decided_again, examples, sentences, would
from remit.cli.remarks import lines_of, sound, with_told
from remit.cli.written import Checked, documents_of
from remit.core.change import Direction, union

_DESK = "/api/v1/desk"
_EXAMPLES = 5
Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Charters, a risk statement, packs, brands or maps, as YAML; by their content."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; writes nothing.")]


def diff(files: Files, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Say what documents would change against the policy in force: in words, on past decisions, and in trials that end."""
    read = sound(files, as_json=as_json)
    told = weighed(folder_of(data_dir), documents_of(read), as_json=as_json)
    show(told, as_json=as_json)
    if not as_json:
        show_difference(told, _remarks(read, told))
        show(None, as_json=False, text=would(told))


def adopt(files: Files, dry_run: DryRun = False, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Adopt documents. What loosens waits for the signature of a second person; everything else is in force at once."""
    read = sound(files, as_json=as_json)
    folder, documents = folder_of(data_dir), documents_of(read)
    if dry_run:
        told = weighed(folder, documents, as_json=as_json)
        show(told, as_json=as_json, text="\n".join([*sentences(told), *_remarks(read, told), would(told)]))
        return
    told = ask(folder, "POST", f"{_DESK}/policy", body={"documents": documents}, person=who(me))
    show(told, as_json=as_json, text="\n".join([*sentences(told), *_remarks(read, told), became(told)]))


def _remarks(read: list[Checked], told: dict[str, Any]) -> list[str]:
    return [line for one in with_told(read, told["findings"]) for line in lines_of(one)]


def weighed(folder: Path, documents: dict[str, str], *, as_json: bool) -> dict[str, Any]:
    """Ask what would change, and replay it."""
    told: dict[str, Any] = ask(folder, "POST", f"{_DESK}/policy/weigh", body={"documents": documents})
    return with_replay(folder, told, documents, as_json=as_json)


def with_replay(folder: Path, told: dict[str, Any], documents: dict[str, str], *, as_json: bool) -> dict[str, Any]:
    """Add what becomes of recorded decisions, page by page, so that it can be seen how far it is."""
    pages = _pages(folder, documents, told["recorded"], as_json=as_json) if told["documents"] else []
    pairs: Counter[tuple[str, str]] = Counter()
    use_cases: Counter[str] = Counter()
    for page in pages:
        pairs.update({(one["now"], one["then"]): one["count"] for one in page["pairs"]})
        use_cases.update(page["use_cases"])
    found = [one for page in pages for one in page["examples"]][:_EXAMPLES]
    shown = [{"now": now, "then": then, "count": count} for (now, then), count in pairs.items()]
    ways = [Direction(told["direction"]), *(Direction(page["direction"]) for page in pages)]
    replay = {"decided": pairs.total(), "use_cases": dict(use_cases), "pairs": shown, "examples": found}
    return told | {"direction": str(union(ways)), "replay": replay}


def _pages(folder: Path, documents: dict[str, str], many: int, *, as_json: bool) -> list[dict[str, Any]]:
    columns = (TextColumn("Deciding again"), BarColumn(), MofNCompleteColumn())
    pages: list[dict[str, Any]] = []
    with Progress(*columns, console=console, transient=True, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("", total=many)
        follows = 0
        while not pages or follows:
            body = {"documents": documents, "after": follows}
            pages.append(ask(folder, "POST", f"{_DESK}/policy/replay", body=body))
            follows = pages[-1]["next"]
            bar.update(task, advance=pages[-1]["decided"])
    return pages


def show_difference(told: dict[str, Any], remarks: list[str]) -> None:
    """Print a change: its sentences, what a reviewer would say, and what becomes of decisions."""
    show(None, as_json=False, text="\n".join([*sentences(told), *remarks]))
    if told["replay"]["decided"]:
        rows = [[one["now"], one["then"], str(one["count"])] for one in told["replay"]["pairs"]]
        show(None, as_json=False, text=decided_again(told))
        show_table("", ["now", "then", "count"], rows)
    show(None, as_json=False, text="\n".join(examples(told)))
