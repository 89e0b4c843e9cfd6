"""How a change of policy is said in a terminal: its direction, its sentences, what it did to past decisions, who has to sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from remit.cli.options import moment
from remit.core.access import TABLE, Verb, one_of

SIGNERS = one_of(TABLE[Verb.SIGN_POLICY])
"""Who signs a policy, where people have accounts."""

DIRECTIONS = {
    "neither": "Nothing changes that the gate sees.",
    "tighter": "Tighter: nothing is allowed that was not allowed before.",
    "looser": "Looser: something is allowed that was not allowed before.",
    "both": "Both: it may allow what was not allowed before, and forbid what was.",
}


def sentences(told: dict[str, Any]) -> list[str]:
    """Say which way a change is, every difference, and every trial that ends."""
    lines = [DIRECTIONS[told["direction"]]] if told["changes"] else []
    lines += [f"  {one['direction']}: {one['sentence']}" for one in told["changes"]]
    return lines + [f"  ends a trial: {_trial(one)}" for one in told["trials"]]


def _trial(one: dict[str, Any]) -> str:
    ends = f"{one['use_case']}, {one['operation']}, version {one['version']}: {one['observations']} observations count no more"
    return f"{ends}, {one['answers_needed']} clean ones are needed anew." if one["answers_needed"] else f"{ends}."


def decided_again(told: dict[str, Any]) -> str:
    """Say how many decisions were made again, and how many of them are about what changes."""
    replay = told["replay"]
    about = _about(replay["use_cases"], told["changes"])
    one = replay["decided"] == 1
    return f"Of the last 90 days, {replay['decided']:,} decision{' was' if one else 's were'} decided again{about}:"


def _about(counts: dict[str, int], changes: Iterable[dict[str, Any]]) -> str:
    changed = {one["use_case"] for one in changes}
    if not changed or None in changed:
        return ""  # what concerns all concerns every one of them
    found = [f"{counts.get(name, 0)} of them of {name}" for name in sorted(changed)]
    return f", {', '.join(found)}"


def examples(told: dict[str, Any]) -> list[str]:
    """Name some proposals that would be decided otherwise."""
    return [
        f"For example {one['proposal']}: {one['now']} becomes {one['then']}. {one['because']}"
        for one in told["replay"]["examples"]
    ]


def would(told: dict[str, Any]) -> str:
    """Say who has to sign, before anything is written."""
    if not told["documents"]:
        return IN_FORCE
    if told["needs_two"]:
        return f"Two people have to sign: `remit charter adopt` offers it with your signature on it; then {SIGNERS} signs."
    return "One person may adopt it: `remit charter adopt`."


IN_FORCE = "These documents are in force already."


def became(told: dict[str, Any]) -> str:
    """Say what became of an adoption."""
    offer = told["offer"]
    if offer is None:
        return f"Policy {told['adopted']} is in force." if told["documents"] else IN_FORCE
    name = offer["digest"][:12]
    wait = f"\nWithout one it comes into force at {moment(offer['ripens_at'])}." if offer["ripens_at"] else ""
    return (
        f"Offered as policy {offer['number']}. It waits for the signature of a second person: {SIGNERS}.\n"
        f"She reads it with `remit policy show {name}` and signs with `remit policy sign {name}`.{wait}"
    )


def number(one: dict[str, Any]) -> str:
    """Name a policy by its number."""
    return f"{one['number']}{' (in force)' if one['in_force'] else ''}"


def signers(one: dict[str, Any]) -> str:
    """Name who signed a policy."""
    names = ", ".join(one["signed_by"]) or one["by"]
    return f"{names}, and a wait instead of a second person" if one["waited"] else names


def waits(one: dict[str, Any]) -> str:
    """Say what an offer waits for."""
    if one["stale"]:
        return "nothing: another policy came into force since; offer it again"
    second = f"a second person: {SIGNERS}"
    return f"{second}; or {moment(one['ripens_at'])}" if one["ripens_at"] else second


def what(one: dict[str, Any]) -> str:
    """Say which documents a policy changed, and which way."""
    first, more = one["documents"][:_SHOWN], len(one["documents"]) - _SHOWN
    return f"{', '.join(first) or 'nothing'}{f' and {more} more' if more > 0 else ''} ({one['direction']})"


_SHOWN = 3
