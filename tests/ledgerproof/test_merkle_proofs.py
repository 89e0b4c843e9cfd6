"""Proofs about a tree: the published ones, those of another library, and the laws that make them proofs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, InvalidProof
from pymerkle import verify_consistency as foreign_consistency
from pymerkle import verify_inclusion as foreign_inclusion

from remit.errors import InvalidInput
from remit.ledgerproof import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from remit.ledgerproof.merkle import EMPTY_ROOT
from tests.ledgerproof.test_merkle import LEAVES, ROOTS

HASHES = [leaf_hash(leaf) for leaf in LEAVES]
MANY = [leaf_hash(number.to_bytes(2)) for number in range(200)]
OTHER = leaf_hash(b"somebody else's")

# --------------------------------------------------------------------------------------------------------------- published

LEAF_1, LEAF_4 = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
)
TWO_3, FOUR_7 = (
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
FOUR_5, SIX_7 = (
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
)
INCLUSION: dict[tuple[int, int], list[str]] = {  # leaf counted from 0, size
    (0, 1): [],
    (0, 8): [LEAF_1, TWO_3, FOUR_7],
    (5, 8): [LEAF_4, SIX_7, ROOTS[4]],
    (2, 3): [ROOTS[2]],
    (1, 5): [ROOTS[1], TWO_3, LEAF_4],
}
CONSISTENCY: dict[tuple[int, int], list[str]] = {
    (1, 1): [],
    (1, 8): [LEAF_1, TWO_3, FOUR_7],
    (6, 8): [FOUR_5, SIX_7, ROOTS[4]],
    (2, 5): [TWO_3, LEAF_4],
}
"""The proofs that the reference implementation of the RFC publishes for its tree of eight leaves."""


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int) -> None:
    proof = inclusion_proof(HASHES[:size], index)
    assert [one.hex() for one in proof] == INCLUSION[index, size]
    assert verify_inclusion(HASHES[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(old: int, size: int) -> None:
    proof = consistency_proof(HASHES[:size], old)
    assert [one.hex() for one in proof] == CONSISTENCY[old, size]
    assert verify_consistency(old, size, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]), proof)


# ------------------------------------------------------------------------------------------------------------ another library

sizes = st.integers(1, 40)


@given(size=sizes, data=st.data())
def test_another_library_takes_our_proofs_and_makes_the_same(size: int, data: st.DataObject) -> None:
    tree = InmemoryTree(algorithm="sha256")
    for number in range(size):
        tree.append_entry(number.to_bytes(2))
    assert tree.get_root() == root(MANY[:size])
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    theirs = tree.prove_inclusion(index + 1)  # it counts leaves from 1, and its path begins with the leaf itself
    ours = [MANY[index], *inclusion_proof(MANY[:size], index)]
    assert set(theirs.path) == set(ours)
    foreign_inclusion(MANY[index], root(MANY[:size]), theirs)
    with pytest.raises(InvalidProof):
        foreign_inclusion(OTHER, root(MANY[:size]), theirs)
    grown = tree.prove_consistency(old, size)
    foreign_consistency(root(MANY[:old]), root(MANY[:size]), grown)
    assert verify_consistency(old, size, root(MANY[:old]), root(MANY[:size]), consistency_proof(MANY[:size], old))


# ------------------------------------------------------------------------------------------------------------------- the laws


@given(st.integers(1, 200).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_honest_inclusion_proof_verifies(case: tuple[int, int]) -> None:
    size, index = case
    proof = inclusion_proof(MANY[:size], index)
    assert verify_inclusion(MANY[index], index, size, proof, root(MANY[:size]))
    assert len(proof) <= (size - 1).bit_length()


@given(st.integers(0, 200).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size))))
def test_every_honest_consistency_proof_verifies(case: tuple[int, int]) -> None:
    size, old = case
    assert verify_consistency(old, size, root(MANY[:old]), root(MANY[:size]), consistency_proof(MANY[:size], old))


def changed(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """Change a proof in one place: another hash, one less, one more, two that changed places, a byte too many."""
    place = data.draw(st.integers(0, max(0, len(proof) - 1)))
    ways = [[*proof[:place], OTHER, *proof[place:]], [*proof, OTHER]]
    if proof:
        one = proof[place]
        ways += [[*proof[:place], other, *proof[place + 1 :]] for other in (OTHER, one + b"x", one[:-1], b"")]
        ways += [[*proof[:place], *proof[place + 1 :]], proof[::-1], [*proof, proof[-1]]]
    found = data.draw(st.sampled_from(ways))
    assume(found != proof)
    return found


@given(size=st.integers(1, 200), data=st.data())
def test_an_inclusion_proof_with_one_change_never_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    honest: dict[str, Any] = {
        "leaf_hash": MANY[index],
        "index": index,
        "size": size,
        "proof": inclusion_proof(MANY[:size], index),
        "root": root(MANY[:size]),
    }
    other: dict[str, Any] = {
        "leaf_hash": data.draw(st.sampled_from([OTHER, MANY[(index + 1) % 200], b"", MANY[index] + b"x"])),
        "index": data.draw(st.integers(-2, 210)),
        "proof": changed(honest["proof"], data),
        "root": data.draw(st.sampled_from([OTHER, EMPTY_ROOT, root(MANY[: size - 1]), b""])),
    }
    for name, value in other.items():
        assert verify_inclusion(**{**honest, name: value}) is (value == honest[name])


@given(size=st.integers(1, 200), data=st.data())
def test_an_inclusion_proof_for_another_size_names_no_leaf_of_the_tree(size: int, data: st.DataObject) -> None:
    """The size alone is not hashed: some sizes have paths of one shape, and then the root is what tells them apart."""
    index, claimed = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-2, 400))
    proof = inclusion_proof(MANY[:size], index)
    if verify_inclusion(MANY[index], index, claimed, proof, root(MANY[:size])):
        assert len(proof) <= (claimed - 1).bit_length()
        assert index < claimed
    if claimed <= 200 and claimed != size:
        assert not verify_inclusion(MANY[index], index, claimed, proof, root(MANY[: max(0, claimed)]))


@given(size=st.integers(2, 200), data=st.data())
def test_a_consistency_proof_with_one_change_never_verifies(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    honest: dict[str, Any] = {
        "old_size": old,
        "size": size,
        "old_root": root(MANY[:old]),
        "root": root(MANY[:size]),
        "proof": consistency_proof(MANY[:size], old),
    }
    other: dict[str, Any] = {
        "old_root": data.draw(st.sampled_from([OTHER, EMPTY_ROOT, honest["root"], b""])),
        "root": data.draw(st.sampled_from([OTHER, EMPTY_ROOT, honest["old_root"], b""])),
        "proof": changed(honest["proof"], data),
    }
    for name, value in other.items():
        assert not verify_consistency(**{**honest, name: value})


@given(size=st.integers(2, 200), data=st.data())
def test_a_consistency_proof_never_joins_a_tree_of_another_size(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    proof = consistency_proof(MANY[:size], old)
    other = data.draw(st.integers(0, 200).filter(lambda one: one not in {size, old}))
    assert not verify_consistency(old, other, root(MANY[:old]), root(MANY[:other]), proof)
    assert not verify_consistency(other, size, root(MANY[:other]), root(MANY[:size]), proof)


# ------------------------------------------------------------------------------------------------------------------- the edges


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3), (0, -1), ("0", 3), (0.0, 3), (None, None)])
def test_an_inclusion_that_cannot_be_is_false_and_no_exception(index: Any, size: Any) -> None:
    assert verify_inclusion(MANY[0], index, size, [], MANY[0]) is False


@pytest.mark.parametrize(("old", "size"), [(-1, 3), (4, 3), (0, -1), ("1", 3), (1, None), (2.0, 2)])
def test_a_consistency_that_cannot_be_is_false_and_no_exception(old: Any, size: Any) -> None:
    assert verify_consistency(old, size, MANY[0], MANY[0], []) is False


def test_an_empty_tree_is_consistent_with_every_tree_and_includes_nothing() -> None:
    assert consistency_proof(MANY[:9], 0) == consistency_proof([], 0) == []
    assert verify_consistency(0, 9, EMPTY_ROOT, root(MANY[:9]), [])
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(0, 0, MANY[0], MANY[0], [])
    assert not verify_consistency(0, 9, MANY[0], root(MANY[:9]), [])
    assert not verify_consistency(0, 9, EMPTY_ROOT, root(MANY[:9]), [MANY[0]])


def test_a_tree_is_consistent_with_itself_by_the_empty_proof_alone() -> None:
    assert verify_consistency(9, 9, root(MANY[:9]), root(MANY[:9]), [])
    assert not verify_consistency(9, 9, root(MANY[:9]), root(MANY[:8]), [])
    assert not verify_consistency(9, 9, root(MANY[:9]), root(MANY[:9]), [MANY[0]])
    assert not verify_consistency(8, 9, root(MANY[:8]), root(MANY[:9]), [])


@pytest.mark.parametrize("index", [-1, 8, 99])
def test_a_leaf_outside_the_tree_is_refused_with_a_message(index: int) -> None:
    with pytest.raises(InvalidInput, match=f"leaf {index}.*a tree of 8"):
        inclusion_proof(HASHES, index)


@pytest.mark.parametrize("old", [-1, 9])
def test_an_old_size_outside_the_tree_is_refused_with_a_message(old: int) -> None:
    with pytest.raises(InvalidInput, match=f"size {old}.*a tree of 8"):
        consistency_proof(HASHES, old)
