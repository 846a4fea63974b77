"""Lays a preset out in Prepare as a contract, and saves it back from there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import NoticeBar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.presets.service import LaidOut
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.tasks import TaskRunner


class LayoutBar(NoticeBar):
    """Says which preset the pages show."""

    save_requested = Signal()
    leave_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.save = self.add_button(self.tr("Save back to the preset"), self.save_requested.emit, is_primary=True)
        self.leave = self.add_button(self.tr("Leave it as it was"), self.leave_requested.emit)
        self.hide()

    def show_name(self, name: str) -> None:
        """Say which preset this is."""
        text = self.tr("This is the preset “{name}”, laid out. Customers are called what the paper calls them.")
        self.show_failure(text.format(name=one_line(name)))

    def show_failure(self, text: str) -> None:
        """Say why it did not work; it can be tried again."""
        self.show_text(text)
        self.save.setEnabled(True)


class LayoutController(QObject):
    """``laid_out`` carries the ``ContractDraft`` to be prepared; at ``ended`` it is to be taken away.

    ``saved`` carries the ``Preset``, ``failed`` an ``AppError``.
    """

    laid_out = Signal(object)
    ended = Signal()
    saved = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        services: Services,
        session: ContractSession,
        prepare: PrepareRoom,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._session = session
        self._tasks = tasks
        self._laid_out: LaidOut | None = None
        self.bar = LayoutBar(prepare)
        prepare.add_bar(self.bar)
        self.bar.save_requested.connect(self._on_bar_save_requested)
        self.bar.leave_requested.connect(self._end)
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    def begin(self, preset: Preset) -> None:
        """Lay a preset out."""
        self._tasks.start(
            partial(self._services.presets.lay_out, preset),
            owner=self,
            on_done=self._on_laid_out,
            on_error=self.failed.emit,
            lane=Lane.PDF,
        )

    def _on_laid_out(self, laid_out: LaidOut) -> None:
        self._laid_out = laid_out
        self.bar.show_name(laid_out.preset.name)
        self.laid_out.emit(laid_out.draft)

    def _on_session_changed(self, change: Change) -> None:
        self.bar.setVisible(self._laid_out is not None and change.after.id == self._laid_out.draft.id)

    def _on_bar_save_requested(self) -> None:
        presets, laid_out, draft = self._services.presets, self._laid_out, self._session.draft
        if laid_out is None or draft.id != laid_out.draft.id:
            return
        self.bar.save.setEnabled(False)
        environments = self._services.environments
        self._tasks.start(
            lambda: presets.take_back(laid_out, draft, environments.current()),
            owner=self,
            on_done=self._on_taken_back,
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    def _on_taken_back(self, preset: Preset) -> None:
        self._end()
        self.saved.emit(preset)

    def _end(self) -> None:
        if self._laid_out is not None and self._session.draft.id == self._laid_out.draft.id:
            self._laid_out = None
            self.bar.hide()
            self.ended.emit()

    def _on_failed(self, error: AppError) -> None:
        self.bar.show_failure(error_sentence(error).text)
