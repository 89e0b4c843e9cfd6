"""The story of the kept ledger: every kind of fact there is, one after the other, a minute apart."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from remit.core import facts as f
from remit.core.change import Direction
from remit.core.classify import ActionFacts, InnerCall
from remit.core.gate import Reason
from remit.core.reservation import Reserved
from remit.core.types import Answer, Level, Operation, OwnerRole, ProposalId, Role, Verdict
from remit.core.violation import Severity
from remit.ledgerproof import origin_of
from remit.ledgerproof.note import write_public
from remit.ports import Writing
from tests.changed import replace
from tests.store.small_house import AGENT, DESK, START, TAGGING, VERSION, FrozenClock, adopted, answered, decided, proposed

KEY, NEXT_KEY = (
    Ed25519PrivateKey.from_private_bytes(hashlib.sha256(text).digest())
    for text in (b"the key of the kept ledger", b"the next key of the kept ledger")
)


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
        self.people()
        self.policies()
        self.watch()
        self.another_key()

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

    def people(self) -> None:
        """Tell who may come in, and whose key opens nothing any more."""
        self.tell(f.PersonAdmitted(person="ann", roles=(Role.RISK,)), "person:bo")
        self.tell(f.PersonAdmitted(person="cleo", roles=(Role.VIEWER,)), "person:bo")
        self.tell(f.RolesChanged(person="ann", roles=(Role.RISK, Role.REVIEWER)), "person:bo")
        self.tell(f.PasswordSet(person="ann"), "person:bo")
        self.tell(f.PersonLeft(person="cleo"), "person:bo")
        self.tell(f.KeyIssued(agent="eve", version="v2", use_cases=(DESK,), key_digest="k2"), "person:ann")
        self.tell(f.KeyRevoked(agent="eve", version="v2", key_digest="k2", reason="left"), "person:ann")

    def policies(self) -> None:
        """Tell of a policy that waits for a signature, what was decided again, and what was measured."""
        offered = f.PolicyOffered(number=2, digest="d2", documents={"charter:desk": "{}"}, by="ann", direction=Direction.LOOSER)
        self.tell(offered, "person:ann")
        self.tell(f.PolicySigned(digest="d2", by="ann"), "person:ann")
        self.tell(f.Reconsidered(number=1, last=ProposalId("envelope"), looked_at=2, blocked=0, finished=False))
        measured = f.Measured(use_case=DESK, what="data_quality", value_ppm=970_000, until=START + timedelta(days=90), by="ann")
        self.tell(measured, "person:ann")
        taken = Reserved(limit="desk/daily", scope="use_case:desk", bucket=1_772_582_400, amount=1, most=5)
        later = ProposalId("later")
        self.tell(proposed(later), f"agent:{AGENT}", arguments={"contact": "later", "tag": "vip"})
        self.tell(replace(decided(later, Verdict.ALLOW, counts=False, at=self._clock.now()), reserved=(taken,)))
        self.tell(f.Released(proposal=later))
        self.tell(f.Postponed(proposal=later, due_at=START + timedelta(days=3)))

    def another_key(self) -> None:
        """Tell of the ledger's next key; no checkpoint of it is kept."""
        first, following = (one.public_key() for one in (KEY, NEXT_KEY))
        named = {"public_key": write_public(following), "replaces": write_public(first)}
        self.tell(f.LedgerKeyRotated(ledger=origin_of(first), by="ann", **named), "person:ann")

    def watch(self) -> None:
        """Tell of a look that was refused, and of rules that were broken."""
        self.tell(f.ContextRefused(use_case=DESK, window="people", agent=AGENT, fields=("age",)), f"agent:{AGENT}")
        for number, proposal in enumerate((None, ProposalId("blocked"))):
            self.tell(
                f.ViolationFound(
                    id=f"v{number}",
                    use_case=DESK,
                    operation=Operation("") if proposal is None else TAGGING,
                    proposal=proposal,
                    agent=AGENT,
                    rule="context_refused" if proposal is None else "outside_window",
                    severity=Severity.MEDIUM,
                    owner=OwnerRole.MARKETING_OPS,
                )
            )
        self.tell(f.ViolationSettled(violation="v0", use_case=DESK, by="ann"), "person:ann", note="told the team")
