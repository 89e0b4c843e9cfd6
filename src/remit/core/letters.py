"""Text as an eye reads it: look-alike letters, invisible characters and accents are the same letter, and words are whole words.

What it returns is for comparing only. It is never shown, and never written anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_LOOKALIKES: Final = str.maketrans(
    # Cyrillic small, Cyrillic capital, Greek capital, Greek small, and letters that no decomposition takes apart
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u04bb\u051b\u051d\u043a\u043c\u0442"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0405\u0406\u0408"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c5"
    "\u0131\u0142\u00f8\u0111\u0261\u0251\u0578\u057d\u2019\u02bc",
    "aeopcyxsijdhqwkmtABEKMHOPCTXYSIJABEZHIKMNOPTYXaopvikuilodganu''",
)
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_INVISIBLE: Final = frozenset(("Cf", "Mn", "Me", "Cc"))
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[%€$£#]")
_ENDINGS: Final = frozenset(
    ("s", "es", "ed", "d", "ing", "ings", "er", "ers", "est", "ly", "e", "en", "n", "em", "r", "ment", "ments")
)
_AFTER_E: Final = frozenset(("ing", "ings", "ed", "er", "ers", "es", "est", "able"))
_AFTER_Y: Final = frozenset(("ies", "ied", "ier", "iest", "ily"))
_SHORT: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word, number or sign, and where it stands in the text it was read from."""

    text: str
    start: int
    end: int


def canonical(text: str) -> str:
    """Return what an eye reads, in small letters: `Ch\u0435\u200bap` and `cheap` are the same. Line breaks stay."""
    if text.isascii():
        return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").lower()
    apart = unicodedata.normalize("NFKD", text)
    kept = "".join(sign for sign in apart if sign in "\n\t" or _shows(sign))
    small = kept.translate(_LOOKALIKES).casefold().translate(_LOOKALIKES)
    return "".join(sign for sign in unicodedata.normalize("NFKD", small) if sign in "\n\t" or _shows(sign))


def _shows(sign: str) -> bool:
    return unicodedata.category(sign) not in _INVISIBLE and sign not in _FILLERS


def words(text: str) -> list[Word]:
    """Return the words of a canonical text, in order."""
    return [Word(text=found[0], start=found.start(), end=found.end()) for found in _WORD.finditer(text)]


def spelled_out(text: str) -> str:
    """Return the words that somebody spelled letter by letter, such as `c h e a p` or `c.h.e.a.p`, as words."""
    return " ".join(re.sub(r"[\W_]", "", found[0]) for found in _SPELLED.finditer(text))


_SPELLED = re.compile(r"(?<![^\W_])(?:[^\W\d_][\s.\-_*|/]{1,2}){3,}[^\W\d_](?![^\W_])")


def same_word(wanted: str, found: str) -> bool:
    """Whether a word is another, also inflected: `guarantee` is in `guaranteed`, `cheap` is not in `cheapskate`."""
    if found == wanted:
        return True
    if len(wanted) < _SHORT:
        return found == f"{wanted}s"
    if found.startswith(wanted):
        rest = found[len(wanted) :]
        return rest in _ENDINGS or (rest[0] == wanted[-1] and rest[1:] in _AFTER_E)
    stem, rest = wanted[:-1], found[len(wanted) - 1 :]
    if not found.startswith(stem):
        return False
    return (wanted[-1] == "e" and rest in _AFTER_E) or (wanted[-1] == "y" and rest in _AFTER_Y)


def runs(wanted: Sequence[str], found: Sequence[Word], *, inflected: bool = False) -> Iterator[tuple[int, int]]:
    """Yield where a run of words stands, as the place of its first and after its last letter."""
    if not wanted:
        return
    same = same_word if inflected else str.__eq__
    for start in range(len(found) - len(wanted) + 1):
        if all(same(one, found[start + number].text) for number, one in enumerate(wanted)):
            yield found[start].start, found[start + len(wanted) - 1].end
