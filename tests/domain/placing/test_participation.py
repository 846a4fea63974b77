"""Who signs which document, and where: as a person chooses it, as it is sent, and as it is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.api.payload import preview_body
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.checks import check, obstacles
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.placing.participation import (
    Participation,
    can_take_part,
    participation,
    signed_documents,
    with_documents,
    with_participation,
)
from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.domain.signer import SignerId
from esign_desktop.store.codec import draft_from_json, draft_to_json
from tests.drafts import NOW_MS, make_document, make_draft, make_person_signer, make_seal

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft

P = Participation
A, B, C = (DocumentId(name) for name in "abc")
ZHANG, LI = SignerId("zhang"), SignerId("li")


def contract(*, seals: tuple[tuple[SignerId, DocumentId], ...] = ()) -> ContractDraft:
    return make_draft(
        documents=tuple(replace(make_document(), id=one, name=str(one)) for one in (A, B, C)),
        signers=tuple(replace(make_person_signer(), id=one) for one in (ZHANG, LI)),
        placements=tuple(
            replace(make_seal(), id=PlacementId(f"{signer} {document}"), signer_id=signer, document_id=document)
            for signer, document in seals
        ),
    )


def roles(draft: ContractDraft, signer_id: SignerId = ZHANG) -> str:
    return " ".join(participation(draft, draft.signer(signer_id), one.id).value for one in draft.documents)


def positions(draft: ContractDraft) -> list[list[tuple[str, bool]]]:
    """Return what is sent of every signer: documents, and whether places are given."""
    body = preview_body(draft, PlatformBehaviour(), NOW_MS)
    signers = body["recipientList"]["signerList"]  # type: ignore[index]
    return [[(one["docId"], "posBeanList" in one) for one in signer.get("docPosList", [])] for signer in signers]


def test_who_has_no_place_signs_all_and_who_has_one_signs_that() -> None:
    assert roles(contract()) == "free free free"
    assert roles(contract(seals=((ZHANG, B),))) == "none given none"


def test_a_document_is_left_out_and_the_others_are_named() -> None:
    draft = with_participation(contract(), ZHANG, B, P.NONE)
    assert roles(draft) == "free none free"
    assert roles(draft, LI) == "free free free"
    assert positions(draft) == [[("<docId 1>", False), ("<docId 3>", False)], []]


def test_seals_here_and_freely_there() -> None:
    draft = with_participation(contract(seals=((ZHANG, A), (LI, A))), ZHANG, C, P.FREE)
    assert roles(draft) == "given none free"
    assert positions(draft)[0] == [("<docId 1>", True), ("<docId 3>", False)]
    assert [problem.code for problem in obstacles(draft)] == ["document.nobody_signs"]
    assert signed_documents(draft) == {A, C}


def test_seals_go_when_somebody_places_freely_or_not_at_all() -> None:
    draft = contract(seals=((ZHANG, A), (ZHANG, B), (LI, A)))
    freely = with_participation(draft, ZHANG, A, P.FREE)
    assert roles(freely) == "free given none"
    assert [(one.signer_id, one.document_id) for one in freely.placements] == [(ZHANG, B), (LI, A)]
    assert roles(with_participation(draft, ZHANG, A, P.NONE)) == "none given none"


def test_nobody_is_left_without_anything_to_sign() -> None:
    draft = contract(seals=((ZHANG, A),))
    assert not can_take_part(draft, draft.signer(ZHANG), A, P.NONE)
    assert with_participation(draft, ZHANG, A, P.NONE) is draft
    assert with_participation(draft, SignerId("nobody"), A, P.FREE) is draft


def test_who_signs_silently_needs_places() -> None:
    draft = contract(seals=((ZHANG, A),))
    signer = draft.signer(ZHANG)
    silent = edits.update_signer(draft, replace(signer, terms=replace(signer.terms, is_silent=True)))
    assert not can_take_part(silent, silent.signer(ZHANG), B, P.FREE)
    forced = replace(silent.signer(ZHANG), terms=replace(silent.signer(ZHANG).terms, free_documents=(B,)))
    assert "signer.silent_without_place" in {one.code for one in obstacles(edits.update_signer(silent, forced))}


def test_the_only_document_of_a_signer_is_taken_out() -> None:
    draft = with_participation(contract(seals=((ZHANG, A),)), ZHANG, B, P.FREE)
    only = edits.remove_placements(draft, {draft.placements[0].id})
    gone = edits.remove_document(only, B)
    assert roles(gone) == "none none"
    assert [one.code for one in obstacles(gone)] == ["signer.signs_nothing"]
    assert "signer.signs_nothing" in {one.code for one in check(gone, {}, now_ms=NOW_MS)}


def test_what_was_chosen_is_kept_and_speaks_of_other_documents_when_asked_to() -> None:
    draft = with_participation(contract(), ZHANG, B, P.NONE)
    assert draft_from_json(draft_to_json(draft)) == draft
    terms = with_documents(draft.signer(ZHANG).terms, {A: DocumentId("slot 1")})
    assert terms.free_documents == ("slot 1",)


choices = st.lists(st.tuples(st.sampled_from([ZHANG, LI]), st.sampled_from([A, B, C]), st.sampled_from(P)), max_size=8)


@pytest.mark.parametrize("seals", [(), ((ZHANG, A), (LI, B)), ((ZHANG, A), (ZHANG, B), (ZHANG, C))])
@given(wanted=choices)
def test_whatever_is_chosen_is_so_or_could_not_be_and_everybody_signs_something(
    seals: tuple[tuple[SignerId, DocumentId], ...], wanted: list[tuple[SignerId, DocumentId, Participation]]
) -> None:
    draft = contract(seals=seals)
    for signer_id, document_id, one in wanted:
        could = can_take_part(draft, draft.signer(signer_id), document_id, one)
        before = roles(draft, ZHANG if signer_id is LI else LI)
        draft = with_participation(draft, signer_id, document_id, one)
        assert (participation(draft, draft.signer(signer_id), document_id) is one) is could
        assert roles(draft, ZHANG if signer_id is LI else LI) == before
    for signer in draft.signers:
        taken = [participation(draft, signer, one.id) for one in draft.documents]
        assert any(one is not P.NONE for one in taken)
        sent = positions(draft)[draft.signer_number(signer.id) - 1]
        if sent:
            assert {name for name, _ in sent} == {
                f"<docId {number}>" for number, one in enumerate(taken, 1) if one is not P.NONE
            }
        else:
            assert all(one is P.FREE for one in taken)
