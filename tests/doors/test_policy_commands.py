"""What the second person sees before she signs, what she is asked, and what every policy changed."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from remit.cli.policy_words import what
from tests.doors.terminal import Remit
from tests.flow.stage import documents


@pytest.fixture
def prepared(elsewhere: Path) -> Path:
    return elsewhere


def desk(folder: Path, **entries: Any) -> Path:
    """Write the charter of the desk with other entries."""
    path = folder.parent / "desk.yaml"
    found = json.loads(documents()["charter:desk"]) | {"connector": "hubspot"} | entries
    path.write_text(yaml.safe_dump(found, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
def offered(remit: Remit, folder: Path) -> str:
    """Offer a change that loosens; return its digest."""
    return str(remit("charter", "adopt", desk(folder, highest_reach=9), "--as", "olga", "--json").told["digest"])


# ------------------------------------------------------------------------------------------------------------------------- show


def test_an_offer_shows_all_that_a_second_person_has_to_know(remit: Remit, offered: str) -> None:
    for name in (3, offered, offered[:8]):
        told = remit("policy", "show", name, "--json").told
        assert (told["number"], told["digest"], told["direction"], told["adopted"]) == (3, offered, "looser", None)
        assert told["documents"] == ["charter:desk"]
        assert [change["path"] for change in told["changes"]] == ["charter:desk/highest_reach"]
        assert json.loads(told["texts"]["charter:desk"])["highest_reach"] == 9
        assert told["replay"]["decided"] == 0
        assert "no_measure" in {one["code"] for one in told["findings"]}
    said = remit("policy", "show", 3).out
    assert f"Policy 3 ({offered[:12]}), offered 2" in said
    assert "It waits for a second person: line_of_business or risk." in said
    assert "looser: Use case desk: the most records one action may touch goes from 1 to 9." in said
    assert "charter:desk: finding: the goal is a sentence and no figure" in said
    text = said.partition("--- charter:desk\n")[2]
    assert yaml.safe_load(text)["highest_reach"] == 9
    assert next(iter(yaml.safe_load(text))) == "use_case"


def test_an_offer_shows_what_becomes_of_past_decisions(remit: Remit, folder: Path) -> None:
    remit("propose", "--use-case", "desk", "--operation", "contact.tag.add", "contact=c0001", "tag=vip", "--json")
    offer = desk(folder, highest_reach=9)
    before = remit("charter", "diff", offer, "--json").told["replay"]
    remit("charter", "adopt", offer, "--as", "olga")
    assert remit("policy", "show", 3, "--json").told["replay"] == before


def test_the_form_in_which_rules_are_kept_is_no_document_that_people_see(remit: Remit, folder: Path) -> None:
    rule = {"calm": {"when": "reach >= 1", "verdict": "block", "because": "Nobody is touched."}}
    remit("charter", "adopt", desk(folder, rules=rule, highest_reach=9), "--as", "olga")
    assert remit("policy", "offers", "--json").told[0]["documents"] == ["charter:desk"]
    told = remit("policy", "show", 3, "--json").told
    assert (told["documents"], list(told["texts"])) == (["charter:desk"], ["charter:desk"])


def test_a_policy_in_force_and_one_before_it_are_shown_too(remit: Remit, folder: Path) -> None:
    remit("charter", "adopt", desk(folder, highest_reach=0), "--as", "olga")
    told = remit("policy", "show", 3, "--json").told
    assert (told["offer"], told["direction"], told["adopted"]["in_force"]) == (None, "tighter", True)
    assert "tighter: Use case desk: the most records one action may touch goes from 1 to 0." in remit("policy", "show", 3).out
    assert ", in force, adopted 2" in remit("policy", "show", 3).out
    first = remit("policy", "show", 1)
    assert "no longer in force" in first.out
    assert "Use case desk: its charter is new." in first.out


def test_an_offer_that_was_overtaken_says_so(remit: Remit, folder: Path, offered: str) -> None:
    remit("charter", "adopt", desk(folder, highest_reach=0), "--as", "olga")
    assert remit("policy", "show", 3, "--json").told["adopted"]["number"] == 3
    said = remit("policy", "show", offered[:12])
    assert "It waits for nothing: another policy came into force since" in said.out
    assert remit("policy", "sign", offered[:12], "--as", "rita", "--json").problem["code"] == "conflict"
    refused = remit("policy", "sign", 3, "--as", "rita", "--json").problem
    assert (refused["code"], "policy 3 was adopted" in refused["found"]) == ("not_found", True)


@pytest.mark.parametrize(("name", "code"), [("99", "not_found"), ("f", "invalid_input"), ("ffffffffffff", "not_found")])
def test_what_names_no_policy_is_refused(remit: Remit, offered: str, name: str, code: str) -> None:
    assert offered
    for verb in ("show", "sign"):
        refused = remit("policy", verb, name, "--json")
        assert (refused.problem["code"], refused.out) == (code, "")
    assert remit("policy", "list", "--json").told[-1]["number"] == 2


# ------------------------------------------------------------------------------------------------------------------------- sign


class _Keyboard(io.StringIO):
    """Standard input of somebody who types."""

    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", _Keyboard(text))


def test_what_is_signed_is_shown_before(remit: Remit, offered: str) -> None:
    said = remit("policy", "sign", 3, "--as", "rita").out
    sentence = "looser: Use case desk: the most records one action may touch goes from 1 to 9."
    assert 0 < said.index("Looser: something is allowed") < said.index(sentence) < said.index("Policy 3 is in force.")
    assert f"The whole of it: `remit policy show {offered[:12]}`." in said
    assert "Sign policy 3" not in said  # nobody is there to answer


@pytest.mark.parametrize(("answer", "more", "number"), [("n\n", (), 2), ("\n", (), 2), ("y\n", (), 3), ("", ("--yes",), 3)])
def test_at_a_terminal_a_signature_is_asked_for_again(
    remit: Remit, offered: str, monkeypatch: pytest.MonkeyPatch, answer: str, more: tuple[str, ...], number: int
) -> None:
    assert offered
    typed(monkeypatch, answer)
    said = remit("policy", "sign", 3, "--as", "rita", *more)
    assert ("Not signed." in said.out, said.status) == (number == 2, 1 if number == 2 else 0)
    assert remit("policy", "list", "--json").told[-1]["number"] == number


def test_a_machine_hears_json_and_nothing_else(remit: Remit, offered: str) -> None:
    told = remit("policy", "sign", 3, "--as", "rita", "--json").told
    assert (told["digest"], told["adopted"], told["signed_by"]) == (offered, 3, ["olga", "rita"])


# ------------------------------------------------------------------------------------------------------------------------- list


def test_every_policy_says_what_it_changed(remit: Remit, folder: Path) -> None:
    remit("charter", "adopt", desk(folder, highest_reach=0), "--as", "olga")
    listed = remit("policy", "list", "--json").told
    assert [(one["documents"], one["direction"]) for one in listed[1:]] == [
        (["charter:desk"], "both"),
        (["charter:desk"], "tighter"),
    ]
    said = remit("policy", "list").out
    assert "    changed charter:desk (tighter)" in said
    assert what({"documents": ["a", "b", "c", "d", "e"], "direction": "both"}) == "a, b, c and 2 more (both)"
    assert max(map(len, said.splitlines())) <= 80
