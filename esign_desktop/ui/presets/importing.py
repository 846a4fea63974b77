"""Import a preset from a file, after a dialog has compared it with the stored preset and asked the user."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QScrollArea, QWidget

from esign_desktop.ui.presets.lines import automatic_signers, preset_lines
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.moments import china_time, now_ms
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, vbox
from esign_desktop.ui.widgets.theme import set_tone

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.presets.exchange import PresetImport
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.presets.lines import Line
    from esign_desktop.ui.tasks import TaskRunner

_SIZE_PX: Final = (860, 560)
_MARK: Final = "≠ "


class ImportSheet(FittingDialog):
    """The dialog that compares a preset in a file with the stored preset, and asks the user whether to import it.

    ``confirmed`` carries whether the stored preset is kept beside the imported one. The caller imports the preset, and
    then closes the dialog or calls ``show_refusal``.
    """

    manual_page = "presets#share"

    confirmed = Signal(bool)

    def __init__(self, found: PresetImport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Import preset"))
        self._found = found
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        set_tone(self._status, "danger")
        self._status.hide()
        mine = found.mine
        self.take = DeliberateButton(self, self.tr("&Import") if mine is None else self.tr("&Replace existing"))
        self.take.setObjectName("primary" if mine is None else "danger")
        self.beside = DeliberateButton(self, self.tr("Keep &both"))
        self.beside.setVisible(mine is not None)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setDefault(True)
        self.different: tuple[str, ...] = ()
        """The labels of the lines in which the two presets differ. Empty if there is no stored preset."""
        self._lay_out()
        self.take.meant.connect(partial(self._confirm, keeps_mine=False))
        self.beside.meant.connect(partial(self._confirm, keeps_mine=True))
        self.cancel.clicked.connect(self.reject)
        fit_on_screen(self, *_SIZE_PX)
        self.cancel.setFocus()

    @property
    def status_text(self) -> str:
        """The error that prevented the import; empty if there was none."""
        return self._status.text()

    def show_refusal(self, error: AppError) -> None:
        """Show why the import failed. Afterwards, the user can only cancel."""
        self._status.setText(error_sentence(error).text)
        self._status.show()
        for button in (self.take, self.beside):
            button.setEnabled(False)

    def _lay_out(self) -> None:
        column = vbox(
            PlainLabel(self, self._heading(), look="sectionTitle", is_wrapped=True),
            spacing=12,
            margins=(24, 20, 24, 20),
            parent=self,
        )
        for text, is_error in self._notes():
            note = PlainLabel(self, text, is_wrapped=True)
            if is_error:
                set_tone(note, "danger")
            column.addWidget(note)
        scroll = QScrollArea(self)
        scroll.setWidget(self._table(preset_lines(self._found.fresh)))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(scroll, 1)
        column.addWidget(self._status)
        column.addLayout(hbox(1, self.cancel, self.beside, self.take))

    def _heading(self) -> str:
        mine, fresh = self._found.mine, self._found.fresh
        if mine is None:
            return self.tr("Import “{name}”?").format(name=one_line(fresh.name))
        return self.tr("“{name}” already exists. Which one do you want to keep?").format(name=one_line(mine.name))

    def _notes(self) -> list[tuple[str, bool]]:
        found = self._found
        maker = one_line(found.made_by) or self.tr("unknown author")
        if found.made_at_ms is None:
            notes = [
                (
                    self.tr("According to the file, {maker} created the preset; no date is given.").format(maker=maker),
                    False,
                )
            ]
        else:
            text = self.tr("According to the file, {maker} created the preset on {moment}.")
            notes = [(text.format(maker=maker, moment=china_time(found.made_at_ms)), False)]
        address = one_line(found.fresh.options.redirect_url)
        if address:
            notes.append(
                (self.tr("After signing, customers are redirected to {address}").format(address=address), True)
            )
        silent = automatic_signers(found.fresh)
        if silent:
            text = self.tr("These parties sign every contract automatically: {names}")
            notes.append((text.format(names=silent), True))
        if found.mine is not None and found.mine.function_key is not None:
            text = self.tr("F{key} at the counter sends the preset you choose here.")
            notes.append((text.format(key=found.mine.function_key), False))
        return notes

    def _table(self, fresh: dict[str, Line]) -> QWidget:
        table = QWidget(self)
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        mine = preset_lines(self._found.mine) if self._found.mine is not None else None
        if mine is not None:
            for at, text in ((1, self.tr("On this computer")), (2, self.tr("In file"))):
                grid.addWidget(_label(table, text, is_bold=True), 0, at)
        different = []
        row = 1
        for about, after in fresh.items():
            before = mine[about] if mine is not None else after
            is_other = before.comparable != after.comparable
            if not before.text and not after.text and not is_other:
                continue
            if is_other:
                different.append(about)
            grid.addWidget(_label(table, f"{_MARK}{about}" if is_other else about, is_bold=is_other), row, 0)
            for at, line in ((1, before), (2, after))[: 1 if mine is None else 2]:
                grid.addWidget(_label(table, line.text or "—", is_bold=is_other), row, at)
            row += 1
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 0 if mine is None else 1)
        grid.setRowStretch(row, 1)
        self.different = tuple(different)
        return table

    def _confirm(self, *, keeps_mine: bool) -> None:
        for button in (self.take, self.beside):
            button.setEnabled(False)
        self.confirmed.emit(keeps_mine)


class PresetImporting(QObject):
    """Imports presets from files, one at a time. The dialog belongs to the widget ``parent``."""

    imported = Signal(object, object, bool)
    """Carries the ``PresetImport``, the stored ``Preset``, and whether the earlier preset was kept beside it."""
    reported = Signal(str)
    """Carries a sentence for the user if the preset in the file need not be imported."""
    failed = Signal(object)
    """Carries the ``AppError`` if the file could not be read. Errors of the import itself are shown in the dialog."""

    def __init__(self, presets: PresetService, tasks: TaskRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self._presets = presets
        self._tasks = tasks
        self._parent = parent
        self.sheet: ImportSheet | None = None

    def begin(self, path: Path) -> None:
        """Read a preset from a file in the background, and open the dialog that asks the user whether to import it.

        No dialog opens if another import is in progress, or if the stored preset is the same. Only the latter is
        reported.
        """
        self._tasks.start(
            partial(self._presets.imports.look_into, path),
            owner=self,
            on_done=self._on_looked_into,
            on_error=self.failed.emit,
            lane=Lane.PDF,
        )

    def _on_looked_into(self, found: PresetImport) -> None:
        if self.sheet is not None or found.fresh == found.mine:
            self._decline(found)
            if self.sheet is None:
                self.reported.emit(self.tr("This computer already has this preset."))
            return
        self.sheet = ImportSheet(found, self._parent)
        self.sheet.confirmed.connect(partial(self._on_sheet_confirmed, found))
        self.sheet.rejected.connect(partial(self._on_sheet_rejected, found))
        self.sheet.open()

    def _on_sheet_confirmed(self, found: PresetImport, keeps_mine: bool) -> None:
        name = found.mine.name if found.mine is not None else ""
        earlier = self.tr("{name} (until {day})").format(name=name, day=china_time(now_ms()).split()[0])
        self._tasks.start(
            partial(self._presets.imports.take_in, found, name_of_mine=earlier, keeps_mine=keeps_mine),
            owner=self,
            on_done=partial(self._on_imported, found, keeps_mine),
            on_error=self._on_import_failed,
        )

    def _on_sheet_rejected(self, found: PresetImport) -> None:
        self.sheet = None
        self._decline(found)

    def _decline(self, found: PresetImport) -> None:
        self._tasks.start(partial(self._presets.imports.decline, found), owner=self, on_error=self.failed.emit)

    def _on_import_failed(self, error: AppError) -> None:
        if self.sheet is not None:
            self.sheet.show_refusal(error)

    def _on_imported(self, found: PresetImport, keeps_mine: bool, preset: Preset) -> None:
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            sheet.accept()
        self.imported.emit(found, preset, keeps_mine)


def _label(parent: QWidget, text: str, *, is_bold: bool = False) -> PlainLabel:
    label = PlainLabel(parent, text, is_wrapped=True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if is_bold:
        font = label.font()
        font.setBold(True)
        label.setFont(font)
    return label
