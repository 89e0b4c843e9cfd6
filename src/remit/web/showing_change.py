"""How one policy looks at this door, offered or adopted: what it changes, in words, and every changed document whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from remit.core import policy_offer
from remit.core.facts import Entry, PolicyAdopted
from remit.core.policy import CompiledPolicy
from remit.core.policy_change import NOTHING_YET, compare, direction_of
from remit.core.policy_offer import SHORTEST, PolicyOffer
from remit.core.policy_review import policy_findings
from remit.errors import InvalidInput, NotFound
from remit.flow.offer_policy import weigh
from remit.ports import Reading
from remit.web import showing_policy

Adopted = tuple[Entry, PolicyAdopted]


def policies(reading: Reading) -> list[dict[str, Any]]:
    """Show every policy that was ever in force, each with what it changed."""
    found = _adopted(reading)
    number, _ = reading.policy_documents()
    shown = []
    for before, (entry, fact) in zip([None, *found], found, strict=False):
        changed = _differing(None if before is None else before[1], fact)
        after, earlier = reading.policy_of(fact.digest), _policy(reading, before)
        told = {"documents": showing_policy.named(changed), "direction": str(direction_of(compare(earlier, after)))}
        shown.append(showing_policy.adopted(entry, fact, number) | told)
    return shown


def policy(reading: Reading, wanted: str, connected: Collection[str]) -> dict[str, Any]:
    """Show one policy by its number or the beginning of its digest. Raises `NotFound`, `InvalidInput` or `Conflict`."""
    number, _ = reading.policy_documents()
    offers, past = reading.policy_offers(), _adopted(reading)
    fresh = [one for one in offers if not policy_offer.stale(one, number)]
    named = [at for at, (_, fact) in enumerate(past) if str(fact.number) == wanted or policy_offer.begins(fact.digest, wanted)]
    if any(str(one.number) == wanted or policy_offer.begins(one.digest, wanted) for one in fresh):
        return _offer(reading, policy_offer.named(fresh, wanted, number), connected)
    if named:
        return _past(reading, past, named[-1], connected)
    return _offer(reading, _stale(offers, wanted, number), connected)


def _stale(offers: Sequence[PolicyOffer], wanted: str, number: int) -> PolicyOffer:
    try:
        return policy_offer.named(offers, wanted, number)
    except NotFound as error:
        do = "See `remit policy list` and `remit policy offers`"
        raise NotFound(asked=f"policy {wanted}", found="no such policy", do=do) from error
    except InvalidInput as error:
        do = f"Give its number or at least {SHORTEST} characters of its digest; see `remit policy list` and `remit policy offers`"
        raise InvalidInput(asked=f"policy {wanted}", found=error.found, do=do) from error


def _offer(reading: Reading, one: PolicyOffer, connected: Collection[str]) -> dict[str, Any]:
    found = weigh(reading, one.documents)
    told = showing_policy.weighed(found, connected) | {"number": one.number, "digest": one.digest}
    texts = {name: one.documents[name] for name in showing_policy.named(one.documents)}
    offered = showing_policy.offered(reading, one)
    return told | {"direction": str(one.direction), "texts": texts, "offer": offered, "adopted": None}


def _past(reading: Reading, past: Sequence[Adopted], at: int, connected: Collection[str]) -> dict[str, Any]:
    entry, fact = past[at]
    before = past[at - 1] if at else None
    after, earlier = reading.policy_of(fact.digest), _policy(reading, before)
    changes = compare(earlier, after)
    documents = _differing(None if before is None else before[1], fact)
    told = showing_policy.changed(changes, direction_of(changes))
    return told | {
        "number": fact.number,
        "digest": fact.digest,
        "documents": showing_policy.named(documents),
        "trials": [],
        "findings": showing_policy.findings(policy_findings(after, documents, connected)),
        "texts": {name: documents[name] for name in showing_policy.named(documents)},
        "offer": None,
        "adopted": showing_policy.adopted(entry, fact, reading.policy_documents()[0]),
    }


def _adopted(reading: Reading) -> list[Adopted]:
    entries = reading.facts(kinds=["PolicyAdopted"], limit=100_000)
    return [(one, one.fact) for one in entries if isinstance(one.fact, PolicyAdopted)]


def _policy(reading: Reading, one: Adopted | None) -> CompiledPolicy:
    return NOTHING_YET if one is None else reading.policy_of(one[1].digest)


def _differing(before: PolicyAdopted | None, after: PolicyAdopted) -> Mapping[str, str]:
    known: Mapping[str, str] = {} if before is None else before.documents
    return {name: text for name, text in after.documents.items() if known.get(name) != text}
