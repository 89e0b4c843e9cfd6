"""What an agent may see, and whether a proposal stays inside what its charter lists."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from remit.core.attributes import ActionFacts
from remit.core.charter import Charter, OperationSpec
from remit.core.place import Place
from remit.core.types import Operation, Value
from remit.core.window import changed_since

_OUTSIDE = "data.outside_write_list"


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


def with_outside(facts: ActionFacts, place: Place, odd: tuple[str, ...]) -> ActionFacts:
    """Return the facts with what a call writes beside its charter, where a rule of the place looks at it."""
    if _OUTSIDE not in place.looks_at:
        return facts
    return replace(facts, further={**facts.further, _OUTSIDE: odd})


def stays_inside(charter: Charter, operation: Operation, arguments: Mapping[str, Value]) -> bool:
    """Whether the charter lists the operation and every argument."""
    return operation in charter.operations and not odd_arguments(charter, operation, arguments)


def _listed(spec: OperationSpec, name: str, value: Value) -> bool:
    return name in spec.arguments and (name not in spec.values or value in spec.values[name])


def _odd(spec: OperationSpec, name: str) -> str:
    """Name what is odd without quoting the value: it may be personal, and a decision is kept for ever."""
    return f"another value of {name}" if name in spec.arguments else name


def window_changed(charter: Charter, window: str | None, digest: str | None) -> tuple[str, ...]:
    """Name what of a window differs from what the agent says it was shown; a window that is not there differs in nothing."""
    if window is None or digest is None or window not in charter.windows:
        return ()
    return changed_since(window, charter.windows[window], digest)
