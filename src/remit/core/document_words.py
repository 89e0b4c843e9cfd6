"""What a document that is new says, in a few sentences, for whoever has to decide about it."""

from __future__ import annotations

from collections.abc import Mapping

from remit.core.charter import Charter
from remit.core.limit_spec import LimitSpec
from remit.core.risk_statement import RiskStatement


def charter_tells(charter: Charter) -> str:
    """Say on which system a charter acts, how far its level goes, what agents may do, and what bounds it."""
    operations = [f"{name}{_capped(spec.highest_level, charter)}" for name, spec in charter.operations.items()]
    return " ".join(
        (
            f"It acts on {charter.connector}, starts at level {charter.starts_at} and never passes {charter.highest_level}.",
            f"Agents may do {', '.join(operations)}." if operations else "Agents may do nothing.",
            _limits(charter.limits),
        )
    )


def _capped(highest: int, charter: Charter) -> str:
    return f" (up to level {highest})" if highest < charter.highest_level else ""


def statement_tells(statement: RiskStatement) -> str:
    """Say how far a risk statement lets each class go, what it bears, and what bounds everybody together."""
    levels = [f"{name} up to level {level}" for name, level in statement.highest_level.items()]
    return " ".join(
        (
            f"It allows {'; '.join([*levels, f'everything else up to level {statement.otherwise}'])}.",
            f"It bears a share of {statement.tolerance:g} wrong.",
            _limits(statement.limits),
        )
    )


def _limits(limits: Mapping[str, LimitSpec]) -> str:
    if not limits:
        return "It has no limits."
    return f"Limits: {'; '.join(f'{name}, {limit_in_words(spec)}' for name, spec in limits.items())}."


def limit_in_words(spec: LimitSpec) -> str:
    """Say a limit in one clause."""
    whose = {"organisation": " for all together", "use_case": ""}.get(spec.each, f" for each {spec.each}")
    return f"at most {spec.at_most:,} {spec.counts} in {spec.window}{whose}"
