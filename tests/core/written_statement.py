"""A risk statement as a team would write it, for tests that change one entry."""

from __future__ import annotations

from typing import Any

from remit.core.risk_statement import RiskStatement, read_risk_statement


def document(**changed: Any) -> dict[str, Any]:
    """Write the document."""
    return {
        "organisation": "Tests",
        "signed_by": "Ines",
        "signed_on": "2026-03-01",
        "highest_level": {"low, easy": 3},
        "tolerance": 0.02,
        "tolerance_in_words": "at most 1 in 50 wrong",
    } | changed


def statement(**changed: Any) -> RiskStatement:
    """Read it as a policy would. Raises `RuleError`."""
    return read_risk_statement(document(**changed))
