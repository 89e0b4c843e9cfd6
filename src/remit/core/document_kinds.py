"""Which document is which, and all that is wrong with one: by its content, whatever its file is called."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from remit.core.brand import Brand, read_brand
from remit.core.catalogue_reading import read_catalogue
from remit.core.charter import Charter, read_charter
from remit.core.document_faults import Fault, Way, faults, meant, said
from remit.core.field_map import MAPPABLE, FieldMap, FieldSpec, read_field_map, spec_fault
from remit.core.pack import Pack, read_pack
from remit.core.policy import CATALOGUE, RISK_STATEMENT
from remit.core.regions import REGIONS
from remit.core.risk_statement import RiskStatement, read_risk_statement
from remit.core.rulebook import SCHEMA
from remit.errors import RuleError
from remit.rules import compile as compile_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """A kind of document: its name for people and files, its type, how it is read, and the entry that names one."""

    name: str
    type: Any
    read: Callable[[object], Any]
    called: str

    def name_in(self, document: Mapping[str, Any]) -> str:
        """Return what a document calls itself; nothing for the catalogue, of which there is one."""
        return "" if self is THE_CATALOGUE else str(document.get(self.called, ""))

    def document(self, name: str) -> str:
        """Return what a document of this kind is called in a policy."""
        return _ALONE.get(self.name, f"{self.name}:{name}")


_ALONE = {"risk-statement": RISK_STATEMENT, "catalogue": CATALOGUE}

KINDS: Mapping[str, DocumentKind] = {
    kind.name: kind
    for kind in (
        DocumentKind(name="charter", type=Charter, read=lambda found: read_charter(found, source="here"), called="use_case"),
        DocumentKind(name="risk-statement", type=RiskStatement, read=read_risk_statement, called="organisation"),
        DocumentKind(name="brand", type=Brand, read=lambda found: read_brand(found, source="here"), called="brand"),
        DocumentKind(name="pack", type=Pack, read=lambda found: read_pack(found, source="here"), called="pack"),
        DocumentKind(name="map", type=FieldMap, read=lambda found: read_field_map(found, source="here"), called="map"),
    )
}
"""Every kind that people write, by name."""

THE_CATALOGUE = DocumentKind(name="catalogue", type=None, read=read_catalogue, called="actions")
"""What ships and is rarely changed: it is read as a whole, and its first fault is told."""


def kind_of(document: object) -> DocumentKind | None:
    """Return the kind whose entries a document has most of; None for what is no such document."""
    if not isinstance(document, dict):
        return None
    if THE_CATALOGUE.called in document:
        return THE_CATALOGUE
    shared = {kind.name: len(set(document) & _entries(kind)) for kind in KINDS.values()}
    name = max(shared, key=lambda one: (shared[one], KINDS[one].called in document))
    return KINDS[name] if shared[name] else None


def _entries(kind: DocumentKind) -> set[str]:
    return {field.name for field in dataclasses.fields(kind.type)}


def document_faults(document: object, kind: DocumentKind) -> list[Fault]:
    """Return everything that keeps a document from being read; empty when it can be."""
    if kind is THE_CATALOGUE:
        return _as_a_whole(document, kind)
    found = [*faults(document, kind.type), *_conditions(document), *_regions(document)]
    found += _attributes(document) if kind.name == "map" else ()
    return found or _as_a_whole(document, kind)


def _as_a_whole(document: object, kind: DocumentKind) -> list[Fault]:
    """Find what no entry alone shows, such as a start above the highest level."""
    try:
        kind.read(document)
    except RuleError as error:
        entry = error.asked.removeprefix("catalogue entry ")
        way: Way = ("actions", entry) if entry != error.asked else ()
        return [Fault(way=way, found=error.found, do=error.do)]
    return []


def _attributes(document: object) -> Iterator[Fault]:
    """Check every attribute of a map by itself: whether a record could tell it, and whether it is read as what it is."""
    listed = document.get("attributes") if isinstance(document, dict) else None
    for name, told in (listed if isinstance(listed, dict) else {}).items():
        try:
            wrong = spec_fault(name, msgspec.convert(told, FieldSpec, strict=True))
        except msgspec.ValidationError:
            continue  # said already, entry by entry
        if wrong:
            do = "Read it as what it is; see the attributes in the reference" if name in MAPPABLE else meant(name, {*MAPPABLE})
            yield Fault(way=("attributes", name), found=wrong, do=do)


def _conditions(document: object) -> Iterator[Fault]:
    """Check every condition by itself, so that one that is broken does not hide the next."""
    for way, rule in _rules(document):
        if isinstance(rule, dict) and isinstance(when := rule.get("when"), str) and when:
            try:
                compile_rule(when, SCHEMA)
            except RuleError as error:
                yield Fault(way=(*way, "when"), found=_at_its_place(error), do=error.do.removesuffix("."))


def _at_its_place(error: RuleError) -> str:
    """Say what is wrong with a condition, and where in it, without the picture: the line of the file is told anyway."""
    found = error.message.splitlines()[0].rpartition(f"column {error.column}: ")[2].removesuffix(".")
    where = f"character {error.column}" if error.line == 1 else f"line {error.line}, character {error.column}"
    return f"{found} (at {where} of the condition)"


def _rules(document: object) -> Iterator[tuple[Way, object]]:
    rules = document.get("rules") if isinstance(document, dict) else None
    named = rules.items() if isinstance(rules, dict) else enumerate(rules) if isinstance(rules, list) else ()
    yield from ((("rules", name), rule) for name, rule in named)


def _regions(document: object) -> Iterator[Fault]:
    packs = document.get("packs") if isinstance(document, dict) else None
    for way, holder in (*_rules(document), (("packs",), packs)):
        listed = holder.get("regions") if isinstance(holder, dict) else None
        for number, region in enumerate(listed if isinstance(listed, list) else ()):
            if region not in REGIONS:
                yield Fault(way=(*way, "regions", number), found=f"no region: {said(region)}", do=meant(str(region), {*REGIONS}))
