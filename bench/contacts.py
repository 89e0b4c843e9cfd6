"""A certificate on real contacts: what an agent says of people it never saw, in random orders and in the order of time.

The agent is the one of the story, trained on what was known before it. A tag `not-now` is wrong where the person, who was called
all the same, said yes; how sure the agent is is one less the chance of a yes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from random import Random

from remit.agents.classifier import learn
from remit.agents.desk import Seen
from remit.agents.score import features
from remit.core import certificate
from remit.core.approval import FULL_PPM
from remit.core.certificate import Confidence
from remit.core.evidence_fold import fold_answer
from remit.core.evidence_spec import ClusterSpec, EvidenceSpec, OutcomeSpec
from remit.core.level import Evidence
from remit.core.level_facts import Graded
from remit.core.supervision import escalated_ppm
from remit.core.types import Level
from remit.demo.contact import fields_on
from remit.demo.world import STORY_STARTS, build_world
from remit.sdk.messages import Window

SPEC = EvidenceSpec(
    tolerance=0.06,
    why="As in the story.",
    cluster=ClusterSpec(key=("record",), why="Each a guess of its own.", items=1),
    miss_rate=0.0,
    run_length=2000,
    outcomes=OutcomeSpec(losses={}),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """One tag the agent would set: when, how sure it is (in millionths), and whether it is wrong."""

    day: date
    confidence_ppm: int
    wrong: bool


@cache
def guesses(seed: int = 1) -> tuple[Guess, ...]:
    """Return what the agent says of everybody on a call list since the story starts, in order of time."""
    world = build_world(seed)
    past = [one for one in world.contacts if one.due_on < STORY_STARTS]
    later = [one for one in world.contacts if one.due_on >= STORY_STARTS]
    rows = [features(_seen(one.id, fields_on(one, STORY_STARTS) or {}), calls_before=one.calls_made(1) - 1) for one in past]
    model = learn(rows, ["yes" if one.row.said_yes else "no" for one in past], seed=seed)
    asked = [features(_seen(one.id, fields_on(one, one.due_on) or {}), calls_before=0) for one in later]
    yes = model.labels.index("yes")
    chances = [found[yes] for found in model.chances(asked)]
    pairs = zip(later, chances, strict=True)
    return tuple(Guess(one.due_on, round((1 - chance) * FULL_PPM), one.row.said_yes) for one, chance in pairs)


def _seen(identity: str, fields: object) -> Seen:
    return Seen(id=identity, fields=fields, window=Window(name="", digest=""))  # type: ignore[arg-type]  # plain values


@dataclass(frozen=True, slots=True)
class Ordered:
    """What one order came to: the confidence certified after so many reviews, and the true error of all at or above it."""

    threshold_ppm: int | None
    covered: float
    error: float | None


def in_order(order: Sequence[Guess], reviews: int, spec: EvidenceSpec = SPEC) -> Ordered:
    """Review so many in this order, and look at the certificate."""
    known = Confidence()
    for one in order[: reviews + certificate.GRID_AFTER]:
        if not known.grid:
            known = certificate.proposed(known, one.confidence_ppm, datetime.combine(one.day, time(9), UTC))
        else:
            loss = FULL_PPM if one.wrong else 0
            known = certificate.graded(known, (Graded(one.confidence_ppm, loss),), spec, 1, None)
    if known.threshold is None:
        return Ordered(None, 0.0, None)
    above = [one for one in order if one.confidence_ppm >= known.threshold]
    return Ordered(known.threshold, len(above) / len(order), sum(one.wrong for one in above) / len(above))


def shuffled(orders: int, reviews: int, tolerance: float, seed: int = 1) -> Iterator[Ordered]:
    """Look at so many random orders."""
    spec = replace(SPEC, tolerance=tolerance)
    for number in range(orders):
        order = list(guesses())
        Random(seed + number).shuffle(order)
        yield in_order(order, reviews, spec)


@dataclass(frozen=True, slots=True)
class Through:
    """The order of time: when a confidence was certified, when the level was lost, and what escaped between."""

    certified_on: date | None
    threshold_ppm: int | None
    lost_on: date | None
    alone: int
    escaped: int
    escaped_after_turn: int


def through_time(seed: int = 1, turn: float = 2.0) -> Through:
    """Review in the order of time until something is certified, then let it skip review, and sample.

    The world has turned where of the 200 last above the threshold a share of `turn` tolerances and more is wrong.
    """
    random, known, evidence = Random(seed), Confidence(), Evidence(version="v1")
    certified: date | None = None
    alone, escaped, after_turn, recent = 0, 0, 0, list[bool]()
    for one in guesses():
        loss = FULL_PPM if one.wrong else 0
        if certified is None:
            at = datetime.combine(one.day, time(9), UTC)
            known = certificate.graded(known, (Graded(one.confidence_ppm, loss),), SPEC, 1, None) if known.grid else known
            known = certificate.proposed(known, one.confidence_ppm, at)
            certified = one.day if known.threshold is not None else None
            continue
        if known.threshold is None or one.confidence_ppm < known.threshold:
            continue
        recent = [*recent[-199:], one.wrong]
        if random.random() * FULL_PPM < escalated_ppm(SPEC, round(SPEC.qa_rate * FULL_PPM), evidence):
            evidence = fold_answer(evidence, loss_ppm=loss, counts=True, at_level=Level.OPTIMISE, spec=SPEC)
            if evidence.alarm:
                return Through(certified, known.threshold, one.day, alone, escaped, after_turn)
            continue
        alone, escaped = alone + 1, escaped + one.wrong
        after_turn += one.wrong and sum(recent) >= turn * SPEC.tolerance * len(recent)
    return Through(certified, known.threshold, None, alone, escaped, after_turn)
