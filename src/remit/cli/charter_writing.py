"""Writes documents as YAML that people go on editing: in the order of their kind, each entry under a comment that explains it."""

from __future__ import annotations

import dataclasses
import json
import textwrap
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml

from remit.core.charter import Charter
from remit.core.document_kinds import DocumentKind, kind_of
from remit.core.document_schema import schema_of
from remit.core.field_words import FIELD_WORDS

_WIDTH = 116


class _Dumper(yaml.SafeDumper):
    """Writes short lists in one line and long texts folded, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # the signature is PyYAML's
        super().increase_indent(flow, indentless=False)


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    short = all(len(str(one)) < _WORD for one in value) and sum(len(str(one)) + 2 for one in value) < _SHORT
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=short)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=">" if len(value) > _SHORT else None)


_SHORT, _WORD = 90, 30
_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _text)


def schema_file(kind: DocumentKind) -> str:
    """Return what the schema of a kind is called beside a document."""
    return f"{kind.name}.schema.json"


def schema_text(kind: DocumentKind) -> str:
    """Return the schema of a kind as it stands in its file."""
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


def charter_text(document: Mapping[str, Any], notes: Mapping[str, list[str]]) -> str:
    """Write a charter. `notes` are further comments by the entry they stand above."""
    entries = _record(document, Charter, notes)
    return "\n".join(["# yaml-language-server: $schema=charter.schema.json", *entries]) + "\n"


def document_text(document: Mapping[str, Any]) -> str:
    """Write any document of a policy as YAML that `remit charter check` reads, in the order of its kind."""
    kind = kind_of(document)
    order = [one.name for one in dataclasses.fields(kind.type)] if kind is not None and kind.type is not None else []
    ordered = {name: document[name] for name in order if name in document} | dict(document)
    return str(yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH))


def _record(document: Mapping[str, Any], kind: Any, notes: Mapping[str, list[str]]) -> Iterator[str]:
    for place, words in FIELD_WORDS.items():
        owner, _, name = place.partition(".")
        if owner == kind.__name__ and name in document:
            comments = [words, *notes.get(name, [])]
            yield "\n".join(f"# {line}" for comment in comments for line in textwrap.wrap(comment, _WIDTH))
            yield _entry(name, document[name], _records(kind).get(name))


def _entry(name: str, value: Any, kind: Any) -> str:
    if kind is None or not isinstance(value, Mapping):
        return str(yaml.dump({name: value}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)).rstrip()
    return f"{name}:\n{textwrap.indent(chr(10).join(_record(value, kind, {})), '  ')}"


@cache
def _records(kind: Any) -> dict[str, Any]:
    """Return the entries that are documents of their own inside a document, with their types."""
    hints = typing.get_type_hints(kind)
    named = {
        name: [one for one in (hint, *typing.get_args(hint)) if dataclasses.is_dataclass(one)] for name, hint in hints.items()
    }
    return {name: found[0] for name, found in named.items() if found and typing.get_origin(hints[name]) not in {tuple, _MAPPING}}


_MAPPING = typing.get_origin(Mapping[str, str])
