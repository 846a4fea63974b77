"""Dialogs for choosing files, which begin where a file of the same kind was chosen last."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QStandardPaths
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class FileKind(StrEnum):
    """What is chosen or saved: each kind has a folder of its own."""

    CONTRACT = "contract"
    SHEET = "sheet"
    PRESET = "preset"
    PICTURE = "picture"
    SIGNED = "signed"
    REPORT = "report"
    COPIES = "copies"


_last_folders: Final[dict[FileKind, str]] = {}


def file_dialog(parent: QWidget, title: str, kind: FileKind) -> QFileDialog:
    """Make a dialog that begins in the folder used last for this kind, at first in the person's documents.

    It is the system's own dialog where there is one: a subclass of QFileDialog would never be.
    """
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, title, _last_folders.get(kind, documents))
    # Qt's own Chinese lacks these two.
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, QCoreApplication.translate("FileDialogs", "Look in:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, QCoreApplication.translate("FileDialogs", "Kind of file:"))
    dialog.filesSelected.connect(partial(_remember, kind))
    return dialog


def begin_at(kind: FileKind, path: Path) -> None:
    """Let the next dialog of a kind begin beside a file that came another way, or before this start."""
    _last_folders[kind] = str(path.parent)


def _remember(kind: FileKind, paths: list[str]) -> None:
    if paths:
        path = Path(paths[0])
        _last_folders[kind] = str(path if path.is_dir() else path.parent)
