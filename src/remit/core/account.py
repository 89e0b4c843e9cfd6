"""A decision told in full: every reason in words, a rule's with value against limit, and what would have changed it.

It costs more than deciding, so it is done when somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from remit.core.gate import Decision, GateInput, Reason, decide
from remit.core.policy import CompiledPolicy
from remit.core.reasons import allowed_if, sentence
from remit.core.rulebook import SCHEMA, OperationRules, path_of
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
    """Say reasons in words. A milder one than the first is left out where it asks for nothing."""
    spoken = [reason for reason in reasons if reason.floor > Verdict.ALLOW or reason is reasons[0]]
    return tuple(Told(code=one.code, floor=one.floor, text=_text(one, explained or {})) for one in spoken)


def _text(reason: Reason, explained: Mapping[str, Explanation]) -> str:
    found = explained.get(reason.values.get("rule", ""))
    return sentence(reason, saw=str(found) if found is not None and reason.code == "rule" else "")


def _explained(given: GateInput, rules: OperationRules | None, decision: Decision) -> dict[str, Explanation]:
    """Explain every rule that fired on what it saw."""
    fired = {reason.values["rule"] for reason in decision.reasons if "rule" in reason.values}
    if rules is None or not fired:
        return {}
    known = _known(given)
    return {name: rule.explain(known, _WORDS) for name, rule in zip(rules.ids, rules.rules, strict=True) if name in fired}


def _known(given: GateInput) -> dict[str, Any]:
    """Return what a rule may look at, by name; what could not be had is left out."""
    seen = {name: attrgetter(path_of(name))(given) for name in SCHEMA}
    return {name: value for name, value in seen.items() if value is not None}


_WORDS = {
    "claimed.confidence_ppm": "the agent's confidence in millionths",
    "claimed.grounds": "the agent's grounds",
    "step_ppm": "the step in millionths",
    "band_ppm": "the approved step in millionths",
    "starts_in_minutes": "minutes until it starts",
} | {name: name.replace("_", " ") for name in SCHEMA if "_" in name and not name.endswith(("_ppm", "_minutes"))}
"""What a rule's attributes are called where people read of them."""
