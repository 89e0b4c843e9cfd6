"""Writes what is kept beside it: a ledger that holds every kind of fact, and questions of every sort with their decisions.

It was run once, with `python -m tests.golden.keep`. What it wrote stays as it is: a program that reads or decides it
differently breaks a promise to whoever installed an earlier one. Something new is kept in a further file.
"""

from __future__ import annotations

import json
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from remit.core.classify import ActionFacts, InnerCall
from remit.core.gate import Ceiling, Claimed, GateInput, decide
from remit.core.policy import compile_documents, digest_of, with_checked_rules
from remit.core.types import Level, Operation, UseCaseId
from remit.store import tables as t
from remit.store.ledger import Sealer
from tests.changed import replace
from tests.golden.kept_story import KEY, Story
from tests.reference.slow_bytes import to_plain
from tests.store.small_house import (
    START,
    FrozenClock,
    opened,
    rows,
)

HERE = Path(__file__).parent
LEDGER, SHOWN, DECISIONS = HERE / "ledger.jsonl", HERE / "shown.json", HERE / "decisions.json"

# ---------------------------------------------------------------------------------------------------------------- the ledger


def keep_ledger() -> None:
    """Write the ledger line by line, and what it shows."""
    clock = FrozenClock()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), clock) as store:
        store.write_now(lambda tx: Story(tx, clock).whole())
        sealed = Sealer(store, KEY).seal(START)
        assert sealed is not None
        lines = [{"body": row["body"].decode(), "leaf": row["leaf"].hex()} for row in rows(store.engine, t.facts)]
        shown = {table.name: [_plain(row) for row in rows(store.engine, table)] for table in t.PROJECTIONS}
    checkpoint = {"size": sealed.size, "root": sealed.root.hex(), "signature": sealed.signature.hex()}
    public = KEY.public_key().public_bytes_raw().hex()
    LEDGER.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    _write(SHOWN, {"public_key": public, "checkpoint": checkpoint, "rows": shown})


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: json.loads(value) if isinstance(value, bytes) else to_plain(value) for name, value in row.items()}


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


# ------------------------------------------------------------------------------------------------------------- the decisions

ENRICH, SEND, WRITE, PLAN, DELETE, CLOSE, IMPORT, TAG = (
    Operation(name)
    for name in (
        *("contact.enrich", "email.send", "email.draft.create", "spend.plan", "contact.delete", "deal.close"),
        *("bulk.import", "contact.tag.add"),
    )
)


def policy_documents() -> dict[str, str]:
    """Write a policy with an operation of every sort, checked rules among them."""
    plain = {
        "kind": "act",
        "stage": "execute_low_risk",
        "mode": "execute",
        "why": "Somebody may notice.",
        "undo": {"how": "Put back what was there.", "capture": ["before"], "residue": "What was seen."},
        "reach": {"unit": "records"},
        "personal_data": "direct",
        "contacts_person": False,
        "guardrails": [],
    }
    filling = ["one_record", "field_empty", "no_listeners", "not_set_by_person"]
    writing = {"kind": "draft", "stage": "assist", "wide": "high, irreversible", "narrow": "low, easy"}
    actions = {
        ENRICH: {**plain, "name": "Fill", "wide": "medium, easy", "narrow": "low, easy", "narrow_when": filling},
        SEND: {**plain, "name": "Send", "mode": "approve", "wide": "medium, partial", "contacts_person": True},
        WRITE: {**plain, "name": "Draft", **writing, "narrow_when": ["draft_unpublished"]},
        PLAN: {
            **plain,
            "name": "Plan",
            "wide": "low, partial",
            "overrides": {"sandbox": {"at_least": "medium, easy", "why": "it pays at once."}},
        },
        DELETE: {**plain, "name": "Delete", "stage": "human_only", "mode": "draft_only", "wide": "high, irreversible"},
        CLOSE: {**plain, "name": "Close", "stage": "human_only", "wide": "high, partial", "guardrails": ["two_person"]},
        IMPORT: {
            **plain,
            "name": "Import",
            "wide": "high, irreversible",
            "narrow": "low, easy",
            "narrow_when": ["inner_known", "within_reach"],
            "reach": {"unit": "records", "narrow_up_to": 500},
        },
        TAG: {**plain, "name": "Tag", "wide": "medium, partial", "narrow": "low, easy", "narrow_when": ["no_listeners"]},
    }
    operations = (ENRICH, SEND, WRITE, PLAN, DELETE, CLOSE, IMPORT, TAG)
    charter = {
        "use_case": "kept",
        "title": "Kept",
        "goal": "Decide for ever the same",
        "owner": "tests",
        "non_negotiables": [],
        "connector": "sandbox",
        "starts_at": 2,
        "highest_level": 4,
        "highest_reach": 2,
        "windows": {"people": {"kind": "contact", "fields": ["job"]}},
        "operations": {operation: {"arguments": ["contact"]} for operation in operations},
        "evidence": {"tolerance": 0.05, "why": "1 in 20", "cluster": {"key": ["record"], "why": "each its own"}},
        "rules": {
            "owned": {"when": "owned && reach > 0", "verdict": "hold", "because": "Somebody looks after this one."},
            "unsure": {
                "when": "has(claimed.confidence_ppm) && claimed.confidence_ppm < 20000",
                "verdict": "draft",
                "because": "The agent is unsure.",
            },
            "feeding": {
                "when": 'size(feeds) > 0 || "spring" in feeds || !(record.startsWith("contact/"))',
                "verdict": "block",
                "because": "A campaign would start.",
                "operations": [TAG],
                "cites": "Handbook 4.2",
            },
        },
    }
    catalogue = {"actions": actions, "guardrails": {"two_person": "Two people look."}}
    return with_checked_rules({"catalogue": json.dumps(catalogue), "charter:kept": json.dumps(charter)})


def questions() -> list[GateInput]:
    """Ask every sort of question."""
    known = ActionFacts(
        record="contact/1",
        reach=1,
        listeners=(),
        field_empty=True,
        set_by_person=False,
        suppressed=False,
        owned=False,
        feeds=(),
        published=False,
    )
    kept: dict[str, Any] = {"use_case": UseCaseId("kept"), "facts": known}
    plain: dict[str, Any] = {**kept, "operation": ENRICH, "granted": Level.EXECUTE}
    expired = Ceiling(level=Level.RECOMMEND, code="expired", detail="2026-01-01")
    return [
        *[GateInput(**kept, operation=ENRICH, granted=level) for level in Level],
        *[
            GateInput(**kept, operation=operation, granted=level, certificate=certificate)
            for operation, (level, certificate) in product(
                (SEND, WRITE, PLAN, DELETE, CLOSE, IMPORT, TAG),
                ((Level.ASSIST, False), (Level.EXECUTE, False), (Level.OPTIMISE, True)),
            )
        ],
        GateInput(**{**plain, "facts": ActionFacts()}),
        GateInput(**{**plain, "facts": ActionFacts(reach=3, listeners=("newsletter",), field_empty=False, set_by_person=True)}),
        GateInput(**{**plain, "operation": SEND, "facts": ActionFacts(reach=1)}),
        GateInput(**{**plain, "operation": SEND, "facts": ActionFacts(reach=1, suppressed=True)}),
        GateInput(**{**plain, "operation": Operation("contact.teleport")}),
        GateInput(**{**plain, "use_case": UseCaseId("nobody")}),
        GateInput(**plain, odd_arguments=("password",)),
        GateInput(**plain, claimed=Claimed(confidence_ppm=990_000, grounds=("health", "job"))),
        GateInput(**plain, claimed=Claimed(confidence_ppm=10_000, grounds=("job",))),
        GateInput(**plain, ceilings=(expired,)),
        GateInput(
            **plain, ceilings=(expired, Ceiling(level=Level.ASSIST, code="charter")), stops=("everything", "use_case:kept")
        ),
        GateInput(**plain, drawn=True, draw_rate_ppm=50_000),
        *[
            GateInput(**{**plain, "operation": operation, "facts": replace(known, **changes)})
            for operation, changes in about_rules_and_envelopes(known)
        ],
    ]


def about_rules_and_envelopes(known: ActionFacts) -> list[tuple[Operation, dict[str, Any]]]:
    """Name what differs in questions about rules, drafts that are live, and calls inside calls."""
    tag, enrich, send = (InnerCall(operation=operation, facts=known) for operation in (TAG, ENRICH, SEND))
    uncounted = InnerCall(operation=ENRICH, facts=replace(known, reach=None))
    inside = InnerCall(operation=IMPORT, facts=replace(known, inner=(tag, send)))
    strange = InnerCall(operation=Operation("contact.teleport"), facts=ActionFacts())
    return [
        (ENRICH, {"owned": True}),
        (ENRICH, {"owned": None}),
        (TAG, {"feeds": ("spring",), "owned": True}),
        (TAG, {"feeds": None, "record": None}),
        (TAG, {"record": None}),
        (WRITE, {"published": True}),
        (WRITE, {"published": None}),
        (WRITE, {"inner": (send,)}),
        (IMPORT, {"inner": (tag, enrich)}),
        (IMPORT, {"inner": (tag, enrich), "reach": 2}),
        (IMPORT, {"inner": (tag,), "reach": 501}),
        (IMPORT, {"inner": ()}),
        *[(IMPORT, {"inner": (tag, call)}) for call in (send, uncounted, inside, strange)],
    ]


def keep_decisions() -> None:
    """Write the questions and what was decided."""
    documents = policy_documents()
    policy = compile_documents(1, digest_of(documents), documents)
    decisions = [{"given": to_plain(given), "decided": to_plain(decide(given, policy))} for given in questions()]
    _write(DECISIONS, {"documents": documents, "digest": policy.digest, "decisions": decisions})


if __name__ == "__main__":
    keep_ledger()
    keep_decisions()
