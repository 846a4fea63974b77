"""Add documents from templates, and complete template documents that lack their pages or field positions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from esign_desktop.domain.contract.edits import add_documents
from esign_desktop.domain.contract.form_values import with_linked_values
from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.domain.forms import with_places
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.popup import Popup
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from esign_desktop.domain.document import Document, DocumentId, WantedField
    from esign_desktop.domain.templates import Template
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.templates.service import TemplateService
    from esign_desktop.ui.tasks import Task, TaskRunner

_WIDTH_PX: Final = 340
_ROW_PX: Final = 30
_SHOWN_ROWS: Final = 10


class TemplateList(Popup):
    """A popup that lists templates. ``chosen`` carries the chosen ``Template``, and then the popup closes.

    Templates without a stored PDF are listed but cannot be chosen.
    """

    manual_page = "templates#fill-in"

    chosen = Signal(object)

    def __init__(self, templates: tuple[Template, ...], parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("TemplateList", "From a template"), parent)
        self.setFixedWidth(sized(_WIDTH_PX))
        self._templates = templates
        self.list = QListWidget(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("Templates"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for one in templates:
            self.list.addItem(self._item(one))
        empty = PlainLabel(
            self,
            self.tr("No templates in this environment yet. Create one from a PDF in Presets."),
            look="hint",
            is_wrapped=True,
        )
        self.list.setVisible(bool(templates))
        self.list.setFixedHeight(min(_SHOWN_ROWS, max(1, len(templates))) * sized(_ROW_PX) + 4)
        empty.setVisible(not templates)
        title = PlainLabel(self, self.tr("From a template"), look="sectionTitle")
        vbox(title, self.list, empty, margins=(12, 8, 8, 8), parent=self)
        if templates:
            self.setFocusProxy(self.list)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription("" if templates else empty.text())
        self.list.setCurrentRow(0)
        self.list.itemClicked.connect(self._on_item_chosen)
        self.list.itemActivated.connect(self._on_item_chosen)

    def _item(self, template: Template) -> QListWidgetItem:
        fields = self.tr("%n field(s)", "", len(template.fields))
        text = f"{one_line(template.name, most_characters=28)} · {fields}"
        has_pages = bool(template.sha256)
        item = QListWidgetItem(
            icon("templates"), text if has_pages else self.tr("{name} · no PDF saved").format(name=text)
        )
        item.setSizeHint(QSize(0, sized(_ROW_PX)))
        if not has_pages:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setToolTip(self.tr("To show the template's pages, add its PDF in Presets."))
        return item

    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.chosen.emit(self._templates[self.list.row(item)])
            self.close()


class TemplateDocuments(QObject):
    """Adds documents from templates to the contract, in the background.

    Documents of presets and drafts that lack the positions of their form's fields are completed automatically when they
    appear in the session. ``found`` carries a tuple of ``Template``, and ``added`` and ``completed`` a ``Document``.
    ``failed`` carries the ``AppError`` of ``look`` or ``add``; errors of completing are ignored.
    """

    found = Signal(object)
    added = Signal(object)
    completed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, session: ContractSession, services: Services, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._services = services
        self._tasks = tasks
        self._looking: Task | None = None
        self._asked: dict[DocumentId, tuple[WantedField, ...]] = {}
        """The fields of each form at the time of the last search for their positions."""
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    def look(self) -> None:
        """Read the templates of the current environment in the background, and emit ``found`` or ``failed``."""
        if self._looking is not None:
            # After two requests, the list must be shown only once.
            self._looking.cancel()
        self._looking = self._tasks.start(
            self._services.templates.here, owner=self, on_done=self.found.emit, on_error=self.failed.emit
        )

    def add(self, template: Template) -> None:
        """Open the PDF of a template in the background, add it to the contract as a form, and emit ``added``.

        Emit ``failed`` on an error. If another contract is open by then, the document is not added.
        """
        self._tasks.start(
            partial(self._services.templates.use, template),
            owner=self,
            on_done=partial(self._on_opened, self._session.draft.id),
            on_error=self.failed.emit,
            lane=Lane.PDF,
        )

    def _on_opened(self, draft_id: str, document: Document) -> None:
        if self._session.draft.id != draft_id:
            return
        self._session.apply(
            EditName.ADD_DOCUMENTS,
            lambda draft: add_documents(draft, (with_linked_values(draft, document),)),
            origin=self,
        )
        self.added.emit(document)

    def _on_session_changed(self, change: Change) -> None:
        if change.before.documents is change.after.documents:
            return
        for document in change.after.documents:
            filling = document.template
            lacks_places = filling is not None and all(one.rect is None for one in filling.wanted)
            if filling is not None and lacks_places and self._asked.get(document.id) != filling.wanted:
                self._asked[document.id] = filling.wanted
                self._tasks.start(
                    partial(_completed, self._services.templates, document),
                    owner=self,
                    on_done=self._on_completed,
                    on_error=self._on_completing_failed,
                    lane=Lane.PDF,
                )

    def _on_completed(self, document: Document | None) -> None:
        if document is not None and document.template is not None:
            self._session.learn_form(document)
            self.completed.emit(document)

    def _on_completing_failed(self, error: AppError) -> None:
        """Ignore the error, because the form can be filled in without the positions of its fields."""
        del error


def _completed(templates: TemplateService, document: Document) -> Document | None:
    """Return the document with the field positions of its template and, if it has no file, the template's PDF.

    The document is returned without the PDF if that is not stored or does not match the page count. Return None if the
    current environment has no such template with fields.
    """
    filling = document.template
    if filling is None:
        return None
    template = next((one for one in templates.here() if one.template_id == filling.template_id), None)
    if template is None or not template.fields:
        return None
    known = replace(document, template=with_places(filling, template))
    own_count = document.page_count - filling.added_pages
    if document.path or len(template.pages) != own_count:
        return known
    try:
        path = templates.path_of(template)
    except InputError:
        return known
    return replace(known, path=str(path), sha256=template.sha256, size_bytes=path.stat().st_size)
