"""Everything in the story that is not in the bank's file, as sentences for the report: generated, or a rule that was stated."""

from __future__ import annotations

from collections.abc import Mapping

from remit.demo.contact import MASKED
from remit.demo.contact_truth import CALL_DISTANCE, CONTACT_CAP
from remit.demo.details import MOVED
from remit.demo.segment_truth import SIZE_TOLERANCE
from remit.demo.truth import LEAST_SECONDS, MEDIAN_SECONDS, MISSED, SPREAD
from remit.demo.unfold import LONGEST_GAP, MOST_EARLIER_CALLS, RANG_BACK, RANG_BACK_GAP, SHORTEST_GAP

_WORLD = {
    "year": "Derived: the file names month and day; a month that comes before the last one begins a new year, from May 2008 on.",
    "working_days": "Stated: Monday to Friday, without public holidays; a weekend day counts if the file has a call on it.",
    "contact_details": "Generated: names, telephones, e-mail addresses at example domains, companies, owners. Nobody is meant.",
    "region": f"Generated: each person lives where the telephone prefix says, but {MOVED:.0%} have moved and kept their number.",
    "do_not_contact": "Stated: false for everybody; the file names nobody who asked not to be called.",
    "education_mask": f"Stated: {MASKED:.0%} of the known educations are kept out of the CRM, drawn by the seed.",
    "education_unknown": "From the file: where it says unknown there is no truth; such proposals are returned and never graded.",
    "left_out": "Stated: age, marital status and length of call never enter the CRM.",
    "last_call": "From the file: the number of calls, the day of the last one, and its result, known in the evening of that day.",
    "earlier_calls": f"Stated: calls before the last lie {SHORTEST_GAP} to {LONGEST_GAP} working days apart, drawn by the seed.",
    "rang_back": f"Stated: with a chance of {RANG_BACK:.1%} per gap the customer rang back {RANG_BACK_GAP} working days later.",
    "long_chains": f"Stated: at most {MOST_EARLIER_CALLS} earlier calls are unfolded; the CRM counts the ones before them.",
    "entry": "Stated: a contact enters the CRM in the morning of its first unfolded call.",
    "call_list": "Stated: a contact is on the call list on the day of its last call, because the file tells no other result.",
    "previous_campaign": "From the file: the result of the previous campaign and the days since, counted at the last call.",
}

_REVIEWERS = {
    "review_time_of_day": "Stated: a proposal is answered in the evening of its day, knowing that day's results.",
    "score_truth": "From the file: the tag is wrong if the customer, who was called all the same, said yes.",
    "education_truth": "From the file: an education is wrong if it differs from the one kept out of the CRM.",
    "region_truth": "Generated: a region is wrong if it or its time zone is not where the person lives.",
    "follow_up_truth": (
        "Stated: a call task is wrong if in the morning of its day the customer had the last call, "
        f"had {CONTACT_CAP} calls or more, or was called less than {CALL_DISTANCE} working days before it is due."
    ),
    "nurture_truth": (
        "Stated: a draft is used, unless a fact it cites is expired on that day (used with edits) or is not approved, "
        "or is about a product that does not suit the segment (discarded)."
    ),
    "approved_facts": "Generated: products, rates, sentences and their expiry dates are invented.",
    "audience_truth": f"Stated: a segment is discarded if its size is over {SIZE_TOLERANCE:.0%} off a recount or beyond any.",
    "forbidden_grounds": "Stated: whatever goes by age, marital status or length of call is wrong.",
    "reviewer_misses": f"Stated: reviewers miss {MISSED:.0%} of the errors, but none of score, where they read the result.",
    "review_seconds": (
        f"Stated: seconds looked are log-normal with a spread of {SPREAD}, at least {LEAST_SECONDS}, with medians of "
        + ", ".join(f"{seconds} ({operation})" for operation, seconds in MEDIAN_SECONDS.items())
        + "."
    ),
}

_AGENTS = {
    "nurture_text": "Stated: drafts are filled from a template; no language model is used anywhere in the story.",
    "audience_age": "Staged: in its first week the audience agent makes one suggestion that goes by age.",
    "drift": "Staged, only where asked for: from a given day on, the agent's table gives 30 % of the prefixes another region.",
}

STATED_RULES: Mapping[str, str] = {**_WORLD, **_REVIEWERS, **_AGENTS}
"""What the report prints as generated or stated, by name."""
