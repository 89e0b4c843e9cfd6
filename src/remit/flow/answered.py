"""What a person said, and the fact it becomes: in which roles, how much she changed, and which approvals are still missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.core import facts as f
from remit.core.action import Action
from remit.core.approval import leaves_at, loss_ppm, needed, take_back_seconds
from remit.core.charter import Charter
from remit.core.edit import size_ppm
from remit.core.quorum import Approval, Place, in_words, missing
from remit.core.types import Answer, ProposalId, Value
from remit.errors import InvalidInput, NotAllowed
from remit.flow.ask import Judged
from remit.flow.entitle import Entitled, entitled
from remit.ports import Reading

APPROVALS = {Answer.APPROVE, Answer.APPROVE_EDITED}
EDITS = {Answer.APPROVE_EDITED, Answer.USED_EDITED}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person says. `seen` is the string she was shown with the proposal; `edited` only with an edit.

    `batch` names what was answered together.
    """

    proposal: ProposalId
    answer: Answer
    by: str
    seen: str
    reason_code: str = ""
    note: str = ""
    edited: Mapping[str, Value] | None = None
    seconds_seen: int | None = None
    batch: str | None = None

    @property
    def approves(self) -> bool:
        """Whether the action may leave with it."""
        return self.answer in APPROVALS


def refuse_ill_formed(given: Given) -> None:
    """Raise `InvalidInput` for an edit without a change, arguments without an edit, or a reason that is prose.

    A reason code stands in the ledger, where nothing can be erased; what is said in words belongs into the note.
    """
    if (given.answer in EDITS) != (given.edited is not None):
        raise InvalidInput(
            asked=str(given.answer), found="edited arguments do not fit", do="Give them with an edit, and only then"
        )
    refuse_prose(given.reason_code)


def refuse_prose(reason_code: str) -> None:
    """Raise `InvalidInput` for a reason that is not one word."""
    if reason_code and not _CODE.fullmatch(reason_code):
        do = "Give one word such as off_brand, and say the rest in a note"
        raise InvalidInput(asked="a reason code", found="a text that is no word of a-z, 0-9 and _", do=do)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Who answers, in which roles, whose approval is missing after hers, and why it would be no evidence.

    `fast`: nobody can have read it. `discounted`: her answers do not count for now. `apart`: it is one that never leaves.
    """

    entitled: Entitled
    missing: tuple[Place, ...]
    fast: bool = False
    discounted: bool = False
    apart: bool = False

    @property
    def decides(self) -> bool:
        """Whether the action goes on with it."""
        return not self.missing and not self.apart


def weigh(reading: Reading, action: Action, given: Given, judged: Judged, charter: Charter) -> Weighed:
    """Say what an answer comes to. Raises `NotAllowed` for one that may not give it, and for an approval too many."""
    wanted = needed(charter, judged.decision)
    found = entitled(reading, action, given.by, wanted, approving=given.approves)
    if not given.approves:
        return Weighed(entitled=found, missing=())
    _refuse_together(given, judged)
    before = () if given.edited is not None else action.approvals
    lacking, hers = missing(wanted, before), Approval(by=given.by, roles=found.roles)
    left = missing(wanted, (*before, hers))
    if len(left) == len(lacking):
        do = f"It still takes the approval of {in_words(lacking)}, and of somebody else"
        raise NotAllowed(asked=f"{given.by} approving {given.proposal}", found="approved in those roles already", do=do)
    return Weighed(entitled=found, missing=left)


def _refuse_together(given: Given, judged: Judged) -> None:
    if given.batch is not None and judged.decision.classified.one_by_one:
        found = "high risk, irreversible, or for two people"
        raise NotAllowed(asked=f"approving {given.proposal} together with others", found=found, do="Answer it by itself")


def answered(
    now: datetime, action: Action, given: Given, judged: Judged, charter: Charter, weighed: Weighed, before: Mapping[str, Value]
) -> f.Answered:
    """Build the fact of an answer. `before` are the arguments in force until now."""
    decided = given.answer is not Answer.LATER and weighed.decides
    edited = None if given.edited is None else size_ppm(before, given.edited)
    return f.Answered(
        proposal=action.proposal,
        answer=given.answer,
        by=given.by,
        seen=judged.seen,
        due_at=_leaves_at(now, action, judged, charter) if decided else action.due_at or now,  # else no deadline moves
        loss_ppm=_loss(action, given, charter, edited) if decided else None,
        reason_code=given.reason_code,
        seconds_seen=given.seconds_seen,
        revision=action.revision + (given.edited is not None),
        reserved=judged.reserves if given.approves and decided else (),
        roles=weighed.entitled.roles,
        missing=len(weighed.missing),
        edit_ppm=edited,
        batch=given.batch,
        as_requester=weighed.entitled.as_requester,
        too_fast=weighed.fast,
        discounted=weighed.discounted,
    )


def _leaves_at(now: datetime, action: Action, judged: Judged, charter: Charter) -> datetime:
    seconds = take_back_seconds(charter, judged.decision)
    return leaves_at(judged.decision, now, take_back_seconds=seconds, not_before=action.not_before)


def _said_in_all(action: Action, given: Given) -> Answer:
    """Return the answer that counts: an approval after somebody else's edit approves what the agent did not write."""
    edited_before = bool(action.approvals) and action.revision > 0
    return Answer.APPROVE_EDITED if given.answer is Answer.APPROVE and edited_before else given.answer


def _loss(action: Action, given: Given, charter: Charter, edit_ppm: int | None) -> int | None:
    return loss_ppm(_said_in_all(action, given), charter.evidence.losses, edit_ppm=edit_ppm, reason=given.reason_code)


def contents_of(given: Given) -> dict[str, object]:
    """Return what of an answer is content: her note, and the arguments as she wants them."""
    found: dict[str, object] = {}
    if given.note:
        found["note"] = given.note
    if given.edited is not None:
        found["arguments"] = dict(given.edited)
    return found
