"""Every window that the shell opens, in both languages and in one whose words are much longer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLabel, QMenu, QWidget

from esign_desktop.override import override
from esign_desktop.ui.shell.help_dialogs import AboutDialog, KeyListDialog
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.shell.report_dialog import ReportDialog
from esign_desktop.ui.text import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from tests.app.conftest import Start

# Names, versions, keys and formats are the same in every language.
SAME = re.compile(
    r"esign-desktop|English|PDF|JSON|PNG|JPEG|xlsx|csv|CSV|Qt|Python|MuPDF|AGPL|LGPL|GNU|Affero|SMS|ID|PIN|rehearsal|sandbox|https?"
    r"|mm|pt|KB|MB|contentType|mimeType"
    r"|Ctrl|Shift|Alt|Esc|Tab|Home|End|Ins|Del|Delete|Return|Enter|F\d+|[VSKXNOQZRFEHLTDPAIUWCG]\b|[\d.,:%+\-–/…¥×]+"
)


class LongerWords(QTranslator):
    """A language whose words are 40 % longer than the English ones."""

    @override
    def load(self, *_where: object) -> bool:
        return True

    @override
    def isEmpty(self) -> bool:
        return False

    @override
    def translate(
        self,
        context: str | bytes | bytearray | memoryview,
        sourceText: str | bytes | bytearray | memoryview,
        /,
        disambiguation: str | bytes | bytearray | memoryview | None = None,
        n: int = -1,
    ) -> str:
        return f"{sourceText!s}{'~' * (len(sourceText) * 4 // 10)}"


def texts(widget: QWidget) -> Iterator[str]:
    for child in [widget, *widget.findChildren(QWidget)]:
        if isinstance(child, QLabel | QAbstractButton):
            yield child.text()
            yield child.toolTip()
        elif isinstance(child, QComboBox):
            yield from (child.itemText(index) for index in range(child.count()))
        elif isinstance(child, QMenu):
            yield child.title()
        yield child.accessibleName()
    for action in widget.findChildren(QAction):
        yield action.text()


def windows(program: Program, tmp_path: Path) -> Iterator[QWidget]:
    for name in (RoomName.SETTINGS, RoomName.TRACK, RoomName.BULK, RoomName.PREPARE):
        program.window.show_room(name)
    yield program.window
    dialogs: tuple[QDialog, ...] = (
        AboutDialog(tmp_path, program.window),
        KeyListDialog(program.window),
        ReportDialog(tmp_path, program.window),
    )
    for dialog in dialogs:
        dialog.show()
        yield dialog
        dialog.hide()


def is_english(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2,}", SAME.sub("", re.sub(r"<[^>]*>|[~/][\w./-]+", "", text))))


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_nothing_is_left_in_english(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    program = start(language="zh_CN")
    for window in windows(program, tmp_path):
        english = sorted({text for text in texts(window) if is_english(text)})
        assert not english, f"{type(window).__name__}: {english}"


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_longer_words_still_fit(start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "QTranslator", LongerWords)
    program = start(language="zh_CN")
    assert program.window.menus.actions()[0].text() == "&File~~"
    program.window.resize(program.window.minimumSize())
    for window in windows(program, tmp_path):
        for button in window.findChildren(QAbstractButton):
            if button.isVisible() and button.text() and not button.icon().isNull():
                continue
            if button.isVisible() and button.text():
                assert button.width() >= button.minimumSizeHint().width(), button.text()
