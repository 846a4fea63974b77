"""Dialogs for choosing files, which begin where a file of the same kind was chosen last."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog

from esign_desktop.domain.file_kinds import IMAGE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    CONTACTS = "contacts"
    DATA_FOLDER = "data folder"


_last_folders: Final[dict[FileKind, str]] = {}


def file_dialog(parent: QWidget, title: str, kind: FileKind) -> QFileDialog:
    """Make a dialog that begins in the folder used last for this kind, at first in the person's documents.

    It is the system's own dialog where there is one: a subclass of QFileDialog would never be.
    """
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, title, _last_folders.get(kind, documents))
    # Qt's own Chinese lacks these two.
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, QCoreApplication.translate("FileDialogs", "Look in:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, QCoreApplication.translate("FileDialogs", "File type:"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(partial(_remember, kind))
    return dialog


def contract_filters() -> list[str]:
    """Return the name filters for what can be added to a contract."""
    patterns = " ".join(f"*{suffix}" for suffix in (".pdf", *IMAGE_SUFFIXES))
    return [
        QCoreApplication.translate("FileDialogs", "PDFs and images ({patterns})").format(patterns=patterns),
        QCoreApplication.translate("FileDialogs", "All files (*)"),
    ]


def choose_file(
    parent: QWidget, title: str, kind: FileKind, filters: Sequence[str], on_chosen: Callable[[Path], object]
) -> None:
    """Let a file be chosen that is there; ``filters`` are name filters as Qt has them."""
    dialog = file_dialog(parent, title, kind)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(filters)
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.open()


def choose_files(
    parent: QWidget, title: str, kind: FileKind, filters: Sequence[str], on_chosen: Callable[[list[Path]], object]
) -> None:
    """Let files be chosen that are there."""
    dialog = file_dialog(parent, title, kind)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters(filters)
    dialog.filesSelected.connect(lambda paths: on_chosen([Path(path) for path in paths]))
    dialog.open()


def choose_folder(parent: QWidget, title: str, kind: FileKind, on_chosen: Callable[[Path], object]) -> None:
    """Let a folder be chosen."""
    dialog = file_dialog(parent, title, kind)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.open()


def choose_target(
    parent: QWidget,
    title: str,
    kind: FileKind,
    file_filter: str,
    on_chosen: Callable[[Path], object],
    *,
    suffix: str,
    name: str = "",
    folder: Path | None = None,
) -> None:
    """Let it be chosen where a file is written; ``suffix``, without its dot, is added to a name that has none."""
    dialog = file_dialog(parent, title, kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(file_filter)
    dialog.setDefaultSuffix(suffix)
    if folder is not None:
        dialog.setDirectory(str(folder))
    if name:
        dialog.selectFile(name.replace("/", " ").replace("\\", " "))
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.open()


def begin_at(kind: FileKind, path: Path) -> None:
    """Let the next dialog of a kind begin beside a file that came another way, or before this start."""
    _last_folders[kind] = str(path.parent)


def _remember(kind: FileKind, paths: list[str]) -> None:
    if paths:
        path = Path(paths[0])
        _last_folders[kind] = str(path if path.is_dir() else path.parent)


def usual_folder(chosen: Path | None) -> Path:
    """Return where signed files go: the folder that was chosen, or the desktop's own for downloads."""
    return chosen or Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
