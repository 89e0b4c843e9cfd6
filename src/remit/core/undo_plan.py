"""What taking an effect back means for one record: which fields go back, which stay because a person changed them since.

The inverse call is not an undo: every captured field is restored, read back and compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.core.types import Image, Value

_CHANGED = "changed since by somebody else"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """Fields to set, to drop (make absent), the record to remove as a whole, and what is kept with its reason."""

    put: Mapping[str, Value] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    remove: bool = False
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing left to restore."""
        return not (self.put or self.drop or self.remove)


def plan(before: Image, after: Image, now: Image) -> UndoPlan:
    """Plan the undo of an effect that turned `before` into `after`, given the record as it is `now`."""
    if not now.exists:
        gone = "the record was removed since"
        return UndoPlan(kept={} if not before.exists else dict.fromkeys(before.fields, gone))
    changed = {name for name in {*after.fields, *now.fields} if not _same(after, now, name)}
    kept = dict.fromkeys(sorted(changed), _CHANGED)
    if not before.exists and not after.exists:  # nobody read it back, so nobody can say whose record this is
        return UndoPlan(kept={"record": _CHANGED})
    if not before.exists:
        return UndoPlan(kept=kept) if changed else UndoPlan(remove=True)
    touched = [name for name in sorted({*before.fields, *after.fields} - changed) if not _same(before, now, name)]
    return UndoPlan(
        put={name: before.fields[name] for name in touched if name in before.fields},
        drop=tuple(name for name in touched if name not in before.fields),
        kept={name: why for name, why in kept.items() if not _same(before, now, name)},
    )


def residue(before: Image, kept: Mapping[str, str], read_back: Image) -> dict[str, str]:
    """Compare what was read back with the before-image; name every difference and why it is there."""
    if before.exists != read_back.exists:
        return {"record": kept.get("record", "kept because it was changed since" if read_back.exists else "removed since")}
    if not before.exists:
        return {}
    differing = [name for name in {*before.fields, *read_back.fields} if not _same(before, read_back, name)]
    return {name: kept.get(name, "not restored by the connected system") for name in sorted(differing)}


def _same(one: Image, other: Image, name: str) -> bool:
    """Absent, null and '' are three different things; 1 and True are too."""
    if (name in one.fields) != (name in other.fields):
        return False
    left, right = one.fields.get(name), other.fields.get(name)
    return type(left) is type(right) and left == right
