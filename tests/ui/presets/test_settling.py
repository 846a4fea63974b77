"""Names in the pages of a preset are confirmed one by one."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QPushButton, QWidget

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.doubts.doubt import Doubt, DoubtKind
from esign_desktop.services.presets.pages import OpenPages
from esign_desktop.ui.presets.settling import SettlingDialog
from esign_desktop.ui.text.doubt import keeping_words
from tests.bulk_samples import make_preset
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.tasks import TaskRunner

DOUBTS = tuple(Doubt(DoubtKind.NAME_IN_OPEN_PLACE, "乙方", name) for name in ("林小满", "周知夏"))


class Presets:
    """Keeps which names are settled."""

    def __init__(self, preset: Preset) -> None:
        self._preset = preset
        self.pages = SimpleNamespace(
            open=lambda _preset: OpenPages(ContractDraft.new(), DOUBTS), close=lambda _pages: None
        )

    def settle(self, _preset_id: object, doubt: Doubt) -> Preset:
        self._preset = replace(self._preset, settled=(*self._preset.settled, doubt.key))
        return self._preset


def test_the_dialog_stays_until_the_last_name_is_confirmed(qtbot: QtBot, tasks: TaskRunner) -> None:
    preset = make_preset()
    presets: Any = Presets(preset)
    owner = QWidget()
    qtbot.addWidget(owner)
    dialog = SettlingDialog(preset, presets, SlowRenderer(), tasks, owner)
    dialog.show()
    settled: list[Preset] = []
    dialog.settled.connect(settled.append)

    def keeping() -> list[QPushButton]:
        words = {keeping_words(doubt) for doubt in DOUBTS}
        return [one for one in dialog.findChildren(QPushButton) if one.isVisible() and one.text() in words]

    qtbot.waitUntil(lambda: len(keeping()) == 2)
    keeping()[0].click()
    qtbot.waitUntil(lambda: len(keeping()) == 1)
    assert tasks.wait_idle()
    qtbot.wait(20)
    assert dialog.isVisible()
    assert settled == []
    keeping()[0].click()
    qtbot.waitUntil(lambda: bool(settled))
    assert [sorted(one.settled) for one in settled] == [sorted(doubt.key for doubt in DOUBTS)]
