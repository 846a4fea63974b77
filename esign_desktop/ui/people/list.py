"""Show the people whose data is stored on this computer, with masked numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.services.erasure.service import KnownPerson

_HEIGHT_PX: Final = 208
_COLUMN_PX: Final = 160
_MOST_SHOWN: Final = 200
"""The greatest number of people shown. The user finds others by typing a name."""


class PeopleList(QWidget):
    """Lists the people whose data is stored on this computer.

    A search field filters them by name, and a button requests the deletion of the current person's data.
    """

    manual_page = "settings#people"

    forget_requested = Signal(object)
    """Carries the ``KnownPerson`` whose data the user wants to delete."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._people: tuple[KnownPerson, ...] = ()
        self._shown: list[KnownPerson] = []
        self._hint = PlainLabel(self)
        self._hint.setObjectName("hint")
        self._hint.setWordWrap(True)
        self._search = QLineEdit(self)
        self._search.setClearButtonEnabled(True)
        self._search.setPlaceholderText(self.tr("Find by name"))
        self._search.setAccessibleName(self.tr("Find by name"))
        self._list = QTreeWidget(self)
        self._list.setFixedHeight(sized(_HEIGHT_PX))
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setAllColumnsShowFocus(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setAccessibleName(self.tr("People whose data is stored on this computer"))
        self._list.setHeaderLabels([self.tr("Name"), self.tr("ID number"), self.tr("Last contract")])
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column_index in (1, 2):
            header.setSectionResizeMode(column_index, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column_index, sized(_COLUMN_PX))
        self._more = PlainLabel(self)
        self._more.setObjectName("hint")
        self._forget = QPushButton(self.tr("Delete this person's data…"), self)
        row = QHBoxLayout()
        row.addWidget(self._forget)
        row.addWidget(self._more, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self._hint, self._search, self._list):
            column.addWidget(widget)
        column.addLayout(row)
        self._search.textChanged.connect(self._show)
        self._list.currentItemChanged.connect(self._show_button)
        self._forget.clicked.connect(self._on_forget_clicked)
        self._show()

    def show_people(self, people: Iterable[KnownPerson]) -> None:
        """Replace the listed people. Without any, only a hint is shown."""
        self._people = tuple(people)
        self._show()

    def _show(self) -> None:
        wanted = self._search.text().strip().casefold()
        found = [one for one in self._people if wanted in one.name.casefold()]
        self._shown = found[:_MOST_SHOWN]
        self._list.clear()
        for person in self._shown:
            met = china_time(person.last_used_ms) if person.last_used_ms else ""
            QTreeWidgetItem(self._list, [one_line(person.name), person.masked_number, met])
        self._hint.setText(
            self.tr(
                "Recipients of contracts sent from this computer. ID numbers are encrypted; "
                "without a keyring, they aren't stored."
            )
            if self._people
            else self.tr("No people yet. Recipients of contracts appear here.")
        )
        for widget in (self._search, self._list, self._forget):
            widget.setVisible(bool(self._people))
        left = len(found) - len(self._shown)
        self._more.setText(self.tr("%n more: enter a name to find them", "", left) if left else "")
        self._show_button()

    def _show_button(self) -> None:
        self._forget.setEnabled(self._list.currentItem() is not None)

    def _on_forget_clicked(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self.forget_requested.emit(self._shown[self._list.indexOfTopLevelItem(item)])
