"""A second gate, written from the pages that describe the first one, and slow. It shares its words and none of its code.

Each function answers one sentence of the description with a floor and a reason code, or with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.core.gate import GateInput
from remit.core.policy import CompiledPolicy

ORDER = ["allow", "hold", "draft", "block"]  # ordered by restriction

BASE = {
    0: {"anything": "block"},
    1: {"anything": "draft"},
    2: {"anything": "hold"},
    3: {"low easy": "allow", "anything": "hold"},
    4: {"low easy": "allow", "low partial": "certificate", "medium easy": "certificate", "anything": "hold"},
}
RISKS, REVERSALS = ["low", "medium", "high"], ["easy", "partial", "irreversible"]


class SlowGate:
    """One question to one policy."""

    def __init__(self, given: GateInput, policy: CompiledPolicy) -> None:
        """Look up what the question is about."""
        self.given = given
        self.facts = given.facts
        self.charter = policy.charters.get(given.use_case)
        names = [name for name in policy.catalogue if name == str(given.operation).split(":")[0]]
        self.entry = policy.catalogue[names[0]] if names else None

    def verdict(self) -> str:
        """Return the strictest floor of all."""
        return ORDER[max(ORDER.index(floor) for _, floor in self.reasons())]

    def reasons(self) -> set[tuple[str, str]]:
        """Return every reason with its floor."""
        found = {self.base()}
        for sentence in (
            self.charters,
            self.arguments,
            self.windows,
            self.reach,
            self.suppression,
            self.catalogue,
            self.stops,
            self.draws,
        ):
            found |= set(sentence())
        return found

    # ------------------------------------------------------------------------------------------------------------ level x class

    def level(self) -> int:
        """Return the level in force: the minimum of the grant and every ceiling."""
        level = int(self.given.granted)
        for ceiling in self.given.ceilings:
            level = min(level, int(ceiling.level))
        return level

    def base(self) -> tuple[str, str]:
        """Read the table; drafts are allowed from level 1."""
        level = self.level()
        if self.entry is not None and self.entry.kind == "draft" and level > 0:
            return "draft_area", "allow"
        row = BASE[level]
        floor = row.get(self.words(), row["anything"])
        if floor == "certificate":
            floor = "allow" if self.given.certificate else "hold"
        return self.limited_by(level), floor

    def limited_by(self, level: int) -> str:
        """Say what the level in force comes from: the grant, or the first of the lowest ceilings below it."""
        if level == int(self.given.granted):
            return "level_table"
        lowest = [ceiling.code for ceiling in self.given.ceilings if int(ceiling.level) == level]
        return f"ceiling_{lowest[0]}"

    def words(self) -> str:
        """Return the class in words; an unknown operation has the worst one."""
        if self.entry is None:
            return "high irreversible"
        found = self.entry.narrow if self.narrow() and self.entry.narrow is not None else self.entry.wide
        return f"{RISKS[int(found.risk)]} {REVERSALS[int(found.reversibility)]}"

    def narrow(self) -> bool:
        """Say whether it is the narrow form: there is one, and every condition of it is established."""
        if self.entry is None or self.entry.narrow is None:
            return False
        established = {
            "no_listeners": self.facts.listeners is not None and len(self.facts.listeners) == 0,
            "field_empty": self.facts.field_empty is not None and self.facts.field_empty,
            "not_set_by_person": self.facts.set_by_person is not None and not self.facts.set_by_person,
            "one_record": self.facts.reach is not None and self.facts.reach < 2,
        }
        return all(established[str(condition)] for condition in self.entry.narrow_when)

    # ------------------------------------------------------------------------------------------------------------------ charter

    def charters(self) -> Iterator[tuple[str, str]]:
        """Only what a charter allows may happen at all."""
        if self.charter is None:
            yield "unknown_use_case", "block"
        elif str(self.given.operation) not in [str(name) for name in self.charter.operations]:
            yield "operation_not_in_charter", "block"

    def arguments(self) -> Iterator[tuple[str, str]]:
        """Take only arguments and values that are listed."""
        if len(self.given.odd_arguments) > 0:
            yield "argument_not_in_charter", "block"

    def windows(self) -> Iterator[tuple[str, str]]:
        """Block what relies on a field that no window shows."""
        if self.charter is not None:
            shown = [name for window in self.charter.windows.values() for name in window.fields]
            if [name for name in self.given.claimed.grounds if name not in shown]:
                yield "outside_window", "block"

    def reach(self) -> Iterator[tuple[str, str]]:
        """Hold what touches more than the charter allows, or nobody knows how much."""
        if self.charter is not None:
            if self.facts.reach is None:
                yield "reach_unknown", "hold"
            elif self.charter.highest_reach < self.facts.reach:
                yield "reach_over_limit", "hold"

    # ---------------------------------------------------------------------------------------------------------------- catalogue

    def suppression(self) -> Iterator[tuple[str, str]]:
        """Unknown input where a person is contacted blocks, and so does her wish."""
        if self.entry is not None and self.entry.contacts_person and self.facts.suppressed is not False:
            yield ("suppressed" if self.facts.suppressed else "suppression_unknown"), "block"

    def catalogue(self) -> Iterator[tuple[str, str]]:
        """Add the floor of the catalogue; writing a draft has none."""
        if self.entry is None:
            yield "unknown_operation", "hold"
        elif self.entry.kind == "act" and self.entry.mode == "draft_only":
            yield "catalogue_draft_only", "draft"
        elif self.entry.kind == "act" and (self.entry.human_only or (self.entry.mode == "approve" and not self.narrow())):
            yield "catalogue_approve", "hold"

    # -------------------------------------------------------------------------------------------------------------- stops, draws

    def stops(self) -> Iterator[tuple[str, str]]:
        """Hold what is stopped."""
        if len(self.given.stops) > 0:
            yield "stopped", "hold"

    def draws(self) -> Iterator[tuple[str, str]]:
        """Hold what was drawn."""
        if self.given.drawn:
            yield "drawn_for_review", "hold"
