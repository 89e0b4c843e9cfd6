"""Where links lead, judged by the domain they really go to. It follows none, and trusts no name before an @."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

_SCHEME = re.compile(r"^\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_WRITTEN = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s<>\"']+|\bwww\.[^\s<>\"']+", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![@\w./-])(?:[^\W_][\w-]{0,62}\.){1,8}"
    r"(?:(?:com|net|org|info|biz|io|co|dev|xyz|eu|de|fr|es|nl|ch|uk|ca|ru|cn|ly|gl|example)(?:/[^\s<>\"']*)?|[a-z]{2,20}/[^\s<>\"']+)"
    r"(?![\w@])",
    re.IGNORECASE,
)
"""A domain without `http`: one that mail programs know by its end, or any that has a path."""

_HARMLESS = frozenset(("mailto", "tel", "sms", "cid"))
_FIELD = re.compile(r"^\s*(?:\{\{.*\}\}|\*\|.*\|\*|%%.*%%|\[\[.*\]\])\s*$", re.DOTALL)
_LABEL = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")
_IPV4 = re.compile(r"^[0-9.]+$|^0x")
_LONGEST = 60


def foreign_links(text: str, targets: Iterable[str], domains: Collection[str]) -> tuple[str, ...]:
    """Name every link that leaves the domains: by its host, or by what is odd about it. Subdomains belong to their domain."""
    allowed = {host for domain in domains if (host := _ascii(domain)) is not None}
    found = (_stray(target, allowed) for target in [*_written(text), *targets])
    return tuple(dict.fromkeys(one for one in found if one))


def domain_of(address: str) -> str | None:
    """Return the domain of a mail address, `Name <a@b.example>` too, in the letters machines compare; None where it is none."""
    found = re.search(r"@([^\s<>@,;]+)>?\s*$", address)
    return None if found is None else _ascii(found[1])


def belongs(host: str, domains: Collection[str]) -> bool:
    """Whether a host is one of these domains, or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def within(domain: str, domains: Collection[str]) -> bool:
    """Whether a domain, in any letters, is one of these or below one."""
    host = _ascii(domain)
    return host is not None and belongs(host, {one for written in domains if (one := _ascii(written)) is not None})


def _written(text: str) -> Iterator[str]:
    """Yield what mail programs turn into a link by themselves."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isprintable() or sign.isspace())
    for found in _WRITTEN.finditer(plain):
        yield found[0].rstrip(".,;:!?)]}")
    for found in _BARE.finditer(_WRITTEN.sub(" ", plain)):
        yield f"//{found[0]}"


def _stray(target: str, allowed: set[str]) -> str:
    """Say where a link leads that leaves the domains; nothing where it stays, or leads nowhere."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", target) if sign.isprintable() and not sign.isspace())
    if _FIELD.match(plain):
        return ""  # whether it has a value is asked elsewhere
    scheme = _SCHEME.match(plain)
    if scheme is None:
        return _stray_host(plain, allowed) if plain.startswith(("//", "\\", "/\\")) or plain.lower().startswith("www.") else ""
    named, rest = scheme[1].lower(), plain[scheme.end() :]
    if named in {"http", "https"}:
        return _stray_host(rest, allowed)
    return "" if named in _HARMLESS else f"a link of the kind {named[:_LONGEST]}"


def _stray_host(rest: str, allowed: set[str]) -> str:
    if "\\" in rest:
        return "a link with a backslash"
    authority = re.split(r"[/?#]", rest.lstrip("/"), maxsplit=1)[0]
    host = _ascii(re.sub(r":\d*$", "", authority.rpartition("@")[2]))
    if "@" in authority:
        return f"a link that pretends to lead elsewhere: {host or 'nobody can tell where'}"
    if host is None:
        return "a link to no readable host"
    return "" if belongs(host, allowed) else host


def _ascii(host: str) -> str | None:
    """Return a host as the network knows it, letters outside ASCII as punycode; None where it can be no host."""
    plain = unicodedata.normalize("NFKC", host).strip().strip(".").lower()
    try:
        found = plain.encode("idna").decode() if plain else ""
    except UnicodeError:
        return None
    labels = found.split(".")
    return found if len(labels) > 1 and all(_LABEL.match(label) for label in labels) and not _IPV4.match(found) else None
