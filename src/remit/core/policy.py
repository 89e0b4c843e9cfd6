"""What the gate decides by: charters and catalogue, compiled together, numbered, known by a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from remit.core.catalogue import CatalogueEntry, base_of
from remit.core.catalogue_reading import read_catalogue
from remit.core.charter import Charter, read_charter
from remit.core.types import Operation, UseCaseId
from remit.errors import RuleError

CATALOGUE = "catalogue"
"""The name of the catalogue among a policy's documents; a charter is called `charter:USE_CASE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPolicy:
    """One numbered policy. `digest` covers every document it was compiled from."""

    number: int
    digest: str
    charters: Mapping[UseCaseId, Charter]
    catalogue: Mapping[Operation, CatalogueEntry]

    def entry(self, operation: Operation) -> CatalogueEntry | None:
        """Return what the catalogue says of an operation, or None when it is unknown."""
        return self.catalogue.get(base_of(operation))


def compile_documents(number: int, digest: str, documents: Mapping[str, str]) -> CompiledPolicy:
    """Compile a policy from its documents (JSON text by name). Raises `RuleError` for the first that cannot be read."""
    parsed = {name: _parsed(name, text) for name, text in documents.items()}
    catalogue = read_catalogue(parsed.pop(CATALOGUE, None))
    charters = [_named(name, read_charter(document, source=name)) for name, document in parsed.items()]
    return CompiledPolicy(
        number=number, digest=digest, charters={charter.id: charter for charter in charters}, catalogue=catalogue
    )


def _parsed(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise RuleError(asked=f"document {name}", found=str(error), do="Give JSON text") from error


def _named(name: str, charter: Charter) -> Charter:
    """Refuse a charter under another's name: it would silently take its place."""
    if name != f"charter:{charter.id}":
        raise RuleError(asked=f"document {name}", found=f"the charter of {charter.id}", do=f"Call it charter:{charter.id}")
    return charter


def digest_of(documents: Mapping[str, str]) -> str:
    """Return the SHA-256 of the documents, in hex: equal documents, equal digest."""
    return hashlib.sha256(json.dumps(dict(documents), sort_keys=True).encode()).hexdigest()
