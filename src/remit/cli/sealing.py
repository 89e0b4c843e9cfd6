"""`remit ledger`: hand checkpoints out, take them back, change the key that signs them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from remit.cli.door import ask
from remit.cli.files import read_text, write_new
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, who
from remit.cli.verifying import ledger_path
from remit.cli.walking import walking
from remit.errors import InvalidInput, LedgerBroken
from remit.ledgerproof import origin_of
from remit.ledgerproof.note import read_note, write_key
from remit.ledgerproof.verify import Broken
from remit.store.ledger import verify_file
from remit.store.ledger_keys import first_key
from remit.store.outside import keep_outside

_LEDGER = "/api/v1/desk/ledger"


def checkpoint(
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output otherwise.")] = None,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Seal everything so far and hand the checkpoint out, to be kept where nobody of this house can change it."""
    told = ask(folder_of(data_dir), "POST", f"{_LEDGER}/checkpoint", person=who(me))
    if out is None:
        show(told, as_json=as_json, text=told["note"].rstrip("\n"))
        return
    write_new(out, [told["note"].encode()], "a checkpoint")
    show(told | {"path": str(out)}, as_json=as_json, text=f"{out} holds the checkpoint over {told['size']} facts.")


def import_checkpoint(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A checkpoint that somebody kept outside.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Hold the ledger against a checkpoint that comes back from outside, and remember it where they agree."""
    note = read_note(read_text(file, "a checkpoint"))
    path = ledger_path(folder_of(data_dir))
    first = first_key(path.parent)
    if note.origin != origin_of(first):
        raise InvalidInput(
            asked=f"a checkpoint of {origin_of(first)}", found=f"one of {note.origin}", do="Name one of this ledger"
        )
    with walking("Comparing", as_json=as_json) as walked:
        outcome = verify_file(path, first, also=[note.signed[0]], progress=walked).outcome
    if isinstance(outcome, Broken):
        do = "One of the two was changed. Keep both, and compare the ledger with a backup"
        raise LedgerBroken("The ledger and the checkpoint do not agree.", asked=str(file), found=str(outcome), do=do)
    where = keep_outside(path.parent, read_text(file, "a checkpoint"))
    text = f"The ledger agrees with the checkpoint over {note.size} facts. It is kept in {where}."
    show({**outcome.plain(), "size": note.size, "path": str(where)}, as_json=as_json, text=text)


def key(me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show what others need to check this ledger: its name, its first public key, the key in force."""
    folder = folder_of(data_dir)
    told = ask(folder, "GET", f"{_LEDGER}/key", person=who(me))
    first = write_key(told["origin"], first_key(folder))
    text = f"The ledger is called {told['origin']}.\nIts first key: {first}\nThe key in force: {told['public_key']}"
    show(told | {"first_key": first}, as_json=as_json, text=text)


def rotate_key(me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let a new key sign from now on. The old one signs over the fact that names it, and is kept nowhere."""
    folder, person = folder_of(data_dir), who(me)
    seen = ask(folder, "GET", f"{_LEDGER}/key", person=person)["public_key"]
    told = ask(folder, "POST", f"{_LEDGER}/key", body={"replaces": seen}, person=person)
    text = f"{told['public_key']} signs from now on. The old key {seen} signed over the fact that says so, and is gone."
    show(told, as_json=as_json, text=text)
