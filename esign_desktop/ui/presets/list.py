"""The window in which the user lists, renames, deletes, imports and exports presets, and assigns function keys."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QFormLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from esign_desktop.domain.file_kinds import PRESET_SUFFIX
from esign_desktop.domain.preset.preset import FUNCTION_KEYS
from esign_desktop.ui.presets.cards import PresetCards
from esign_desktop.ui.presets.importing import ImportSheet
from esign_desktop.ui.presets.people import PeopleForm
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import china_time, now_ms
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import ConfirmButton, DeliberateButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file, choose_target
from esign_desktop.ui.widgets.forms import ChoiceField
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, vbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset, PresetId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.services.presets.exchange import PresetImport
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.tasks import TaskRunner


_LONGEST_KEY_NAME = 20
_SIZE_PX: Final = (860, 560)
_LONGEST_NAME: Final = 60


class KeyChoice(ChoiceField):
    """A choice of a function key for a preset, or of no key. Saving takes the key from the preset that had it."""

    def __init__(self) -> None:
        super().__init__()
        self.offer_keys((), None)

    def offer_keys(self, presets: Iterable[Preset], own: PresetId | None, *, only_free: bool = False) -> None:
        """Offer all keys, with the names of the presets to which they are assigned.

        ``own`` is the preset for which the key is chosen. With ``only_free``, keys of other presets are disabled.
        """
        taken = {preset.function_key: preset.name for preset in presets if preset.id != own}
        names = {key: one_line(taken.get(key, ""), most_characters=_LONGEST_KEY_NAME) for key in FUNCTION_KEYS}
        texts = {
            key: self.tr("F{key}, now {name}").format(key=key, name=name) if name else f"F{key}"
            for key, name in names.items()
        }
        self.offer([(None, self.tr("No key")), *texts.items()])
        model = self.model()
        if not isinstance(model, QStandardItemModel):
            raise TypeError(type(model).__name__)
        for row, key in enumerate(FUNCTION_KEYS, 1):
            # The arrow keys choose at once, so they would take the keys of other presets. They skip disabled keys.
            model.item(row).setEnabled(not (names[key] and only_free))


class PresetListWindow(FittingDialog):
    """The list of presets. Changes are saved at once, and then ``changed`` is emitted.

    ``edit_requested`` carries a ``Preset``.
    """

    manual_page = "presets"

    changed = Signal()
    edit_requested = Signal(object)
    new_requested = Signal()
    """Emitted when the user wants to save the open contract as a preset."""

    def __init__(
        self,
        presets: PresetService,
        tasks: TaskRunner,
        parent: QWidget | None = None,
        *,
        documents: DocumentService | None = None,
        flows: FlowService | None = None,
    ) -> None:
        """Create the window.

        Without ``documents``, no pages are shown. Without ``flows``, the last use of the presets is not shown.
        """
        super().__init__(parent)
        self._service = presets
        self._tasks = tasks
        self._presets: tuple[Preset, ...] = ()
        self._wanted: PresetId | None = None
        self._sheet: ImportSheet | None = None
        self._flows = flows
        self._list = PresetCards(presets.pdfs if documents is not None else None, documents, tasks, self)
        self._name = QLineEdit(self)
        self._name.setMaxLength(_LONGEST_NAME)
        self._key = KeyChoice()
        self._about = PlainLabel(self, look="hint", is_wrapped=True)
        self._people = PeopleForm(self)
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._edit = QPushButton(self.tr("E&dit…"), self)
        self._delete = ConfirmButton(self)
        self._delete.set_texts(self.tr("De&lete"), self.tr("Delete permanently?"))
        self._export = QPushButton(self.tr("&Export…"), self)
        self._import = DeliberateButton(self, self.tr("&Import…"))
        self._edit.setObjectName("primary")
        self._new = DeliberateButton(self, self.tr("Ne&w…"))
        self._new.setToolTip(self.tr("Save the open contract as a preset"))
        self._close = QPushButton(self.tr("Close"), self)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._connect()
        self._show_chosen()
        fit_on_screen(self, *_SIZE_PX)

    @property
    def chosen(self) -> Preset | None:
        """The selected preset, or None."""
        row = self._list.currentRow()
        return self._presets[row] if 0 <= row < len(self._presets) else None

    @property
    def status_text(self) -> str:
        """The result of the last action."""
        return self._status.text()

    def read(self) -> None:
        """Read the stored presets, and show them."""
        self._run(self._service.list, self._on_read)

    def export_to(self, path: Path) -> None:
        """Export the selected preset to a file, without ID numbers."""
        if self.chosen is not None:
            self._run(partial(self._service.export, self.chosen.id, path), self._on_exported)

    def import_from(self, path: Path) -> None:
        """Read a preset from a file, compare it with the stored one, and ask the user whether to import it."""
        self._run(partial(self._service.imports.look_into, path), self._on_looked_into, lane=Lane.PDF)

    @property
    def sheet(self) -> ImportSheet | None:
        """The dialog that asks about an import, or None while it is closed."""
        return self._sheet

    def _lay_out(self) -> None:
        self.setWindowTitle(self.tr("Presets"))
        self._list.setAccessibleName(self.tr("Presets"))
        for label in (self._about, self._status):
            label.setMinimumWidth(1)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.addRow(self.tr("&Name"), self._name)
        form.addRow(self.tr("Counter &key"), self._key)
        side = vbox(
            form,
            self._about,
            self._people,
            hbox(self._edit, self._export, self._delete, 1),
            1,
            spacing=12,
        )
        full, empty = QWidget(self), QWidget(self)
        hbox((self._list, 1), (side, 1), spacing=24, parent=full)
        title = PlainLabel(empty, self.tr("No presets yet"))
        set_font_px(title, 16, is_bold=True)
        how = PlainLabel(
            empty,
            self.tr("A preset is a contract you send repeatedly. It keeps the documents, signers and seal positions."),
            look="hint",
        )
        self._first = DeliberateButton(empty, self.tr("Create from the open contract"))
        self._first.setObjectName("primary")
        self._first_import = DeliberateButton(empty, self.tr("Import a preset you received…"))
        for button in (self._first, self._first_import):
            button.setAutoDefault(False)
        middle = Qt.AlignmentFlag.AlignHCenter
        vbox(
            *(1, (title, middle), (how, middle), (self._first, middle), (self._first_import, middle), 2),
            spacing=12,
            parent=empty,
        )
        self._pages.addWidget(full)
        self._pages.addWidget(empty)
        for one in (self._edit, self._new, self._import, self._export, self._delete, self._close):
            one.setAutoDefault(False)
        vbox(
            (self._pages, 1),
            self._status,
            hbox(self._new, self._import, 1, self._close),
            spacing=12,
            margins=(24, 20, 24, 20),
            parent=self,
        )

    def _connect(self) -> None:
        self._list.currentRowChanged.connect(self._on_list_current_row_changed)
        self._list.itemActivated.connect(self._on_edit_clicked)
        self._edit.clicked.connect(self._on_edit_clicked)
        self._name.editingFinished.connect(self._on_name_editing_finished)
        self._key.edited.connect(self._on_key_edited)
        self._people.filled.connect(self._on_people_filled)
        self._delete.confirmed.connect(self._on_delete_confirmed)
        self._export.clicked.connect(self._on_export_clicked)
        for button in (self._import, self._first_import):
            button.meant.connect(self._on_import_clicked)
        for button in (self._new, self._first):
            button.meant.connect(self.new_requested)
        self._close.clicked.connect(self.accept)

    def _run(self, work: Callable[[], Any], on_done: Callable[[Any], None], lane: Lane = Lane.STORE) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self._on_failed, lane=lane)

    def _show_chosen(self) -> None:
        preset = self.chosen
        self._people.show_preset(preset)
        for widget in (self._name, self._key, self._edit, self._delete, self._export):
            widget.setEnabled(preset is not None)
        self._key.offer_keys(self._presets, preset.id if preset is not None else None, only_free=True)
        self._key.show_value(preset.function_key if preset is not None else None)
        self._name.setText(preset.name if preset is not None else "")
        self._about.setText(self._about_words(preset))

    def _about_words(self, preset: Preset | None) -> str:
        if preset is None:
            return ""
        names = listed(one_line(document.name, most_characters=40) for document in preset.documents)
        customers = self.tr("%n customer(s) at the counter", "", len(preset.customers))
        signers = self.tr("%n signer(s) in total", "", len(preset.signers))
        return "\n".join((self.tr("Documents: {names}").format(names=names), customers, signers))

    def _on_read(self, presets: tuple[Preset, ...]) -> None:
        before = self.chosen.id if self.chosen is not None else None
        wanted = self._wanted or before
        self._wanted = None
        self._presets = presets
        self._list.blockSignals(True)
        self._list.show_presets(presets)
        self._pages.setCurrentIndex(0 if presets else 1)
        for button in (self._new, self._import):
            button.setVisible(bool(presets))
        flows = self._flows
        if flows is not None:
            titles = frozenset(preset.title for preset in presets)
            self._run(lambda: flows.last_sent(titles), self._list.show_sent)
        ids = [preset.id for preset in presets]
        self._list.setCurrentRow(ids.index(wanted) if wanted in ids else 0 if ids else -1)
        self._list.blockSignals(False)
        if self.chosen is None or self.chosen.id != before:
            self._delete.disarm()
        self._show_chosen()

    def _on_changed(self, _result: object) -> None:
        self._status.setText("")
        self.changed.emit()
        self.read()

    def _on_list_current_row_changed(self, _row: int) -> None:
        # The user's choice takes precedence over an imported preset that is not listed yet.
        self._wanted = None
        # The confirmation applied to the previously selected preset.
        self._delete.disarm()
        self._show_chosen()

    def _on_name_editing_finished(self) -> None:
        preset, name = self.chosen, self._name.text().strip()
        if preset is not None and name and name != preset.name:
            self._run(partial(self._service.save, replace(preset, name=name)), self._on_changed)

    def _on_key_edited(self) -> None:
        preset = self.chosen
        key = self._key.read_value()
        if preset is not None and key != preset.function_key:
            self._run(partial(self._service.assign_key, preset.id, key), self._on_changed)

    def _on_edit_clicked(self) -> None:
        if self.chosen is not None:
            self.edit_requested.emit(self.chosen)

    def _on_people_filled(self, preset: Preset) -> None:
        self._run(partial(self._service.save, preset), self._on_changed)

    def _on_delete_confirmed(self) -> None:
        if self.chosen is not None:
            self._run(partial(self._service.delete, self.chosen.id), self._on_changed)

    def _on_export_clicked(self) -> None:
        title, suffix = self.tr("Export preset"), PRESET_SUFFIX.lstrip(".")
        choose_target(self, title, FileKind.PRESET, (FileType.PRESET,), self.export_to, suffix=suffix)

    def _on_import_clicked(self) -> None:
        title = self.tr("Import preset")
        choose_file(self, title, FileKind.PRESET, (FileType.PRESET,), self.import_from)

    def _on_exported(self, _nothing: None) -> None:
        self._status.setText(self.tr("Exported without ID numbers."))

    def _on_looked_into(self, found: PresetImport) -> None:
        if self._sheet is not None or found.fresh == found.mine:
            self._decline(found)
            if self._sheet is None:
                self._status.setText(self.tr("This computer already has this preset."))
            return
        self._status.setText("")
        self._sheet = ImportSheet(found, self)
        self._sheet.confirmed.connect(partial(self._on_sheet_confirmed, found))
        self._sheet.rejected.connect(partial(self._on_sheet_rejected, found))
        self._sheet.open()

    def _on_sheet_confirmed(self, found: PresetImport, keeps_mine: bool) -> None:
        name = found.mine.name if found.mine is not None else ""
        earlier = self.tr("{name} (until {day})").format(name=name, day=china_time(now_ms()).split()[0])
        self._tasks.start(
            partial(self._service.imports.take_in, found, name_of_mine=earlier, keeps_mine=keeps_mine),
            owner=self,
            on_done=partial(self._on_imported, found, keeps_mine=keeps_mine),
            on_error=self._on_import_failed,
        )

    def _on_sheet_rejected(self, found: PresetImport) -> None:
        self._sheet = None
        self._decline(found)

    def _decline(self, found: PresetImport) -> None:
        self._run(partial(self._service.imports.decline, found), lambda _nothing: None)

    def _on_import_failed(self, error: AppError) -> None:
        if self._sheet is not None:
            self._sheet.show_refusal(error)

    def _on_imported(self, found: PresetImport, preset: Preset, *, keeps_mine: bool) -> None:
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            sheet.accept()
        self._wanted = preset.id
        self._on_changed(None)
        text = self.tr("“{name}” has been imported.").format(name=one_line(preset.name))
        if found.mine is not None and not keeps_mine:
            earlier = self.tr("The earlier preset stays in the list without a key until you delete it.")
            text = f"{text} {earlier}"
        self._status.setText(text)

    def _on_failed(self, error: AppError) -> None:
        self._status.setText(error_sentence(error).text)
