"""`remit level`: one use case's levels with all that is behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, folder_of, show


def level(
    use_case: Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case.")],
    operation: Annotated[str | None, typer.Argument(metavar="OPERATION", help="Only this operation.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what is granted and in force, every ceiling, how far the next level is, and what happened to it."""
    asked = "" if operation is None else f"?operation={quote(operation, safe='')}"
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/levels/{quote(use_case, safe='')}{asked}")
    show(found, as_json=as_json, text="\n\n".join("\n".join(_told(one)) for one in found))


def _told(one: dict[str, Any]) -> Iterator[str]:
    until = f" until {one['until'][:10]}" if one["until"] else ""
    signed = f", signed by {' and '.join(one['signed_by'])}" if one["signed_by"] else ""
    yield f"{one['use_case']} {one['operation']}: granted {one['level']}{until}{signed}; in force {one['in_force']}"
    for held in one["ceilings"]:
        yield f"  {'binds' if held['binds'] else 'at most'} {held['level']}: {held['text']}"
    if one["offered"]:
        yield f"  offered: {one['offer']}"
    yield f"  {one['a_day']:g} a day; {one['qa_rate']:.1%} of what runs alone is looked at"
    for version in one["versions"]:
        yield from _version(version)
    for held in one["certificates"]:
        ended = " (expired)" if held["expired"] else ""
        yield f"  version {held['version']} may skip review from a confidence of {held['may_skip_review_from']:.0%}{ended}"
    for version, levels in one["confidence"].items():
        yield from _confidence(version, levels)
    for happened in one["history"]:
        yield f"  {happened['at'][:10]} {_happened(happened)}"


def _version(one: dict[str, Any]) -> Iterator[str]:
    yield f"  version {one['version']}: {one['sentence']}"
    if one["observations"]:
        upper = f", below {one['upper']:.1%} with 95 % confidence" if one["upper"] is not None else ""
        yield f"    trial {one['trial']}: {one['observations']} observations, {one['mean_loss']:.1%} wrong{upper}"
        how = "measured with planted errors" if one["miss_measured"] else "assumed, and signed with the charter"
        yield f"    the bar is {one['tested']:.2%}, because reviewers miss up to {one['miss_rate']:.0%} of errors ({how})"


def _confidence(version: str, levels: list[dict[str, Any]]) -> Iterator[str]:
    for one in levels:
        worth = "too few to say" if one["right"] is None else f"{one['right']:.0%} right"
        yield f"  when version {version} says {one['percent']} %: {worth} ({one['items']} looked at)"


def _happened(one: dict[str, Any]) -> str:
    match one["what"]:
        case "LevelLost":
            return f"lost, back to level {one['level']}, by {one['cause']}{_seen(one['evidence'])}"
        case "GrantOffered":
            return f"level {one['level']} offered to {one['version']}{_seen(one['evidence'])}"
        case "Granted":
            return f"level {one['level']} granted to {one['version']}, signed by {' and '.join(one['signed_by'])}"
        case "GrantSigned":
            return f"signed by {one['by']} as {one['role']}"
        case "TrialStarted":
            return f"trial {one['trial']} of {one['version']} begins"
        case _:
            return f"{one['version']} may skip review from {one['may_skip_review_from']:.0%} until {one['until'][:10]}"


def _seen(evidence: dict[str, int]) -> str:
    if "observations" not in evidence:
        return ""
    return f" ({evidence['observations']} observations, {evidence['mean_loss_ppm'] / 10_000:.1f} % wrong)"
