"""`remit violations`: which rules were broken, by whom, how grave and whose; and settling one."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, show_table, who
from remit.core.violation import Severity

app = typer.Typer(help="List the rules that agents broke, or settle one.", invoke_without_command=True)
_PATH = "/api/v1/desk/violations"


@app.callback()
def violations(
    context: typer.Context,
    use_case: Annotated[str | None, typer.Option("--use-case", help="Only those of this use case.")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those nobody settled yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List violations, newest first: the rule, who broke it, how grave it is, whose it is."""
    if context.invoked_subcommand is not None:
        return
    asked = {"limit": str(limit), "open": str(only_open).lower()} | ({"use_case": use_case} if use_case else {})
    found = ask(folder_of(data_dir), "GET", f"{_PATH}?{urlencode(asked)}")
    show(found, as_json=as_json, text="" if found else "No rule was broken.")
    if found and not as_json:
        show_table("Violations", _COLUMNS, [_row(one) for one in found])


_COLUMNS = ["violation", "found", "severity", "rule", "by", "where", "owner", "how it stands"]


def _row(one: dict[str, Any]) -> list[str]:
    settled = f"settled {one['settled_at'][:10]} by {one['settled_by']}" if one["settled_at"] else _open(one)
    where = f"{one['use_case']}, {one['operation'] or 'a look at its context'}"
    return [one["violation"], one["found_at"][:10], one["severity"], one["rule"], one["agent"], where, one["owner"], settled]


def _open(one: dict[str, Any]) -> str:
    asked = f", taken further {one['escalated_at'][:10]}" if one["escalated_at"] else ""
    return f"{'overdue since' if one['overdue'] else 'open until'} {one['due_at'][:10]}{asked}"


@app.command("report")
def report(
    proposal: Annotated[str, typer.Argument(metavar="PROPOSAL", help="What broke the rule.")],
    rule: Annotated[str, typer.Option(help="Which rule, as one word such as brand_voice.")],
    note: Annotated[str, typer.Option("--note", help="What was seen; kept outside the ledger.")],
    severity: Annotated[Severity, typer.Option(help="low, medium or high.")] = Severity.MEDIUM,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write down that something that was done is found to have broken a rule."""
    body = {"proposal": proposal, "rule": rule, "note": note, "severity": severity.value}
    reply = ask(folder_of(data_dir), "POST", _PATH, body=body, person=who(me))
    text = f"{reply['violation']} is open for {reply['owner']} until {reply['due_at'][:10]}."
    show(reply, as_json=as_json, text=text)


@app.command("settle")
def settle(
    violation: Annotated[str, typer.Argument(metavar="VIOLATION", help="The violation's id, as `remit violations` shows it.")],
    note: Annotated[str, typer.Option("--note", help="What came of it; kept outside the ledger.")],
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Settle a violation with a note of what came of it."""
    path = f"{_PATH}/{quote(violation, safe='')}/settle"
    reply = ask(folder_of(data_dir), "POST", path, body={"note": note}, person=who(me))
    show(reply, as_json=as_json, text=f"{violation} is settled: {reply['rule']} by {reply['agent']}.")
