"""The JSON Schema of a document, so that an editor completes and underlines what `remit charter check` would name."""

from __future__ import annotations

import inspect
from typing import Any, get_args

import msgspec

from remit.core.document_kinds import DocumentKind
from remit.core.field_words import FIELD_WORDS
from remit.core.risk_statement import ClassName
from remit.core.types import Level

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LEVELS = ", ".join(f"{level.value} {level.name.capitalize()}" for level in Level)


def schema_of(kind: DocumentKind) -> dict[str, Any]:
    """Return the schema of a kind of document; every entry carries its sentence, and no other entry is admitted."""
    told = msgspec.json.schema(kind.type)
    parts: dict[str, Any] = told["$defs"]
    for name, part in parts.items():
        _complete(name, part)
    return {"$schema": _DRAFT, "title": f"Remit {kind.name.replace('-', ' ')}", **told}


def _complete(name: str, part: dict[str, Any]) -> None:
    part["description"] = " ".join(inspect.cleandoc(part["description"]).split())
    if name == Level.__name__:
        part["description"] = f"{part['description']} {_LEVELS}."
    for entry, found in part.get("properties", {}).items():
        found["description"] = FIELD_WORDS[f"{name}.{entry}"]
        if names := _NAMES.get(f"{name}.{entry}"):
            found |= {"properties": dict.fromkeys(names, found["additionalProperties"]), "additionalProperties": False}
            part["properties"][entry] = found
    if "properties" in part:
        part["additionalProperties"] = False


_NAMES = {"RiskStatement.highest_level": get_args(ClassName)}
"""Mappings whose names are a fixed list, written out so that an editor offers them."""
