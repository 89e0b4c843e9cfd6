"""Special categories of personal data (GDPR Art. 9), found by the words that name them. An inference counts like a statement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[str, str]] = {
    "ethnic origin": r"ethnic\w*|racial\w*|skin colou?r|migrants?|ethnisch\w*|hautfarbe|herkunftsland",
    "politics": (
        r"political (?:opinion|view|party|belief)s?|party member\w*|voted for|voters? of|parteimitglied\w*"
        r"|politische\w* (?:meinung|ansicht)\w*"
    ),
    "religion": (
        r"religio\w*|christians?|catholics?|protestants?|muslims?|islam\w*|jew(?:s|ish)?|hindus?|buddhists?|atheists?"
        r"|church member\w*|philosophical beliefs?|glaubens\w*|konfession\w*|katholi\w*|evangelisch\w*|judisch\w*|musulman\w*"
    ),
    "union membership": r"trade union\w*|labou?r union\w*|union member\w*|gewerkschaft\w*|syndicat\w*",
    "genetic data": r"genetic\w*|genom\w*|dna\b|gentest\w*",
    "biometric data": r"biometric\w*|fingerprints?|face recognition|facial recognition|iris scan\w*|biometrisch\w*",
    "health": (
        r"(?:your|their|his|her|state of|mental|physical) health|health (?:condition|problem|status|data|record|issue)s?"
        r"|diabet\w*|cancer\b|depress(?:ion|ive|ed)|pregnan\w*|disabilit\w+|disabled people|illness\w*"
        r"|diseases?|diagnos\w+|medication\w*"
        r"|therap(?:y|ies)|hiv\b|patients?|allerg\w+|schwanger\w*|krankheit\w*|behinder\w*|erkrank\w*"
        r"|maladies?|enceinte\w*"
    ),
    "sex life": r"sexual\w*|homosexual\w*|heterosexual\w*|lesbians?|bisexual\w*|transgender\w*|lgbt\w*|sexuell\w*|schwul\w*",
}
_PATTERNS = {name: re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])") for name, pattern in _WORDS.items()}


def special_categories(text: str) -> tuple[str, ...]:
    """Name the special categories that a canonical text mentions; which words it used is not repeated."""
    return tuple(name for name, pattern in _PATTERNS.items() if pattern.search(text))
