"""Says in plain words what the front end found wrong, and what to write instead. It knows how the front end speaks, no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from remit.errors import RuleError
from remit.rules.refusal import nearest_names, offset_of, refusal, start_of_name
from remit.rules.tree import ORDERS

LISTED = "&&, ||, !, ==, !=, <, <=, >, >=, in, startsWith, endsWith, contains, size, has and timestamp"

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*?)(?: \[\w+\])?$", re.MULTILINE)
_WORDS_FOR_SIGNS = {
    "and": "Write &&",
    "or": "Write ||",
    "is": "Write ==",
    "equals": "Write ==",
    "like": 'Write contains, startsWith or endsWith, such as email.endsWith(".org")',
    "not": 'Write !, such as !(region in ["DE"])',
    "between": "Write two comparisons, such as level >= 1 && level <= 3",
    "if": "Write && and ||: a condition has no if",
    "else": "Write && and ||: a condition has no else",
    "contains": 'Write it as a call, such as email.contains("@")',
    "!": "Write != without a space, or ! before what is denied",
    ",": 'Write lists in square brackets, such as region in ["DE", "FR"]',
}
_SIGNS = {
    "=": "Write == to compare",
    "&": "Write &&",
    "|": "Write ||",
    "<>": "Write !=",
    "=>": "Write >=",
    "=<": "Write <=",
    "=~": "Write startsWith, endsWith or contains",
    "~": "Write ! for not",
    "≥": "Write >=",
    "≤": "Write <=",
    "≠": "Write !=",
    ";": "Take it out: a condition is one expression",
    "'": "Close the text with the quote that opened it, and write \\' for a quote inside",
    '"': 'Close the text with the quote that opened it, and write \\" for a quote inside',
} | dict.fromkeys("“”„‘’«»", 'Write straight quotes, such as "DE"')  # noqa: RUF001  # told apart on purpose
_VALUES = {"true": "Write true", "false": "Write false"} | dict.fromkeys(
    ("none", "null", "nil", "undefined"), "Ask has(facts.x): a value is there or missing, never null"
)
_FUNCTIONS = {
    "len": "Write size(...)",
    "length": "Write size(...)",
    "startswith": "Write startsWith",
    "endswith": "Write endsWith",
    **dict.fromkeys(("startsWith", "endsWith", "contains"), 'Write it after the text, such as region.startsWith("DE")'),
    "includes": "Write contains for text, or `in` for a list",
    "not": "Write !, such as !(level < 3)",
    "has": "Ask about one dotted attribute, such as has(facts.reach)",
}


class Told(NamedTuple):
    """One complaint of the front end: where it stands in the source it was given, and its words."""

    at: int
    words: str


def in_plain_words(text: str, source: str, given: str, names: Iterable[str]) -> RuleError:
    """Turn what the front end says about the text it was given into a refusal of the source the author wrote."""
    if "recursion" in text:
        return refusal(source, 0, "the condition is nested too deeply", "Split it into several rules")
    told = [Told(offset_of(given, int(line), int(column)), words) for line, column, words in _ERROR.findall(text)]
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
    do = _SIGNS.get(sign) or _SIGNS.get(sign[:1]) or "Take it out, or put text in quotes"
    return refusal(source, at, f"{sign or 'something'} means nothing in a condition", do)


def _token(source: str, at: int, match: re.Match[str], _names: Iterable[str]) -> RuleError:
    word, before = match[1], source[:at].rstrip()
    if word == ">" and before.endswith("<"):
        return refusal(source, len(before) - 1, "<> means nothing in a condition", _SIGNS["<>"])
    if before.lower().split(" ")[-1] == "not":
        return refusal(source, len(before) - 3, f"{before[-3:]} means nothing in a condition", _WORDS_FOR_SIGNS["not"])
    if word == ")":
        return refusal(source, at, "nothing stands before this bracket, or it was never opened", "Take it out, or open it first")
    do = _WORDS_FOR_SIGNS.get(word.lower(), "Join comparisons with && or ||, and put text in quotes")
    return refusal(source, at, f"{word} does not belong here", do)


def _undeclared(source: str, at: int, match: re.Match[str], names: Iterable[str]) -> RuleError:
    name, is_call = match[1], source[at : at + 1] == "("
    begin = start_of_name(source, at)
    if is_call:
        return refusal(
            source,
            begin,
            f"there is no {name} like this",
            _FUNCTIONS.get(name) or _FUNCTIONS.get(name.lower(), f"Use only {LISTED}"),
        )
    return refusal(source, begin, f"there is no attribute {name}", _VALUES.get(name.lower()) or nearest_names(name, names))


def _no_part(source: str, at: int, _match: re.Match[str], names: Iterable[str]) -> RuleError:
    begin = start_of_name(source, at)
    name = re.match(r"[\w.]*", source[begin:])
    found = name[0] if name else ""
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
    strange = {"uint": "Write the number without u", "bytes": "Write the text without b", "null_type": _VALUES["null"]}
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
    return _BY_SIGN.get(sign, "Give both sides one type: text stands in quotes, yes and no are true and false")


_BY_SIGN = dict.fromkeys(("&&", "||", "!"), "Compare it with something: this takes yes or no") | {
    "in": "Ask for a value of the type the list has",
    "size": "Ask for the size of text or of a list",
    "[]": 'Write `in`, such as "vip" in tags',
}


def _number(source: str, at: int, _match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, "the number does not fit 64 bits", "Write one from -9223372036854775808 to 9223372036854775807")


def _text(source: str, at: int, _match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, "the text holds an escape that is no character", "Write the character itself")


def _has(source: str, at: int, _match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, "has asks about a dotted name", "Ask about one such as has(facts.reach)")


def _reserved(source: str, at: int, match: re.Match[str], _names: Iterable[str]) -> RuleError:
    return refusal(source, at, f"{match[1]} is a reserved word", _WORDS_FOR_SIGNS.get(match[1], "Choose another name"))


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
