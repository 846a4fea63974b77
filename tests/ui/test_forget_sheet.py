from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from esign_desktop.domain.errors import InputError
from esign_desktop.services.people import KnownPerson
from esign_desktop.ui.people.forget_sheet import ForgetSheet
from esign_desktop.ui.theme import apply_theme

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
    for _ in range(2):
        qtbot.wait(20)
        for label in sheet.findChildren(QLabel):
            if label.isVisible() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        sheet.show_refusal(InputError("person.contract_open"))
