"""The charters were written before the story was told: a change of one has to change this page too, in sight of everybody."""

import hashlib
from importlib import resources

PINNED = {
    "audience.yaml": "16b5b059191e22cad769fe6452b27d42a38bcc3c5940130a3bccc0bf99bcb115",
    "enrich.yaml": "3fc6500e0ff11c905723f9107a8e1028ca8716d76ae7415994126c6ae6edcf0d",
    "follow_up.yaml": "9f2f1cc44c91dd470bc0da40685ef108821896ac535c80e59e21db81fe34cd32",
    "nurture.yaml": "e5f785e49643ea8141111fd090e75f82b677ebfab22a7cf3b47d4526d2c6534d",
    "score.yaml": "04a8d4bc9368b9b33f85629df1c9df68959b57c7e4c5dd698579226b0e2dfde5",
}


def test_no_charter_changed_after_a_result_was_seen() -> None:
    charters = resources.files("remit") / "data" / "charters"
    digests = {item.name: hashlib.sha256(item.read_bytes()).hexdigest() for item in charters.iterdir()}
    assert digests == PINNED
