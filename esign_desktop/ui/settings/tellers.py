"""The form in which tellers are added, changed and removed. If there are tellers, this requires a supervisor's PIN."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QPushButton, QWidget

from esign_desktop.services.counter.tellers import MAX_NAME_CHARACTERS
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.teller_pins import Asked, TellerPinDialog, pin_edit
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.counter.tellers import Teller, TellerPin, Tellers
    from esign_desktop.ui.tasks import TaskRunner

_NAME_PX: Final = 200
_RANK_PX: Final = 96


class TellersForm(QWidget):
    """Shows the tellers, and adds, changes and removes them. Each change is saved at once.

    Changes require a supervisor's PIN, or the teller's own PIN to set a new one. The first teller is added without a
    PIN of a supervisor. If the administrator manages the tellers, only their PINs can be changed.
    """

    manual_page = "counter#tellers"

    def __init__(self, tellers: Tellers, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tellers = tellers
        self._tasks = tasks
        self._listed: tuple[Teller, ...] | None = None
        self.name = QLineEdit(self)
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.name.setPlaceholderText(self.tr("Name"))
        self.name.setAccessibleName(self.tr("New teller's name"))
        self.name.setFixedWidth(sized(_NAME_PX))
        self.pin, self.again = pin_edit(self, self.tr("PIN")), pin_edit(self, self.tr("Enter PIN again"))
        self.supervisor = QCheckBox(self.tr("Supervisor"), self)
        self.supervisor.setToolTip(self.tr("Adding, changing and removing tellers requires a supervisor's PIN."))
        self.add = DeliberateButton(self, self.tr("Add teller"))
        self.own_pin = QPushButton(self.tr("Change your PIN…"), self)
        """The button with which tellers change their own PINs. ``SettingsRoom`` shows it outside Management."""
        self.own_pin.hide()
        about = self.tr(
            "If there are no tellers, anyone can open the counter. Otherwise, a teller must "
            "sign in, and the teller's name appears on every contract and on the shift "
            "sheet. The first teller is a supervisor; changing tellers requires a "
            "supervisor's PIN."
        )
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._list = vbox()
        self._fields = QWidget(self)
        hbox(self.name, self.pin, self.again, self.supervisor, self.add, 1, margins=(0, 0, 0, 0), parent=self._fields)
        vbox(
            PlainLabel(self, about, look="hint", is_wrapped=True),
            self._list,
            self._fields,
            self._status,
            spacing=8,
            parent=self,
        )
        self._table: QWidget | None = None
        self._buttons: dict[tuple[str, str], QPushButton] = {}
        self.add.meant.connect(self._on_add_meant)
        self.own_pin.clicked.connect(self._on_own_pin_clicked)
        self.again.returnPressed.connect(self._on_add_meant)
        for edit in (self.name, self.pin, self.again):
            edit.textChanged.connect(self._show_button)
        self._show_button()
        self._show_status("")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tellers. Empty until they have been read."""
        return tuple(one.name for one in self._listed or ())

    @property
    def is_changed(self) -> bool:
        """Whether a new teller has been entered but not added."""
        return any(edit.text() for edit in (self.name, self.pin, self.again))

    @property
    def supervisors(self) -> tuple[str, ...]:
        """The names of the tellers who are supervisors. Empty until they have been read."""
        return tuple(one.name for one in self._listed or () if one.is_supervisor)

    @property
    def status_text(self) -> str:
        """The result of the last action. Empty if there is none."""
        return self._status.text()

    def read(self) -> None:
        """Read the tellers in the background, and show them. If that fails, show the error."""
        self._tasks.start(self._tellers.list, owner=self, on_done=self._on_read, on_error=self._on_unreadable)

    def button(self, name: str, what: str) -> QPushButton:
        """Return a button beside the teller called ``name``. Raises KeyError.

        ``what`` is ``pin``, ``rank`` or ``remove``.
        """
        return self._buttons[name, what]

    def _rows_of(self, tellers: tuple[Teller, ...]) -> QWidget:
        table = QWidget(self)
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, _NAME_PX)
        grid.setColumnMinimumWidth(1, _RANK_PX)
        grid.setColumnStretch(5, 1)
        for row, teller in enumerate(tellers):
            name = one_line(teller.name)
            grid.addWidget(PlainLabel(table, name), row, 0)
            rank = self.tr("Supervisor") if teller.is_supervisor else ""
            grid.addWidget(PlainLabel(table, rank, look="hint"), row, 1)
            change = self.tr("Remove as supervisor…") if teller.is_supervisor else self.tr("Make supervisor…")
            for column, (what, text, ask) in enumerate(
                (
                    ("pin", self.tr("New PIN…"), self._ask_for_pin),
                    ("rank", change, self._ask_for_rank),
                    ("remove", self.tr("Remove…"), self._ask_to_remove),
                ),
                2,
            ):
                button = QPushButton(text, table)
                button.setAccessibleName(self.tr("{action} ({name})").format(action=text, name=name))
                button.setVisible(what == "pin" or not self._tellers.are_by_administrator)
                button.clicked.connect(partial(ask, teller))
                grid.addWidget(button, row, column)
                self._buttons[teller.name, what] = button
        return table

    # Changes that require a supervisor's PIN

    def _ask(
        self,
        question: str,
        action: str,
        work: Callable[[TellerPin, str], object],
        done: str,
        *,
        also: str = "",
        wants_new_pin: bool = False,
        is_addition: bool = False,
    ) -> None:
        """Ask for the PIN of a supervisor or of the teller with the id ``also``, and then call ``work``.

        ``work`` is called in the background with the entered PIN and the new PIN, which is empty unless
        ``wants_new_pin`` is True. ``done`` is shown after a success.
        """
        only_self = self._tellers.are_by_administrator
        asked = Asked(
            self.tr("PIN owner") if also else self.tr("Supervisor"),
            lambda one: one.id == also or (one.is_supervisor and not only_self),
        )

        def change(pins: Sequence[TellerPin], new_pin: str) -> None:
            work(pins[0], new_pin)

        dialog = TellerPinDialog(
            self._tellers,
            self._tasks,
            self,
            texts=(self.tr("Tellers"), question, action),
            asked=(asked,),
            work=change,
            wants_new_pin=wants_new_pin,
        )
        dialog.accepted.connect(partial(self._on_added if is_addition else self._on_changed, done))
        dialog.open()

    def _ask_for_pin(self, teller: Teller) -> None:
        self._ask(
            self.tr("Set a new PIN for {name}?").format(name=one_line(teller.name)),
            self.tr("Set PIN"),
            lambda by, new_pin: self._tellers.set_pin(teller.id, new_pin, by=by),
            self.tr("PIN set."),
            also=teller.id,
            wants_new_pin=True,
        )

    def _on_own_pin_clicked(self) -> None:
        dialog = TellerPinDialog(
            self._tellers,
            self._tasks,
            self.own_pin,
            texts=(
                self.tr("Tellers"),
                self.tr("Choose your name, then enter your current PIN and the new one."),
                self.tr("Set PIN"),
            ),
            asked=(Asked(self.tr("Name"), lambda _teller: True),),
            work=lambda pins, new_pin: self._tellers.set_pin(pins[0].teller_id, new_pin, by=pins[0]),
            wants_new_pin=True,
        )
        dialog.accepted.connect(partial(self._on_changed, self.tr("PIN set.")))
        dialog.open()

    def _ask_for_rank(self, teller: Teller) -> None:
        words = (
            self.tr("Remove {name} as supervisor?") if teller.is_supervisor else self.tr("Make {name} a supervisor?")
        )
        self._ask(
            words.format(name=one_line(teller.name)),
            self.tr("Change"),
            lambda by, _new: self._tellers.set_supervisor(teller.id, by=by, is_supervisor=not teller.is_supervisor),
            self.tr("The teller has been changed."),
        )

    def _ask_to_remove(self, teller: Teller) -> None:
        self._ask(
            self.tr("Remove {name}?").format(name=one_line(teller.name)),
            self.tr("Remove"),
            lambda by, _new: self._tellers.remove(teller.id, by=by),
            self.tr("The teller has been removed."),
        )

    def _on_add_meant(self) -> None:
        if self.pin.text() != self.again.text():
            self._show_status(self.tr("The PINs don't match. Enter the PIN twice."), is_error=True)
            return
        if not self.add.isEnabled():
            return
        add = partial(self._tellers.add, self.name.text(), self.pin.text(), is_supervisor=self.supervisor.isChecked())
        done = self.tr("The teller has been added.")
        if self._listed:
            self._ask(
                self.tr("Add {name}?").format(name=one_line(self.name.text().strip())),
                self.tr("Add teller"),
                lambda by, _new: add(by=by),
                done,
                is_addition=True,
            )
        else:
            self._tasks.start(add, owner=self, on_done=partial(self._on_added, done), on_error=self._on_failed)

    def _on_added(self, done: str, _teller: Teller | None = None) -> None:
        for edit in (self.name, self.pin, self.again):
            edit.clear()
        self.supervisor.setChecked(False)
        self._on_changed(done)

    def _on_changed(self, done: str) -> None:
        self._show_status(done)
        self.read()

    # Display

    def _show_button(self) -> None:
        self.add.setEnabled(all(edit.text().strip() for edit in (self.name, self.pin, self.again)))

    def _show_status(self, text: str, *, is_error: bool = False) -> None:
        self._status.setText(text)
        self._status.setVisible(bool(text))
        set_tone(self._status, "danger" if is_error else "hint")

    def _on_read(self, tellers: tuple[Teller, ...]) -> None:
        self._listed = tellers
        if self._table is not None:
            self._table.hide()
            self._table.deleteLater()
        self._buttons = {}
        self._table = self._rows_of(tellers)
        self._list.addWidget(self._table)
        self.supervisor.setVisible(bool(tellers))
        self.own_pin.setVisible(bool(tellers))
        by_administrator = self._tellers.are_by_administrator or (
            not tellers and self._tellers.is_first_by_administrator
        )
        self._fields.setVisible(not by_administrator)
        if by_administrator and not self.status_text:
            how = self.tr("Set by your organization. The administrator adds tellers with {command}.")
            self._show_status(how.format(command="esign-desktop --add-teller"))

    def _on_unreadable(self, error: AppError) -> None:
        self._fields.hide()
        self._on_failed(error)

    def _on_failed(self, error: AppError) -> None:
        self._show_status(error_sentence(error).text, is_error=True)
