"""How explanations of levels, suites, comparisons and replays look at this door."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from remit.core import facts as f
from remit.core.approval import FULL_PPM
from remit.core.comparison import Comparison, Pair
from remit.core.facts import Entry
from remit.core.prospect import Prospect
from remit.core.suite import SuiteResult
from remit.flow.explain_level import Explained
from remit.flow.replay_evidence import Replayed
from remit.flow.run_suite import SuiteReport
from remit.ports import Reading
from remit.web import showing_policy


def explained(reading: Reading, now: datetime, found: list[Explained]) -> list[dict[str, Any]]:
    """Show each operation: its level and what holds it down, then how far the next one is, and what happened to it."""
    held = {one["operation"]: one for one in showing_policy.levels(reading, now, found[0].use_case)}
    return [held[one.operation] | _explained(one, now) for one in found]


def _explained(one: Explained, now: datetime) -> dict[str, Any]:
    return {
        "a_day": round(one.a_day, 2),
        "qa_rate": one.qa_rate_ppm / FULL_PPM,
        "versions": [_prospect(prospect) for prospect in one.prospects],
        "confidence": {version: [asdict(level) for level in levels] for version, levels in one.worth.items() if levels},
        "certificates": [
            {
                "version": version,
                "may_skip_review_from": held.threshold_ppm / FULL_PPM,
                "until": held.until.isoformat(),
                "expired": held.until <= now,
            }
            for version, held in one.certificates.items()
        ],
        "history": [_happened(entry) for entry in one.history],
    }


def _prospect(one: Prospect) -> dict[str, Any]:
    shown = asdict(one)
    rounded = ("mean_loss", "upper", "tested", "miss_rate", "chance")
    return shown | {name: None if shown[name] is None else round(shown[name], 6) for name in rounded}


def _happened(entry: Entry) -> dict[str, Any]:
    fact = entry.fact
    told: dict[str, Any] = {
        "at": entry.at.isoformat(),
        "what": type(fact).__name__,
        "version": getattr(fact, "version", ""),
        "evidence": dict(getattr(fact, "evidence", {})),
    }
    match fact:
        case f.LevelLost():
            return told | {"level": int(fact.level), "cause": fact.cause}
        case f.GrantOffered() | f.Granted():
            return told | {"level": int(fact.level), "signed_by": list(getattr(fact, "signed_by", ()))}
        case f.GrantSigned():
            return told | {"by": fact.by, "role": fact.role}
        case f.TrialStarted():
            return told | {"trial": fact.trial}
        case f.Certified():
            return told | {"may_skip_review_from": fact.threshold_ppm / FULL_PPM, "until": fact.until.isoformat()}
        case _:
            return told


def replayed(found: Replayed) -> dict[str, Any]:
    """Show what a replay came to."""
    return asdict(found) | {"equal": not found.differences}


def report(found: SuiteReport) -> dict[str, Any]:
    """Show how a version did, case by case."""
    return {
        "use_case": found.use_case,
        "version": found.version,
        "suite": found.suite,
        "passed": len(found.found) - len(found.failed),
        "cases": [{"case": name, "passed": not wrong, "faults": list(wrong)} for name, wrong in found.found.items()],
    }


def result(version: str, found: SuiteResult | None, suite: str) -> dict[str, Any]:
    """Show how a version did when it was last tried, and whether that was on the cases of today."""
    if found is None:
        return {"version": version, "run": False}
    return {
        "version": version,
        "run": True,
        "today": found.suite == suite,
        "passed": found.passed,
        "failed": list(found.failed),
        "at": found.at.isoformat(),
        "by": found.by,
    }


def comparison(reading: Reading, found: Comparison) -> dict[str, Any]:
    """Show two versions side by side, with the pairs that differ."""
    better = None if found.better is None else dict(zip(("share", "low", "high"), found.better, strict=True))
    return {
        "pairs": found.pairs,
        "counts": {str(ending): n for ending, n in found.counts.items()},
        "better": better,
        "text": str(found),
        "differing": [_pair(reading, one) for one in found.differing],
    }


def _pair(reading: Reading, one: Pair) -> dict[str, Any]:
    return {
        "ending": str(one.ending),
        "record": one.new.record,
        "new": {"proposal": one.new.proposal, "version": one.new.version, "arguments": reading.asked(one.new.proposal)},
        "old": {"proposal": one.old.proposal, "version": one.old.version, "arguments": reading.asked(one.old.proposal)},
    }
