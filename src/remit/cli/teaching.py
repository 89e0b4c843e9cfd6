"""`remit feedback`: what people said of proposals, as lessons for whoever writes the prompts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from remit.cli.door import ask
from remit.cli.files import write_new
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, who

app = typer.Typer(help="Take out what people said of proposals.", no_args_is_help=True)


@app.callback()
def feedback() -> None:
    """Take out what people said of proposals."""


@app.command("export")
def export(
    out: Annotated[Path, typer.Option(help="The file to write, a lesson a line of JSON.")],
    use_case: Annotated[str | None, typer.Option("--use-case", help="Only those of this use case.")] = None,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write every answer in force with what was asked for, what was used and why, for prompts and their tests."""
    counts: Counter[str] = Counter()
    lessons = _lessons(folder_of(data_dir), use_case, who(me), counts)
    written = write_new(out, (json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in lessons), "exported feedback")
    erased = counts.pop("", 0)
    text = f"{out} holds {written} lessons{_by_answer(counts)}."
    if erased:
        text += f" {erased} more are left out: what they were about was erased."
    show({"path": str(out), "lessons": written, "answers": dict(counts), "erased": erased}, as_json=as_json, text=text)


@app.command("groups")
def groups(
    use_case: Annotated[str | None, typer.Option("--use-case", help="Only those of this use case.")] = None,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Group what people corrected by reason, with what they changed most and a change of the prompt to try."""
    asked = f"?{urlencode({'use_case': use_case})}" if use_case else ""
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/feedback/groups{asked}", person=who(me))
    show(found, as_json=as_json, text="\n\n".join(map(_group, found)) or "Nobody corrected anything.")


def _group(one: dict[str, Any]) -> str:
    head = f"{one['use_case']} · {one['operation']} · {one['reason'] or 'no reason given'}: {one['corrections']} corrections"
    lines = [f"    {line}" for line in one["suggestion"].splitlines()]
    return "\n".join([head, *lines, f"    Examples: {', '.join(one['examples'])}"])


def _lessons(folder: Path, use_case: str | None, person: str | None, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """Ask page by page; `counts` hears the answers, and under an empty name what was erased."""
    after: int | None = 0
    while after is not None:
        asked = {"after": str(after)} | ({"use_case": use_case} if use_case else {})
        found = ask(folder, "GET", f"/api/v1/desk/feedback?{urlencode(asked)}", person=person)
        counts.update(one["answer"] for one in found["lessons"])
        counts[""] += found["erased"]
        yield from found["lessons"]
        after = found["next"]


def _by_answer(counts: Counter[str]) -> str:
    told = ", ".join(f"{many} {name.replace('_', ' ')}" for name, many in counts.most_common())
    return f": {told}" if told else ""
