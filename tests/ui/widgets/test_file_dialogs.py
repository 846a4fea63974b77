from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QFileSystemModel, QWidget

from esign_desktop.ui.widgets import file_dialogs
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, begin_at, file_dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QWidget:
    monkeypatch.setattr(file_dialogs, "_last_folders", {})
    window = QWidget()
    qtbot.addWidget(window)
    return window


def folder_of(window: QWidget, kind: FileKind) -> str:
    return file_dialog(window, "Choose", kind).directory().absolutePath()


def test_the_first_dialog_begins_in_the_documents_and_not_where_the_program_was_started(window: QWidget) -> None:
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    Path(documents).mkdir(parents=True, exist_ok=True)
    assert folder_of(window, FileKind.SHEET) == documents


def test_the_next_dialog_begins_where_a_file_was_chosen(window: QWidget, tmp_path: Path) -> None:
    (tmp_path / "sheets").mkdir()
    sheet = tmp_path / "sheets" / "rows.csv"
    sheet.touch()
    file_dialog(window, "Choose", FileKind.SHEET).filesSelected.emit([str(sheet)])
    assert folder_of(window, FileKind.SHEET) == str(sheet.parent)
    assert folder_of(window, FileKind.PRESET) != str(sheet.parent)


def test_a_chosen_folder_is_begun_in_itself(window: QWidget, tmp_path: Path) -> None:
    dialog = file_dialog(window, "Choose", FileKind.SIGNED)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.filesSelected.emit([str(tmp_path)])
    assert folder_of(window, FileKind.SIGNED) == str(tmp_path)


def test_a_file_that_was_dropped_counts_too(window: QWidget, tmp_path: Path) -> None:
    begin_at(FileKind.CONTRACT, tmp_path / "contract.pdf")
    assert folder_of(window, FileKind.CONTRACT) == str(tmp_path)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("file_type", list(FileType))
def test_a_dialog_lists_the_files_of_its_type_in_every_language(
    window: QWidget, speak: Callable[[str], None], language: str, file_type: FileType
) -> None:
    speak(language)
    dialog = file_dialog(window, "Choose", FileKind.CONTRACT)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setNameFilters([file_type.name_filter])
    (model,) = dialog.findChildren(QFileSystemModel)
    _name, suffixes = file_type.value
    assert set(model.nameFilters()) == {f"*{form}" for one in suffixes for form in (one, one.upper())} or {"*"}
    # The name is in the language of the window, and is not read as a pattern.
    assert file_type.name_filter.count("(") == 1


def test_no_translation_holds_the_patterns_of_a_file_dialog() -> None:
    folder = Path(__file__).resolve().parents[3] / "resources" / "i18n"
    for path in folder.glob("*.ts"):
        assert "*." not in path.read_text(encoding="utf-8"), path.name
