from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.account import Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.contract.edits import (
    place,
    remove_signer,
    update_document,
    update_placement,
    update_signer,
)
from esign_desktop.domain.contract.problems import Problem, Severity
from esign_desktop.domain.document import DocumentId, TemplateFilling
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    FallbackPoint,
    KeywordPlacement,
    PlacementId,
)
from esign_desktop.domain.preset.checks import check_preset
from esign_desktop.domain.preset.edits import (
    RoleKind,
    add_role,
    with_other_document,
)
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.soundness import is_sound
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, PersonSigner, SignerId
from tests.domain.preset.test_preset import make_preset

if TYPE_CHECKING:
    from esign_desktop.domain.preset.preset import Preset

ONE = SignerId("role 1")
FIELDS = (FormField("borrower", CustomerDatum.NAME, ONE), FormField("amount", CustomerDatum.TYPED))


def with_template(preset: Preset, fields: tuple[FormField, ...] = FIELDS, template_id: str = "t") -> Preset:
    template = TemplateFilling(template_id, preset_fields=fields)
    return update_document(preset, preset.documents[0].created_from(template))


def with_point(preset: Preset, signer_id: SignerId) -> Preset:
    document = preset.documents[0]
    pages, center = PageRanges.single(document.page_count), PagePoint(300.0, 200.0)
    return place(preset, CoordinatePlacement(PlacementId("point"), signer_id, document.id, pages, center))


def keyword_of(preset: Preset) -> KeywordPlacement:
    return next(seal for seal in preset.placements if isinstance(seal, KeywordPlacement))


def codes(preset: Preset) -> set[str]:
    return {problem.code for problem in check_preset(preset)}


def severe_codes(preset: Preset) -> list[str]:
    return [problem.code for problem in check_preset(preset) if problem.severity is Severity.BLOCKING]


def test_a_new_role_signs_last_under_an_id_of_its_own() -> None:
    preset = add_role(add_role(make_preset(), RoleKind.CUSTOMER), RoleKind.PLATFORM)
    assert len({role.id for role in preset.signers}) == len(preset.signers)
    customer, platform = preset.signers[-2:]
    assert isinstance(customer, OpenSigner)
    assert isinstance(platform, ApplicationSigner)
    assert platform.terms.is_silent
    assert platform.terms.step == max(role.terms.step for role in preset.signers)
    again = add_role(remove_signer(preset, customer.id), RoleKind.STAFF)
    assert len({role.id for role in again.signers}) == len(again.signers)


def test_points_to_fall_back_to_belong_to_the_seals_own_role() -> None:
    preset = make_preset()
    centers = PagePoint(10.0, 20.0), PagePoint(30.0, 40.0)
    points = tuple(FallbackPoint(PageRanges.single(number), center) for number, center in enumerate(centers, 1))
    other = preset.signers[1].id
    seal = replace(keyword_of(preset), fallbacks=points, signer_id=other, width_pt=50.0)
    assert is_sound(update_placement(preset, seal))
    assert [(fixed.pages, fixed.center) for fixed in seal.fallback_placements] == [
        (point.pages, point.center) for point in points
    ]
    assert {(fixed.signer_id, fixed.width_pt) for fixed in seal.fallback_placements} == {(other, 50.0)}


def test_the_seals_and_terms_of_a_document_move_to_the_one_that_takes_its_place() -> None:
    preset = make_preset()
    draft = replace(ContractDraft.new(), documents=preset.documents, placements=preset.placements)
    customer = preset.signer(ONE)
    free = replace(customer, terms=replace(customer.terms, free_documents=(preset.documents[0].id,)))
    draft = replace(draft, signers=(free, *preset.signers[1:]))
    other = replace(preset.documents[0], id=DocumentId("other"))
    after = with_other_document(draft, preset.documents[0].id, other)
    assert after.documents == (other,)
    assert {seal.document_id for seal in after.placements} == {other.id}
    assert after.signers[0].terms.free_documents == (other.id,)
    assert with_other_document(after, other.id, preset.documents[0]) == draft


def test_a_sound_preset_has_no_grave_problem() -> None:
    preset = make_preset()
    platform = preset.signers[-1]
    assert severe_codes(preset) == ["silent_without_seal"]
    sealed = with_point(preset, platform.id)
    assert severe_codes(sealed) == []


def test_what_keeps_a_preset_from_being_kept_is_said() -> None:
    preset = make_preset()
    page_count = preset.documents[0].page_count
    added = with_point(preset, ONE)
    point = added.placements[-1]
    assert isinstance(point, CoordinatePlacement)
    far = replace(point, pages=PageRanges.single(page_count + 1))
    beyond = update_placement(added, far)
    assert "no_such_page" in codes(beyond)
    assert "keyword_missing" in codes(update_placement(preset, replace(keyword_of(preset), keyword=" ")))
    assert "keyword_too_long" in codes(update_placement(preset, replace(keyword_of(preset), keyword="字" * 31)))
    assert "name_missing" in codes(replace(preset, name=" "))
    assert "nobody" in codes(replace(preset, signers=(), placements=()))
    silent = update_signer(preset, replace(preset.signer(ONE), terms=replace(preset.signer(ONE).terms, is_silent=True)))
    assert "customer_is_silent" in codes(silent)
    assert Problem("customer_is_silent", Severity.WARNING, params={"role": "乙方"}) in check_preset(silent)


def test_a_document_that_a_free_signer_does_not_sign_is_said() -> None:
    preset = with_point(make_preset(), make_preset().signers[-1].id)
    (first,) = preset.documents
    second = replace(first, id=DocumentId("document 2"), name="附件")
    preset = replace(preset, documents=(first, second))
    assert severe_codes(preset) == ["document_without_seal"]
    customer = preset.signer(ONE)
    free_there = update_signer(preset, replace(customer, terms=replace(customer.terms, free_documents=(second.id,))))
    assert severe_codes(free_there) == []
    # The customer has no seal, and chooses the positions in the first document only.
    free_here = replace(customer, terms=replace(customer.terms, free_documents=(first.id,)))
    placements = tuple(place for place in preset.placements if place.signer_id != ONE)
    elsewhere = update_signer(replace(preset, placements=placements), free_here)
    assert severe_codes(elsewhere) == ["document_without_seal"]


def test_what_is_wrong_with_a_form_is_said() -> None:
    preset = make_preset()
    assert "template_id_missing" in codes(with_template(preset, template_id=" "))
    assert "field_name_missing" in codes(with_template(preset, (FormField(""),)))
    assert "field_twice" in codes(with_template(preset, (*FIELDS, FIELDS[0])))
    assert "field_without_text" in codes(with_template(preset, (FormField("place"),)))
    staff_only = update_signer(preset, PersonSigner(ONE, Person("")))
    assert "field_of_nobody" in codes(with_template(staff_only))
    assert codes(with_template(preset)) == codes(preset)


def test_warnings_come_after_what_is_grave() -> None:
    preset = add_role(replace(make_preset(), name=""), RoleKind.CUSTOMER)
    problems = check_preset(preset)
    severities = [problem.severity for problem in problems]
    assert severities == sorted(severities, reverse=True)
    assert problems[0].code == "name_missing"
    assert "without_seal" in codes(preset)


def test_staff_is_asked_for_by_name() -> None:
    preset = update_signer(make_preset(), PersonSigner(ONE, Person("")))
    assert isinstance(preset.signer(ONE), PersonSigner)
    assert {"no_customer", "staff_unknown"} <= codes(preset)
