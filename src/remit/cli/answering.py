"""Answering by command: one proposal, or what is like it together, and taking approvals back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, console, folder_of, moment, show, who
from remit.cli.work import Proposal, argument, path_of
from remit.core.types import Answer
from remit.errors import InvalidInput


def answer(
    proposal: Proposal,
    say: Annotated[
        Answer,
        typer.Argument(
            metavar="ANSWER", help="approve, approve_edited, reject, return, later; drafts: used, used_edited, discarded."
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, as one word such as off_brand or wrong_audience.")] = "",
    note: Annotated[str, typer.Option(help="A note to the agent.")] = "",
    edit: Annotated[list[str] | None, typer.Option(help="A changed argument as name=value; may be repeated.")] = None,
    similar: Annotated[bool, typer.Option("--similar", help="Answer everything held that is like it, at most 50.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --similar: do not ask first.")] = False,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Answer a held proposal or a draft, or with --similar everything that is held and like it."""
    folder = folder_of(data_dir)
    said = {"answer": say.value, "reason_code": reason, "note": note}
    if similar:
        if edit:
            raise InvalidInput(asked="an edit of many", found="--edit with --similar", do="Edit one at a time")
        _answer_similar(folder, proposal, said, me, yes=yes, as_json=as_json)
        return
    held = ask(folder, "GET", path_of(proposal))
    edited = {**(held["arguments"] or {}), **dict(argument(text) for text in edit)} if edit else None
    body = said | {"seen": held["seen"], "edited": edited}
    after = ask(folder, "POST", path_of(proposal, "answer"), body=body, person=who(me))
    show(after, as_json=as_json, text=_after(after))


def _after(after: dict[str, Any]) -> str:
    if after["state"] == "leaving":
        until = f"until then `remit take-back {after['proposal']}` holds it again"
        return f"{after['proposal']} leaves at {moment(after['due_at'])}, when Remit runs; {until}."
    if after["state"] == "held" and after["approvals"]:
        return f"{after['proposal']} has your approval and stays held: it also takes {' and '.join(after['missing'])}."
    if after["planted"]:
        return _planted(after["planted"])
    return f"{after['proposal']} is {after['state']}."


def _planted(planted: dict[str, Any]) -> str:
    """Tell whoever answered what this one was: it is the moment to learn from it."""
    seen = "You noticed" if planted["caught"] else "This time it went by you"
    return f"This one was planted and known to be bad; it never leaves. {seen}. What was wrong: {planted['why'] or 'erased'}"


def _answer_similar(folder: Path, proposal: str, said: dict[str, Any], me: str | None, *, yes: bool, as_json: bool) -> None:
    found = ask(folder, "GET", path_of(proposal, "similar"))
    if not found["proposals"]:
        do = f"Answer it alone: `remit answer {proposal} {said['answer']}`"
        raise InvalidInput(asked=f"what is like {proposal}", found="each has to be answered by itself", do=do)
    if not as_json:
        console.print(_alike(found), markup=False, soft_wrap=True)
    if not yes and not _confirmed(f"{said['answer']} {len(found['proposals'])} proposals", as_json=as_json):
        return
    looked = [{"proposal": one["proposal"], "seen": one["seen"]} for one in found["proposals"]]
    done = ask(folder, "POST", "/api/v1/desk/answers", body=said | {"proposals": looked}, person=who(me))
    show(done, as_json=as_json, text=outcomes_told(done, f"Batch {done['batch']}"))


def _confirmed(what: str, *, as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        raise InvalidInput(asked=what, found="nobody to ask whether that is meant", do="Say --yes")
    return typer.confirm(f"{what[:1].upper()}{what[1:]}?", default=False)


def _alike(found: dict[str, Any]) -> str:
    lines = [f"{len(found['proposals'])} alike: {found['alike']}. What stands out comes first."]
    for one in found["proposals"]:
        arguments = ", ".join(f"{name} {value}" for name, value in (one["arguments"] or {}).items())
        odd = f"  <- unusual: {', '.join(one['unusual'])}" if one["unusual"] else ""
        lines.append(f"  {one['proposal']}  {arguments}{odd}")
    if found["left_out"]:
        lines.append(f"  {found['left_out']} more are alike; answer these first.")
    if found["one_by_one"]:
        lines.append(f"  To be answered by themselves: {', '.join(found['one_by_one'])}")
    return "\n".join(lines)


def outcomes_told(done: dict[str, Any], head: str) -> str:
    """Tell what became of what was asked of many, a line each."""
    lines = [f"{head}: {len(done['outcomes']) - done['refused']} done, {done['refused']} refused"]
    for one in done["outcomes"]:
        problem = one.get("problem")
        told = f"{problem['title']} Found: {problem['found']}. {problem['do']}." if problem else f"is {one['state']}"
        lines.append(f"  {one['proposal']}  {told}")
    return "\n".join(lines)


def take_back(
    proposals: Annotated[list[str], typer.Argument(metavar="PROPOSALS", help="One or more proposals that were approved.")],
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take approvals back before their effects have left."""
    folder = folder_of(data_dir)
    if len(proposals) == 1:
        reply = ask(folder, "POST", path_of(proposals[0], "take-back"), person=who(me), first=True)
        show(reply, as_json=as_json, text=f"{reply['proposal']} is {reply['state']} again.")
        return
    done = ask(folder, "POST", "/api/v1/desk/take-backs", body={"proposals": proposals}, person=who(me), first=True)
    show(done, as_json=as_json, text=outcomes_told(done, "Taken back"))
