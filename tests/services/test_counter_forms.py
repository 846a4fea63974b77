"""Contracts at the counter whose form fields the platform fills in, against the rehearsal platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset import CustomerDatum, FormField, PlatformTemplate
from esign_desktop.services.counter import CounterState
from tests.services.counter_desk import ZHANG, CounterDesk
from tests.services.template_files import make_template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.preset import Preset
    from tests.services.rehearsal import RehearsalPlatform

FIELDS = (
    FormField("borrower", CustomerDatum.NAME),
    FormField("number", CustomerDatum.ID_NUMBER),
    FormField("phone", CustomerDatum.MOBILE),
    FormField("amount", CustomerDatum.TYPED),
    FormField("purpose", CustomerDatum.TYPED),
    FormField("place", text="上海"),
)


@pytest.fixture
def desk(tmp_path: Path, platform: RehearsalPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


def make_form_preset(desk: CounterDesk, folder: Path) -> Preset:
    """Make a preset whose document the platform makes of a template."""
    preset = desk.make_preset(folder)
    names = [field.name for field in FIELDS]
    template_id = make_template(desk.client_for(desk.environment), folder / "template.pdf", names)
    seal = replace(preset.seals[0], placement=preset.seals[0].fallbacks[0], fallbacks=())
    document = replace(preset.documents[0], source=PlatformTemplate(template_id, FIELDS))
    return desk.presets.save_edited(replace(preset, documents=(document,), seals=(seal,)), desk.environment)


def test_signed_file_holds_what_was_entered_and_what_was_typed(
    desk: CounterDesk, platform: RehearsalPlatform, tmp_path: Path
) -> None:
    preset = make_form_preset(desk, tmp_path)
    assert preset.home is not None
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    assert desk.counter.view.next_question == "amount"
    assert desk.counter.answer("  50,000   yuan ").next_question == "purpose"
    assert desk.counter.answer("装修").is_complete

    view = desk.counter.send()

    assert (view.state, view.error) == (CounterState.SHOWING, None)
    platform.sign(view.link)
    assert desk.counter.refresh().state is CounterState.SIGNED
    (path,) = desk.counter.save_files(tmp_path / "signed")
    signed = desk.documents.open(path)
    for text in ("张三", "110101199003078515", "13800000000", "50,000 yuan", "装修", "上海"):
        assert desk.documents.find(signed.id, text), text
    kept = desk.all_bytes()
    for secret in ("110101199003078515", "50,000 yuan", "装修"):
        assert secret.encode() not in kept


def test_a_preset_with_questions_is_not_sent_before_they_are_answered(desk: CounterDesk, tmp_path: Path) -> None:
    desk.counter.choose(make_form_preset(desk, tmp_path).id)
    with pytest.raises(InputError) as caught:
        desk.counter.answer("50,000")
    assert caught.value.code == "counter.not_ready"
    desk.counter.enter(ZHANG)
    with pytest.raises(InputError) as caught:
        desk.counter.answer("  ")
    assert caught.value.code == "counter.no_answer"
    with pytest.raises(InputError) as caught:
        desk.counter.send()
    assert caught.value.code == "counter.not_ready"


def test_what_was_typed_goes_with_the_customer_and_comes_again_with_a_renewal(
    desk: CounterDesk, platform: RehearsalPlatform, tmp_path: Path
) -> None:
    preset = make_form_preset(desk, tmp_path)
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    desk.counter.answer("50,000")
    desk.counter.answer("装修")
    first = desk.counter.send()
    assert desk.counter.renew().link not in {"", first.link}
    (flow,) = (flow for flow in platform.flows(preset.title) if flow.status == 1)
    (tmp_path / "made.pdf").write_bytes(platform.document_bytes(flow.document_ids[0]))
    assert desk.documents.find(desk.documents.open(tmp_path / "made.pdf").id, "50,000")
    view = desk.counter.revoke_and_clear()
    assert view.answers == (("amount", ""), ("purpose", ""))
