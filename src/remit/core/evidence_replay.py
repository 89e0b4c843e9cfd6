"""Reckons every judgement of one use case again, from its facts alone, and names where it comes to something else.

It follows each proposal in its own small way and shares the arithmetic with nobody's rows: what is stored is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from remit.core import bar, level
from remit.core import evidence_fold as fold
from remit.core import facts as f
from remit.core.approval import FULL_PPM
from remit.core.certificate import early
from remit.core.charter import Charter
from remit.core.evidence_spec import EvidenceSpec
from remit.core.facts import Entry, Fact
from remit.core.level import Circumstances, Earned, Evidence, Grant
from remit.core.types import Answer, Level, Operation, ProposalId, UseCaseId

_BY_PEOPLE = {"tolerance", "resumed_lower"}
"""Causes for which a level ends that no evidence is about."""

_Key = tuple[Operation, str]


@dataclass(slots=True)
class _Item:
    """A proposal as far as evidence is concerned."""

    operation: Operation
    version: str
    trial: int
    cluster: str
    draw_ppm: int
    counts: bool = False
    certifies: bool = False
    confidence_ppm: int = 0
    loss_ppm: int | None = None
    blocked: bool = False
    apart: bool = False
    planted: bool = False


@dataclass(slots=True)
class _Cluster:
    """What fails together: when it began, and its items."""

    opened_at: datetime
    items: list[ProposalId] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A judgement that comes out otherwise: which fact says it, what it says, and what the facts before it come to."""

    seq: int
    what: str
    recorded: str
    reckoned: str


@dataclass(slots=True)
class EvidenceReplay:
    """One replay. `judgements` counts what was reckoned again."""

    use_case: UseCaseId
    charter_of: Callable[[f.PolicyAdopted], Charter | None]
    judgements: int = 0
    differences: list[Difference] = field(default_factory=list)
    grants: dict[Operation, Grant] = field(default_factory=dict)
    evidence: dict[_Key, Evidence] = field(default_factory=dict)
    _charter: Charter | None = None
    _items: dict[ProposalId, _Item] = field(default_factory=dict)
    _clusters: dict[tuple[Operation, str, int, str], _Cluster] = field(default_factory=dict)
    _planted: list[int] = field(default_factory=lambda: [0, 0])

    def take(self, entry: Entry) -> None:
        """Take in the next fact of the use case."""
        fact = entry.fact
        match fact:
            case f.PolicyAdopted():
                self._adopt(fact)
            case f.Proposed():
                item = _Item(fact.operation, fact.version, fact.trial, fact.cluster, fact.draw_ppm, apart=fact.pair is not None)
                self._items[fact.proposal] = item
            case f.Decided():
                self._decided(entry, fact)
            case (
                f.Answered()
                | f.Lapsed()
                | f.Withdrawn()
                | f.Done()
                | f.Observed()
                | f.HeldAgain()
                | f.TakenBack()
                | f.Unhalted()
                | f.Blocked()
                | f.Seeded()
            ):
                self._happened(fact, self._items[fact.proposal])
            case f.TrialStarted() | f.ClusterClosed() | f.Certified() | f.ViolationFound():
                self._learn(entry, fact)
            case f.GrantOffered() | f.Granted() | f.LevelLost():
                self._move(entry, fact)
            case _:
                pass  # nothing that evidence rests on

    def _adopt(self, fact: f.PolicyAdopted) -> None:
        self._charter = self.charter_of(fact)
        if self._charter is not None:
            for operation, grant in fold.starting_grants(self._charter.operations, self._charter.starts_at).items():
                self.grants.setdefault(operation, grant)

    def _decided(self, entry: Entry, fact: f.Decided) -> None:
        item = self._items[fact.proposal]
        item.counts, item.certifies = fact.counts, fact.certifies
        item.confidence_ppm = fact.given.claimed.confidence_ppm or 0
        if item.counts or item.certifies:
            key = item.operation, item.version, item.trial, item.cluster
            self._clusters.setdefault(key, _Cluster(entry.at)).items.append(fact.proposal)
        if item.certifies:
            self._keep(item, lambda known: fold.fold_confidence(known, fact.given.claimed.confidence_ppm, entry.at))

    def _happened(self, fact: Fact, item: _Item) -> None:
        match fact:
            case f.Answered() if fact.answer is not Answer.LATER and not fact.missing:
                self._answered(fact, item)
            case f.Lapsed() | f.Withdrawn() if item.counts:
                self._count(item, FULL_PPM)
            case f.HeldAgain() | f.Unhalted() | f.TakenBack():
                item.loss_ppm = None
            case f.Blocked():
                item.blocked = True
            case f.Seeded():
                item.counts = item.certifies = False
                item.planted = True
            case f.Done() | f.Observed():
                self._turned_out(fact, item)
            case _:
                pass

    def _answered(self, fact: f.Answered, item: _Item) -> None:
        if item.planted:
            self._planted[fact.answer is Answer.APPROVE] += 1
            return
        if item.apart:
            return
        void = fact.too_fast or fact.discounted
        item.loss_ppm = fact.loss_ppm
        item.counts, item.certifies = item.counts and not void, item.certifies and not void
        if not void and fact.loss_ppm is not None:
            self._count(item, fact.loss_ppm)

    def _turned_out(self, fact: f.Done | f.Observed, item: _Item) -> None:
        loss = fold.outcome_loss(fact)
        if isinstance(fact, f.Observed) and fact.loss_ppm is not None:
            item.loss_ppm = max(fact.loss_ppm, item.loss_ppm or 0)
        if loss is not None:
            spec, at_level = self._spec, self._grant(item.operation).level
            self._keep(item, lambda known: fold.fold_outcome(known, loss_ppm=loss, at_level=at_level, spec=spec))

    def _count(self, item: _Item, loss_ppm: int) -> None:
        spec, at_level = self._spec, self._grant(item.operation).level
        self._keep(
            item,
            lambda known: fold.fold_answer(known, loss_ppm=loss_ppm, counts=item.counts, at_level=at_level, spec=spec),
        )

    def _learn(self, entry: Entry, fact: f.TrialStarted | f.ClusterClosed | f.Certified | f.ViolationFound) -> None:
        match fact:
            case f.TrialStarted():
                self.evidence[fact.operation, fact.version] = fold.fold_trial(fact, entry.at)
                self.grants[fact.operation] = fold.without_offer(self._grant(fact.operation), fact.version)
            case f.ClusterClosed():
                self._closed(entry, fact)
            case f.Certified():
                known = self._known(fact.operation, fact.version)
                self._compare(entry, "threshold", fact.threshold_ppm, level.certifiable(self._grant(fact.operation), known))
                if known.trial == fact.trial:
                    self.evidence[fact.operation, fact.version] = fold.fold_certificate(known, fact)
            case f.ViolationFound():
                self._violated(fact)

    def _violated(self, fact: f.ViolationFound) -> None:
        item = None if fact.proposal is None else self._items.get(fact.proposal)
        if item is not None:
            at_level = self._grant(item.operation).level
            self._keep(item, lambda known: fold.fold_violation(known, at_level=at_level))

    def _closed(self, entry: Entry, fact: f.ClusterClosed) -> None:
        """Reckon an observation again: which items it stands on, what they come to, and what reviewers miss."""
        cluster = self._clusters.get((fact.operation, fact.version, fact.trial, fact.cluster)) or _Cluster(entry.at)
        pairs = [(name, self._items[name]) for name in cluster.items]
        fit = [(name, one) for name, one in pairs if (one.counts or one.certifies) and not (one.blocked and one.loss_ppm is None)]
        drawn = sorted(fit, key=lambda pair: (pair[1].draw_ppm, pair[0]))[: self._spec.cluster.items]
        losses = [FULL_PPM if one.loss_ppm is None else one.loss_ppm for _, one in drawn]
        self._compare(entry, "items", fact.items, tuple(name for name, _ in drawn))
        self._compare(entry, "loss", fact.loss_ppm, round(sum(losses) / max(1, len(losses))))
        missed = bar.measured_miss_ppm(self._spec, caught=self._planted[0], missed=self._planted[1])
        self._compare(entry, "missed", fact.miss_ppm, missed)
        known = self._known(fact.operation, fact.version)
        if fact.graded:
            stated = tuple((one.confidence_ppm, loss) for (_, one), loss in zip(drawn, losses, strict=True))
            self._compare(entry, "graded", tuple((one.confidence_ppm, one.loss_ppm) for one in fact.graded), stated)
            self._compare(entry, "early", fact.early, early(known.confidence, cluster.opened_at))
        if known.trial == fact.trial > 0:
            self.evidence[fact.operation, fact.version] = fold.fold_cluster(known, fact, self._spec)

    def _move(self, entry: Entry, fact: f.GrantOffered | f.Granted | f.LevelLost) -> None:
        grant, known = self._grant(fact.operation), self._known(fact.operation, fact.version)
        if isinstance(fact, f.GrantOffered):
            self._offered(entry, fact, grant, known)
        elif isinstance(fact, f.LevelLost) and fact.cause not in _BY_PEOPLE:
            self._compare(entry, "cause", fact.cause, level.lost_by(grant, known, self._spec))
            self._compare(entry, "evidence", dict(fact.evidence), level.pack(known, self._spec))
        self.grants[fact.operation] = fold.fold_grant(grant, fact)
        if isinstance(fact, f.Granted):
            self._compare(entry, "an open offer", True, fold.earned(grant, fact))  # noqa: FBT003  # what is recorded, and what is so
            self.evidence[fact.operation, fact.version] = fold.fold_promotion(known)

    def _offered(self, entry: Entry, fact: f.GrantOffered, grant: Grant, known: Evidence) -> None:
        if self._charter is None:
            return
        only = fact.level is Level.OPTIMISE and grant.level < Level.EXECUTE
        around = Circumstances(now=entry.at, only_certified=only)
        judged = level.judge(grant, known, self._charter, fact.operation, around)
        earned = (judged.level, dict(judged.evidence)) if isinstance(judged, Earned) else (judged, {})
        self._compare(entry, "offer", (fact.level, dict(fact.evidence)), earned)

    def _compare(self, entry: Entry, what: str, recorded: object, reckoned: object) -> None:
        self.judgements += 1
        if recorded != reckoned:
            self.differences.append(Difference(seq=entry.seq, what=what, recorded=str(recorded), reckoned=str(reckoned)))

    def _keep(self, item: _Item, fold_one: Callable[[Evidence], Evidence]) -> None:
        known = self._known(item.operation, item.version)
        if known.trial == item.trial > 0 and not item.apart:
            self.evidence[item.operation, item.version] = fold_one(known)

    def _known(self, operation: Operation, version: str) -> Evidence:
        return self.evidence.get((operation, version)) or Evidence(version=version, trial=0)

    def _grant(self, operation: Operation) -> Grant:
        return self.grants.get(operation) or Grant(level=Level.OFF)

    @property
    def _spec(self) -> EvidenceSpec:
        if self._charter is None:
            msg = f"facts about {self.use_case} before its charter"
            raise ValueError(msg)
        return self._charter.evidence


def stored_differences(
    replayed: EvidenceReplay, evidence: Mapping[_Key, Evidence], grants: Mapping[Operation, Grant]
) -> Iterator[Difference]:
    """Compare what the facts come to with what is stored."""
    for key, stored in evidence.items():
        reckoned = replayed.evidence.get(key)
        if stored.trial and stored != reckoned:
            what = f"evidence of {key[0]} by {key[1]}"
            yield Difference(seq=0, what=what, recorded=_parts(stored, reckoned), reckoned=_parts(reckoned, stored))
    for operation, grant in grants.items():
        again = replayed.grants.get(operation)
        if grant != again:
            yield Difference(seq=0, what=f"level of {operation}", recorded=_parts(grant, again), reckoned=_parts(again, grant))


def _parts(one: Evidence | Grant | None, other: Evidence | Grant | None) -> str:
    """Show of a value only what differs from another."""
    if one is None or other is None:
        return str(one)
    names = [name for name in _names(one) if getattr(one, name) != getattr(other, name)]
    return ", ".join(f"{name} {getattr(one, name)}" for name in names)


def _names(one: Evidence | Grant) -> tuple[str, ...]:
    return one.__struct_fields__ if isinstance(one, Evidence) else tuple(field.name for field in fields(one))
