"""Contracts at the counter whose form fields the platform fills in, against the rehearsal platform."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api import wire
from esign_desktop.api.exchange import RawAnswer
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.services.counter.states import CounterState
from tests.services.counter_desk import LI, ZHANG, CounterDesk
from tests.services.template_files import make_template

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.counter.values import CounterView
    from tests.services.sandbox_platform import SandboxPlatform

KEYWORD_NOT_FOUND = "preset.keyword_not_found"
FIELDS = (
    FormField("borrower", CustomerDatum.NAME),
    FormField("number", CustomerDatum.ID_NUMBER),
    FormField("phone", CustomerDatum.MOBILE),
    FormField("amount", CustomerDatum.TYPED),
    FormField("purpose", CustomerDatum.TYPED),
    FormField("place", text="上海"),
)


def make_form_preset(desk: CounterDesk, folder: Path) -> Preset:
    """Make a preset whose document the platform makes of a template."""
    preset = desk.make_preset(folder)
    names = [field.name for field in FIELDS]
    template_id = make_template(desk.client_for(desk.environment), folder / "template.pdf", names)
    (keyword,) = preset.placements
    assert isinstance(keyword, KeywordPlacement)
    document = preset.documents[0].created_from(TemplateFilling(template_id, preset_fields=FIELDS))
    return desk.presets.save_edited(
        replace(preset, documents=(document,), placements=keyword.fallback_placements), desk.environment
    )


def answer_everything(desk: CounterDesk, folder: Path) -> Preset:
    preset = make_form_preset(desk, folder)
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    desk.counter.answer("50,000")
    desk.counter.answer("装修")
    return preset


def asked_now(view: CounterView) -> tuple[str, AnswerKind]:
    assert view.next_question is not None
    return view.next_question.label, view.next_question.kind


def test_signed_file_holds_what_was_entered_and_what_was_typed(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = make_form_preset(desk, tmp_path)
    assert preset.home is not None
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    assert asked_now(desk.counter.view) == ("Amount", AnswerKind.AMOUNT)
    assert asked_now(desk.counter.answer("  50,000   yuan ")) == ("Purpose", AnswerKind.TEXT)
    assert desk.counter.answer("装修").is_complete

    view = desk.counter.send()

    assert (view.state, view.error) == (CounterState.SHOWING, None)
    platform.sign(view.link)
    assert desk.counter.refresh().state is CounterState.SIGNED
    (path,) = desk.counter.save_files(tmp_path / "signed")
    signed = desk.documents.open(path)
    for text in ("张三", "110101199003078515", "13800000000", "50,000", "装修", "上海"):
        assert desk.documents.find(signed.id, text), text
    kept = desk.all_bytes()
    for secret in ("110101199003078515", "50,000", "装修"):
        assert secret.encode() not in kept


def test_a_preset_with_questions_is_not_sent_before_they_are_answered(desk: CounterDesk, tmp_path: Path) -> None:
    desk.counter.choose(make_form_preset(desk, tmp_path).id)
    with pytest.raises(InputError) as caught:
        desk.counter.answer("50,000")
    assert caught.value.code == "counter.not_ready"
    desk.counter.enter(ZHANG)
    with pytest.raises(InputError) as caught:
        desk.counter.answer("  ")
    assert caught.value.code == "answer.empty"
    with pytest.raises(InputError) as caught:
        desk.counter.send()
    assert caught.value.code == "counter.not_ready"


def test_what_was_typed_goes_with_the_customer_and_comes_again_with_a_renewal(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = answer_everything(desk, tmp_path)
    first = desk.counter.send()
    assert desk.counter.renew().link not in {"", first.link}
    (flow,) = (flow for flow in platform.flows(preset.title) if flow.status == 1)
    (tmp_path / "made.pdf").write_bytes(platform.document_bytes(flow.document_ids[0]))
    assert desk.documents.find(desk.documents.open(tmp_path / "made.pdf").id, "50,000")
    view = desk.counter.revoke_and_clear()
    assert [one.value for one in view.asked] == [None, None]


PASSPORT_FIELDS = (FormField("borrower", CustomerDatum.NAME), FormField("phone", CustomerDatum.MOBILE))


def without_phone(desk: CounterDesk, preset: Preset, *, is_required: bool) -> Preset:
    (document,) = preset.documents
    assert document.template is not None
    fields = (PASSPORT_FIELDS[0], replace(PASSPORT_FIELDS[1], is_required=is_required))
    document = replace(document, template=replace(document.template, preset_fields=fields))
    return desk.presets.save_edited(replace(preset, documents=(document,)), desk.environment)


def test_what_the_customers_line_does_not_tell_is_asked_for(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = without_phone(desk, make_form_preset(desk, tmp_path), is_required=True)
    desk.counter.choose(preset.id)
    desk.counter.enter("张三 110101199003078515")
    assert asked_now(desk.counter.view)[0] == "Phone"
    with pytest.raises(InputError) as caught:
        desk.counter.send()
    assert caught.value.code == "counter.not_ready"
    desk.counter.answer("无手机")

    assert desk.counter.send().state is CounterState.SHOWING
    (flow,) = platform.flows(preset.title)
    (tmp_path / "made.pdf").write_bytes(platform.document_bytes(flow.document_ids[0]))
    assert desk.documents.find(desk.documents.open(tmp_path / "made.pdf").id, "无手机")


def test_what_may_stay_empty_is_not_asked_for(desk: CounterDesk, tmp_path: Path) -> None:
    preset = without_phone(desk, make_form_preset(desk, tmp_path), is_required=False)
    desk.counter.choose(preset.id)
    desk.counter.enter("张三 110101199003078515")
    assert desk.counter.view.is_complete
    assert desk.counter.send().state is CounterState.SHOWING


def test_a_preset_whose_seal_has_no_place_is_not_taken_up(desk: CounterDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path, branch=True)
    keyword, branch = preset.placements
    assert isinstance(keyword, KeywordPlacement)
    for placements, code in (
        ((keyword,), "preset.seal_missing"),
        ((replace(keyword, confirmed_hits=0, fallbacks=()), branch), KEYWORD_NOT_FOUND),
        ((replace(keyword, confirmed_hits=None), branch), "preset.keyword_unchecked"),
    ):
        desk.presets.save(replace(preset, placements=placements))
        with pytest.raises(InputError) as caught:
            desk.counter.choose(preset.id)
        assert caught.value.code == code


def test_a_keyword_that_is_nowhere_gives_way_to_its_points(desk: CounterDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path)
    (place,) = preset.placements
    assert isinstance(place, KeywordPlacement)
    nowhere = replace(place, keyword="没有这个词", confirmed_hits=None)
    kept = desk.presets.save_edited(replace(preset, placements=(nowhere,)), desk.environment)
    desk.counter.choose(kept.id)
    desk.counter.enter(ZHANG)
    view = desk.counter.send()
    assert view.state is CounterState.SHOWING
    assert view.submission_id is not None
    draft = desk.submission.contract(view.submission_id)
    assert [type(one) for one in draft.placements] == [CoordinatePlacement]


def test_an_answer_about_another_customers_form_is_not_taken_for_this_one(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = answer_everything(desk, tmp_path)
    desk.counter.send()
    (flow,) = platform.flows(preset.title)
    answer = {"errCode": 0, "msg": "", "data": {"docId": flow.document_ids[0], "docUrl": "https://example.invalid/d"}}
    stale = RawAnswer(200, json.dumps(answer).encode())
    client_type = type(desk.client_for(platform.environment))
    post = client_type.post
    monkeypatch.setattr(
        client_type,
        "post",
        lambda self, path, body, **more: (
            stale if path == wire.CREATE_FROM_TEMPLATE_PATH else post(self, path, body, **more)
        ),
    )
    desk.counter.revoke_and_clear()
    desk.counter.enter(LI)
    desk.counter.answer("1")
    desk.counter.answer("买车")

    view = desk.counter.send()

    assert view.state is CounterState.PAUSED
    assert view.error is not None
    assert view.error.code == "api.protocol"
    assert len(platform.flows(preset.title)) == 1


@pytest.mark.parametrize("text", ["12 months", "12万", "1.234", "0"])
def test_what_is_no_amount_is_refused(desk: CounterDesk, tmp_path: Path, text: str) -> None:
    desk.counter.choose(make_form_preset(desk, tmp_path).id)
    desk.counter.enter(ZHANG)
    with pytest.raises(InputError) as caught:
        desk.counter.answer(text)
    assert caught.value.code == "answer.no_amount"
    assert asked_now(desk.counter.view)[0] == "Amount"


def test_going_back_brings_each_line_again(desk: CounterDesk, tmp_path: Path) -> None:
    desk.counter.choose(make_form_preset(desk, tmp_path).id)
    desk.counter.enter(ZHANG)
    desk.counter.answer("50,000")
    assert asked_now(desk.counter.step_back("装"))[0] == "Amount"
    assert desk.counter.typed_before == "50,000"
    assert desk.counter.step_back("60,000").next_role is not None
    assert desk.counter.typed_before == ZHANG
    desk.counter.enter(ZHANG)
    assert desk.counter.typed_before == "60,000"
    desk.counter.answer("60,000")
    assert desk.counter.typed_before == "装"


def test_what_the_platform_made_otherwise_is_shown_to_no_customer(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = answer_everything(desk, tmp_path)
    platform.set_faults({"path": "/doc/createbytemplate", "fault": "fill_wrongly", "values": {"amount": "90,000"}})

    view = desk.counter.send()

    assert (view.state, view.link) == (CounterState.PAUSED, "")
    assert view.error is not None
    assert view.error.code == "submission.made_differs"
    assert platform.flows(preset.title) == ()
    # Pressing on changes nothing; somebody has to look at it.
    assert desk.counter.retry().state is CounterState.PAUSED
    (waiting,) = desk.submission.unfinished()
    desk.submission.accept_made(waiting.id)
    assert desk.counter.retry().state is CounterState.SHOWING


def test_what_the_platform_made_otherwise_is_given_up_at_the_counter(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = answer_everything(desk, tmp_path)
    platform.set_faults({"path": "/doc/createbytemplate", "fault": "fill_wrongly", "values": {"amount": "90,000"}})
    desk.counter.send()

    view = desk.counter.revoke_and_clear()

    assert view.state is CounterState.READY
    assert desk.submission.unfinished() == ()
    assert platform.flows(preset.title) == ()
