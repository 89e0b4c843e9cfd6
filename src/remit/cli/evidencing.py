"""`remit evidence`: how long a level takes, trials of versions, two versions side by side, and every judgement reckoned again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, show_table, who
from remit.core.approval import FULL_PPM
from remit.core.charter import Charter, read_charter
from remit.core.outlook import Outlook, outlook
from remit.errors import InvalidInput
from remit.yaml_text import read_yaml

app = typer.Typer(help="See what levels rest on, and how long they take.", no_args_is_help=True)
UseCase = Annotated[str, typer.Option("--use-case", help="The use case.")]
_TOLERANCES = (0.01, 0.02, 0.05, 0.1)
_TOGETHER = 50


@app.command("plan")
def plan(
    of: Annotated[str, typer.Argument(metavar="USE_CASE|CHARTER", help="A use case in force, or the file of a charter.")],
    per_week: Annotated[float, typer.Option("--per-week", help="How many actions come a week.")],
    sharing: Annotated[float, typer.Option("--sharing", help="How many of them share one cause, such as a template.")] = 1,
    tolerance: Annotated[
        list[float] | None, typer.Option("--tolerance", help="A share of wrong ones to bear; may be repeated.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say before a use case starts how long level 3 takes at its volume, for several tolerances."""
    if per_week < 0 or sharing < 1:
        found = f"{per_week:g} a week, {sharing:g} sharing a cause"
        raise InvalidInput(asked="a plan", found=found, do="Give 0 or more a week, of which 1 or more share a cause")
    charter = _charter(of, data_dir)
    wanted = sorted({*(tolerance or _TOLERANCES), charter.evidence.tolerance})
    for one in wanted:
        if not 0 < one < 0.5:  # noqa: PLR2004  # as a charter may say
            raise InvalidInput(asked=f"a tolerance of {one:g}", found="a number outside 0 to 0.5", do="Give a share such as 0.02")
    expected = {one: _outlook(charter, one, per_week, sharing) for one in wanted}
    told = [_planned(one, expected[one], in_charter=one == charter.evidence.tolerance) for one in wanted]
    show({"use_case": charter.use_case, "per_week": per_week, "plans": told}, as_json=as_json)
    if not as_json:
        title = f"Level 3 of {charter.use_case} at {per_week:g} a week"
        show_table(title, ["bearable", "clean observations", "weeks", "still reviewed", ""], [_row(one) for one in told])
        if not any(one["reachable"] for one in told if one["in_charter"]):
            show(None, as_json=False, text=_stay(per_week))


def _stay(per_week: float) -> str:
    looks = -(-per_week // _TOGETHER)
    return (
        f"Not reachable at this volume with the charter as it is: stay at level 2. Approving alike ones together takes as few as "
        f"{looks:g} looks a week instead of {per_week:g}."
    )


def _charter(of: str, data_dir: Path | None) -> Charter:
    path = Path(of)
    if path.suffix in {".yaml", ".yml", ".json"} or path.is_file():
        try:
            return read_charter(read_yaml(path.read_text(encoding="utf-8"), source=of).value, source=of)
        except OSError as error:
            found = error.strerror or "nothing"
            raise InvalidInput(asked=f"the charter {of}", found=found, do="Give the path of a file") from error
    document = ask(folder_of(data_dir), "GET", f"/api/v1/desk/charters/{quote(of, safe='')}")
    return read_charter(document, source=of)


def _outlook(charter: Charter, tolerance: float, per_week: float, sharing: float) -> Outlook:
    wanted = replace(charter, evidence=replace(charter.evidence, tolerance=tolerance))
    return outlook(wanted, actions_per_week=per_week, sharing=sharing)


def _planned(tolerance: float, expected: Outlook, *, in_charter: bool) -> dict[str, Any]:
    return {
        "tolerance": tolerance,
        "in_charter": in_charter,
        "observations": expected.observations,
        "days": expected.days,
        "reachable": expected.reachable and expected.useful,
        "reviewed": expected.reviewed_ppm / FULL_PPM,
        "text": str(expected),
    }


def _row(one: dict[str, Any]) -> list[str]:
    weeks = "never" if one["days"] is None else f"{one['days'] / 7:.0f}"
    notes = ["the charter's" if one["in_charter"] else "", "" if one["reachable"] else "not worth it"]
    return [
        f"1 in {1 / one['tolerance']:.0f}",
        f"{one['observations']:,}",
        weeks,
        f"{one['reviewed']:.0%}",
        ", ".join(filter(None, notes)),
    ]


@app.command("begin")
def begin(
    use_case: Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case.")],
    version: Annotated[str, typer.Argument(metavar="VERSION", help="The version, admitted before.")],
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Declare a version a candidate: its evidence counts from now on. Work on its prompts before that costs nothing."""
    path = f"/api/v1/desk/evidence/{quote(use_case, safe='')}/trials"
    told = ask(folder_of(data_dir), "POST", path, body={"version": version}, person=who(me))
    show(told, as_json=as_json, text=f"{version} is a candidate for {', '.join(told['operations'])}.")


@app.command("compare")
def compare(
    use_case: Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case.")],
    operation: Annotated[str, typer.Argument(metavar="OPERATION", help="The operation.")],
    version: Annotated[str, typer.Option("--version", help="The version that is being tried.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Compare what a version would do with what the version in use did, on the same records."""
    asked = f"operation={quote(operation, safe='')}&version={quote(version, safe='')}"
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/evidence/{quote(use_case, safe='')}/comparison?{asked}")
    show(found, as_json=as_json, text=found["text"])
    if found["differing"] and not as_json:
        rows = [[one["ending"], one["record"] or "", _words(one["old"]), _words(one["new"])] for one in found["differing"]]
        show_table("Where they differ, newest first", ["", "record", "in use", "tried"], rows)


def _words(one: dict[str, Any]) -> str:
    return "erased" if one["arguments"] is None else json.dumps(one["arguments"], ensure_ascii=False)


@app.command("replay")
def replay(use_case: UseCase, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Reckon every judgement of a use case again from the ledger, and compare with what was decided; differing ends with 1."""
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/evidence/{quote(use_case, safe='')}/replay")
    head = f"{found['judgements']:,} judgements of {use_case} reckoned again from {found['facts']:,} facts"
    wrong = [_difference(one) for one in found["differences"]]
    end = "all as they were decided." if found["equal"] else f"{len(wrong)} differ."
    show(found, as_json=as_json, text="\n".join([f"{head}: {end}", *wrong]))
    if not found["equal"]:
        raise typer.Exit(1)


def _difference(one: dict[str, Any]) -> str:
    where = f"fact {one['seq']}" if one["seq"] else "stored"
    return f"  {where}, {one['what']}: recorded {one['recorded']}, reckoned {one['reckoned']}"
