"""A brand document: how an organisation speaks, what it may claim and until when, and under which names it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import msgspec

from remit.core.documents import Name, Sentence, read_document


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedClaim:
    """A sentence that drafts may state as a fact, until it expires."""

    text: Sentence
    expires: date
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """One brand. `domains` are where links may lead and mail may come from, `opt_out` what a message must contain to offer one.

    `merge_fields` are the personalisation names that resolve for every recipient, `languages` two-letter codes.
    """

    brand: Name
    title: Sentence
    voice: tuple[str, ...] = ()
    claims: Mapping[Name, ApprovedClaim] = field(default_factory=dict)
    forbidden_words: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    languages: tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$")], ...] = ()
    postal_address: str = ""
    opt_out: tuple[str, ...] = ()
    merge_fields: tuple[str, ...] = ()


def read_brand(document: object, *, source: str) -> Brand:
    """Build a brand from a parsed document. Raises `RuleError` that names the place at fault."""
    return read_document(document, Brand, asked=f"brand {source}")
