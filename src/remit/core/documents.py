"""How documents that people write are read: strictly, and with every key that was not understood named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeVar

import msgspec

from remit.errors import RuleError

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.:-]*$", max_length=80)]
Sentence = Annotated[str, msgspec.Meta(min_length=1)]

T = TypeVar("T")


def read_document(document: object, kind: type[T], *, asked: str) -> T:
    """Build a value from a parsed document. Raises `RuleError` that names the place at fault."""
    try:
        found = msgspec.convert(document, kind, strict=True)
    except msgspec.ValidationError as error:
        raise RuleError(asked=asked, found=str(error), do="Correct that entry") from error
    if strays := sorted(_strays(document, msgspec.to_builtins(found))):
        raise RuleError(asked=asked, found=f"unknown: {', '.join(strays)}", do="Correct the spelling, or leave it out")
    return found


def _strays(document: object, read: object) -> Iterator[str]:
    """Name every key that was not read: a misspelt limit would otherwise be no limit."""
    if isinstance(document, dict) and isinstance(read, dict):
        for name, value in document.items():
            if name in read:
                yield from (f"{name}.{stray}" for stray in _strays(value, read[name]))
            else:
                yield str(name)
    elif isinstance(document, list) and isinstance(read, list):
        for number, (item, found) in enumerate(zip(document, read, strict=False)):
            yield from (f"{number}.{stray}" for stray in _strays(item, found))
