"""Rules as data: a condition in a total subset of CEL, checked once, printed to Python and to SQL, explained in words.

A rule that cannot be evaluated fires and says so. It knows nothing of what its attributes mean.
"""

from remit.rules.bundle import Bundle, bundle
from remit.rules.check import check
from remit.rules.evaluate import Outcome
from remit.rules.explain import Deciding, Explanation
from remit.rules.kinds import Schema
from remit.rules.rule import Rule, compile, load  # noqa: A004  # the name outside code relies on
from remit.rules.to_python import Fired

__all__ = ["Bundle", "Deciding", "Explanation", "Fired", "Outcome", "Rule", "Schema", "bundle", "check", "compile", "load"]
