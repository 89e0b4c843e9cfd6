"""What a text says, read against the brand it speaks for. Remit works this out itself; nothing here is what an agent says of it.

Facts name what was found by its kind, by the brand's own words, by a host or a figure, and never quote more of a text: they are
kept for ever, and a text may be personal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from remit.core.attribute import Source
from remit.core.attributes import ATTRIBUTES, ActionFacts, Told
from remit.core.brand import Brand
from remit.core.claims import backed, unbacked
from remit.core.letters import Word, canonical, runs, spelled_out, words
from remit.core.links import domain_of, foreign_links, within
from remit.core.place import Place
from remit.core.placeholders import unresolved, without_placeholders
from remit.core.pressure import ai_disclosed, dark_patterns, exploits, fake_reply
from remit.core.seen_text import seen
from remit.core.special_categories import special_categories
from remit.core.types import Value

_TEXTS = frozenset(("subject", "preheader", "title", "headline", "body", "text", "html", "message", "caption", "copy", "content"))
CONTENT = frozenset(
    {name for name, one in ATTRIBUTES.items() if name.startswith("message.") and one.source is Source.COMPUTED}
    | {"sender.verified_domains", "data.special_categories"}
)
"""The attributes that are worked out here."""

OF_ANY_TEXT = frozenset(
    {
        "message.fake_reply",
        "message.dark_patterns",
        "message.exploits",
        "message.ai_disclosed",
        "message.unresolved_fields",
        "message.from_domain",
    }
)
"""Those of a text that need no brand."""

OF_ANY_CALL = frozenset({"data.special_categories"})
"""Those of everything a call writes, a text or not."""

LONGEST = 100_000
"""Letters of a text that is read at all. Of a longer one nothing is known; mail programs cut it off there, too."""

_FROM = ("from", "from_email", "from_address", "sender")
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The texts of a call, read once: as they were written, as they are seen, and where their links lead.

    `parts` is all that each of them holds, by argument; `everything` is that of all of them together.
    """

    parts: Mapping[str, str]
    subject: str
    written: str
    visible: str
    everything: str
    targets: tuple[str, ...]
    visible_targets: tuple[str, ...]
    sender: str | None


def content_of(arguments: Mapping[str, Value]) -> Content | None:
    """Read the texts among a call's arguments; None where it writes none, or more than anybody would read to the end."""
    texts = {name: value for name, value in arguments.items() if isinstance(value, str) and _TEXTS & set(name.split("_"))}
    if not texts or sum(map(len, texts.values())) > LONGEST:
        return None
    read = {name: seen(text) for name, text in texts.items()}
    parts = {name: one.everything for name, one in read.items()}
    return Content(
        parts=parts,
        subject=canonical(" ".join(part for name, part in parts.items() if "subject" in name)),
        written="\n".join(texts.values()),
        visible="\n".join(one.visible for one in read.values()),
        everything="\n".join(parts.values()),
        targets=tuple(target for one in read.values() for target in one.targets),
        visible_targets=tuple(target for one in read.values() for target in one.visible_targets),
        sender=next((found for name in _FROM if (found := domain_of(str(arguments.get(name, "")))) is not None), None),
    )


def told_by_texts(arguments: Iterable[str], *, branded: bool) -> frozenset[str]:
    """Return which of these facts can be told of a call with these arguments: few where it writes no text."""
    if not any(_TEXTS & set(name.split("_")) for name in arguments):
        return OF_ANY_CALL
    return CONTENT if branded else OF_ANY_CALL | OF_ANY_TEXT


def content_facts(arguments: Mapping[str, Value], brand: Brand | None, today: date, known: Mapping[str, Told]) -> dict[str, Told]:
    """Return the facts about what a call writes. What needs a text, a brand, or an entry that the brand lacks, is left out.

    `known` are facts that were looked up: where the sender's address comes from, if the call does not name one.
    """
    content = content_of(arguments)
    if content is None:
        return _of_values(arguments, {})
    text = canonical(without_placeholders(content.everything))
    facts = (
        _of_values(arguments, content.parts)
        | _of_any(content, text)
        | ({} if brand is None else _of_brand(content, text, brand, today))
    )
    sender = content.sender or known.get("message.from_domain")
    if isinstance(sender, str):
        facts["message.from_domain"] = sender
        if brand is not None and brand.domains:
            facts["message.hidden_sender"] = not within(sender, brand.domains)
    return {name: told[:_MOST] if isinstance(told, tuple) else told for name, told in facts.items()}


def with_content(
    facts: ActionFacts, place: Place, arguments: Mapping[str, Value], brand: Brand | None, today: date
) -> ActionFacts:
    """Return the facts with what the texts of a call say, as far as anything at this place looks at it."""
    wanted = place.looks_at & CONTENT
    if not wanted:
        return facts
    found = content_facts(arguments, brand, today, facts.further)
    return replace(facts, further={**facts.further, **{name: told for name, told in found.items() if name in wanted}})


def _of_any(content: Content, text: str) -> dict[str, Told]:
    return {
        "message.fake_reply": fake_reply(content.subject),
        "message.dark_patterns": dark_patterns(text),
        "message.exploits": exploits(text),
        "message.ai_disclosed": ai_disclosed(canonical(content.visible)),
        "message.unresolved_fields": unresolved(content.written, ()),
    }


def _of_values(arguments: Mapping[str, Value], read: Mapping[str, str]) -> dict[str, Told]:
    """Return what is told by all that a call writes, and by the names of what it writes; nothing where that is too long.

    `read` is what the texts among it hold, where they were read already.
    """
    names = [name.replace("_", " ") for name in arguments]
    parts = [(name, part) for name, value in arguments.items() for part in (value if isinstance(value, list) else [value])]
    values = [(name, part) for name, part in parts if isinstance(part, str)]
    if sum(map(len, names)) + sum(len(text) for _, text in values) > LONGEST:
        return {}
    shown = [seen(text).everything for text in names]
    shown += [read[name] if name in read else seen(text).everything for name, text in values]
    found = (special_categories(canonical(without_placeholders(text))) for text in shown)
    return {"data.special_categories": tuple(dict.fromkeys(name for categories in found for name in categories))}


def _of_brand(content: Content, text: str, brand: Brand, today: date) -> dict[str, Told]:
    found = words(text)
    rest, expired = backed(_without_address(text, found, brand), brand.claims, today)
    facts: dict[str, Told] = {
        "message.unresolved_fields": unresolved(content.written, brand.merge_fields),
        "message.forbidden_words": _forbidden(text, found, brand),
        "message.unbacked_claims": (*expired, *unbacked(rest)),
        "message.dark_patterns": dark_patterns(rest),
    }
    return facts | _of_sender(content, brand)


def _of_sender(content: Content, brand: Brand) -> dict[str, Told]:
    """Return what depends on the domains, the address and the opt-out of a brand, where it has them."""
    facts: dict[str, Told] = {}
    if brand.domains:
        facts["sender.verified_domains"] = tuple(brand.domains)
        facts["message.foreign_links"] = foreign_links(content.everything, content.targets, brand.domains)
    if brand.opt_out:
        facts["message.opt_out"] = _offers_opt_out(content, brand)
    if brand.postal_address:
        shown = words(canonical(content.visible))
        address = _stands(brand.postal_address, shown)
        named = any(_stands(name, shown) for name in (brand.title, *brand.senders))
        facts |= {"message.postal_address": address, "message.identity_block": address and named}
    return facts


def _offers_opt_out(content: Content, brand: Brand) -> bool:
    """Whether one of the brand's ways to unsubscribe stands where it is seen, or where a link leads."""
    shown, targets = canonical(content.visible), canonical("\n".join(content.visible_targets))
    return any(canonical(one) in text for one in brand.opt_out if one.strip() for text in (shown, targets))


def _stands(text: str, shown: list[Word]) -> bool:
    return any(True for _ in runs([one.text for one in words(canonical(text))], shown))


def _without_address(text: str, found: list[Word], brand: Brand) -> str:
    """Take the postal address out: the figures in it claim nothing."""
    for start, end in runs([one.text for one in words(canonical(brand.postal_address))], found):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _forbidden(text: str, found: list[Word], brand: Brand) -> tuple[str, ...]:
    """Name the words of the brand's list that are there, whole and inflected, also where somebody spelled them out."""
    spelled = words(spelled_out(text))
    return tuple(word for word in brand.forbidden_words if _is_there(canonical(word), text, found, spelled))


def _is_there(word: str, text: str, found: list[Word], spelled: list[Word]) -> bool:
    wanted = [one.text for one in words(word)]
    if not wanted:
        return bool(word.strip()) and word in text
    return any(any(True for _ in runs(wanted, where, inflected=True)) for where in (found, spelled))
