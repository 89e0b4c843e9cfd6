"""Regions of the law as codes of countries and states (ISO 3166), so that a rule meets the people it is there for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from remit.errors import RuleError

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

REGIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "EU": frozenset(_EU.split()),
        "EEA": frozenset(f"{_EU} IS LI NO".split()),
        "UK": frozenset({"GB"}),
        "US": frozenset({"US"}),
        "US-CA": frozenset({"US-CA"}),
        "CA": frozenset({"CA"}),
    }
)
"""What the packs speak of. A country stands for all its states; `US-CA` is California, `CA` is Canada."""


def countries_of(regions: Iterable[str]) -> frozenset[str]:
    """Return the codes of countries and states that these regions cover. Raises `RuleError` for one that is not known."""
    found: set[str] = set()
    for region in regions:
        if region not in REGIONS:
            raise RuleError(asked=f"region {region}", found="no such region", do=f"Use {', '.join(REGIONS)}")
        found |= REGIONS[region]
    return frozenset(found)


def meets(codes: frozenset[str], region: str) -> bool:
    """Whether somebody who lives in a region is meant by these codes. Of a country with states, the state may be the one."""
    if region in codes or region.partition("-")[0] in codes:
        return True
    return "-" not in region and any(code.startswith(f"{region}-") for code in codes)


def may_meet(rule: Iterable[str], recipients: Iterable[str]) -> bool:
    """Whether a rule of some regions can concern recipients of some; none named means anywhere."""
    there, here = countries_of(rule), countries_of(recipients)
    if not there or not here:
        return True
    return any(
        one in here or one.partition("-")[0] in here or f"{one}-" in {code[: len(one) + 1] for code in here} for one in there
    )
