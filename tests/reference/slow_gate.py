"""A second gate, written from the pages that describe the first one, and slow. It shares its words and none of its code.

Each function answers one sentence of the description with a floor and a reason code, or with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remit.core.gate import GateInput
from remit.core.policy import CompiledPolicy
from tests.reference.written_conditions import BROKEN, WRITTEN

ORDER = ["allow", "hold", "draft", "block"]  # ordered by restriction

BASE = {
    0: {"anything": "block"},
    1: {"anything": "draft"},
    2: {"anything": "hold"},
    3: {"low easy": "allow", "anything": "hold"},
    4: {"low easy": "allow", "low partial": "certificate", "medium easy": "certificate", "anything": "hold"},
}
RISKS, REVERSALS = ["low", "medium", "high"], ["easy", "partial", "irreversible"]
WORST = (2, 2)
A_DAY = 1440
HERE = {"EU": ["DE", "FR"], "US": ["US"], "US-CA": ["US-CA"]}
LARGEST = 9_223_372_036_854_775_807
FACTS = (
    *("record", "reach", "listeners", "field_empty", "set_by_person", "suppressed", "reserved_fields", "owned"),
    *("inside_territory", "notifies", "seeds_only", "internal_only", "feeds", "published", "matches_existing"),
    *("step_ppm", "band_ppm", "starts_in_minutes"),
)
SAID = ("confidence_ppm", "grounds", "window")


def strictest(reasons: set[tuple[str, str]]) -> str:
    """Return the strictest floor of all."""
    return ORDER[max(ORDER.index(floor) for _, floor in reasons)]


class SlowGate:
    """One question to one policy."""

    def __init__(self, given: GateInput, policy: CompiledPolicy) -> None:
        """Look up what the question is about."""
        self.given = given
        self.facts = given.facts
        self.charter = policy.charters.get(given.use_case)
        self.known = policy.catalogue
        self.statement = policy.risk_statement
        self.packs = list(policy.packs.values())
        self.entry = self.look_up(given.operation)

    def look_up(self, operation: str) -> Any:
        """Find what the catalogue says; a variant of a charter is an operation like the one it varies."""
        names = [name for name in self.known if str(name) == str(operation).split(":")[0]]
        return self.known[names[0]] if names else None

    def reasons(self) -> set[tuple[str, str]]:
        """Return every reason with its floor."""
        found = {self.base()}
        for sentence in (
            self.charters,
            self.arguments,
            self.windows,
            self.reach,
            self.share,
            self.confidence,
            self.limits,
            self.hours,
            self.suppression,
            self.catalogue,
            self.mandates,
            self.stops,
            self.draws,
            self.rules,
        ):
            found |= set(sentence())
        return found

    # ------------------------------------------------------------------------------------------------------------ level x class

    def level(self) -> int:
        """Return the level in force: the minimum of the grant and every ceiling."""
        level = min(int(self.given.granted), self.stated())
        for ceiling in self.given.ceilings:
            level = min(level, int(ceiling.level))
        return level

    def stated(self) -> int:
        """Return the highest level that the risk statement gives a class of this sort."""
        if self.statement is None:
            return 4
        risk, reversal = self.class_of(self.entry, self.facts)
        named = f"{RISKS[risk]}, {REVERSALS[reversal]}"
        levels = {str(name): int(level) for name, level in self.statement.highest_level.items()}
        return levels.get(named, int(self.statement.otherwise))

    def base(self) -> tuple[str, str]:
        """Read the table; drafts are allowed from level 1, for as long as they are drafts."""
        level = self.level()
        if self.drafts() and level > 0:
            return "draft_area", "allow"
        row = BASE[level]
        floor = row.get(self.words(), row["anything"])
        if floor == "certificate":
            floor = "allow" if self.given.certificate else "hold"
        return self.limited_by(level), floor

    def drafts(self) -> bool:
        """Say whether it only writes a draft: one that may be live, or carries calls, is judged like any action."""
        if self.entry is None or self.entry.kind != "draft" or (self.facts.inner is not None and len(self.facts.inner) > 0):
            return False
        return "draft_unpublished" not in [str(one) for one in self.entry.narrow_when] or self.facts.published is False

    def limited_by(self, level: int) -> str:
        """Say what the level in force comes from: the grant, or the first of the lowest ceilings below it."""
        if level == int(self.given.granted):
            return "level_table"
        lowest = [ceiling.code for ceiling in self.given.ceilings if int(ceiling.level) == level]
        return f"ceiling_{[*lowest, 'risk_statement'][0]}"

    def words(self) -> str:
        """Return the class in words."""
        risk, reversal = self.class_of(self.entry, self.facts)
        return f"{RISKS[risk]} {REVERSALS[reversal]}"

    def class_of(self, entry: Any, facts: Any) -> tuple[int, int]:
        """Take the worst of its form, of what the connector does besides, and of every call inside."""
        if entry is None:
            return WORST
        form = entry.narrow if self.narrow(entry, facts) else entry.wide
        found = [(int(form.risk), int(form.reversibility))]
        if self.charter is not None and self.charter.connector in entry.overrides:
            least = entry.overrides[self.charter.connector].at_least
            found.append((int(least.risk), int(least.reversibility)))
        for call in facts.inner or ():
            widest = None if facts.reach is None or call.facts.reach is None else max(facts.reach, call.facts.reach)
            found.append(self.class_of(self.look_up(call.operation), Inside(call.facts, widest)))
        return max(risk for risk, _ in found), max(reversal for _, reversal in found)

    def narrow(self, entry: Any, facts: Any) -> bool:
        """Say whether it is the narrow form: there is one, and every condition of it is established."""
        if entry is None or entry.narrow is None:
            return False
        up_to = entry.reach.narrow_up_to
        stepped, started = None not in {facts.step_ppm, facts.band_ppm}, facts.starts_in_minutes is not None
        established = {
            "no_listeners": facts.listeners == (),
            "field_empty": facts.field_empty is True,
            "not_set_by_person": facts.set_by_person is False,
            "one_record": facts.reach is not None and facts.reach < 2,
            "within_reach": facts.reach is not None and up_to is not None and not facts.reach > up_to,
            "ordinary_fields": facts.reserved_fields == (),
            "unowned": facts.owned is False,
            "inside_territory": facts.inside_territory is True,
            "no_message": facts.notifies == (),
            "seeds_only": facts.seeds_only is True,
            "internal_only": facts.internal_only is True,
            "list_feeds_nothing": facts.feeds == (),
            "draft_unpublished": facts.published is False,
            "record_new": facts.matches_existing is False,
            "step_within_band": stepped and -facts.band_ppm <= facts.step_ppm <= facts.band_ppm,
            "start_far_off": started and not facts.starts_in_minutes < A_DAY,
            "inner_known": facts.inner is not None and len(facts.inner) > 0,
        }
        return all(established[str(condition)] for condition in entry.narrow_when)

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
        """Block what relies on a field that no window shows, or not the one it names; and what that window no longer is."""
        if self.charter is not None:
            named = self.given.claimed.window
            windows = [one for name, one in self.charter.windows.items() if named in {None, name}]
            shown = [name for window in windows for name in window.fields]
            if (named is not None and not windows) or [name for name in self.given.claimed.grounds if name not in shown]:
                yield "outside_window", "block"
        if len(self.given.window_changed) > 0:
            yield "window_changed", "block"

    def reach(self) -> Iterator[tuple[str, str]]:
        """Hold what touches more than the charter allows, or nobody knows how much."""
        if self.charter is not None:
            if self.facts.reach is None:
                yield "reach_unknown", "hold"
            elif self.charter.highest_reach < self.facts.reach:
                yield "reach_over_limit", "hold"

    # ------------------------------------------------------------------------------------------------------------------- bounds

    def share(self) -> Iterator[tuple[str, str]]:
        """Hold what touches too large a part of all, or a part that nobody can tell."""
        if self.charter is None or self.charter.highest_share is None:
            return
        everybody = self.facts.further.get("audience.reachable")
        if not isinstance(everybody, int) or isinstance(everybody, bool) or everybody < 1 or self.facts.reach is None:
            yield "share_unknown", "hold"
        elif self.facts.reach / everybody > self.charter.highest_share:
            yield "share_over_limit", "hold"

    def confidence(self) -> Iterator[tuple[str, str]]:
        """Hold what the agent is not sure enough of, by its own word."""
        floor = None if self.charter is None else self.charter.operations.get(self.given.operation)
        if floor is None or floor.lowest_confidence is None:
            return
        said = self.given.claimed.confidence_ppm
        if said is None:
            yield "confidence_unknown", "hold"
        elif said / 1_000_000 < floor.lowest_confidence:
            yield "confidence_below", "hold"

    def limits(self) -> Iterator[tuple[str, str]]:
        """Keep every count inside its limit: the organisation's and the charter's."""
        if self.charter is None:
            return
        shared = {} if self.statement is None else self.statement.limits
        named = [(f"risk_statement/{name}", one) for name, one in shared.items()]
        for name, one in [*named, *((f"{self.charter.use_case}/{name}", one) for name, one in self.charter.limits.items())]:
            plain = str(self.given.operation).split(":")[0]
            if one.operations and str(self.given.operation) not in one.operations and plain not in one.operations:
                continue
            more, used = self.counted(one), self.given.used.get(name)
            if more == 0:
                continue
            if more is None or used is None:
                yield "limit_unknown", one.verdict
            elif used + more > one.at_most:
                yield "limit_reached", one.verdict

    def counted(self, one: Any) -> int | None:
        """Return what this action adds to a count."""
        spend = self.facts.further.get("money.spend_minor")
        known = spend if isinstance(spend, int) and not isinstance(spend, bool) and spend >= 0 else None
        touches = 1 if len(one.operations) > 0 or self.entry is None or self.entry.contacts_person else 0
        return {"actions": 1, "reach": self.facts.reach, "touches": touches, "spend_minor": known}[one.counts]

    def hours(self) -> Iterator[tuple[str, str]]:
        """Contact people only in the hours of charter and risk statement, in their own time."""
        if self.charter is None or self.entry is None or not self.entry.contacts_person:
            return
        stated = None if self.statement is None else self.statement.contact_hours
        spans = [one for one in (self.charter.contact_hours, stated) if one is not None]
        if not spans:
            return
        minute = self.facts.further.get("person.local_minute")
        if not isinstance(minute, int) or isinstance(minute, bool) or minute not in range(1440):
            yield "contact_hours_unknown", "block"
        elif not all(one.earliest <= f"{minute // 60:02}:{minute % 60:02}" < one.latest for one in spans):
            yield "outside_contact_hours", "allow"

    # ---------------------------------------------------------------------------------------------------------------- catalogue

    def suppression(self) -> Iterator[tuple[str, str]]:
        """Unknown input where a person is contacted blocks, and so does her wish."""
        if self.entry is not None and self.entry.contacts_person and self.facts.suppressed is not False:
            yield ("suppressed" if self.facts.suppressed else "suppression_unknown"), "block"

    def catalogue(self) -> Iterator[tuple[str, str]]:
        """Add the floor of the catalogue; writing a draft has none."""
        if self.entry is None:
            yield "unknown_operation", "hold"
        elif self.drafts():
            return
        elif self.entry.mode == "draft_only":
            yield "catalogue_draft_only", "draft"
        elif self.entry.stage == "human_only" or (self.entry.mode == "approve" and not self.narrow(self.entry, self.facts)):
            yield "catalogue_approve", "hold"

    # -------------------------------------------------------------------------------------------------------------- stops, draws

    def stops(self) -> Iterator[tuple[str, str]]:
        """Hold what is stopped."""
        if len(self.given.stops) > 0:
            yield "stopped", "hold"

    def mandates(self) -> Iterator[tuple[str, str]]:
        """Hold a move that its mandate does not cover."""
        if list(self.given.mandate_breaches) != []:
            yield "outside_mandate", "hold"

    def draws(self) -> Iterator[tuple[str, str]]:
        """Hold what was drawn."""
        if self.given.drawn:
            yield "drawn_for_review", "hold"

    # -------------------------------------------------------------------------------------------------------------------- rules

    def rules(self) -> Iterator[tuple[str, str]]:
        """Add the floor of every rule that fires; one that cannot be evaluated fires too."""
        for _, code, floor in self.fired():
            yield code, floor

    def fired(self) -> Iterator[tuple[str, str, str]]:
        """Ask the rules of the charter that look at this operation, one by one, each by the meaning that was written for it."""
        if self.charter is None or str(self.given.operation) not in [str(name) for name in self.charter.operations]:
            return
        for name, rule in self.charter.rules.items():
            if len(rule.operations) > 0 and str(self.given.operation) not in [str(one) for one in rule.operations]:
                continue
            found = WRITTEN[rule.when](self.told())
            if found is not False:
                yield name, ("rule" if found else "rule_not_evaluated"), rule.verdict
        for pack in self.packs:
            if pack.pack not in self.charter.packs.without:
                yield from self.fired_of(pack)

    def fired_of(self, pack: Any) -> Iterator[tuple[str, str, str]]:
        """Ask the rules of a pack: those for this operation, and for people who live where this one does or may."""
        lives = str(self.facts.further.get("person.region", ""))
        for rule in pack.rules:
            if str(self.given.operation).split(":")[0] not in [str(one) for one in rule.operations]:
                continue
            if rule.regions and lives and not any(self.lives_in(lives, one) for one in rule.regions):
                continue
            found = WRITTEN[rule.when](self.told())
            if found is not False:
                floor = rule.verdict if found else rule.unknown
                mild = floor in {"note", "wait"}
                yield rule.id, ("rule" if found else "rule_not_evaluated"), "allow" if mild else floor

    def lives_in(self, lives: str, region: str) -> bool:
        """Say whether somebody may live in a region of the law: a state of it, all of it, or a country with such a state."""
        country = lives.split("-", maxsplit=1)[0]
        return any(code in {lives, country} or code.split("-", maxsplit=1)[0] == lives for code in HERE[region])

    def wait(self) -> int:
        """Return how many minutes have to pass before it may leave: by the hours of contact, and by every rule that waits."""
        told = self.facts.further.get("person.local_minute")
        minute = told if isinstance(told, int) and not isinstance(told, bool) and told in range(1440) else None
        found = [0]
        if minute is not None and self.charter is not None and ("outside_contact_hours", "allow") in set(self.hours()):
            stated = None if self.statement is None else self.statement.contact_hours
            spans = [one for one in (self.charter.contact_hours, stated) if one is not None]
            found.append(self.until(minute, max(one.earliest for one in spans), min(one.latest for one in spans)))
        firing = {name for name, code, _ in self.fired() if code == "rule"}
        for rule in (rule for pack in self.packs for rule in pack.rules if rule.id in firing and rule.verdict == "wait"):
            if rule.contact_hours is None:
                found.append(int(rule.wait_minutes or 0))
            elif minute is not None:
                found.append(self.until(minute, rule.contact_hours.earliest, rule.contact_hours.latest))
        return max(found)

    def until(self, minute: int, earliest: str, latest: str) -> int:
        """Let the clock go on until it is an hour of contact, and count the minutes."""
        passed = 0
        while not earliest <= f"{minute // 60:02}:{minute % 60:02}" < latest:
            minute, passed = (minute + 1) % 1440, passed + 1
        return passed

    def told(self) -> dict[str, Any]:
        """Return what a rule may look at, by name: facts, and what the agent says of itself. What is not known is left out."""
        seen = {name: getattr(self.facts, name) for name in FACTS}
        seen |= {f"claimed.{name}": getattr(self.given.claimed, name) for name in SAID}
        seen |= dict(self.facts.further)
        return {name: self.sound(value) for name, value in seen.items() if value is not None}

    def sound(self, value: Any) -> Any:
        """Return a value, or that it is broken: a number has to fit into 64 bits."""
        return BROKEN if isinstance(value, int) and not -LARGEST - 1 <= value <= LARGEST else value


class Inside:
    """The facts of a call inside, with the reach of all that the envelope touches."""

    def __init__(self, facts: Any, reach: int | None) -> None:
        """Look at these facts, but for the reach."""
        self._facts, self.reach = facts, reach

    def __getattr__(self, name: str) -> Any:
        """Return any other fact as it is."""
        return getattr(self._facts, name)
