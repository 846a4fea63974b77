"""Who works at the counter: names with a PIN each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QLineEdit, QWidget

from esign_desktop.services.counter.pin import MAX_DIGITS
from esign_desktop.services.counter.tellers import MAX_NAME_CHARACTERS
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import ConfirmButton, DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import set_tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.counter.tellers import Teller, Tellers
    from esign_desktop.ui.tasks import TaskRunner

_NAME_PX: Final = 200
_PIN_PX: Final = 120


class TellersForm(QWidget):
    """Saves what is changed at once. As long as there is a teller, the counter wants one of them to sign in."""

    manual_page = "counter#tellers"

    def __init__(self, tellers: Tellers, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tellers = tellers
        self._tasks = tasks
        self.name, self.pin, self.again = (QLineEdit(self) for _ in range(3))
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.name.setPlaceholderText(self.tr("Name"))
        self.name.setAccessibleName(self.tr("Name of a new teller"))
        self.name.setFixedWidth(_NAME_PX)
        for edit, words in ((self.pin, self.tr("PIN")), (self.again, self.tr("Repeat the PIN"))):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.setMaxLength(MAX_DIGITS)
            edit.setFixedWidth(_PIN_PX)
            edit.setPlaceholderText(words)
            edit.setAccessibleName(words)
        self.add = DeliberateButton(self, self.tr("Add teller"))
        about = self.tr(
            "Without tellers the counter opens for everybody. With tellers one of them signs in, and every contract and"
            " the shift sheet bear the name."
        )
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._list = vbox(spacing=4)
        vbox(
            PlainLabel(self, self.tr("Tellers"), look="sectionTitle"),
            PlainLabel(self, about, look="hint", is_wrapped=True),
            self._list,
            hbox(self.name, self.pin, self.again, self.add, 1),
            self._status,
            spacing=8,
            parent=self,
        )
        self._rows: list[QWidget] = []
        self.add.meant.connect(self._on_add_meant)
        self.again.returnPressed.connect(self._on_add_meant)
        for edit in (self.name, self.pin, self.again):
            edit.textChanged.connect(self._show_button)
        self._show_button()
        self._show_status("")

    @property
    def names(self) -> tuple[str, ...]:
        """Who is listed."""
        return tuple(row.objectName() for row in self._rows)

    @property
    def status_text(self) -> str:
        """The result of the last action."""
        return self._status.text()

    def read(self) -> None:
        """Read who there is."""
        self._tasks.start(self._tellers.list, owner=self, on_done=self._on_read)

    def remove_button(self, name: str) -> ConfirmButton:
        """Return the button that takes one off the list. Raises StopIteration."""
        row = next(row for row in self._rows if row.objectName() == name)
        found = row.findChild(ConfirmButton)
        assert isinstance(found, ConfirmButton)  # noqa: S101  made with its row
        return found

    def _row(self, teller: Teller) -> QWidget:
        row = QWidget(self)
        row.setObjectName(teller.name)
        remove = ConfirmButton(row)
        remove.set_texts(self.tr("Remove"), self.tr("Remove {name}?").format(name=one_line(teller.name)))
        remove.confirmed.connect(partial(self._remove, teller.id))
        hbox(PlainLabel(row, one_line(teller.name)), remove, 1, spacing=12, parent=row)
        return row

    def _change(self, work: Callable[[], object], text: str) -> None:
        def change() -> tuple[Teller, ...]:
            work()
            return self._tellers.list()

        def on_done(tellers: tuple[Teller, ...]) -> None:
            for edit in (self.name, self.pin, self.again):
                edit.clear()
            self._show_status(text)
            self._on_read(tellers)

        self._tasks.start(change, owner=self, on_done=on_done, on_error=self._on_failed)

    def _remove(self, teller_id: str) -> None:
        self._change(partial(self._tellers.remove, teller_id), self.tr("The teller is removed."))

    def _show_button(self) -> None:
        self.add.setEnabled(all(edit.text().strip() for edit in (self.name, self.pin, self.again)))

    def _show_status(self, text: str, *, is_grave: bool = False) -> None:
        self._status.setText(text)
        self._status.setVisible(bool(text))
        set_tone(self._status, "danger" if is_grave else "hint")

    def _on_read(self, tellers: tuple[Teller, ...]) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [self._row(teller) for teller in tellers]
        for row in self._rows:
            self._list.addWidget(row)

    def _on_add_meant(self) -> None:
        if self.pin.text() != self.again.text():
            self._show_status(self.tr("The PINs don't match: enter the PIN twice."), is_grave=True)
        elif self.add.isEnabled():
            self._change(partial(self._tellers.add, self.name.text(), self.pin.text()), self.tr("The teller is added."))

    def _on_failed(self, error: AppError) -> None:
        self._show_status(error_sentence(error).text, is_grave=True)
