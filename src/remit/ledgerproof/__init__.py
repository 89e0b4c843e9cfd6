"""What proves a ledger: a Merkle tree, its proofs, signed checkpoints. It trusts no writer."""

from remit.ledgerproof.checkpoint import Checkpoint, origin_of, sign, verify_signature
from remit.ledgerproof.merkle import Frontier, leaf_hash, root
from remit.ledgerproof.merkle_proofs import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion

__all__ = [
    "Checkpoint",
    "Frontier",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "origin_of",
    "root",
    "sign",
    "verify_consistency",
    "verify_inclusion",
    "verify_signature",
]
