from __future__ import annotations

from dataclasses import replace

import pytest

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, KeywordPlacement
from esign_desktop.domain.preset.checks import PresetPart, check_preset
from esign_desktop.domain.preset.edits import (
    RoleKind,
    SealKind,
    add_role,
    add_seal,
    change_document,
    change_seal,
    move_role,
    remove_role,
    remove_seal,
    with_fallbacks,
    with_kind,
    with_place,
    with_place_kind,
    with_somebody_else,
)
from esign_desktop.domain.preset.preset import CustomerDatum, FormField, PlatformTemplate, Preset, change_role
from esign_desktop.domain.preset.soundness import is_sound
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner, SignerId
from tests.domain.preset.test_preset import make_preset

ONE = SignerId("role 1")
FIELDS = (FormField("borrower", CustomerDatum.NAME, ONE), FormField("amount", CustomerDatum.TYPED))


def with_template(preset: Preset, fields: tuple[FormField, ...] = FIELDS, template_id: str = "t") -> Preset:
    source = PlatformTemplate(template_id, fields)
    return change_document(preset, preset.documents[0].slot, lambda document: replace(document, source=source))


def codes(preset: Preset) -> set[str]:
    return {problem.code for problem in check_preset(preset)}


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
    assert all(seal.placement.signer_id != ONE for seal in after.seals)
    assert after.options.payer is None
    source = after.documents[0].source
    assert isinstance(source, PlatformTemplate)
    assert [field.role_id for field in source.fields] == [None, None]
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
    after = change_role(preset, ONE, lambda role: with_kind(role, kind))
    assert after.seals == preset.seals
    role = after.role(ONE)
    assert role.terms.step == preset.role(ONE).terms.step
    assert (role.name if isinstance(role, ApplicationSigner) else role.role) == "乙方"
    assert role.terms.is_silent is (kind is RoleKind.PLATFORM)
    assert (ONE in after.knows_nobody_yet) is (kind in {RoleKind.STAFF, RoleKind.BRANCH})


def test_somebody_else_is_nobody_yet() -> None:
    preset = make_preset()
    branch = next(role for role in preset.signers if isinstance(role, OrganizationSigner))
    after = change_role(preset, branch.id, with_somebody_else)
    assert branch.id in after.knows_nobody_yet
    assert after.role(branch.id).terms == branch.terms


def test_a_keyword_that_becomes_a_point_stands_where_it_fell_back_to() -> None:
    preset = make_preset()
    keyword = next(seal for seal in preset.seals if isinstance(seal.placement, KeywordPlacement))
    seal_id = keyword.placement.id
    after = change_seal(preset, seal_id, lambda seal: with_place_kind(seal, SealKind.COORDINATE, 3))
    point = next(seal for seal in after.seals if seal.placement.id == seal_id)
    assert isinstance(point.placement, CoordinatePlacement)
    assert point.placement.center == keyword.fallbacks[0].center
    assert point.fallbacks == ()
    back = change_seal(after, seal_id, lambda seal: with_place_kind(seal, SealKind.KEYWORD, 3))
    again = next(seal for seal in back.seals if seal.placement.id == seal_id)
    assert [fallback.center for fallback in again.fallbacks] == [point.placement.center]
    assert is_sound(with_keyword(back, "甲方"))


def with_keyword(preset: Preset, keyword: str) -> Preset:
    def change(preset: Preset, index: int) -> Preset:
        place = preset.seals[index].placement
        if not isinstance(place, KeywordPlacement):
            return preset
        return change_seal(preset, place.id, lambda seal: with_place(seal, replace(place, keyword=keyword)))

    for index in range(len(preset.seals)):
        preset = change(preset, index)
    return preset


def test_another_keyword_has_not_been_counted_yet() -> None:
    after = with_keyword(make_preset(), "借款人")
    assert {seal.placement.confirmed_hits for seal in after.seals if isinstance(seal.placement, KeywordPlacement)} == {
        None
    }


def test_points_to_fall_back_to_belong_to_the_seals_own_role() -> None:
    preset = make_preset()
    place = next(seal.placement for seal in preset.seals if isinstance(seal.placement, KeywordPlacement))
    points = ((1, PagePoint(10.0, 20.0)), (2, PagePoint(30.0, 40.0)))
    after = change_seal(preset, place.id, lambda seal: with_fallbacks(seal, points))
    other = preset.signers[1].id
    after = change_seal(after, place.id, lambda seal: with_place(seal, replace(seal.placement, signer_id=other)))
    (seal,) = (seal for seal in after.seals if seal.placement.id == place.id)
    assert [(fallback.pages.first, fallback.center) for fallback in seal.fallbacks] == list(points)
    assert {fallback.signer_id for fallback in seal.fallbacks} == {other}
    assert is_sound(after)


@pytest.mark.parametrize("kind", SealKind)
def test_a_seal_comes_and_goes(kind: SealKind) -> None:
    preset = make_preset()
    after = add_seal(preset, ONE, preset.documents[0].slot, kind)
    assert len(after.seals) == len(preset.seals) + 1
    added = after.seals[-1].placement
    assert isinstance(added, CrossPagePlacement) is (kind is SealKind.CROSS_PAGE)
    assert remove_seal(after, added.id) == preset


def test_a_sound_preset_has_no_grave_problem() -> None:
    preset = make_preset()
    platform = preset.signers[-1]
    assert [problem.code for problem in check_preset(preset) if problem.is_grave] == ["silent_without_seal"]
    sealed = add_seal(preset, platform.id, preset.documents[0].slot, SealKind.COORDINATE)
    assert not any(problem.is_grave for problem in check_preset(sealed))


def test_what_keeps_a_preset_from_being_kept_is_said() -> None:
    preset = make_preset()
    slot = preset.documents[0].slot
    page_count = len(preset.documents[0].fingerprint.pages)
    added = add_seal(preset, ONE, slot, SealKind.COORDINATE)
    place = added.seals[-1].placement
    assert isinstance(place, CoordinatePlacement)
    far = replace(place, pages=PageRanges.single(page_count + 1))
    beyond = change_seal(added, place.id, lambda seal: with_place(seal, far))
    assert "no_such_page" in codes(beyond)
    assert "keyword_missing" in codes(add_seal(preset, ONE, slot, SealKind.KEYWORD))
    assert "keyword_too_long" in codes(with_keyword(preset, "字" * 31))
    assert "name_missing" in codes(replace(preset, name=" "))
    assert "nobody" in codes(replace(preset, signers=(), seals=()))
    silent = change_role(preset, ONE, lambda role: replace(role, terms=replace(role.terms, is_silent=True)))
    assert "customer_is_silent" in codes(silent)
    assert not any(problem.is_grave for problem in check_preset(silent) if problem.code == "customer_is_silent")


def test_what_is_wrong_with_a_form_is_said() -> None:
    preset = make_preset()
    assert "template_id_missing" in codes(with_template(preset, template_id=" "))
    assert "field_name_missing" in codes(with_template(preset, (FormField(""),)))
    assert "field_twice" in codes(with_template(preset, (*FIELDS, FIELDS[0])))
    assert "field_without_text" in codes(with_template(preset, (FormField("place"),)))
    staff_only = change_role(preset, ONE, lambda role: with_kind(role, RoleKind.STAFF))
    assert "field_of_nobody" in codes(with_template(staff_only))
    assert codes(with_template(preset)) == codes(preset)


def test_warnings_come_after_what_is_grave() -> None:
    preset = add_role(replace(make_preset(), name=""), RoleKind.CUSTOMER)
    problems = check_preset(preset)
    assert [problem.is_grave for problem in problems] == sorted((p.is_grave for p in problems), reverse=True)
    assert problems[0].part is PresetPart.GENERAL
    assert "without_seal" in codes(preset)


def test_staff_is_asked_for_by_name() -> None:
    preset = change_role(make_preset(), ONE, lambda role: with_kind(role, RoleKind.STAFF))
    assert isinstance(preset.role(ONE), PersonSigner)
    assert {"no_customer", "staff_unknown"} <= codes(preset)
