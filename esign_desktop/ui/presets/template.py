"""Create a template at the platform from a document of the contract, after the user has confirmed it in an overlay."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTableWidget, QTableWidgetItem, QWidget

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.errors import AppError, Cancelled, CancelToken
from esign_desktop.domain.forms import FieldKind, PdfFormField, guessed_datum, preset_fields
from esign_desktop.override import override
from esign_desktop.ui.presets.making import ActionCard
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import datum_words
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.theme import set_tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.services.templates.making import TemplateLook, TemplateMaker
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


_WIDTH_PX: Final = 720
_MOST_ROWS: Final = 9
_LONGEST: Final = 60
_PERCENT = 100


class TemplateSheet(ActionCard):
    """The overlay that describes the template to be created: its environment, its fields and any earlier attempt.

    ``make_requested`` carries whether to create a template even though an earlier attempt, whose answer was lost, may
    have created one. ``drawing_requested`` is emitted if the user wants to draw more fields on the pages.
    """

    manual_page = "templates#create"

    make_requested = Signal(bool)
    drawing_requested = Signal()

    def __init__(self, document_name: str, look: TemplateLook, parent: QWidget | None = None) -> None:
        earlier = look.earlier
        self._is_lost = earlier is not None and not earlier.is_made
        if earlier is None:
            button_text = self.tr("Create te&mplate")
        else:
            button_text = self.tr("&Create again") if self._is_lost else self.tr("&Open preset")
        super().__init__(self.tr("Create template"), button_text, _WIDTH_PX, parent)
        self._look = look
        self._name = one_line(document_name, most_characters=_LONGEST)
        banner = EnvironmentBanner(self)
        banner.show_environment(look.environment)
        self._status = PlainLabel(self, self._what_happens(), is_wrapped=True)
        self._table = QTableWidget(len(look.fields), 3, self)
        self._warning = PlainLabel(self, self._what_to_know(), is_wrapped=True)
        self._warning.setVisible(bool(self._warning.text()))
        for label in (self._status, self._warning):
            label.setMinimumWidth(1)
        self._fill_table()
        self.draw = QPushButton(self.tr("&Draw more fields…"), self)
        self.draw.setToolTip(self.tr("Opens the file in Presets, where you draw fields on its pages"))
        self.draw.clicked.connect(self.drawing_requested)
        for widget in (banner, self._status, self._table, self._warning):
            self.column.addWidget(widget)
        self.column.addLayout(hbox(self.draw, 1))
        self.add_buttons()
        self.setFocusProxy(self.button)
        self._colour()
        self.button.meant.connect(self._on_button_meant)

    @property
    def status_text(self) -> str:
        """The sentences that describe what the main button does, and the result of an earlier attempt."""
        return self._status.text()

    @property
    def warning(self) -> str:
        """The warnings about the form fields. Empty if there are none."""
        return self._warning.text()

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The texts of the table's rows: the name of a field, its page number, and what fills it in."""
        cells = [[self._table.item(row, column) for column in range(3)] for row in range(self._table.rowCount())]
        return tuple(tuple(cell.text() for cell in row if cell is not None) for row in cells)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
        super().changeEvent(event)

    def _what_happens(self) -> str:
        earlier = self._look.earlier
        if earlier is None:
            return self.tr(
                "“{name}” is uploaded once and stays on the platform, which fills in its fields "
                "for each contract. When the template has been created, its preset opens. A "
                "template can't be deleted here after it's created."
            ).format(name=self._name)
        time = china_time(earlier.changed_at_ms)
        if earlier.is_made:
            return self.tr(
                "A template was created from “{name}” there on {time}. The file isn't uploaded "
                "again; the template's preset opens."
            ).format(name=self._name, time=time)
        return self.tr(
            "This template was requested from the platform on {time}, but the answer was "
            "lost. There is no way to check whether “{name}” was created. Even if it was, it "
            "isn't used and no customer sees it, so it's safe to create it again."
        ).format(name=self._name, time=time)

    def _what_to_know(self) -> str:
        if self._look.earlier is not None and self._look.earlier.is_made:
            return ""
        filled = sum(one.is_filled for one in self._look.fields)
        words = []
        if filled:
            words.append(
                self.tr("%n field(s) are already filled in; their values become part of the template.", "", filled)
            )
        if any(one.kind is not FieldKind.TEXT for one in self._look.fields):
            words.append(self.tr("Only text fields are filled in. All other fields stay as they are in the file."))
        return " ".join(words)

    def _fill_table(self) -> None:
        table = self._table
        table.setHorizontalHeaderLabels([self.tr("Form field"), self.tr("Page"), self.tr("Value")])
        table.setAccessibleName(self.tr("Form fields"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        for row, one in enumerate(self._look.fields):
            page = "–" if one.page_number is None else str(one.page_number)
            for column, text in enumerate((_name_of(one), page, asked_for(one))):
                table.setItem(row, column, QTableWidgetItem(text))
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column in (0, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        row_px = table.verticalHeader().defaultSectionSize()
        shown = min(max(table.rowCount(), 1), _MOST_ROWS)
        table.setFixedHeight(header.sizeHint().height() + shown * row_px + 2 * table.frameWidth())

    def _colour(self) -> None:
        set_tone(self._warning, "warning")
        set_tone(self._status, "warning" if self._is_lost else "")

    def _on_button_meant(self) -> None:
        self.make_requested.emit(self._is_lost)


def asked_for(one: PdfFormField) -> str:
    """Return a translated description of the value that fills a form field, or a note that the field is unchanged."""
    match one.kind:
        case FieldKind.TEXT if one.name:
            return datum_words()[guessed_datum(one).value]
        case FieldKind.CHECK:
            return QCoreApplication.translate("TemplateSheet", "Check box: unchanged")
        case FieldKind.CHOICE:
            return QCoreApplication.translate("TemplateSheet", "Choice: unchanged")
        case FieldKind.SIGNATURE:
            return QCoreApplication.translate("TemplateSheet", "Signature field: not used")
        case _:
            return QCoreApplication.translate("TemplateSheet", "Unchanged")


def _name_of(one: PdfFormField) -> str:
    name = one_line(one.name, most_characters=_LONGEST) or "…"
    hint = one_line(one.hint, most_characters=_LONGEST)
    return f"{name} – {hint}" if hint and hint != name else name


@dataclass
class _Making:
    """A template that is being created.

    ``draft`` is the contract at the time of the request, and ``percent`` the last reported progress of the upload, or
    -1.
    """

    draft: ContractDraft
    cancel: CancelToken = field(default_factory=CancelToken)
    percent: int = -1


class TemplateController(QObject):
    """Creates templates from documents of the contract in the background.

    ``made`` carries the new ``Preset`` whose document is the template. Progress and errors are shown on the card of the
    document, on which the user can also stop the upload.
    """

    made = Signal(object)
    drawing_requested = Signal(object)
    """Carries the ``Path`` of a PDF on whose pages the user wants to draw more fields."""

    def __init__(
        self,
        templates: TemplateMaker,
        presets: PresetService,
        session: ContractSession,
        prepare: PrepareRoom,
        tasks: TaskRunner,
        messages: Messages,
        *,
        may_replace_contract: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._may_replace_contract = may_replace_contract
        self._templates = templates
        self._presets = presets
        self._session = session
        self._prepare = prepare
        self._tasks = tasks
        self._messages = messages
        self._making: dict[DocumentId, _Making] = {}
        self._sheet: TemplateSheet | None = None
        prepare.documents.stop_requested.connect(self._on_documents_stop_requested)

    @property
    def sheet(self) -> TemplateSheet | None:
        """The overlay in which the user confirms that a template is created, or None while it is closed."""
        return self._sheet

    def ask(self, document_id: DocumentId) -> None:
        """Read the form of a document in the background, and open the overlay in which the user creates a template.

        Do nothing if a template is already being created from this document, or if the overlay is open.
        """
        if document_id in self._making or self._sheet is not None:
            return
        making = self._making[document_id] = _Making(self._session.draft)
        document = making.draft.document(document_id)
        self._prepare.documents.show_work(document_id, self.tr("Reading form…"), 0, 0)
        self._tasks.start(
            partial(self._templates.look, document),
            owner=self,
            on_done=partial(self._on_looked, document),
            on_error=partial(self._on_failed, document),
            lane=Lane.PDF,
        )

    def _on_looked(self, document: Document, look: TemplateLook) -> None:
        is_wanted = not self._making.pop(document.id).cancel.is_cancelled
        self._prepare.documents.end_work(document.id)
        if is_wanted and self._sheet is None and self._is_here(document) and self._may_replace_contract():
            self._sheet = TemplateSheet(document.name, look)
            self._sheet.make_requested.connect(partial(self._on_sheet_make_requested, document, look))
            self._sheet.drawing_requested.connect(partial(self._on_sheet_drawing_requested, document))
            self._sheet.cancelled.connect(self._leave)
            self._sheet.destroyed.connect(self._on_sheet_destroyed)
            self._prepare.show_overlay(self._sheet)

    def _on_sheet_drawing_requested(self, document: Document) -> None:
        self._leave()
        self.drawing_requested.emit(Path(document.path))

    def _on_sheet_make_requested(self, document: Document, look: TemplateLook, anew: bool) -> None:
        self._leave()
        making = self._making[document.id] = _Making(self._session.draft)
        self._prepare.documents.show_work(document.id, self.tr("Uploading template…"), 0, _PERCENT)
        self._tasks.start(
            partial(self._make, document, look, making, anew=anew),
            owner=self,
            on_done=partial(self._on_made, document, look),
            on_error=partial(self._on_failed, document),
            lane=Lane.NETWORK,
        )

    def _make(self, document: Document, look: TemplateLook, making: _Making, *, anew: bool) -> TemplateFilling | None:
        report = self._tasks.reporter(partial(self._on_progressed, document.id), owner=self)

        def on_progress(done_bytes: int, total_bytes: int) -> None:
            percent = done_bytes * _PERCENT // max(1, total_bytes)
            if percent != making.percent:
                making.percent = percent
                report(percent)

        try:
            made = self._templates.make(document, look, on_progress=on_progress, cancel=making.cancel, anew=anew)
        except Cancelled:
            return None
        return TemplateFilling(made.template_id, preset_fields=preset_fields(made.fields))

    def _on_made(self, document: Document, look: TemplateLook, template: TemplateFilling | None) -> None:
        making = self._making[document.id]
        if template is None:
            del self._making[document.id]
            self._prepare.documents.end_work(document.id)
            return
        draft = self._session.draft if self._is_here(document) else making.draft
        self._prepare.documents.show_work(document.id, self.tr("Creating preset…"), 0, 0)
        self._tasks.start(
            partial(self._presets.of_template, draft, document.id, template, look.environment),
            owner=self,
            on_done=partial(self._on_preset_made, document),
            on_error=partial(self._on_preset_failed, document),
            lane=Lane.PDF,
        )

    def _on_preset_made(self, document: Document, preset: Preset) -> None:
        self._making.pop(document.id, None)
        self._prepare.documents.end_work(document.id)
        self._messages.show_message(
            self.tr("“{name}” is now a template on the platform.").format(name=one_line(document.name)),
            MessageLevel.SUCCESS,
            remedy=self.tr("The preset is open. Set the value of each field and the seal positions."),
            key="template",
        )
        self.made.emit(preset)

    def _on_preset_failed(self, document: Document, error: AppError) -> None:
        self._making.pop(document.id, None)
        kept = self.tr(
            "The template was created and isn't lost. Choose “Create template…” again; nothing is uploaded twice."
        )
        self._prepare.documents.end_work(document.id, f"{one_line(error_sentence(error).title)} {kept}")

    def _on_failed(self, document: Document, error: AppError) -> None:
        making = self._making.pop(document.id, None)
        if making is not None and making.cancel.is_cancelled and error.code != "template.answer_lost":
            self._prepare.documents.end_work(document.id)
            return
        sentence = error_sentence(error)
        if self._prepare.documents.end_work(document.id, sentence.text):
            return
        # The document has been removed from the contract, so the error can't be shown on its card.
        self._messages.show_message(
            one_line(sentence.title), MessageLevel.ERROR, remedy=sentence.remedy, key="template"
        )

    def _is_here(self, document: Document) -> bool:
        return any(one.id == document.id for one in self._session.draft.documents)

    def _leave(self) -> None:
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            self._prepare.close_overlay(sheet)

    def _on_sheet_destroyed(self) -> None:
        self._sheet = None

    def _on_documents_stop_requested(self, document_id: DocumentId) -> None:
        making = self._making.get(document_id)
        if making is not None:
            making.cancel.cancel()

    def _on_progressed(self, document_id: DocumentId, percent: int) -> None:
        if document_id in self._making:
            text = self.tr("Uploading template…") if percent < _PERCENT else self.tr("Creating template…")
            self._prepare.documents.show_work(document_id, text, percent, _PERCENT)
