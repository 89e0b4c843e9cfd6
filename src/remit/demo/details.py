"""Contact details the file does not have: name, telephone, e-mail, company, region. All are generated; nobody is meant."""

from __future__ import annotations

import unicodedata
from bisect import bisect
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import accumulate

import yaml

from remit.demo.draws import draw, one_of, whole

MOVED = 0.01
"""The share of people who moved to another region and kept their number."""

_FIRST = (
    "Ana", "André", "António", "Beatriz", "Bruno", "Carla", "Carlos", "Catarina", "Cristina", "Daniel", "David", "Diogo",
    "Duarte", "Elsa", "Fernando", "Filipa", "Francisco", "Helena", "Hugo", "Inês", "Isabel", "Joana", "João", "Jorge", "José",
    "Laura", "Luís", "Manuel", "Margarida", "Maria", "Marta", "Miguel", "Nuno", "Paula", "Pedro", "Rita", "Rui", "Sara",
    "Sofia", "Teresa",
)  # fmt: skip
_LAST = (
    "Almeida", "Alves", "Antunes", "Azevedo", "Barros", "Borges", "Cardoso", "Carvalho", "Correia", "Costa", "Cruz", "Dias",
    "Duarte", "Faria", "Fernandes", "Ferreira", "Fonseca", "Gomes", "Gonçalves", "Lopes", "Machado", "Marques", "Martins",
    "Matos", "Mendes", "Monteiro", "Moreira", "Neves", "Nunes", "Oliveira", "Pereira", "Pinto", "Ramos", "Reis", "Ribeiro",
    "Rocha", "Santos", "Silva", "Sousa", "Teixeira",
)  # fmt: skip
_TRADES = ("Bakery", "Builders", "Carriers", "Foods", "Garage", "Hotel", "Insurance", "Mill", "Printers", "Textiles")
_DOMAINS = ("example.com", "example.net", "example.org")
_CALLERS = ("ana", "bruno", "carla", "duarte")
_WITHOUT_EMPLOYER = frozenset({"housemaid", "retired", "student", "unemployed", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region with its time zone, the prefixes of its telephones, and its share of inhabitants."""

    region: str
    time_zone: str
    share: int
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What was generated for one row. `region` and `time_zone` are where the person lives, whatever the number says."""

    name: str
    phone: str
    phone_prefix: str
    email: str
    company: str | None
    owner: str
    region: str
    time_zone: str


@cache
def regions() -> tuple[Region, ...]:
    """Read the regions from the table of prefixes."""
    text = (resources.files("remit") / "data" / "phone_prefixes.yaml").read_text(encoding="utf-8")
    return tuple(Region(**{**one, "prefixes": tuple(one["prefixes"])}) for one in yaml.safe_load(text)["regions"])


@cache
def _shares() -> tuple[int, ...]:
    return tuple(accumulate(region.share for region in regions()))


def details(seed: int, row: int, job: str) -> Details:
    """Generate one person's details from the seed and the row number."""
    number_from = _region_of_number(seed, row)
    home = _home(seed, row, number_from)
    prefix = one_of(seed, "prefix", row, number_from.prefixes)
    first, last = one_of(seed, "first name", row, _FIRST), one_of(seed, "last name", row, _LAST)
    return Details(
        name=f"{first} {last}",
        phone=f"+351 {prefix} 0{whole(seed, 'line', row, low=0, high=99_999):05}",
        phone_prefix=prefix,
        email=f"{_ascii(first)}.{_ascii(last)}.{row}@{one_of(seed, 'domain', row, _DOMAINS)}",
        company=None if job in _WITHOUT_EMPLOYER else _company(seed, row),
        owner=one_of(seed, "owner", row, _CALLERS),
        region=home.region,
        time_zone=home.time_zone,
    )


def _region_of_number(seed: int, row: int) -> Region:
    shares = _shares()
    return regions()[bisect(shares, draw(seed, "region", row) * shares[-1])]


def _home(seed: int, row: int, number_from: Region) -> Region:
    if draw(seed, "moved", row) >= MOVED:
        return number_from
    return one_of(seed, "moved to", row, [region for region in regions() if region is not number_from])


def _company(seed: int, row: int) -> str:
    return f"{one_of(seed, 'company', row, _LAST)} {one_of(seed, 'trade', row, _TRADES)}"


@cache
def _ascii(name: str) -> str:
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()
