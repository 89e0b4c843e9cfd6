"""Which texts are most like a text: by the words they share, each weighed by how rare it is (TF-IDF and cosine; Salton 1975)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

_WORD = re.compile(r"\w+")


def nearest(text: str, others: Sequence[str], *, most: int) -> list[int]:
    """Return the places of the texts most like `text`, the most alike first; among equals the earlier one first.

    A text that shares no word comes last. The weight of a word is its count times log((1 + n) / (1 + texts with it)) + 1, the
    smoothed form that scikit-learn uses.
    """
    counted = [Counter(_words(other)) for other in others]
    wanted = Counter(_words(text))
    holding = Counter(word for words in (wanted, *counted) for word in words)
    rare = {word: math.log((2 + len(others)) / (1 + many)) + 1 for word, many in holding.items()}
    likeness = [_cosine(wanted, words, rare) for words in counted]
    return sorted(range(len(others)), key=lambda place: (-likeness[place], place))[:most]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _cosine(one: Mapping[str, int], other: Mapping[str, int], rare: Mapping[str, float]) -> float:
    shared = sum(one[word] * other[word] * rare[word] ** 2 for word in one.keys() & other.keys())
    lengths = [math.sqrt(sum((many * rare[word]) ** 2 for word, many in words.items())) for words in (one, other)]
    return shared / (lengths[0] * lengths[1]) if all(lengths) else 0.0
