"""What proves a ledger: a Merkle tree, signed checkpoints. It trusts no writer and knows no Remit noun."""

from remit.ledgerproof.checkpoint import Checkpoint, sign, verify_signature
from remit.ledgerproof.merkle import Frontier, leaf_hash, root

__all__ = ["Checkpoint", "Frontier", "leaf_hash", "root", "sign", "verify_signature"]
