"""Claims in a text: figures, prices, superlatives and promises, and which of them stand in an approved fact that still holds.

A claim is backed by the sentence that was approved, word for word. Whoever says it in other words has a person look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from remit.core.brand import ApprovedClaim
from remit.core.letters import canonical, runs, words

Spans = list[tuple[int, int]]

_MONTHS = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december|januar|februar|marz|mai|juni|juli"
    r"|oktober|dezember|may(?=\s+\d{4}|\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|[.,;!)]|\s*$))"
)
_NUMBER = r"\d+(?:[.,]\d+)*"
_MONEY = r"euros?|eur|dollars?|usd|pounds?|gbp|chf|francs?|cents?"
_DATES = (
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTHS}\b(?:,?\s+\d{{4}})?",
    rf"\b{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?",
    rf"\b{_MONTHS}\s+\d{{4}}\b",
    r"\b\d{4}-\d{2}-\d{2}\b",
    r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b",
    r"\b\d{1,2}:\d{2}\b",
    r"\b(?:19|20)\d{2}\b(?!\s*[%€$£])",
)
_ADDRESSES = (r"[^\s@]{1,64}@[^\s@]{1,255}", r"\b[a-z][a-z0-9+.-]{0,20}://\S+", r"\bwww\.\S+", r"(?:\+|\b0)\d[\d ()/-]{5,20}\d")
_PHRASES = (r"^[ \t]*\d{1,2}[.)]\s", r"\bbest (?:regards|wishes)", r"\ball the best")
_NO_CLAIM = re.compile("|".join((*_ADDRESSES, *_DATES, *_PHRASES)), re.MULTILINE)
_SUPERLATIVES = (
    r"best|cheapest|fastest|lowest|highest|largest|biggest|greatest|safest|easiest|strongest|simplest|leading(?! to\b)|unbeatable"
    r"|unmatched|unrivalled|number one|no\. ?1|(?:the|our) most (?!of\b|people\b)[a-z]+|beste[nrs]?"
    r"|gunstigste[nrs]?|fuhrende[nrs]?"
    r"|nummer eins|meilleure?s?"
)
_PROMISES = (
    r"guarantee(?:d|s|ing)?|garantiert\w*|garantie\w*|risk[- ]free|without (?:any )?risk|no risk|ohne risiko"
    r"|sans risque|money[- ]back"
    r"|we promise|never fails?|always works"
)
_CLAIM = re.compile(
    rf"{_NUMBER}\s?(?:%|percent\b|per cent\b|prozent\b|pour cent\b)"
    rf"|[€$£]\s?{_NUMBER}|{_NUMBER}\s?(?:[€$£]|(?:{_MONEY})\b)"
    rf"|{_NUMBER}"
    rf"|\b(?:{_SUPERLATIVES})\b|\b(?:{_PROMISES})\b"
)


def backed(text: str, claims: Mapping[str, ApprovedClaim], today: date) -> tuple[str, tuple[str, ...]]:
    """Take every approved claim out of a canonical text. Returns the rest, and the names of those that have expired."""
    found, expired = words(text), list[str]()
    covered: Spans = _cited(text, claims)
    for name, claim in claims.items():
        spans = list(runs([one.text for one in words(canonical(claim.text))], found))
        covered += spans
        if spans and claim.expires < today:
            expired.append(f"{name}, expired on {claim.expires.isoformat()}")
    return _blanked(text, covered), tuple(expired)


def unbacked(rest: str) -> tuple[str, ...]:
    """Name every claim in what no approved fact covers; dates, times and telephone numbers claim nothing."""
    plain = _blanked(rest, [found.span() for found in _NO_CLAIM.finditer(rest)])
    return tuple(dict.fromkeys(_shown(found[0]) for found in _CLAIM.finditer(plain)))


def _cited(text: str, claims: Iterable[str]) -> Spans:
    """Find the names of claims in square brackets, as drafts cite them."""
    known = {canonical(name) for name in claims}
    return [found.span() for found in re.finditer(r"\[([\w.:-]{1,80})\]", text) if found[1] in known]


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    return "".join(_pieces(text, sorted(spans)))


def _pieces(text: str, spans: Spans) -> Iterator[str]:
    at = 0
    for start, end in spans:
        if end > at:
            yield text[at : max(start, at)]
            yield " " * (end - max(start, at))
            at = end
    yield text[at:]


def _shown(found: str) -> str:
    return " ".join(found.split())
