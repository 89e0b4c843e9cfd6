"""What changes in the catalogue: what an action counts as, and what is checked before it.

A worse class is tighter only where no risk statement gives a worse class a higher level; otherwise it is both.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from remit.core.catalogue import CatalogueEntry, Condition, Mode, Override, Stage
from remit.core.change import Change, Direction, Fields, Where, appeared, between, each, moved, vanished
from remit.core.change_scale import asked, classes, least, words
from remit.core.classify import Known
from remit.core.types import ActionClass, Kind

D = Direction
WHERE = Where(path="catalogue", words="catalogue")


def catalogues_between(before: Known, after: Known, *, orderly: bool) -> Iterator[Change]:
    """Compare two catalogues. `orderly`: a worse class never gets a higher level."""
    for name in dict.fromkeys((*before, *after)):
        called = f"operation {name}"
        if name not in before:
            yield appeared(WHERE, name, called, after[name].name, _unknown_to(after[name], orderly=orderly).opposite)
        elif name not in after:
            yield vanished(WHERE, name, called, before[name].name, _unknown_to(before[name], orderly=orderly))
        elif before[name] != after[name]:
            yield from _entry(WHERE.part(name, called), before[name], after[name], orderly=orderly)


def _unknown_to(entry: CatalogueEntry, *, orderly: bool) -> Direction:
    """Say what forgetting an entry does: the worst class, but nobody knows any more whom it contacts or who does it."""
    checked = entry.contacts_person or entry.mode is Mode.DRAFT_ONLY
    return D.TIGHTER if orderly and not checked else D.BOTH


def _entry(where: Where, before: CatalogueEntry, after: CatalogueEntry, *, orderly: bool) -> Iterator[Change]:
    sound = orderly and _sound(before) and _sound(after)
    yield from between(where, before, after, _ENTRY, apart=_APART)
    for name, called in (("wide", "its class"), ("narrow", "its class in the milder form")):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield moved(where, name, called, was, now, _class(was, now, drafts=_drafts(before, after)) if sound else D.BOTH)
    yield from _conditions(where, before, after, sound=sound)
    yield from _guardrails(where, before, after)
    inside = where.part("overrides", "elsewhere")
    yield from each(
        inside,
        "connector",
        before.overrides,
        after.overrides,
        new=lambda _: D.TIGHTER if orderly else D.BOTH,
        inside=partial(_override, orderly=orderly),
    )


def _sound(entry: CatalogueEntry) -> bool:
    """Whether the narrow form is milder than the wide one, as every catalogue that is read has it."""
    return entry.narrow is None or entry.narrow | entry.wide == entry.wide


def _drafts(before: CatalogueEntry, after: CatalogueEntry) -> bool:
    """Whether the milder form says when a draft is one: without it, a draft that may be live would count as a draft too."""
    looks = Condition.DRAFT_UNPUBLISHED in {*before.narrow_when, *after.narrow_when}
    return looks and Kind.DRAFT in {before.kind, after.kind}


def _class(before: ActionClass | None, after: ActionClass | None, *, drafts: bool) -> Direction:
    if before is None or after is None:
        return D.BOTH if drafts else (D.LOOSER if before is None else D.TIGHTER)
    return classes(before, after)


def _conditions(where: Where, before: CatalogueEntry, after: CatalogueEntry, *, sound: bool) -> Iterator[Change]:
    if before.narrow is None or after.narrow is None:
        return  # then the milder form came or went as a whole
    if before.narrow_when != after.narrow_when:
        direction = asked(before.narrow_when, after.narrow_when)
        told = before.narrow_when, after.narrow_when
        yield moved(where, "narrow_when", "what the milder form asks for", *told, direction if sound else D.BOTH)
    was, now = before.reach.narrow_up_to, after.reach.narrow_up_to
    if was != now and Condition.WITHIN_REACH in before.narrow_when and Condition.WITHIN_REACH in after.narrow_when:
        direction = D.TIGHTER if now is None or (was is not None and now < was) else D.LOOSER
        yield moved(where, "reach", "the reach of the milder form", was, now, direction if sound else D.BOTH)


def _guardrails(where: Where, before: CatalogueEntry, after: CatalogueEntry) -> Iterator[Change]:
    was, now = tuple(before.guardrails), tuple(after.guardrails)
    if before.guardrails != after.guardrails:
        yield moved(where, "guardrails", "what is checked before it", was, now, asked(was, now))


def _override(where: Where, before: Override, after: Override, *, orderly: bool) -> Iterator[Change]:
    if before.at_least == after.at_least:
        yield moved(where, "why", "its reason", before.why, after.why, D.NEITHER)
        return
    direction = classes(before.at_least, after.at_least) if orderly else D.BOTH
    yield moved(where, "at_least", "its class there", before.at_least, after.at_least, direction)


def _kind(_before: Kind, after: Kind) -> Direction:
    return D.LOOSER if after is Kind.DRAFT else D.TIGHTER


def _mode(before: Mode, after: Mode) -> Direction:
    order = list(Mode)  # from the mildest to the strictest
    return D.TIGHTER if order.index(after) > order.index(before) else D.LOOSER


def _stage(before: Stage, after: Stage) -> Direction:
    if Stage.HUMAN_ONLY not in {before, after}:
        return D.NEITHER
    return D.TIGHTER if after is Stage.HUMAN_ONLY else D.LOOSER


_APART = ("operation", "wide", "narrow", "narrow_when", "reach", "guardrails", "overrides")
_ENTRY: Fields = {
    "name": ("its name", words),
    "kind": ("whether it acts or drafts", _kind),
    "mode": ("its mode", _mode),
    "why": ("its reason", words),
    "undo": ("how it is taken back", words),
    "personal_data": ("how close it comes to persons", words),
    "contacts_person": ("whether it contacts a person", least),
    "stage": ("its sort of work", _stage),
}
