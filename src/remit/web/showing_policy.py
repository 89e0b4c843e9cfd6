"""How policies, changes of policy, measures and ceilings look at this door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from remit.core import policy_offer
from remit.core.change import Change, Direction
from remit.core.charter_finding import Finding
from remit.core.facts import Entry, PolicyAdopted
from remit.core.policy import RULES
from remit.core.policy_offer import PolicyOffer
from remit.core.policy_review import policy_findings
from remit.core.readiness import PPM, Measure
from remit.core.reasons import sentence
from remit.core.replay import Replay
from remit.core.standing import Standing, lacking, standing
from remit.core.stops import reaching
from remit.core.trial_end import TrialEnd
from remit.core.types import Operation, UseCaseId
from remit.flow.explain_level import charter_of
from remit.flow.offer_policy import Weighed
from remit.ports import House, Reading
from remit.web import showing


def weighed(found: Weighed, house: House) -> dict[str, Any]:
    """Show what documents would change, and what a reviewer would say of them."""
    return changed(found.changes, found.direction) | {
        "number": found.number,
        "digest": found.digest,
        "documents": named(found.documents),
        "needs_two": found.needs_two,
        "trials": [_trial(one) for one in found.trials],
        "findings": findings(policy_findings(found.after, found.documents, house.connectors, house.clock.now().date())),
    }


def changed(changes: Iterable[Change], direction: Direction) -> dict[str, Any]:
    """Show differences and which way they go together."""
    return {"direction": str(direction), "changes": [_change(one) for one in changes]}


def named(documents: Iterable[str]) -> list[str]:
    """Name documents that people write. Where only the form in which rules are kept differs, that is named."""
    found = sorted(documents)
    return [name for name in found if name != RULES] or found


def findings(found: Iterable[tuple[str, Finding]]) -> list[dict[str, Any]]:
    """Show what a reviewer would say, by document."""
    return [{"document": name, "path": list(one.way), "code": one.code, "found": one.found, "do": one.do} for name, one in found]


def _change(one: Change) -> dict[str, Any]:
    return {
        "path": one.path,
        "use_case": one.use_case,
        "before": one.before,
        "after": one.after,
        "direction": str(one.direction),
        "sentence": one.sentence,
    }


def _trial(one: TrialEnd) -> dict[str, Any]:
    return {
        "use_case": one.use_case,
        "operation": one.operation,
        "version": one.version,
        "observations": one.observations,
        "answered": one.answered,
        "answers_needed": one.answers_needed,
    }


def replayed(found: Replay) -> dict[str, Any]:
    """Show what becomes of recorded decisions."""
    pairs = sorted(found.pairs.items())
    return {
        "decided": found.decided,
        "use_cases": dict(found.use_cases),
        "direction": str(found.direction),
        "pairs": [{"now": now.name.lower(), "then": then.name.lower(), "count": n} for (now, then), n in pairs],
        "examples": [
            {
                "proposal": one.proposal,
                "use_case": one.use_case,
                "operation": one.operation,
                "now": one.now.name.lower(),
                "then": one.then.name.lower(),
                "because": sentence(one.because),
            }
            for one in found.examples
        ],
    }


def adopted(entry: Entry, fact: PolicyAdopted, in_force: int) -> dict[str, Any]:
    """Show a policy that came into force."""
    return {
        "number": fact.number,
        "digest": fact.digest,
        "at": entry.at.isoformat(),
        "by": entry.actor.removeprefix("person:"),
        "signed_by": list(fact.signed_by),
        "waited": entry.actor == "remit",
        "in_force": fact.number == in_force,
    }


def offered(reading: Reading, one: PolicyOffer) -> dict[str, Any]:
    """Show an offered change: who signed, and when a wait is enough."""
    number = reading.policy_documents()[0]
    ripens = policy_offer.ripens_at(one, reading.policy().risk_statement)
    return {
        "number": one.number,
        "digest": one.digest,
        "documents": named(one.documents),
        "by": one.by,
        "direction": str(one.direction),
        "offered_at": one.offered_at.isoformat(),
        "signed_by": list(one.signed_by),
        "ripens_at": None if ripens is None else ripens.isoformat(),
        "stale": policy_offer.stale(one, number),
    }


def measured(use_case: str, one: Measure, now: datetime) -> dict[str, Any]:
    """Show a measure."""
    return {
        "use_case": use_case,
        "what": one.what,
        "value": one.value_ppm / PPM,
        "until": one.until.isoformat(),
        "ended": one.until <= now,
        "by": one.by,
        "at": one.at.isoformat(),
        "note": one.note,
    }


def levels(reading: Reading, now: datetime, wanted: str | None) -> list[dict[str, Any]]:
    """Show every operation's level and what holds it down; of one use case where one is asked for. Raises `NotFound`."""
    charters = reading.policy().charters
    names = list(charters) if wanted is None else [charter_of(reading, UseCaseId(wanted)).id]
    return [_level(reading, now, name, operation) for name in names for operation in charters[name].operations]


def _level(reading: Reading, now: datetime, use_case: UseCaseId, operation: Operation) -> dict[str, Any]:
    grant = reading.grant(use_case, operation)
    place, keys = reading.policy().place(use_case, operation), reading.agent_keys(use_case)
    versions = sorted({key.version for key in keys if not key.revoked})
    found = standing(
        place,
        grant,
        now=now,
        measured=reading.measures(use_case),
        versions=sorted({key.version for key in keys}),
        stops=reaching(reading.stops(), use_case=use_case, agent="", connector=reading.policy().charters[use_case].connector),
    )
    seen = {version: reading.evidence(use_case, operation, version) for version in versions}
    return showing.level(reading, use_case, operation, now) | _standing(found) | {"lacking": list(lacking(place, grant, seen))}


def _standing(found: Standing) -> dict[str, Any]:
    told = [{"code": one.code, "level": int(one.level), "text": one.sentence, "binds": one.binds} for one in found.ceilings]
    return {"in_force": int(found.in_force), "ceilings": told}
