"""What the gate decides by: charters and catalogue, compiled together, numbered, known by a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.core.catalogue import CatalogueEntry, base_of
from remit.core.catalogue_reading import read_catalogue
from remit.core.charter import Charter, read_charter
from remit.core.place import Place, place
from remit.core.rulebook import Rulebook, Stored, compile_rules, store_rules
from remit.core.types import Operation, UseCaseId
from remit.errors import RuleError

CATALOGUE = "catalogue"
"""The name of the catalogue among a policy's documents; a charter is called `charter:USE_CASE`."""

RULES = "rules"
"""The name of the checked rules among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPolicy:
    """One numbered policy. `digest` covers every document it was compiled from."""

    number: int
    digest: str
    charters: Mapping[UseCaseId, Charter]
    catalogue: Mapping[Operation, CatalogueEntry]
    rules: Mapping[UseCaseId, Rulebook] = field(default_factory=dict)
    _places: dict[tuple[UseCaseId, Operation], Place] = field(default_factory=dict, init=False, compare=False, repr=False)

    def entry(self, operation: Operation) -> CatalogueEntry | None:
        """Return what the catalogue says of an operation, or None when it is unknown."""
        return self.catalogue.get(base_of(operation))

    def place(self, use_case: UseCaseId, operation: Operation) -> Place:
        """Return everything this policy says about an operation of a use case; worked out once and then kept."""
        found = self._places.get((use_case, operation))
        if found is None:
            rules = self.rules.get(use_case, {}).get(operation)
            found = place(operation, self.charters.get(use_case), self.entry(operation), self.catalogue, rules)
            if use_case in self.charters and found.entry is not None:  # what anybody may invent is not kept
                self._places[use_case, operation] = found
        return found


def compile_documents(number: int, digest: str, documents: Mapping[str, str]) -> CompiledPolicy:
    """Compile a policy from its documents (JSON text by name). Raises `RuleError` for the first that cannot be read."""
    parsed = {name: _parsed(name, text) for name, text in documents.items()}
    catalogue = read_catalogue(parsed.pop(CATALOGUE, None))
    stored = _stored(parsed.pop(RULES, {}))
    charters = [_named(name, read_charter(document, source=name)) for name, document in parsed.items()]
    return CompiledPolicy(
        number=number,
        digest=digest,
        charters={charter.id: charter for charter in charters},
        catalogue=catalogue,
        rules={charter.id: compile_rules(charter, stored) for charter in charters},
    )


def with_checked_rules(documents: Mapping[str, str]) -> dict[str, str]:
    """Return the documents with the rules of their charters checked and stored beside them."""
    plain = {name: text for name, text in documents.items() if name != RULES}
    checked = store_rules(compile_documents(0, "", plain).charters.values())
    return plain | ({RULES: checked} if json.loads(checked) else {})


def _stored(document: object) -> Stored:
    if isinstance(document, dict):
        return document
    raise RuleError(asked=f"document {RULES}", found="no mapping", do="Adopt the charters again")


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
