"""For every rule of the packs that ship: an operation it looks at, what makes it fire, and what leaves nobody able to tell."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from msgspec.structs import replace

from remit.core.attributes import Told
from remit.core.gate import Claimed, GateInput
from remit.core.policy import CompiledPolicy, compile_documents
from remit.core.types import Level, Operation, UseCaseId, Verdict
from remit.wire import packaged_documents
from tests.core.small_policy import CHARTER_DOCUMENT, ESTABLISHED

Facts = Mapping[str, Told]

NOTHING: Facts = {}
EVERYTHING = UseCaseId("everything")
ALLOW, HOLD, BLOCK = Verdict.ALLOW, Verdict.HOLD, Verdict.BLOCK
ONE, MAIL, TEXT, FILL, SCORE = "email.one_to_one.send", "email.broadcast.send", "sms.send", "contact.enrich", "lead.score.update"
DRAFT, EXPORT = "email.draft.create", "data.export"
IN_ORDER: dict[str, Told] = {
    "person.region": "DE",
    "person.local_minute": 600,
    "person.opted_out": False,
    "person.corporate": False,
    "person.consent": True,
    "person.soft_opt_in": False,
    "person.address_from_sale": True,
    "person.opt_out_at_collection": True,
    "person.objected": False,
    "person.consent_withdrawn": False,
    "person.express_consent": True,
    "person.days_since_purchase": 1,
    "person.days_since_inquiry": 1,
    "person.implied_days_left": 100,
    "person.opted_out_of_sale": False,
    "person.written_consent": True,
    "person.texts_revoked": False,
    "person.tracking_consent": True,
    "person.identity_verified": True,
    "person.legal_hold": False,
    "person.touches_7d": 0,
    "message.from_domain": "bank.example",
    "message.reply_monitored": True,
    "message.hidden_sender": False,
    "message.fake_reply": False,
    "message.opt_out": True,
    "message.opt_out_open": True,
    "message.opt_out_days": 60,
    "message.one_click": True,
    "message.postal_address": True,
    "message.identity_block": True,
    "message.open_tracking": False,
    "message.unresolved_fields": (),
    "message.forbidden_words": (),
    "message.unbacked_claims": (),
    "message.foreign_links": (),
    "message.dark_patterns": (),
    "message.exploits": (),
    "message.own_similar_products": True,
    "message.interactive_ai": False,
    "message.ai_disclosed": True,
    "message.synthetic": False,
    "message.marked": True,
    "message.public_interest": False,
    "message.editorial_review": True,
    "audience.drift_ppm": 0,
    "audience.newly_suppressed": 0,
    "data.basis": "consent",
    "data.basis_evidence": True,
    "data.special_categories": (),
    "data.outside_write_list": (),
    "data.source_recorded": True,
    "data.from_person": True,
    "data.notice_planned": True,
    "data.transfer_safe": True,
    "data.to_third_party": False,
    "sender.verified_domains": ("bank.example",),
    "sender.authenticated": True,
    "sender.daily_volume": 100,
    "sender.complaints_7d_ppm": 0,
    "sender.complaints_1d_ppm": 0,
    "ai.significant_effect": False,
    "ai.human_can_change": True,
    "ai.significant_basis": True,
    "ai.notice_given": True,
    "ai.high_risk_use": False,
}
"""What has to be known so that no rule stands against anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One rule: where it looks, the facts on which it fires with its verdict, and what has to be missing for its `unknown`."""

    operation: str
    lives: str
    wrong: dict[str, Told]
    verdict: Verdict
    missing: tuple[str, ...]
    unknown: Verdict
    wait: int = 0


def _case(
    operation: str, lives: str, wrong: dict[str, Told], verdict: Verdict, missing: str, unknown: Verdict, wait: int = 0
) -> Case:
    return Case(
        operation=operation, lives=lives, wrong=wrong, verdict=verdict, missing=tuple(missing.split()), unknown=unknown, wait=wait
    )


_NO_CONSENT: dict[str, Told] = {"person.consent": False}
_STALE: dict[str, Told] = {
    "person.express_consent": False,
    "person.days_since_purchase": 731,
    "person.days_since_inquiry": 182,
}
_WEIGHTY: dict[str, Told] = {"ai.significant_effect": True}

CASES: dict[str, Case] = {
    "canspam.sender_identity": _case(ONE, "US-NY", {"message.from_domain": "evil.example"}, BLOCK, "message.from_domain", BLOCK),
    "canspam.subject_honest": _case(ONE, "US", {"message.unbacked_claims": ("3.5 %",)}, HOLD, "message.unbacked_claims", HOLD),
    "canspam.opt_out_present": _case(ONE, "US", {"message.opt_out_days": 29}, BLOCK, "message.opt_out_open", BLOCK),
    "canspam.opt_out_honoured": _case(MAIL, "US", {"person.opted_out": True}, BLOCK, "person.opted_out", BLOCK),
    "canspam.postal_address": _case(ONE, "US-CA", {"message.postal_address": False}, BLOCK, "message.postal_address", BLOCK),
    "eprivacy.prior_consent": _case(ONE, "DE", _NO_CONSENT, BLOCK, "person.consent", BLOCK),
    "eprivacy.soft_opt_in": _case(
        ONE,
        "NO",
        _NO_CONSENT | {"person.soft_opt_in": True, "message.own_similar_products": False},
        BLOCK,
        "person.consent person.soft_opt_in person.address_from_sale",
        BLOCK,
    ),
    "eprivacy.no_hidden_sender": _case(ONE, "FR", {"message.hidden_sender": True}, BLOCK, "message.hidden_sender", BLOCK),
    "eprivacy.tracking_pixel": _case(
        MAIL,
        "DE",
        {"message.open_tracking": True, "person.tracking_consent": False},
        HOLD,
        "message.open_tracking person.tracking_consent",
        BLOCK,
    ),
    "gdpr.lawful_basis": _case(FILL, "DE", {"data.basis": "habit"}, BLOCK, "data.basis", HOLD),
    "gdpr.object_marketing": _case(SCORE, "GB", {"person.objected": True}, BLOCK, "person.objected", BLOCK),
    "gdpr.withdrawal_wins": _case(TEXT, "GB", {"person.consent_withdrawn": True}, BLOCK, "person.consent_withdrawn", BLOCK),
    "gdpr.automated_decision": _case(
        "coupon.create",
        "DE",
        _WEIGHTY | {"ai.human_can_change": False, "ai.significant_basis": False},
        HOLD,
        "ai.significant_effect ai.human_can_change ai.significant_basis",
        HOLD,
    ),
    "gdpr.special_categories": _case(
        FILL, "DE", {"data.special_categories": ("health",)}, BLOCK, "data.special_categories", HOLD
    ),
    "gdpr.minimise_and_accurate": _case(FILL, "DE", {"data.source_recorded": False}, HOLD, "data.outside_write_list", HOLD),
    "gdpr.third_party_notice": _case(
        FILL,
        "DE",
        {"data.from_person": False, "data.notice_planned": False},
        HOLD,
        "data.from_person data.notice_planned",
        HOLD,
    ),
    "gdpr.erasure": _case("contact.erase_gdpr", "DE", {"person.legal_hold": True}, HOLD, "person.identity_verified", BLOCK),
    "gdpr.record_of_processing": _case(FILL, "DE", {}, ALLOW, "data.basis", ALLOW),
    "gdpr.transfer": _case(EXPORT, "DE", {"data.transfer_safe": False}, BLOCK, "data.transfer_safe", HOLD),
    "casl.consent": _case(
        ONE,
        "CA",
        _STALE,
        BLOCK,
        "person.express_consent person.days_since_purchase person.days_since_inquiry",
        BLOCK,
    ),
    "casl.implied_expiring": _case(
        ONE,
        "CA",
        {"person.express_consent": False, "person.implied_days_left": 14},
        ALLOW,
        "person.express_consent person.implied_days_left",
        BLOCK,
    ),
    "casl.form": _case(ONE, "CA", {"message.opt_out_days": 59}, BLOCK, "message.identity_block", BLOCK),
    "ccpa.opt_out_share": _case(
        EXPORT,
        "US-CA",
        {"data.to_third_party": True, "person.opted_out_of_sale": True},
        BLOCK,
        "data.to_third_party person.opted_out_of_sale",
        HOLD,
    ),
    "ccpa.admt": _case(
        SCORE,
        "US-CA",
        _WEIGHTY | {"ai.notice_given": False},
        HOLD,
        "ai.significant_effect ai.notice_given",
        HOLD,
    ),
    "aiact.manipulation": _case(DRAFT, "DE", {"message.exploits": ("age",)}, BLOCK, "message.dark_patterns", HOLD),
    "aiact.disclose_bot": _case(
        ONE,
        "DE",
        {"message.interactive_ai": True, "message.ai_disclosed": False},
        HOLD,
        "message.interactive_ai message.ai_disclosed",
        HOLD,
    ),
    "aiact.synthetic_media": _case(
        DRAFT,
        "DE",
        {"message.synthetic": True, "message.marked": False},
        HOLD,
        "message.synthetic message.marked",
        HOLD,
    ),
    "aiact.high_risk_use": _case(SCORE, "DE", {"ai.high_risk_use": True}, HOLD, "ai.high_risk_use", HOLD),
    "bulk.auth": _case(
        MAIL,
        "JP",
        {"sender.daily_volume": 5000, "sender.authenticated": False},
        BLOCK,
        "sender.daily_volume sender.authenticated",
        HOLD,
    ),
    "bulk.one_click": _case(MAIL, "JP", {"message.one_click": False}, BLOCK, "message.one_click", HOLD),
    "bulk.spam_brake": _case(MAIL, "JP", {"sender.complaints_7d_ppm": 1000}, HOLD, "sender.complaints_7d_ppm", HOLD),
    "bulk.spam_stop": _case(MAIL, "JP", {"sender.complaints_1d_ppm": 3000}, BLOCK, "sender.complaints_1d_ppm", HOLD),
    "tcpa.written_consent": _case(TEXT, "US", {"person.written_consent": False}, BLOCK, "person.written_consent", BLOCK),
    "tcpa.quiet_hours": _case(TEXT, "US", {"person.local_minute": 1200}, ALLOW, "person.local_minute", BLOCK, wait=780),
    "tcpa.revocation": _case(TEXT, "US", {"person.texts_revoked": True}, BLOCK, "person.texts_revoked", BLOCK),
    "pecr.soft_opt_in": _case(ONE, "GB", _NO_CONSENT, BLOCK, "person.consent", BLOCK),
    "house.frequency": _case(ONE, "JP", {"person.touches_7d": 3}, ALLOW, "person.touches_7d", HOLD, wait=1440),
    "house.audience_drift": _case(MAIL, "JP", {"audience.drift_ppm": 50_001}, HOLD, "audience.newly_suppressed", HOLD),
    "content.unresolved_fields": _case(
        DRAFT, "JP", {"message.unresolved_fields": ("name",)}, HOLD, "message.unresolved_fields", HOLD
    ),
    "content.forbidden_words": _case(DRAFT, "JP", {"message.forbidden_words": ("cheap",)}, HOLD, "message.forbidden_words", HOLD),
    "content.unbacked_claims": _case(DRAFT, "JP", {"message.unbacked_claims": ("3.5 %",)}, HOLD, "message.unbacked_claims", HOLD),
    "content.foreign_links": _case(DRAFT, "JP", {"message.foreign_links": ("evil.test",)}, HOLD, "message.foreign_links", HOLD),
    "content.opt_out": _case("email.draft.use", "JP", {"message.opt_out": False}, HOLD, "message.opt_out", HOLD),
    "content.postal_address": _case(DRAFT, "JP", {"message.postal_address": False}, HOLD, "message.postal_address", HOLD),
    "content.dark_patterns": _case(
        ONE, "JP", {"message.dark_patterns": ("false urgency",)}, BLOCK, "message.dark_patterns", HOLD
    ),
    "content.fake_reply": _case(ONE, "JP", {"message.fake_reply": True}, BLOCK, "message.fake_reply", HOLD),
}
"""Every rule by its id."""


@cache
def everything() -> CompiledPolicy:
    """Return a real policy: the catalogue and the packs that ship, and a charter that allows every operation they name."""
    documents = {name: text for name, text in packaged_documents().items() if not name.startswith("charter:")}
    named = {
        name
        for pack, text in documents.items()
        if pack.startswith("pack:")
        for rule in json.loads(text)["rules"]
        for name in rule["operations"]
    }
    operations: dict[str, object] = {name: {"arguments": []} for name in sorted(named)}
    charter = CHARTER_DOCUMENT | {"use_case": EVERYTHING, "operations": operations, "starts_at": 2, "highest_level": 3}
    return compile_documents(1, "d" * 64, documents | {f"charter:{EVERYTHING}": json.dumps(charter)})


def question(case: Case, changed: Facts = NOTHING, *, missing: Collection[str] = (), lives: str | None = None) -> GateInput:
    """Ask about a case with everything in order but for what is named; without `lives`, where the case says."""
    further = IN_ORDER | {"person.region": lives or case.lives} | dict(changed)
    return GateInput(
        use_case=EVERYTHING,
        operation=Operation(case.operation),
        granted=Level.EXECUTE,
        facts=replace(ESTABLISHED, further={name: told for name, told in further.items() if name not in missing}),
        claimed=Claimed(confidence_ppm=900_000),
    )
