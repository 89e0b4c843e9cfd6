"""The nearest text is the one scikit-learn would name, and corrections group by what people changed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from remit.core.nearest import nearest
from remit.core.prompt_change import Correction, prompt_changes, swaps

WORDS = st.lists(st.sampled_from(["rate", "loan", "savings", "offer", "branch", "today", "free"]), min_size=1, max_size=8)


@settings(max_examples=60)
@given(WORDS, st.lists(WORDS, min_size=1, max_size=6))
def test_it_orders_texts_as_scikit_learn_does(wanted: list[str], others: list[list[str]]) -> None:
    texts = [" ".join(words) for words in others]
    weighed = TfidfVectorizer().fit_transform([" ".join(wanted), *texts])
    likeness = cosine_similarity(weighed[0], weighed[1:])[0]
    found = nearest(" ".join(wanted), texts, most=len(texts))
    assert sorted(found) == list(range(len(texts)))
    for one, other in pairwise(found):
        assert likeness[one] >= likeness[other] - 1e-9


def test_only_as_many_as_are_wanted_and_no_word_in_common_comes_last() -> None:
    assert nearest("home loan", ["term deposit", "a home loan", "the loan"], most=2) == [1, 2]
    assert nearest("", ["a", "b"], most=2) == [0, 1]
    assert nearest("LOAN", ["a deposit", "a loan"], most=1) == [1], "capitals make no other word"
    assert nearest("a", [], most=3) == []


def correction(number: int, gone: str = "old rate", new: str | None = "new rate", reason: str = "expired_fact") -> Correction:
    """Write a correction of one line in the middle of a text."""
    final = None if new is None else {"body": f"Dear\n{new}\nBye" if new else "Dear\nBye"}
    return Correction(
        proposal=f"p{number}",
        use_case="nurture",
        operation="email.draft.use",
        reason=reason,
        draft={"body": f"Dear\n{gone}\nBye"},
        final=final,
    )


def test_corrections_with_one_reason_are_one_group_the_largest_first() -> None:
    found = prompt_changes([correction(1), *(correction(number, reason="tone") for number in (2, 3, 4))])
    assert [(one.reason, one.corrections) for one in found] == [("tone", 3), ("expired_fact", 1)]
    assert found[0].examples == ("p2", "p3", "p4")


SUGGESTED = {
    "a line for another": ([correction(1), correction(2)], "do not write: old rate Write instead: new rate"),
    "a line for nothing": ([correction(1, new=""), correction(2, new="")], "do not write: old rate Leave it out."),
    "nothing in common": ([correction(1), correction(2, gone="else")], "No line was changed more than once"),
    "never used": ([correction(1, new=None), correction(2, new=None)], "2 of them they did not use at all"),
    "no reason": ([correction(1, reason="")], "People corrected 1 of your email.draft.use; 0"),
}


@pytest.mark.parametrize(("group", "said"), SUGGESTED.values(), ids=SUGGESTED)
def test_a_group_suggests_a_change_of_the_prompt(group: list[Correction], said: str) -> None:
    assert said in prompt_changes(group)[0].suggestion


def test_what_went_is_paired_with_what_came() -> None:
    assert list(swaps(correction(1))) == [("body", "old rate", "new rate")]
    assert list(swaps(correction(1, new=""))) == [("body", "old rate", "")]
    assert list(swaps(correction(1, new=None))) == []
