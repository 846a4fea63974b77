from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract.edits import (
    remove_placements,
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
    CrossPagePlacement,
    FallbackPoint,
    KeywordPlacement,
)
from esign_desktop.domain.preset.checks import check_preset
from esign_desktop.domain.preset.edits import (
    RoleKind,
    SealKind,
    add_role,
    add_seal,
    move_role,
    remove_role,
    with_keyword,
    with_kind,
    with_place_kind,
    without_signer,
)
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.soundness import is_sound
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner, SignerId
from tests.domain.preset.test_preset import make_preset

if TYPE_CHECKING:
    from esign_desktop.domain.preset.preset import Preset

ONE = SignerId("role 1")
FIELDS = (FormField("borrower", CustomerDatum.NAME, ONE), FormField("amount", CustomerDatum.TYPED))


def with_template(preset: Preset, fields: tuple[FormField, ...] = FIELDS, template_id: str = "t") -> Preset:
    template = TemplateFilling(template_id, preset_fields=fields)
    return update_document(preset, preset.documents[0].created_from(template))


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
    again = add_role(remove_role(preset, customer.id), RoleKind.STAFF)
    assert len({role.id for role in again.signers}) == len(again.signers)


def test_a_role_that_goes_takes_its_seals_and_parts_along() -> None:
    preset = with_template(make_preset())
    after = remove_role(preset, ONE)
    assert all(place.signer_id != ONE for place in after.placements)
    assert after.options.payer is None
    assert [field.role_id for field in after.form_fields] == [None, None]
    assert is_sound(after)


def test_neighbours_change_places_in_the_order_of_signing_too() -> None:
    preset = make_preset()
    after = move_role(preset, ONE, 1)
    assert [role.id for role in after.signers][:2] == [preset.signers[1].id, ONE]
    assert [role.terms.step for role in after.signers] == [role.terms.step for role in preset.signers]
    assert move_role(preset, ONE, -1) == preset
    assert move_role(after, ONE, -1) == preset


@pytest.mark.parametrize("kind", RoleKind)
def test_a_role_of_another_kind_keeps_its_place_and_title(kind: RoleKind) -> None:
    preset = make_preset()
    after = update_signer(preset, with_kind(preset.signer(ONE), kind))
    assert after.placements == preset.placements
    role = after.signer(ONE)
    assert role.terms.step == preset.signer(ONE).terms.step
    assert (role.name if isinstance(role, ApplicationSigner) else role.role) == "乙方"
    assert role.terms.is_silent is (kind is RoleKind.PLATFORM)
    assert (ONE in after.roles_without_signer) is (kind in {RoleKind.STAFF, RoleKind.BRANCH})


def test_somebody_else_is_nobody_yet() -> None:
    preset = make_preset()
    branch = next(role for role in preset.signers if isinstance(role, OrganizationSigner))
    after = update_signer(preset, without_signer(branch))
    assert branch.id in after.roles_without_signer
    assert after.signer(branch.id).terms == branch.terms


def test_a_keyword_that_becomes_a_point_stands_where_it_fell_back_to() -> None:
    preset = make_preset()
    keyword = keyword_of(preset)
    point = with_place_kind(keyword, SealKind.COORDINATE, 3)
    assert isinstance(point, CoordinatePlacement)
    assert point.id == keyword.id
    assert point.center == keyword.fallbacks[0].center
    again = with_place_kind(point, SealKind.KEYWORD, 3)
    assert isinstance(again, KeywordPlacement)
    assert [fallback.center for fallback in again.fallbacks] == [point.center]
    assert is_sound(update_placement(preset, replace(again, keyword="甲方")))


def keyword_of(preset: Preset) -> KeywordPlacement:
    return next(place for place in preset.placements if isinstance(place, KeywordPlacement))


def test_another_keyword_has_not_been_counted_yet() -> None:
    keyword = keyword_of(make_preset())
    assert keyword.confirmed_hits is not None
    assert with_keyword(keyword, keyword.keyword) == keyword
    assert with_keyword(keyword, "借款人") == replace(keyword, keyword="借款人", confirmed_hits=None)


def test_points_to_fall_back_to_belong_to_the_seals_own_role() -> None:
    preset = make_preset()
    centers = PagePoint(10.0, 20.0), PagePoint(30.0, 40.0)
    points = tuple(FallbackPoint(PageRanges.single(number), center) for number, center in enumerate(centers, 1))
    other = preset.signers[1].id
    place = replace(keyword_of(preset), fallbacks=points, signer_id=other, width_pt=50.0)
    assert is_sound(update_placement(preset, place))
    assert [(fixed.pages, fixed.center) for fixed in place.fallback_placements] == [
        (point.pages, point.center) for point in points
    ]
    assert {(fixed.signer_id, fixed.width_pt) for fixed in place.fallback_placements} == {(other, 50.0)}


@pytest.mark.parametrize("kind", SealKind)
def test_a_seal_comes_and_goes(kind: SealKind) -> None:
    preset = make_preset()
    after = add_seal(preset, ONE, preset.documents[0].id, kind)
    assert len(after.placements) == len(preset.placements) + 1
    added = after.placements[-1]
    assert isinstance(added, CrossPagePlacement) is (kind is SealKind.CROSS_PAGE)
    assert remove_placements(after, {added.id}) == preset


def test_a_sound_preset_has_no_grave_problem() -> None:
    preset = make_preset()
    platform = preset.signers[-1]
    assert severe_codes(preset) == ["silent_without_seal"]
    sealed = add_seal(preset, platform.id, preset.documents[0].id, SealKind.COORDINATE)
    assert severe_codes(sealed) == []


def test_what_keeps_a_preset_from_being_kept_is_said() -> None:
    preset = make_preset()
    slot = preset.documents[0].id
    page_count = preset.documents[0].page_count
    added = add_seal(preset, ONE, slot, SealKind.COORDINATE)
    place = added.placements[-1]
    assert isinstance(place, CoordinatePlacement)
    far = replace(place, pages=PageRanges.single(page_count + 1))
    beyond = update_placement(added, far)
    assert "no_such_page" in codes(beyond)
    assert "keyword_missing" in codes(add_seal(preset, ONE, slot, SealKind.KEYWORD))
    assert "keyword_too_long" in codes(update_placement(preset, replace(keyword_of(preset), keyword="字" * 31)))
    assert "name_missing" in codes(replace(preset, name=" "))
    assert "nobody" in codes(replace(preset, signers=(), placements=()))
    silent = update_signer(preset, replace(preset.signer(ONE), terms=replace(preset.signer(ONE).terms, is_silent=True)))
    assert "customer_is_silent" in codes(silent)
    assert Problem("customer_is_silent", Severity.WARNING, params={"role": "乙方"}) in check_preset(silent)


def test_a_document_that_a_free_signer_does_not_sign_is_said() -> None:
    preset = add_seal(make_preset(), make_preset().signers[-1].id, make_preset().documents[0].id, SealKind.COORDINATE)
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
    staff_only = update_signer(preset, with_kind(preset.signer(ONE), RoleKind.STAFF))
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
    preset = update_signer(make_preset(), with_kind(make_preset().signer(ONE), RoleKind.STAFF))
    assert isinstance(preset.signer(ONE), PersonSigner)
    assert {"no_customer", "staff_unknown"} <= codes(preset)
