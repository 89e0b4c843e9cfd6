"""Ways of pressing people that the law and careful editors name. It knows wording; whether a deadline is true it cannot know.

A sentence that people approved and that still holds has been taken out before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_PATTERNS: Final[Mapping[str, tuple[str, ...]]] = {
    "false urgency": (
        (
            r"last chance|final (?:notice|hours|call)|only today|today only|act (?:now|fast|immediately)|hurry\b"
            r"|before it'?s too late"
        ),
        (
            r"(?:offer|deal|sale) (?:ends|expires) (?:today|tonight|soon|in \d+)|ends (?:tonight|at midnight)"
            r"|don'?t miss (?:out|this)"
        ),
        r"only \d+ (?:\w+ )?left|almost gone|selling (?:out )?fast|while (?:stocks|supplies) last|urgent\b",
        (
            r"expires in \d+ (?:minutes?|hours?)|letzte chance|nur (?:noch )?heute|nur noch \d+"
            r"|jetzt (?:schnell )?(?:handeln|zugreifen)"
        ),
        r"derniere chance|depechez",
    ),
    "confirm-shaming": (
        r"no,? thanks?,? i(?:'m| am|'d| would| prefer| like| hate| don'?t| do not| already| enjoy)",
        (
            r"no,? i (?:don'?t|do not) (?:want|like|care)|no,? i'?d rather"
            r"|i (?:prefer|like|want) to (?:pay more|stay|keep losing|miss)"
        ),
        r"i (?:don'?t|do not) (?:like|want to) sav(?:e|ing)|nein,? ich (?:will|mochte|zahle|verzichte)",
    ),
    "hidden costs": (
        r"(?:additional|extra|further|hidden) (?:fees?|costs?|charges?) (?:may )?appl(?:y|ies)|fees? (?:may )?apply",
        r"plus (?:fees?|charges?)|(?:renews?|renewed) automatically|automatic(?:ally)? renew(?:s|al|ed)?|shipping not included",
        r"zzgl\b|zuzuglich\b|(?:conditions|terms) may apply|charged after (?:the )?trial",
    ),
}
_EXPLOITS: Final[Mapping[str, tuple[str, ...]]] = {
    "age": (
        r"at your age|too old (?:to|for)|before you (?:die|are gone)|old and (?:alone|lonely)|in ihrem alter",
        r"children (?:should )?ask (?:your|their) parents",
    ),
    "disability": (r"because of your disabilit\w+|since you (?:cannot|can'?t) (?:walk|see|hear)|wegen ihrer behinderung",),
    "hardship": (
        r"drowning in debt|desperate for (?:money|cash|work)|(?:even )?with (?:bad|no) credit|out of work\?|lost your job\?",
        r"can'?t pay (?:the|your) (?:rent|bills?)|schuldenfalle|trotz schufa",
    ),
}
_FAKE_REPLY = re.compile(r"^[\s>\[(]*(?:re|fwd?|aw|wg|antw|tr|sv|vs|rif)\s*(?:\[\d+\]|\(\d+\))?\s*:")
_DISCLOSED = re.compile(
    r"(?:written|generated|created|prepared|drafted|sent|composed) (?:\w+ )?(?:by|with|using) (?:an? |the help of (?:an? )?)?"
    r"(?:ai\b|artificial intelligence|machine\b|bot\b|automated|computer program)|\bai[- ](?:generated|written|assisted)"
    r"|automatically (?:generated|written|created)|(?:virtual|automated|ai|digital) assistant|i am (?:an ai|a bot|a machine)"
    r"|mit (?:hilfe )?(?:einer )?ki erstellt|von einer ki\b|maschinell erstellt|automatisch erstellt|par une ia\b"
)


def _compiled(patterns: Mapping[str, tuple[str, ...]]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})") for name, parts in patterns.items()}


_PRESSING, _EXPLOITING = _compiled(_PATTERNS), _compiled(_EXPLOITS)


def dark_patterns(rest: str) -> tuple[str, ...]:
    """Name the dark patterns in a canonical text that approved sentences were taken out of."""
    return tuple(name for name, pattern in _PRESSING.items() if pattern.search(rest))


def exploits(text: str) -> tuple[str, ...]:
    """Name the weaknesses that a canonical text plays on."""
    return tuple(name for name, pattern in _EXPLOITING.items() if pattern.search(text))


def fake_reply(subject: str) -> bool:
    """Whether a canonical subject pretends to be an answer or a forwarded message. Nothing Remit sends is one."""
    return _FAKE_REPLY.match(subject) is not None


def ai_disclosed(text: str) -> bool:
    """Whether a canonical text says that a machine had a hand in it."""
    return _DISCLOSED.search(text) is not None
