"""The ledger's key in its files: the one in force, for a moment the next one, and the first one's public half for ever.

A change of key is written so that a crash anywhere leaves a ledger that can be verified and a change that goes on:

1. the next key is written beside the one in force (`ledger.key.next`);
2. a fact names it (a commit);
3. the key in force signs a checkpoint over that fact (a commit);
4. the next key takes the place of the old one (a rename), which is kept nowhere.

Without step 2 the next key was never named, and is dropped. From step 2 on the change is finished at the next start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from remit.errors import InvalidInput, NotInitialised
from remit.ledgerproof import origin_of
from remit.ledgerproof.note import read_key, write_key, write_public
from remit.ledgerproof.record import KeyChange, key_change
from remit.store.durable import sync_folder, write_durably
from remit.store.ledger_reading import ledger_file
from remit.store.sqlite import FILE

LEDGER_KEY, NEXT, FIRST = "ledger.key", "ledger.key.next", "ledger.pub"


def make_key(folder: Path) -> None:
    """Make the first key of a ledger, and write down its public half."""
    key = Ed25519PrivateKey.generate()
    write_durably(folder / LEDGER_KEY, _pem(key))
    _write_first(folder, key.public_key())


def _write_first(folder: Path, first: Ed25519PublicKey) -> None:
    write_durably(folder / FIRST, f"{write_key(origin_of(first), first)}\n".encode())


def _pem(key: Ed25519PrivateKey) -> bytes:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain)


def ledger_key(folder: Path) -> Ed25519PrivateKey:
    """Read the key that signs checkpoints. Raises `NotInitialised` when the folder has none."""
    try:
        return _private(folder / LEDGER_KEY)
    except FileNotFoundError as error:
        raise NotInitialised(asked=f"the installation in {folder}", found="no keys", do="Run `remit init`") from error


def _private(path: Path) -> Ed25519PrivateKey:
    do = "Put the original key back"
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise NotInitialised(asked=f"{path.name} in {path.parent}", found="no key that can be read", do=do) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NotInitialised(asked=f"{path.name} in {path.parent}", found="another kind of key", do=do)
    return key


def first_key(folder: Path) -> Ed25519PublicKey:
    """Return the public half of the first key, from which verification begins. Raises `NotInitialised`."""
    try:
        return read_key((folder / FIRST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ledger_key(folder).public_key()  # a folder from before the key could change
    except (InvalidInput, UnicodeDecodeError) as error:
        found, do = "no public key", "Put the original file back"
        raise NotInitialised(asked=f"{FIRST} in {folder}", found=found, do=do) from error


class LedgerKeys:
    """The key of one data folder. Whoever holds this writes to the folder, alone."""

    def __init__(self, folder: Path) -> None:
        """Read the files. Raises `NotInitialised` where they are not those of the ledger."""
        self._folder = folder
        self.key = ledger_key(folder)
        self.first = first_key(folder)
        self.origin = origin_of(self.first)
        if not (folder / FIRST).exists():
            _write_first(folder, self.first)

    @property
    def public(self) -> str:
        """The public half of the key in force, in base64."""
        return write_public(self.key.public_key())

    def announced(self) -> tuple[int, KeyChange] | None:
        """Return the last change of key that a fact names, with the number of that fact."""
        with ledger_file(self._folder / FILE) as file:
            read = [(seq, key_change(body)) for seq, body in file.key_changes(self.origin)]
        changes = [(seq, change) for seq, change in read if change]
        return changes[-1] if changes else None

    def prepare(self) -> str:
        """Write the next key beside the one in force (step 1). Returns its public half in base64."""
        key = Ed25519PrivateKey.generate()
        write_durably(self._folder / NEXT, _pem(key))
        return write_public(key.public_key())

    def finish(self, hand_over: Callable[[Ed25519PrivateKey, int], object]) -> bool:
        """Go on with a change of key from step 2, or drop one that no fact names. Returns whether the key changed.

        `hand_over` takes the next key and the number of the fact that names it, and MUST seal that fact with the old key first.
        Raises `NotInitialised` where neither the key in force nor the next one is the one that the ledger names.
        """
        named = self.announced()
        wanted = self.first if named is None else named[1].key
        if _is(self.key, wanted):
            (self._folder / NEXT).unlink(missing_ok=True)
            return False
        following = _private(self._folder / NEXT) if (self._folder / NEXT).exists() else None
        if named is None or following is None or not _is(following, wanted) or not _is(self.key, named[1].replaces):
            found, do = "another key than the ledger names", "Put the original key back"
            raise NotInitialised(asked=f"{LEDGER_KEY} in {self._folder}", found=found, do=do)
        hand_over(following, named[0])
        (self._folder / NEXT).replace(self._folder / LEDGER_KEY)
        sync_folder(self._folder)
        self.key = following
        return True


def _is(key: Ed25519PrivateKey, public: Ed25519PublicKey) -> bool:
    return key.public_key().public_bytes_raw() == public.public_bytes_raw()
