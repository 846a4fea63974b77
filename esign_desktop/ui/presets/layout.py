"""Lays a preset out in Prepare, and takes it back from there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.services.presets.layout import PresetLayout
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.presets.layout import LaidOut
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.tasks import TaskRunner


class LayoutBar(QFrame):
    """A line above the pages that says what they are, and takes them back."""

    save_requested = Signal()
    leave_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._name = ""
        self._sentence = PlainLabel(self)
        self._sentence.setWordWrap(True)
        self.save, self.leave = DeliberateButton(self), DeliberateButton(self)
        self.save.setObjectName("primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._sentence, 1)
        for button in (self.save, self.leave):
            row.addWidget(button)
        self.save.meant.connect(self.save_requested)
        self.leave.meant.connect(self.leave_requested)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is said."""
        return self._sentence.text()

    def show_name(self, name: str) -> None:
        """Say which preset this is."""
        self._name = name
        self._sentence.setText(
            self.tr("This is the preset “{name}”, laid out. Customers are called what the paper calls them.").format(
                name=one_line(name)
            )
        )
        self.save.setText(self.tr("Save back to the preset"))
        self.leave.setText(self.tr("Leave it as it was"))
        self.save.setEnabled(True)

    def tell(self, text: str) -> None:
        """Say why it did not work."""
        self._sentence.setText(text)
        self.save.setEnabled(True)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.show_name(self._name)
        super().changeEvent(event)


class LayoutDesk(QObject):
    """``laid_out`` carries the ``ContractDraft`` that is to be put on the desk, ``ended`` that it is to be taken away.

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
        self.bar.leave_requested.connect(self._on_bar_leave_requested)
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    def begin(self, preset: Preset) -> None:
        """Lay a preset out."""
        if self._services.presets is not None:
            layout = PresetLayout(self._services.presets, self._services.documents)
            self._tasks.start(
                partial(layout.lay_out, preset),
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
        if presets is None or laid_out is None or draft.id != laid_out.draft.id:
            return
        self.bar.save.setEnabled(False)
        layout, environments = PresetLayout(presets, self._services.documents), self._services.environments
        self._tasks.start(
            lambda: layout.take_back(laid_out, draft, environments.current()),
            owner=self,
            on_done=self._on_taken_back,
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    def _on_taken_back(self, preset: Preset) -> None:
        self._end()
        self.saved.emit(preset)

    def _on_bar_leave_requested(self) -> None:
        self._end()

    def _end(self) -> None:
        if self._laid_out is not None and self._session.draft.id == self._laid_out.draft.id:
            self._laid_out = None
            self.bar.hide()
            self.ended.emit()

    def _on_failed(self, error: AppError) -> None:
        sentence = error_sentence(error)
        self.bar.tell(f"{one_line(sentence.title)} {sentence.remedy}")
