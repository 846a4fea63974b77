from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import Person
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement
from esign_desktop.domain.preset.edits import with_title
from esign_desktop.domain.signer import OpenSigner, OrganizationSigner, PersonSigner, SignerId, role_of, with_party
from esign_desktop.store.codec import preset_to_json
from tests.open_files import keep_open_files
from tests.services.counter_desk import CounterDesk, make_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.preset.preset import Preset

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
        with_title(role, title) for role, title in zip(made.signers, ("借款人", "担保人", "贷款人"), strict=True)
    )
    desk.presets.assign_key(made.id, 4)
    return desk.presets.save_edited(replace(made, signers=roles, function_key=4), NOWHERE)


def test_a_preset_is_taken_back_where_open_files_are_not_replaced(
    desk: CounterDesk, preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out = desk.presets.lay_out(preset)
    keep_open_files(monkeypatch)
    assert desk.presets.take_back(laid_out, laid_out.draft, NOWHERE) == preset


def test_a_preset_that_was_only_laid_out_is_the_same_again(desk: CounterDesk, preset: Preset) -> None:
    laid_out = desk.presets.lay_out(preset)
    titles = [signer.role for signer in laid_out.draft.signers if isinstance(signer, OpenSigner)]
    assert titles == ["借款人", "担保人"]

    back = desk.presets.take_back(laid_out, laid_out.draft, NOWHERE)

    assert back == preset
    assert desk.presets.list() == (preset,)


def test_a_customer_who_is_filled_in_on_the_page_stays_open_and_a_new_person_joins(
    desk: CounterDesk, preset: Preset
) -> None:
    laid_out = desk.presets.lay_out(preset)
    first, *others = laid_out.draft.signers
    assert isinstance(first, OpenSigner)
    nameless = OpenSigner(first.id, terms=first.terms)
    filled = with_party(nameless, Person("张三", id_number="110101199003071234"))
    witness, partner, clerk = (
        PersonSigner(SignerId("witness"), Person("见证人")),
        PersonSigner(SignerId("partner"), Person("李四"), role="共有人"),
        PersonSigner(SignerId("clerk"), Person("王经办", account_id="account-1")),
    )

    signers = (filled, *others, witness, partner, clerk)
    back = desk.presets.take_back(laid_out, replace(laid_out.draft, signers=signers), NOWHERE)

    assert back.signers[0] == OpenSigner(preset.signers[0].id, terms=first.terms)
    assert {role_of(signer) for signer in back.customers} == {"", "担保人", "见证人", "共有人"}
    kept = preset_to_json(back).encode("ascii").decode("unicode-escape")
    assert "张三" not in kept
    assert "李四" not in kept
    assert isinstance(back.signers[-1], PersonSigner)


def test_a_seal_that_was_moved_on_the_page_is_moved_in_the_preset(desk: CounterDesk, preset: Preset) -> None:
    laid_out = desk.presets.lay_out(preset)

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

    back = desk.presets.take_back(laid_out, moved(laid_out.draft), NOWHERE)

    (before,) = (place for place in preset.placements if isinstance(place, CoordinatePlacement))
    (after,) = (place for place in back.placements if isinstance(place, CoordinatePlacement))
    assert after.center == before.center.moved(12.0, -7.0)
    assert back.id == preset.id
    assert isinstance(back.signers[0], OpenSigner)
    assert isinstance(back.signers[2], OrganizationSigner)
    assert desk.presets.get(preset.id).function_key == 4


def test_a_template_has_no_pages_to_lay_out(desk: CounterDesk, preset: Preset) -> None:
    document = preset.documents[0].created_from(TemplateFilling("t"))
    with pytest.raises(InputError) as caught:
        desk.presets.lay_out(replace(preset, documents=(document,)))
    assert caught.value.code == "preset.has_no_pages"


def test_a_new_keyword_is_counted_in_the_kept_file(desk: CounterDesk, preset: Preset) -> None:
    place = preset.placements[0]
    assert isinstance(place, KeywordPlacement)
    other = replace(place, keyword="第一条", confirmed_hits=None, fallbacks=())
    (kept,) = desk.presets.save_edited(replace(preset, placements=(other,)), NOWHERE).placements
    assert isinstance(kept, KeywordPlacement)
    assert kept.confirmed_hits == 1
    assert [fallback.pages.first for fallback in kept.fallbacks] == [1]


def test_a_new_version_of_the_file_stays_until_it_is_kept_or_let_go(
    desk: CounterDesk, preset: Preset, tmp_path: Path
) -> None:
    _document, stored = desk.presets.pdfs.borrow(make_form(tmp_path / "new.pdf", mark="新版"))
    other = desk.make_preset(tmp_path / "other")
    desk.presets.save(other)
    changed = replace(stored, id=preset.documents[0].id, name=preset.documents[0].name)
    kept = desk.presets.save_edited(replace(preset, documents=(changed,)), NOWHERE)
    assert kept.placements == preset.placements
    assert desk.presets.documents_of(kept)[0].path.endswith(".pdf")
    desk.presets.pdfs.let_go()
    desk.presets.save(other)
    assert desk.presets.documents_of(desk.presets.get(preset.id))


def test_a_preset_whose_file_is_gone_is_not_kept(desk: CounterDesk, preset: Preset, tmp_path: Path) -> None:
    _document, stored = desk.presets.pdfs.borrow(make_form(tmp_path / "new.pdf", mark="新版"))
    desk.presets.pdfs.let_go()
    desk.presets.save(preset)
    changed = replace(stored, id=preset.documents[0].id, name=preset.documents[0].name)
    with pytest.raises(InputError) as caught:
        desk.presets.save_edited(replace(preset, documents=(changed,)), NOWHERE)
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
    titled = with_title(preset.signers[0], "借款人一")
    edited = replace(preset, options=options, signers=(titled, *preset.signers[1:]))
    kept = desk.presets.save_edited(edited, NOWHERE, preset)
    assert (kept.name, kept.function_key, kept.options) == ("新名", 7, options)
    assert kept.signers[0] == titled
    assert isinstance(kept.signers[2], OrganizationSigner)
    assert kept.signers[2].agent.name == "新经办"
    assert desk.presets.get(preset.id) == kept

    # Its pages were edited in Prepare, and its options in its window.
    laid_out = desk.presets.lay_out(kept)
    now = desk.presets.save_edited(replace(kept, options=preset.options), NOWHERE, kept)
    moved = replace(laid_out.draft, placements=laid_out.draft.placements[:-1])
    with pytest.raises(InputError) as caught:
        desk.presets.take_back(laid_out, moved, NOWHERE)
    assert caught.value.code == "preset.edited_meanwhile"
    # A seal of somebody who was taken out meanwhile.
    left = tuple(place for place in now.placements if place.signer_id != now.signers[0].id)
    alone = replace(now, signers=now.signers[1:], placements=left)
    desk.presets.save_edited(alone, NOWHERE, now)
    with pytest.raises(InputError) as caught:
        desk.presets.save_edited(replace(now, is_ordered=not now.is_ordered), NOWHERE, now)
    assert caught.value.code == "preset.edited_meanwhile"
    assert desk.presets.get(preset.id).signers == alone.signers
