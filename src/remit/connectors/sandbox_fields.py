"""What the sandbox's records may hold when an operation sets it. People and imports may write anything: real data is dirty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from remit.connectors.sandbox_experiments import shares_of
from remit.connectors.sandbox_values import fault, sound
from remit.core.types import Value


class FieldType(StrEnum):
    """What a value must be, in the words a message uses."""

    NAME = "a short text without line breaks"
    TAG = "a short tag without line breaks"
    TEXT = "a text"
    TEXTS = "a text or a list of texts"
    WHOLE = "a whole number"
    TRUTH = "true or false"
    DAY = "a day as YYYY-MM-DD"
    SHARES = "a list like ARM=600000, whose millionths add up to 1000000,"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its type, and what narrows it. `people_only` marks what no operation may set (consent is not data entry)."""

    type: FieldType
    allowed: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    people_only: bool = False


_UNKNOWN = "unknown"
_TEXT = Field(type=FieldType.TEXT)
_WHOLE = Field(type=FieldType.WHOLE)
_COUNT = Field(type=FieldType.WHOLE, low=0)
_DAY = Field(type=FieldType.DAY)
_CONSENT = Field(type=FieldType.TRUTH, people_only=True)
_CONSENT_DAY = Field(type=FieldType.DAY, people_only=True)
_YES_NO = Field(type=FieldType.TEXT, allowed=("yes", "no"))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

CONTACT: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "name": _TEXT,
        "phone": _TEXT,
        "phone_prefix": _TEXT,
        "email": _TEXT,
        "company": _TEXT,
        "job": _TEXT,
        "education": Field(type=FieldType.TEXT, allowed=("primary", "secondary", "tertiary", _UNKNOWN)),
        "region": _TEXT,
        "time_zone": _TEXT,
        "default": _YES_NO,
        "balance": _WHOLE,
        "housing": _YES_NO,
        "loan": _YES_NO,
        "contact_channel": Field(type=FieldType.TEXT, allowed=("cellular", "telephone", _UNKNOWN)),
        "calls_made": _COUNT,
        "days_since_previous": Field(type=FieldType.WHOLE, low=-1),  # -1 stands for "never" in call-centre exports
        "previous_calls": _COUNT,
        "previous_result": Field(type=FieldType.TEXT, allowed=("success", "failure", "other", _UNKNOWN)),
        "entered_on": _DAY,
        "due_on": _DAY,
        "last_call_on": _DAY,
        "status": Field(type=FieldType.TEXT, allowed=("open", "called", "won", "closed")),
        "result": _YES_NO,
        "owner": _TEXT,
        "score": Field(type=FieldType.WHOLE, low=0, high=100),
        "country": _TEXT,
        "state": _TEXT,
        "company_address": Field(type=FieldType.TRUTH),
        "last_purchase_on": _DAY,
        "last_inquiry_on": _DAY,
        "do_not_contact": _CONSENT,
        "email_opt_out": _CONSENT,
        "marketing_consent": _CONSENT,
        "consent_withdrawn": _CONSENT,
        "express_consent": _CONSENT,
        "implied_consent_until": _CONSENT_DAY,
        "soft_opt_in": _CONSENT,
        "address_from_sale": _CONSENT,
        "opt_out_at_collection": _CONSENT,
        "objected_to_marketing": _CONSENT,
        "opted_out_of_sale": _CONSENT,
        "tracking_consent": _CONSENT,
        "text_consent": _CONSENT,
        "texts_revoked": _CONSENT,
        "lawful_basis": Field(type=FieldType.TEXT, people_only=True),
        "basis_on_record": _CONSENT,
        "identity_verified": _CONSENT,
        "legal_hold": _CONSENT,
        "month": Field(type=FieldType.TEXT, allowed=_MONTHS),
    }
)

COMPANY: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "name": _TEXT,
        "domain": _TEXT,
        "industry": _TEXT,
        "region": _TEXT,
        "employees": _COUNT,
        "phone": _TEXT,
        "owner": _TEXT,
    }
)

STAGES: Final = ("subscriber", "lead", "qualified", "opportunity", "customer")
"""How far somebody has come, in order."""
LIFECYCLE_STAGE: Final = Field(type=FieldType.TEXT, allowed=STAGES)

DEAL_STAGE: Final = Field(type=FieldType.TEXT, allowed=("new", "qualified", "proposal", "negotiation", "won", "lost"))


def tag_field(tag: Value) -> str:
    """Return the field that stands for a tag: true where the record has it, absent where not."""
    return f"tag:{tag}"


def misfit(field: Field, value: Value) -> str | None:
    """Say what is wrong with a value for this field, without quoting it (it may be personal); None where it fits."""
    if field.people_only:
        return "a field that only people set"
    if not _FITS[field.type](value):
        return f"{fault(value) or _called(value)} where {field.type} is needed"
    if field.allowed and value not in field.allowed:
        return f"a value that is none of {', '.join(field.allowed)}"
    if isinstance(value, int) and not _inside(field, value):
        return f"a number outside {_span(field)}"
    return None


def _is_day(value: Value) -> bool:
    """Python also reads 20260101 and 2026-W01-1, which other readers of the record would not."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_FITS: Final[Mapping[FieldType, Callable[[Value], bool]]] = {
    FieldType.NAME: sound,
    FieldType.TAG: lambda value: sound(value) and sound(tag_field(value)),
    FieldType.TEXT: lambda value: isinstance(value, str) and fault(value) is None,
    FieldType.TEXTS: lambda value: isinstance(value, (str, list)) and fault(value) is None,
    FieldType.WHOLE: lambda value: isinstance(value, int) and not isinstance(value, bool) and fault(value) is None,
    FieldType.TRUTH: lambda value: isinstance(value, bool),
    FieldType.DAY: _is_day,
    FieldType.SHARES: lambda value: shares_of(value) is not None,
}


def _called(value: Value) -> str:
    """Name the sort of a value for a message."""
    sorts = {bool: "true or false", int: "a whole number", float: "a decimal number", str: "another text", list: "a list"}
    return sorts.get(type(value), "nothing (null)")


def _inside(field: Field, value: int) -> bool:
    return (field.low is None or value >= field.low) and (field.high is None or value <= field.high)


def _span(field: Field) -> str:
    return f"{field.low} to {field.high}" if field.high is not None else f"{field.low} and more"
