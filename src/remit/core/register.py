"""The record of processing activities (GDPR Art. 30), read from what was adopted: one entry for each use case.

It says what the documents say. Whether that is enough, and what else an organisation does with data, is for people to add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.core.catalogue import PersonalData
from remit.core.charter import Charter, WindowSpec
from remit.core.erasure import SORTS
from remit.core.policy import CompiledPolicy
from remit.core.types import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One activity: what for, whose, which data are read and written, who gets them, how long they are kept and how safely."""

    use_case: str
    title: str
    purpose: str
    owner: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    personal_data: str
    recipients: tuple[str, ...]
    retention: tuple[str, ...]
    safeguards: tuple[str, ...]


def register(policy: CompiledPolicy, keep_days: Mapping[str, int]) -> list[Processing]:
    """Return an entry for each use case in force, by name."""
    return [_entry(policy, policy.charters[name], keep_days) for name in sorted(policy.charters)]


def _entry(policy: CompiledPolicy, charter: Charter, keep_days: Mapping[str, int]) -> Processing:
    return Processing(
        use_case=charter.use_case,
        title=charter.title,
        purpose=charter.goal,
        owner=charter.owner,
        reads=tuple(_window(name, spec) for name, spec in sorted(charter.windows.items())),
        writes=tuple(_operation(policy, name, spec.arguments) for name, spec in sorted(charter.operations.items())),
        personal_data=_closest(policy, charter),
        recipients=(charter.connector,),
        retention=tuple(_kept(what, keep_days.get(what)) for what in SORTS),
        safeguards=_safeguards(policy, charter),
    )


def _window(name: str, spec: WindowSpec) -> str:
    fields = (f"{one} ({spec.redact[one]} only)" if one in spec.redact else one for one in spec.fields)
    why = f": {spec.why}" if spec.why else ""
    return f"{spec.kind}: {', '.join(fields)} (window {name}{why})"


def _operation(policy: CompiledPolicy, name: Operation, arguments: tuple[str, ...]) -> str:
    entry = policy.entry(name)
    return f"{entry.name if entry else name} ({name}): {', '.join(arguments)}"


def _closest(policy: CompiledPolicy, charter: Charter) -> str:
    """Return how close the operations come to persons, the closest one; what nobody knows counts as closest."""
    order = list(PersonalData)
    found = [entry.personal_data if (entry := policy.entry(name)) else order[-1] for name in charter.operations]
    return max(found, key=order.index, default=PersonalData.NONE)


def _kept(what: str, days: int | None) -> str:
    return f"{what}: {'until erased' if days is None else f'{days} days'}"


def _safeguards(policy: CompiledPolicy, charter: Charter) -> tuple[str, ...]:
    packs = [name for name in sorted(policy.packs) if name not in charter.packs.without]
    return (
        f"agents act alone at level {charter.highest_level.value} at most; otherwise people approve",
        *charter.non_negotiables,
        *((f"packs of rules: {', '.join(packs)}",) if packs else ()),
        "every decision and effect is recorded, signed, and without personal content",
    )
