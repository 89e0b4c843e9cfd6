"""What an agent may see, and whether a proposal stays inside what its charter lists."""

from __future__ import annotations

from collections.abc import Mapping

from remit.core.charter import Charter, OperationSpec
from remit.core.types import Operation, Value


def odd_arguments(charter: Charter, operation: Operation, arguments: Mapping[str, Value]) -> tuple[str, ...]:
    """Name the arguments, or their values, that the charter does not list for this operation."""
    spec = charter.operations.get(operation)
    if spec is None:
        return ()
    for name, value in arguments.items():
        if not _listed(spec, name, value):
            break
    else:
        return ()
    return tuple(_odd(spec, name) for name, value in sorted(arguments.items()) if not _listed(spec, name, value))


def _listed(spec: OperationSpec, name: str, value: Value) -> bool:
    return name in spec.arguments and (name not in spec.values or value in spec.values[name])


def _odd(spec: OperationSpec, name: str) -> str:
    """Name what is odd without quoting the value: it may be personal, and a decision is kept for ever."""
    return f"another value of {name}" if name in spec.arguments else name
