"""What a reader of a message sees, and where its links lead."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from remit.core.markup import Tag, pieces

_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
)
_BLOCKS: Final = frozenset(
    (
        "p",
        "div",
        "br",
        "hr",
        "li",
        "ul",
        "ol",
        "tr",
        "td",
        "th",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "pre",
    ),
)
_NEVER: Final = frozenset(("script", "style", "template", "title", "noscript"))
_LEADS: Final = frozenset(("href", "action", "formaction", "src", "background", "poster"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])|mso-hide\s*:\s*all"
    r"|max-height\s*:\s*0|text-indent\s*:\s*-"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A text as it is read, and where its links lead. What is hidden counts for what must not be there, and for nothing else."""

    visible: str
    everything: str
    targets: tuple[str, ...] = ()
    visible_targets: tuple[str, ...] = ()


@dataclass(slots=True)
class _Page:
    """What was read so far; `open` are the elements we are in, each with whether it hides."""

    visible: list[str] = field(default_factory=list)
    everything: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    visible_targets: list[str] = field(default_factory=list)
    open: list[tuple[str, bool]] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)

    @property
    def hides(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def put(self, text: str) -> None:
        self.everything.append(text)
        if not self.hides:
            self.visible.append(text)

    def enter(self, tag: Tag) -> None:
        hides = self.hides or _hides(tag)
        leads = [value for name, value in tag.attributes.items() if name in _LEADS and value]
        self.targets += leads
        self.visible_targets += [] if hides else leads
        if tag.name not in _VOID:
            self.open.append((tag.name, hides))
            self.names[tag.name] += 1

    def leave(self, name: str) -> None:
        """Leave an element and what was left open inside; the end of something that was never opened means nothing."""
        while self.names[name]:
            closed, _ = self.open.pop()
            self.names[closed] -= 1
            if closed == name:
                return


def seen(text: str) -> Seen:
    """Read a text, with markup or without."""
    if "<" not in text and "&" not in text:
        return Seen(visible=text, everything=text)
    page = _Page()
    for piece in pieces(text):
        _read(page, piece)
    return Seen(
        visible="".join(page.visible),
        everything="".join(page.everything),
        targets=tuple(page.targets),
        visible_targets=tuple(page.visible_targets),
    )


def _read(page: _Page, piece: str | Tag) -> None:
    if isinstance(piece, str):
        page.put("" if page.names["script"] or page.names["style"] else piece)
        return
    if piece.closes:
        page.leave(piece.name)
    else:
        page.enter(piece)
    if piece.name in _BLOCKS:
        page.put("\n")


def _hides(tag: Tag) -> bool:
    return tag.name in _NEVER or "hidden" in tag.attributes or _HIDDEN.search(tag.attributes.get("style", "").lower()) is not None
