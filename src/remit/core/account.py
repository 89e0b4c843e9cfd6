"""A decision told in full: every reason in words, a rule's with value against limit, and what would have changed it.

It costs more than deciding, so it is done when somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.core.gate import Decision, GateInput, Reason, decide
from remit.core.policy import CompiledPolicy
from remit.core.reasons import allowed_if, as_told, sentence
from remit.core.rulebook import SCHEMA, OperationRules, known_of
from remit.core.types import Verdict
from remit.rules import Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One reason as people read it; the code is for machines."""

    code: str
    floor: Verdict
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All reasons that made the decision as strict as it is, the deciding one first, and what would have let it pass."""

    decision: Decision
    told: tuple[Told, ...]
    allowed_if: tuple[str, ...]


def account(given: GateInput, policy: CompiledPolicy) -> Account:
    """Decide and tell. What a rule saw is told by walking its condition again."""
    decision = decide(given, policy)
    explained = _explained(given, policy.place(given.use_case, given.operation).rules, decision)
    return Account(
        decision=decision,
        told=tell(decision.reasons, explained),
        allowed_if=tuple(allowed_if(decision, {rule: found.otherwise for rule, found in explained.items()})),
    )


def tell(reasons: tuple[Reason, ...], explained: Mapping[str, Explanation] | None = None) -> tuple[Told, ...]:
    """Say reasons in words. What the table says is left out where something stricter stands first; notes are told."""
    ordered = as_told(reasons)
    spoken = [reason for reason in ordered if reason is ordered[0] or reason.floor > Verdict.ALLOW or reason.code not in _MILD]
    return tuple(Told(code=one.code, floor=one.floor, text=_text(one, explained or {})) for one in spoken)


def _text(reason: Reason, explained: Mapping[str, Explanation]) -> str:
    found = explained.get(reason.values.get("rule", ""))
    return sentence(reason, saw=str(found) if found is not None and reason.code == "rule" else "")


def _explained(given: GateInput, rules: OperationRules | None, decision: Decision) -> dict[str, Explanation]:
    """Explain every rule that fired on what it saw."""
    fired = {reason.values["rule"] for reason in decision.reasons if "rule" in reason.values}
    if rules is None or not fired:
        return {}
    known = known_of(given)
    pairs = zip(rules.applied, rules.rules, strict=True)
    return {one.id: rule.explain(known, _WORDS) for one, rule in pairs if one.id in fired}


def _called(name: str) -> str:
    """Call an attribute as people do: `field empty`, and of a dotted one whose it is: `the data's special categories`."""
    owner, dot, rest = name.rpartition(".")
    words = rest.replace("_", " ")
    return f"the {owner}'s {words}" if dot else words


_MILD = {"level_table", "draft_area"}

_WORDS = {
    "claimed.confidence_ppm": "the agent's confidence in millionths",
    "claimed.grounds": "the agent's grounds",
    "step_ppm": "the step in millionths",
    "band_ppm": "the approved step in millionths",
    "starts_in_minutes": "minutes until it starts",
} | {name: _called(name) for name in SCHEMA if "_" in name and not name.endswith(("_ppm", "_minutes"))}
"""What a rule's attributes are called where people read of them."""
