"""What to write instead: one sentence for each sign, word and name that an author may bring along from elsewhere."""

from __future__ import annotations

LISTED = "&&, ||, !, ==, !=, <, <=, >, >=, in, startsWith, endsWith, contains, size, has and timestamp"

FOR_WORD = {
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
FOR_SIGN = {
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
FOR_VALUE = {"true": "Write true", "false": "Write false"} | dict.fromkeys(
    ("none", "null", "nil", "undefined"), "Ask has(facts.x): a value is there or missing, never null"
)
FOR_FUNCTION = {
    "len": "Write size(...)",
    "length": "Write size(...)",
    "startswith": "Write startsWith",
    "endswith": "Write endsWith",
    **dict.fromkeys(("startsWith", "endsWith", "contains"), 'Write it after the text, such as region.startsWith("DE")'),
    "includes": "Write contains for text, or `in` for a list",
    "not": "Write !, such as !(level < 3)",
    "has": "Ask about one dotted attribute, such as has(facts.reach)",
}


FOR_TYPES = dict.fromkeys(("&&", "||", "!"), "Compare it with something: this takes yes or no") | {
    "in": "Ask for a value of the type the list has",
    "size": "Ask for the size of text or of a list",
    "[]": 'Write `in`, such as "vip" in tags',
}


FOR_REFUSED = {
    "?:": "Write both cases with && and ||",
    "[]": 'Write `in`, such as "vip" in tags',
    "matches": "Write startsWith, endsWith or contains",
    "exists": 'Write `in`, such as "vip" in tags',
    "all": "Ask about one value with `in`, or compute it beforehand as an attribute",
    "exists_one": "Ask about one value with `in`, or compute it beforehand as an attribute",
    "map": "Compute it beforehand as an attribute",
    "filter": "Compute it beforehand as an attribute",
    "duration": "Compute it beforehand as an attribute, such as facts.hours_since",
} | dict.fromkeys("+-*/%", "Compute it beforehand as an attribute: a condition does no arithmetic")
