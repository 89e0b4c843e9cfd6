"""Everything a policy says about one operation of one use case, brought together once, because the gate is asked often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from remit.core.attributes import ActionFacts
from remit.core.catalogue import CatalogueEntry
from remit.core.charter import Charter, OperationSpec
from remit.core.classify import Classified, Known, classify, narrow_form
from remit.core.conditions import Judgement, judgement_of
from remit.core.limit_spec import ContactHours, both
from remit.core.limits import Limit, limits_of, touch_limit
from remit.core.risk_statement import RiskStatement
from remit.core.rulebook import OperationRules
from remit.core.types import Level, Operation

if TYPE_CHECKING:
    from remit.core.decision import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is known before any particular action: charter, catalogue entry, rules, and what the narrow form comes to.

    `touches` is the limit that knows how often a contact was touched. `looks_at` names the attributes that rules, hours of
    contact and shares need, for whoever has to find them out. `kept` holds, by level granted, what the gate says of the narrow
    form before it looks at a particular action.
    """

    operation: Operation
    charter: Charter | None
    entry: CatalogueEntry | None
    catalogue: Known
    rules: OperationRules | None
    visible: frozenset[str]
    statement: RiskStatement | None
    limits: tuple[Limit, ...]
    touches: Limit | None
    contact_hours: ContactHours | None
    narrow: Classified | None
    conditions: tuple[Judgement, ...]
    looks_at: frozenset[str]
    kept: dict[Level, Decision] = field(default_factory=dict, compare=False, repr=False)

    def classify(self, facts: ActionFacts) -> Classified:
        """Give the class of one action at this place."""
        entry = self.entry
        if self.narrow is not None and entry is not None and facts.inner is None:
            for judged in self.conditions:
                if judged(facts, entry) is not True:
                    break
            else:
                return self.narrow
        connector = "" if self.charter is None else self.charter.connector
        return classify(entry, facts, connector=connector, known=self.catalogue)

    def highest(self, classified: Classified) -> Level:
        """Return the highest level that the risk statement lets an action of this class run at."""
        return Level.OPTIMISE if self.statement is None else self.statement.highest(classified.action_class)

    def shown_by(self, window: str) -> frozenset[str] | None:
        """Return what one window of the charter shows; None where it has no such window."""
        found = None if self.charter is None else self.charter.windows.get(window)
        return None if found is None else frozenset(found.fields)

    @property
    def spec(self) -> OperationSpec | None:
        """What the charter says of the operation."""
        return None if self.charter is None else self.charter.operations.get(self.operation)


def place(
    operation: Operation,
    charter: Charter | None,
    entry: CatalogueEntry | None,
    catalogue: Known,
    rules: OperationRules | None,
    statement: RiskStatement | None = None,
) -> Place:
    """Bring together what is known of an operation."""
    narrow = None if entry is None else narrow_form(entry, connector="" if charter is None else charter.connector)
    rules = rules if rules is not None and rules.applied else None
    contact_hours = _contact_hours(charter, entry, statement)
    return Place(
        operation=operation,
        charter=charter,
        entry=entry,
        catalogue=catalogue,
        rules=rules,
        visible=frozenset() if charter is None else charter.visible_fields,
        statement=statement,
        limits=() if charter is None else _limits(operation, charter, statement),
        touches=None if statement is None else touch_limit(statement.limits),
        contact_hours=contact_hours,
        narrow=narrow,
        conditions=() if entry is None else tuple(judgement_of(condition) for condition in entry.narrow_when),
        looks_at=_looks_at(charter, rules, contact_hours),
    )


def _looks_at(charter: Charter | None, rules: OperationRules | None, hours: ContactHours | None) -> frozenset[str]:
    ruled = frozenset() if rules is None else rules.looks_at
    timed = frozenset(() if hours is None else ("person.local_minute",))
    shared = charter is not None and charter.highest_share is not None
    return ruled | timed | frozenset(("audience.reachable",) if shared else ())


def _limits(operation: Operation, charter: Charter, statement: RiskStatement | None) -> tuple[Limit, ...]:
    shared = {} if statement is None else statement.limits
    return tuple(limits_of(operation, charter.limits, shared, charter.id))


def _contact_hours(charter: Charter | None, entry: CatalogueEntry | None, statement: RiskStatement | None) -> ContactHours | None:
    """Return when people may be contacted: in the hours of charter and risk statement both, and only where it contacts any."""
    if charter is None or entry is None or not entry.contacts_person:
        return None
    return both(charter.contact_hours, None if statement is None else statement.contact_hours)
