"""`remit care`: your own figures as a reviewer, first to you; for those who look after reviewers, the others and the cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.door import ask
from remit.cli.files import read_text
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, show_table, who
from remit.errors import InvalidInput
from remit.yaml_text import read_yaml

app = typer.Typer(help="See your own figures as a reviewer, or look after reviewers.", invoke_without_command=True)
_PATH = "/api/v1/desk/care"
_OFF = "Nothing is looked at about reviewers: the risk statement has no `care`."


@app.callback()
def care(context: typer.Context, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show your own figures: planted proposals you noticed, time, load, agreement. You see them a week before anybody else."""
    if context.invoked_subcommand is not None:
        return
    found = ask(folder_of(data_dir), "GET", f"{_PATH}/mine", person=who(me))
    text = (
        _OFF
        if found["mode"] == "off"
        else "\n".join([found["notice"], *([] if found["mine"] is None else _lines(found["mine"]))])
    )
    show(found, as_json=as_json, text=text)


def _lines(one: dict[str, Any]) -> list[str]:
    seconds = "" if one["seconds"] is None else f", half of them in {one['seconds']:g} seconds or less"
    lines = [
        f"{one['answers']} answers on {one['days']} days, {one['a_day']:g} a day{seconds}; {one['fast']} faster than reading."
    ]
    if one["caught"] + one["missed"]:
        lines.append(f"Planted: {one['caught']} noticed, {one['missed']} not.")
    if one["agreed"] + one["disagreed"]:
        lines.append(f"Answered by others too: {one['agreed']} the same way, {one['disagreed']} not.")
    if one["discounted"]:
        lines.append("Your answers do not count as evidence for now: too many planted proposals were approved.")
    return lines


@app.command("team")
def team(me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show the figures of a week ago and before: of each, or of the team alone, as the risk statement says."""
    found = ask(folder_of(data_dir), "GET", _PATH, person=who(me))
    show(found, as_json=as_json, text=_OFF if found["mode"] == "off" else "")
    if found["mode"] != "off" and not as_json:
        rows = [_row(one) for one in [*found["people"], found["team"]]]
        show_table(f"Until {found['until'][:10]}", _COLUMNS, rows)


_COLUMNS = ["who", "answers", "a day", "seconds", "too fast", "noticed", "missed", "agreed", "not", "counts"]


def _row(one: dict[str, Any]) -> list[str]:
    seconds = "" if one["seconds"] is None else f"{one['seconds']:g}"
    figures = [str(one[name]) for name in ("fast", "caught", "missed", "agreed", "disagreed")]
    return [
        one["person"] or "all",
        str(one["answers"]),
        f"{one['a_day']:g}",
        seconds,
        *figures,
        "no" if one["discounted"] else "yes",
    ]


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML: a list with use_case, operation, arguments and why.")],
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Keep cases that are known to be bad. They are planted now and then; whoever answers one is told what is wrong with it."""
    cases = read_yaml(read_text(file, "cases"), source=str(file)).value
    if not isinstance(cases, list):
        raise InvalidInput(asked=str(file), found="no list", do="Write a list, each with use_case, operation, arguments and why")
    reply = ask(folder_of(data_dir), "POST", f"{_PATH}/cases", body=cases, person=who(me))
    show(reply, as_json=as_json, text=f"{reply['kept']} cases are kept.")


@app.command("cases")
def cases(me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the cases, and which were planted."""
    found = ask(folder_of(data_dir), "GET", f"{_PATH}/cases", person=who(me))
    show(found, as_json=as_json, text="" if found else "There are no cases. Keep some with `remit care add`.")
    if found and not as_json:
        rows = [[one["use_case"], one["operation"], one["planted"] or "not yet", one["why"]] for one in found]
        show_table("Cases", ["use case", "operation", "planted as", "what is wrong"], rows)


@app.command("plant")
def plant(me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Plant the next case of each use case now, instead of waiting for its turn."""
    reply = ask(folder_of(data_dir), "POST", f"{_PATH}/plant", person=who(me))
    show(reply, as_json=as_json, text=f"Planted: {', '.join(reply['planted']) or 'nothing, there is no case left'}.")


@app.command("count")
def count(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Whose answers; `team` for those of all.")],
    note: Annotated[str, typer.Option(help="What was talked about; kept outside the ledger.")],
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Let somebody's answers count as evidence again, after you talked with her."""
    path = f"{_PATH}/people/{quote(person, safe='')}/count"
    reply = ask(folder_of(data_dir), "POST", path, body={"note": note}, person=who(me))
    show(reply, as_json=as_json, text=f"The answers of {person} count again.")
