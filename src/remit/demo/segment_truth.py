"""What a reviewer checks in a suggested segment: the size, by counting the CRM again. It reads the definition on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from remit.core.types import Value
from remit.demo.contact import Contact, fields_on
from remit.demo.finding import RIGHT, Finding, wrong
from remit.demo.world import World

SIZE_TOLERANCE = 0.05
"""How far the size may lie from the recount, as a share of the recount."""

Test = Callable[[Contact, date], bool]


def check_segment(world: World, arguments: Mapping[str, Value], day: date) -> Finding:
    """Count the segment again as the CRM stands in the morning of the day."""
    definition, size = str(arguments.get("definition")), arguments.get("size")
    tests = _tests(definition)
    if tests is None or not isinstance(size, int):
        return wrong("cannot_recount", f"Nobody can count this again: {definition}.")
    found = sum(contact.entered_on <= day and all(test(contact, day) for test in tests) for contact in world.contacts)
    if abs(size - found) > SIZE_TOLERANCE * found:
        return wrong("wrong_size", f"The recount finds {found}, the suggestion says {size}.")
    return RIGHT


def _tests(definition: str) -> list[Test] | None:
    tests = [_test(clause.split()) for clause in definition.split(" AND ")]
    known = [test for test in tests if test is not None]
    return known if len(known) == len(tests) else None


def _test(clause: list[str]) -> Test | None:
    match clause:
        case ["job", "=", job]:
            return lambda contact, _: contact.row.job == job
        case ["balance", ">=", least] if least.lstrip("-").isdigit():
            return lambda contact, _: contact.row.balance >= int(least)
        case ["housing", "=", ("yes" | "no") as has]:
            return lambda contact, _: contact.row.housing is (has == "yes")
        case ["loan", "=", ("yes" | "no") as has]:
            return lambda contact, _: contact.row.loan is (has == "yes")
        case ["status", "=", status]:
            return lambda contact, day: (fields_on(contact, day) or {}).get("status") == status
        case _:
            return None
