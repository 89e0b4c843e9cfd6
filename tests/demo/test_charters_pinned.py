"""The charters were written before the story was told: a change of one has to change this page too, in sight of everybody."""

import hashlib
from importlib import resources

PINNED = {
    "audience.yaml": "e7c5ac21acc121092e39e85d138c44f90affa3d7d00aba0693371ba59c8d125e",
    "enrich.yaml": "2f6947264283110f1dc780acbda1f8b5ee9a7df342b39c849edcbf4f316d7c9f",
    "follow_up.yaml": "9f2f1cc44c91dd470bc0da40685ef108821896ac535c80e59e21db81fe34cd32",
    "nurture.yaml": "57154b29f3eb0d4dce4b53e408ab4dc0c7ae0c8866a0d992acaca3ca9e586f55",
    "score.yaml": "04a8d4bc9368b9b33f85629df1c9df68959b57c7e4c5dd698579226b0e2dfde5",
}


def test_no_charter_changed_after_a_result_was_seen() -> None:
    charters = resources.files("remit") / "data" / "charters"
    digests = {item.name: hashlib.sha256(item.read_bytes()).hexdigest() for item in charters.iterdir()}
    assert digests == PINNED
