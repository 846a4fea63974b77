"""What this program is, its licence, and where its log lies."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from esign_desktop import __version__
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from pathlib import Path


class AboutDialog(QDialog):
    """Does not block anything."""

    def __init__(self, log_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About"))
        mark = QLabel(self)
        mark.setPixmap(QIcon(str(resource_path("icons", "esign-desktop.svg"))).pixmap(QSize(64, 64)))
        name = PlainLabel(self, self.tr("esign-desktop"))
        name.setObjectName("roomTitle")
        texts = (
            self.tr("Prepare, send and follow electronic-signature contracts."),
            self.tr("Version {version}, Qt {qt}, Python {python}").format(
                version=__version__, qt=qVersion(), python=platform.python_version()
            ),
            self.tr(
                "Free software under the GNU Affero General Public License, version 3 or later. It comes without any"
                " warranty. You may use, study, share and change it; whoever gets it from you gets the same rights."
            ),
            self.tr("PDFs are drawn by MuPDF (AGPL), windows by Qt (LGPL)."),
            self.tr("Log: {folder}").format(folder=log_dir),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(mark)
        column.addWidget(name)
        for text in texts:
            label = PlainLabel(self, text)
            label.setWordWrap(True)
            label.setMinimumWidth(440)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        folder = QPushButton(self.tr("Open log folder"), self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(folder, QDialogButtonBox.ButtonRole.ActionRole)
        column.addWidget(buttons)
        folder.clicked.connect(self._on_folder_clicked)
        buttons.rejected.connect(self.reject)

    def _on_folder_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_dir)))
