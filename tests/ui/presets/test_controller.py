"""One preset's window at a time, and never another one's under its name."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.services.editing.session import ContractSession
from esign_desktop.ui.presets.controller import PresetController
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.services.counter_desk import CounterDesk
from tests.services.desk import clock_ms
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.presets.editor.window import PresetEditor
    from esign_desktop.ui.tasks import TaskRunner


class Rig:
    def __init__(self, folder: Path, tasks: TaskRunner, qtbot: QtBot) -> None:
        nowhere = Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project")
        self.installation = CounterDesk(folder / "desk", nowhere)
        self.first = self.installation.make_preset(folder / "1", name="借款")
        self.second = self.installation.make_preset(folder / "2", name="开户")
        self.window, self.messages = QWidget(), Messages()
        qtbot.addWidget(self.window)
        qtbot.addWidget(self.messages)
        services = SimpleNamespace(
            presets=self.installation.presets,
            documents=self.installation.documents,
            environments=SimpleNamespace(current=lambda: nowhere),
            templates=SimpleNamespace(here=lambda: ()),
        )
        self.desk = PresetController(
            cast("Services", services),
            ContractSession(ContractDraft.new(), clock_ms=clock_ms),
            cast("PrepareRoom", self.window),
            tasks,
            self.messages,
            cast("object", None),  # type: ignore[arg-type]
            may_replace_contract=lambda: True,
            before_leaving=lambda go_on: go_on(),
        )

    def edit(self, preset: Preset) -> PresetEditor:
        self.desk.edit(preset)
        editor = self.desk.editor
        assert editor is not None
        return editor


@pytest.fixture
def rig(tmp_path: Path, tasks: TaskRunner, qtbot: QtBot) -> Iterator[Rig]:
    one = Rig(tmp_path, tasks, qtbot)
    yield one
    one.desk.take_down()
    tasks.wait_idle()
    one.desk.deleteLater()
    one.installation.close()


def test_another_preset_is_shown_when_it_is_asked_for(rig: Rig) -> None:
    assert rig.edit(rig.first).copy.preset == rig.first
    editor = rig.edit(rig.second)
    assert editor.copy.preset == rig.second
    assert editor.general.name.text() == "开户"
    assert editor.isVisible()


def test_what_was_changed_is_not_lost_for_another_preset(rig: Rig) -> None:
    editor = rig.edit(rig.first)
    editor.general.name.selectAll()
    type_text(editor.general.name, "车贷")
    assert rig.edit(rig.second) is editor
    assert editor.copy.preset.name == "车贷"
    assert "then edit “开户”" in editor.status_text


def test_a_preset_that_was_renamed_in_the_list_keeps_that_name_and_what_its_editor_changed(
    rig: Rig, qtbot: QtBot
) -> None:
    editor, presets = rig.edit(rig.first), rig.installation.presets
    qtbot.waitUntil(editor.isActiveWindow)
    title = editor.general.title
    title.selectAll()
    type_text(title, "车辆借款合同")
    presets.save(replace(rig.first, name="车贷"))
    presets.assign_key(rig.first.id, 6)
    with qtbot.waitSignal(rig.desk.saved, timeout=10_000):
        qtbot.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    kept = presets.get(rig.first.id)
    assert (kept.name, kept.function_key, kept.title) == ("车贷", 6, "车辆借款合同")

    again = rig.edit(kept)
    qtbot.waitUntil(again.isActiveWindow)
    again.general.name.selectAll()
    type_text(again.general.name, "一手车贷")
    presets.save(replace(kept, name="二手车贷"))
    qtbot.keyClick(again, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "changed elsewhere" in again.status_text, timeout=10_000)
    # Both are there still: one kept, the other in the window.
    assert presets.get(kept.id).name == "二手车贷"
    assert again.copy.preset.name == "一手车贷"
