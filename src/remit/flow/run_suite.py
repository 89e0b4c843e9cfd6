"""Tries an agent version on the golden cases of a use case, and writes down how it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remit.core import facts as f
from remit.core.charter import Charter
from remit.core.gate import decide
from remit.core.proposal import Ask, check
from remit.core.suite import Asked, CaseSpec, faults, suite_digest
from remit.core.types import Level, UseCaseId, Value, Verdict
from remit.errors import InvalidInput, NotFound
from remit.flow.ask import Question, ask_gate, freed
from remit.flow.explain_level import charter_of
from remit.flow.propose import claimed_in, establish_all
from remit.ports import AgentKey, Established, House


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an agent would ask for in a case: arguments, or None for nothing."""

    arguments: Mapping[str, Value] | None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteReport:
    """What came out, by case: what is wrong with each, nothing where it passed."""

    use_case: UseCaseId
    version: str
    suite: str
    found: Mapping[str, tuple[str, ...]]

    @property
    def failed(self) -> tuple[str, ...]:
        """The cases that failed."""
        return tuple(name for name, wrong in self.found.items() if wrong)


async def run_suite(house: House, use_case: UseCaseId, version: str, replies: Mapping[str, Reply], *, by: str) -> SuiteReport:
    """Grade the replies of a version to every golden case, and record how many passed.

    A case without a reply fails. Raises `NotFound` without a charter, cases or such a version, `InvalidInput` for a reply to no
    case or of no shape; then nothing is written.
    """
    with house.store.read() as reading:
        policy, charter = reading.policy(), charter_of(reading, use_case)
        keys = [one for one in reading.agent_keys(use_case) if one.version == version and not one.revoked]
    _refuse_unfit(charter, version, keys, replies)
    asks = {name: _ask(house, charter, name, one) for name, one in replies.items() if one.arguments is not None}
    established = await establish_all(house, policy, list(asks.values()))
    verdicts = {name: _verdict(house, keys[0], ask, found) for (name, ask), found in zip(asks.items(), established, strict=True)}
    found = {name: tuple(_faults(name, case, replies, verdicts)) for name, case in charter.suite.items()}
    report = SuiteReport(use_case=use_case, version=version, suite=suite_digest(charter.suite), found=found)
    passed = len(found) - len(report.failed)
    fact = f.SuiteRun(use_case=use_case, version=version, suite=report.suite, passed=passed, failed=report.failed, by=by)
    await house.store.write(lambda tx: tx.record(fact, actor=f"person:{by}"))
    return report


def _refuse_unfit(charter: Charter, version: str, keys: Sequence[AgentKey], replies: Mapping[str, Reply]) -> None:
    if not charter.suite:
        do = "Write `suite` into the charter: golden cases, by name"
        raise NotFound(asked=f"the suite of {charter.id}", found="no cases", do=do)
    if not keys:
        raise NotFound(asked=f"version {version} of {charter.id}", found="no key of it", do="See `remit key list`")
    strange = sorted(set(replies) - set(charter.suite))
    if strange:
        raise InvalidInput(asked="replies to the suite", found=f"no case is called {strange[0]}", do="See `remit suite show`")


def _ask(house: House, charter: Charter, name: str, reply: Reply) -> Ask:
    case = charter.suite[name]
    ask = Ask(
        use_case=charter.id,
        operation=case.operation,
        arguments=reply.arguments or {},
        call_id=f"suite {name}",
        confidence=reply.confidence,
        dry_run=True,
    )
    check(ask, house.clock.now())
    return ask


def _verdict(house: House, key: AgentKey, ask: Ask, established: Established) -> Verdict:
    """Return what class and rules come to, whatever the level; what cannot be carried out at all is blocked."""
    if established.problem is not None:
        return Verdict.BLOCK
    question = Question(
        use_case=ask.use_case,
        operation=ask.operation,
        arguments=ask.arguments,
        agent=key.agent,
        version=key.version,
        trial=0,
        claimed=claimed_in(ask),
        established=established,
        drawn=False,
        dry_run=True,
    )
    with house.store.read() as reading:
        given = ask_gate(house, reading, question).given
        return decide(freed(given, Level.OPTIMISE), reading.policy()).verdict


def _faults(name: str, case: CaseSpec, replies: Mapping[str, Reply], verdicts: Mapping[str, Verdict]) -> list[str]:
    if name not in replies:
        return ["there is no reply to it"]
    arguments = replies[name].arguments
    return list(faults(case, None if arguments is None else Asked(arguments=arguments, verdict=verdicts.get(name))))
