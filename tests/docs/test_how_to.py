"""The examples of the how-to pages are read by the code they are about."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from remit.core.brand import read_brand
from remit.core.charter import PackChoice
from remit.core.documents import read_document
from remit.core.field_map import read_field_map
from remit.yaml_text import to_json

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "packs.md"
BLOCKS = [
    "\n".join(line[4:] for line in block.splitlines())
    for block in re.findall(r"(?:^ {4}.*\n)+", PAGE.read_text(), flags=re.MULTILINE)
]
READERS: dict[str, Callable[[Any], object]] = {
    "map": lambda plain: read_field_map(plain, source="the page"),
    "brand": lambda plain: read_brand(plain, source="the page"),
    "packs": lambda plain: read_document(plain["packs"], PackChoice, asked="the page"),
}


@pytest.mark.parametrize("kind", READERS)
def test_every_example_document_can_be_read(kind: str) -> None:
    found = [block for block in BLOCKS if block.startswith(f"{kind}:")]
    assert found
    assert all(READERS[kind](json.loads(to_json(block, source="the page"))) for block in found)
