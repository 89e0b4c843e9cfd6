"""The simulated reviewers: what they know, what they answer, what they miss and how long they look. No agent's code is here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp

from remit.core.types import Answer, Value
from remit.demo.contact import Contact
from remit.demo.contact_truth import NO_SUCH_CONTACT, check_education, check_region, check_tag, check_task, contact_in
from remit.demo.draft_truth import check_draft
from remit.demo.draws import draw, normal
from remit.demo.finding import Finding, wrong
from remit.demo.segment_truth import check_segment
from remit.demo.world import World

MISSED = 0.02
"""The share of errors a reviewer does not see."""
NEVER_MISSED = frozenset({"contact.tag.add"})
"""Operations judged by reading a recorded result, where there is nothing to overlook."""
FORBIDDEN_GROUNDS = frozenset({"age", "marital", "duration"})
"""What nobody may go by when choosing whom to contact, or cannot know before the call."""
LEAST_SECONDS = 5
SPREAD = 0.4
"""The standard deviation of the logarithm of the seconds looked."""
MEDIAN_SECONDS: Mapping[str, int] = {
    "contact.tag.add": 12,
    "contact.enrich:education": 15,
    "contact.enrich:region": 8,
    "task.create": 20,
    "email.draft.create": 120,
    "email.draft.use": 180,
    "segment.suggest": 240,
    "segment.create": 240,
}
"""How long half of the reviews take at most, by operation. Stated, not measured."""

_SEGMENTS = frozenset({"segment.suggest", "segment.create"})
_DRAFTS = _SEGMENTS | {"email.draft.create", "email.draft.use"}
_OF_CONTACT: Mapping[str, Callable[[Contact, Mapping[str, Value], date], Finding]] = {
    "contact.tag.add": check_tag,
    "contact.enrich:education": check_education,
    "contact.enrich:region": check_region,
    "task.create": check_task,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """A reviewer's answer, and beside it the truth: `wrong` also where the reviewer missed it, None where nobody can know.

    `answer` speaks of drafts as used, used_edited or discarded and of actions as approve, reject or return. What is not
    `gradable` is returned and is neither right nor wrong.
    """

    answer: Answer
    wrong: bool | None
    reason_code: str
    note: str
    edited_arguments: Mapping[str, Value] | None
    seconds_seen: int

    @property
    def gradable(self) -> bool:
        """Say whether there is a truth to compare with."""
        return self.wrong is not None


def grade(world: World, operation: str, arguments: Mapping[str, Value], grounds: Sequence[str], day: date) -> Grading:
    """Answer a proposal made on a day as its reviewer does in the evening of that day, when the day's results are known."""
    key = f"{day}:{operation}:{json.dumps(dict(arguments), sort_keys=True)}"
    finding = _find(world, operation, arguments, grounds, day)
    missed = finding.wrong is True and operation not in NEVER_MISSED and draw(world.seed, "missed", key) < MISSED
    return Grading(
        answer=_answer(operation, finding, missed=missed),
        wrong=finding.wrong,
        reason_code="" if missed else finding.code,
        note="" if missed else finding.note,
        edited_arguments=None if missed else finding.corrected,
        seconds_seen=_seconds(world.seed, operation, key),
    )


def _find(world: World, operation: str, arguments: Mapping[str, Value], grounds: Sequence[str], day: date) -> Finding:
    forbidden = sorted(FORBIDDEN_GROUNDS.intersection(grounds))
    if forbidden:
        return wrong("forbidden_ground", f"Goes by {', '.join(forbidden)}.")
    if operation in _SEGMENTS:
        return check_segment(world, arguments, day)
    if operation in _DRAFTS:
        return check_draft(arguments, day)
    contact = contact_in(world, arguments, day)
    return NO_SUCH_CONTACT if contact is None else _OF_CONTACT[operation](contact, arguments, day)


def _answer(operation: str, finding: Finding, *, missed: bool) -> Answer:
    if finding.wrong is None:
        return Answer.RETURN
    draft = operation in _DRAFTS
    if missed or not finding.wrong:
        return Answer.USED if draft else Answer.APPROVE
    if draft:
        return Answer.USED_EDITED if finding.corrected is not None else Answer.DISCARDED
    return Answer.REJECT


def _seconds(seed: int, operation: str, key: str) -> int:
    return max(LEAST_SECONDS, round(MEDIAN_SECONDS[operation] * exp(SPREAD * normal(seed, "seconds", key))))
