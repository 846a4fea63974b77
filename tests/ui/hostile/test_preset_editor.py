"""What is beside the pages of a preset that is edited: all names are the text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.document import DocumentId, TemplateFilling
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.preset.checks import check_preset
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.preset import Preset, PresetHome, PresetId
from esign_desktop.services.editing.session import ContractSession
from esign_desktop.ui.prepare.tools.state import Selection
from esign_desktop.ui.presets.fallbacks import FallbackPane
from esign_desktop.ui.presets.fields import FieldsPane
from esign_desktop.ui.presets.strip import PresetStrip
from esign_desktop.ui.text.preset import problem_sentence
from tests.services.counter_desk import CounterDesk
from tests.services.desk import clock_ms
from tests.ui.hostile.presets import hostile_preset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.hostile.conftest import Look

TEST = Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CounterDesk]:
    one = CounterDesk(tmp_path / "desk", TEST)
    yield one
    one.close()


def with_papers(text: str, real: Preset) -> Preset:
    """Return a preset with the real one's PDF, a template beside it, and all names the text."""
    named = hostile_preset(text)
    customers = tuple(replace(role, role=text) for role in real.customers)
    role_id = customers[0].id
    fields = (
        FormField(text, CustomerDatum.NAME, role_id),
        FormField(f"{text} ", CustomerDatum.TYPED),
        FormField(f" {text}", text=text),
    )
    (paper,) = real.documents
    template = replace(paper, id=DocumentId("template"), name=text).created_from(
        TemplateFilling(text, preset_fields=fields)
    )
    keywords = tuple(
        replace(place, keyword=text, fallbacks=()) for place in real.placements if isinstance(place, KeywordPlacement)
    )
    assert keywords
    return replace(
        named,
        documents=(replace(paper, name=text), template),
        signers=(*customers, named.signers[1]),
        placements=(*real.placements, *keywords),
        home=PresetHome(TEST.kind, TEST.project_id),
    )


def test_the_strip_and_the_panes_of_a_preset_that_is_edited(
    text: str, desk: CounterDesk, tmp_path: Path, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    preset = with_papers(text, desk.make_preset(tmp_path / "form"))
    draft = desk.layouts.lay_out(preset).draft
    session, selection = ContractSession(draft, clock_ms=clock_ms), Selection()
    strip, fields, fallbacks = PresetStrip(), FieldsPane(session), FallbackPane(session, selection)
    for widget in (strip, fields, fallbacks):
        qtbot.addWidget(widget)
    strip.show_preset(preset)
    strip.show_others([replace(preset, id=PresetId("other"), function_key=2)])
    strip.show_status(" ".join((strip.key_note, *map(problem_sentence, check_preset(preset)))))
    fields.begin()
    fields.document.setCurrentIndex(1)
    fields.document.edited.emit()
    fallbacks.begin()
    selection.set([next(place.id for place in draft.placements if isinstance(place, KeywordPlacement))])
    fields.list.choose(1)
    for widget in (strip, fields, fallbacks):
        widget.show()
        look_in_both_languages(widget)
