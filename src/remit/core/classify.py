"""What one concrete action could do: its class, from the catalogue and from established facts, never from claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import msgspec

from remit.core.attributes import ActionFacts, InnerCall
from remit.core.catalogue import CatalogueEntry, Condition, base_of
from remit.core.conditions import holds
from remit.core.types import WORST, ActionClass, Kind, Operation, Reversibility, Risk

Known = Mapping[Operation, CatalogueEntry]

TWO_PEOPLE: Final = "two_person"
"""The guardrail that asks for two people whatever the class of the wide form."""

_NOTHING_KNOWN: Final[Known] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """A class, and what led to it.

    `failed` are the conditions that kept it from the narrow form, `unknown` those of them that nobody could tell.
    `worse_on` is the connector that does more than the catalogue says, `riskiest` the call inside that is worse than the
    envelope itself. `two_people` asks for two approvers; `one_by_one` keeps it out of answers given in bulk. `stays_draft`: it
    writes inside Remit's own draft area; a draft that may be live, or carries calls, does not.
    """

    action_class: ActionClass
    form: str
    failed: tuple[Condition, ...] = ()
    unknown: tuple[Condition, ...] = ()
    worse_on: str = ""
    riskiest: Operation | None = None
    two_people: bool = False
    one_by_one: bool = False
    stays_draft: bool = False


def classify(
    entry: CatalogueEntry | None, facts: ActionFacts, *, connector: str = "", known: Known = _NOTHING_KNOWN
) -> Classified:
    """Give the class of an action on a connector. Unknown operations have the worst one; a missing fact fails its condition.

    `known` is the catalogue by which the calls inside an envelope are judged; what it does not know is the worst too.
    """
    formed = _formed(entry, facts)
    overridden = _on_connector(formed, entry, connector)
    return _watched(_carrying(overridden, facts, connector, known), entry, carries=bool(facts.inner))


def _formed(entry: CatalogueEntry | None, facts: ActionFacts) -> Classified:
    if entry is None:
        return Classified(action_class=WORST, form="unknown")
    if entry.narrow is None:
        return Classified(action_class=entry.wide, form="wide")
    judged = {condition: holds(condition, facts, entry) for condition in entry.narrow_when}
    failed = tuple(condition for condition, found in judged.items() if found is not True)
    if not failed:
        return Classified(action_class=entry.narrow, form="narrow")
    unknown = tuple(condition for condition in failed if judged[condition] is None)
    return Classified(action_class=entry.wide, form="wide", failed=failed, unknown=unknown)


def narrow_form(entry: CatalogueEntry, *, connector: str) -> Classified | None:
    """Return what an action comes to when every condition of the narrow form holds and it carries no calls inside."""
    if entry.narrow is None:
        return None
    found = _on_connector(Classified(action_class=entry.narrow, form="narrow"), entry, connector)
    return _watched(found, entry, carries=False)


def _on_connector(found: Classified, entry: CatalogueEntry | None, connector: str) -> Classified:
    """Worsen by what the connector is known to do; it never makes anything milder."""
    override = None if entry is None else entry.overrides.get(connector)
    if override is None or found.action_class | override.at_least == found.action_class:
        return found
    return replace(found, action_class=found.action_class | override.at_least, worse_on=connector)


def _carrying(found: Classified, facts: ActionFacts, connector: str, known: Known) -> Classified:
    """Worsen to the riskiest call inside. It is looked at call by call, so mixing verbs hides none of them."""
    for call in facts.inner or ():
        inner = classify(known.get(base_of(call.operation)), _at_reach_of(facts, call), connector=connector, known=known)
        worse = found.action_class | inner.action_class
        if worse != found.action_class:
            found = replace(found, action_class=worse, riskiest=call.operation)
    return found


def _at_reach_of(envelope: ActionFacts, call: InnerCall) -> ActionFacts:
    """Judge a call by all that the envelope touches: a thousand calls of one record each are no call of one record."""
    reaches = (envelope.reach, call.facts.reach)
    widest = None if None in reaches else max(reach for reach in reaches if reach is not None)
    return msgspec.structs.replace(call.facts, reach=widest)


def _watched(found: Classified, entry: CatalogueEntry | None, *, carries: bool) -> Classified:
    """Say how many people have to look, whether at this one alone, and whether it stays a draft of our own."""
    asked_for = entry is not None and TWO_PEOPLE in entry.guardrails and found.form == "wide"
    two_people = asked_for or found.action_class == WORST
    grave = found.action_class.risk is Risk.HIGH or found.action_class.reversibility is Reversibility.IRREVERSIBLE
    alone = two_people or grave or entry is None or entry.human_only
    drafts = entry is not None and entry.kind is Kind.DRAFT and not carries and Condition.DRAFT_UNPUBLISHED not in found.failed
    return replace(found, two_people=two_people, one_by_one=alone, stays_draft=drafts)


__all__ = ["ActionFacts", "Classified", "InnerCall", "classify"]
