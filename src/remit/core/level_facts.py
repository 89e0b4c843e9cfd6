"""The facts about policies, agent versions, evidence, levels and stops."""

from __future__ import annotations

from collections.abc import Mapping

from remit.core.change import Direction
from remit.core.types import Frozen, Level, Moment, Operation, ProposalId, UseCaseId, Whole


class PolicyAdopted(Frozen, frozen=True, kw_only=True):
    """A new policy number came into force. `documents` holds the catalogue and every charter, as JSON text by name.

    `signed_by` names who signed it, where it had to be signed; one name alone means that a wait stood in for the second.
    """

    number: Whole
    digest: str
    documents: Mapping[str, str]
    signed_by: tuple[str, ...] = ()


class PolicyOffered(Frozen, frozen=True, kw_only=True):
    """Somebody wants to change the policy in a way that two people have to sign. `documents` holds those that differ.

    `number` is the one it gets, and so names the policy it was made against; `digest` is that of the whole policy.
    """

    number: Whole
    digest: str
    documents: Mapping[str, str]
    by: str
    direction: Direction


class PolicySigned(Frozen, frozen=True, kw_only=True):
    """One person signed an offered policy."""

    digest: str
    by: str


class Reconsidered(Frozen, frozen=True, kw_only=True):
    """Some of what waited was decided again under a new policy, in order of the proposals' ids; `last` was the last of them.

    `finished`: none is left that came before the policy.
    """

    number: Whole
    last: ProposalId
    looked_at: Whole
    blocked: Whole
    finished: bool


class Measured(Frozen, frozen=True, kw_only=True):
    """Somebody measured what a level waits for: a share, in millionths, good until a moment."""

    use_case: UseCaseId
    what: str
    value_ppm: Whole
    until: Moment
    by: str
    note: str = ""


class KeyIssued(Frozen, frozen=True, kw_only=True):
    """An agent version got its key, scoped to use cases."""

    agent: str
    version: str
    use_cases: tuple[UseCaseId, ...]
    key_digest: str


class TrialStarted(Frozen, frozen=True, kw_only=True):
    """People declared a version a candidate for an operation: its evidence starts at nothing."""

    use_case: UseCaseId
    operation: Operation
    version: str
    trial: Whole


class Graded(Frozen, frozen=True):
    """How sure an agent was of an item, and the item's loss."""

    confidence_ppm: Whole
    loss_ppm: Whole


class ClusterClosed(Frozen, frozen=True, kw_only=True):
    """One observation: the mean loss of the cluster's items that were drawn first.

    `miss_ppm` is the bound on what reviewers miss that it is tested with, None while that is an assumption. `graded` holds the
    confidence and the loss of each item where the observation is about a certificate, and then about nothing else. `early`: it
    began before the thresholds were fixed, so it says what a confidence is worth and decides about no threshold.
    """

    use_case: UseCaseId
    operation: Operation
    version: str
    trial: Whole
    cluster: str
    loss_ppm: Whole
    items: tuple[ProposalId, ...]
    miss_ppm: Whole | None = None
    graded: tuple[Graded, ...] = ()
    early: bool = False


class QaRateSet(Frozen, frozen=True, kw_only=True):
    """From now on this share of actions is drawn for a person to look at before they happen."""

    use_case: UseCaseId
    operation: Operation
    rate_ppm: Whole
    why: str


class SuiteRun(Frozen, frozen=True, kw_only=True):
    """An agent version was tried on the golden cases of a use case. `suite` is the digest of the cases."""

    use_case: UseCaseId
    version: str
    suite: str
    passed: Whole
    failed: tuple[str, ...]
    by: str


class Certified(Frozen, frozen=True, kw_only=True):
    """At or above this confidence the answers so far are good enough for level 4 to skip an approval, until a moment.

    `suite` is the digest of the golden cases that the version passed.
    """

    use_case: UseCaseId
    operation: Operation
    version: str
    trial: Whole
    threshold_ppm: Whole
    suite: str
    until: Moment
    evidence: Mapping[str, Whole]


class GrantOffered(Frozen, frozen=True, kw_only=True):
    """The evidence clears the bar for a higher level; two people may sign."""

    use_case: UseCaseId
    operation: Operation
    version: str
    trial: Whole
    level: Level
    evidence: Mapping[str, Whole]


class GrantSigned(Frozen, frozen=True, kw_only=True):
    """One person signed an offered grant in one role."""

    use_case: UseCaseId
    operation: Operation
    by: str
    role: str


class Granted(Frozen, frozen=True, kw_only=True):
    """A level is in the hands of an operation of a use case, for this version, until a date.

    `signed_by` names who signed; where a small team waited instead of a second signature it says so, `waited_hours` how long.
    """

    use_case: UseCaseId
    operation: Operation
    version: str
    level: Level
    until: Moment | None
    signed_by: tuple[str, ...]
    evidence: Mapping[str, Whole]
    waited_hours: Whole = 0


class LevelLost(Frozen, frozen=True, kw_only=True):
    """A level ended at once: by itself, or because people went on at a lower one after a stop."""

    use_case: UseCaseId
    operation: Operation
    version: str
    level: Level
    cause: str
    evidence: Mapping[str, Whole]


class StopOrdered(Frozen, frozen=True, kw_only=True):
    """Somebody stopped a scope: `everything`, `use_case:NAME`, `agent:NAME` or `connector:NAME`."""

    scope: str
    by: str
    reason: str


class StopLiftAsked(Frozen, frozen=True, kw_only=True):
    """Somebody wants a stop lifted, to go on at most at this level; it takes somebody else to agree."""

    scope: str
    by: str
    reason: str
    level: Level


class StopLifted(Frozen, frozen=True, kw_only=True):
    """A stop was lifted, to go on at most at this level; None in facts from before levels were chosen.

    `agreed_by` names who agreed. `break_glass`: one person alone. `waited_hours`: a wait stood for the second person.
    """

    scope: str
    by: str
    reason: str
    level: Level | None = None
    agreed_by: tuple[str, ...] = ()
    break_glass: bool = False
    waited_hours: Whole = 0


LevelFact = (
    PolicyAdopted
    | PolicyOffered
    | PolicySigned
    | Reconsidered
    | Measured
    | KeyIssued
    | TrialStarted
    | ClusterClosed
    | QaRateSet
    | SuiteRun
    | Certified
    | GrantOffered
    | GrantSigned
    | Granted
    | LevelLost
    | StopOrdered
    | StopLiftAsked
    | StopLifted
)
"""Every fact that is not about one action alone."""
