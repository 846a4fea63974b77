"""Show the list of contacts with search and filters, and a text while it is empty."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QStackedWidget, QWidget

from esign_desktop.domain.people.contact import ContactFilter
from esign_desktop.override import override
from esign_desktop.ui.contacts.table import ContactTable
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.flow_layout import ChoiceBar
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.more_button import MoreButton
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.contact import ContactId, ContactPage
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import Task, TaskRunner

_PAGE: Final = 60
"""The number of contacts read at first, which is more than fit on a screen."""
_LIST, _EMPTY, _NO_MATCH = range(3)


class ContactFilterBar(ChoiceBar[ContactFilter]):
    """Buttons that select a ``ContactFilter``, each with the number of contacts that match it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ContactFilter, parent)
        self._names = {
            ContactFilter.ALL: self.tr("All"),
            ContactFilter.PERSONS: self.tr("People"),
            ContactFilter.ORGANIZATIONS: self.tr("Organizations"),
            ContactFilter.OURS: self.tr("Ours"),
            ContactFilter.NOT_AT_PLATFORM: self.tr("No account yet"),
        }
        tip = self.tr(
            "No account in the current environment yet. The account is created when you send the first contract."
        )
        show_tip(self.button(ContactFilter.NOT_AT_PLATFORM), tip)
        for kind, name in self._names.items():
            self.button(kind).setText(name)
            self.button(kind).setAccessibleName(name)

    def show_counts(self, counts: dict[ContactFilter, int]) -> None:
        """Set the number of contacts of each filter. A missing filter has none."""
        for kind, name in self._names.items():
            count = counts.get(kind, 0)
            self.button(kind).setText(self.tr("{name} {count}").format(name=name, count=count))
            self.button(kind).setAccessibleDescription(self.tr("%n contact(s)", "", count))


class ContactList(QWidget):
    """The list of contacts with its search field and filters. Contacts are searched in the background.

    Each change of the text or the filter starts a new search and drops an unfinished one.
    """

    chosen_changed = Signal()
    """Emitted when the current contact or the selection may have changed."""
    edit_requested = Signal()
    """Emitted when the user activated a contact with Enter or a double click."""
    menu_requested = Signal(object)
    """Carries the ``QPoint`` at which to show the context menu, in screen coordinates."""
    person_requested = Signal()
    """Emitted when the user wants to add a person."""
    organization_requested = Signal()
    """Emitted when the user wants to add an organization."""
    import_requested = Signal()
    """Emitted when the user wants to import contacts, which the empty list offers."""
    failed = Signal(object)
    """Carries the ``AppError`` of a failed search."""

    def __init__(self, contacts: ContactService, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._contacts = contacts
        self._tasks = tasks
        self._asked: Task | None = None
        self._wanted: ContactId | None = None
        self.search_line = _SearchLine(self)
        self.search_line.setClearButtonEnabled(True)
        self.search_line.setPlaceholderText(self.tr("Name, pinyin, initials, last digits or your reference"))
        self.search_line.setAccessibleName(self.tr("Search"))
        self.filters = ContactFilterBar(self)
        self._add_person = QPushButton(self.tr("New &person"), self)
        self._add_organization = QPushButton(self.tr("New &organization"), self)
        self.menu = QMenu(self)
        """The menu of the *More* button, to which the room adds commands for all or the selected contacts."""
        self._more = MoreButton(self.menu, self)
        self.table = ContactTable(self)
        self._symbol = PlainLabel(self)
        self._first_import = QPushButton(self.tr("Import from file…"), self)
        self._show_all = QPushButton(self.tr("Show all contacts"), self)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.setFocusProxy(self.search_line)
        self._connect()
        self._show_icons()

    @property
    def is_asking(self) -> bool:
        """Whether a search is running, whose result will replace the list."""
        return self._asked is not None

    def reload(self, wanted: ContactId | None = None) -> None:
        """Read the list and the counts again in the background. Then select ``wanted`` if it is not None.

        Filters that hide ``wanted`` are cleared. If the user selects a contact, searches or filters before the list is
        loaded, the user's choice is kept.
        """
        if wanted is not None:
            self._wanted = wanted
        self._ask()
        self._tasks.start(
            self._contacts.counts,
            owner=self,
            on_done=self.filters.show_counts,
            on_error=self.failed.emit,
            lane=Lane.SEARCH,
        )

    def choose(self, kind: ContactFilter, text: str = "") -> None:
        """Set the filter and the search text, and search."""
        self.search_line.setText(text)
        self.filters.choose(kind)

    def search(self) -> None:
        """Focus the search field, and select its text."""
        self.search_line.setFocus()
        self.search_line.selectAll()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    def _show_icons(self) -> None:
        self._add_person.setIcon(icon("person"))
        self._add_organization.setIcon(icon("organization"))
        self._symbol.setPixmap(icon("contacts", theme().hint).pixmap(QSize(48, 48)))

    def _lay_out(self) -> None:
        title = PlainLabel(self, self.tr("No contacts yet"))
        set_font_px(title, 16, is_bold=True)
        text = PlainLabel(
            self,
            self.tr("Everyone you send a contract to is listed here. You can also add contacts in advance."),
            look="hint",
        )
        no_match_title = PlainLabel(self, self.tr("No matching contacts"))
        set_font_px(no_match_title, 16, is_bold=True)
        middle = Qt.AlignmentFlag.AlignHCenter
        empty, no_match = QWidget(), QWidget()
        vbox(
            *(1, (self._symbol, middle), (title, middle), (text, middle), (self._first_import, middle), 2),
            spacing=12,
            parent=empty,
        )
        vbox(1, (no_match_title, middle), (self._show_all, middle), 2, spacing=12, parent=no_match)
        for page in (self.table, empty, no_match):
            self._pages.addWidget(page)
        row = hbox((self.search_line, 1), self._add_person, self._add_organization, self._more)
        top = vbox(row, self.filters, margins=(12, 8, 12, 8))
        vbox(top, (self._pages, 1), spacing=0, parent=self)

    def _connect(self) -> None:
        for changed in (self.search_line.textChanged, self.filters.chosen, self.table.chosen_changed):
            changed.connect(self._forget_wanted)
        self.search_line.textChanged.connect(self._ask)
        self.search_line.row_wanted.connect(self._on_search_row_wanted)
        self.filters.chosen.connect(self._ask)
        self.table.people.more_wanted.connect(self._on_more_wanted)
        self.table.chosen_changed.connect(self.chosen_changed)
        self.table.activated.connect(self.edit_requested)
        self.table.customContextMenuRequested.connect(self._on_table_menu_requested)
        self._show_all.clicked.connect(self._on_show_all_clicked)
        self._first_import.clicked.connect(self.import_requested)
        self._add_person.clicked.connect(self.person_requested)
        self._add_organization.clicked.connect(self.organization_requested)

    def _ask(self, _change: object = None) -> None:
        if self._asked is not None:
            self._asked.cancel()
        contacts, text, kind = self._contacts, self.search_line.text(), self.filters.kind
        self._asked = self._tasks.start(
            lambda: contacts.search(text, kind, _PAGE),
            owner=self,
            on_done=self._on_found,
            on_error=self.failed.emit,
            lane=Lane.SEARCH,
        )

    def _forget_wanted(self, _change: object = None) -> None:
        self._wanted = None

    def _on_found(self, page: ContactPage) -> None:
        self._asked = None
        wanted, self._wanted = self._wanted, None
        self.table.show_page(page, wanted)
        is_narrowed = bool(self.search_line.text().strip()) or self.filters.kind is not ContactFilter.ALL
        self._pages.setCurrentIndex(_LIST if page.total else _NO_MATCH if is_narrowed else _EMPTY)
        if self.search_line.hasFocus() and is_narrowed:
            announce(self.search_line, self.tr("%n contact(s) found", "", page.total))
        if wanted is not None and self.table.people.position_of(wanted) is None and is_narrowed:
            self._on_show_all_clicked()
            self._wanted = wanted

    def _on_more_wanted(self, offset: int) -> None:
        contacts, text, kind = self._contacts, self.search_line.text(), self.filters.kind
        self._tasks.start(
            lambda: contacts.search(text, kind, 2 * _PAGE, offset),
            owner=self,
            on_done=partial(self._on_more_found, (text, kind)),
            on_error=partial(self._on_more_failed, (text, kind)),
            lane=Lane.SEARCH,
        )

    def _on_more_found(self, asked: tuple[str, ContactFilter], page: ContactPage) -> None:
        if self._asked is None and asked == (self.search_line.text(), self.filters.kind):
            self.table.people.add_page(page)

    def _on_more_failed(self, asked: tuple[str, ContactFilter], error: AppError) -> None:
        if self._asked is None and asked == (self.search_line.text(), self.filters.kind):
            self.table.people.allow_retry()
        self.failed.emit(error)

    def _on_search_row_wanted(self, step: int) -> None:
        """Move the current row by ``step`` while the search field keeps the focus."""
        index = self.table.currentIndex()
        row = index.row() + step if index.isValid() else 0
        if 0 <= row < self.table.people.rowCount():
            self.table.setCurrentIndex(self.table.people.index(row, 0))

    def _on_show_all_clicked(self) -> None:
        self.search_line.clear()
        self.filters.choose(ContactFilter.ALL)

    def _on_table_menu_requested(self, at: QPoint) -> None:
        self.menu_requested.emit(self.table.viewport().mapToGlobal(at))


class _SearchLine(QLineEdit):
    row_wanted = Signal(int)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {int(Qt.Key.Key_Down): 1, int(Qt.Key.Key_Up): -1}
        if event.key() in steps:
            self.row_wanted.emit(steps[event.key()])
        else:
            super().keyPressEvent(event)
