"""A preset's own window, page by page, and the sheet before a template: all that has a name is called the text."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.document import DocumentId, TemplateFilling
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.forms import FieldKind, PdfFormField
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.preset import Preset, PresetHome
from esign_desktop.services.templates.making import TemplateLook
from esign_desktop.store.tables.templates import TemplateRecord
from esign_desktop.ui.presets.editor.window import PresetEditor
from esign_desktop.ui.presets.template import TemplateSheet
from tests.drafts import NOW_MS
from tests.services.counter_desk import CounterDesk
from tests.ui.hostile.presets import hostile_preset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
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


def test_every_page_of_the_editor(
    text: str, desk: CounterDesk, tmp_path: Path, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    preset = with_papers(text, desk.make_preset(tmp_path / "form"))
    environments: Any = SimpleNamespace(current=lambda: TEST)
    editor = PresetEditor(preset, desk.presets, desk.documents, environments, tasks)
    qtbot.addWidget(editor)
    editor.show()
    qtbot.waitUntil(tasks.wait_idle)
    for index in range(editor.tabs.count()):
        editor.tabs.setCurrentIndex(index)
        qtbot.waitUntil(tasks.wait_idle)
        look_in_both_languages(editor)
    editor.done(0)
    qtbot.waitUntil(tasks.wait_idle)


@pytest.mark.parametrize("template_id", [None, "", "made"], ids=["new", "lost", "made"])
def test_the_sheet_before_a_template(
    text: str, template_id: str | None, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    own = Environment(EnvironmentKind.OWN, f"https://{text[:50]}", text)
    earlier = None if template_id is None else TemplateRecord("1", own.kind, text, "", template_id, NOW_MS)
    fields = tuple(PdfFormField(text, kind, 1, f"{text} ", is_filled=True) for kind in FieldKind)
    sheet = TemplateSheet(text, TemplateLook(own, "", fields, earlier))
    qtbot.addWidget(sheet)
    sheet.resize(1000, 720)
    sheet.show()
    look_in_both_languages(sheet)
