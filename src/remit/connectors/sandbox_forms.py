"""The operations of the sandbox as data: which record each touches, what it takes, what it puts there. It reads no table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from remit.connectors.sandbox_experiments import KIND as EXPERIMENT
from remit.connectors.sandbox_experiments import shifted
from remit.connectors.sandbox_fields import COMPANY, CONTACT, DEAL_STAGE, LIFECYCLE_STAGE, Field, FieldType, tag_field
from remit.core.types import Value

Arguments = Mapping[str, Value]

_NAME = Field(type=FieldType.NAME)
_TAG = Field(type=FieldType.TAG)
_TEXT = Field(type=FieldType.TEXT)
_TEXTS = Field(type=FieldType.TEXTS)
_DAY = Field(type=FieldType.DAY)
_HOUR = Field(type=FieldType.WHOLE, low=0, high=23)
_TRUTH = Field(type=FieldType.TRUTH)
_SIZE = Field(type=FieldType.WHOLE, low=0)
_CODES = Field(type=FieldType.WHOLE, low=1, high=1_000_000)
_AMOUNT = Field(type=FieldType.WHOLE, low=1, high=100_000_000)
_MAIL = ("do_not_contact", "email_opt_out")

SENT: Final = frozenset({"email", "sms"})
"""The kinds of record that stand for a message which left. It is never taken back, because the message is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What an operation takes and makes of it. `target` is the argument that names the record; without one it creates.

    `any_of` are fields of which at least one must be given; `clears` lets them be null or ''. `spends` says how much money it
    commits, in minor units; that is its reach too. `refused_by` are fields of the contact that forbid it where they are not a
    clear no. `reach_from` names the argument or field with the segment whose size is the reach; without one nobody knows it.
    """

    kind: str
    target: str | None = None
    required: Mapping[str, Field] = field(default_factory=dict)
    optional: Mapping[str, Field] = field(default_factory=dict)
    any_of: Mapping[str, Field] = field(default_factory=dict)
    clears: bool = False
    always: Arguments = field(default_factory=dict)
    reach: int = 1
    reach_from: str | None = None
    refused_by: tuple[str, ...] = ("do_not_contact",)
    spends: Callable[[Arguments], int] | None = None
    effect: Callable[[Arguments], tuple[Arguments, tuple[str, ...]]] | None = None

    @property
    def takes(self) -> dict[str, Field]:
        """Every argument the operation knows."""
        named = {} if self.target is None else {self.target: _NAME}
        return named | {**self.required, **self.optional, **self.any_of}


def _tagged(given: Arguments) -> tuple[Arguments, tuple[str, ...]]:
    return {tag_field(given["tag"]): True}, ()


def _untagged(given: Arguments) -> tuple[Arguments, tuple[str, ...]]:
    return {}, (tag_field(given["tag"]),)


def _joined(what: str) -> Callable[[Arguments], tuple[Arguments, tuple[str, ...]]]:
    """Return what puts a record into something of its own, such as a list: a field of that name is true."""
    return lambda given: ({f"{what}:{given[what]}": True}, ())


def _left(what: str) -> Callable[[Arguments], tuple[Arguments, tuple[str, ...]]]:
    return lambda given: ({}, (f"{what}:{given[what]}",))


def _consented(given: Arguments) -> tuple[Arguments, tuple[str, ...]]:
    return {"marketing_consent": given["granted"], "lawful_basis": given["basis"], "basis_on_record": True}, ()


def _coupons_cost(given: Arguments) -> int:
    """Return what the codes cost if every one of them is redeemed."""
    return int(str(given["codes"])) * int(str(given["value_minor"]))


def _budget(given: Arguments) -> int:
    return int(str(given["budget_minor"]))


_ON_PEOPLE: dict[str, Form] = {
    "contact.tag.add": Form(kind="contact", target="contact", required={"tag": _TAG}, effect=_tagged),
    "contact.tag.remove": Form(kind="contact", target="contact", required={"tag": _TAG}, effect=_untagged),
    "contact.enrich": Form(kind="contact", target="contact", any_of=CONTACT),
    "contact.field.update": Form(kind="contact", target="contact", any_of=CONTACT, clears=True),
    "contact.archive": Form(kind="contact", target="contact", always={"archived": True}),
    "contact.lifecycle.advance": Form(kind="contact", target="contact", required={"lifecycle_stage": LIFECYCLE_STAGE}),
    "contact.lifecycle.regress": Form(kind="contact", target="contact", required={"lifecycle_stage": LIFECYCLE_STAGE}),
    "lead.score.update": Form(kind="contact", target="contact", required={"score": CONTACT["score"]}),
    "lead.owner.assign": Form(kind="contact", target="contact", required={"owner": _NAME}),
    "lead.convert": Form(kind="contact", target="contact", always={"lifecycle_stage": "opportunity", "status": "won"}),
    "list.member.add": Form(kind="contact", target="contact", required={"list": _TAG}, effect=_joined("list")),
    "list.member.remove": Form(kind="contact", target="contact", required={"list": _TAG}, effect=_left("list")),
    "sequence.enrol": Form(
        kind="contact", target="contact", required={"sequence": _TAG}, effect=_joined("sequence"), refused_by=_MAIL
    ),
    "sequence.unenrol": Form(kind="contact", target="contact", required={"sequence": _TAG}, effect=_left("sequence")),
    "suppression.add": Form(kind="contact", target="contact", always={"do_not_contact": True}, refused_by=()),
    "suppression.remove": Form(kind="contact", target="contact", always={"do_not_contact": False}, refused_by=()),
    "consent.record": Form(
        kind="contact", target="contact", required={"granted": _TRUTH, "basis": _TEXT}, effect=_consented, refused_by=()
    ),
    "record.create_lead": Form(
        kind="contact",
        required={"name": _TEXT},
        optional={name: CONTACT[name] for name in ("email", "phone", "company", "region")},
    ),
    "task.create": Form(
        kind="task",
        required={"contact": _NAME, "title": _TEXT, "due": _DAY},
        optional={"owner": _TEXT},
        always={"status": "open"},
    ),
    "note.create": Form(kind="note", required={"contact": _NAME, "text": _TEXT}),
    "association.create": Form(kind="association", required={"from": _NAME, "to": _NAME, "label": _TEXT}),
    "company.field.update": Form(kind="company", target="company", any_of=COMPANY, clears=True),
    "deal.create": Form(
        kind="deal", required={"name": _TEXT, "stage": DEAL_STAGE}, optional={"amount_minor": _SIZE, "owner": _NAME}
    ),
    "deal.stage.change": Form(kind="deal", target="deal", required={"stage": DEAL_STAGE}),
}
"""What is done to people, companies and deals, one record each."""

_OF_TEXTS: dict[str, Form] = {
    "email.draft.create": Form(
        kind="email_draft", required={"segment": _TEXT, "subject": _TEXT, "body": _TEXT}, always={"status": "draft"}, reach=0
    ),
    "email.draft.update": Form(
        kind="email_draft", target="draft", any_of={"subject": _TEXT, "body": _TEXT}, clears=True, reach=0
    ),
    "email.draft.use": Form(
        kind="email_draft", required={"segment": _TEXT, "subject": _TEXT, "body": _TEXT}, always={"status": "in_use"}, reach=0
    ),
    "email.test_send": Form(
        kind="email",
        required={"seeds": _TEXTS, "subject": _TEXT, "body": _TEXT},
        always={"status": "sent to seeds"},
        refused_by=(),
    ),
    "email.one_to_one.send": Form(
        kind="email", required={"contact": _NAME, "subject": _TEXT, "body": _TEXT}, always={"status": "sent"}, refused_by=_MAIL
    ),
    "sms.send": Form(
        kind="sms",
        required={"contact": _NAME, "text": _TEXT},
        always={"status": "sent"},
        refused_by=("do_not_contact", "texts_revoked"),
    ),
    "email.broadcast.schedule": Form(
        kind="broadcast",
        required={"segment": _NAME, "subject": _TEXT, "body": _TEXT, "on": _DAY},
        always={"status": "scheduled"},
        reach_from="segment",
    ),
    "insight.write": Form(kind="insight", required={"title": _TEXT, "text": _TEXT}, always={"status": "draft"}, reach=0),
    "content.translate": Form(
        kind="translation", required={"text": _TEXT, "language": _NAME}, always={"status": "draft"}, reach=0
    ),
    "summary.post_internal": Form(kind="message", required={"channel": _NAME, "text": _TEXT}, always={"status": "posted"}),
    "social.post": Form(kind="post", required={"channel": _NAME, "text": _TEXT}, always={"status": "posted"}),
    "landing_page.publish": Form(kind="page", target="page", always={"status": "published"}),
}
"""Drafts, messages and pages."""

_OF_AUDIENCES: dict[str, Form] = {
    "segment.suggest": Form(
        kind="segment",
        required={"name": _TEXT, "definition": _TEXT, "size": _SIZE},
        optional={"reasons": _TEXTS},
        always={"status": "suggested"},
        reach=0,
    ),
    "segment.create": Form(
        kind="segment",
        required={"name": _TEXT, "definition": _TEXT, "size": _SIZE},
        optional={"reasons": _TEXTS},
        always={"status": "created"},
        reach=0,
    ),
    "segment.update": Form(
        kind="segment", target="segment", any_of={"name": _TEXT, "definition": _TEXT}, clears=True, reach_from="segment"
    ),
    "abtest.suggest": Form(
        kind="test_idea", required={"hypothesis": _TEXT, "metric": _TEXT}, always={"status": "suggested"}, reach=0
    ),
    "abtest.create_variation": Form(
        kind="variation", required={"experiment": _NAME, "name": _TEXT, "change": _TEXT}, always={"status": "draft"}, reach=0
    ),
    "abtest.allocation.shift": Form(
        kind=EXPERIMENT, target="experiment", required={"shares": Field(type=FieldType.SHARES)}, effect=shifted
    ),
}
"""Segments and experiments."""

_OF_CAMPAIGNS: dict[str, Form] = {
    "campaign.pause": Form(kind="campaign", target="campaign", always={"status": "paused"}),
    "campaign.start": Form(kind="campaign", target="campaign", always={"status": "running"}, reach_from="segment"),
    "send_time.optimise": Form(
        kind="campaign", target="campaign", required={"send_hour": Field(type=FieldType.WHOLE, low=0, high=23)}
    ),
    "nurture.timing.adjust": Form(
        kind="sequence", target="sequence", required={"delay_days": Field(type=FieldType.WHOLE, low=0, high=365)}
    ),
    "utm.normalise": Form(kind="link", target="link", any_of={"utm_source": _TEXT, "utm_medium": _TEXT, "utm_campaign": _TEXT}),
    "coupon.create": Form(
        kind="coupon",
        required={"name": _TEXT, "codes": _CODES, "value_minor": _AMOUNT, "expires": _DAY},
        always={"status": "issued"},
        spends=_coupons_cost,
    ),
    "ads.budget.change": Form(kind="ad_campaign", target="ad_campaign", required={"budget_minor": _AMOUNT}, spends=_budget),
    "ads.bid.adjust": Form(kind="ad_campaign", target="ad_campaign", required={"bid_minor": _AMOUNT}),
    "ads.campaign.pause": Form(kind="ad_campaign", target="ad_campaign", always={"status": "paused"}),
    "automation.create_or_edit": Form(kind="automation", required={"name": _TEXT, "definition": _TEXT}, always={"status": "off"}),
    "schema.property_change": Form(kind="property", target="property", any_of={"label": _TEXT, "kind": _NAME}),
}
"""Campaigns, advertisements, automations and the shape of records."""

FORMS: Final[Mapping[str, Form]] = MappingProxyType({**_ON_PEOPLE, **_OF_TEXTS, **_OF_AUDIENCES, **_OF_CAMPAIGNS})
"""The operations of the sandbox, by name."""

NOT_HERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "email.broadcast.send": "It would reach everybody of a segment, and the sandbox keeps a segment's size, not its members.",
        "email.resend_non_openers": "The sandbox does not know who opened a mail.",
        "contact.merge": "It would make one record of two, and a change of the sandbox is on one record.",
        "contact.erase_gdpr": "Forgetting a person is for people: `remit erase` does it, here too.",
        "bulk.import": "It is an envelope around many calls; each is a proposal of its own here.",
        "data.export": "Nothing leaves the sandbox: it would have to be sent somewhere.",
        "webhook.call": "It reaches another system, and the sandbox reaches none.",
        "abtest.start": "Visitors come from the world of a test; an experiment here runs from its beginning.",
        "abtest.declare_winner": "It ends an experiment for good, which the world of a test does.",
    }
)
"""The actions of the catalogue that the sandbox does not do, each with the reason."""
