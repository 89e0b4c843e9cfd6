"""Every operation reduces to one change on one record: which fields are put, which become absent. It reads no table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remit.connectors.sandbox_changes import Change
from remit.connectors.sandbox_experiments import KIND, misallocated
from remit.connectors.sandbox_fields import Field, misfit
from remit.connectors.sandbox_forms import FORMS, Form
from remit.core.types import Image, Record, Value
from remit.ports import Call

Arguments = Mapping[str, Value]

_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a call cannot be carried out as asked."""

    asked: str
    found: str
    do: str

    def __str__(self) -> str:
        """Say everything in one line, like an error would."""
        return f"Asked: {self.asked}. Found: {self.found}. {self.do}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a call would do. `id` is None where it creates a record: the id then comes from the key it is carried out under.

    Where `reach_from` is given, the reach is the size of a segment: of this one, or of the one the record names in that field.
    """

    kind: str
    id: str | None
    put: Arguments
    drop: tuple[str, ...]
    person: Record | None
    reach: int
    reach_from: str | None = None
    segment: str | None = None
    refused_by: tuple[str, ...] = ()
    spend_minor: int

    @property
    def record(self) -> Record | None:
        """The record that is touched, where it is there already."""
        return None if self.id is None else Record(kind=self.kind, id=self.id)

    def change(self, key: str) -> Change:
        """Bind the intent to a key; the same key always names the same new record."""
        record = self.record or Record(kind=self.kind, id=_id_from(self.kind, key))
        return Change(record=record, put=self.put, drop=self.drop, creates=self.id is None)


def plan(call: Call) -> Intent | Problem:
    """Turn a call into what it would do, or say in one sentence why it cannot be done as asked."""
    form = FORMS.get(call.operation)
    if form is None:
        return Problem(
            asked=_quoted(call.operation), found="the sandbox has no such operation", do=f"Use one of: {', '.join(sorted(FORMS))}"
        )
    problem = next(_problems(form, call), None)
    return problem or _intent(form, call.arguments)


def nothing_there(call: Call, record: Record) -> Problem:
    """Say that a record a call needs is not there."""
    return Problem(asked=str(call.operation), found=f"there is no {record}", do=f"Name a {record.kind} that exists")


def unfit(call: Call, intent: Intent, held: Image) -> Problem | None:
    """Say why a record cannot take what a call would do to it; None where it can."""
    wrong = misallocated(intent.put, held) if intent.kind == KIND else None
    return None if wrong is None else Problem(asked=str(call.operation), found=wrong, do="Look at the experiment as it is now")


def _intent(form: Form, given: Arguments) -> Intent:
    put, drop = form.effect(given) if form.effect else ({name: got for name, got in given.items() if name != form.target}, ())
    return Intent(
        kind=form.kind,
        id=None if form.target is None else str(given[form.target]),
        put={**put, **form.always},
        drop=drop,
        person=Record(kind="contact", id=str(given["contact"])) if "contact" in given else None,
        reach=form.spends(given) if form.spends else form.reach,
        reach_from=form.reach_from,
        segment=str(given[form.reach_from]) if form.reach_from is not None and form.reach_from in given else None,
        spend_minor=form.spends(given) if form.spends else 0,
        refused_by=form.refused_by,
    )


def refuses(intent: Intent, person: Image) -> bool:
    """Whether a person forbade it. Anything but a clear no is a yes: an import may have written "x" where a person meant true."""
    return any(person.fields.get(name) not in (None, False, "") for name in intent.refused_by)


def _problems(form: Form, call: Call) -> Iterator[Problem]:
    """Yield what is wrong with the arguments: unknown first, then missing, then of the wrong sort."""
    takes, asked = form.takes, str(call.operation)
    for name in call.arguments:
        if name not in takes:
            yield Problem(asked=asked, found=f"an unknown argument {_quoted(name)}", do=f"Use only: {_usable(takes)}")
    for name in takes:
        if name not in call.arguments and (name in form.required or name == form.target):
            yield Problem(asked=asked, found=f"the argument `{name}` is missing", do=f"Give {takes[name].type} for `{name}`")
    if form.any_of and not any(name in form.any_of for name in call.arguments):
        yield Problem(asked=asked, found="no field to set", do=f"Give at least one of: {_usable(form.any_of)}")
    for name, value in call.arguments.items():
        if wrong := _misfit(form, takes[name], name, value):
            yield Problem(asked=asked, found=f"`{name}` is {wrong}", do=_remedy(takes[name], name))


def _misfit(form: Form, what: Field, name: str, value: Value) -> str | None:
    if name in form.any_of and not what.people_only and value in (None, ""):
        return None if form.clears else "empty, and this operation only fills"
    return misfit(what, value)


def _usable(takes: Mapping[str, Field]) -> str:
    return ", ".join(name for name, what in takes.items() if not what.people_only)


def _remedy(what: Field, name: str) -> str:
    if what.people_only:
        return f"Leave `{name}` out; a person changes it in the CRM"
    return f"Give {what.type} for `{name}`" + (f", one of: {', '.join(what.allowed)}" if what.allowed else "")


def _quoted(name: str) -> str:
    """Quote what an agent wrote, short and escaped, so that no text of its own gets into a message."""
    return f"`{ascii(name)[1:-1][:_LONGEST_QUOTE]}`"


def _id_from(kind: str, key: str) -> str:
    return hashlib.sha256(f"{kind}\n{key}".encode()).hexdigest()[:24]
