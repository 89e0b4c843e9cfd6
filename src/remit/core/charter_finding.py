"""A finding as a value, and what a charter is read beside when somebody looks for them. It judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.core.catalogue import CatalogueEntry
from remit.core.document_faults import Way
from remit.core.field_map import FieldMap
from remit.core.pack import Pack
from remit.core.risk_statement import RiskStatement
from remit.core.types import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a charter is read beside: all the documents there are. No statement is no tolerance to exceed."""

    catalogue: Mapping[Operation, CatalogueEntry]
    connected: frozenset[str]
    statement: RiskStatement | None = None
    brands: frozenset[str] = frozenset()
    packs: Mapping[str, Pack] = field(default_factory=dict)
    maps: Mapping[str, FieldMap] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark: a code for machines, the entry it is about, what was found, and what to do."""

    code: str
    way: Way = field(default=())
    found: str
    do: str
