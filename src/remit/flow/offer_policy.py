"""Changing the policy by the rules: what loosens waits for a second person, everything else comes into force at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core import facts as f
from remit.core import policy_offer
from remit.core.access import Verb, one_of, roles_for
from remit.core.change import Change, Direction, union
from remit.core.policy import CompiledPolicy, compile_documents, digest_of, with_checked_rules
from remit.core.policy_change import NOTHING_YET, compare, direction_of
from remit.core.policy_offer import PolicyOffer
from remit.core.replay import Replay, replay
from remit.core.trial_end import TrialEnd, cost, ended_trials
from remit.errors import Conflict
from remit.flow.adopt import put_in_force
from remit.flow.reconsider import reconsider
from remit.ports import House, Reading, Writing

REPLAYED = timedelta(days=90)
PAGE = 2000
_MOST_PAGES = 10
_BY = "remit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What documents would change: each change, what the trials cost, who has to sign, and the policy they would make."""

    number: int
    digest: str
    documents: Mapping[str, str]
    changes: tuple[Change, ...]
    direction: Direction
    trials: tuple[TrialEnd, ...]
    needs_two: bool
    after: CompiledPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of wanted documents. `adopted` is the number in force, None while signatures are missing."""

    weighed: Weighed
    adopted: int | None
    offer: PolicyOffer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What became of a signature: `adopted` is None while another one, or the wait for it, is missing."""

    digest: str
    signed_by: tuple[str, ...]
    adopted: int | None


def weigh(reading: Reading, documents: Mapping[str, str], *, replayed: Direction = Direction.NEITHER) -> Weighed:
    """Say what documents would change, and writes nothing. Raises `RuleError` for one that cannot be read.

    `replayed` is what deciding recorded questions again came to; the direction is both together.
    """
    number, now = reading.policy_documents()
    merged = _merged(now, documents)
    digest = digest_of(merged)
    before = reading.policy() if number else NOTHING_YET
    after = compile_documents(number + 1, digest, merged)
    changes = compare(before, after)
    direction = union([direction_of(changes), replayed])
    return Weighed(
        number=number + 1,
        digest=digest,
        documents={name: text for name, text in merged.items() if now.get(name) != text},
        changes=changes,
        direction=direction,
        trials=tuple(_trials(reading, before, after)),
        needs_two=policy_offer.needs_two(changes, direction, before, after),
        after=after,
    )


def _merged(now: Mapping[str, str], documents: Mapping[str, str]) -> dict[str, str]:
    """Put documents beside those in force; one that only writes the same otherwise stays as it was."""
    wanted = {name: text for name, text in documents.items() if name not in now or not _same(now[name], text)}
    return with_checked_rules({**now, **wanted})


def _same(one: str, other: str) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False  # whoever reads it will say what is wrong


def _trials(reading: Reading, before: CompiledPolicy, after: CompiledPolicy) -> list[TrialEnd]:
    found = []
    for use_case, operation in ended_trials(before, after):
        for version in sorted({key.version for key in reading.agent_keys(use_case)}):
            evidence = reading.evidence(use_case, operation, version)
            found.append(cost(evidence, use_case, operation, after, reading.latest_trial(use_case, operation) + 1))
    return [one for one in found if one is not None]


def replay_page(reading: Reading, documents: Mapping[str, str], now: datetime, *, after: int = 0) -> tuple[Replay, int]:
    """Decide the next recorded questions again. Returns what became of them, and where to go on; 0 where none are left."""
    number, current = reading.policy_documents()
    wanted = _merged(current, documents)
    before = reading.policy() if number else NOTHING_YET
    recorded, follows = reading.recorded(now - REPLAYED, after=after, limit=PAGE)
    return replay(recorded, before, compile_documents(number + 1, digest_of(wanted), wanted)), follows


async def offer(house: House, documents: Mapping[str, str], by: str) -> Outcome:
    """Change the policy. It is in force at once where one person may do that; else it is offered, with her signature on it."""
    direction = await _replayed(house, documents)
    outcome = await house.store.write(lambda tx: _offer(house, tx, documents, by, direction))
    await reconsider(house)
    return outcome


async def _replayed(house: House, documents: Mapping[str, str]) -> Direction:
    """Decide what was recorded again, as a second opinion; the lattice alone judges what lies beyond the first pages."""
    found, follows = Replay(pairs={}), 0
    for _ in range(_MOST_PAGES):
        with house.store.read() as reading:
            page, follows = replay_page(reading, documents, house.clock.now(), after=follows)
        found += page
        if not follows:
            break
        await asyncio.sleep(0)
    return found.direction


def _offer(house: House, tx: Writing, documents: Mapping[str, str], by: str, replayed: Direction) -> Outcome:
    weighed = weigh(tx, documents, replayed=replayed)
    if not weighed.documents:
        return Outcome(weighed=weighed, adopted=weighed.number - 1)
    if not weighed.needs_two:
        return Outcome(weighed=weighed, adopted=_put_in_force(house, tx, weighed.documents, f"person:{by}", (by,)))
    known = [one for one in tx.policy_offers() if one.digest == weighed.digest and one.number == weighed.number]
    if known:
        raise Conflict(asked="this change of policy", found=f"{known[0].by} offered it already", do=_how(known[0], by))
    actor = f"person:{by}"
    told = f.PolicyOffered(
        number=weighed.number, digest=weighed.digest, documents=weighed.documents, by=by, direction=weighed.direction
    )
    tx.record(told, actor=actor)
    tx.record(f.PolicySigned(digest=weighed.digest, by=by), actor=actor)
    return Outcome(weighed=weighed, adopted=None, offer=_existing(tx, weighed.digest))


def _put_in_force(house: House, tx: Writing, documents: Mapping[str, str], actor: str, signed_by: tuple[str, ...]) -> int:
    return put_in_force(house, tx, {**tx.policy_documents()[1], **documents}, actor=actor, signed_by=signed_by)


def _how(known: PolicyOffer, by: str) -> str:
    """Say how an offer goes on: the one who made it waits for somebody else."""
    if by in known.signed_by:
        return f"It waits for {one_of(roles_for(Verb.SIGN_POLICY))}, who signs it with `remit policy sign {known.digest[:12]}`"
    return f"Sign it with `remit policy sign {known.digest[:12]}`, as {one_of(roles_for(Verb.SIGN_POLICY))}"


async def sign(house: House, wanted: str, by: str) -> Signed:
    """Sign an offered change, named by its number or the beginning of its digest. The second person puts it into force.

    Raises `Conflict` where another policy came into force since, and says what changed; and where she signed already.
    """
    signed = await house.store.write(lambda tx: _sign(house, tx, wanted, by))
    await reconsider(house)
    return signed


def _sign(house: House, tx: Writing, wanted: str, by: str) -> Signed:
    found = policy_offer.named(tx.policy_offers(), wanted, tx.policy_documents()[0])
    if policy_offer.stale(found, tx.policy_documents()[0]):
        raise Conflict(asked=f"a signature on policy {found.number}", found=_moved_on(tx, found), do="Offer the change again")
    if by in found.signed_by:
        raise Conflict(asked=f"{by} signing", found=f"signed by {by} already", do="Another person signs")
    tx.record(f.PolicySigned(digest=found.digest, by=by), actor=f"person:{by}")
    after = _existing(tx, found.digest)
    adopted = _put_in_force(house, tx, after.documents, f"person:{by}", after.signed_by) if policy_offer.complete(after) else None
    return Signed(digest=found.digest, signed_by=after.signed_by, adopted=adopted)


def _moved_on(tx: Reading, found: PolicyOffer) -> str:
    """Say what changed since an offer was made."""
    past = {
        entry.fact.number: entry.fact for entry in tx.facts(kinds=["PolicyAdopted"]) if isinstance(entry.fact, f.PolicyAdopted)
    }
    seen = past.get(found.number - 1)
    before = NOTHING_YET if seen is None else tx.policy_of(seen.digest)
    told = " ".join(change.sentence for change in compare(before, tx.policy())) or "Nothing that decides changed."
    return f"policy {tx.policy_documents()[0]} is in force since; {told}"


def _existing(tx: Reading, digest: str) -> PolicyOffer:
    return next(one for one in tx.policy_offers() if one.digest == digest)


async def ripen(house: House) -> int:
    """Put into force what has waited long enough where the risk statement lets a wait stand for a signature. Returns how many."""
    now = house.clock.now()
    with house.store.read() as reading:
        if not _ripe(reading, now):
            return 0
    ripened = await house.store.write(lambda tx: _ripen(house, tx, now))
    await reconsider(house)
    return ripened


def _ripe(reading: Reading, now: datetime) -> list[PolicyOffer]:
    offers = reading.policy_offers()
    if not offers:
        return []
    number, statement = reading.policy_documents()[0], reading.policy().risk_statement
    fresh = [one for one in offers if not policy_offer.stale(one, number)]
    return [one for one in fresh if (at := policy_offer.ripens_at(one, statement)) is not None and at <= now]


def _ripen(house: House, tx: Writing, now: datetime) -> int:
    ripe = _ripe(tx, now)[:1]  # the first makes every other one stale
    for one in ripe:
        _put_in_force(house, tx, one.documents, _BY, one.signed_by)
    return len(ripe)
