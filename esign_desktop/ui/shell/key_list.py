"""All keys on one sheet."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QBoxLayout, QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from esign_desktop.ui.prepare.seals.actions import SEAL_KEYS, action_texts
from esign_desktop.ui.shell.actions import KEYS, WIDGET_KEYS, ActionName, Actions
from esign_desktop.ui.shell.rail import ROOM_KEYS, RoomName, room_title
from esign_desktop.ui.widgets.fitting import YieldingScrollArea, fit_on_screen, room_for
from esign_desktop.ui.widgets.labels import PlainLabel

Entries = list[tuple[str, str]]
_MNEMONIC: Final = re.compile(r"\(&\w\)|&|…")


class KeyListDialog(QDialog):
    """Does not block anything: it can stand beside the work."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        content = QWidget(self)
        sheet = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        sheet.setContentsMargins(0, 0, 0, 0)
        sheet.setSpacing(40)
        everywhere = ((self.tr("Everywhere"), self._everywhere(actions)),)
        for groups in (everywhere, self._on_the_pages(), self._in_other_rooms()):
            column = QVBoxLayout()
            column.setSpacing(8)
            for title, entries in groups:
                self._add(column, title, entries)
            column.addStretch()
            sheet.addLayout(column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 20, 24, 16)
        rows.setSpacing(16)
        margins = rows.contentsMargins()
        if sheet.sizeHint().width() + margins.left() + margins.right() > room_for(self).width():
            sheet.setDirection(QBoxLayout.Direction.TopToBottom)
        area = YieldingScrollArea(content, self)
        area.setMinimumWidth(sheet.sizeHint().width() + area.verticalScrollBar().sizeHint().width())
        rows.addWidget(area)
        rows.addWidget(buttons)
        wanted = self.sizeHint()
        fit_on_screen(self, wanted.width(), wanted.height())

    def _everywhere(self, actions: Actions) -> Entries:
        words = {
            **actions.texts(),
            ActionName.UNDO: self.tr("Undo"),
            ActionName.REDO: self.tr("Redo"),
        }
        keys = {**KEYS, **WIDGET_KEYS}
        named = [(keys[name], _without_mnemonic(words[name])) for name in ActionName if name in keys]
        return [*((key, room_title(name)) for name, key in ROOM_KEYS.items()), *named]

    def _on_the_pages(self) -> tuple[tuple[str, Entries], ...]:
        arranging = action_texts().items()
        return (
            (
                self.tr("Tools"),
                [
                    ("V", self.tr("Select")),
                    ("S", self.tr("Seal")),
                    ("K", self.tr("Keyword")),
                    ("X", self.tr("Cross-page seal")),
                    ("Esc", self.tr("Put the tool down")),
                ],
            ),
            (
                self.tr("Seals"),
                [
                    ("1–9", self.tr("Give the selected seals to this signer")),
                    ("←↑↓→", self.tr("Move by 1 point, with Shift by 10")),
                    ("Alt+←→", self.tr("Make smaller or larger")),
                    ("Tab", self.tr("Next seal")),
                    (self.tr("Alt while dragging"), self.tr("Do not snap to lines nearby")),
                    *((SEAL_KEYS[name], _without_mnemonic(text)) for name, text in arranging if name in SEAL_KEYS),
                ],
            ),
            (
                self.tr("Pages"),
                [
                    (self.tr("Ctrl+wheel"), self.tr("Zoom at the pointer")),
                    (self.tr("Space+drag"), self.tr("Move the pages")),
                    ("Home / End", self.tr("First or last page")),
                    ("Shift+F8", self.tr("Problem before")),
                ],
            ),
        )

    def _in_other_rooms(self) -> tuple[tuple[str, Entries], ...]:
        return (
            (
                room_title(RoomName.TRACK),
                [
                    ("F5", self.tr("Ask the platform anew")),
                    ("Ctrl+F", self.tr("Search the contracts")),
                    ("Q", self.tr("Show the signing code")),
                    ("L", self.tr("Copy the signing link")),
                    ("D", self.tr("Download the signed files")),
                    ("O", self.tr("Show the signed file")),
                    ("R", self.tr("Revoke")),
                    ("Ctrl+R", self.tr("Revoke and correct")),
                ],
            ),
        )

    def _add(self, column: QVBoxLayout, title: str, entries: Entries) -> None:
        heading = PlainLabel(self, title)
        heading.setObjectName("sectionTitle")
        column.addWidget(heading)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for row, (keys, words) in enumerate(entries):
            key = PlainLabel(self, QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) or keys)
            key.setObjectName("key")
            grid.addWidget(key, row, 0)
            grid.addWidget(PlainLabel(self, words), row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)


def _without_mnemonic(text: str) -> str:
    return _MNEMONIC.sub("", text)
