"""How a charter document is read, and what in it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.charter import OperationSpec, read_charter
from remit.core.types import Level, Operation
from remit.errors import RuleError
from tests.core.small_policy import CHARTER_DOCUMENT
from tests.core.small_policy import CHARTER_DOCUMENT as PLAIN


def with_evidence(**changes: Any) -> dict[str, Any]:
    """Return the document with other evidence."""
    return PLAIN | {"evidence": PLAIN["evidence"] | changes}


def test_a_charter_is_read_as_it_is_written() -> None:
    charter = read_charter(PLAIN, source="enrich.yaml")
    assert charter.id == "enrich"
    assert (charter.starts_at, charter.highest_level) == (Level.RECOMMEND, Level.EXECUTE)
    assert charter.operations == {
        Operation("contact.enrich:region"): OperationSpec(arguments=("contact", "region"), values={"region": ("north", None)})
    }
    assert charter.windows["late"].delay_hours == 24
    assert charter.evidence.cluster.key == ("record",)


def test_what_is_not_written_is_cautious() -> None:
    charter = read_charter(PLAIN, source="enrich.yaml")
    assert charter.highest_reach == 1
    assert (charter.evidence.miss_rate, charter.evidence.alpha, charter.evidence.losses.rejected) == (0.2, 0.05, 1.0)


def test_an_agent_may_rely_on_the_fields_of_every_window() -> None:
    assert read_charter(PLAIN, source="enrich.yaml").visible_fields == {"job", "region", "age"}


REFUSED: dict[str, tuple[object, str]] = {
    "nothing": (None, "object"),
    "no goal": ({key: value for key, value in PLAIN.items() if key != "goal"}, "goal"),
    "a name with capitals": (PLAIN | {"use_case": "Enrich!"}, "use_case"),
    "a level that does not exist": (PLAIN | {"highest_level": 5}, "highest_level"),
    "a level in words": (PLAIN | {"starts_at": "two"}, "starts_at"),
    "a start above the highest level": (PLAIN | {"starts_at": 4}, "starts_at 4 above highest_level 3"),
    "a take-back window of an hour": (PLAIN | {"take_back_seconds": 3600}, "take_back_seconds"),
    "a deadline in the past": (PLAIN | {"deadline_hours": 0}, "deadline_hours"),
    "a negative reach": (PLAIN | {"highest_reach": -1}, "highest_reach"),
    "no tolerance at all": (with_evidence(tolerance=0), "tolerance"),
    "a tolerance of one half": (with_evidence(tolerance=0.5), "tolerance"),
    "an error budget of one": (with_evidence(alpha=1), "alpha"),
    "reviewers who overlook everything": (with_evidence(miss_rate=1), "miss_rate"),
    "a loss above a full error": (with_evidence(losses={"edited": 1.5}), "edited"),
    "clusters of nothing": (with_evidence(cluster={"key": ["day"], "why": "x", "items": 0}), "items"),
    "a misspelt key": (PLAIN | {"take_back_second": 0}, "take_back_second"),
    "a misspelt key deep inside": (
        PLAIN | {"operations": {"contact.enrich": {"arguments": ["region"], "value": {"region": ["north"]}}}},
        "operations.contact.enrich.value",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_charter_that_cannot_be_read_is_refused_with_the_place(name: str) -> None:
    document, place = REFUSED[name]
    with pytest.raises(RuleError) as refused:
        read_charter(document, source="enrich.yaml")
    assert "enrich.yaml" in refused.value.asked
    assert place in refused.value.found


def test_a_redaction_of_a_field_that_is_not_shown_is_refused_as_a_misspelling() -> None:
    window = {"kind": "contact", "fields": ["name"], "redact": {"nmae": "initial"}}
    with pytest.raises(RuleError, match="nmae redacted and not shown"):
        read_charter({**CHARTER_DOCUMENT, "windows": {"people": window}}, source="x")


def test_starting_at_the_highest_level_is_no_mistake() -> None:
    assert read_charter(PLAIN | {"starts_at": 3}, source="enrich.yaml").starts_at is Level.EXECUTE
