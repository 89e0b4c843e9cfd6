"""Rules as data: a condition in a total subset of CEL, checked once, printed to Python and to SQL, explained in words.

A rule that cannot be evaluated fires and says so. It knows nothing of what its attributes mean.
"""

from remit.rules.check import check
from remit.rules.rule import Outcome, Rule, compile

__all__ = ["Outcome", "Rule", "check", "compile"]
