"""Writes what is kept beside it: a ledger that holds every kind of fact, and questions of every sort with their decisions.

It was run once, with `python -m tests.golden.keep`. What it wrote stays as it is: a program that reads or decides it
differently breaks a promise to whoever installed an earlier one. Something new is kept in a further file.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from remit.core import facts as f
from remit.core.classify import ActionFacts, InnerCall
from remit.core.gate import Ceiling, Claimed, GateInput, Reason, decide
from remit.core.policy import compile_documents, digest_of, with_checked_rules
from remit.core.types import Answer, Level, Operation, ProposalId, UseCaseId, Verdict
from remit.ports import Writing
from remit.store import tables as t
from remit.store.ledger import Sealer
from tests.changed import replace
from tests.reference.slow_bytes import to_plain
from tests.store.small_house import (
    AGENT,
    DESK,
    START,
    TAGGING,
    VERSION,
    FrozenClock,
    adopted,
    answered,
    decided,
    opened,
    proposed,
    rows,
)

HERE = Path(__file__).parent
LEDGER, SHOWN, DECISIONS = HERE / "ledger.jsonl", HERE / "shown.json", HERE / "decisions.json"
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"the key of the kept ledger").digest())

# ---------------------------------------------------------------------------------------------------------------- the ledger


class Story:
    """Tells one fact after the other, a minute apart."""

    def __init__(self, tx: Writing, clock: FrozenClock) -> None:
        """Tell it to this transaction."""
        self._tx, self._clock = tx, clock

    def tell(self, fact: f.Fact, actor: str = "remit", **contents: Any) -> None:
        """Record a fact."""
        self._tx.record(fact, actor=actor, contents=contents)
        self._clock.move(minutes=1)

    def ask(self, name: str, verdict: Verdict = Verdict.HOLD) -> ProposalId:
        """Record a proposal and its decision."""
        self.tell(
            proposed(name, window="people", window_digest="w1"), f"agent:{AGENT}", arguments={"contact": name, "tag": "vip"}
        )
        self.tell(decided(name, verdict, counts=verdict in {Verdict.HOLD, Verdict.DRAFT}, at=self._clock.now()))
        return ProposalId(name)

    def carry(self, name: str) -> None:
        """Record an envelope that a rule of the charter holds."""
        inside = InnerCall(operation=TAGGING, facts=ActionFacts(record="contact/1", reach=1, listeners=(), step_ppm=-5))
        plain = decided(name, at=self._clock.now())
        facts = ActionFacts(reach=2, inner=(inside, InnerCall(operation=TAGGING, facts=ActionFacts(inner=(inside,)))))
        reasons = (
            *plain.reasons,
            Reason(code="rule", floor=Verdict.HOLD, values={"rule": "owned", "says": "Somebody looks after this one."}),
            Reason(code="rule_not_evaluated", floor=Verdict.HOLD, values={"rule": "feeding", "found": "feeds is missing"}),
        )
        self.tell(proposed(name), f"agent:{AGENT}", arguments={"contact": name, "tag": "vip"})
        self.tell(replace(plain, reasons=reasons, given=replace(plain.given, facts=facts)))

    def answer(self, name: str, said: Answer, loss_ppm: int | None = 0, **contents: Any) -> None:
        """Record an answer of Ann's."""
        self.tell(answered(name, said, loss_ppm=loss_ppm, at=self._clock.now()), "person:ann", **contents)

    def start(self, one: ProposalId) -> None:
        """Record that an attempt begins."""
        self.tell(f.Released(proposal=one))
        self.tell(
            f.Started(proposal=one, key=f"{one}:1", policy_digest=adopted().digest), expected={"exists": True, "fields": {}}
        )

    def whole(self) -> None:
        """Tell all of it: every kind of fact there is."""
        self.beginnings()
        self.effects()
        self.ways_out()
        self.levels()

    def beginnings(self) -> None:
        """Tell of a policy, an agent and what it looks at."""
        self.tell(adopted(), "person:ann")
        self.tell(f.KeyIssued(agent=AGENT, version=VERSION, use_cases=(DESK,), key_digest="k1"), "person:ann")
        self.tell(f.TrialStarted(use_case=DESK, operation=TAGGING, version=VERSION, trial=1), "person:ann")
        self.tell(f.QaRateSet(use_case=DESK, operation=TAGGING, rate_ppm=300_000, why="0.0 actions a day"))
        read = f.ContextRead(use_case=DESK, window="people", digest="w1", agent=AGENT, as_of=START, records=3)
        self.tell(read, f"agent:{AGENT}")

    def effects(self) -> None:
        """Tell of effects, of undoing them, and of what nobody knows."""
        done = self.ask("done")
        self.answer("done", Answer.APPROVE_EDITED, 500_000, arguments={"contact": "done", "tag": "gold"})
        self.start(done)
        self.tell(f.Done(proposal=done, record="contact/done"), before={"exists": True}, after={"exists": True})
        self.tell(f.Observed(proposal=done, kind="reverted", loss_ppm=1_000_000), "person:bo")
        self.tell(f.UndoAsked(proposal=done, by="ann", reason="wrong person"), "person:ann")
        self.tell(f.UndoStarted(proposal=done, key="done:undo"))
        self.tell(f.UndoUnclear(proposal=done, detail="no answer"))
        self.tell(f.Undone(proposal=done, residue={"tag:gold": "changed since by somebody else"}))
        alone = self.ask("alone", Verdict.ALLOW)
        self.start(alone)
        self.tell(f.Unclear(proposal=alone, detail="no answer"))
        self.tell(f.Done(proposal=alone, by_look_up=True))
        self.tell(f.UndoAsked(proposal=alone, by="remit", reason="level lost"))
        self.tell(f.UndoFailed(proposal=alone, detail="refused"))
        failed = self.ask("failed", Verdict.ALLOW)
        self.start(failed)
        self.tell(f.Failed(proposal=failed, detail="no such contact"))

    def ways_out(self) -> None:
        """Tell of what never took effect."""
        back = self.ask("back")
        self.answer("back", Answer.APPROVE)
        self.tell(f.TakenBack(proposal=back, by="ann", due_at=START + timedelta(days=2)), "person:ann")
        self.answer("back", Answer.REJECT, 1_000_000, note="not her")
        stopped = self.ask("stopped", Verdict.ALLOW)
        self.tell(f.Released(proposal=stopped))
        self.tell(f.StopOrdered(scope="everything", by="bo", reason="look"), "person:bo")
        self.tell(f.Halted(proposal=stopped, scope="everything"))
        self.tell(f.StopLifted(scope="everything", by="bo", reason="fine"), "person:bo")
        self.tell(f.Unhalted(proposal=stopped, due_at=START + timedelta(days=2)))
        self.tell(f.Withdrawn(proposal=stopped), f"agent:{AGENT}")
        changed = self.ask("changed")
        reason = Reason(code="changed_since_seen", floor=Verdict.HOLD, values={"found": "record"})
        self.tell(f.HeldAgain(proposal=changed, reasons=(reason,), seen="record=2", due_at=START + timedelta(days=2)))
        self.tell(f.Blocked(proposal=changed, reasons=(Reason(code="operation_not_in_charter", floor=Verdict.BLOCK),)))
        self.ask("draft", Verdict.DRAFT)
        self.answer("draft", Answer.USED_EDITED, 500_000)
        self.tell(f.Lapsed(proposal=self.ask("lapsed")))
        self.ask("blocked", Verdict.BLOCK)
        self.carry("envelope")
        self.tell(f.StopOrdered(scope=f"use_case:{DESK}", by="ann", reason="holiday"), "person:ann")

    def levels(self) -> None:
        """Tell how a level comes and goes."""
        of: dict[str, Any] = {"use_case": DESK, "operation": TAGGING}
        for cluster, loss, item in (("a", 0, "done"), ("b", 500_000, "draft")):
            items = (ProposalId(item),)
            self.tell(f.ClusterClosed(**of, version=VERSION, trial=1, cluster=cluster, loss_ppm=loss, items=items))
        evidence = {"answered": 5, "observations": 2}
        self.tell(f.GrantOffered(**of, version=VERSION, trial=1, level=Level.EXECUTE, evidence=evidence))
        for by, role in (("ann", "line_of_business"), ("bo", "risk")):
            self.tell(f.GrantSigned(**of, by=by, role=role), f"person:{by}")
        until = START + timedelta(days=180)
        granted = f.Granted(**of, version=VERSION, level=Level.EXECUTE, until=until, signed_by=("ann", "bo"), evidence=evidence)
        self.tell(granted)
        self.ask("drawn")
        self.answer("drawn", Answer.REJECT, 1_000_000)
        self.tell(f.LevelLost(**of, version=VERSION, level=Level.RECOMMEND, cause="drift", evidence=evidence))
        self.tell(f.TrialStarted(**of, version=VERSION, trial=2))
        self.tell(f.GrantOffered(**of, version=VERSION, trial=2, level=Level.EXECUTE, evidence={}))
        self.tell(f.GrantSigned(**of, by="ann", role="risk"), "person:ann")


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
