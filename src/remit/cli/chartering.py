"""`remit charter`: write a charter, check what was written, show what is adopted. It adopts nothing."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.charter_questions import answers_of, asked, chosen_template
from remit.cli.charter_writing import charter_text, schema_file, schema_text
from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, folder_of, show, show_table
from remit.cli.remarks import ERRORS, lines_of, summary, told_of
from remit.cli.written import catalogue, check_files
from remit.core.charter_draft import Draft, drafted
from remit.core.document_faults import meant
from remit.core.document_kinds import KINDS
from remit.core.document_schema import schema_of
from remit.errors import Conflict, InvalidInput, NotFound
from remit.wire import starters, templates
from remit.yaml_text import read_yaml

app = typer.Typer(help="Write, check and show charters: what a use case is for and what its agents may do.", no_args_is_help=True)

DocumentName = StrEnum("DocumentName", {name.replace("-", "_"): name for name in KINDS})  # type: ignore[misc]  # the kinds by name
_CHARTER = DocumentName("charter")


def _templates() -> dict[str, dict[str, Any]]:
    return {name: read_yaml(text, source=name).value for name, text in templates().items()}


@app.command("new")
def new_charter(
    template: Annotated[str | None, typer.Option(help="The template to begin with; asked otherwise.")] = None,
    answers: Annotated[Path | None, typer.Option(help="A YAML file with the answers; nothing is asked then.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output otherwise.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a charter from a few answers, with the class of each operation, where to begin and how long level 3 takes.

    The templates risk-statement and brand are written as they are, for you to change.
    """
    if out is not None and out.exists():
        raise Conflict(asked=f"a new document in {out}", found="a file of that name", do="Name another, or move it away")
    if template in starters():
        _begin(template or "", out, as_json=as_json)
        return
    known = _templates()
    given = None if answers is None else answers_of(answers)
    named = template or (given.template if given else None)
    name = chosen_template(named or ("lead-enrichment" if given else None), known)
    draft = drafted(known[name], given or asked(known[name]), catalogue())
    text = charter_text(draft.document, _notes(draft))
    if out is not None:
        _write(out, text, "charter")
    told = {
        "charter": draft.document,
        "classes": dict(draft.classes),
        "starts_at": draft.charter.starts_at.value,
        "level_3": draft.expects,
        "file": None if out is None else str(out),
        "yaml": text,
    }
    show(told, as_json=as_json)
    if not as_json:
        _tell(draft, text, out)


def _begin(template: str, out: Path | None, *, as_json: bool) -> None:
    """Write a document to begin with, as it ships."""
    text = f"# yaml-language-server: $schema={schema_file(KINDS[template])}\n{starters()[template]}"
    if out is not None:
        _write(out, text, template)
    show({"file": None if out is None else str(out), "yaml": text}, as_json=as_json)
    if not as_json:
        typer.echo(text if out is None else _written(out, template), nl=out is not None)


def _written(out: Path, kind: str) -> str:
    beside = f"{out} is written, with {schema_file(KINDS[kind])} beside it for your editor."
    return f"{beside}\nNext: read it, change what is not so, and run `remit charter check {out}`."


def _notes(draft: Draft) -> dict[str, list[str]]:
    below = "1, because something here is above low risk or not easy to undo: people do the work at first."
    start = (
        below
        if draft.charter.starts_at.value == 1
        else "2, because all of it is of low risk and easy to undo in its milder form."
    )
    return {"starts_at": [f"Proposed: {start}"], "operations": list(draft.classes.values()), "evidence": [draft.expects]}


def _write(out: Path, text: str, kind: str) -> None:
    schema = out.with_name(schema_file(KINDS[kind]))
    try:
        out.write_text(text, encoding="utf-8")
        schema.write_text(schema_text(KINDS[kind]), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(
            asked=f"a document in {out}", found=error.strerror or str(error), do="Name a file you may write"
        ) from error


def _tell(draft: Draft, text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
    lines = [*draft.classes.values(), f"It starts at level {draft.charter.starts_at.value}.", draft.expects]
    if out is not None:
        lines.append(_written(out, "charter"))
    typer.echo("\n".join(lines), err=out is None)


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="Charters, risk statements, brands, packs and maps, in any order.")],
    as_json: AsJson = False,
) -> None:
    """Check documents: errors with file, line and what to write instead, then what a reviewer would say."""
    found = check_files(files)
    lines = [line for one in found for line in lines_of(one, praise=True)]
    if any(one.kind == "charter" for one in found) and not any(one.kind == "risk-statement" for one in found):
        lines.append("Give the risk statement too, and levels and tolerance are compared with it.")
    show(told_of(found), as_json=as_json, text="\n".join([*lines, summary(found)]))
    if any(one.errors for one in found):
        raise typer.Exit(ERRORS)


@app.command("schema")
def schema(
    kind: Annotated[DocumentName, typer.Argument(help="Which document.")] = _CHARTER,
    as_json: AsJson = False,
) -> None:
    """Print the JSON Schema of a document, for an editor that completes while you write."""
    found = KINDS[kind.value]
    show(schema_of(found), as_json=as_json)
    if not as_json:
        typer.echo(schema_text(found), nl=False)


@app.command("list")
def list_charters(
    only_templates: Annotated[
        bool, typer.Option("--templates", help="List the templates that ship; needs no data folder.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the charters in force, or the templates."""
    found = [_about(one) for one in _templates().values()] if only_templates else _adopted(data_dir)
    show(found, as_json=as_json)
    if not as_json:
        rows = [
            [one["use_case"], f"{one['starts_at']} to {one['highest_level']}", one["connector"], one["title"]] for one in found
        ]
        show_table("Templates" if only_templates else "Charters", ["use case", "levels", "connector", "what it is"], rows)


def _about(document: dict[str, Any]) -> dict[str, Any]:
    names = ("use_case", "title", "goal", "owner", "connector", "starts_at", "highest_level")
    return {name: document[name] for name in names} | {"operations": list(document["operations"])}


def _adopted(data_dir: Path | None) -> list[dict[str, Any]]:
    return [_about(one) for one in ask(folder_of(data_dir), "GET", "/api/v1/desk/charters")]


@app.command("show")
def show_charter(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The use case, or a template with --template.")],
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print the whole charter as YAML, with comments.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Show a template that ships; needs no data folder.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show one charter: what it is for, what agents may see and do, and how its level is earned."""
    document = _template(name) if template else ask(folder_of(data_dir), "GET", f"/api/v1/desk/charters/{quote(name, safe='')}")
    show(document, as_json=as_json)
    if not as_json:
        typer.echo(charter_text(document, {}) if as_yaml else _summary(document), nl=not as_yaml)


def _template(name: str) -> dict[str, Any]:
    known = _templates()
    if name not in known:
        raise NotFound(asked=f"template {name}", found="no such template", do=meant(name, {*known}))
    return known[name]


def _summary(document: dict[str, Any]) -> str:
    evidence = document["evidence"]
    lines = [
        f"{document['title']} ({document['use_case']}) on {document['connector']}",
        f"  goal        {document['goal']}",
        f"  owner       {document['owner']}",
        f"  levels      starts at {document['starts_at']}, at most {document['highest_level']}",
        *(f"  never       {one}" for one in document["non_negotiables"]),
        *(f"  by people   {one}" for one in document.get("kept_by_people", ())),
        *(f"  may see     {name}: {', '.join(one['fields'])}" for name, one in document["windows"].items()),
        *(f"  may do      {name}: {', '.join(one['arguments'])}{_capped(one)}" for name, one in document["operations"].items()),
        *(f"  rule        {name}: {one['verdict']} when {one['when']}" for name, one in document.get("rules", {}).items()),
        *(f"  limit       {name}: {_limit(one)}" for name, one in document.get("limits", {}).items()),
        f"  tolerance   {evidence['tolerance']:g}, because {' '.join(evidence['why'].split())}",
        f"  counts once {', '.join(evidence['cluster']['key'])}",
    ]
    return "\n".join(lines)


def _capped(spec: dict[str, Any]) -> str:
    highest = spec.get("highest_level")
    return "" if highest is None else f" (at most level {highest})"


def _limit(spec: dict[str, Any]) -> str:
    return f"at most {spec['at_most']} {spec['counts']} in {spec['window']} for each {spec.get('each', 'use_case')}"
