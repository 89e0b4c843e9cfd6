"""Says in plain words what the front end found wrong, and what to write instead. It knows how the front end speaks, no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from remit.errors import RuleError
from remit.rules.advice import FOR_FUNCTION, FOR_SIGN, FOR_TYPES, FOR_VALUE, FOR_WORD, LISTED
from remit.rules.refusal import nearest_names, offset_of, refusal, start_of_name
from remit.rules.tree import ORDERS

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*?)(?: \[\w+\])?$", re.MULTILINE)


class Told(NamedTuple):
    """One complaint of the front end: where it stands in the source it was given, and its words."""

    at: int
    words: str


def in_plain_words(text: str, source: str, given: str, names: Iterable[str]) -> RuleError:
    """Turn what the front end says about the text it was given into a refusal of the source the author wrote."""
    if "recursion" in text:
        return refusal(source, 0, "the condition is nested too deeply", "Split it into several rules")
    told = [
        Told(offset_of(given, int(line), int(column)), words) for line, column, words in _ERROR.findall(text) if int(line) > 0
    ]
    if not told:
        return refusal(source, 0, "the condition cannot be read", f"Use only {LISTED}")
    first = min(told)
    for pattern, word in _PATTERNS:
        match = pattern.search(first.words)
        if match:
            return word(source, first.at, match, names)
    return refusal(source, first.at, first.words, f"Use only {LISTED}")


def _ends(source: str, at: int, _match: re.Match[str], _names: Iterable[str]) -> RuleError:
    if not source.strip():
        return refusal(source, 0, "the condition is empty", "Write one, such as level < 3")
    is_list = "expecting {']'" in _match.string
    return refusal(
        source, at, "the condition stops too early", "Close the list with ]" if is_list else "Write what is to stand here"
    )


def _unclosed(source: str, at: int, match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, f"a bracket is not closed: {match[1]} is missing", f"Write {match[1]} here")


def _sign(source: str, at: int, match: re.Match[str], _names: Iterable[str]) -> RuleError:
    sign = match[1].strip()
    if sign[:1] in {'"', "'"} and len(sign) > 1:
        is_open = sign[0] not in source[at + 1 : (source + "\n").index("\n", at)]
        found, do = ("the text is not closed", f"Write {sign[0]} where it ends")
        return refusal(
            source,
            at,
            *(found, do) if is_open else ("the text holds an escape that does not exist", "Write \\\\ for a backslash"),
        )
    do = FOR_SIGN.get(sign) or FOR_SIGN.get(sign[:1]) or "Take it out, or put text in quotes"
    return refusal(source, at, f"{sign or 'something'} means nothing in a condition", do)


def _token(source: str, at: int, match: re.Match[str], _names: Iterable[str]) -> RuleError:
    word, before = match[1], source[:at].rstrip()
    if word == ">" and before.endswith("<"):
        return refusal(source, len(before) - 1, "<> means nothing in a condition", FOR_SIGN["<>"])
    if re.search(r"\bnot$", before, re.IGNORECASE):
        return refusal(source, len(before) - 3, f"{before[-3:]} means nothing in a condition", FOR_WORD["not"])
    if word == ")":
        return refusal(source, at, "nothing stands before this bracket, or it was never opened", "Take it out, or open it first")
    do = FOR_WORD.get(word.lower(), "Join comparisons with && or ||, and put text in quotes")
    return refusal(source, at, f"{word} does not belong here", do)


def _undeclared(source: str, at: int, match: re.Match[str], names: Iterable[str]) -> RuleError:
    name, is_call = match[1], source[at : at + 1] == "("
    begin = start_of_name(source, at)
    if is_call:
        return refusal(
            source,
            begin,
            f"there is no {name} like this",
            FOR_FUNCTION.get(name) or FOR_FUNCTION.get(name.lower(), f"Use only {LISTED}"),
        )
    return refusal(source, begin, f"there is no attribute {name}", FOR_VALUE.get(name.lower()) or nearest_names(name, names))


def _no_part(source: str, at: int, _match: re.Match[str], names: Iterable[str]) -> RuleError:
    begin = start_of_name(source, at)
    name = re.match(r"\w+(?:\s*\.\s*\w+)*", source[begin:])
    found = re.sub(r"\s", "", name[0]) if name else "like this"
    if found.endswith((".size", ".length")):
        return refusal(source, begin, f"there is no attribute {found}", f"Write size({found.rsplit('.', 1)[0]})")
    return refusal(source, begin, f"there is no attribute {found}", nearest_names(found, names))


def _types(source: str, at: int, match: re.Match[str], _names: Iterable[str]) -> RuleError:
    sign, types = match[1].replace("_", "").removeprefix("@"), re.findall(r"[\w]+(?:\([^()]*\))?", match[2])
    begin = start_of_name(source, at)
    return refusal(
        source, begin, f"{sign} does not take {' and '.join(types).replace('null_type', 'null')}", _instead_of_types(sign, types)
    )


def _instead_of_types(sign: str, types: list[str]) -> str:
    lists = any(one.startswith("list") for one in types)
    strange = {"uint": "Write the number without u", "bytes": "Write the text without b", "null_type": FOR_VALUE["null"]}
    known = next((strange[one] for one in types if one in strange), None)
    if known is not None:
        return known
    if set(types) == {"int", "double"}:
        return "Write the number as the attribute has it: 1.0 beside a double, 1 beside an int"
    if sign == "contains" and lists:
        return 'Write the value first, such as "vip" in tags'
    if sign == "in" and types[-1:] == ["string"]:
        return 'Write contains, such as email.contains("@")'
    if sign in ORDERS and "bool" in types:
        return "Join comparisons with &&, such as 1 < level && level < 3"
    return FOR_TYPES.get(sign, "Give both sides one type: text stands in quotes, yes and no are true and false")


def _number(source: str, at: int, _match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, "the number does not fit 64 bits", "Write one from -9223372036854775808 to 9223372036854775807")


def _text(source: str, at: int, _match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, "the text holds an escape that is no character", "Write the character itself")


def _has(source: str, at: int, _match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, "has asks about a dotted name", "Ask about one such as has(facts.reach)")


def _reserved(source: str, at: int, match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, f"{match[1]} is a reserved word", FOR_WORD.get(match[1], "Choose another name"))


_PATTERNS: list[tuple[re.Pattern[str], Callable[[str, int, re.Match[str], Iterable[str]], RuleError]]] = [
    (re.compile(r"missing '(.)' at"), _unclosed),
    (re.compile(r"input '<EOF>'|no viable alternative"), _ends),
    (re.compile(r"token recognition error at: '(.*?)'?$", re.DOTALL), _sign),
    (re.compile(r"(?:mismatched|extraneous) input '(.+?)' expecting"), _token),
    (re.compile(r"undeclared reference to '([^']*)'"), _undeclared),
    (re.compile(r"cannot be the operand of a select"), _no_part),
    (re.compile(r"no matching overload for '([^']*)' applied to '\((.*)\)'"), _types),
    (re.compile(r"invalid (?:u?int|double) literal"), _number),
    (re.compile(r"Invalid string literal"), _text),
    (re.compile(r"has\(\) argument"), _has),
    (re.compile(r"reserved identifier: (\w+)"), _reserved),
]
