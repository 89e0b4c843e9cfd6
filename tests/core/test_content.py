"""What Remit reads in a text: every finding by itself, and every way of hiding it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.attributes import ATTRIBUTES, ActionFacts
from remit.core.brand import ApprovedClaim, Brand
from remit.core.content import CONTENT, LONGEST, content_facts, content_of, with_content
from remit.core.gate import decide
from remit.core.letters import canonical, same_word
from remit.core.links import domain_of, within
from remit.core.types import Operation, Verdict
from tests.changed import replace
from tests.core.pack_questions import CASES, everything, question

TODAY = date(2026, 11, 1)
ADDRESS = "1 High Street, 10115 Berlin"
BRAND = Brand(
    brand="bank",
    title="Bank of Examples",
    claims={
        "td-1": ApprovedClaim(text="New deposits pay 4.1 % a year.", expires=date(2026, 10, 31)),
        "td-2": ApprovedClaim(text="A deposit can be opened from 500 euros. Hurry, it ends today.", expires=TODAY),
    },
    forbidden_words=("cheap", "guarantee", "get rich", "easy", "!!!", "fee"),
    senders=("Bank Team",),
    domains=("bank.example", "b\u00fccher.example"),
    postal_address=ADDRESS,
    opt_out=("To unsubscribe, follow this link", "{{unsubscribe_url}}"),
    merge_fields=("First_Name", "unsubscribe_url"),
)


def found(body: str, name: str, *, subject: str = "News", brand: Brand | None = BRAND) -> object:
    """Return one fact about a text."""
    return content_facts({"subject": subject, "body": body}, brand, TODAY, {}).get(f"message.{name}")


# --------------------------------------------------------------------------------------------------------------- placeholders


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("Dear {{ first_name }}", (), id="a field the brand knows"),
        pytest.param("Dear {{last_name}}", ("last_name",), id="one it does not"),
        pytest.param("Dear {{{last_name}}}", ("last_name",), id="in three brackets"),
        pytest.param('Dear {{ last_name | default: "friend" }}', (), id="with a fallback"),
        pytest.param('Dear {{ last_name | default: "" }}', ("last_name",), id="with an empty fallback"),
        pytest.param("Dear {{ last_name | upcase }}", ("last_name",), id="a filter is no fallback"),
        pytest.param("Dear {{ last_name || 'friend' }}", (), id="with an or"),
        pytest.param("Dear *|LNAME|* and *|FIRST_NAME|*", ("LNAME",), id="stars"),
        pytest.param("Dear *|LNAME:friend|*", (), id="stars with a fallback"),
        pytest.param("Dear %%lastname%%", ("lastname",), id="percent signs"),
        pytest.param("Dear [[last]] or [[last|friend]]", ("last",), id="square brackets"),
        pytest.param("Dear ${last}", ("last",), id="a dollar"),
        pytest.param("{% if x %}Dear{% endif %}", ("a piece of template code",), id="template code"),
        pytest.param("Dear {{}} and {{ | default: 'x' }}", ("an empty placeholder",), id="nothing inside"),
        pytest.param("Dear {{first_name", ("a placeholder that is not closed",), id="never closed"),
        pytest.param("Dear {{<b>Dana</b> of 1 Road}}", ("a placeholder that cannot be read",), id="no name, so not quoted"),
        pytest.param("100 % of it, a * b | c", (), id="no placeholder at all"),
    ],
)
def test_a_placeholder_without_a_value_for_everybody_is_named(text: str, wanted: tuple[str, ...]) -> None:
    assert found(text, "unresolved_fields") == wanted


def test_without_a_brand_only_a_fallback_resolves() -> None:
    assert found("{{first_name}} {{x ?? 'y'}}", "unresolved_fields", brand=None) == ("first_name",)


# --------------------------------------------------------------------------------------------------------------- forbidden words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("It is cheap.", ("cheap",), id="as it is written"),
        pytest.param("CHEAPER than ever", ("cheap",), id="in capitals and inflected"),
        pytest.param("a cheapskate", (), id="part of another word"),
        pytest.param("we are guaranteeing it", ("guarantee",), id="with an ending"),
        pytest.param("easily done, easier", ("easy",), id="a letter changes"),
        pytest.param("GET\n  rich quickly", ("get rich",), id="two words over two lines"),
        pytest.param("get very rich", (), id="not one after the other"),
        pytest.param("no fees, a feed, feeble", ("fee",), id="short words only in the plural"),
        pytest.param("Now!!!", ("!!!",), id="signs"),
        pytest.param("ch\u200be\u00adap", ("cheap",), id="invisible characters inside"),
        pytest.param("\u0441h\u0435\u0430p", ("cheap",), id="letters of another script"),
        pytest.param("\uff43\uff48\uff45\uff41\uff50", ("cheap",), id="full width"),
        pytest.param("\U0001d41c\U0001d421\U0001d41e\U0001d41a\U0001d429", ("cheap",), id="mathematical letters"),
        pytest.param("ch\u00e9\u0300ap", ("cheap",), id="accents"),
        pytest.param("c h e a p", ("cheap",), id="spelled with spaces"),
        pytest.param("c.h.e.a.p", ("cheap",), id="spelled with dots"),
        pytest.param("ch<b>ea</b>p", ("cheap",), id="markup inside"),
        pytest.param("ch&#101;ap", ("cheap",), id="entities"),
        pytest.param('<span style="display:none">cheap</span>', ("cheap",), id="hidden"),
        pytest.param("<!-- cheap -->fine", (), id="in a comment, which nobody is shown"),
        pytest.param("che<p>ap</p>", (), id="two blocks are two words"),
        pytest.param("<style>.cheap{}</style>", (), id="in a style sheet"),
    ],
)
def test_a_word_the_brand_does_not_use_is_found_however_it_is_hidden(text: str, wanted: tuple[str, ...]) -> None:
    assert found(text, "forbidden_words") == wanted


@given(st.sampled_from(["cheap", "guarantee"]), st.lists(st.sampled_from("\u200b\u200d\u2060\u00ad\u0301\ufe0f"), max_size=9))
def test_no_invisible_character_hides_a_word(word: str, signs: list[str]) -> None:
    hidden = "".join(letter + sign for letter, sign in zip(word, [*signs, *[""] * len(word)], strict=False))
    assert found(hidden, "forbidden_words") == (word,)


@given(st.text(max_size=60))
def test_what_an_eye_reads_is_read_once_for_all(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


def test_a_word_is_itself_and_its_inflections() -> None:
    assert all(same_word("promise", one) for one in ("promise", "promises", "promised", "promising"))
    assert not any(same_word("promise", one) for one in ("prom", "promiscuous", "compromise"))
    assert same_word("stop", "stopping")
    assert not same_word("bank", "banana")


# ------------------------------------------------------------------------------------------------------------------------ claims


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("You get 3.5 % a year.", ("3.5 %",), id="a percentage"),
        pytest.param("You get 3,5 percent.", ("3,5 percent",), id="in words"),
        pytest.param("Only 25 euros, or \u20ac 30.", ("25 euros", "\u20ac 30"), id="prices"),
        pytest.param("Over 10,000 customers.", ("10,000",), id="a figure"),
        pytest.param("The best deposit, our most trusted one.", ("best", "our most trusted"), id="superlatives"),
        pytest.param("Guaranteed, risk-free.", ("guaranteed", "risk-free"), id="promises"),
        pytest.param("A deposit can be opened from 500 Euros. HURRY, it ends today!", (), id="an approved sentence"),
        pytest.param("A deposit can be opened\nfrom <b>500</b> euros. Hurry, it ends today [td-2].", (), id="cited, with markup"),
        pytest.param("A deposit can be opened from 600 euros.", ("600 euros",), id="an approved sentence, changed"),
        pytest.param("New deposits pay 4.1 % a year.", ("td-1, expired on 2026-10-31",), id="one that has expired"),
        pytest.param("On 12 May 2026 at 10:30, or 2026-05-12, since 1998. May 3rd, 2026.", (), id="dates and times"),
        pytest.param("Call +49 30 1234567, write to a1@bank.example, see https://bank.example/1", (), id="ways to reach us"),
        pytest.param(f"1. One\n2) Two\nBest regards\n{ADDRESS}", (), id="lists, greetings, the address"),
        pytest.param("3.5\u00a0%", ("3.5 %",), id="with a space that does not break"),
        pytest.param("[td-9] says so", ("9",), id="citing what nobody approved"),
    ],
)
def test_a_claim_that_no_approved_fact_backs_is_named(text: str, wanted: tuple[str, ...]) -> None:
    assert found(text, "unbacked_claims") == wanted


def test_a_claim_holds_until_its_last_day_and_not_longer() -> None:
    text = {"body": BRAND.claims["td-2"].text}
    assert content_facts(text, BRAND, TODAY, {})["message.unbacked_claims"] == ()
    later = content_facts(text, BRAND, date(2026, 11, 2), {})
    assert later["message.unbacked_claims"] == ("td-2, expired on 2026-11-01",)


def test_a_list_of_findings_is_kept_short() -> None:
    many = found(" ".join(f"{number} %" for number in range(100)), "unbacked_claims")
    assert isinstance(many, tuple)
    assert len(many) == 20


# ------------------------------------------------------------------------------------------------------------------------- links


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("https://bank.example/a?b#c and http://www.bank.example:80", (), id="our own, and below"),
        pytest.param('<a href="//bank.example/x">x</a><a href="/x">y</a><a href="#z">z</a>', (), id="relative ones"),
        pytest.param('<a href="mailto:a@evil.test">x</a><a href="{{unsubscribe_url}}">y</a>', (), id="mail, and a placeholder"),
        pytest.param("https://b\u00fccher.example and https://xn--bcher-kva.example", (), id="one name in two spellings"),
        pytest.param("https://evil.test/x", ("evil.test",), id="another domain"),
        pytest.param("https://bank.example.evil.test", ("bank.example.evil.test",), id="ours only at the front"),
        pytest.param("https://evilbank.example", ("evilbank.example",), id="ours only at the end"),
        pytest.param(
            "https://bank.example@evil.test", ("a link that pretends to lead elsewhere: evil.test",), id="user information"
        ),
        pytest.param("https://evil@bank.example", ("a link that pretends to lead elsewhere: bank.example",), id="the other way"),
        pytest.param("https://b\u0430nk.example", ("xn--bnk-6cd.example",), id="a letter of another script"),
        pytest.param("https://bank\uff0eexample/x", (), id="a dot of another script is a dot"),
        pytest.param('<a href="https:\\\\evil.test">x</a>', ("a link with a backslash",), id="backslashes"),
        pytest.param('<a href="https:evil.test">x</a>', ("evil.test",), id="no slashes"),
        pytest.param('<a href="///evil.test/x">x</a>', ("evil.test",), id="too many"),
        pytest.param('<a href=" java\nscript:alert(1)">x</a>', ("a link of the kind javascript",), id="code"),
        pytest.param("<img src='data:image/png;base64,x'>", ("a link of the kind data",), id="data"),
        pytest.param("http://192.0.2.1/x", ("a link to no readable host",), id="a number"),
        pytest.param("https://{{shop}}/x", ("a link to no readable host",), id="a host that a placeholder makes"),
        pytest.param("http://bank..example/x", ("a link to no readable host",), id="two dots"),
        pytest.param("http://a@/x", ("a link that pretends to lead elsewhere: nobody can tell where",), id="nowhere"),
        pytest.param("See evil.com. Or www.evil.org/x!", ("www.evil.org", "evil.com"), id="without http"),
        pytest.param("see evil.zone/path", ("evil.zone",), id="any ending, with a path"),
        pytest.param("It ends.Here we go, e.g. now; write to a@evil.com", (), id="no link at all"),
        pytest.param('<a style="display:none" href="https://evil.test">x</a>', ("evil.test",), id="hidden"),
        pytest.param('<a title=">" href="https://evil.test">x</a>', ("evil.test",), id="a bracket inside quotes"),
    ],
)
def test_a_link_that_leaves_the_domains_is_named_by_its_host(text: str, wanted: tuple[str, ...]) -> None:
    assert found(text, "foreign_links") == wanted


# ------------------------------------------------------------------------------------------------- opt-out, address, the sender


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        pytest.param("to  unsubscribe, follow this link".replace("  ", " "), True, id="the sentence"),
        pytest.param('<a href="{{unsubscribe_url}}">bye</a>', True, id="the link"),
        pytest.param("bye", False, id="none"),
        pytest.param('<p style="font-size: 0">To unsubscribe, follow this link</p>', False, id="too small to be seen"),
        pytest.param('<div hidden><a href="{{unsubscribe_url}}">bye</a></div>', False, id="a hidden link"),
        pytest.param("<!-- To unsubscribe, follow this link -->", False, id="in a comment"),
        pytest.param("<title>To unsubscribe, follow this link</title>", False, id="in the title"),
        pytest.param('<p style="display:none">x<br></p>To unsubscribe, follow this link', True, id="after what is hidden"),
        pytest.param(
            '<span title=">" style="display:none">To unsubscribe, follow this link', False, id="a bracket inside quotes"
        ),
    ],
)
def test_an_opt_out_counts_only_where_it_is_seen(text: str, offered: bool) -> None:
    assert found(text, "opt_out") is offered


@pytest.mark.parametrize(
    ("text", "address", "block"),
    [
        pytest.param(f"Bank Team, {ADDRESS}", True, True, id="both"),
        pytest.param("Bank of Examples\n1 High Street\n10115 Berlin", True, True, id="over several lines"),
        pytest.param(ADDRESS, True, False, id="the address alone"),
        pytest.param("Bank Team", False, False, id="the name alone"),
        pytest.param(f'Bank Team <i style="visibility:hidden">{ADDRESS}</i>', False, False, id="hidden"),
    ],
)
def test_the_postal_address_and_the_name_of_the_sender_are_looked_for(text: str, address: bool, block: bool) -> None:
    assert (found(text, "postal_address"), found(text, "identity_block")) == (address, block)


def test_the_sender_is_disguised_where_its_domain_is_not_the_brands() -> None:
    def sent(sender: str, known: dict[str, str], brand: Brand | None = BRAND) -> tuple[object, object]:
        facts = content_facts({"body": "x", "from": sender}, brand, TODAY, known)
        return facts.get("message.from_domain"), facts.get("message.hidden_sender")

    assert sent("Bank <a@mail.bank.example>", {}) == ("mail.bank.example", False)
    assert sent("a@evil.test", {}) == ("evil.test", True)
    assert sent("", {"message.from_domain": "bank.example"}) == ("bank.example", False)
    assert sent("", {}) == (None, None)
    assert sent("a@evil.test", {}, replace(BRAND, domains=())) == ("evil.test", None)
    assert sent("a@evil.test", {}, None) == ("evil.test", None)
    assert (domain_of("nobody"), within("no domain", ["bank.example"])) == (None, False)


# ---------------------------------------------------------------------------------------------------------------------- pressing


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("LAST chance!", ("false urgency",), id="urgency"),
        pytest.param("Only 3 places left", ("false urgency",), id="scarcity"),
        pytest.param("No thanks, I prefer to pay more", ("confirm-shaming",), id="shaming"),
        pytest.param("Additional charges may apply", ("hidden costs",), id="costs"),
        pytest.param("Hurry. Fees apply.", ("false urgency", "hidden costs"), id="two at once"),
        pytest.param("Nur noch heute", ("false urgency",), id="in German"),
        pytest.param("A deposit can be opened from 500 euros. Hurry, it ends today.", (), id="an approved sentence"),
        pytest.param("At last a chance to talk.", (), id="nothing"),
    ],
)
def test_ways_of_pressing_are_named(text: str, wanted: tuple[str, ...]) -> None:
    assert found(text, "dark_patterns") == wanted


def test_without_a_brand_nothing_excuses_pressing() -> None:
    assert found("Hurry", "dark_patterns", brand=None) == ("false urgency",)


@pytest.mark.parametrize(
    ("subject", "fake"),
    [
        pytest.param("RE: your deposit", True, id="re"),
        pytest.param(" \u200bF\u200bwd : x", True, id="hidden characters"),
        pytest.param("AW: x", True, id="in German"),
        pytest.param("Re[2]: x", True, id="counted"),
        pytest.param("\uff32\uff25: x", True, id="full width"),
        pytest.param("Regarding: x", False, id="another word"),
        pytest.param("News: re: all", False, id="not at the front"),
    ],
)
def test_a_subject_that_pretends_to_be_an_answer_is_found(subject: str, fake: bool) -> None:
    assert found("x", "fake_reply", subject=subject) is fake


def test_what_plays_on_a_weakness_and_what_the_law_calls_special_is_named_by_its_kind() -> None:
    facts = content_facts({"body": "Drowning in debt? At your age, with your diabetes, as a Catholic?"}, None, TODAY, {})
    assert facts["message.exploits"] == ("age", "hardship")
    assert facts["data.special_categories"] == ("religion", "health")
    plain = content_facts({"body": "We wish you well, whatever union of interests you have."}, None, TODAY, {})
    assert plain["data.special_categories"] == plain["message.exploits"] == ()


def test_a_disclosure_counts_only_where_it_is_seen() -> None:
    assert found("This message was written by an AI.", "ai_disclosed") is True
    assert found("<p hidden>This message was written by an AI.</p>", "ai_disclosed") is False
    assert found("A person wrote this.", "ai_disclosed") is False


# ---------------------------------------------------------------------------------------------------------------- what is known


def test_a_call_without_texts_says_only_what_its_values_name() -> None:
    assert content_facts({"contact": "c1", "tag": "x", "body": 5}, BRAND, TODAY, {}) == {"data.special_categories": ()}


@pytest.mark.parametrize(
    ("written", "named"),
    [
        pytest.param({"contact": "c1", "note_code": "Catholic"}, ("religion",), id="by its value"),
        pytest.param({"contact": "c1", "health_status": "a"}, ("health",), id="by the name of the field"),
        pytest.param({"contact": "c1", "interests": ["tennis", "diabetes"]}, ("health",), id="in a list"),
        pytest.param({"body": "Hello", "segment": "trade union members"}, ("union membership",), id="beside a text"),
        pytest.param({"contact": "c1", "industry": "Software"}, (), id="nothing of the kind"),
    ],
)
def test_a_special_category_is_found_in_whatever_a_call_writes(written: dict[str, Any], named: tuple[str, ...]) -> None:
    assert content_facts(written, None, TODAY, {})["data.special_categories"] == named


def test_of_more_than_anybody_would_read_no_category_is_denied() -> None:
    assert content_facts({"contact": "c1", "industry": "x" * LONGEST}, None, TODAY, {}) == {}


def test_a_text_nobody_would_read_to_its_end_is_not_known() -> None:
    assert content_of({"body": "x" * LONGEST}) is not None
    assert content_of({"body": "x" * LONGEST, "subject": "y"}) is None


def test_what_a_brand_does_not_say_is_not_known() -> None:
    bare = content_facts({"body": "x"}, Brand(brand="bare", title="Bare"), TODAY, {})
    assert not {"message.opt_out", "message.postal_address", "message.foreign_links", "sender.verified_domains"} & set(bare)
    assert content_facts({"body": "x"}, None, TODAY, {}).keys() < bare.keys()


def test_every_fact_about_a_text_is_declared() -> None:
    facts = content_facts({"body": "x", "from": "a@bank.example"}, BRAND, TODAY, {})
    assert set(facts) == CONTENT <= set(ATTRIBUTES)


@given(st.text(max_size=300), st.text(alphabet="<>/\"'=& abp-!{}[]|*%\u200b\u0430", max_size=200))
def test_any_text_is_read_and_nothing_is_quoted_at_length(one: str, other: str) -> None:
    facts = content_facts({"subject": one, "body": one + other, "html": other}, BRAND, TODAY, {})
    assert all(len(text) <= 300 for told in facts.values() if isinstance(told, tuple) for text in told)


BROKEN = (
    *("{{" * 500, "<b " * 300, "<" * 900, "&" * 900, "<!--" * 200, "*|" * 400, "%%a" * 300, "a." * 400, "<p style='", "<a href="),
    *("</p>", "<p><b>x</p>", "<script>cheap", "<script>x</script>y", "<?php ?>x", "<!doctype html>x", "<a b=c d='e' f", "< p"),
    *("<p =x>y", "<p/>"),
)


@pytest.mark.parametrize("text", BROKEN)
def test_broken_markup_is_read_to_its_end(text: str) -> None:
    assert content_facts({"body": text}, BRAND, TODAY, {})["message.forbidden_words"] == ()


# ------------------------------------------------------------------------------------------------------------- before the gate


def test_the_gate_is_told_what_the_rules_of_a_place_look_at_and_no_more() -> None:
    place = everything().place(question(CASES["content.opt_out"]).use_case, Operation("email.draft.create"))
    facts = with_content(ActionFacts(), place, {"body": "cheap"}, BRAND, TODAY)
    assert facts.further["message.forbidden_words"] == ("cheap",)
    assert "sender.verified_domains" not in facts.further
    tagging = everything().place(question(CASES["content.opt_out"]).use_case, Operation("contact.tag.add"))
    assert with_content(ActionFacts(), tagging, {"body": "cheap"}, BRAND, TODAY) == ActionFacts()


def test_a_finding_is_named_where_people_read_why() -> None:
    case = CASES["content.unbacked_claims"]
    decision = decide(question(case, {"message.unbacked_claims": ("3.5 %",)}), everything())
    reason = next(one for one in decision.reasons if one.values.get("rule") == "content.unbacked_claims")
    assert (reason.floor, reason.values["shown"]) == (Verdict.HOLD, "3.5 %")
