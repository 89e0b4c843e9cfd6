"""`remit suite`: golden cases of a use case, and how a version does on them."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.progress import track

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, console, folder_of, show, show_table, who
from remit.errors import InvalidInput

app = typer.Typer(help="Show and run the golden cases of a use case.", no_args_is_help=True)
UseCase = Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case.")]
_SECONDS = 120


@app.command("show")
def show_suite(use_case: UseCase, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show the golden cases of a use case, and how each version did on them."""
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/suites/{quote(use_case, safe='')}")
    show(found, as_json=as_json, text="" if found["cases"] else f"The charter of {use_case} has no `suite`.")
    if as_json or not found["cases"]:
        return
    rows = [[name, one["operation"], one["because"]] for name, one in found["cases"].items()]
    show_table(f"The suite of {use_case}", ["case", "operation", "because"], rows)
    for one in found["versions"]:
        show(None, as_json=False, text=f"{one['version']}: {_standing(one)}")


def _standing(one: dict[str, Any]) -> str:
    if not one["run"]:
        return "was not run"
    what = f"passed {one['passed']}" + (f", failed {', '.join(one['failed'])}" if one["failed"] else "")
    return f"{what} on {one['at'][:10]}{'' if one['today'] else ', on other cases than those of today'}"


@app.command("run")
def run(
    use_case: UseCase,
    version: Annotated[str, typer.Option("--version", help="The version that answers.")],
    command: Annotated[
        str,
        typer.Option(
            "--agent",
            metavar="COMMAND",
            help="What answers: it reads a case as JSON on standard input and writes {arguments, confidence}, or null, as JSON.",
        ),
    ],
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Hand every golden case to an agent, grade what it would ask for, and write down how it did; a failure ends with 1."""
    folder, path = folder_of(data_dir), f"/api/v1/desk/suites/{quote(use_case, safe='')}"
    cases = ask(folder, "GET", path)["cases"]
    steps = track(cases.items(), description="Cases", console=console, transient=True, disable=as_json or not console.is_terminal)
    replies = {name: _reply(command, name, case) for name, case in steps}
    found = ask(folder, "POST", path, body={"version": version, "replies": replies}, person=who(me))
    show(found, as_json=as_json, text=_told(found))
    if found["passed"] < len(found["cases"]):
        raise typer.Exit(1)


def _told(found: dict[str, Any]) -> str:
    wrong = [f"  {one['case']}: {'; '.join(one['faults'])}" for one in found["cases"] if not one["passed"]]
    return "\n".join([f"{found['version']} passes {found['passed']} of {len(found['cases'])} cases.", *wrong])


def _reply(command: str, name: str, case: dict[str, Any]) -> dict[str, Any]:
    """Ask the agent about one case."""
    handed = json.dumps({"case": name, "operation": case["operation"], "given": case["given"]})
    try:
        done = subprocess.run(  # noqa: S603  # the command is the caller's own
            shlex.split(command), input=handed, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
        told = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, json.JSONDecodeError, ValueError) as error:
        wrong = getattr(error, "stderr", "") or str(error)
        do = "Let it write one JSON object with `arguments`, or null, and end with 0"
        raise InvalidInput(asked=f"case {name} of {command}", found=" ".join(str(wrong).split())[-300:], do=do) from error
    if told is None:
        return {}
    if not isinstance(told, dict) or not isinstance(told.get("arguments"), dict):
        do = "Let it write an object with `arguments`, or null where it asks for nothing"
        raise InvalidInput(asked=f"case {name} of {command}", found=f"{json.dumps(told)[:200]}", do=do)
    return {"arguments": told["arguments"], "confidence": told.get("confidence")}
