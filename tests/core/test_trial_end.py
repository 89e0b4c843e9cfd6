"""What a change costs in evidence."""

from __future__ import annotations

from remit.core.charter import OperationSpec
from remit.core.level import Evidence
from remit.core.trial_end import begun_anew, cost, ended_trials
from remit.core.types import Operation, UseCaseId
from tests.changed import replace
from tests.core.small_policy import OPERATION, USE_CASE, charter, evidence_spec, policy

OTHER = Operation("email.send")
MORE = charter(operations={name: OperationSpec(arguments=()) for name in (OPERATION, OTHER)})
STRICTER = charter(evidence=evidence_spec(tolerance=0.02))


def test_another_test_begins_every_trial_anew_and_a_further_operation_its_own() -> None:
    assert begun_anew(charter(), charter(title="Another")) == []
    assert begun_anew(charter(), STRICTER) == [OPERATION]
    assert begun_anew(charter(), MORE) == [OTHER]


def test_what_ends_is_what_was_there() -> None:
    before, both = policy(charters={USE_CASE: charter()}), policy(charters={USE_CASE: MORE})
    assert list(ended_trials(before, both)) == []
    assert list(ended_trials(both, before)) == [(USE_CASE, OTHER)]
    assert list(ended_trials(before, policy(charters={USE_CASE: STRICTER}))) == [(USE_CASE, OPERATION)]
    assert list(ended_trials(before, replace(before, charters={}))) == [(USE_CASE, OPERATION)]


def test_the_cost_is_what_was_seen_and_what_is_needed_anew() -> None:
    seen = Evidence(version="v1", answered=12, losses={0: 9, 1_000_000: 1})
    found = cost(seen, USE_CASE, OPERATION, policy(charters={USE_CASE: STRICTER}), 2)
    assert found
    assert (found.version, found.observations, found.answered) == ("v1", 10, 12)
    assert found.answers_needed
    assert found.answers_needed > 200, "at most 1 in 50, with what is left for a second trial"


def test_nothing_seen_costs_nothing_and_what_is_gone_needs_nothing() -> None:
    after = policy()
    assert cost(Evidence(version="v1"), USE_CASE, OPERATION, after, 2) is None
    for use_case, operation in ((USE_CASE, OTHER), (UseCaseId("nobody"), OPERATION)):
        gone = cost(Evidence(version="v1", answered=1), use_case, operation, after, 2)
        assert gone
        assert gone.answers_needed is None
