"""Ask tellers for their PINs: a supervisor before tellers are changed, a second person before a binding action."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QPushButton, QWidget

from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.services.counter.pin import MAX_DIGITS
from esign_desktop.services.counter.tellers import Teller, TellerPin
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.forms import describe_choice
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, vbox
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.policy import Policy
    from esign_desktop.services.counter.tellers import Tellers
    from esign_desktop.ui.tasks import TaskRunner

_WIDTH_PX: Final = 440
_PIN_PX: Final = 120


class Asked(NamedTuple):
    """A request for the PIN of one person: the label of the field, and which of the tellers may enter the PIN."""

    heading: str
    may: Callable[[Teller], bool]


def pin_edit(parent: QWidget, words: str) -> QLineEdit:
    """Create and return a line edit for a PIN, whose digits are hidden.

    ``words`` is its placeholder and accessible name.
    """
    edit = QLineEdit(parent)
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    edit.setMaxLength(MAX_DIGITS)
    edit.setFixedWidth(sized(_PIN_PX))
    edit.setPlaceholderText(words)
    edit.setAccessibleName(words)
    return edit


class TellerPinDialog(FittingDialog):
    """Asks for PINs, and is accepted when ``work`` has succeeded. It is deleted when it is closed.

    ``work`` is called in the background with the PINs, in the order of ``asked``, and with the new PIN, which is empty
    unless ``wants_new_pin`` is True. If ``work`` raises an ``AppError``, the dialog shows it, and the user can try
    again. If the error is that a teller must first set a new PIN, the dialog asks for that PIN, too.
    """

    manual_page = "counter#tellers"

    def __init__(
        self,
        tellers: Tellers,
        tasks: TaskRunner,
        parent: QWidget,
        *,
        texts: tuple[str, str, str],
        asked: Sequence[Asked],
        work: Callable[[Sequence[TellerPin], str], object],
        wants_new_pin: bool = False,
    ) -> None:
        """Create the dialog. ``texts`` are the title of the window, the question, and the text of the button."""
        super().__init__(parent)
        title, question, action = texts
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(title)
        self._tellers, self._tasks = tellers, tasks
        self._asked, self._work = asked, work
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        self.who = tuple(QComboBox(self) for _ in asked)
        self.pins = tuple(pin_edit(self, self.tr("PIN")) for _ in asked)
        for one, who, pin in zip(asked, self.who, self.pins, strict=True):
            describe_choice(who, one.heading)
            if len(asked) > 1:
                pin.setAccessibleName(self.tr("PIN of {who}").format(who=one.heading))
            form.addRow(one.heading, hbox((who, 1), pin))
        self.new_pins: tuple[QLineEdit, ...] = ()
        if wants_new_pin:
            self.new_pins = pin_edit(self, self.tr("New PIN")), pin_edit(self, self.tr("Enter again"))
            self.new_pins[1].setAccessibleName(self.tr("Enter new PIN again"))
            form.addRow(self.tr("New PIN (enter twice)"), hbox(*self.new_pins, 1))
        self.own_pins = pin_edit(self, self.tr("Own PIN")), pin_edit(self, self.tr("Enter again"))
        """The PIN with which a teller replaces one that is out of date or was set by another person, entered twice."""
        self.own_pins[1].setAccessibleName(self.tr("Enter own PIN again"))
        self._outdated = ""
        """The id of the teller who must set a new PIN. Empty if this is not required."""
        form.addRow(self.tr("Own PIN (enter twice)"), hbox(*self.own_pins, 1))
        self._form = form
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        set_tone(self._status, "danger")
        cancel = QPushButton(self.tr("Cancel"), self)
        self.approve = DeliberateButton(self, action)
        self.approve.setObjectName("primary")
        for button in (cancel, self.approve):
            button.setAutoDefault(False)
        vbox(
            PlainLabel(self, question, look="sectionTitle", is_wrapped=True),
            form,
            self._status,
            hbox(1, cancel, self.approve),
            spacing=16,
            margins=(20, 20, 20, 16),
            parent=self,
        )
        self.setMinimumWidth(sized(_WIDTH_PX))
        self._show_status("")
        self.approve.setEnabled(False)
        cancel.clicked.connect(self.reject)
        self.approve.meant.connect(self._try)
        self._set_outdated()
        for who in self.who:
            who.activated.connect(self._on_who_activated)
        for edit in (*self.pins, *self.new_pins, *self.own_pins):
            edit.returnPressed.connect(self._on_return_pressed)
        tasks.start(tellers.list, owner=self, on_done=self._on_read, on_error=self._on_failed)
        self._edits[0].setFocus()

    @property
    def status_text(self) -> str:
        """The reason why the PINs were not accepted, or an empty text."""
        return self._status.text()

    @property
    def _edits(self) -> tuple[QLineEdit, ...]:
        return *self.pins, *self.new_pins, *(self.own_pins if self._outdated else ())

    def _set_outdated(self, teller_id: str = "") -> None:
        """Ask for the new PIN of a teller, or for none if ``teller_id`` is empty."""
        self._outdated = teller_id
        self._form.setRowVisible(self._form.rowCount() - 1, bool(teller_id))
        if teller_id:
            # The labels of the form become wider.
            self.adjustSize()
        for edit in self.own_pins:
            edit.clear()

    def _on_who_activated(self, _index: int) -> None:
        if self._outdated not in {who.currentData() for who in self.who}:
            self._set_outdated()

    def _on_read(self, tellers: tuple[Teller, ...]) -> None:
        for number, (one, who) in enumerate(zip(self._asked, self.who, strict=True)):
            for teller in filter(one.may, tellers):
                who.addItem(one_line(teller.name), teller.id)
            # If two persons are asked, they must be different tellers.
            who.setCurrentIndex(min(number, who.count() - 1))
        self.approve.setEnabled(all(who.count() for who in self.who))
        if not self.approve.isEnabled():
            self._on_failed(InputError("second_person.nobody"))

    def _on_return_pressed(self) -> None:
        """Focus the first empty field, or submit the PINs if no field is empty."""
        empty = next((edit for edit in self._edits if not edit.text()), None)
        if empty is not None:
            empty.setFocus()
        else:
            self._try()

    def _try(self) -> None:
        if not self.approve.isEnabled() or not all(edit.text() for edit in self._edits):
            return
        if any(len({edit.text() for edit in pair}) > 1 for pair in (self.new_pins, self.own_pins)):
            self._show_status(self.tr("The PINs don't match. Enter the new PIN twice."))
            return
        new_pin = self.new_pins[0].text() if self.new_pins else ""
        pins = [TellerPin(who.currentData(), pin.text()) for who, pin in zip(self.who, self.pins, strict=True)]
        work: Callable[[], object] = partial(self._work, pins, new_pin)
        on_done, on_error = self._on_done, self._on_refused
        if self._outdated:
            by = next(pin for pin in pins if pin.teller_id == self._outdated)
            own_pin = self.own_pins[0].text()
            work = partial(self._tellers.set_pin, self._outdated, own_pin, by=by)
            on_done, on_error = partial(self._on_own_pin_set, own_pin), self._on_own_pin_refused
        # A second press while the PINs are checked would count as another attempt.
        self.approve.setEnabled(False)
        self._tasks.start(work, owner=self, on_done=on_done, on_error=on_error)

    def _on_own_pin_set(self, pin: str, _result: object) -> None:
        """Continue with the teller's new PIN."""
        number = [who.currentData() for who in self.who].index(self._outdated)
        self.pins[number].setText(pin)
        self._set_outdated()
        self.approve.setEnabled(True)
        self._try()

    def _on_own_pin_refused(self, error: AppError) -> None:
        for edit in self.own_pins:
            edit.clear()
        self.own_pins[0].setFocus()
        self.approve.setEnabled(True)
        self._on_failed(error)

    def _on_done(self, _result: object) -> None:
        self.accept()

    def _on_refused(self, error: AppError) -> None:
        if error.code == "teller.new_pin":
            self._set_outdated(str(error.params["teller_id"]))
            self._on_own_pin_refused(error)
            return
        for edit in self.pins:
            edit.clear()
        self.pins[0].setFocus()
        self.approve.setEnabled(True)
        self._on_failed(error)

    def _on_failed(self, error: AppError) -> None:
        self._show_status(error_sentence(error).text)

    def _show_status(self, text: str) -> None:
        self._status.setText(text)
        self._status.setVisible(bool(text))


class SecondPerson(QObject):
    """Asks for the approval of a second person before a binding action, if the policy requires it."""

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
        *,
        digests: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Call ``then`` when a second person has approved the contracts, or at once if no approval is required.

        ``otherwise`` is called if the user cancels. ``digests`` returns the digests that identify the contracts to the
        service that sends them, which refuses contracts without an approval. It is called in the background. If no
        teller is signed in, the sender also enters a PIN, so that the two persons can be distinguished.
        """
        if not (self._policy.needs_second_person and environment.is_binding):
            then()
            return
        sender = self._tellers.current
        second = Asked(self.tr("Second person"), lambda teller: teller.name != sender)
        first = () if sender else (Asked(self.tr("Sent by"), lambda _teller: True),)
        question = self.tr("A second person must check “{title}” and enter their PIN.").format(title=one_line(title))

        def approve(pins: Sequence[TellerPin], _new_pin: str) -> None:
            self._tellers.approve(pins[-1], title, sender=pins[0] if first else None, digests=digests())

        dialog = TellerPinDialog(
            self._tellers,
            self._tasks,
            window,
            texts=(self.tr("Second person"), question, self.tr("Approve")),
            asked=(*first, second),
            work=approve,
        )
        dialog.accepted.connect(then)
        if otherwise is not None:
            dialog.rejected.connect(otherwise)
        dialog.open()
