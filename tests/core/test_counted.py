"""What a rule of a pack and a limit tell whoever reads the decision, and how long what they are about must wait."""

from __future__ import annotations

from datetime import date
from typing import Any

from remit.core.counted import latest_wait, passed_limits
from remit.core.decision import Reason
from remit.core.gate import decide
from remit.core.limit_spec import ContactHours
from remit.core.pack import Pack, PackRule
from remit.core.policy import CompiledPolicy
from remit.core.rulebook import compile_rules
from remit.core.types import Verdict
from tests.changed import replace
from tests.core.bounded_questions import chartered, known, limit
from tests.core.small_policy import OPERATION, USE_CASE, asked, charter, policy


def packed(**changes: Any) -> CompiledPolicy:
    """Return a policy under one rule of a pack, which fires on a tracked message."""
    written = {"verdict": "hold", "unknown": "block", "because": "It is tracked.", "cites": "Art. 2"} | changes
    rule = PackRule(id="mail.pixel", operations=(OPERATION,), when="message.open_tracking", **written)
    pack = Pack(pack="mail-law", title="Mail", as_of=date(2026, 11, 1), version=1, about="For tests.", rules=(rule,))
    return replace(policy(), packs={pack.pack: pack}, rules={USE_CASE: compile_rules(charter(), {}, [pack])})


def told(rules: CompiledPolicy, code: str = "rule", **facts: Any) -> dict[str, str]:
    """Return what the reason with this code tells."""
    decision = decide(known(**facts), rules)
    return dict(next(reason for reason in decision.reasons if reason.code == code).values)


def test_a_rule_of_a_pack_names_its_pack_and_what_it_cites() -> None:
    plain = {"rule": "mail.pixel", "says": "It is tracked.", "pack": "mail-law", "cites": "Art. 2"}
    assert told(packed(), message__open_tracking=True) == plain


def test_a_rule_that_cannot_be_evaluated_names_its_pack_and_what_is_missing() -> None:
    found = told(packed(), "rule_not_evaluated")
    assert (found["rule"], found["pack"], found["cites"]) == ("mail.pixel", "mail-law", "Art. 2")
    assert "message.open_tracking" in found["found"]


def test_a_rule_says_what_to_write_instead() -> None:
    assert told(packed(suggest="Switch it off."), message__open_tracking=True)["suggest"] == "Switch it off."


def test_a_rule_shows_what_was_found_under_the_attribute_it_names() -> None:
    shows = packed(shows="draft.unresolved_fields")
    found = told(shows, message__open_tracking=True, draft__unresolved_fields=("first_name", "city"))
    assert found["shown"] == "first_name, city"
    named = packed(shows="person.region")
    assert told(named, message__open_tracking=True, person__region="DE")["shown"] == "DE"
    assert "shown" not in told(named, message__open_tracking=True)


def test_a_rule_that_names_no_attribute_shows_none() -> None:
    nameless: dict[str, Any] = {"": "nothing of that name", "message__open_tracking": True}
    assert "shown" not in told(packed(), **nameless)


def test_a_rule_tells_for_how_long_it_makes_wait() -> None:
    hours = packed(verdict="wait", contact_hours=ContactHours(earliest="09:00", latest="20:00"))
    assert told(hours, message__open_tracking=True, person__local_minute=8 * 60)["wait"] == "60"
    assert "wait" not in told(hours, message__open_tracking=True, person__local_minute=10 * 60)
    assert told(packed(verdict="wait", wait_minutes=90), message__open_tracking=True)["wait"] == "90"


def test_the_longest_of_all_waits_counts() -> None:
    waits = [Reason(code="rule", floor=Verdict.ALLOW, values={"wait": minutes}) for minutes in ("5", "90", "30")]
    assert latest_wait([Reason(code="level_table", floor=Verdict.ALLOW), *waits]) == 90
    assert latest_wait([]) == 0


def test_a_limit_says_what_it_would_come_to_and_why_it_is_there() -> None:
    limited = chartered(limits=limit(because="Nobody checks more than that."))
    (reason,) = passed_limits(asked(used={"enrich/daily": 3}), limited.place(USE_CASE, OPERATION))
    assert dict(reason.values) == {
        "limit": "enrich/daily",
        "at_most": "3",
        "window": "1 day",
        "each": "use_case",
        "counts": "actions",
        "found": "4",
        "says": "Nobody checks more than that.",
    }
