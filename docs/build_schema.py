"""Writes the schemas in `docs/schema/` and the tables of entries in the how-to from the code. A test holds both to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from remit.cli.charter_writing import schema_file, schema_text
from remit.core.document_kinds import KINDS
from remit.core.field_words import FIELD_WORDS
from remit.core.flat import TABLES, Flat

DOCS = Path(__file__).parent
HOW_TO = DOCS / "how-to" / "write-a-charter.md"
TABLE = re.compile(r"(<!-- entries of ([A-Za-z, ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def schemas() -> dict[Path, str]:
    """Return every schema file with its text."""
    documents = {schema_file(kind): schema_text(kind) for kind in KINDS.values()}
    exports = {f"export-{name}.schema.json": _row_schema(row) for name, (row, _) in TABLES.items()}
    return {DOCS / "schema" / name: text for name, text in (documents | exports).items()}


def _row_schema(row: type[Flat]) -> str:
    """Say what one line of `remit export` holds."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | msgspec.json.schema(row), indent=2) + "\n"


def how_to(page: str) -> str:
    """Return the page with its tables written anew."""
    return TABLE.sub(lambda found: found[1] + "\n".join(_table(found[2])) + "\n" + found[3], page)


def _table(owners: str) -> Iterator[str]:
    yield "| entry | what it says |"
    yield "|---|---|"
    for owner in owners.split(", "):
        for place, words in FIELD_WORDS.items():
            name, _, entry = place.partition(".")
            if name == owner:
                yield f"| `{entry}` | {words} |"


if __name__ == "__main__":
    for path, text in schemas().items():
        path.write_text(text, encoding="utf-8")
    HOW_TO.write_text(how_to(HOW_TO.read_text(encoding="utf-8")), encoding="utf-8")
