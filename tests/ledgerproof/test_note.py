"""Checkpoints and keys in the published formats: we read what other tools write, and they what we write."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import InvalidInput
from remit.ledgerproof import Checkpoint, origin_of, sign, verify_signature
from remit.ledgerproof.note import key_id, read_key, read_note, write_key, write_note, write_public

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
PUBLIC = KEY.public_key()
ORIGIN = origin_of(PUBLIC)
SIGNED = sign(KEY, origin=ORIGIN, size=33, root=bytes(range(32)))
NOTE = write_note(ORIGIN, SIGNED, PUBLIC)

# The example key and note in the documentation of Go's `sumdb/note`, the reference implementation of the format.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PUBLISHED_LINE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def test_a_published_key_and_its_signature_are_read_as_published() -> None:
    key, raw = read_key(PUBLISHED_KEY), b64decode(PUBLISHED_LINE)
    assert write_key("PeterNeumann", key) == PUBLISHED_KEY
    assert raw[:4] == key_id("PeterNeumann", key)
    key.verify(raw[4:], PUBLISHED_TEXT.encode())


def test_a_checkpoint_is_written_as_the_format_says() -> None:
    origin, size, root, blank, signature, end = NOTE.split("\n")
    assert (origin, size, root, blank, end) == (ORIGIN, "33", b64encode(bytes(range(32))).decode(), "", "")
    assert signature == f"— {ORIGIN} {b64encode(key_id(ORIGIN, PUBLIC) + SIGNED.signature).decode()}"
    PUBLIC.verify(SIGNED.signature, NOTE.partition("\n\n")[0].encode() + b"\n")


def test_a_checkpoint_reads_back_and_others_who_signed_it_are_left_out() -> None:
    witnessed = f"{NOTE}— witness.example/w {b64encode(bytes(76)).decode()}\n"
    for text in (NOTE, witnessed):
        note = read_note(text)
        assert (note.origin, note.size, note.root) == (ORIGIN, 33, bytes(range(32)))
        (found,) = note.signed
        assert found == Checkpoint(size=33, root=SIGNED.root, signature=SIGNED.signature, key_id=key_id(ORIGIN, PUBLIC))
        assert verify_signature(PUBLIC, found, origin=note.origin)


NO_NOTES = {
    "nothing": "",
    "one line": "hello\n",
    "no signature": NOTE.partition("— ")[0],
    "only that of another": NOTE.replace(f"— {ORIGIN}", "— somebody"),
    "a size with a zero before it": NOTE.replace("\n33\n", "\n033\n"),
    "a size below zero": NOTE.replace("\n33\n", "\n-33\n"),
    "a size in words": NOTE.replace("\n33\n", "\nmany\n"),
    "a size in other digits": NOTE.replace("\n33\n", "\n٣٣\n"),
    "a size beyond everything": NOTE.replace("\n33\n", f"\n{'9' * 5000}\n"),
    "half a root": NOTE.replace(b64encode(bytes(range(32))).decode(), b64encode(bytes(16)).decode()),
    "a root that is none": NOTE.replace(b64encode(bytes(range(32))).decode(), "root"),
    "a further line": NOTE.replace("\n\n", "\nmore\n\n"),
    "no blank line": NOTE.replace("\n\n", "\n"),
    "half a signature": NOTE[:-20] + "\n",
    "no end": NOTE[:-1],
    "two ends": NOTE + "\n",
}


@pytest.mark.parametrize("text", NO_NOTES.values(), ids=NO_NOTES)
def test_what_is_no_signed_checkpoint_is_refused_with_a_message(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_note(text)
    assert refused.value.found
    assert refused.value.do


@given(st.integers(0, len(NOTE) - 1), st.sampled_from(list("\n +/=—0aZ")))
def test_a_note_with_one_other_letter_is_never_the_same_checkpoint_of_the_same_key(place: int, letter: str) -> None:
    changed = NOTE[:place] + letter + NOTE[place + 1 :]
    try:
        note = read_note(changed)
    except InvalidInput:
        return
    same = [one for one in note.signed if one.key_id == key_id(note.origin, PUBLIC)]
    held = any(verify_signature(PUBLIC, one, origin=note.origin) for one in same)
    assert held is (changed == NOTE)


def test_a_key_is_read_in_every_form_in_which_people_hand_one_over() -> None:
    pem = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text in (write_key(ORIGIN, PUBLIC), write_public(PUBLIC), pem, f"  {write_public(PUBLIC)}\n"):
        assert read_key(text).public_bytes_raw() == PUBLIC.public_bytes_raw()


OTHER_KIND = X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
NO_KEYS = {
    "nothing": "",
    "words": "my key",
    "31 bytes": b64encode(bytes(31)).decode(),
    "another hash": write_key(ORIGIN, PUBLIC).replace("+", "+0", 1)[:-1],
    "under another name": write_key(ORIGIN, PUBLIC).replace("remit", "tremi"),
    "another kind": OTHER_KIND,
    "a torn PEM": "-----BEGIN PUBLIC KEY-----\nhello\n-----END PUBLIC KEY-----",
}


@pytest.mark.parametrize("text", NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_public_key_is_refused_with_a_message(text: str) -> None:
    with pytest.raises(InvalidInput, match="Ed25519"):
        read_key(text)


def test_the_name_of_a_ledger_comes_from_its_first_key_and_no_other_has_it() -> None:
    assert ORIGIN == origin_of(KEY.public_key()) != origin_of(OTHER.public_key())
    assert not {" ", "+", "\n"} & set(ORIGIN), "a name of the format has none of these"
