"""The way from a contract that was sent to the next contract on the same form, and to a preset."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.ui.widgets.file_dialogs import CONTRACT_TYPES, FileKind, choose_files
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.presets.recognition import Recognition
    from esign_desktop.ui.send.controller import SendController
    from esign_desktop.ui.send.sent_forms import SentFormKeeper
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

_OFTEN: Final = 2
"""The number of contracts on a form after which a preset is suggested."""


class SameForm(QObject):
    """Remembers the forms of sent contracts, begins the next contract on a form, and suggests a preset for a form."""

    preset_requested = Signal()
    """The user wants to save the open contract as a preset."""
    files_chosen = Signal(object, str)
    """The paths of the next contract's files, and the id of the form that they are expected to have."""

    def __init__(self, services: Services, tasks: TaskRunner, messages: Messages, window: QWidget) -> None:
        super().__init__(window)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._window = window
        self._keeper: SentFormKeeper | None = None
        self._suggested: set[str] = set()
        """The ids of the forms for which a preset was suggested since the program was started."""

    def follow(self, controller: SendController) -> None:
        """Remember the forms of the contracts that are sent by this controller."""
        from esign_desktop.ui.send.sent_forms import SentFormKeeper

        self._keeper = SentFormKeeper(self._services.sent_forms, self._tasks, controller)
        self._keeper.kept.connect(controller.offer_next)
        controller.next_requested.connect(self._on_controller_next_requested)

    def note_taken(self, recognition: Recognition) -> None:
        """Suggest a preset if a contract was laid out on a form that is used often."""
        sent = recognition.sent
        if sent is None or sent.use_count < _OFTEN or sent.form_id in self._suggested:
            return
        self._suggested.add(sent.form_id)
        action = self.tr("Save as preset…"), self.preset_requested.emit
        often = self.tr("You use this form often. Save it as a preset to give it a name.")
        self._messages.show_message(often, MessageLevel.INFO, key="form", action=action)

    def _on_controller_next_requested(self) -> None:
        kept = self._keeper.last if self._keeper is not None else None
        if kept is None:
            return
        # The program deletes its own copies of files together with their drafts.
        same = [Path(one.path) for one in kept.files if not one.is_filled and not self._is_own(one.path)]
        missing_count = len(kept.files) - len(same)
        chosen = partial(self._on_files_chosen, kept.id, same)
        if missing_count > 1:
            title = self.tr("Choose the {count} documents of the next customer").format(count=missing_count)
        else:
            title = self.tr("Choose the next customer's document")
        if missing_count:
            choose_files(self._window, title, FileKind.CONTRACT, CONTRACT_TYPES, chosen)
        else:
            chosen([])

    def _is_own(self, path: str) -> bool:
        return self._services.copies.is_own(Path(path))

    def _on_files_chosen(self, form_id: str, same: Sequence[Path], paths: Sequence[Path]) -> None:
        self.files_chosen.emit([*paths, *same], form_id)
