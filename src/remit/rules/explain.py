"""Says why a rule fired or did not: the comparisons that settled it, value against limit, and the nearest change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from remit.rules.cells import Cell
from remit.rules.evaluate import Fault, called, outcome_of, value_of
from remit.rules.tree import Call, Choices, Constant, Has, Node, Op, attributes
from remit.rules.wording import about, came, found, limit, would


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """One comparison that settled the outcome: its attribute, what was found, against what, and what would turn it round.

    `text` says how it came out, such as `level 2 < 3`; `otherwise` completes "if", such as `level were at least 3`.
    """

    attribute: str
    found: str
    limit: str
    text: str
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether a rule fires, the error that made it fire if there is one, and the comparisons that settled it.

    `nearest` is the smallest number of comparisons that, all turned round, turn the outcome round. It is empty where no value
    of any attribute could.
    """

    fires: bool
    error: str | None
    deciding: tuple[Deciding, ...]
    nearest: tuple[Deciding, ...]

    @property
    def otherwise(self) -> str:
        """Complete "it would have been otherwise if"; empty where nothing would have helped."""
        return " and ".join(one.otherwise for one in self.nearest)

    def __str__(self) -> str:
        """Say it in one line."""
        told = " and ".join(dict.fromkeys(one.text for one in self.deciding)) or "the rule itself says so"
        return f"could not be evaluated: {told if self.deciding else self.error}" if self.error else told


Cells = Mapping[str, Cell]
Turns = tuple[tuple[Node, bool], ...]
"""Comparisons, each with how it would have to come out."""


def explain(node: Node, cells: Cells) -> Explanation:
    """Explain a condition on these cells. Never raises: what cannot be explained is told with its error alone."""
    outcome = outcome_of(node, cells)
    try:
        deciding, nearest = _told(node, cells, fires=outcome.fires)
    except Exception:  # noqa: BLE001  # an explanation that fails must not hide the outcome
        deciding = nearest = ()
    return Explanation(fires=outcome.fires, error=outcome.error, deciding=deciding, nearest=nearest)


def _told(node: Node, cells: Cells, *, fires: bool) -> tuple[tuple[Deciding, ...], tuple[Deciding, ...]]:
    turns = _ways(node, cells).get(not fires, ())
    wanted = {id(leaf): side for leaf, side in turns}
    leaves = _settling(node, cells)
    deciding = (_deciding(leaf, cells, wanted=wanted.get(id(leaf), value_of(leaf, cells) is False)) for leaf in leaves)
    nearest = (_deciding(leaf, cells, wanted=side) for leaf, side in turns)
    return tuple(dict.fromkeys(deciding)), tuple(dict.fromkeys(nearest))


def _deciding(leaf: Node, cells: Cells, *, wanted: bool) -> Deciding:
    name = next(iter((*attributes(about(leaf)), *attributes(leaf))), "")
    shown, against = found(leaf, cells), limit(leaf, cells)
    return Deciding(
        attribute=name, found=shown, limit=against, text=came(leaf, cells), otherwise=would(leaf, cells, wanted=wanted)
    )


def _settling(node: Node, cells: Cells) -> Iterator[Node]:
    """Walk down to the comparisons that gave a node its value, or that kept it from having one."""
    if not isinstance(node, Call) or not _joins(node):
        yield from [] if isinstance(node, Constant | Choices) else [node]
        return
    value = value_of(node, cells)
    for arg in node.args:
        side = value_of(arg, cells)
        either = node.op in {Op.AND, Op.OR} and not isinstance(value, Fault)
        if (side is value) if either else isinstance(side, Fault) is isinstance(value, Fault):
            yield from _settling(arg, cells)


def _joins(call: Call) -> bool:
    """Tell whether an operation joins comparisons, instead of being one."""
    if call.op in {Op.AND, Op.OR, Op.NOT}:
        return True
    return any(isinstance(arg, Has) or _is_yes_or_no(arg) for arg in call.args)


def _is_yes_or_no(node: Node) -> bool:
    return isinstance(node, Call) and node.op is not Op.SIZE


def _ways(node: Node, cells: Cells) -> dict[bool, Turns]:
    """Find the fewest comparisons that would have to come out otherwise for a node to be false, and to be true."""
    if not attributes(node) or _is_in_nothing(node):
        return {}
    if not isinstance(node, Call) or not _joins(node):
        return {False: ((node, False),), True: ((node, True),)}
    ways: dict[bool, Turns] = {}
    for backwards in product(*(_options(arg, cells) for arg in reversed(node.args))):  # of two equal ways, the one on the left
        picked = backwards[::-1]
        result, turns = called(node.op, [value for value, _ in picked]), tuple(turn for _, part in picked for turn in part)
        if isinstance(result, bool) and len(turns) < len(ways.get(result, (*turns, ()))):
            ways[result] = turns
    return ways


def _is_in_nothing(node: Node) -> bool:
    return isinstance(node, Call) and node.op is Op.IN and isinstance(node.args[1], Choices) and not node.args[1].values


def _options(node: Node, cells: Cells) -> list[tuple[object, Turns]]:
    """Return what a side may be worth: as it is, for nothing, or turned round."""
    return [(value_of(node, cells), ()), *_ways(node, cells).items()]
