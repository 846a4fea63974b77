"""Picking somebody the platform already knows: from those met before, or by one's own reference (thirdId)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QPushButton, QWidget

from esign_desktop.domain.account import AccountKind
from esign_desktop.override import override
from esign_desktop.services.people.lines import sole_match
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner


class AccountPicker(QWidget):
    """One line: typing a name offers known accounts; *Find* asks for the typed reference."""

    account_picked = Signal(object)
    """An ``AccountRecord``."""
    nobody_found = Signal(str)
    find_failed = Signal(object)
    loaded = Signal()
    """Who was met before is known now."""

    def __init__(self, services: Services, tasks: TaskRunner, kind: AccountKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._kind = kind
        self._known: dict[str, AccountRecord] = {}
        self._line = QLineEdit(self)
        self._line.setClearButtonEnabled(True)
        self._line.setPlaceholderText(self.tr("Known name or own reference"))
        self._line.setAccessibleName(self.tr("Known name or own reference"))
        self._find = QPushButton(self.tr("Find"), self)
        self._find.setToolTip(self.tr("Look the reference (thirdId) up at the platform"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._line, 1)
        layout.addWidget(self._find)
        self.setFocusProxy(self._line)
        self._find.clicked.connect(self._on_find_clicked)
        self._line.returnPressed.connect(self._on_find_clicked)
        self._tasks.start(
            lambda: services.accounts.known(services.environments.current()),
            owner=self,
            on_done=self._on_known_loaded,
            lane=Lane.STORE,
        )

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # In this line Enter finds, and no more: picking moves the keyboard to a field where it would accept the form.
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)

    def sole_known(self, typed: str) -> AccountRecord | None:
        """Return the account met before that a typed name can only mean: a person's whole name, or some of a company's.

        Namesakes are told apart by their mark, in the line, and are none.
        """
        names = [record.name for record in self._known.values()]
        name = sole_match(typed, names)
        record = next((record for record in self._known.values() if record.name == name), None)
        if record is None or (self._kind is AccountKind.PERSON and record.name != typed.strip()):
            return None
        return record

    def known_account(self, account_id: str) -> AccountRecord | None:
        """Return an account met before by its id."""
        return next((record for record in self._known.values() if record.account_id == account_id), None)

    def _on_known_loaded(self, known: tuple[AccountRecord, ...]) -> None:
        self._known = {}
        for record in known:
            if record.kind == self._kind:
                self._known[self._entry(record)] = record
        completer = QCompleter(list(self._known), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._on_completer_activated)
        self._line.setCompleter(completer)
        self.loaded.emit()

    def _entry(self, record: AccountRecord) -> str:
        """Tell namesakes apart by the ends of their numbers, or else by their place in the list, the latest first."""
        mark = account_mark(record)
        entry = f"{record.name}  {mark}" if mark else record.name
        place = 1
        while entry in self._known:
            place += 1
            entry = f"{record.name}  {mark} ({place})"
        return entry

    def _on_completer_activated(self, entry: str) -> None:
        if entry in self._known:
            self.account_picked.emit(self._known[entry])
            self._line.clear()

    def _on_find_clicked(self) -> None:
        text = self._line.text().strip()
        if not text:
            return
        if text in self._known:
            self._on_completer_activated(text)
            return
        self._find.setEnabled(False)
        services, kind = self._services, self._kind
        self._tasks.start(
            lambda: services.accounts.find_by_third_id(services.environments.current(), text, kind),
            owner=self,
            on_done=self._on_found,
            on_error=self._on_find_failed,
            lane=Lane.NETWORK,
        )

    def _on_found(self, record: AccountRecord | None) -> None:
        self._find.setEnabled(True)
        if record is None:
            self.nobody_found.emit(self._line.text().strip())
            return
        self._line.clear()
        self.account_picked.emit(record)

    def _on_find_failed(self, error: AppError) -> None:
        self._find.setEnabled(True)
        self.find_failed.emit(error)


def account_mark(record: AccountRecord) -> str:
    """Return what tells somebody from their namesakes: the ends of number and mobile, and one's own reference."""
    return " · ".join(
        part
        for part in (record.masked_number, record.masked_mobile or record.masked_email, record.own_reference)
        if part
    )
