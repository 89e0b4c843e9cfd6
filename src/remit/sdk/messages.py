"""The messages between an agent and Remit. The web door uses the same ones, so that they cannot drift apart."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Scalar = str | int | float | bool | list[str] | None


class Usage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What making the proposal cost."""

    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_minor: int = 0


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The context window a proposal was made from: its name and the digest Remit gave with it."""

    name: str
    digest: str


class Propose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One action an agent wants to take.

    `call_id` is the idempotency key (unique per agent). `confidence` lies in 0..1. `grounds` names the fields the agent
    relied on. `on_behalf_of` is the login of the person it acts for, where there is one: she does not approve it. `dry_run`
    asks "would this be allowed?" and writes nothing. Before `not_before` (RFC 3339, at most 90 days ahead) it does not leave.
    `shadow` asks beside the version in use, about the same record: it never leaves, and people look only where both differ.
    `pair` names the proposal of the other version, also one that was answered long ago.
    """

    use_case: str
    operation: str
    arguments: dict[str, Scalar]
    call_id: str
    confidence: float | None = None
    grounds: list[str] = []
    reason: str = ""
    context: Window | None = None
    usage: Usage | None = None
    dry_run: bool = False
    on_behalf_of: str | None = None
    not_before: datetime | None = None
    shadow: bool = False
    pair: str | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why: a documented code, the verdict it asks for at least, and a sentence."""

    code: str
    floor: str
    text: str


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """What a person answered: her answer, the code of her reason and her note, where she gave any."""

    answer: str
    reason_code: str = ""
    note: str = ""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What a person made of a proposal like the one asked about: `final` is None where she used nothing of it."""

    operation: str
    reason_code: str
    note: str
    draft: dict[str, Scalar]
    final: dict[str, Scalar] | None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a proposal. `state` is the lifecycle state; `proposal_id` is empty for a dry run.

    Once a person has answered, `feedback` is what she said, and `edited_arguments` what she made of the arguments.
    """

    verdict: Literal["allow", "hold", "draft", "block"]
    proposal_id: str
    state: str
    reasons: list[Reason]
    allowed_if: list[str] = []
    edited_arguments: dict[str, Scalar] | None = None
    feedback: Feedback | None = None


class ContextRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record inside a context window; absent fields are missing. A `stale` one is older than the charter calls fresh."""

    id: str
    fields: dict[str, Scalar]
    stale: bool = False


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a context window. `next` is None on the last page, else what to pass as `after`.

    `stale` counts the records of the page that are older than the charter calls fresh; `freshness` says it in words.
    """

    window: Window
    as_of: str
    records: list[ContextRecord]
    next: str | None = None
    version: int = 1
    stale: int = 0
    freshness: str = ""
