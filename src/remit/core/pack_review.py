"""What a pack looks at, and what another version of it would change: which rules, and which use cases have to be reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.core.catalogue import base_of
from remit.core.charter import Charter
from remit.core.pack import Pack, PackRule
from remit.core.regions import may_meet
from remit.core.types import Operation, UseCaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReview:
    """One pack against another version of it. `use_cases` are those for which any of these rules is there.

    `numbered` says that the version grew, as it has to with every change of a rule.
    """

    pack: str
    before: int | None
    after: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    use_cases: tuple[UseCaseId, ...]
    numbered: bool

    @property
    def nothing(self) -> bool:
        """Whether every rule stays as it was."""
        return not (self.added or self.removed or self.changed)


def pack_review(before: Pack | None, after: Pack, charters: Mapping[UseCaseId, Charter]) -> PackReview:
    """Compare a pack with the version in force; None where it is not adopted yet."""
    old = {} if before is None else {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    changed = tuple(name for name in new if name in old and new[name] != old[name])
    added, removed = tuple(name for name in new if name not in old), tuple(name for name in old if name not in new)
    touched = [rules[name] for rules, names in ((new, added), (new, changed), (old, changed), (old, removed)) for name in names]
    affected = tuple(name for name, charter in charters.items() if _chooses(charter, after) and _operations(charter, touched))
    number = None if before is None else before.version
    return PackReview(
        pack=after.pack,
        before=number,
        after=after.version,
        added=added,
        removed=removed,
        changed=changed,
        use_cases=affected,
        numbered=number is None or after.version > number or not touched,
    )


def looked_at(pack: Pack, charters: Mapping[UseCaseId, Charter]) -> dict[UseCaseId, tuple[Operation, ...]]:
    """Return which operations of which use cases a pack looks at; those that leave it out, or have none, are not named."""
    found = {name: _operations(charter, pack.rules) for name, charter in charters.items() if _chooses(charter, pack)}
    return {name: operations for name, operations in found.items() if operations}


def left_out(pack: Pack, charters: Mapping[UseCaseId, Charter]) -> dict[UseCaseId, str]:
    """Return which use cases leave a pack out, each with its reason."""
    return {name: charter.packs.without[pack.pack] for name, charter in charters.items() if not _chooses(charter, pack)}


def _chooses(charter: Charter, pack: Pack) -> bool:
    return pack.pack not in charter.packs.without


def _operations(charter: Charter, rules: tuple[PackRule, ...] | list[PackRule]) -> tuple[Operation, ...]:
    return tuple(operation for operation in charter.operations if any(_there(rule, operation, charter) for rule in rules))


def _there(rule: PackRule, operation: Operation, charter: Charter) -> bool:
    return base_of(operation) in rule.operations and may_meet(rule.regions, charter.packs.regions)
