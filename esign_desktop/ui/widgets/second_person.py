"""Before a contract goes out that is legally binding: where a policy says so, a second person enters their PIN."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPushButton, QWidget

from esign_desktop.domain.errors import InputError
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import set_tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.policy import Policy
    from esign_desktop.services.counter.tellers import Teller, Tellers
    from esign_desktop.ui.tasks import TaskRunner

_WIDTH_PX: Final = 420


class SecondPersonDialog(QDialog):
    """``accepted`` once the PIN of one of the tellers was entered; it is noted who that was."""

    manual_page = "send#review"

    def __init__(self, tellers: Tellers, tasks: TaskRunner, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Second person"))
        self._tellers = tellers
        self._tasks = tasks
        self._title = title
        question = self.tr("A second person checks “{title}” and enters their PIN.").format(title=one_line(title))
        self.who, self.pin = QComboBox(self), QLineEdit(self)
        self.who.setAccessibleName(self.tr("Second person"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setPlaceholderText(self.tr("PIN"))
        self.pin.setAccessibleName(self.tr("PIN"))
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        set_tone(self._status, "danger")
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setAutoDefault(False)
        self.approve = DeliberateButton(self, self.tr("Approve"))
        self.approve.setObjectName("primary")
        self.approve.setAutoDefault(False)
        vbox(
            PlainLabel(self, question, look="sectionTitle", is_wrapped=True),
            hbox((self.who, 1), (self.pin, 1)),
            self._status,
            hbox(1, cancel, self.approve),
            spacing=16,
            margins=(20, 20, 20, 16),
            parent=self,
        )
        self.setMinimumWidth(_WIDTH_PX)
        self._show_status("")
        cancel.clicked.connect(self.reject)
        self.approve.meant.connect(self._try)
        self.pin.returnPressed.connect(self._try)
        tasks.start(tellers.list, owner=self, on_done=self._on_read)
        self.pin.setFocus()

    @property
    def status_text(self) -> str:
        """Why it was not taken."""
        return self._status.text()

    def _on_read(self, tellers: tuple[Teller, ...]) -> None:
        for teller in tellers:
            if teller.name != self._tellers.current:
                self.who.addItem(one_line(teller.name), teller.id)
        self.approve.setEnabled(self.who.count() > 0)
        if not self.who.count():
            self._on_failed(InputError("second_person.nobody"))

    def _try(self) -> None:
        if self.pin.text() and self.who.currentData():
            work = partial(self._tellers.approve, self.who.currentData(), self.pin.text(), self._title)
            self._tasks.start(work, owner=self, on_done=self._on_tried, on_error=self._on_failed)
            self.pin.clear()

    def _on_tried(self, is_right: bool) -> None:
        if is_right:
            self.accept()
        else:
            self._show_status(self.tr("This is not the PIN."))

    def _on_failed(self, error: AppError) -> None:
        self._show_status(error_sentence(error).text)

    def _show_status(self, text: str) -> None:
        self._status.setText(text)
        self._status.setVisible(bool(text))


class SecondPerson(QObject):
    """Asks where the policy wants it, and otherwise goes on at once."""

    def __init__(self, tellers: Tellers, policy: Policy, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tellers = tellers
        self._policy = policy
        self._tasks = tasks

    def ask(
        self,
        window: QWidget,
        environment: Environment,
        title: str,
        then: Callable[[], None],
        otherwise: Callable[[], None] | None = None,
    ) -> None:
        """Do ``then`` once somebody approved it, in an environment where contracts are legally binding."""
        if not (self._policy.needs_second_person and environment.is_binding):
            then()
            return
        dialog = SecondPersonDialog(self._tellers, self._tasks, title, window)
        dialog.accepted.connect(then)
        if otherwise is not None:
            dialog.rejected.connect(otherwise)
        dialog.open()
