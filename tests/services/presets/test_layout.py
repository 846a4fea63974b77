from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest

from esign_desktop.domain.account import AccountKind, Person
from esign_desktop.domain.added_pages import FRAME, AddedTable
from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import DocumentId, TemplateFilling, WantedField
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.options import SignerParty, SignWithin
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    FallbackPoint,
    KeywordPlacement,
    PlacementId,
    moved_to,
    vertical_pt,
)
from esign_desktop.domain.preset.edits import RoleKind, add_role, with_other_document
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner, SignerId
from tests.open_files import keep_open_files
from tests.services.counter_desk import CounterDesk, make_form
from tests.services.presets.test_earlier_presets import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.contract.edits import AnyContract
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer

Edit: TypeAlias = "Callable[[Any], Any]"
"""Takes a contract or a preset, and returns it edited."""

NOWHERE = Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CounterDesk]:
    one = CounterDesk(tmp_path / "desk", NOWHERE)
    yield one
    one.close()


@pytest.fixture
def preset(desk: CounterDesk, tmp_path: Path) -> Preset:
    made = desk.make_preset(tmp_path / "form", signers=2, branch=True)
    roles = tuple(
        with_role(role, title) for role, title in zip(made.signers, ("借款人", "担保人", "贷款人"), strict=True)
    )
    desk.presets.assign_key(made.id, 4)
    return desk.presets.save_edited(replace(made, signers=roles, function_key=4), NOWHERE)


def test_a_preset_is_taken_back_where_open_files_are_not_replaced(
    desk: CounterDesk, preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out = desk.layouts.lay_out(preset)
    keep_open_files(monkeypatch)
    assert desk.layouts.save(laid_out, laid_out.draft, NOWHERE) == preset


def test_a_preset_that_was_only_laid_out_is_the_same_again(desk: CounterDesk, preset: Preset) -> None:
    laid_out = desk.layouts.lay_out(preset)
    titles = [signer.role for signer in laid_out.draft.signers if isinstance(signer, OpenSigner)]
    assert titles == ["借款人", "担保人"]

    back = desk.layouts.save(laid_out, laid_out.draft, NOWHERE)

    assert back == preset
    assert desk.presets.list() == (preset,)


@pytest.fixture(params=["个人借款", "员工通知", "edited"])
def featured(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[CounterDesk, Preset]]:
    """Yield a desk with a preset: one of an earlier version, or one with the features that the earlier ones lack."""
    unpack("desk.zip", tmp_path / "desk")
    desk = CounterDesk(tmp_path / "desk", NOWHERE)
    presets = {preset.name: preset for preset in desk.presets.list()}
    if request.param == "edited":
        presets["edited"] = desk.presets.save(edited_from(presets["个人借款"], presets["员工通知"]))
    yield desk, presets[request.param]
    desk.close()


def edited_from(preset: Preset, other: Preset) -> Preset:
    """Return a preset with gaps in its ids, two documents, an open organization, and no title."""
    preset = edits.remove_signer(preset, preset.signers[1].id)
    preset = add_role(add_role(preset, RoleKind.CUSTOMER_ORGANIZATION), RoleKind.STAFF)
    free, staff = preset.signers[-2:]
    document = replace(other.documents[0], id=DocumentId("document 7"))
    free = replace(with_role(free, "共同借款人"), terms=replace(free.terms, free_documents=(document.id,)))
    return replace(
        preset,
        id=PresetId("edited"),
        name="改过",
        documents=(document, *preset.documents),
        signers=(free, *preset.signers[:-2], staff),
        placements=(
            KeywordPlacement(PlacementId("seal 99"), staff.id, document.id, "借款人(签字)", confirmed_hits=1),
            CrossPagePlacement(PlacementId("seal 98"), free.id, document.id, PageRanges.all_of(3), 300.0),
            *preset.placements,
        ),
        options=replace(preset.options, business_scene="", payer=SignerParty(free.id)),
        is_ordered=False,
        function_key=None,
    )


def test_no_preset_changes_by_being_laid_out(featured: tuple[CounterDesk, Preset]) -> None:
    desk, preset = featured
    laid_out = desk.layouts.lay_out(preset)
    assert desk.layouts.save(laid_out, laid_out.draft, NOWHERE) == preset


def test_an_edit_changes_its_own_part_of_a_preset(featured: tuple[CounterDesk, Preset]) -> None:
    desk, preset = featured
    removals: list[Edit] = [partial(without_seal, index) for index in range(len(preset.placements))]
    for edit in (*SMALL_EDITS, *removals):
        laid_out = desk.layouts.lay_out(preset)
        assert desk.layouts.save(laid_out, edit(laid_out.draft), NOWHERE) == edit(preset)
        desk.presets.save(preset)


def test_a_moved_seal_changes_alone_with_its_points_at_the_matches(featured: tuple[CounterDesk, Preset]) -> None:
    desk, preset = featured
    for index, before in enumerate(preset.placements):
        laid_out = desk.layouts.lay_out(preset)
        back = desk.layouts.save(laid_out, with_higher_seal(index, laid_out.draft), NOWHERE)
        after, expected = back.placements[index], with_higher_seal(index, preset).placements[index]
        if isinstance(after, KeywordPlacement) and isinstance(before, KeywordPlacement) and before.confirmed_hits:
            assert len(after.fallbacks) == before.confirmed_hits
            expected = replace(after, offset_y_pt=before.offset_y_pt + 5.0)
        assert after == expected
        others = [place for place in back.placements if place is not after]
        assert others == [place for place in preset.placements if place is not before]
        assert replace(back, placements=preset.placements) == preset
        desk.presets.save(preset)


def with_higher_seal(index: int, contract: AnyContract) -> AnyContract:
    seal = contract.placements[index]
    return edits.update_placement(contract, moved_to(seal, y_pt=vertical_pt(seal) + 5.0))


def without_seal(index: int, contract: AnyContract) -> AnyContract:
    return edits.remove_placements(contract, {contract.placements[index].id})


def with_other_order(contract: AnyContract) -> AnyContract:
    return replace(contract, is_ordered=not contract.is_ordered)


def with_other_deadline(contract: AnyContract) -> AnyContract:
    return replace(contract, options=replace(contract.options, deadline=SignWithin(60_000)))


def with_other_document_name(contract: AnyContract) -> AnyContract:
    return edits.update_document(contract, replace(contract.documents[0], name="新名"))


def with_silent_signer(contract: AnyContract) -> AnyContract:
    signer = contract.signers[-1]
    return edits.update_signer(contract, replace(signer, terms=replace(signer.terms, is_silent=True)))


def with_signers_reversed(contract: AnyContract) -> AnyContract:
    return replace(contract, signers=contract.signers[::-1])


SMALL_EDITS: Final[tuple[Edit, ...]] = (
    with_other_order,
    with_other_deadline,
    with_other_document_name,
    with_silent_signer,
    with_signers_reversed,
)


def test_a_new_signer_takes_the_number_of_no_signer_who_was_removed(desk: CounterDesk, preset: Preset) -> None:
    laid_out = desk.layouts.lay_out(preset)
    draft = edits.remove_signer(laid_out.draft, laid_out.draft.signers[0].id)
    witness = PersonSigner(SignerId("witness"), Person("王经办", account_id="account-1"))
    back = desk.layouts.save(laid_out, edits.add_signer(draft, witness), NOWHERE)
    assert [signer.id for signer in preset.signers] == ["role 1", "role 2", "role 3"]
    assert [signer.id for signer in back.signers] == ["role 2", "role 3", "role 4"]


def test_new_signers_join_a_preset_as_they_are(desk: CounterDesk, preset: Preset) -> None:
    laid_out = desk.layouts.lay_out(preset)
    company = OpenSigner(SignerId("company"), "共有人", kind=AccountKind.ORGANIZATION)
    clerk = PersonSigner(SignerId("clerk"), Person("王经办", mobile="13800000000"))
    draft = edits.add_signer(edits.add_signer(laid_out.draft, company), clerk)

    back = desk.layouts.save(laid_out, draft, NOWHERE)

    assert back.signers[: len(preset.signers)] == preset.signers
    new, known = back.signers[len(preset.signers) :]
    assert new == replace(company, id=new.id, terms=draft.signers[-2].terms)
    assert isinstance(known, PersonSigner)
    person = replace(clerk.person, third_id=known.person.third_id)
    assert known == replace(clerk, id=known.id, terms=draft.signers[-1].terms, person=person)


def test_a_seal_that_was_moved_on_the_page_is_moved_in_the_preset(desk: CounterDesk, preset: Preset) -> None:
    laid_out = desk.layouts.lay_out(preset)

    def moved(draft: ContractDraft) -> ContractDraft:
        return replace(
            draft,
            placements=tuple(
                replace(place, center=place.center.moved(12.0, -7.0))
                if isinstance(place, CoordinatePlacement)
                else place
                for place in draft.placements
            ),
        )

    back = desk.layouts.save(laid_out, moved(laid_out.draft), NOWHERE)

    (before,) = (place for place in preset.placements if isinstance(place, CoordinatePlacement))
    (after,) = (place for place in back.placements if isinstance(place, CoordinatePlacement))
    assert after.center == before.center.moved(12.0, -7.0)
    assert back.id == preset.id
    assert isinstance(back.signers[0], OpenSigner)
    assert isinstance(back.signers[2], OrganizationSigner)
    assert desk.presets.get(preset.id).function_key == 4


def with_role(signer: Signer, role: str) -> Signer:
    return signer if isinstance(signer, ApplicationSigner) else replace(signer, role=role)


def form_preset(desk: CounterDesk, preset: Preset) -> Preset:
    """Save and return the preset with its document made from a template, with a table at the end."""
    guarantor = preset.customers[1].id
    fields = (
        FormField("姓名", CustomerDatum.NAME, guarantor),
        FormField("金额", CustomerDatum.TYPED, label="借款金额"),
        FormField("地点", text="上海"),
    )
    template = TemplateFilling("t-1", blocks=(AddedTable((("第一期",),)),), preset_fields=fields)
    document = preset.documents[0].created_from(template)
    document = replace(document, pages=(*document.pages, FRAME))
    return desk.presets.save_edited(replace(preset, documents=(document,)), NOWHERE)


def test_a_form_is_laid_out_with_its_fields_and_is_the_same_again(desk: CounterDesk, preset: Preset) -> None:
    kept = form_preset(desk, preset)
    laid_out = desk.layouts.lay_out(kept)
    template = laid_out.draft.documents[0].template
    assert template is not None
    assert template.added_pages == 1
    assert template.preset_fields[0].role_id == laid_out.draft.signers[1].id
    assert desk.layouts.save(laid_out, laid_out.draft, NOWHERE) == kept

    draft = edits.remove_signer(laid_out.draft, laid_out.draft.signers[1].id)
    back = desk.layouts.save(laid_out, draft, NOWHERE)
    assert [field.role_id for field in back.form_fields] == [None, None, None]


def test_a_value_that_was_typed_on_the_page_is_fixed_text(desk: CounterDesk, preset: Preset) -> None:
    laid_out = desk.layouts.lay_out(preset)
    fields = (FormField("金额", CustomerDatum.TYPED), FormField("地点", CustomerDatum.TYPED))
    filling = TemplateFilling("t-2", (("地点", "上海"),), wanted=(WantedField("金额"),), preset_fields=fields)
    form = replace(laid_out.draft.documents[0].created_from(filling), id=DocumentId("form"))
    seal = replace(laid_out.draft.placements[0], id=PlacementId("more"), document_id=form.id)
    draft = edits.place(edits.add_documents(laid_out.draft, (form,)), seal)
    back = desk.layouts.save(laid_out, draft, NOWHERE)
    assert back.documents[0] == preset.documents[0]
    assert tuple(back.form_fields) == (fields[0], FormField("地点", text="上海"))
    assert back.home is not None


def test_fallback_points_that_were_set_on_the_page_are_kept(desk: CounterDesk, preset: Preset) -> None:
    laid_out = desk.layouts.lay_out(preset)
    seal = laid_out.draft.placements[0]
    assert isinstance(seal, KeywordPlacement)
    points = (FallbackPoint(PageRanges.single(2), PagePoint(100.0, 100.0)),)
    moved = moved_to(replace(seal, fallbacks=points), y_pt=seal.offset_y_pt + 5.0)
    back = desk.layouts.save(laid_out, edits.update_placement(laid_out.draft, moved), NOWHERE)
    after = back.placements[0]
    assert isinstance(after, KeywordPlacement)
    assert after.fallbacks == points


def test_a_preset_whose_file_is_gone_is_laid_out_for_another_file(
    desk: CounterDesk, preset: Preset, tmp_path: Path
) -> None:
    (path,) = desk.presets.paths_of(preset)
    path.unlink()
    laid_out = desk.layouts.lay_out(preset)
    (document,) = laid_out.draft.documents
    assert (document.path, document.pages) == (str(path), preset.documents[0].pages)
    with pytest.raises(InputError) as caught:
        desk.layouts.save(laid_out, replace(laid_out.draft, placements=()), NOWHERE)
    assert caught.value.code == "document.missing"
    other = replace(desk.documents.open(make_form(tmp_path / "again.pdf")), name=document.name)
    draft = replace(
        laid_out.draft,
        documents=(other,),
        placements=tuple(replace(place, document_id=other.id) for place in laid_out.draft.placements),
    )
    assert desk.presets.documents_of(desk.layouts.save(laid_out, draft, NOWHERE))


def test_the_pdfs_of_a_preset_that_is_edited_stay_until_it_is_no_longer_edited(
    desk: CounterDesk, preset: Preset
) -> None:
    laid_out = desk.layouts.lay_out(preset)
    desk.presets.delete(preset.id)
    assert desk.layouts.save(laid_out, laid_out.draft, NOWHERE) == preset
    desk.presets.delete(preset.id)
    desk.layouts.end(laid_out)
    desk.presets.sweep()
    assert not any(path.exists() for path in desk.presets.paths_of(preset))


def test_a_new_keyword_is_counted_in_the_kept_file(desk: CounterDesk, preset: Preset) -> None:
    place = preset.placements[0]
    assert isinstance(place, KeywordPlacement)
    other = replace(place, keyword="第一条", confirmed_hits=None, fallbacks=())
    (kept,) = desk.presets.save_edited(replace(preset, placements=(other,)), NOWHERE).placements
    assert isinstance(kept, KeywordPlacement)
    assert kept.confirmed_hits == 1
    assert [fallback.pages.first for fallback in kept.fallbacks] == [1]


def test_a_new_version_of_the_file_keeps_the_seals(desk: CounterDesk, preset: Preset, tmp_path: Path) -> None:
    laid_out = desk.layouts.lay_out(preset)
    document = laid_out.draft.documents[0]
    opened = desk.documents.open(make_form(tmp_path / "new.pdf", mark="新版"))
    other = replace(opened, name=document.name)
    kept = desk.layouts.save(laid_out, with_other_document(laid_out.draft, document.id, other), NOWHERE)
    assert [place.signer_id for place in kept.placements] == [place.signer_id for place in preset.placements]
    assert kept.documents[0].sha256 == opened.sha256 != preset.documents[0].sha256
    assert desk.presets.documents_of(kept)[0].path.endswith(".pdf")


def test_a_preset_whose_file_is_gone_is_not_kept(desk: CounterDesk, preset: Preset) -> None:
    (path,) = desk.presets.paths_of(preset)
    path.unlink()
    with pytest.raises(InputError) as caught:
        desk.presets.save_edited(replace(preset, name="新名"), NOWHERE)
    assert caught.value.code == "document.missing"
    assert desk.presets.get(preset.id) == preset


def test_a_template_that_is_new_to_a_preset_is_of_the_environment_where_it_was_entered(
    desk: CounterDesk, preset: Preset
) -> None:
    document = preset.documents[0].created_from(TemplateFilling("t"))
    kept = desk.presets.save_edited(replace(preset, documents=(document,)), NOWHERE)
    assert kept.home is not None
    elsewhere = replace(NOWHERE, project_id="another")
    assert desk.presets.save_edited(replace(kept, name="新名"), elsewhere).home == kept.home
    document = document.created_from(TemplateFilling("u"))
    renewed = desk.presets.save_edited(replace(kept, documents=(document,)), elsewhere)
    assert renewed.home is not None
    assert renewed.home.project_id == "another"


def test_what_was_changed_beside_an_edit_stays_and_two_changes_of_the_same_are_told(
    desk: CounterDesk, preset: Preset
) -> None:
    staff = preset.signers[2]
    assert isinstance(staff, OrganizationSigner)
    agent = replace(staff.agent, name="新经办")
    # In the list meanwhile: another name and key, and who acts for the branch.
    desk.presets.save(
        replace(preset, name="新名", signers=(*preset.signers[:2], replace(staff, agent=agent)), function_key=None)
    )
    desk.presets.assign_key(preset.id, 7)
    options = replace(preset.options, business_scene="借款合同")
    titled = with_role(preset.signers[0], "借款人一")
    edited = replace(preset, options=options, signers=(titled, *preset.signers[1:]))
    kept = desk.presets.save_edited(edited, NOWHERE, preset)
    assert (kept.name, kept.function_key, kept.options) == ("新名", 7, options)
    assert kept.signers[0] == titled
    assert isinstance(kept.signers[2], OrganizationSigner)
    assert kept.signers[2].agent.name == "新经办"
    assert desk.presets.get(preset.id) == kept

    # Its pages were edited in Prepare, and its options in its window.
    laid_out = desk.layouts.lay_out(kept)
    now = desk.presets.save_edited(replace(kept, options=preset.options), NOWHERE, kept)
    moved = replace(laid_out.draft, placements=laid_out.draft.placements[:-1])
    with pytest.raises(InputError) as caught:
        desk.layouts.save(laid_out, moved, NOWHERE)
    assert caught.value.code == "preset.edited_meanwhile"
    # A seal of somebody who was taken out meanwhile.
    left = tuple(place for place in now.placements if place.signer_id != now.signers[0].id)
    alone = replace(now, signers=now.signers[1:], placements=left)
    desk.presets.save_edited(alone, NOWHERE, now)
    with pytest.raises(InputError) as caught:
        desk.presets.save_edited(replace(now, is_ordered=not now.is_ordered), NOWHERE, now)
    assert caught.value.code == "preset.edited_meanwhile"
    assert desk.presets.get(preset.id).signers == alone.signers
