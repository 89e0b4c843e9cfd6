"""The tree is the one of RFC 6962: compared with its test vectors, and with its text taken word for word."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from remit.ledgerproof import Checkpoint, Frontier, leaf_hash, origin_of, root, sign, verify_signature

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the first none, one, two, ... of these leaves, as published with the reference implementation of the RFC."""


def merkle_tree_hash(entries: list[bytes]) -> bytes:
    """Compute MTH(D[n]) as section 2.1 of the RFC defines it: k is the largest power of two smaller than n."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + merkle_tree_hash(entries[:k]) + merkle_tree_hash(entries[k:])).digest()


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size] == merkle_tree_hash(LEAVES[:size]).hex()


def test_the_hash_of_an_empty_leaf_is_not_that_of_an_empty_tree() -> None:
    assert leaf_hash(b"").hex() == ROOTS[1]
    assert root([]).hex() == ROOTS[0]


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_roots_are_those_of_the_definition(entries: list[bytes]) -> None:
    assert root([leaf_hash(entry) for entry in entries]) == merkle_tree_hash(entries)


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_a_growing_tree_names_every_root_on_its_way(entries: list[bytes]) -> None:
    frontier = Frontier()
    for size in range(len(entries) + 1):
        assert (frontier.size, frontier.root()) == (size, merkle_tree_hash(entries[:size]))
        if size < len(entries):
            frontier.append(leaf_hash(entries[size]))


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=20), st.data())
def test_another_leaf_is_another_root(entries: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    other = [*entries[:place], entries[place] + b"x", *entries[place + 1 :]]
    assert root([leaf_hash(entry) for entry in other]) != root([leaf_hash(entry) for entry in entries])


# ---------------------------------------------------------------------------------------------------------------- signatures

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
ORIGIN = origin_of(KEY.public_key())
SIGNED = sign(KEY, origin=ORIGIN, size=3, root=bytes.fromhex(ROOTS[3]))


def test_a_checkpoint_is_signed_over_its_ledger_its_size_and_its_root() -> None:
    assert verify_signature(KEY.public_key(), SIGNED, origin=ORIGIN)
    assert not verify_signature(KEY.public_key(), SIGNED, origin=origin_of(OTHER.public_key()))
    text = f"{ORIGIN}\n3\n{b64encode(bytes.fromhex(ROOTS[3])).decode()}\n"
    KEY.public_key().verify(SIGNED.signature, text.encode())


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(Checkpoint(size=4, root=SIGNED.root, signature=SIGNED.signature), id="another size"),
        pytest.param(Checkpoint(size=3, root=bytes.fromhex(ROOTS[4]), signature=SIGNED.signature), id="another root"),
        pytest.param(Checkpoint(size=3, root=SIGNED.root, signature=bytes(64)), id="no signature"),
        pytest.param(Checkpoint(size=3, root=SIGNED.root, signature=b"short"), id="half a signature"),
        pytest.param(sign(OTHER, origin=ORIGIN, size=3, root=SIGNED.root), id="another key"),
    ],
)
def test_a_forged_checkpoint_is_not_taken_for_signed(forged: Checkpoint) -> None:
    assert not verify_signature(KEY.public_key(), forged, origin=ORIGIN)
