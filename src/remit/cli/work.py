"""The daily commands: propose, look at what is held and why, see and sign levels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, moment, settings, show, show_table, who
from remit.errors import InvalidInput, NotAuthenticated
from remit.wire import AGENT_KEY, new_id


def path_of(proposal: str, *way: str) -> str:
    """Name a proposal at the door, whatever somebody typed for its id."""
    return "/".join(("/api/v1/desk/proposals", quote(proposal, safe=""), *way))


Proposal = Annotated[str, typer.Argument(metavar="PROPOSAL", help="The proposal's id, as `remit inbox` shows it.")]


def propose(
    use_case: Annotated[str, typer.Option("--use-case", help="The use case to act for.")],
    operation: Annotated[str, typer.Option("--operation", help="What to do, such as contact.tag.add.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="Arguments as name=value; a value that is JSON is read as JSON."),
    ] = None,
    call_id: Annotated[str | None, typer.Option("--call-id", help="The idempotency key; a fresh one otherwise.")] = None,
    confidence: Annotated[float | None, typer.Option(help="How sure the agent is, 0 to 1.")] = None,
    grounds: Annotated[list[str] | None, typer.Option(help="A field the agent relied on; may be repeated.")] = None,
    reason: Annotated[str, typer.Option(help="The agent's reason, in words.")] = "",
    key: Annotated[
        str | None, typer.Option("--key", help="The agent key; REMIT_AGENT_KEY or the one `remit init` made otherwise.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask whether it would be allowed; writes nothing.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Propose one action as an agent."""
    folder = folder_of(data_dir)
    asked = {
        "use_case": use_case,
        "operation": operation,
        "arguments": dict(argument(text) for text in arguments or []),
        "call_id": call_id or new_id(),
        "confidence": confidence,
        "grounds": grounds or [],
        "reason": reason,
        "dry_run": dry_run,
    }
    reply = ask(folder, "POST", "/api/v1/proposals", body=[asked], token=key or _agent_key(folder))[0]
    show(reply, as_json=as_json, text=_told(reply))


def argument(text: str) -> tuple[str, Any]:
    """Read `name=value`; a value that is JSON is read as JSON. Raises `InvalidInput` without an =."""
    name, sign, value = text.partition("=")
    if not sign:
        raise InvalidInput(asked=f"argument {text}", found="no =", do="Write it as name=value")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _agent_key(folder: Path) -> str:
    found = settings().agent_key
    if found is not None:
        return found.get_secret_value()
    try:
        return (folder / AGENT_KEY).read_text()
    except OSError as error:
        raise NotAuthenticated(asked="an agent key", found="none given", do="Give --key or set REMIT_AGENT_KEY") from error


def _told(reply: dict[str, Any]) -> str:
    lines = [f"{reply['verdict']}: {reason['text']}" for reason in reply["reasons"][:1]]
    lines += [f"also: {reason['text']}" for reason in reply["reasons"][1:] if reason["floor"] != "allow"]
    lines += [f"It would have been allowed if {text}." for text in reply["allowed_if"]]
    where = f"proposal {reply['proposal_id']} is {reply['state']}" if reply["proposal_id"] else "dry run: nothing was written"
    return "\n".join([*lines, where])


def inbox(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List what waits for a person, oldest first."""
    items = ask(folder_of(data_dir), "GET", f"/api/v1/desk/inbox?limit={limit}")
    show(
        items,
        as_json=as_json,
        text="\n".join([f"{len(items)} waiting for a person", *map(_about, items)]) if items else "Nothing is held.",
    )


def _about(item: dict[str, Any]) -> str:
    arguments = ", ".join(f"{name} {value}" for name, value in (item["arguments"] or {}).items())
    lines = [f"{item['proposal']}  {item['operation']}: {arguments}", f"    {item['why'][0]['text']}"]
    if item["approvals"]:
        names = ", ".join(one["by"] for one in item["approvals"])
        lines.append(f"    Approved by {names}; it also takes {' and '.join(item['missing'])}.")
    if item["claimed_by"]:
        lines.append(f"    {item['claimed_by']} works on it until {moment(item['claimed_until'])}.")
    return "\n".join([*lines, *(f"    {step}" for step in item["by_hand"])])


def why(proposal: Proposal, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Explain why a proposal was decided as it was, and what would have changed it."""
    told = ask(folder_of(data_dir), "GET", f"/api/v1/desk/proposals/{proposal}/why")
    show(told, as_json=as_json, text=_explained(told))


def _explained(told: dict[str, Any]) -> str:
    first, *others = [reason["text"] for reason in told["why"]]
    lines = [f"{_VERDICTS[told['verdict']]}: {_what(told)}.", first, *(f"Also: {text}" for text in others)]
    if told["allowed_if"]:
        lines.append(f"It would have been allowed if {' and '.join(told['allowed_if'])}.")
    again = "gives the same" if told["decided_again"] == "same" else "gives something else; run `remit doctor`"
    now = _STATES.get(told["state"], f"It is {told['state']} now")
    if told["erased"]:
        lines.append("Its content was erased: what it would have changed, and what was said about it, is gone.")
    return "\n".join([*lines, f"{now}. Decided under policy {told['policy']}; deciding it again {again}."])


def _what(told: dict[str, Any]) -> str:
    """Name the action by what people call it, then by its own name."""
    name = f"{told['action']} ({told['operation']})" if told["action"] else told["operation"]
    return f"{name}{' on ' + told['record'] if told['record'] else ''}, use case {told['use_case']}"


_VERDICTS = {"allow": "Allowed", "hold": "Held for a person", "draft": "Left for a person to do", "block": "Blocked"}
_STATES = {
    "held": "It waits for a person now",
    "drafted": "It waits for a person to do it",
    "leaving": "It is about to be carried out",
    "done": "It was carried out",
    "undone": "It was carried out and taken back later",
    "blocked": "Nothing was carried out",
    "rejected": "A person rejected it",
    "returned": "A person sent it back to the agent",
    "lapsed": "Nobody answered in time, so nothing was carried out",
    "withdrawn": "The agent withdrew it",
    "used": "A person used it",
    "used_edited": "A person used it with changes",
    "discarded": "A person discarded it",
    "caught": "It was planted, known to be bad, and somebody noticed",
    "missed": "It was planted, known to be bad, and went by somebody",
}


def levels(
    use_case: Annotated[str | None, typer.Argument(metavar="USE_CASE", help="Only this use case.")] = None,
    why: Annotated[bool, typer.Option("--why", help="Say everything that holds each level down, what binds first.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the level of every operation, the one in force, and why that is lower where it is."""
    asked = "" if use_case is None else f"?use_case={quote(use_case, safe='')}"
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/levels{asked}")
    show(found, as_json=as_json, text="\n".join(line for one in found for line in _held_down(one)) if why else "")
    if not as_json and not why:
        rows = [
            [
                one["use_case"],
                one["operation"],
                str(one["level"]),
                str(one["in_force"]),
                one["until"] or "",
                " ".join(filter(None, [_signed(one), *(held["text"] for held in one["ceilings"] if held["binds"])])),
            ]
            for one in found
        ]
        show_table("Levels", ["use case", "operation", "level", "in force", "until", "why"], rows)


def _held_down(one: dict[str, Any]) -> list[str]:
    head = f"{one['use_case']} {one['operation']}: granted {one['level']}, in force {one['in_force']}"
    lines = [f"  {'binds' if held['binds'] else 'at most'} {held['level']}: {held['text']}" for held in one["ceilings"]]
    lines += [f"  evidence: {text}" for text in one["lacking"]]
    lines += [f"  offered: {one['offer']}"] if one["offered"] else []
    return [head, *(lines or ["  nothing holds it down but its grant"])]


def _signed(one: dict[str, Any]) -> str:
    """Say who signed the level, and where the offer of a higher one stands."""
    signed = f"by {', '.join(one['signed_by'])}" if one["signed_by"] else ""
    offer = f"a higher level is offered: {one['offer']}" if one["offered"] else ""
    return "; ".join(filter(None, (signed, offer)))


def sign(
    use_case: Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case.")],
    operation: Annotated[str, typer.Argument(metavar="OPERATION", help="The operation.")],
    role: Annotated[str, typer.Option("--role", help="line_of_business or risk, or what the risk statement asks for.")],
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Sign an offered level in one role you hold; the second signature, by somebody else, begins it."""
    body = {"use_case": use_case, "operation": operation, "role": role}
    reply = ask(folder_of(data_dir), "POST", "/api/v1/desk/signatures", body=body, person=who(me))
    show(
        reply, as_json=as_json, text="The level begins." if reply["begun"] else "Signed; see `remit levels` for what is missing."
    )
