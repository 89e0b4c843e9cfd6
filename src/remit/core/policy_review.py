"""What a reviewer would say of the charters that a policy changes, read beside everything else in that policy."""

from __future__ import annotations

from collections.abc import Collection

from remit.core.charter_finding import Finding, Surroundings
from remit.core.charter_review import review
from remit.core.policy import CompiledPolicy


def policy_findings(policy: CompiledPolicy, documents: Collection[str], connected: Collection[str]) -> list[tuple[str, Finding]]:
    """Return every finding about the charters among these documents, each with the name of its document."""
    beside = Surroundings(
        catalogue=policy.catalogue,
        connected=frozenset(connected),
        statement=policy.risk_statement,
        brands=frozenset(policy.brands),
        packs=policy.packs,
        maps=policy.maps,
    )
    return [
        (name, finding)
        for name, charter in ((f"charter:{name}", charter) for name, charter in policy.charters.items())
        if name in documents
        for finding in review(charter, beside)
    ]
