"""Provide the dialogs of the Help menu: the list of keyboard shortcuts, and information about the program."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop import __version__
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.shell.rail import RoomName, room_title
from esign_desktop.ui.widgets.actions import ACTIONS, Scope, action_text, plain_text
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, YieldingScrollArea, fit_on_screen, room_for, vbox
from esign_desktop.ui.widgets.opening import open_path
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from esign_desktop.ui.widgets.actions import ActionName

Entries = list[tuple[str, str]]


class KeyListDialog(FittingDialog):
    """Lists the keyboard shortcuts. The dialog is not modal, so it can stay open beside the work."""

    manual_page = "shortcuts"

    def __init__(self, parent: QWidget | None = None, left_out: Collection[ActionName] = ()) -> None:
        """Create the dialog without the shortcuts of ``left_out``, which the window hides."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        content = QWidget(self)
        sheet = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        sheet.setContentsMargins(0, 0, 0, 0)
        sheet.setSpacing(32)
        everywhere = (self.tr("Everywhere"), _keys_of(Scope.WINDOW, left_out=left_out))
        track = (room_title(RoomName.TRACK), _keys_of(Scope.TRACK))
        tools, seals, pages = self._on_the_pages()
        for groups in ((everywhere,), (seals,), (pages, tools), (track,)):
            column = QVBoxLayout()
            column.setSpacing(8)
            for title, entries in groups:
                self._add(column, title, entries)
            column.addStretch()
            sheet.addLayout(column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        rows = vbox(spacing=16, margins=(24, 20, 24, 16), parent=self)
        margins = rows.contentsMargins()
        if sheet.sizeHint().width() + margins.left() + margins.right() > room_for(self).width():
            sheet.setDirection(QBoxLayout.Direction.TopToBottom)
        area = YieldingScrollArea(content, self)
        area.setAccessibleName(self.windowTitle())
        area.setMinimumWidth(sheet.sizeHint().width() + area.verticalScrollBar().sizeHint().width())
        rows.addWidget(area)
        rows.addWidget(buttons)
        wanted = self.sizeHint()
        fit_on_screen(self, wanted.width(), wanted.height())

    def _on_the_pages(self) -> tuple[tuple[str, Entries], ...]:
        return (
            (self.tr("Tools"), [*_keys_of(Scope.TOOLS), ("Esc", self.tr("Back to the selection tool"))]),
            (
                self.tr("Seals"),
                [
                    ("1–9", self.tr("Change signer of selected seals")),
                    ("←↑↓→", self.tr("Move by 1 point (with Shift: by 10)")),
                    ("Alt+←→", self.tr("Make smaller or larger")),
                    ("Tab", self.tr("Next seal or proposal (with Shift: previous)")),
                    ("Enter / Del", self.tr("Accept or dismiss the proposal selected with Tab")),
                    (self.tr("Alt while dragging"), self.tr("Don't snap to nearby lines")),
                    # Keys with the same meaning everywhere are listed in the group for all rooms.
                    *_keys_of(Scope.SEALS, heard_only=True),
                ],
            ),
            (
                self.tr("Pages"),
                [
                    *_keys_of(Scope.PAGES),
                    (self.tr("Ctrl+wheel"), self.tr("Zoom at pointer")),
                    (self.tr("Space+drag"), self.tr("Move page")),
                    ("Home / End", self.tr("First or last page")),
                    ("Shift+F8", self.tr("Previous problem")),
                ],
            ),
        )

    def _add(self, column: QVBoxLayout, title: str, entries: Entries) -> None:
        heading = PlainLabel(self, title, look="sectionTitle")
        column.addWidget(heading)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        for row, (keys, words) in enumerate(entries):
            key = PlainLabel(self, QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) or keys)
            key.setObjectName("key")
            grid.addWidget(key, row, 0)
            grid.addWidget(PlainLabel(self, words), row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)


def _keys_of(*scopes: Scope, heard_only: bool = False, left_out: Collection[ActionName] = ()) -> Entries:
    return [
        (row.shown_keys, plain_text(action_text(name)))
        for name, row in ACTIONS.items()
        if row.scope in scopes and row.keys and (row.hears_keys or not heard_only) and name not in left_out
    ]


class AboutDialog(FittingDialog):
    """Shows the version, the license and the log folder of the program. The dialog is not modal."""

    manual_page = "index"

    def __init__(self, log_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About"))
        mark = QLabel(self)
        mark.setPixmap(QIcon(str(resource_path("icons", "esign-desktop.svg"))).pixmap(QSize(64, 64)))
        name = PlainLabel(self, self.tr("esign-desktop"), look="roomTitle")
        texts = (
            self.tr("Prepare, send and track contracts for electronic signature."),
            self.tr("Version {version}, Qt {qt}, Python {python}").format(
                version=__version__, qt=qVersion(), python=platform.python_version()
            ),
            self.tr(
                "Free software under the GNU Affero General Public License, version 3 or later, "
                "without any warranty. You may use, study, share and change it; anyone who "
                "receives it from you has the same rights."
            ),
            self.tr("PDF rendering by MuPDF (AGPL), user interface by Qt (LGPL)."),
        )
        self._place = PlainLabel(self, self.tr("Log: {folder}").format(folder=log_dir))
        column = vbox(mark, name, spacing=12, margins=(24, 24, 24, 16), parent=self)
        for label in (*(PlainLabel(self, text) for text in texts), self._place):
            label.setWordWrap(True)
            label.setMinimumWidth(sized(440))
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        folder = QPushButton(self.tr("Open log folder"), self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(folder, QDialogButtonBox.ButtonRole.ActionRole)
        column.addWidget(buttons)
        folder.clicked.connect(self._on_folder_clicked)
        buttons.rejected.connect(self.reject)

    def _on_folder_clicked(self) -> None:
        open_path(self._log_dir, self._place.setText)
