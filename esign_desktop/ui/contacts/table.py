"""Show contacts in a table, which requests further contacts when the user scrolls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from esign_desktop.domain.people.contact import Contact, ContactId, ContactPage
from esign_desktop.override import override
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.tables import PromptTable, RowDelegate, set_up_table
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QResizeEvent

_Index = QModelIndex | QPersistentModelIndex
_ROW_PX: Final = 34
_MOST_RESELECTED: Final = 500
_LEAST_NAME_PX: Final = 160
_OURS_ROLE: Final = int(Qt.ItemDataRole.UserRole)


class ContactColumn(IntEnum):
    """The columns of the table, from left to right."""

    NAME = 0
    NUMBER = 1
    MOBILE = 2
    AGENT = 3
    LAST = 4
    COUNT = 5


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    width_px: int
    text: Callable[[Contact], str]


def acting_text(contact: Contact) -> str:
    """Return the first agent of an organization, or the first organization of an agent, and the number of others.

    Return a dash if the contact has neither.
    """
    others = contact.agents or contact.acts_for
    more = f" +{len(others) - 1}" if len(others) > 1 else ""
    return one_line(others[0].name) + more if others else "–"


class ContactTableModel(QAbstractTableModel):
    """A table model of the contacts read so far."""

    more_wanted = Signal(int)
    """Carries the offset from which further contacts are to be read. Answer it with ``add_page`` or ``allow_retry``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = (
            _Column(self.tr("Name"), 220, lambda one: one_line(one.name)),
            _Column(self.tr("ID number"), 96, lambda one: one_line(one.masked_number) or "–"),
            _Column(self.tr("Mobile"), 124, lambda one: one_line(one.masked_mobile or one.masked_email) or "–"),
            _Column(self.tr("Representation"), 168, acting_text),
            _Column(
                self.tr("Last contract"),
                132,
                lambda one: china_time(one.last_contract_ms) if one.last_contract_ms else "–",
            ),
            _Column(self.tr("Contracts"), 84, lambda one: str(one.contract_count)),
        )
        self._contacts: list[Contact] = []
        self._total = 0
        self._is_asked = False

    @property
    def column_widths_px(self) -> tuple[int, ...]:
        """The initial widths of the columns in pixels."""
        return tuple(column.width_px for column in self._columns)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The contacts read so far, in order."""
        return tuple(self._contacts)

    def show_page(self, page: ContactPage) -> None:
        """Replace all contacts by the first page of another search."""
        self.beginResetModel()
        self._contacts, self._total, self._is_asked = list(page.contacts), page.total, False
        self.endResetModel()

    def add_page(self, page: ContactPage) -> None:
        """Append the next page of the current search. Contacts that are displayed already are skipped."""
        self._is_asked, self._total = False, page.total
        known = {one.id for one in self._contacts}
        added = [one for one in page.contacts if one.id not in known]
        if not added:
            self._total = len(self._contacts)
            return
        first = len(self._contacts)
        self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
        self._contacts += added
        self.endInsertRows()

    def allow_retry(self) -> None:
        """Allow another request for further contacts when the user scrolls. Call this when a request has failed."""
        self._is_asked = False

    def position_of(self, contact_id: ContactId) -> int | None:
        """Return the row of a contact, counted from 0, or None if the contact has not been read."""
        return next((at for at, one in enumerate(self._contacts) if one.id == contact_id), None)

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._contacts)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._columns)

    @override
    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and not self._is_asked and len(self._contacts) < self._total

    @override
    def fetchMore(self, parent: _Index) -> None:
        self._is_asked = True
        self.more_wanted.emit(len(self._contacts))

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == ContactColumn.COUNT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return self._columns[section].heading if role == Qt.ItemDataRole.DisplayRole else None

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        contact, column = self._contacts[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._columns[column].text(contact)
            case Qt.ItemDataRole.DecorationRole if column == ContactColumn.NAME:
                return icon("person" if contact.is_person else "organization", theme().hint)
            case Qt.ItemDataRole.AccessibleTextRole if column == ContactColumn.NAME:
                kind = self.tr("Person") if contact.is_person else self.tr("Organization")
                ours = (self.tr("Ours"),) if contact.is_ours else ()
                return listed((one_line(contact.name), kind, *ours))
            case Qt.ItemDataRole.TextAlignmentRole if column == ContactColumn.COUNT:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case _ if role == _OURS_ROLE:
                return contact.is_ours and column == ContactColumn.NAME
            case _:
                return None


class _NameDelegate(RowDelegate):
    """Paints the translated word *Ours* after the names of the user's own parties."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        if not index.data(_OURS_ROLE):
            return
        from PySide6.QtGui import QFontMetricsF

        word, colours = self.tr("Ours"), theme()
        font = painter.font()
        font.setPixelSize(sized(11))
        metrics = QFontMetricsF(font)
        name_px = option.fontMetrics.horizontalAdvance(index.data()) + option.decorationSize.width() + 22
        width, height = metrics.horizontalAdvance(word) + 12, metrics.height() + 2
        left = min(option.rect.left() + name_px, option.rect.right() - width - 4)
        place = QRectF(left, option.rect.center().y() - height / 2 + 1, width, height)
        painter.save()
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setBrush(colours.base if is_selected else colours.accent_ground)
        painter.drawRoundedRect(place, 4, 4)
        painter.setFont(font)
        painter.setPen(colours.accent)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), word)
        painter.restore()


_YIELDING: Final = (ContactColumn.COUNT, ContactColumn.LAST, ContactColumn.AGENT)
"""The columns that are hidden, one after the other, if there is too little space for the names.

The card of the chosen contact shows the same data.
"""


class ContactTable(PromptTable):
    """The table view of the contacts. It keeps the selection when another page contains the same contacts.

    In a narrow window, it hides the last columns, so that the names are readable.
    """

    chosen_changed = Signal()
    """Emitted when the current contact or the selection may have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("contactTable")
        self.people = ContactTableModel(self)
        self.setModel(self.people)
        set_up_table(self, row_px=_ROW_PX)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlternatingRowColors(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Contacts"))
        self.setItemDelegateForColumn(ContactColumn.NAME, _NameDelegate(self))
        header = self.horizontalHeader()
        header.setMinimumSectionSize(sized(60))
        for section, width_px in enumerate(self.people.column_widths_px):
            self.setColumnWidth(section, sized(width_px))
        header.setSectionResizeMode(ContactColumn.NAME, QHeaderView.ResizeMode.Stretch)
        self._is_renewing = False
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.selectionModel().currentRowChanged.connect(self._on_selection_changed)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widths_px = [sized(width_px) for width_px in self.people.column_widths_px]
        needed = sum(widths_px) - widths_px[ContactColumn.NAME] + sized(_LEAST_NAME_PX)
        for column in _YIELDING:
            is_hidden = needed > self.viewport().width()
            if self.isColumnHidden(column) != is_hidden:
                self.setColumnHidden(column, is_hidden)
            needed -= widths_px[column]

    @property
    def current(self) -> Contact | None:
        """The contact in the current row, or None if there is no current row."""
        index = self.currentIndex()
        return self.people.contacts[index.row()] if index.isValid() else None

    @property
    def selected(self) -> tuple[Contact, ...]:
        """The selected contacts, from top to bottom."""
        contacts = self.people.contacts
        return tuple(contacts[at] for at in sorted(index.row() for index in self.selectionModel().selectedRows()))

    def show_page(self, page: ContactPage, wanted: ContactId | None = None) -> None:
        """Show the first page of a search, and emit ``chosen_changed``.

        ``wanted`` or, if it is None, the present current contact becomes the current contact; if the page does not
        contain it, the first contact does. If ``wanted`` is None and the page contains the current contact, a selection
        of up to 500 contacts is kept.
        """
        current = self.current
        kept = wanted or (current.id if current is not None else None)
        selected = {one.id for one in self.selected} if wanted is None else set()
        self._is_renewing = True
        try:
            self.people.show_page(page)
            at = self.people.position_of(kept) if kept is not None else None
            if at is None:
                at, selected = 0, set()
            if page.contacts:
                self._choose(at, selected if len(selected) <= _MOST_RESELECTED else set())
        finally:
            self._is_renewing = False
        self.chosen_changed.emit()

    def _choose(self, at: int, selected: set[ContactId]) -> None:
        flags, last = QItemSelectionModel.SelectionFlag, self.people.columnCount() - 1
        found = QItemSelection(self.people.index(at, 0), self.people.index(at, last))
        for position, contact in enumerate(self.people.contacts):
            if contact.id in selected and position != at:
                found.select(self.people.index(position, 0), self.people.index(position, last))
        self.selectionModel().setCurrentIndex(self.people.index(at, 0), flags.NoUpdate)
        self.selectionModel().select(found, flags.ClearAndSelect)
        self.scrollTo(self.people.index(at, 0))

    def _on_selection_changed(self) -> None:
        if not self._is_renewing:
            self.chosen_changed.emit()
