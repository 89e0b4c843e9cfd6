"""Writes `docs/reference.md` from the code: commands, actions, reasons, facts, errors ... A test holds the page to it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from typer.main import get_command

from remit import errors
from remit.cli.main import app
from remit.config import Settings
from remit.core.attributes import ATTRIBUTES, Attribute
from remit.core.catalogue_reading import read_catalogue
from remit.core.class_reasons import CLASS_SENTENCES, CONDITION_WORDS
from remit.core.facts import KINDS
from remit.core.pack import read_pack
from remit.core.policy import CATALOGUE
from remit.core.reasons import ALLOWED_IF, SENTENCES
from remit.core.types import ActionClass
from remit.wire import packaged_documents

PAGE = Path(__file__).parent / "reference.md"


def render() -> str:
    """Return the whole page."""
    parts = (
        "# Reference",
        "Written from the code by `docs/build_reference.py`; `make fix` writes it anew.",
        _section("Commands", "Every command takes `--json` where it answers, and `--data-dir`.", _commands()),
        _section("Settings", "Read from the environment; an option of a command wins.", _settings()),
        _section("Reasons", "Why a decision is at least as strict as it is, by code.", _reasons()),
        _section("Actions", f"What the catalogue knows; {_MILDER}", _actions()),
        _section(
            "Conditions", "What a milder class asks for. One that fails, or that nobody can tell, is enough.", _conditions()
        ),
        _section("Attributes", "What may be known of an action. What is too old counts as missing.", _attributes()),
        _section("Rules of packs", _PACKS, _pack_rules()),
        _section("Reasons of a class", "Why an action has its class, by code.", _class_reasons()),
        _section("Facts", "What the ledger remembers. Everything else can be rebuilt from these.", _facts()),
        _section("Errors", "What a command ends with and what the API answers.", _errors()),
    )
    return "\n\n".join(parts) + "\n"


def _section(title: str, sentence: str, lines: Iterator[str]) -> str:
    return "\n".join([f"## {title}", "", sentence, "", *lines])


def _commands() -> Iterator[str]:
    yield "| command | what it does |"
    yield "|---|---|"
    for name, command in sorted(getattr(get_command(app), "commands", {}).items()):
        below = getattr(command, "commands", None)
        if below and command.invoke_without_command:
            yield f"| `remit {name}` | {_sentence(command.callback.__doc__)} |"
        for path, one in sorted((f"{name} {key}", value) for key, value in below.items()) if below else [(name, command)]:
            yield f"| `remit {path}` | {_sentence(one.help)} |"


def _settings() -> Iterator[str]:
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for name, field in sorted(Settings.model_fields.items()):
        yield f"| `REMIT_{name.upper()}` | {field.default or 'none'} | {field.description} |"


def _reasons() -> Iterator[str]:
    yield "| code | sentence | it would be allowed if |"
    yield "|---|---|---|"
    for code, sentence in sorted(SENTENCES.items()):
        yield f"| `{code}` | {sentence} | {ALLOWED_IF.get(code, '')} |"


_MILDER = "the milder class holds where every condition is established. `remit catalogue show` tells the rest."


def _actions() -> Iterator[str]:
    yield "| operation | what it is | stage | mode | class | milder | when |"
    yield "|---|---|---|---|---|---|---|"
    for name, entry in read_catalogue(json.loads(packaged_documents()[CATALOGUE])).items():
        form = f"{_class(entry.wide)} | {_class(entry.narrow)} | {', '.join(entry.narrow_when)}"
        yield f"| `{name}` | {entry.name} | {entry.stage} | {entry.mode} | {form} |"


def _class(found: ActionClass | None) -> str:
    return "" if found is None else f"{found.risk.name.lower()}, {found.reversibility.name.lower()}"


def _conditions() -> Iterator[str]:
    yield "| condition | holds | fails | not known: nobody could tell |"
    yield "|---|---|---|---|"
    for name, words in CONDITION_WORDS.items():
        yield f"| `{name}` | {words.holds} | {words.fails} | {words.unknown} |"


def _attributes() -> Iterator[str]:
    yield "| attribute | type | source | oldest | meaning |"
    yield "|---|---|---|---|---|"
    for name, one in ATTRIBUTES.items():
        yield f"| `{name}` | {one.cel} | {one.source} | {_minutes(one)} | {one.about} |"


def _minutes(attribute: Attribute) -> str:
    return "" if attribute.oldest is None else f"{attribute.oldest // timedelta(minutes=1)} min"


_PACKS = "What the packs that ship say is wrong. A starting point for counsel to review, not legal advice."


def _pack_rules() -> Iterator[str]:
    yield "| rule | for people in | it is wrong when | verdict | nobody can tell | source |"
    yield "|---|---|---|---|---|---|"
    documents = {name: text for name, text in packaged_documents().items() if name.startswith("pack:")}
    packs = [read_pack(json.loads(text), source=name) for name, text in documents.items()]
    for rule in (rule for pack in packs for rule in pack.rules):
        when = rule.when.replace("|", "\\|")
        yield f"| `{rule.id}` | {', '.join(rule.regions)} | `{when}` | {rule.verdict} | {rule.unknown} | {rule.cites} |"


def _class_reasons() -> Iterator[str]:
    yield "| code | sentence |"
    yield "|---|---|"
    yield from (f"| `{code}` | {sentence} |" for code, sentence in CLASS_SENTENCES.items())


def _facts() -> Iterator[str]:
    yield "| fact | what happened | fields |"
    yield "|---|---|---|"
    for name, kind in sorted(KINDS.items()):
        yield f"| `{name}` | {_sentence(kind.__doc__)} | {', '.join(kind.__struct_fields__)} |"


def _errors() -> Iterator[str]:
    yield "| code | message | exit status | HTTP status |"
    yield "|---|---|---|---|"
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.RemitError)]
    for kind in sorted(kinds, key=lambda kind: kind.code):
        yield f"| `{kind.code}` | {_sentence(kind.__doc__)} | {kind.exit_status} | {kind.http_status} |"


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    PAGE.write_text(render())
