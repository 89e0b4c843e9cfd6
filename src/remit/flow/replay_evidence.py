"""Reckons every judgement of a use case again from the ledger, and compares with what was recorded and what is stored."""

from __future__ import annotations

import json
from dataclasses import dataclass

from remit.core import facts as f
from remit.core.charter import Charter, read_charter
from remit.core.evidence_replay import Difference, EvidenceReplay, stored_differences
from remit.core.types import UseCaseId
from remit.flow.explain_level import charter_of
from remit.ports import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay came to: facts read, judgements reckoned again, and where they differ."""

    use_case: UseCaseId
    facts: int
    judgements: int
    differences: tuple[Difference, ...]


def replay_evidence(house: House, use_case: UseCaseId) -> Replayed:
    """Replay one use case. Raises `NotFound` for one without a charter."""
    count = 0
    with house.store.read() as reading:
        charter = charter_of(reading, use_case)

        def charter_in(fact: f.PolicyAdopted) -> Charter | None:
            text = fact.documents.get(f"charter:{use_case}")
            return None if text is None else read_charter(json.loads(text), source=use_case)

        replay = EvidenceReplay(use_case, charter_in)
        for entry in reading.evidence_facts(use_case):
            count += 1
            replay.take(entry)
        versions = {key.version for key in reading.agent_keys(use_case)}
        keys = [(operation, version) for operation in charter.operations for version in versions]
        stored = {key: reading.evidence(use_case, *key) for key in keys}
        grants = {operation: reading.grant(use_case, operation) for operation in charter.operations}
    left = stored_differences(replay, stored, grants)
    return Replayed(use_case=use_case, facts=count, judgements=replay.judgements, differences=(*replay.differences, *left))
