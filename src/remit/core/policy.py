"""What the gate decides by: charters and catalogue, compiled together, numbered, known by a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from remit.core.catalogue import CatalogueEntry, base_of, read_catalogue
from remit.core.charter import Charter, read_charter
from remit.core.types import Operation, UseCaseId

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
    charters = [read_charter(json.loads(text), source=name) for name, text in documents.items() if name != CATALOGUE]
    return CompiledPolicy(
        number=number,
        digest=digest,
        charters={charter.id: charter for charter in charters},
        catalogue=read_catalogue(json.loads(documents[CATALOGUE])),
    )


def digest_of(documents: Mapping[str, str]) -> str:
    """Return the SHA-256 of the documents, in hex: equal documents, equal digest."""
    return hashlib.sha256(json.dumps(dict(documents), sort_keys=True).encode()).hexdigest()
