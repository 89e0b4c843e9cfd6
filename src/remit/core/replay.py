"""Decides recorded questions again under two policies, row by row, and counts what becomes of them.

A question is asked as each policy would have heard it: what follows from the charter alone (its ceiling, which arguments are odd)
is worked out anew, everything else stays as it was recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from remit.core.ceilings import charter_ceilings
from remit.core.change import Direction, union
from remit.core.context import odd_arguments
from remit.core.decision import Reason
from remit.core.gate import decide
from remit.core.policy import CompiledPolicy
from remit.core.question import GateInput
from remit.core.types import Operation, ProposalId, UseCaseId, Value, Verdict

EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recorded question, with its arguments where they are still there."""

    proposal: ProposalId
    given: GateInput
    arguments: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A proposal that would be decided otherwise."""

    proposal: ProposalId
    use_case: UseCaseId
    operation: Operation
    now: Verdict
    then: Verdict
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """How often which verdict of today becomes which, some of the proposals whose verdict moves, and how many of whom.

    `use_cases` says how many of the decisions are of each use case.
    """

    pairs: Mapping[tuple[Verdict, Verdict], int]
    examples: tuple[Example, ...] = ()
    use_cases: Mapping[UseCaseId, int] = field(default_factory=dict)

    @property
    def decided(self) -> int:
        """Return how many questions were decided again."""
        return sum(self.pairs.values())

    @property
    def direction(self) -> Direction:
        """Return which way the verdicts went."""
        return union(_way(now, then) for now, then in self.pairs)

    def __add__(self, other: Replay) -> Replay:
        """Count two replays together."""
        pairs = Counter(self.pairs) + Counter(other.pairs)
        use_cases = Counter(self.use_cases) + Counter(other.use_cases)
        return Replay(pairs=pairs, examples=(*self.examples, *other.examples)[:EXAMPLES], use_cases=use_cases)


def replay(recorded: Iterable[Recorded], before: CompiledPolicy, after: CompiledPolicy) -> Replay:
    """Decide every question under both policies."""
    pairs, use_cases = Counter[tuple[Verdict, Verdict]](), Counter[UseCaseId]()
    examples: list[Example] = []
    for one in recorded:
        now, then = decide(as_heard(one, before), before), decide(as_heard(one, after), after)
        pair = now.verdict, then.verdict
        pairs[pair] += 1
        use_cases[one.given.use_case] += 1
        if now.verdict is not then.verdict and len(examples) < EXAMPLES:
            examples.append(_example(one, now.verdict, then.verdict, then.reasons[0]))
    return Replay(pairs=pairs, examples=tuple(examples), use_cases=use_cases)


def _example(one: Recorded, now: Verdict, then: Verdict, because: Reason) -> Example:
    given = one.given
    return Example(proposal=one.proposal, use_case=given.use_case, operation=given.operation, now=now, then=then, because=because)


def as_heard(recorded: Recorded, policy: CompiledPolicy) -> GateInput:
    """Return the question as a policy would have heard it."""
    given = recorded.given
    charter = policy.charters.get(given.use_case)
    if charter is None:
        return given
    kept = tuple(ceiling for ceiling in given.ceilings if ceiling.code not in {"charter", "outside_grant"})
    capped = tuple(one for one in charter_ceilings(charter, given.operation) if one.level < given.granted)
    odd = given.odd_arguments
    if recorded.arguments is not None:
        odd = odd_arguments(charter, given.operation, recorded.arguments)
    return msgspec.structs.replace(given, ceilings=(*capped, *kept), odd_arguments=odd)


def lasting_block(recorded: Recorded, policy: CompiledPolicy) -> tuple[Reason, ...]:
    """Return why a waiting proposal is blocked by a policy, nothing where it is not.

    A limit alone blocks nothing that waits: it is counted when the action is about to leave, and not before.
    """
    decision = decide(as_heard(recorded, policy), policy)
    blocking = [reason for reason in decision.reasons if reason.floor is Verdict.BLOCK and reason.code not in _COUNTED]
    return decision.reasons if blocking else ()


_COUNTED = {"limit_reached", "limit_unknown"}


def _way(now: Verdict, then: Verdict) -> Direction:
    if now is then:
        return Direction.NEITHER
    return Direction.TIGHTER if then > now else Direction.LOOSER
