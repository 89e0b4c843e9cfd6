"""Another version of a pack: which rules differ, and for whom that matters."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.charter import OperationSpec, PackChoice
from remit.core.pack import Pack
from remit.core.pack_review import left_out, looked_at, pack_review
from remit.core.types import Operation, UseCaseId
from tests.changed import replace
from tests.core.bounded_questions import PACK
from tests.core.small_policy import OPERATION, charter

FILL, SEND, NONE, AWAY = (UseCaseId(name) for name in ("fill", "send", "none", "away"))
SENDING = Operation("email.send")


def _charter(name: str, operation: str, **choice: Any) -> Any:
    return charter(use_case=name, operations={Operation(operation): OperationSpec(arguments=())}, packs=PackChoice(**choice))


CHARTERS = {
    FILL: _charter(FILL, f"{OPERATION}:region"),
    SEND: _charter(SEND, SENDING),
    NONE: _charter(NONE, OPERATION, without={"mail-law": "Nobody lives there."}),
    AWAY: _charter(AWAY, OPERATION, regions=("US",)),
}
FIRST, SECOND = PACK.rules  # the first is for people in the EU, the second for everybody


def version(number: int, *rules: Any) -> Pack:
    """Return the pack with other rules."""
    return replace(PACK, version=number, rules=rules)


@pytest.mark.parametrize(
    ("before", "after", "rules", "use_cases"),
    [
        pytest.param(None, PACK, (("mail.opted_out", "mail.pixel"), (), ()), {FILL, AWAY}, id="a pack nobody had"),
        pytest.param(PACK, PACK, ((), (), ()), set(), id="the same"),
        pytest.param(
            PACK,
            version(2, replace(FIRST, verdict="hold"), SECOND),
            ((), (), ("mail.opted_out",)),
            {FILL},
            id="a rule changed, for people in one region",
        ),
        pytest.param(PACK, version(2, FIRST), ((), ("mail.pixel",), ()), {FILL, AWAY}, id="a rule is gone"),
        pytest.param(
            PACK,
            version(2, FIRST, replace(SECOND, operations=(SENDING,))),
            ((), (), ("mail.pixel",)),
            {FILL, AWAY, SEND},
            id="a rule looks elsewhere: where it looked, and where it looks",
        ),
        pytest.param(
            PACK,
            version(2, FIRST, SECOND, replace(SECOND, id="mail.new", operations=(SENDING,))),
            (("mail.new",), (), ()),
            {SEND},
            id="a new rule",
        ),
    ],
)
def test_a_new_version_names_the_use_cases_it_affects(
    before: Pack | None, after: Pack, rules: tuple[tuple[str, ...], ...], use_cases: set[UseCaseId]
) -> None:
    found = pack_review(before, after, CHARTERS)
    assert (found.added, found.removed, found.changed) == rules
    assert set(found.use_cases) == use_cases
    assert found.nothing is not any(rules)
    assert NONE not in found.use_cases, "who left the pack out is not touched by it"
    assert (found.before, found.after) == (None if before is None else before.version, after.version)


def test_a_rule_never_changes_under_the_same_number() -> None:
    changed = replace(FIRST, verdict="hold")
    assert pack_review(PACK, version(2, changed, SECOND), CHARTERS).numbered
    assert not pack_review(PACK, version(1, changed, SECOND), CHARTERS).numbered
    assert pack_review(PACK, PACK, CHARTERS).numbered


def test_a_pack_says_at_whom_it_looks_and_who_left_it_out() -> None:
    assert looked_at(PACK, CHARTERS) == {FILL: (f"{OPERATION}:region",), AWAY: (OPERATION,)}
    assert left_out(PACK, CHARTERS) == {NONE: "Nobody lives there."}
