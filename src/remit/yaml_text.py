"""Reads YAML that people write: plain values and where each stands. It refuses what an eye and a machine read differently.

Scalars are those of YAML 1.2, as editors read them: `no` and `20:00` stay text, and a date stays the text it is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from remit.errors import RuleError

Path = tuple[str | int, ...]
"""The way to a value: keys of mappings, and numbers in lists from 0 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a text, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document as it was written: its plain value, and the place of every entry by the way to it."""

    value: Any
    places: Mapping[Path, Place] = field(repr=False)

    def place(self, path: Path) -> Place:
        """Return where an entry stands; where it is not there, where the nearest one around it does."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


def read_yaml(text: str, *, source: str) -> Written:
    """Read one YAML document. Raises `RuleError` with line and column for what is no YAML, or is not what it seems."""
    try:
        _guard(text, source)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error, source) from error
    except yaml.YAMLError as error:
        raise RuleError(asked=source, found=_plainly(error), do="Write it as plain YAML text", line=1, column=1) from error
    places: dict[Path, Place] = {(): Place(line=1, column=1)}
    value = None if root is None else _Reading(source, places).value(root, ())
    return Written(value=value, places=places)


def to_json(text: str, *, source: str) -> str:
    """Turn YAML text into JSON text with sorted keys. Raises `RuleError` with line and column."""
    return json.dumps(read_yaml(text, source=source).value, sort_keys=True)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the one in C, where there is one
    """Composes nodes; which scalar is which follows YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # how PyYAML keeps them, a table per class


_WORDS = {
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:int": (r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+", "-+0123456789."),
    "tag:yaml.org,2002:null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
}
for _tag, (_pattern, _first) in _WORDS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))


def _guard(text: str, source: str) -> None:
    """Refuse what could not be read safely: nesting that no document needs, and aliases, which hide what stands there."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise _refusal(event, source, "a reference to another place, with *", "Write it out where it is needed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _refusal(event, source, f"more than {_DEEPEST} levels of nesting", "Nest less: no document needs that")


_DEEPEST = 50


class _Reading:
    """One reading of one document, which fills the places."""

    def __init__(self, source: str, places: dict[Path, Place]) -> None:
        self._source, self._places = source, places

    def value(self, node: yaml.Node, path: Path) -> Any:
        self._places.setdefault(path, _place(node))
        if isinstance(node, yaml.MappingNode):
            return {name: self.value(found, (*path, name)) for name, found in self._entries(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(found, (*path, number)) for number, found in enumerate(node.value)]
        return self._scalar(node)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        seen: dict[str, int] = {}
        for key, found in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refusal(key, self._source, "a list or a mapping as a key", "Write a name before the colon")
            name, line = str(key.value), _place(key).line
            if name in seen:
                asked = f"`{_way((*path, name))}` a second time; it stands on line {seen[name]} already"
                raise _refusal(key, self._source, asked, "Keep one of the two: the second would silently replace the first")
            seen[name] = line
            self._places[*path, name] = _place(key)
            yield name, found

    def _scalar(self, node: yaml.Node) -> Any:
        kind, text = node.tag.removeprefix("tag:yaml.org,2002:"), str(node.value)
        match kind:
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text)
            case "float" if math.isfinite(float(text)):
                return float(text)
            case "float":
                raise _refusal(node, self._source, "a number too large to hold", "Write a smaller number")
            case _:
                raise _refusal(
                    node,
                    self._source,
                    f"a tag, {node.tag}",
                    "A text that begins with ! needs quotes around it; a tag has no place here",
                )


def _refusal(at: yaml.Node | yaml.Event, source: str, found: str, do: str) -> RuleError:
    place = _place(at)
    where = f"line {place.line}, column {place.column}: {found}"
    return RuleError(asked=source, found=where, do=do, line=place.line, column=place.column)


def _place(node: yaml.Node | yaml.Event) -> Place:
    if node.start_mark is None:  # only for nodes that no text was read for
        return Place(line=1, column=1)
    return Place(line=node.start_mark.line + 1, column=node.start_mark.column + 1)


def _way(path: Path) -> str:
    return ".".join(str(part) for part in path)


def _unreadable(error: yaml.MarkedYAMLError, source: str) -> RuleError:
    mark = error.problem_mark or error.context_mark
    line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
    found = f"line {line}, column {column}: {_plainly(error)}"
    return RuleError(asked=source, found=found, do=_advice(str(error.problem)), line=line, column=column)


def _plainly(error: yaml.YAMLError) -> str:
    problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error)
    return " ".join(str(problem).split())


def _advice(problem: str) -> str:
    found = [do for words, do in _ADVICE.items() if words in problem]
    return found[0] if found else "Correct the YAML there; often it is the indentation, a missing colon or a missing quote"


_ADVICE = {
    "expected ',' or": "Close the bracket or the quotes that were opened before; a text that begins with # needs quotes",
    "mapping values are not allowed": 'A text with ": " in it needs quotes around it; or the indentation of this line is off',
    "cannot start any token": "Begin the line with spaces, not a tab; a text that begins with @, ` or % needs quotes",
    "another document": "Keep one document in a file: no second ---",
    "expected <block end>": "Align this line with the entries it belongs to",
    "end of stream": "Close the quotes or the bracket that were opened before",
    "did not find expected key": "Align this line with the entries it belongs to, or close the quotes before it",
    "could not find expected ':'": "Write a colon and a space after the name",
}
