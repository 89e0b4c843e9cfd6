"""What changes in maps. What a fact would become nobody can say in general, so every difference is both tighter and looser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from remit.core.change import Change, Direction, Fields, Where, appeared, between, each, vanished
from remit.core.change_scale import unknown, words
from remit.core.field_map import FieldMap, FieldSpec

D = Direction


def maps_between(before: Mapping[str, FieldMap], after: Mapping[str, FieldMap]) -> Iterator[Change]:
    """Compare all maps."""
    for name in dict.fromkeys((*before, *after)):
        where = Where(path=f"map:{name}", words=f"map of {name}")
        if name not in before:
            yield appeared(where, "", "it", after[name].title, D.BOTH)
        elif name not in after:
            yield vanished(where, "", "it", before[name].title, D.BOTH)
        else:
            yield from _map(where, before[name], after[name])


def _map(where: Where, before: FieldMap, after: FieldMap) -> Iterator[Change]:
    yield from between(where, before, after, _MAP, apart=("attributes",))
    inside = where.part("attributes", "attributes")
    yield from each(inside, "attribute", before.attributes, after.attributes, new=lambda _: D.BOTH, inside=_spec)


def _spec(where: Where, before: FieldSpec, after: FieldSpec) -> Iterator[Change]:
    return between(where, before, after, _SPEC)


_MAP: Fields = {"title": ("its title", words), "person": ("what stands for a person", unknown)}
_SPEC: Fields = {
    "field": ("the field it is read from", unknown),
    "reads": ("how it is read", unknown),
    "of": ("the record it is read from", unknown),
    "state": ("the field for the state", unknown),
    "empty": ("what an empty field means", unknown),
}
