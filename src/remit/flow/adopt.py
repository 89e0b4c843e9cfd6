"""Adopting a policy and admitting agent versions to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from remit.core import facts as f
from remit.core.charter import Charter
from remit.core.policy import digest_of, with_checked_rules
from remit.core.trial_end import begun_anew
from remit.core.types import Operation, UseCaseId
from remit.errors import Conflict, NotFound
from remit.flow.reconsider import reconsider, reconsider_batch
from remit.ports import House, Writing


async def adopt(house: House, documents: Mapping[str, str], by: str) -> int:
    """Put documents (JSON text by name) into force beside those already adopted. Returns the policy's number.

    It asks for no signature: that is what `flow/offer_policy.py` does. Documents equal to those in force change nothing. Raises
    `RuleError` for a document that cannot be read.
    """
    number = await house.store.write(lambda tx: _adopt(tx, documents, by))
    await reconsider(house)
    return number


def _adopt(tx: Writing, documents: Mapping[str, str], by: str) -> int:
    number, before = tx.policy_documents()
    merged = with_checked_rules({**before, **documents})  # refuses what cannot be read, before anything is written
    return number if merged == before else put_in_force(tx, merged, actor=f"person:{by}")


def put_in_force(tx: Writing, documents: Mapping[str, str], *, actor: str, signed_by: tuple[str, ...] = ()) -> int:
    """Put whole, checked documents into force, begin trials anew where needed, and meet the first of what waits."""
    number = tx.policy_documents()[0] + 1
    charters = tx.policy().charters if number > 1 else {}
    adopted = f.PolicyAdopted(number=number, digest=digest_of(documents), documents=documents, signed_by=signed_by)
    tx.record(adopted, actor=actor)
    after = tx.policy().charters
    for name, charter in charters.items():
        _begin_anew(tx, charter, after[name], actor)
    reconsider_batch(tx, number)
    return number


def _begin_anew(tx: Writing, before: Charter, after: Charter, actor: str) -> None:
    """Start a trial wherever evidence of the old charter is no evidence under the new one."""
    versions = sorted({key.version for key in tx.agent_keys(after.id)})
    for operation in begun_anew(before, after):
        for version in versions:
            _try(tx, after.id, operation, version, actor)


def _try(tx: Writing, use_case: UseCaseId, operation: Operation, version: str, actor: str) -> None:
    trial = tx.latest_trial(use_case, operation) + 1
    tx.record(f.TrialStarted(use_case=use_case, operation=operation, version=version, trial=trial), actor=actor)


def key_digest(key: str) -> str:
    """Return how a key is kept. Keys are 256 random bits, so a plain hash hides them."""
    return hashlib.sha256(key.encode()).hexdigest()


async def admit(house: House, *, agent: str, version: str, use_cases: Sequence[UseCaseId], key: str, by: str) -> None:
    """Declare an agent version a candidate: its key works from now on, and its trials start at no evidence."""
    await house.store.write(lambda tx: _admit(tx, agent, version, tuple(use_cases), key, by))


def _admit(tx: Writing, agent: str, version: str, use_cases: tuple[UseCaseId, ...], key: str, by: str) -> None:
    charters = tx.policy().charters
    unknown = [name for name in use_cases if name not in charters]
    if unknown:
        raise NotFound(asked=f"a key for {', '.join(unknown)}", found="no such charter", do="Adopt the charter first")
    digest = key_digest(key)
    if not key or tx.agent_key(digest) is not None:
        raise Conflict(asked=f"a key for {agent}", found="an empty one, or one in use", do="Make a fresh random key")
    issued = f.KeyIssued(agent=agent, version=version, use_cases=use_cases, key_digest=digest)
    tx.record(issued, actor=f"person:{by}")
    for use_case in use_cases:
        for operation in charters[use_case].operations:
            _try(tx, use_case, operation, version, f"person:{by}")
