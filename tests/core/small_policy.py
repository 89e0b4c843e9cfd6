"""The smallest charter, catalogue entry, question and action that mean something; a test names only what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from remit.core.action import Action
from remit.core.catalogue import CatalogueEntry, Mode, Stage
from remit.core.charter import Charter, OperationSpec, WindowSpec
from remit.core.classify import ActionFacts
from remit.core.evidence_spec import ClusterSpec, EvidenceSpec
from remit.core.gate import GateInput
from remit.core.lifecycle import State
from remit.core.policy import CompiledPolicy
from remit.core.rulebook import compile_rules
from remit.core.types import ActionClass, Kind, Level, Operation, ProposalId, Reversibility, Risk, UseCaseId

USE_CASE = UseCaseId("enrich")
OPERATION = Operation("contact.enrich")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ESTABLISHED = ActionFacts(
    record="contact/1",
    reach=1,
    listeners=(),
    field_empty=True,
    set_by_person=False,
    suppressed=False,
    reserved_fields=(),
    owned=False,
    inside_territory=True,
    notifies=(),
    seeds_only=True,
    internal_only=True,
    feeds=(),
    published=False,
    matches_existing=False,
    step_ppm=0,
    band_ppm=0,
    starts_in_minutes=10_000,
)  # everything a gate may wish for of an action that carries no other one

CLASSES = {
    f"{risk.name.lower()}, {reversibility.name.lower()}": ActionClass(risk=risk, reversibility=reversibility)
    for risk in Risk
    for reversibility in Reversibility
}
"""All nine, by the words a catalogue uses."""


ENTRY_DOCUMENT: dict[str, Any] = {
    "name": "Add a tag",
    "kind": "act",
    "stage": "execute_low_risk",
    "mode": "execute",
    "wide": "medium, partial",
    "why": "It may start an automation.",
    "undo": {"how": "Remove it.", "capture": ["tags_before"], "residue": "What was started."},
    "reach": {"unit": "records"},
    "personal_data": "indirect",
    "contacts_person": False,
    "guardrails": [],
}
CHARTER_DOCUMENT: dict[str, Any] = {
    "use_case": "enrich",
    "title": "Fill empty fields",
    "goal": "Know more",
    "owner": "data",
    "non_negotiables": ["nothing is overwritten"],
    "connector": "sandbox",
    "starts_at": 2,
    "highest_level": 3,
    "windows": {
        "people": {"kind": "contact", "fields": ["job", "region"]},
        "late": {"kind": "contact", "fields": ["region", "age"], "delay_hours": 24},
    },
    "operations": {"contact.enrich:region": {"arguments": ["contact", "region"], "values": {"region": ["north", None]}}},
    "evidence": {"tolerance": 0.05, "why": "1 in 20", "cluster": {"key": ["record"], "why": "each its own guess"}},
}
"""Documents as they are parsed from YAML."""


def charter(**changes: Any) -> Charter:
    """Return a charter of one operation, one window and level 4 as the highest."""
    plain: dict[str, Any] = {
        "use_case": USE_CASE,
        "title": "Fill empty fields",
        "goal": "Know more",
        "owner": "data",
        "non_negotiables": ("nothing is overwritten",),
        "connector": "sandbox",
        "starts_at": Level.RECOMMEND,
        "highest_level": Level.OPTIMISE,
        "windows": {"people": WindowSpec(kind="contact", fields=("job", "region"))},
        "operations": {OPERATION: OperationSpec(arguments=("contact", "region"), values={"region": ("north", "south")})},
        "evidence": evidence_spec(),
    }
    return Charter(**{**plain, **changes})


def evidence_spec(**changes: Any) -> EvidenceSpec:
    """Return how a level is earned: 1 error in 20 is bearable, nobody overlooks one, every record counts for itself."""
    cluster = ClusterSpec(key=("record",), why="each its own guess", items=1)
    plain: dict[str, Any] = {"tolerance": 0.05, "why": "1 in 20", "cluster": cluster, "miss_rate": 0.0}
    return EvidenceSpec(**{**plain, **changes})


def entry(**changes: Any) -> CatalogueEntry:
    """Return a catalogue entry that sets no floor: it acts, executes, and is low risk and easy in its one form."""
    if changes.pop("human_only", False):
        changes["stage"] = Stage.HUMAN_ONLY
    plain: dict[str, Any] = {
        "operation": OPERATION,
        "name": "Fill a field",
        "kind": Kind.ACT,
        "mode": Mode.EXECUTE,
        "wide": CLASSES["low, easy"],
    }
    return CatalogueEntry(**{**plain, **changes})


def policy(*entries: CatalogueEntry, charters: Mapping[UseCaseId, Charter] | None = None) -> CompiledPolicy:
    """Compile a policy from entries and charters; without any, from the smallest of each."""
    known = charters if charters is not None else {USE_CASE: charter()}
    return CompiledPolicy(
        number=1,
        digest="d" * 64,
        charters=known,
        catalogue={one.operation: one for one in (entries or (entry(),))},
        rules={one.id: compile_rules(one, {}) for one in known.values() if one.rules},
    )


def asked(**changes: Any) -> GateInput:
    """Return a question to which nothing stands against but what a test adds."""
    plain: dict[str, Any] = {
        "use_case": USE_CASE,
        "operation": OPERATION,
        "granted": Level.EXECUTE,
        "facts": ESTABLISHED,
    }
    return GateInput(**{**plain, **changes})


def action(**changes: Any) -> Action:
    """Return an action that was proposed at noon."""
    plain: dict[str, Any] = {
        "proposal": ProposalId("p1"),
        "use_case": USE_CASE,
        "operation": OPERATION,
        "agent": "enricher",
        "version": "v1",
        "call_id": "c1",
        "trial": 1,
        "cluster": "contact/1",
        "draw_ppm": 500_000,
        "record": "contact/1",
        "state": State.PROPOSED,
        "row_version": 0,
        "content": "f1",
        "proposed_at": NOON,
    }
    return Action(**{**plain, **changes})
