from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.services.erasure.service import KnownPerson, PresetAbout
from esign_desktop.ui.people.forgetting import ForgetSheet
from esign_desktop.ui.widgets import theme as theme_module
from esign_desktop.ui.widgets.theme import apply_theme
from tests.domain.preset.test_preset import make_preset

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_sentence_has_room(qapp: QApplication, qtbot: QtBot, speak: Callable[[str], None], language: str) -> None:
    apply_theme(qapp, "light")
    speak(language)
    sheet = ForgetSheet(KnownPerson("林小满", ("account 1",), "****4377", 0))
    qtbot.addWidget(sheet)
    sheet.show()
    preset = make_preset()
    ids = (PresetId("0"), PresetId("1"))
    found = tuple(PresetAbout(replace(preset, id=one, name="合同" * 30), by_number=one == "1") for one in ids)
    look_at_labels(sheet, qtbot)
    sheet.show_found((found, ("租赁合同" * 9,) * 7))
    assert any("租赁合同" in label.text() for label in sheet.findChildren(QLabel))
    look_at_labels(sheet, qtbot)
    sheet.show_refusal(InputError("person.contract_open"))
    look_at_labels(sheet, qtbot)


@pytest.mark.parametrize("percent", [100, 150])
def test_the_sheet_is_as_high_as_its_contents_at_every_text_size(
    qtbot: QtBot, speak: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, percent: int
) -> None:
    monkeypatch.setattr(theme_module, "_text_percent", [percent])
    speak("en")
    sheet = ForgetSheet(KnownPerson("林小满", ("account 1",), "****4377", 0))
    qtbot.addWidget(sheet)
    sheet.show()
    sheet.show_found(((), ("租赁合同" * 9,) * 7))
    sheet.show_refusal(InputError("person.contract_open"))
    look_at_labels(sheet, qtbot)
    button = next(one for one in sheet.findChildren(QPushButton) if "Delete permanently" in one.text())
    assert button.visibleRegion().boundingRect() == button.rect()
    below_px = sheet.height() - button.mapTo(sheet, button.rect().bottomLeft()).y()
    assert 0 < below_px < 40


@pytest.mark.parametrize("percent", [150, 300])
def test_the_sheet_is_not_higher_than_the_screen(
    qtbot: QtBot, speak: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, percent: int
) -> None:
    monkeypatch.setattr(theme_module, "_text_percent", [percent])
    speak("en")
    sheet = ForgetSheet(KnownPerson("林小满" * 800, ("account 1",), "****4377", 0))
    qtbot.addWidget(sheet)
    sheet.show()
    assert 200 < sheet.height() <= sheet.screen().availableSize().height()


def look_at_labels(sheet: ForgetSheet, qtbot: QtBot) -> None:
    qtbot.wait(20)
    for label in sheet.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
