"""Provide dialogs for choosing files. Each starts in the folder that was last used for the same kind of file."""

from __future__ import annotations

from enum import Enum, StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog

from esign_desktop.domain.file_kinds import IMAGE_SUFFIXES, PRESET_SUFFIX, WORD_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget


class FileKind(StrEnum):
    """The kind of file that the user chooses or saves.

    The last folder is remembered for each kind, as long as the program runs.
    """

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
    """Create a dialog that starts in the folder last used for this kind, or in the user's documents folder.

    It is deleted when it is closed. It is the desktop's own dialog if there is one. Qt never uses that dialog for a
    subclass of QFileDialog.
    """
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, title, _last_folders.get(kind, documents))
    # Qt's Chinese translation lacks these two labels.
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, QCoreApplication.translate("FileDialogs", "Look in:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, QCoreApplication.translate("FileDialogs", "File type:"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(partial(_remember, kind, dialog))
    return dialog


class FileType(Enum):
    """A type of files to choose from.

    The value is the type's name and suffixes. A type without suffixes stands for all files.
    """

    PDF = (QT_TRANSLATE_NOOP("FileDialogs", "PDF files"), (".pdf",))
    IMAGE = (QT_TRANSLATE_NOOP("FileDialogs", "Images"), IMAGE_SUFFIXES)
    CONTRACT = (
        QT_TRANSLATE_NOOP("FileDialogs", "PDFs, images and Word documents"),
        (".pdf", *IMAGE_SUFFIXES, *WORD_SUFFIXES),
    )
    PICTURE = (QT_TRANSLATE_NOOP("FileDialogs", "Images"), (".png", ".jpg", ".jpeg"))
    PNG = (QT_TRANSLATE_NOOP("FileDialogs", "PNG image"), (".png",))
    SHEET = (QT_TRANSLATE_NOOP("FileDialogs", "Spreadsheets"), (".xlsx", ".xlsm", ".csv", ".tsv", ".txt"))
    XLSX = (QT_TRANSLATE_NOOP("FileDialogs", "Excel workbook"), (".xlsx",))
    CSV = (QT_TRANSLATE_NOOP("FileDialogs", "CSV table"), (".csv",))
    JSON = (QT_TRANSLATE_NOOP("FileDialogs", "JSON for other programs"), (".json",))
    CONTACTS = (
        QT_TRANSLATE_NOOP("FileDialogs", "Spreadsheets and address books"),
        (".xlsx", ".xlsm", ".csv", ".txt", ".vcf"),
    )
    PRESET = (QT_TRANSLATE_NOOP("FileDialogs", "Presets"), (PRESET_SUFFIX,))
    ALL = (QT_TRANSLATE_NOOP("FileDialogs", "All files"), ())

    @property
    def name_filter(self) -> str:
        """The translated filter for ``QFileDialog``.

        The patterns are not part of the translated text, because Qt recognizes them only in ASCII parentheses.
        """
        name, suffixes = self.value
        patterns = " ".join(f"*{form}" for suffix in suffixes for form in (suffix, suffix.upper()))
        return f"{QCoreApplication.translate('FileDialogs', str(name))} ({patterns or '*'})"


CONTRACT_TYPES: Final = (FileType.CONTRACT, FileType.ALL)
"""The types of files that can be added to a contract."""


def choose_file(
    parent: QWidget, title: str, kind: FileKind, types: Sequence[FileType], on_chosen: Callable[[Path], object]
) -> None:
    """Ask the user for an existing file of one of the types, and call ``on_chosen`` unless the user cancels.

    The first type is preselected. The call returns at once.
    """
    dialog = file_dialog(parent, title, kind)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([file_type.name_filter for file_type in types])
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.open()


def choose_files(
    parent: QWidget, title: str, kind: FileKind, types: Sequence[FileType], on_chosen: Callable[[list[Path]], object]
) -> None:
    """Ask the user for existing files of one of the types, and call ``on_chosen`` unless the user cancels.

    The first type is preselected. The call returns at once.
    """
    dialog = file_dialog(parent, title, kind)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters([file_type.name_filter for file_type in types])
    dialog.filesSelected.connect(lambda paths: on_chosen([Path(path) for path in paths]))
    dialog.open()


def choose_folder(parent: QWidget, title: str, kind: FileKind, on_chosen: Callable[[Path], object]) -> None:
    """Ask the user for an existing folder, and call ``on_chosen`` unless the user cancels. The call returns at once."""
    dialog = file_dialog(parent, title, kind)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.open()


def choose_target(
    parent: QWidget,
    title: str,
    kind: FileKind,
    types: Sequence[FileType],
    on_chosen: Callable[[Path], object],
    *,
    suffix: str,
    name: str = "",
    folder: Path | None = None,
) -> None:
    """Ask the user where to write a file, and call ``on_chosen`` unless the user cancels. The call returns at once.

    ``suffix``, without its dot, is appended to a name that has none. ``name`` and ``folder`` are proposed to the user.
    """
    dialog = file_dialog(parent, title, kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([file_type.name_filter for file_type in types])
    dialog.setDefaultSuffix(suffix)
    if folder is not None:
        dialog.setDirectory(str(folder))
    if name:
        dialog.selectFile(name.replace("/", " ").replace("\\", " "))
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.open()


def begin_at(kind: FileKind, path: Path) -> None:
    """Let the next dialog for files of a kind start in the folder of ``path``.

    Use this for a file that was not chosen in a dialog, or that was opened before the program started.
    """
    _last_folders[kind] = str(path.parent)


def _remember(kind: FileKind, dialog: QFileDialog, paths: list[str]) -> None:
    if paths:
        path = Path(paths[0])
        _last_folders[kind] = str(path if dialog.fileMode() is QFileDialog.FileMode.Directory else path.parent)


def usual_folder(chosen: Path | None) -> Path:
    """Return the folder for signed files: ``chosen``, or the desktop's download folder if it is None."""
    return chosen or Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
