"""The window of the preset editor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QTabWidget, QWidget

from esign_desktop.domain.contract.problems import Severity
from esign_desktop.domain.preset.checks import check_preset, uncounted_keywords
from esign_desktop.domain.preset.differences import differences
from esign_desktop.override import override
from esign_desktop.ui.presets.editor.documents import DocumentsPage
from esign_desktop.ui.presets.editor.fields import FieldsPage
from esign_desktop.ui.presets.editor.general import GeneralPage
from esign_desktop.ui.presets.editor.pages import KeptPages
from esign_desktop.ui.presets.editor.people import PeoplePage
from esign_desktop.ui.presets.editor.seals import SealsPage
from esign_desktop.ui.presets.editor.working_copy import WorkingCopy
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import difference_sentence, problem_sentence
from esign_desktop.ui.widgets import deliberate
from esign_desktop.ui.widgets.actions import ActionName, tool_tip
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, vbox
from esign_desktop.ui.widgets.reading_order import go_on
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.differences import Difference
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.tasks import TaskRunner

_SIZE_PX: Final = (1100, 680)
_MOST_SENTENCES: Final = 3
_SAVE_KEYS: Final = QKeySequence("Ctrl+S")


class PresetEditor(FittingDialog):
    """The preset editor. It edits a copy, which is saved only by *Save preset*.

    Closing it with unsaved changes needs a second press. ``saved`` carries the saved ``Preset``, and
    ``prepare_requested`` the edited ``Preset`` whose seals the user wants to edit in Prepare.
    """

    manual_page = "presets#edit"

    saved = Signal(object)
    prepare_requested = Signal(object)

    def __init__(
        self,
        preset: Preset,
        presets: PresetService,
        documents: DocumentService,
        environments: EnvironmentService,
        tasks: TaskRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = presets
        self._documents = documents
        self._environments = environments
        self._tasks = tasks
        self._asks = False
        self._asked = QElapsedTimer()
        self._is_saving = False
        self.copy = WorkingCopy(preset, self)
        self._kept_pages = KeptPages(presets.pdfs, documents, tasks, self)
        self.general = GeneralPage(self.copy, self)
        self.documents = DocumentsPage(self.copy, self)
        self.people = PeoplePage(self.copy, self)
        self.seals = SealsPage(self.copy, self._kept_pages, self)
        self.fields = FieldsPage(self.copy, self)
        self.tabs = QTabWidget(self)
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self.undo, self.redo = QPushButton(self.tr("Undo"), self), QPushButton(self.tr("Redo"), self)
        for button, name in ((self.undo, ActionName.UNDO), (self.redo, ActionName.REDO)):
            button.setToolTip(tool_tip(name))
        self.prepare = QPushButton(self.tr("Edit seal positions in Prepare…"), self)
        self.prepare.setToolTip(
            self.tr("Open the preset as a contract, adjust the seals on its pages, and save the changes to the preset")
        )
        self.leave = DeliberateButton(self, self.tr("Cancel"))
        self.save = DeliberateButton(self, self.tr("Save preset"))
        self.save.setObjectName("primary")
        self.save.setToolTip(_SAVE_KEYS.toString(QKeySequence.SequenceFormat.NativeText))
        self._lay_out()
        self._connect()
        self._show()
        # The size of seals depends on the environment's platform.
        self._tasks.start(environments.current, owner=self, on_done=self._on_environment_read, lane=Lane.STORE)
        self._tasks.start(presets.list, owner=self, on_done=self.general.show_others)
        fit_on_screen(self, *_SIZE_PX)
        self.general.name.setFocus()

    @property
    def status_text(self) -> str:
        """The problems of the preset, or the result of the last action."""
        return self._status.text()

    def take_pdf(self, document_id: DocumentId, path: Path) -> None:
        """Replace a document's PDF with the file at ``path``, and show the differences."""
        kept = next((one for one in self.copy.preset.documents if one.id == document_id), None)
        if kept is not None:
            self._tasks.start(
                partial(self._read_pdf, self.copy.preset, kept, path),
                owner=self,
                on_done=partial(self._on_pdf_read, document_id),
                on_error=self._on_pdf_failed,
                lane=Lane.PDF,
            )

    @override
    def reject(self) -> None:
        """Close the editor. With unsaved changes, the first call only asks the user to press again."""
        if self._may_leave():
            super().reject()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if isinstance(focused, QPushButton):
            focused.click()
        elif focused is not None:
            go_on(focused, forward=True)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.isVisible() and not self._may_leave():
            event.ignore()
            return
        super().closeEvent(event)

    @override
    def done(self, result: int) -> None:
        self._tasks.start(self._kept_pages.close, owner=self, on_done=lambda _nothing: None, lane=Lane.PDF)
        super().done(result)

    def _lay_out(self) -> None:
        self._status.setMinimumSize(1, sized(54))
        for index, page in enumerate((self.general, self.documents, self.people, self.seals, self.fields)):
            self.tabs.addTab(page, "")
            keys = QKeySequence(f"Alt+{index + 1}")
            self.tabs.setTabToolTip(index, keys.toString(QKeySequence.SequenceFormat.NativeText))
            QShortcut(keys, self).activated.connect(partial(self.tabs.setCurrentIndex, index))
        for button in (self.undo, self.redo, self.prepare, self.leave, self.save):
            # Enter in a field moves the focus to the next one, so it must not press a button.
            button.setAutoDefault(False)
        vbox(
            (self.tabs, 1),
            self._status,
            hbox(self.undo, self.redo, self.prepare, 1, self.leave, self.save),
            spacing=12,
            margins=(24, 16, 24, 20),
            parent=self,
        )

    def _connect(self) -> None:
        self.copy.changed.connect(self._on_copy_changed)
        self._kept_pages.arrived.connect(self._on_kept_pages_arrived)
        self.documents.pdf_chosen.connect(self.take_pdf)
        self.undo.clicked.connect(self.copy.undo)
        self.redo.clicked.connect(self.copy.redo)
        self.prepare.clicked.connect(self._on_prepare_clicked)
        self.leave.meant.connect(self.reject)
        self.save.meant.connect(self._on_save_clicked)
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Undo), self.copy.undo),
            (QKeySequence(QKeySequence.StandardKey.Redo), self.copy.redo),
            (_SAVE_KEYS, self._on_save_clicked),
        ):
            QShortcut(keys, self).activated.connect(slot)

    def _show(self) -> None:
        preset = self.copy.preset
        self.setWindowTitle(self.tr("Preset “{name}”").format(name=one_line(preset.name)))
        self._show_counts(preset)
        self.undo.setEnabled(self.copy.can_undo)
        self.redo.setEnabled(self.copy.can_redo)
        self._show_problems()

    def _show_counts(self, preset: Preset) -> None:
        self.tabs.setTabText(0, self.tr("General"))
        for index, text, count in (
            (1, self.tr("Documents ({count})"), len(preset.documents)),
            (2, self.tr("Signers ({count})"), len(preset.signers)),
            (3, self.tr("Seals ({count})"), len(preset.placements)),
            (4, self.tr("Form fields ({count})"), len(tuple(preset.form_fields))),
        ):
            self.tabs.setTabText(index, text.format(count=count))

    def _show_problems(self) -> None:
        preset = self.copy.preset
        problems = check_preset(preset, self._kept_pages.counts(preset))
        is_error = any(problem.severity is Severity.BLOCKING for problem in problems)
        sentences = [problem_sentence(problem) for problem in problems[:_MOST_SENTENCES]]
        if len(problems) > _MOST_SENTENCES:
            sentences.append(self.tr("%n more.", "", len(problems) - _MOST_SENTENCES))
        self._show_status("\n".join(sentences), is_error=is_error)
        # An imported preset whose keywords have not been counted can be saved without changes, which counts them.
        is_worth_it = self.copy.is_changed or any(uncounted_keywords(preset))
        self.save.setEnabled(is_worth_it and not is_error and not self._is_saving)
        self.prepare.setEnabled(not is_error)

    def _show_status(self, text: str, *, is_error: bool = False) -> None:
        self._status.setText(text)
        set_tone(self._status, "danger" if is_error else "hint")

    def _may_leave(self) -> bool:
        is_answer = self._asks and self._asked.elapsed() >= deliberate.moment_ms()
        if not self.copy.is_changed or is_answer:
            return True
        self._asks = True
        self._asked.start()
        self._show_status(self.tr("Unsaved changes. Press again to discard them."), is_error=True)
        return False

    def _read_pdf(self, preset: Preset, kept: Document, path: Path) -> tuple[Document, tuple[Difference, ...]]:
        document, stored = self._service.pdfs.borrow(path)
        try:
            hits = self._service.hits_of(preset, kept, document)
            return stored, differences(preset, kept, document, stored.digests, hits)
        finally:
            self._documents.close(document.id)

    def _on_copy_changed(self) -> None:
        self._asks = False
        for page in (self.general, self.documents, self.people, self.seals, self.fields):
            page.show_copy()
        self._show()

    def _on_environment_read(self, environment: Environment) -> None:
        self._kept_pages.use_behaviour(environment.behaviour)

    def _on_kept_pages_arrived(self) -> None:
        # The question before closing and the result of saving remain displayed.
        if not self._asks and not self._is_saving:
            self._show_problems()

    def _on_pdf_read(self, document_id: DocumentId, read: tuple[Document, tuple[Difference, ...]]) -> None:
        stored, found = read
        self.documents.take_pdf(document_id, stored, map(difference_sentence, found))

    def _on_pdf_failed(self, error: AppError) -> None:
        self.documents.show_note(error_sentence(error).text)

    def _on_prepare_clicked(self) -> None:
        self.prepare_requested.emit(self.copy.preset)

    def _on_save_clicked(self) -> None:
        if not self.save.isEnabled():
            return
        self._is_saving = True
        self.save.setEnabled(False)
        service, environments, preset, base = self._service, self._environments, self.copy.preset, self.copy.first
        self._tasks.start(
            lambda: service.save_edited(preset, environments.current(), base),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_save_failed,
            lane=Lane.PDF,
        )

    def _on_saved(self, preset: Preset) -> None:
        self.saved.emit(preset)
        self.accept()

    def show_other(self, name: str) -> None:
        """Tell the user to save or close this preset before editing the preset with this name."""
        text = self.tr("First save or cancel your changes to this preset, then edit “{name}”.").format(
            name=one_line(name)
        )
        self._show_status(text, is_error=True)

    def show_error(self, error: AppError) -> None:
        """Show an error."""
        self._show_status(error_sentence(error).text, is_error=True)

    def _on_save_failed(self, error: AppError) -> None:
        self._is_saving = False
        self._show()
        self.show_error(error)
