"""Plants a proposal that is known to be bad among what is held, and sees whether somebody notices. It never leaves.

To a reviewer it looks like any other: it went through the gate with the key of the use case's own agent. The ledger says what it
is, and so does the reply to whoever answered it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from remit.core import facts as f
from remit.core.care import OFF, CareSpec
from remit.core.lifecycle import State
from remit.core.observation import draw_ppm
from remit.core.proposal import Ask
from remit.core.types import Operation, ProposalId, UseCaseId, Value
from remit.errors import InvalidInput, NotFound, RemitError, StoreUnavailable
from remit.flow.propose import admit, decide_one, establish_all
from remit.ports import AgentKey, Established, House, Reading, Writing
from remit.ports.care_port import SeedCase

_BY = "remit"
PPM = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that is known to be bad, and why: the reason is told to whoever answered it."""

    use_case: UseCaseId
    operation: Operation
    arguments: Mapping[str, Value]
    why: str


async def keep_cases(house: House, cases: Sequence[Case], by: str) -> int:
    """Keep cases to be planted now and then. Raises `InvalidInput` for one that no policy admits, with nothing kept."""
    with house.store.read() as reading:
        policy = reading.policy()
        for case in cases:
            if not case.why.strip():
                raise InvalidInput(asked="a case", found="no why", do="Say what is wrong with it; whoever answers it is told")
            admit(policy, _whose(reading, case.use_case), _ask(case, "new"), house.clock.now())
    kept = [
        SeedCase(
            case=house.ids.new(),
            use_case=one.use_case,
            operation=one.operation,
            arguments=dict(one.arguments),
            why=one.why,
            by=by,
        )
        for one in cases
    ]
    await house.store.write(lambda tx: tx.keep_cases(kept))
    return len(kept)


async def plant(house: House, case: SeedCase) -> ProposalId:
    """Plant one case now. Raises `InvalidInput` where care is off, or where the gate would not hold it for a person."""
    with house.store.read() as reading:
        policy = reading.policy()
        if care_of(reading).mode == "off":
            do = "Write `care` into the risk statement, and tell the people it is about"
            raise InvalidInput(asked="planting a proposal", found="reviewer care is off", do=do)
        key, ask = _whose(reading, case.use_case), _ask(case, house.ids.new())
        admit(policy, key, ask, house.clock.now())
    [established] = await establish_all(house, policy, [ask])
    return await house.store.write(partial(_plant, house, key, ask, case, established))


def care_of(reading: Reading) -> CareSpec:
    """Return what is looked at about reviewers."""
    statement = reading.policy().risk_statement
    return OFF if statement is None or statement.care is None else statement.care


def _whose(reading: Reading, use_case: UseCaseId) -> AgentKey:
    """Return the newest agent version of a use case, under whose name a case is planted."""
    keys = [key for key in reading.agent_keys(use_case) if not key.revoked]
    if not keys:
        raise NotFound(asked=f"an agent of {use_case}", found="none", do="Issue a key first: planted proposals look like its own")
    return keys[-1]


def _ask(case: Case | SeedCase, call: str) -> Ask:
    return Ask(use_case=case.use_case, operation=case.operation, arguments=case.arguments, call_id=f"planted {call}")


def _plant(house: House, key: AgentKey, ask: Ask, case: SeedCase, established: Established, tx: Writing) -> ProposalId:
    answer = decide_one(house, tx, key, ask, established, held=True)
    if answer.state is not State.HELD or answer.proposal is None:
        found = f"the gate says {answer.verdict.name.lower()}, so no reviewer would see it"
        raise InvalidInput(asked=f"planting {case.case}", found=found, do="Choose a case that is held for a person")
    due_at = tx.existing(answer.proposal).due_at or house.clock.now()
    fact = f.Seeded(proposal=answer.proposal, by=case.by, case=case.case, due_at=due_at)
    tx.record(fact, actor=_BY, contents={"why": case.why})
    tx.mark_planted(case.case, answer.proposal)
    return answer.proposal


async def plant_due(house: House) -> int:
    """Plant a case in every use case that had enough answers since the last one. Returns how many."""
    with house.store.read() as reading:
        due = list(_due(house, reading))
    return sum([await _planted(house, case) for case in due])


async def _planted(house: House, case: SeedCase) -> bool:
    """Plant a case whose turn it is; one that cannot be planted any more is put aside, so that the next one has its turn."""
    try:
        await plant(house, case)
    except StoreUnavailable:
        raise
    except RemitError as error:
        why = f"not possible: {error.found}"
        await house.store.write(lambda tx: tx.mark_planted(case.case, why))
        return False
    return True


def _due(house: House, reading: Reading) -> Sequence[SeedCase]:
    """Return the next case of each use case whose turn it is: after about so many answers, and nobody knows exactly when."""
    care = care_of(reading)
    if care.mode == "off" or not care.seeds_per_hundred:
        return []
    found = []
    for use_case, case in reading.next_cases().items():
        latest, answers = reading.answers_since_planted(use_case)
        jitter = 0.5 + draw_ppm(house.secret, "plant", use_case, latest) / PPM
        if answers >= 100 / care.seeds_per_hundred * jitter and use_case in reading.policy().charters:
            found.append(case)
    return found
