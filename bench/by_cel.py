"""The same rules on the same data by Google's own evaluator, for comparison in the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cel_expr_python import cel  # type: ignore[import-untyped]  # it ships no types

_TYPES = {
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "bool": cel.Type.BOOL,
    "list(string)": cel.Type.List(cel.Type.STRING),
}


def by_cel(sources: Sequence[str], schema: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Callable[[int], object]:
    """Return what asks every rule about the row of a number."""
    env = cel.NewEnv(variables={name: _TYPES[kind] for name, kind in schema.items()})
    programs = [env.compile(source) for source in sources]

    def ask(at: int) -> object:
        return [program.eval(data=rows[at]).value() for program in programs]

    return ask
