"""What is said of the charters that a policy changes is said beside that very policy."""

from __future__ import annotations

from remit.core.policy_review import policy_findings
from tests.core.small_policy import charter, policy


def test_only_the_charters_that_change_are_reviewed_each_under_its_documents_name() -> None:
    found = policy_findings(policy(), ["charter:enrich", "risk_statement"], {"sandbox": None})
    assert {name for name, _ in found} == {"charter:enrich"}
    assert "no_measure" in {finding.code for _, finding in found}
    assert policy_findings(policy(), ["charter:other"], ()) == []


def test_what_is_connected_is_the_houses_to_say() -> None:
    known = policy(charters={charter().id: charter(connector="crm")})
    codes = [{finding.code for _, finding in policy_findings(known, ["charter:enrich"], names)} for names in ((), ("crm",))]
    assert ["not_connected" in found for found in codes] == [True, False]
