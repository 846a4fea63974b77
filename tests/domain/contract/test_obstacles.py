"""What forbids a send wherever it starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign_desktop.domain.contract.checks import obstacles
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.signer import SigningTerms
from tests.drafts import (
    make_application_signer,
    make_document,
    make_draft,
    make_keyword,
    make_person_signer,
    make_seal,
)

WANTED = (WantedField("amount"), WantedField("note", is_required=False), WantedField("term"))


def of_template(*values: tuple[str, str]) -> dict[str, Any]:
    return {"documents": (make_document(template=TemplateFilling("template", values, WANTED)),)}


@pytest.mark.parametrize(
    ("codes", "changes"),
    [
        ([], {}),
        ([], of_template(("amount", "1"), ("term", "2"))),
        (["form.value_missing"], of_template()),
        (["form.value_missing"], of_template(("amount", "1"), ("term", " "))),
        (["document.nobody_signs"], {"documents": (make_document(), make_document("附件"))}),
        # Nobody says where the person signs: they sign every document.
        ([], {"documents": (make_document(), make_document("附件")), "placements": ()}),
        (["signer.silent_without_place"], {"signers": (make_person_signer(), make_application_signer())}),
        (
            ["signer.silent_without_place"],
            {"signers": (replace(make_person_signer(), terms=SigningTerms(is_silent=True)),), "placements": ()},
        ),
        (["keyword.not_found"], {"placements": (make_keyword(confirmed_hits=0),)}),
        (["keyword.empty"], {"placements": (make_keyword(keyword=" "),)}),
        ([], {"placements": (make_keyword(confirmed_hits=2),)}),
        (["placement.orphan"], {"placements": (make_seal(), make_seal(name="other", signer="别人"))}),
    ],
)
def test_only_what_must_stop_a_send_does(codes: list[str], changes: dict[str, Any]) -> None:
    assert [problem.code for problem in obstacles(make_draft(**changes))] == codes


def test_an_empty_form_does_not_replace_a_contract() -> None:
    optional = (WantedField("note", is_required=False),)
    for filling, code in (
        (TemplateFilling("template"), "form.values_unknown"),
        (TemplateFilling("template", wanted=optional), "form.correction_empty"),
    ):
        changes = {"documents": (make_document(template=filling),)}
        draft = replace(make_draft(**changes), replaces=FlowId("flow"))
        assert [problem.code for problem in obstacles(draft)] == [code]
        assert obstacles(make_draft(**changes)) == ()
    filled = TemplateFilling("template", (("note", "1"),), optional)
    assert obstacles(replace(make_draft(documents=(make_document(template=filled),)), replaces=FlowId("flow"))) == ()


def test_a_form_says_how_many_values_are_missing_and_which() -> None:
    (problem,) = obstacles(make_draft(**of_template()))
    assert (problem.params["count"], problem.params["fields"]) == (2, "amount, term")


def test_a_value_is_filled_in_changed_and_taken_out() -> None:
    filling = TemplateFilling("template", wanted=WANTED)
    assert filling.names == ("amount", "note", "term")
    filling = filling.with_value("term", "12").with_value("amount", "1")
    assert filling.fields == (("amount", "1"), ("term", "12"))
    assert filling.missing == ()
    assert filling.with_value("amount", "").missing == ("amount",)
    assert filling.with_value("other", "x").fields[-1] == ("other", "x")
