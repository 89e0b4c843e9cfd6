"""Puts a certificate into force where answers speak for a confidence and the suite was passed lately."""

from __future__ import annotations

from datetime import timedelta

from remit.core import facts as f
from remit.core.charter import Charter
from remit.core.level import Evidence, certifiable, pack
from remit.core.suite import lacks_suite, suite_digest
from remit.core.types import Operation
from remit.ports import House, Writing


def certify(house: House, tx: Writing, charter: Charter, operation: Operation, version: str) -> None:
    """Certify the lowest confidence that was accepted, until the suite that was passed is too old.

    A newer suite that was passed prolongs it.
    """
    evidence, found = tx.evidence(charter.id, operation, version), tx.suite_result(charter.id, version)
    threshold = certifiable(tx.grant(charter.id, operation), evidence)
    if threshold is None or not charter.suite or found is None or lacks_suite(charter.suite, found):
        return
    until = found.at + timedelta(days=charter.evidence.certificate.days)
    if until <= house.clock.now() or _says(evidence, threshold, suite_digest(charter.suite), until):
        return
    fact = f.Certified(
        use_case=charter.id,
        operation=operation,
        version=version,
        trial=evidence.trial,
        threshold_ppm=threshold,
        suite=found.suite,
        until=until,
        evidence=pack(evidence, charter.evidence),
    )
    tx.record(fact, actor="remit")


def _says(evidence: Evidence, threshold: int, suite: str, until: object) -> bool:
    """Whether the certificate in force says the same already."""
    held = evidence.certificate
    return held is not None and (held.threshold_ppm, held.suite, held.until) == (threshold, suite, until)
