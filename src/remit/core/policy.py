"""What the gate decides by: risk statement, charters, packs and catalogue, compiled together, numbered, known by a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from remit.core.brand import Brand, read_brand
from remit.core.catalogue import CatalogueEntry, base_of
from remit.core.catalogue_reading import read_catalogue
from remit.core.charter import Charter, read_charter
from remit.core.field_map import FieldMap, read_field_map
from remit.core.limits import Limit, charter_limits, organisation_limits
from remit.core.pack import Pack, read_pack
from remit.core.place import Place, place
from remit.core.risk_statement import RiskStatement, read_risk_statement
from remit.core.rulebook import Rulebook, Stored, compile_rules, store_rules
from remit.core.types import Operation, UseCaseId
from remit.errors import RuleError

CATALOGUE = "catalogue"
"""The name of the catalogue among a policy's documents; a charter is called `charter:USE_CASE`."""

RISK_STATEMENT = "risk_statement"
"""The name of the risk statement among them. Packs are called `pack:NAME`, brands `brand:NAME`, maps `map:CONNECTOR`."""

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
    risk_statement: RiskStatement | None = None
    packs: Mapping[str, Pack] = field(default_factory=dict)
    brands: Mapping[str, Brand] = field(default_factory=dict)
    maps: Mapping[str, FieldMap] = field(default_factory=dict)
    _places: dict[tuple[UseCaseId, Operation], Place] = field(default_factory=dict, init=False, compare=False, repr=False)

    def entry(self, operation: Operation) -> CatalogueEntry | None:
        """Return what the catalogue says of an operation, or None when it is unknown."""
        return self.catalogue.get(base_of(operation))

    def limits(self, use_case: UseCaseId | None = None) -> list[Limit]:
        """Return the limits of the organisation, then those of every charter, or of one."""
        shared = organisation_limits({} if self.risk_statement is None else self.risk_statement.limits)
        charters = [charter for name, charter in self.charters.items() if use_case in {None, name}]
        return shared + [limit for charter in charters for limit in charter_limits(charter.limits, charter.use_case)]

    def place(self, use_case: UseCaseId, operation: Operation) -> Place:
        """Return everything this policy says about an operation of a use case; worked out once and then kept."""
        found = self._places.get((use_case, operation))
        if found is None:
            rules = self.rules.get(use_case, {}).get(operation)
            found = place(
                operation, self.charters.get(use_case), self.entry(operation), self.catalogue, rules, self.risk_statement
            )
            if use_case in self.charters and found.entry is not None:  # what anybody may invent is not kept
                self._places[use_case, operation] = found
        return found


def compile_documents(number: int, digest: str, documents: Mapping[str, str]) -> CompiledPolicy:
    """Compile a policy from its documents (JSON text by name). Raises `RuleError` for the first that cannot be read."""
    parsed = {name: _parsed(name, text) for name, text in documents.items()}
    catalogue = read_catalogue(parsed.pop(CATALOGUE, None))
    stored = _stored(parsed.pop(RULES, {}))
    statement = parsed.pop(RISK_STATEMENT, None)
    charters, packs, brands, maps = (_of_kind(kind, parsed) for kind in ("charter", "pack", "brand", "map"))
    _refuse_the_rest(parsed)
    return CompiledPolicy(
        number=number,
        digest=digest,
        charters=charters,
        catalogue=catalogue,
        rules={name: compile_rules(charter, stored, packs.values()) for name, charter in charters.items()},
        risk_statement=None if statement is None else read_risk_statement(statement),
        packs=packs,
        brands=brands,
        maps=maps,
    )


_READERS: Mapping[str, tuple[Callable[..., Any], str]] = {
    "charter": (read_charter, "use_case"),
    "pack": (read_pack, "pack"),
    "brand": (read_brand, "brand"),
    "map": (read_field_map, "map"),
}
"""How a document is read by what its name begins with, and the entry that holds the rest of its name."""


def _of_kind(kind: str, parsed: Mapping[str, object]) -> dict[Any, Any]:
    """Read every document of a kind. One under another's name is refused: it would silently take its place."""
    read, entry = _READERS[kind]
    found = {}
    for name, document in parsed.items():
        if name.startswith(f"{kind}:"):
            one = read(document, source=name)
            own = getattr(one, entry)
            if name != f"{kind}:{own}":
                raise RuleError(asked=f"document {name}", found=f"the {kind} of {own}", do=f"Call it {kind}:{own}")
            found[own] = one
    return found


def document_name(document: object, *, source: str) -> str:
    """Say by its content what a document is, and so what it is called. Raises `RuleError` for one that is none of them."""
    entries = document if isinstance(document, dict) else {}
    if "actions" in entries:
        return CATALOGUE
    if "organisation" in entries:
        return RISK_STATEMENT
    for kind in ("charter", "pack", "brand", "map"):  # a charter names its brand too, so it is looked for first
        name = entries.get(_READERS[kind][1])
        if isinstance(name, str):
            return f"{kind}:{name}"
    do = "Begin it with use_case (a charter), organisation (a risk statement), pack, brand or map"
    raise RuleError(asked=source, found="no document of a policy", do=do)


def _refuse_the_rest(parsed: Mapping[str, object]) -> None:
    strange = [name for name in parsed if name.partition(":")[0] not in _READERS]
    if strange:
        raise RuleError(
            asked=f"document {strange[0]}",
            found="a name of no kind of document",
            do=f"Call it {CATALOGUE}, {RISK_STATEMENT}, or begin its name with {', '.join(f'{kind}:' for kind in _READERS)}",
        )


def with_checked_rules(documents: Mapping[str, str]) -> dict[str, str]:
    """Return the documents with the rules of their charters and packs checked and stored beside them."""
    plain = {name: text for name, text in documents.items() if name != RULES}
    policy = compile_documents(0, "", plain)
    checked = store_rules(policy.charters.values(), policy.packs.values())
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


def digest_of(documents: Mapping[str, str]) -> str:
    """Return the SHA-256 of the documents, in hex: equal documents, equal digest."""
    return hashlib.sha256(json.dumps(dict(documents), sort_keys=True).encode()).hexdigest()
