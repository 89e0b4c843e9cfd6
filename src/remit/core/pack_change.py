"""What changes in packs and in brand documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from remit.core.brand import ApprovedClaim, Brand
from remit.core.change import Change, Direction, Fields, Where, appeared, between, each, vanished
from remit.core.change_scale import allowed, asked, least, most, unknown, words
from remit.core.charter_change import regions, verdict_floor
from remit.core.limit_change import hours
from remit.core.pack import Pack, PackRule

D = Direction


def packs_between(before: Mapping[str, Pack], after: Mapping[str, Pack]) -> Iterator[Change]:
    """Compare all packs: a further one is tighter."""
    for name in dict.fromkeys((*before, *after)):
        where = Where(path=f"pack:{name}", words=f"pack {name}")
        if name not in before:
            yield appeared(where, "", "it", after[name].title, D.TIGHTER)
        elif name not in after:
            yield vanished(where, "", "it", before[name].title, D.LOOSER)
        else:
            yield from _pack(where, before[name], after[name])


def _pack(where: Where, before: Pack, after: Pack) -> Iterator[Change]:
    yield from between(where, before, after, _PACK, apart=("rules",))
    one, other = ({rule.id: rule for rule in pack.rules} for pack in (before, after))
    yield from each(where.part("rules", "rules"), "rule", one, other, new=lambda _: D.TIGHTER, inside=_rule)


def _rule(where: Where, before: PackRule, after: PackRule) -> Iterator[Change]:
    return between(where, before, after, _RULE)


def brands_between(before: Mapping[str, Brand], after: Mapping[str, Brand]) -> Iterator[Change]:
    """Compare all brand documents. What is checked by one that is new, or no longer checked, nobody can say in general."""
    for name in dict.fromkeys((*before, *after)):
        where = Where(path=f"brand:{name}", words=f"brand {name}")
        if name not in before:
            yield appeared(where, "", "it", after[name].title, D.BOTH)
        elif name not in after:
            yield vanished(where, "", "it", before[name].title, D.BOTH)
        else:
            yield from _brand(where, before[name], after[name])


def _brand(where: Where, before: Brand, after: Brand) -> Iterator[Change]:
    yield from between(where, before, after, _BRAND, apart=("claims",))
    yield from each(where.part("claims", "claims"), "claim", before.claims, after.claims, new=lambda _: D.LOOSER, inside=_claim)


def _claim(where: Where, before: ApprovedClaim, after: ApprovedClaim) -> Iterator[Change]:
    return between(where, before, after, _CLAIM)


_PACK: Fields = {
    "title": ("its title", words),
    "as_of": ("the day whose law it states", words),
    "version": ("its version", words),
    "about": ("what it is about", words),
}
_RULE: Fields = {
    "operations": ("the operations it looks at", asked),
    "when": ("its condition", unknown),
    "verdict": ("its verdict", verdict_floor),
    "unknown": ("its verdict where nobody can tell", verdict_floor),
    "because": ("its sentence", words),
    "cites": ("what it cites", words),
    "regions": ("where it is there for people", regions, "everywhere"),
    "suggest": ("the edit it suggests", words),
    "shows": ("what people read with it", words),
    "contact_hours": ("the hours it waits for", hours),
    "wait_minutes": ("how long it waits", least),
    "note": ("its note", words),
}
_BRAND: Fields = {
    "title": ("its title", unknown),
    "voice": ("how it speaks", unknown),
    "forbidden_words": ("the forbidden words", asked),
    "senders": ("the names it writes under", allowed),
    "domains": ("where links may lead", allowed),
    "languages": ("its languages", allowed),
    "postal_address": ("its postal address", unknown),
    "opt_out": ("what counts as a way to opt out", allowed),
    "merge_fields": ("the personal fields that resolve", allowed),
}
_CLAIM: Fields = {
    "text": ("its text", unknown),
    "expires": ("its last day", most),
    "source": ("its source", words),
}
