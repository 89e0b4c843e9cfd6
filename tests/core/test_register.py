"""The record of processing activities says of every use case what its charter says, and no more."""

from __future__ import annotations

import json

from remit.core.policy import CompiledPolicy, compile_documents, digest_of
from remit.core.register import register
from remit.wire import packaged_documents
from tests.flow.stage import documents


def shipped() -> CompiledPolicy:
    """Return the policy of what ships."""
    texts = packaged_documents()
    return compile_documents(1, digest_of(texts), texts)


def test_every_use_case_in_force_has_its_entry() -> None:
    policy = shipped()
    found = register(policy, {})
    assert [one.use_case for one in found] == sorted(policy.charters)
    for one in found:
        charter = policy.charters[one.use_case]  # type: ignore[index]  # a use case's name is its id
        assert (one.purpose, one.owner, one.recipients) == (charter.goal, charter.owner, (charter.connector,))
        assert len(one.reads) == len(charter.windows)
        assert len(one.writes) == len(charter.operations)
        assert set(charter.non_negotiables) < set(one.safeguards)


def test_every_field_that_an_agent_sees_or_sets_is_named() -> None:
    policy = shipped()
    for one in register(policy, {}):
        charter = policy.charters[one.use_case]  # type: ignore[index]  # as above
        told = " ".join((*one.reads, *one.writes))
        assert not [name for name in charter.visible_fields if name not in told]
        assert not [name for spec in charter.operations.values() for name in spec.arguments if name not in told]


def test_how_long_content_is_kept_is_said_by_sort() -> None:
    [first, *_] = register(shipped(), {"notes": 30})
    assert first.retention == ("arguments: until erased", "notes: 30 days", "images: until erased")


def test_what_nobody_knows_counts_as_closest_to_persons_and_what_is_hidden_is_said_to_be() -> None:
    texts = documents()
    crm = json.loads(texts["charter:crm"])
    crm["operations"] = {"contact.teleport": {"arguments": ["contact"]}}
    crm["windows"] = {"w": {"kind": "contact", "fields": ["email"], "redact": {"email": "domain"}, "why": "where she works"}}
    texts = {"catalogue": texts["catalogue"], "charter:crm": json.dumps(crm)}
    [one] = register(compile_documents(1, digest_of(texts), texts), {})
    assert one.personal_data == "sensitive"
    assert one.reads == ("contact: email (domain only) (window w: where she works)",)
    assert one.writes == ("contact.teleport (contact.teleport): contact",)
    assert not [text for text in one.safeguards if text.startswith("packs")]
