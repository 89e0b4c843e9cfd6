"""`remit register`: what is done with data, as the record of processing activities that GDPR Art. 30 asks for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, folder_of, show
from remit.errors import InvalidInput

_HEADS = {
    "purpose": "Purpose",
    "owner": "Owner",
    "reads": "Data read",
    "writes": "Data written",
    "personal_data": "How close to persons",
    "recipients": "Recipients",
    "retention": "Kept",
    "safeguards": "Safeguards",
}


def register(
    out: Annotated[Path | None, typer.Option("--out", help="A file to write: .md, .csv or .json.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write the record of processing activities: purposes, data read and written, recipients, how long, safeguards."""
    form = _form(out)
    told = ask(folder_of(data_dir), "GET", "/api/v1/desk/register")
    if out is None:
        show(told, as_json=as_json, text=_markdown(told))
        return
    try:
        out.write_text(form(told), encoding="utf-8")
    except OSError as error:
        do = "Choose a place you may write to"
        raise InvalidInput(asked=f"the register as {out}", found=error.strerror or str(error), do=do) from error
    count = len(told["activities"])
    text = f"{out} holds {count} activities, of policy {told['policy']}."
    show({"file": str(out), "activities": count, "policy": told["policy"]}, as_json=as_json, text=text)


def _form(out: Path | None) -> Callable[[Mapping[str, Any]], str]:
    forms = {".md": _markdown, ".csv": _csv, ".json": _json}
    kind = ".md" if out is None else out.suffix
    if kind not in forms:
        found = f"a file {out}, whose form nobody knows"
        raise InvalidInput(asked="the register", found=found, do=f"Let its name end with {', '.join(forms)}")
    return forms[kind]


def _markdown(told: Mapping[str, Any]) -> str:
    parts = [f"# Record of processing activities\n\nAs of policy {told['policy']}. Written from the charters in force."]
    for one in told["activities"]:
        lines = [f"- **{head}**: {_cell(one[name])}" for name, head in _HEADS.items()]
        parts.append("\n".join([f"## {one['title']} (`{one['use_case']}`)\n", *lines]))
    return "\n\n".join(parts) + "\n"


def _csv(told: Mapping[str, Any]) -> str:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["use case", "title", *_HEADS.values()])
    for one in told["activities"]:
        rows.writerow([_inert(_cell(one[name])) for name in ("use_case", "title", *_HEADS)])
    return text.getvalue()


def _inert(cell: str) -> str:
    """Keep a spreadsheet from calculating what somebody wrote into a charter."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _cell(value: str | list[str]) -> str:
    """Write several as one line; a charter's own line breaks must not become a part of the form."""
    text = value if isinstance(value, str) else "; ".join(value)
    return " ".join(text.split())
