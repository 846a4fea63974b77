"""Has a person forgotten: asks, puts the contract on the desk away, and lets everybody read anew what is left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.ui.messages import Tone
from esign_desktop.ui.people.forget_sheet import ForgetSheet
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.people import KnownPerson, PeopleService
    from esign_desktop.ui.desk import Desk
    from esign_desktop.ui.messages import Messages
    from esign_desktop.ui.tasks import TaskRunner


class ForgettingDesk(QObject):
    """One person at a time. ``forgotten`` says that whatever shows people or contracts is out of date."""

    forgotten = Signal()

    def __init__(
        self, people: PeopleService, desk: Desk, tasks: TaskRunner, messages: Messages, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._people = people
        self._desk = desk
        self._tasks = tasks
        self._messages = messages
        self._window = parent
        self._person: KnownPerson | None = None
        self._sheet: ForgetSheet | None = None

    @property
    def sheet(self) -> ForgetSheet | None:
        """The question that stands, if one does."""
        return self._sheet

    def ask(self, person: KnownPerson) -> None:
        """Ask whether the person is to be forgotten."""
        if self._sheet is not None:
            self._sheet.close()
        self._person = person
        self._sheet = ForgetSheet(person, self._window)
        self._sheet.confirmed.connect(self._on_sheet_confirmed)
        self._sheet.finished.connect(self._on_sheet_finished)
        self._sheet.open()
        self._tasks.start(
            partial(self._people.presets_about, person),
            owner=self._sheet,
            on_done=self._sheet.show_presets,
            on_error=self._sheet.show_refusal,
            lane=Lane.PDF,
        )

    def _on_sheet_confirmed(self) -> None:
        # What can be taken back may hold the person, and so may what is on the desk, and its history.
        self._messages.clear("discarded")
        self._desk.put_away(self._forget)

    def _forget(self) -> None:
        people, person = self._people, self._person
        if person is not None:
            presets = self._sheet.presets if self._sheet is not None else ()
            self._tasks.start(
                lambda: people.forget(person, presets=presets),
                owner=self,
                on_done=self._on_forgotten,
                on_error=self._on_failed,
            )

    def _on_forgotten(self, _nothing: None) -> None:
        if self._sheet is not None:
            self._sheet.accept()
        self._messages.tell(
            self.tr("The person is forgotten."),
            Tone.SUCCESS,
            remedy=self.tr("Files that you saved yourself are where they were."),
            key="forgotten",
        )
        self._desk.read_drafts()
        self._desk.read_recents()
        self.forgotten.emit()

    def _on_failed(self, error: AppError) -> None:
        if self._sheet is not None:
            self._sheet.show_refusal(error)
        else:
            self._messages.tell(error)

    def _on_sheet_finished(self, _result: int) -> None:
        self._sheet = None
