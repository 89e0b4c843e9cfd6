"""Checks a condition when a policy is loaded: syntax and types by Google's CEL, then our subset. Nothing is evaluated here.

The only file that knows the CEL front end, which it imports when it is first needed: a worker that reads stored rules never
loads it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from remit.errors import RuleError
from remit.rules.checked_wire import read_checked
from remit.rules.kinds import Kind, Schema, read_schema
from remit.rules.plain_words import in_plain_words
from remit.rules.presence import stand_in, swap_has
from remit.rules.refusal import judge_text
from remit.rules.subset import Subset
from remit.rules.tree import Node


def check(source: str, schema: Schema) -> Node:
    """Return the tree of a condition. Raises `RuleError` with line, column and what to write instead."""
    kinds = read_schema(schema)
    judge_text(source)
    swapped = swap_has(source, kinds)
    environment = _environment(tuple(kinds.items()))
    try:
        checked = environment.compile(swapped.source)
    except RuntimeError as error:
        raise in_plain_words(str(error), source, swapped.source, kinds) from None
    return Subset(source, kinds, swapped, read_checked(checked.serialize())).root()


@lru_cache(maxsize=16)
def _environment(declared: tuple[tuple[str, Kind], ...]) -> Any:
    """Declare every attribute, and for each one that `has` can ask about a flag that stands in for the question."""
    try:
        from cel_expr_python import cel  # type: ignore[import-untyped]  # noqa: PLC0415  # no types; native, and needed only where policies are written
    except ImportError as error:
        raise RuleError(
            "Conditions cannot be checked here: cel-expr-python is not installed.", do="Load stored rules."
        ) from error
    types = {
        Kind.BOOL: cel.Type.BOOL,
        Kind.INT: cel.Type.INT,
        Kind.DOUBLE: cel.Type.DOUBLE,
        Kind.STRING: cel.Type.STRING,
        Kind.TIMESTAMP: cel.Type.TIMESTAMP,
        Kind.STRINGS: cel.Type.List(cel.Type.STRING),
        Kind.INTS: cel.Type.List(cel.Type.INT),
    }
    flags = {stand_in(name): cel.Type.BOOL for name, _ in declared if "." in name}
    return cel.NewEnv(variables=flags | {name: types[kind] for name, kind in declared})
