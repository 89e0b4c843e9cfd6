"""How much a map leaves unknown, in numbers over records, and what rules then do. It is shown pages of records and reads none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from remit.core.attribute import Source
from remit.core.attributes import ATTRIBUTES
from remit.core.content import CONTENT
from remit.core.field_map import FieldMap, MinutesIn, value_of
from remit.core.pack import Pack, PackRule
from remit.core.types import Value

Fields = Mapping[str, Value]

LOOK_ALIKES: Final[Mapping[str, tuple[str, ...]]] = {
    "person.region": ("country", "country_code", "nation", "region", "land", "address_country", "mailingcountry", "state"),
    "person.local_minute": ("time_zone", "timezone", "tz", "hs_timezone"),
    "person.opted_out": ("email_opt_out", "unsubscribed", "opted_out", "opt_out", "optout", "do_not_email", "hs_email_optout"),
    "person.consent": ("marketing_consent", "consent", "gdpr_consent", "opt_in", "optin", "email_consent", "newsletter"),
    "person.objected": ("objected_to_marketing", "objection", "objected", "no_marketing"),
    "person.corporate": ("company_address", "is_company", "b2b"),
    "person.days_since_purchase": ("last_purchase_on", "last_order_date", "last_purchase_date", "recent_deal_close_date"),
    "person.days_since_inquiry": ("last_inquiry_on", "last_inquiry_date", "recent_conversion_date"),
    "person.opted_out_of_sale": ("opted_out_of_sale", "do_not_sell", "ccpa_opt_out", "gpc"),
    "person.written_consent": ("text_consent", "sms_consent", "sms_opt_in"),
    "person.texts_revoked": ("texts_revoked", "sms_opt_out"),
    "data.basis": ("lawful_basis", "legal_basis", "hs_legal_basis"),
}
"""Names under which CRMs hold what an attribute asks for, so that a field which was overlooked is found."""

_NAME = re.compile(r"\b[a-z]+\.[a-z0-9_]+\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one page of records came to: how many, how many of them leave an attribute unknown, which fields hold anything."""

    records: int
    unknown: Mapping[str, int]
    filled: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictest:
    """How many rules of how many packs take the strictest way where an attribute is not known."""

    rules: int
    packs: int


def fields_of(field_map: FieldMap) -> tuple[str, ...]:
    """Return the fields of a person to read for a count: those that are mapped, and those that look as if they should be."""
    mapped = [name for spec in field_map.attributes.values() if not spec.of for name in (spec.field, spec.state) if name]
    return tuple(dict.fromkeys((*mapped, *(name for names in LOOK_ALIKES.values() for name in names))))


def count(field_map: FieldMap, people: Iterable[Fields], now: datetime, minutes_in: MinutesIn) -> Counted:
    """Count one page of people."""
    unknown, filled, records = Counter[str](), Counter[str](), 0
    specs = {name: spec for name, spec in field_map.attributes.items() if not spec.of}
    for fields in people:
        records += 1
        unknown.update(name for name, spec in specs.items() if value_of(spec, fields, now, minutes_in) is None)
        filled.update(name for name, value in fields.items() if value not in (None, ""))
    return Counted(records=records, unknown={name: unknown[name] for name in specs}, filled=dict(filled))


def together(pages: Iterable[Counted]) -> Counted:
    """Add pages up."""
    records, unknown, filled = 0, Counter[str](), Counter[str]()
    for page in pages:
        records += page.records
        unknown.update(page.unknown)
        filled.update(page.filled)
    return Counted(records=records, unknown=dict(unknown), filled=dict(filled))


def look_alikes(field_map: FieldMap, filled: Mapping[str, int]) -> dict[str, str]:
    """Return fields that hold something, look like an attribute and tell none, each with the attribute it looks like."""
    told = {name for spec in field_map.attributes.values() if not spec.of for name in (spec.field, spec.state)}
    return {
        name: attribute for attribute, names in LOOK_ALIKES.items() for name in names if filled.get(name) and name not in told
    }


def strictest(packs: Iterable[Pack], attribute: str) -> Strictest:
    """Count the rules that look at an attribute; a region is looked at by every rule that is for some regions only."""
    found = [(pack.pack, rule.id) for pack in packs for rule in pack.rules if _looks(rule, attribute)]
    return Strictest(rules=len(found), packs=len({pack for pack, _ in found}))


def not_mapped(field_map: FieldMap, packs: Iterable[Pack]) -> tuple[str, ...]:
    """Name what rules look at, what only records could tell, and what no field tells."""
    asked = {name for pack in packs for rule in pack.rules for name in _NAME.findall(rule.when)}
    told = {name for name, one in ATTRIBUTES.items() if one.source is Source.LOOKED_UP} - CONTENT
    return tuple(sorted(asked & told - field_map.attributes.keys()))


def _looks(rule: PackRule, attribute: str) -> bool:
    return attribute in _NAME.findall(rule.when) or (attribute == "person.region" and bool(rule.regions))
