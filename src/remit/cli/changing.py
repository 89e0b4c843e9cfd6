"""`remit charter diff | adopt` and `remit policy list | offers | sign`: what a change would do, and carrying it out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, console, folder_of, moment, show, show_table, who
from remit.core.change import Direction, union
from remit.errors import InvalidInput
from remit.wire import charter_documents

charter = typer.Typer(help="See what a changed document would do, and adopt it.", no_args_is_help=True)
policy = typer.Typer(help="List policies, and sign a change that waits for a second person.", no_args_is_help=True)

_DESK = "/api/v1/desk"
_EXAMPLES = 5
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Charters, a risk statement, packs or brands, as YAML; by their content.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; writes nothing.")]


@charter.command("diff")
def diff(files: Files, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Say what documents would change against the policy in force: in words, on past decisions, and in trials that end."""
    told = _weighed(folder_of(data_dir), _documents(files), as_json=as_json)
    show(told, as_json=as_json)
    if not as_json:
        _show_difference(told)


@charter.command("adopt")
def adopt(files: Files, dry_run: DryRun = False, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Adopt documents. What loosens waits for the signature of a second person; everything else is in force at once."""
    folder, documents = folder_of(data_dir), _documents(files)
    if dry_run:
        told = _weighed(folder, documents, as_json=as_json)
        show(told, as_json=as_json, text="\n".join([*_sentences(told), _would(told)]))
        return
    told = ask(folder, "POST", f"{_DESK}/policy", body={"documents": documents}, person=who(me))
    show(told, as_json=as_json, text="\n".join([*_sentences(told), _became(told)]))


@policy.command("list")
def list_policies(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List every policy that was ever in force: its number, since when, and who signed it."""
    found = ask(folder_of(data_dir), "GET", f"{_DESK}/policy")
    show(found, as_json=as_json)
    if not as_json:
        rows = [[_number(one), moment(one["at"]), one["digest"][:12], _signers(one)] for one in found]
        show_table("Policies", ["policy", "since", "digest", "by"], rows)


@policy.command("offers")
def list_offers(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the changes that wait for a signature."""
    found = ask(folder_of(data_dir), "GET", f"{_DESK}/policy/offers")
    show(found, as_json=as_json, text="" if found else "Nothing waits for a signature.")
    if found and not as_json:
        rows = [
            [str(one["number"]), one["digest"][:12], one["direction"], ", ".join(one["signed_by"]), _waits(one)] for one in found
        ]
        show_table("Offered", ["policy", "digest", "direction", "signed by", "waits for"], rows)


@policy.command("sign")
def sign(
    offer: Annotated[str, typer.Argument(metavar="NUMBER|DIGEST", help="The offered policy, by number or start of its digest.")],
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Sign an offered change; the second signature, by somebody else, puts it into force."""
    told = ask(folder_of(data_dir), "POST", f"{_DESK}/policy/signatures", body={"offer": offer}, person=who(me))
    text = f"Policy {told['adopted']} is in force." if told["adopted"] else "Signed; one more person is needed."
    show(told, as_json=as_json, text=text)


# ------------------------------------------------------------------------------------------------------------------- the files


def _documents(files: list[Path]) -> dict[str, str]:
    return charter_documents({str(path): _text(path) for path in files})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "no text in UTF-8"
        raise InvalidInput(asked=f"file {path}", found=found, do="Name a file that can be read") from error


# ------------------------------------------------------------------------------------------------------------- what would happen


def _weighed(folder: Path, documents: dict[str, str], *, as_json: bool) -> dict[str, Any]:
    """Ask what would change, and replay page by page, so that it can be seen how far it is."""
    told: dict[str, Any] = ask(folder, "POST", f"{_DESK}/policy/weigh", body={"documents": documents})
    pages = _pages(folder, documents, told["recorded"], as_json=as_json) if told["documents"] else []
    pairs: Counter[tuple[str, str]] = Counter()
    for page in pages:
        pairs.update({(one["now"], one["then"]): one["count"] for one in page["pairs"]})
    examples = [one for page in pages for one in page["examples"]][:_EXAMPLES]
    shown = [{"now": now, "then": then, "count": count} for (now, then), count in pairs.items()]
    ways = [Direction(told["direction"]), *(Direction(page["direction"]) for page in pages)]
    replay = {"decided": pairs.total(), "pairs": shown, "examples": examples}
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


def _show_difference(told: dict[str, Any]) -> None:
    show(None, as_json=False, text="\n".join(_sentences(told)))
    if told["replay"]["decided"]:
        rows = [[one["now"], one["then"], str(one["count"])] for one in told["replay"]["pairs"]]
        show(None, as_json=False, text=f"Of the last 90 days, {told['replay']['decided']} decisions were decided again:")
        show_table("", ["now", "then", "count"], rows)
    lines = [
        f"For example {one['proposal']}: {one['now']} becomes {one['then']}. {one['because']}"
        for one in told["replay"]["examples"]
    ]
    show(None, as_json=False, text="\n".join([*lines, _would(told)]))


def _sentences(told: dict[str, Any]) -> list[str]:
    lines = [_DIRECTIONS[told["direction"]]] if told["changes"] else []
    lines += [f"  {one['direction']}: {one['sentence']}" for one in told["changes"]]
    return lines + [f"  ends a trial: {_trial(one)}" for one in told["trials"]]


_DIRECTIONS = {
    "neither": "Nothing changes that the gate sees.",
    "tighter": "Tighter: nothing is allowed that was not allowed before.",
    "looser": "Looser: something is allowed that was not allowed before.",
    "both": "Both: it may allow what was not allowed before, and forbid what was.",
}


def _trial(one: dict[str, Any]) -> str:
    ends = f"{one['use_case']}, {one['operation']}, version {one['version']}: {one['observations']} observations count no more"
    return f"{ends}, {one['answers_needed']} clean ones are needed anew." if one["answers_needed"] else f"{ends}."


def _would(told: dict[str, Any]) -> str:
    if not told["documents"]:
        return "These documents are in force already."
    if told["needs_two"]:
        return "Two people have to sign: `remit charter adopt` offers it with your signature on it."
    return "One person may adopt it: `remit charter adopt`."


def _became(told: dict[str, Any]) -> str:
    offer = told["offer"]
    if offer is None:
        return f"Policy {told['adopted']} is in force." if told["documents"] else "These documents are in force already."
    wait = f" Without one it comes into force at {moment(offer['ripens_at'])}." if offer["ripens_at"] else ""
    return f"Offered as policy {offer['number']}. A second person signs: `remit policy sign {offer['digest'][:12]}`.{wait}"


# --------------------------------------------------------------------------------------------------------------------- the lists


def _number(one: dict[str, Any]) -> str:
    return f"{one['number']}{' (in force)' if one['in_force'] else ''}"


def _signers(one: dict[str, Any]) -> str:
    names = ", ".join(one["signed_by"]) or one["by"]
    return f"{names}, and a wait instead of a second person" if one["waited"] else names


def _waits(one: dict[str, Any]) -> str:
    if one["stale"]:
        return "nothing: another policy came into force since; offer it again"
    return f"a second person, or {moment(one['ripens_at'])}" if one["ripens_at"] else "a second person"
