"""Adopting a policy, admitting agent versions to it, and ending what their keys open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from remit.core import facts as f
from remit.core.charter import Charter
from remit.core.policy import digest_of, with_checked_rules
from remit.core.trial_end import begun_anew
from remit.core.types import UseCaseId
from remit.errors import Conflict, NotFound
from remit.flow.candidate import start_trial
from remit.flow.judge import demote_stricter
from remit.flow.reconsider import reconsider, reconsider_batch
from remit.ports import House, Writing
from remit.ports.people_port import HeldKey


async def adopt(house: House, documents: Mapping[str, str], by: str) -> int:
    """Put documents (JSON text by name) into force beside those already adopted. Returns the policy's number.

    It asks for no signature: that is what `flow/offer_policy.py` does. Documents equal to those in force change nothing. Raises
    `RuleError` for a document that cannot be read.
    """
    number = await house.store.write(lambda tx: _adopt(house, tx, documents, by))
    await reconsider(house)
    return number


def _adopt(house: House, tx: Writing, documents: Mapping[str, str], by: str) -> int:
    number, before = tx.policy_documents()
    merged = with_checked_rules({**before, **documents})  # refuses what cannot be read, before anything is written
    return number if merged == before else put_in_force(house, tx, merged, actor=f"person:{by}")


def put_in_force(house: House, tx: Writing, documents: Mapping[str, str], *, actor: str, signed_by: tuple[str, ...] = ()) -> int:
    """Put whole, checked documents into force, begin trials anew where needed, and meet the first of what waits."""
    number = tx.policy_documents()[0] + 1
    charters = tx.policy().charters if number > 1 else {}
    adopted = f.PolicyAdopted(number=number, digest=digest_of(documents), documents=documents, signed_by=signed_by)
    tx.record(adopted, actor=actor)
    after = tx.policy().charters
    for name, charter in charters.items():
        _begin_anew(house, tx, charter, after[name], actor)
    reconsider_batch(tx, number)
    return number


def _begin_anew(house: House, tx: Writing, before: Charter, after: Charter, actor: str) -> None:
    """Start a trial wherever evidence of the old charter is no evidence under the new one.

    A level that was earned at a looser tolerance ends with it.
    """
    keys = sorted({key.version for key in tx.agent_keys(after.id)})
    versions = [one for one in keys if any(tx.evidence(after.id, operation, one).trial for operation in before.operations)]
    for operation in begun_anew(before, after):
        demote_stricter(house, tx, before, after, operation)
        for version in versions:
            start_trial(tx, after.id, operation, version, actor=actor)


def key_digest(key: str) -> str:
    """Return how a key is kept. Keys are 256 random bits, so a plain hash hides them."""
    return hashlib.sha256(key.encode()).hexdigest()


async def admit(
    house: House, *, agent: str, version: str, use_cases: Sequence[UseCaseId], key: str, by: str, candidate: bool = True
) -> None:
    """Admit an agent version: its key works from now on. As a `candidate` its trials start, at no evidence.

    One that is no candidate yet costs no trial while its prompts are worked on; `flow/candidate.py` declares it later.
    """
    await house.store.write(lambda tx: _admit(tx, agent, version, tuple(use_cases), key, by, candidate=candidate))


def _admit(
    tx: Writing, agent: str, version: str, use_cases: tuple[UseCaseId, ...], key: str, by: str, *, candidate: bool
) -> None:
    charters = tx.policy().charters
    unknown = [name for name in use_cases if name not in charters]
    if unknown:
        raise NotFound(asked=f"a key for {', '.join(unknown)}", found="no such charter", do="Adopt the charter first")
    digest = key_digest(key)
    earlier = [one for one in tx.issued_keys() if (one.agent, one.version) == (agent, version)]
    _refuse_second(tx, agent, earlier, key, digest)
    issued = f.KeyIssued(agent=agent, version=version, use_cases=use_cases, key_digest=digest)
    tx.record(issued, actor=f"person:{by}")
    tried = {use_case for one in earlier for use_case in one.use_cases}  # a new key is no new version: its evidence stays
    for use_case in use_cases if candidate else ():
        for operation in charters[use_case].operations:
            if use_case not in tried or not tx.evidence(use_case, operation, version).trial:
                start_trial(tx, use_case, operation, version, actor=f"person:{by}")


def _refuse_second(tx: Writing, agent: str, earlier: Sequence[HeldKey], key: str, digest: str) -> None:
    if not key or any(one.key_digest == digest for one in tx.issued_keys()):
        raise Conflict(asked=f"a key for {agent}", found="an empty one, or one in use", do="Make a fresh random key")
    held = [one for one in earlier if not one.revoked]
    if held:
        named = f"{agent} version {held[0].version}"
        do = "Revoke it first with `remit key revoke`, or declare another version"
        raise Conflict(asked=f"a key for {named}", found="it has one, and a version has one key", do=do)


async def revoke(house: House, *, agent: str, version: str, by: str, reason: str = "") -> None:
    """End the key of an agent version at once. What it proposed already stays where it is; its evidence stays too."""
    await house.store.write(lambda tx: _revoke(tx, agent, version, by, reason))


def _revoke(tx: Writing, agent: str, version: str, by: str, reason: str) -> None:
    for key in tx.issued_keys():
        if (key.agent, key.version, key.revoked) == (agent, version, False):
            revoked = f.KeyRevoked(agent=agent, version=version, key_digest=key.key_digest, reason=reason)
            tx.record(revoked, actor=f"person:{by}")
            return
    raise NotFound(asked=f"the key of {agent} version {version}", found="none that opens anything", do="See `remit key list`")
