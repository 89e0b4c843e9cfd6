"""`remit ledger`: show the facts, verify them, prove one of them, prove that nothing was taken away.

Verifying reads the files alone: it needs no server, and trusts none.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli.door import ask
from remit.cli.files import lines_of, read_text
from remit.cli.options import AsJson, DataDir, folder_of, moment, show, show_table
from remit.cli.walking import walking
from remit.errors import InvalidInput, LedgerBroken, NotInitialised
from remit.ledgerproof.export_lines import verify_export
from remit.ledgerproof.note import read_key, read_note
from remit.ledgerproof.verify import Broken, Verified
from remit.store.ledger import verify_file
from remit.store.ledger_keys import first_key
from remit.store.proving import prove_fact, prove_growth
from remit.store.sqlite import FILE

app = typer.Typer(help="Show, verify and hand out the record of everything that happened.", no_args_is_help=True)

_BEYOND = 2**53
_KEEP = "Keep it and compare it with a backup"


@app.command("show")
def show_facts(
    after: Annotated[int, typer.Option(min=0, help="Start behind this fact.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List facts in order."""
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/ledger?after={after}&limit={limit}")
    show(found, as_json=as_json)
    if not as_json:
        rows = [[str(one["seq"]), moment(one["at"]), one["actor"], one["kind"], _subject(one["fact"])] for one in found]
        show_table("Facts", ["number", "time", "actor", "fact", "about"], rows)


def _subject(fact: dict[str, Any]) -> str:
    return str(fact.get("proposal") or fact.get("use_case") or fact.get("scope") or "")


@app.command("verify")
def verify(
    export: Annotated[Path | None, typer.Option(help="Verify this exported file instead of a data folder.")] = None,
    public_key: Annotated[
        str | None, typer.Option(help="The ledger's first public key: a file, a verifier key, or base64 of its 32 bytes.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="A checkpoint that you kept; the ledger is held against it too.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every hash and root and check every signature; names the first broken fact. Changes nothing."""
    key = None if public_key is None else read_key(_text_of(public_key))
    kept = [] if checkpoint is None else [read_note(read_text(checkpoint, "a checkpoint")).signed[0]]
    if export is not None:
        with lines_of(export, "an exported ledger") as lines, walking("Verifying", as_json=as_json) as walked:
            outcome = verify_export(lines, first=key, outside=kept, progress=walked)
        _tell(outcome, export, as_json=as_json, note="" if key else ", by the key that the file names itself")
        return
    path = ledger_path(folder_of(data_dir))
    with walking("Verifying", as_json=as_json) as walked:
        report = verify_file(path, key or first_key(path.parent), also=kept, progress=walked)
    _tell(report.outcome, report.path, as_json=as_json)


def _text_of(told: str) -> str:
    try:
        named = Path(told).is_file()
    except OSError:  # too long for a name
        return told
    return read_text(Path(told), "a public key") if named else told


def ledger_path(folder: Path) -> Path:
    """Return the file that holds the ledger of a data folder. Raises `NotInitialised` where there is none."""
    if not (folder / FILE).exists():
        raise NotInitialised(
            asked=f"the ledger in {folder}", found=f"no {FILE}", do="Run `remit init`, or name another --data-dir"
        )
    return folder / FILE


def _tell(outcome: Verified | Broken, path: Path, *, as_json: bool, note: str = "") -> None:
    """Print what verification found. Raises `LedgerBroken` for what does not hold."""
    told = {**outcome.plain(), "path": str(path)}
    if isinstance(outcome, Broken):
        show(told, as_json=as_json)
        raise LedgerBroken(asked=str(path), found=str(outcome), do=_KEEP)
    show(told, as_json=as_json, text=_sentence(outcome, path, note))


def _sentence(outcome: Verified, path: Path, note: str) -> str:
    tail = f"the last {outcome.tail} are not sealed yet" if outcome.tail else "none is unsealed"
    keys = "one key" if outcome.keys == 1 else f"{outcome.keys} keys, one after the other"
    seals = "1 checkpoint" if outcome.checkpoints == 1 else f"{outcome.checkpoints} checkpoints"
    sealed = f"{outcome.sealed} of them are under {seals} signed by {keys}" if outcome.sealed else "nothing is sealed"
    held = f"The ledger is {outcome.held_against}{note}."
    return f"Facts 1 to {outcome.facts} hold; {sealed}; {tail}.\n{held} It lies in {path}."


@app.command("prove")
def prove(
    fact: Annotated[str, typer.Argument(metavar="FACT", help="The fact: its number or its id.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Prove that a fact is in the ledger: its bytes, the path of hashes, the signed checkpoint that covers it."""
    path = ledger_path(folder_of(data_dir))
    found = prove_fact(path, first_key(path.parent), fact)
    told = asdict(found) | {
        "body": found.body.decode(),
        "leaf_hash": _text(found.leaf_hash),
        "root": _text(found.root),
        "proof": [_text(one) for one in found.proof],
    }
    text = f"Fact {found.seq} is one of the {found.size} under this checkpoint:\n\n{found.note}\nIts bytes: {found.body.decode()}"
    hashes = "\n".join([f"Its path, from the leaf up (leaf number {found.leaf}):", *(f"  {_text(one)}" for one in found.proof)])
    show(told, as_json=as_json, text=f"{text}\n{hashes}")


@app.command("consistency")
def consistency(
    old: Annotated[int, typer.Argument(metavar="OLD", help="How many facts there were.")],
    new: Annotated[int, typer.Argument(metavar="NEW", help="How many there are.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Prove that the first NEW facts grew out of the first OLD: both roots and the path of hashes between them."""
    if not 0 < old <= new < _BEYOND:
        raise InvalidInput(
            asked=f"from {old} to {new} facts", found="no growth", do="Name two sizes, the older one first, from 1 on"
        )
    found = prove_growth(ledger_path(folder_of(data_dir)), old, new)
    told = asdict(found) | {
        "old_root": _text(found.old_root),
        "root": _text(found.root),
        "proof": [_text(one) for one in found.proof],
    }
    lines = [
        f"The first {new} facts grew out of the first {old}.",
        f"Root of {old}: {_text(found.old_root)}",
        f"Root of {new}: {_text(found.root)}",
        "The path between them:",
        *(f"  {_text(one)}" for one in found.proof),
    ]
    show(told, as_json=as_json, text="\n".join(lines))


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
