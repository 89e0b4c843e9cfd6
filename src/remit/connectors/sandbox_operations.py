"""Every operation reduces to one change on one record: which fields are put, which become absent. It reads no table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from remit.connectors.sandbox_changes import Change
from remit.connectors.sandbox_experiments import KIND, misallocated, shifted
from remit.connectors.sandbox_fields import COMPANY, CONTACT, DEAL_STAGE, Field, FieldType, misfit, tag_field
from remit.core.types import Image, Record, Value
from remit.ports import Call

Arguments = Mapping[str, Value]

_NAME = Field(type=FieldType.NAME)
_TAG = Field(type=FieldType.TAG)
_TEXT = Field(type=FieldType.TEXT)
_DAY = Field(type=FieldType.DAY)
_CODES = Field(type=FieldType.WHOLE, low=1, high=1_000_000)
_AMOUNT = Field(type=FieldType.WHOLE, low=1, high=100_000_000)
_LONGEST_QUOTE = 60

SENT: Final = "email"
"""The kind of record that stands for a message which left. It is never taken back, because the message is not."""


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
    """What a call would do. `id` is None where it creates a record: the id then comes from the key it is carried out under."""

    kind: str
    id: str | None
    put: Arguments
    drop: tuple[str, ...]
    person: Record | None
    reach: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What an operation takes and makes of it. `target` is the argument that names the record; without one it creates.

    `any_of` are fields of which at least one must be given; `clears` lets them be null or ''. `spends` says how much money it
    commits, in minor units; that is its reach too. `refused_by` are fields of the contact that forbid it where they are not a
    clear no.
    """

    kind: str
    target: str | None = None
    required: Mapping[str, Field] = field(default_factory=dict)
    optional: Mapping[str, Field] = field(default_factory=dict)
    any_of: Mapping[str, Field] = field(default_factory=dict)
    clears: bool = False
    always: Arguments = field(default_factory=dict)
    reach: int = 1
    refused_by: tuple[str, ...] = ("do_not_contact",)
    spends: Callable[[Arguments], int] | None = None
    effect: Callable[[Arguments], tuple[Arguments, tuple[str, ...]]] | None = None

    @property
    def takes(self) -> dict[str, Field]:
        """Every argument the operation knows."""
        named = {} if self.target is None else {self.target: _NAME}
        return named | {**self.required, **self.optional, **self.any_of}


def _tagged(given: Arguments) -> tuple[Arguments, tuple[str, ...]]:
    return {tag_field(given["tag"]): True}, ()


def _untagged(given: Arguments) -> tuple[Arguments, tuple[str, ...]]:
    return {}, (tag_field(given["tag"]),)


def _coupons_cost(given: Arguments) -> int:
    """Return what the codes cost if every one of them is redeemed."""
    return int(str(given["codes"])) * int(str(given["value_minor"]))


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "contact.tag.add": Form(kind="contact", target="contact", required={"tag": _TAG}, effect=_tagged),
        "contact.tag.remove": Form(kind="contact", target="contact", required={"tag": _TAG}, effect=_untagged),
        "contact.enrich": Form(kind="contact", target="contact", any_of=CONTACT),
        "contact.field.update": Form(kind="contact", target="contact", any_of=CONTACT, clears=True),
        "lead.score.update": Form(kind="contact", target="contact", required={"score": CONTACT["score"]}),
        "company.field.update": Form(kind="company", target="company", any_of=COMPANY, clears=True),
        "deal.stage.change": Form(kind="deal", target="deal", required={"stage": DEAL_STAGE}),
        "task.create": Form(
            kind="task",
            required={"contact": _NAME, "title": _TEXT, "due": _DAY},
            optional={"owner": _TEXT},
            always={"status": "open"},
        ),
        "note.create": Form(kind="note", required={"contact": _NAME, "text": _TEXT}),
        "email.one_to_one.send": Form(
            kind=SENT,
            required={"contact": _NAME, "subject": _TEXT, "body": _TEXT},
            always={"status": "sent"},
            refused_by=("do_not_contact", "email_opt_out"),
        ),
        "email.draft.create": Form(
            kind="email_draft",
            required={"segment": _TEXT, "subject": _TEXT, "body": _TEXT},
            always={"status": "draft"},
            reach=0,
        ),
        "email.draft.use": Form(
            kind="email_draft",
            required={"segment": _TEXT, "subject": _TEXT, "body": _TEXT},
            always={"status": "in_use"},
            reach=0,
        ),
        "segment.suggest": Form(
            kind="segment",
            required={"name": _TEXT, "definition": _TEXT, "size": Field(type=FieldType.WHOLE, low=0)},
            optional={"reasons": Field(type=FieldType.TEXTS)},
            always={"status": "suggested"},
            reach=0,
        ),
        "segment.create": Form(
            kind="segment",
            required={"name": _TEXT, "definition": _TEXT, "size": Field(type=FieldType.WHOLE, low=0)},
            optional={"reasons": Field(type=FieldType.TEXTS)},
            always={"status": "created"},
            reach=0,
        ),
        "coupon.create": Form(
            kind="coupon",
            required={"name": _TEXT, "codes": _CODES, "value_minor": _AMOUNT, "expires": _DAY},
            always={"status": "issued"},
            spends=_coupons_cost,
        ),
        "abtest.allocation.shift": Form(
            kind=KIND, target="experiment", required={"shares": Field(type=FieldType.SHARES)}, effect=shifted
        ),
    }
)
"""The operations of the sandbox, by name."""


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
