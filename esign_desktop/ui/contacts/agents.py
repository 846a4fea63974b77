"""Edit an organization's agents: one default agent and any number of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QPushButton, QWidget

from esign_desktop.domain.people.contact import ContactAgent, ContactFilter, ContactId
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.people.contact import Contact, ContactPage
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import Task, TaskRunner

_MOST_FOUND: Final = 6
_MOST_ROWS: Final = 6
_ID_ROLE: Final = int(Qt.ItemDataRole.UserRole)


class AgentsEditor(QWidget):
    """A list of agents, with a search field that adds people from the contacts. The first agent is the default.

    The contacts are searched in the background. Nothing is stored; the caller reads ``agent_ids``.
    """

    def __init__(
        self,
        contacts: ContactService,
        tasks: TaskRunner,
        agents: Iterable[ContactAgent],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._contacts = contacts
        self._tasks = tasks
        self._agents = list(agents)
        self._asked: Task | None = None
        self._list = QListWidget(self)
        self._list.setObjectName("matches")
        self._list.setAccessibleName(self.tr("Authorized representatives"))
        self._line = _FindLine(self)
        self._line.setPlaceholderText(self.tr("Add a representative: name, pinyin or last digits"))
        self._line.setAccessibleName(self.tr("Add authorized representative"))
        self._line.setClearButtonEnabled(True)
        self._found = QListWidget(self)
        self._found.setObjectName("matches")
        self._found.setAccessibleName(self.tr("Search results"))
        self._found.hide()
        self._default = QPushButton(self.tr("Set as default"), self)
        self._remove = QPushButton(self.tr("Remove"), self)
        for button in (self._default, self._remove):
            button.setObjectName("compact")
            button.setAutoDefault(False)
        title = PlainLabel(self, self.tr("Authorized representatives"), look="sectionTitle")
        vbox(
            *(hbox(title, 1, self._default, self._remove), self._list, self._line, self._found),
            spacing=6,
            parent=self,
        )
        self._line.textEdited.connect(self._on_line_edited)
        self._line.accepted.connect(self._on_line_accepted)
        self._found.itemClicked.connect(self._on_found_chosen)
        self._found.itemActivated.connect(self._on_found_chosen)
        self._list.currentRowChanged.connect(self._show_buttons)
        self._default.clicked.connect(self._on_default_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._show()

    @property
    def agent_ids(self) -> tuple[ContactId, ...]:
        """The contact ids of the agents, with the default agent first."""
        return tuple(agent.id for agent in self._agents)

    def _show(self, current: int = 0) -> None:
        self._list.clear()
        for place, agent in enumerate(self._agents):
            name = one_line(agent.name)
            is_default = place == 0 and len(self._agents) > 1
            self._list.addItem(self.tr("{name} (default)").format(name=name) if is_default else name)
        self._list.setVisible(bool(self._agents))
        _fit_rows(self._list)
        self._list.setCurrentRow(min(current, len(self._agents) - 1))
        self._show_buttons()

    def _show_buttons(self, _row: int = 0) -> None:
        row = self._list.currentRow()
        self._default.setVisible(len(self._agents) > 1)
        self._default.setEnabled(row > 0)
        self._remove.setVisible(bool(self._agents))
        self._remove.setEnabled(row >= 0)

    def _on_line_edited(self, text: str) -> None:
        if self._asked is not None:
            self._asked.cancel()
        if not text.strip():
            self._found.hide()
            return
        contacts = self._contacts
        self._asked = self._tasks.start(
            lambda: contacts.search(text, ContactFilter.PERSONS, _MOST_FOUND),
            owner=self,
            on_done=self._on_found,
            lane=Lane.SEARCH,
        )

    def _on_found(self, page: ContactPage) -> None:
        self._found.clear()
        for contact in page.contacts:
            if contact.id not in self.agent_ids:
                item = QListWidgetItem(_entry(contact))
                item.setData(_ID_ROLE, (contact.id, contact.name))
                self._found.addItem(item)
        if not self._found.count():
            item = QListWidgetItem(self.tr("No match. Add this person to Contacts first."))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._found.addItem(item)
        _fit_rows(self._found)
        self._found.setCurrentRow(0)
        self._found.show()

    def _on_line_accepted(self) -> None:
        item = self._found.currentItem() if self._found.isVisible() else None
        if item is not None:
            self._on_found_chosen(item)

    def _on_found_chosen(self, item: QListWidgetItem) -> None:
        told = item.data(_ID_ROLE)
        if told is None:
            return
        self._agents.append(ContactAgent(*told))
        self._line.clear()
        self._found.hide()
        self._show(len(self._agents) - 1)

    def _on_default_clicked(self) -> None:
        self._agents.insert(0, self._agents.pop(self._list.currentRow()))
        self._show()

    def _on_remove_clicked(self) -> None:
        row = self._list.currentRow()
        del self._agents[row]
        self._show(row)


def _fit_rows(rows: QListWidget) -> None:
    height = max(1, rows.sizeHintForRow(0)) * min(_MOST_ROWS, rows.count())
    rows.setFixedHeight(height + 2 * rows.frameWidth() + 2)


def _entry(contact: Contact) -> str:
    marks = " · ".join(one_line(part) for part in (contact.masked_number, contact.masked_mobile) if part)
    return f"{one_line(contact.name)}   {marks}" if marks else one_line(contact.name)


class _FindLine(QLineEdit):
    """A search field in which Enter adds the current search result, instead of pressing the dialog's default button."""

    accepted = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.accepted.emit()
            event.accept()
        else:
            super().keyPressEvent(event)
