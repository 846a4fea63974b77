"""The signed files of a flow on this computer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import ElidedLabel, PlainLabel


class _FileRow(QWidget):
    def __init__(self, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._path = path
        name = ElidedLabel(self)
        name.setText(path.name)
        name.setToolTip(PlainLabel.plain_tip(str(path)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(name, 1)
        for picture, text, slot in (
            ("document", self.tr("Open the file"), self._on_file_clicked),
            ("folder", self.tr("Open its folder"), self._on_folder_clicked),
        ):
            button = QToolButton(self)
            button.setAutoRaise(True)
            button.setIcon(icon(picture))
            button.setToolTip(text)
            button.setAccessibleName(f"{text}: {path.name}")
            button.clicked.connect(slot)
            row.addWidget(button)

    def _on_file_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))

    def _on_folder_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))


class FileList(QWidget):
    """Each file with a way to it and to its folder."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_FileRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_paths(self, paths: tuple[str, ...]) -> None:
        """Show these files."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [_FileRow(Path(path), self) for path in paths]
        for row in self._rows:
            self._column.addWidget(row)
        self.setVisible(bool(paths))
