"""What a team is told before it starts: classes, where to begin, and how long it takes."""

from __future__ import annotations

import pytest

from remit.core import bar
from remit.core.catalogue import Condition, Override, Reach
from remit.core.evidence_spec import ClusterSpec
from remit.core.level import Evidence, Grant, Stays, judge
from remit.core.outlook import Outlook, class_proposal, mildest, outlook, starting_level
from remit.core.types import WORST, Level
from remit.evidence import promotion
from tests.core.small_policy import CLASSES, OPERATION, charter, entry, evidence_spec

TWO_FORMS = entry(
    wide=CLASSES["medium, partial"],
    narrow=CLASSES["low, easy"],
    narrow_when=(Condition.NO_LISTENERS, Condition.WITHIN_REACH),
    reach=Reach(narrow_up_to=50),
    why="A tag starts mail.",
)


def test_an_operation_nobody_knows_has_the_worst_class() -> None:
    assert mildest(None, "sandbox") == WORST


def test_the_milder_form_counts_where_there_is_one() -> None:
    assert mildest(TWO_FORMS, "sandbox") == CLASSES["low, easy"]
    assert mildest(entry(wide=CLASSES["high, partial"]), "sandbox") == CLASSES["high, partial"]


def test_a_connector_worsens_both_forms() -> None:
    worse = entry(
        wide=CLASSES["medium, partial"],
        narrow=CLASSES["low, easy"],
        narrow_when=(Condition.NO_LISTENERS,),
        overrides={"hubspot": Override(at_least=CLASSES["low, partial"], why="It keeps a trace.")},
    )
    assert mildest(worse, "hubspot") == CLASSES["low, partial"]
    assert mildest(worse, "sandbox") == CLASSES["low, easy"]


def test_a_class_is_proposed_in_both_forms_with_its_reason() -> None:
    told = class_proposal(TWO_FORMS, "sandbox")
    assert told == (
        "contact.enrich (fill a field): low risk, easy to undo when nothing listens to what it changes and it touches no more "
        "than 50 records; otherwise medium risk, partly undone. What can go wrong: A tag starts mail."
    )
    assert "when" not in class_proposal(entry(why="Little."), "sandbox")


@pytest.mark.parametrize(
    ("entries", "begins"),
    [
        ([TWO_FORMS], Level.RECOMMEND),
        ([TWO_FORMS, entry(wide=CLASSES["low, partial"])], Level.ASSIST),
        ([entry(wide=CLASSES["medium, easy"])], Level.ASSIST),
        ([None], Level.ASSIST),
    ],
    ids=["all of it is mild", "one is only partly undone", "one costs more", "one nobody knows"],
)
def test_it_begins_at_1_where_anything_is_graver_than_low_and_easy(entries: list[object], begins: Level) -> None:
    assert starting_level(entries, "sandbox") is begins  # type: ignore[arg-type]  # a table of entries and None


def test_the_outlook_is_what_the_judgement_will_ask_for() -> None:
    about = charter(evidence=evidence_spec(miss_rate=0.1))
    judged = judge(Grant(level=Level.RECOMMEND), Evidence(), about, OPERATION)
    assert isinstance(judged, Stays)
    assert outlook(about, actions_per_week=100).observations == judged.answers_needed
    spec = about.evidence
    needed = promotion.answers_needed({}, tolerance=bar.tolerance(spec), alpha=bar.alpha(spec, 1))
    assert outlook(about, actions_per_week=100).observations == needed


def test_days_follow_from_the_volume_and_from_what_shares_a_cause() -> None:
    about = charter(evidence=evidence_spec(cluster=ClusterSpec(key=("day",), why="w", close_after_days=7)))
    alone, shared = outlook(about, actions_per_week=700), outlook(about, actions_per_week=700, sharing=10)
    assert alone.days == -(-alone.observations // 100) + 7
    assert shared.days == -(-shared.observations // 10) + 7


def test_a_volume_that_never_gets_there_is_said_plainly() -> None:
    told = outlook(charter(), actions_per_week=1)
    assert not told.reachable
    assert str(told).startswith("Level 3 is not reachable at this volume: it takes ")
    assert "Stay at level 2" in str(told)


def test_no_volume_is_no_way() -> None:
    told = outlook(charter(), actions_per_week=0)
    assert (told.days, told.reachable) == (None, False)
    assert "without any volume it is not reachable" in str(told)


def test_a_way_that_has_an_end_is_told_in_weeks_with_what_stays_reviewed() -> None:
    told = Outlook(observations=114, days=15, reviewed_ppm=220_000, least_ppm=220_000)
    assert told.reachable
    assert str(told) == (
        "Level 3 takes 114 clean observations, about 3 weeks at this volume if all goes well; then 22% is still reviewed."
    )


REVIEWED = {
    (100_000, 100_000): "then 10% is still reviewed.",
    (
        290_000,
        100_000,
    ): "then 29% is still reviewed, more than the 10% of `qa_rate`, because at this volume a smaller share would",
    (1_000_000, 100_000): "then everything would still be reviewed, so level 3 changes nothing: with so few a week nobody would",
}


@pytest.mark.parametrize(("reviewed", "least"), REVIEWED)
def test_what_is_still_reviewed_is_told_with_its_reason(reviewed: int, least: int) -> None:
    told = str(Outlook(observations=50, days=20, reviewed_ppm=reviewed, least_ppm=least))
    assert REVIEWED[reviewed, least] in told
    assert told.endswith(".")


@pytest.mark.parametrize(("days", "weeks"), [(3, "about 1 week at"), (7, "about 1 week at"), (8, "about 2 weeks at")])
def test_one_week_is_one_week(days: int, weeks: str) -> None:
    assert weeks in str(Outlook(observations=50, days=days, reviewed_ppm=1, least_ppm=1))
