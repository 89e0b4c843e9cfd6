"""`remit pack`: which packs of rules are in force, whom they look at, and what another version would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli.charter_writing import document_text
from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, folder_of, show, show_table
from remit.cli.remarks import sound

app = typer.Typer(help="Show the packs of rules that are in force.", no_args_is_help=True)


@app.command("list")
def list_packs(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the packs in force, and which use cases each looks at."""
    found = ask(folder_of(data_dir), "GET", "/api/v1/desk/packs")
    show(found, as_json=as_json, text="" if found else "No pack is in force.")
    if found and not as_json:
        show_table("Packs", ["pack", "version", "as of", "rules", "looks at"], [_row(pack) for pack in found])


def _row(pack: dict[str, Any]) -> list[str]:
    return [pack["pack"], str(pack["version"]), pack["as_of"], str(pack["rules"]), ", ".join(pack["looks_at"]) or "no use case"]


@app.command("show")
def show_pack(
    name: Annotated[str, typer.Argument(help="The pack, such as gdpr.")],
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print the pack as a file, which check, diff and adopt read.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show a pack: what it is about, its rules with their sources, and the use cases it looks at."""
    if as_yaml:
        document = ask(folder_of(data_dir), "GET", f"/api/v1/desk/packs/{name}/document")
        show(document, as_json=as_json, text=document_text(document).rstrip())
        return
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/packs/{name}")
    show(found, as_json=as_json, text="\n".join(_lines(found)))


def _lines(pack: dict[str, Any]) -> list[str]:
    looks = [f"  looks at    {name}: {', '.join(operations)}" for name, operations in pack["looks_at"].items()]
    left = [f"  left out    {name}: {why}" for name, why in pack["left_out"].items()]
    head = [f"{pack['pack']}: {pack['title']}", f"  {pack['about']}", f"  version {pack['version']}, as of {pack['as_of']}"]
    return [*head, *(looks or ["  looks at    no use case"]), *left, *(line for rule in pack["rules"] for line in _rule(rule))]


def _rule(rule: dict[str, Any]) -> list[str]:
    where = f" for people in {', '.join(rule['regions'])}" if rule.get("regions") else ""
    return [
        "",
        f"  {rule['id']}: {rule['verdict']}, where nobody can tell: {rule['unknown']}{where}",
        f"    {rule['because']} ({rule['cites']})",
        f"    when {rule['when']}",
        f"    on {', '.join(rule['operations'])}",
    ]


@app.command("review")
def review_pack(
    file: Annotated[Path, typer.Argument(help="A pack as YAML, such as a new version.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say what a pack in a file would change, and which use cases have to be looked at again. Adopts nothing."""
    [read] = sound([file], as_json=as_json)
    found = ask(folder_of(data_dir), "POST", "/api/v1/desk/packs/review", body=read.plain)
    show(found, as_json=as_json, text="\n".join(_change(found)))


def _change(found: dict[str, Any]) -> list[str]:
    before = "not in force" if found["before"] is None else f"version {found['before']} in force"
    lines = [f"{found['pack']}: {before}, version {found['after']} in the file"]
    lines += [f"  {word:<9} {', '.join(found[word])}" for word in ("added", "changed", "removed") if found[word]]
    lines += ["  Every rule stays as it is."] if found["nothing"] else []
    lines += [] if found["numbered"] else ["  Its rules changed and its version did not grow; give it the next number."]
    return [*lines, f"  use cases to look at again: {', '.join(found['use_cases']) or 'none'}"]
