"""The dialog in which the user settles doubts about names on a preset's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.doubts import DoubtList
from esign_desktop.ui.viewer.page_parts import PageParts
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, room_for, vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.presets.pages import OpenPages
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer

_WIDTH_PX: Final = 720


class SettlingDialog(FittingDialog):
    """The dialog that shows the names on a preset's pages, which every contract with the preset would contain.

    The pages are read in the background. The user confirms each name, or chooses to replace the file with a blank form.
    ``settled`` carries the ``Preset`` after the user has confirmed the last name. ``failed`` carries the ``AppError``
    that prevented reading or saving; the dialog closes then.
    """

    manual_page = "presets#names"

    settled = Signal(object)
    edit_requested = Signal(object)
    """Carries the ``Preset`` whose file the user wants to replace with a blank form."""
    failed = Signal(object)

    def __init__(
        self,
        preset: Preset,
        presets: PresetService,
        renderer: PageRenderer,
        tasks: TaskRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._preset = preset
        self._presets = presets
        self._tasks = tasks
        self._pages: OpenPages | None = None
        self._kept = set(preset.settled)
        self.setWindowTitle(self.tr("Names in the pages of “{name}”").format(name=one_line(preset.name)))
        self._parts = PageParts(renderer, tasks, self)
        self._doubts = DoubtList(self._parts, self)
        text = PlainLabel(
            self,
            self.tr("Every contract sent with this preset would contain these names. Choose a blank "
"form instead, or confirm that the names belong there."),
            is_wrapped=True,
        )  # fmt: skip
        self._edit = QPushButton(self.tr("Choose a blank form…"), self)
        close = QPushButton(self.tr("Close"), self)
        vbox(text, (self._doubts, 1), hbox(self._edit, 1, close), spacing=12, margins=(20, 20, 20, 16), parent=self)
        self.setMinimumWidth(sized(_WIDTH_PX))
        self._doubts.show_state(self.tr("Reading the pages…"))
        self._doubts.kept.connect(self._on_doubt_kept)
        self._edit.clicked.connect(self._on_edit_clicked)
        close.clicked.connect(self.reject)
        self.finished.connect(self._on_finished)
        tasks.start(
            lambda: presets.pages.open(preset),
            owner=self,
            on_done=self._on_opened,
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    @override
    def event(self, event: QEvent) -> bool:
        is_handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            # Qt sets an open dialog to the minimum height of its rows, which cuts off wrapped sentences.
            height = min(self.heightForWidth(self.width()), room_for(self).height())
            self.resize(self.width(), max(self.height(), height))
        return is_handled

    def _on_opened(self, pages: OpenPages) -> None:
        self._pages = pages
        self._parts.show_draft(pages.draft, {})
        self._show()

    def _show(self) -> None:
        if self._pages is not None:
            self._doubts.show_doubts(self._pages.doubts, self._kept)

    def _on_doubt_kept(self, doubt: Doubt) -> None:
        self._kept.add(doubt.key)
        self._show()
        preset = self._preset
        self._tasks.start(
            lambda: self._presets.settle(preset.id, doubt),
            owner=self,
            on_done=self._on_settled,
            on_error=self._on_failed,
            lane=Lane.STORE,
        )

    def _on_settled(self, preset: Preset) -> None:
        self._preset = preset
        doubts = self._pages.doubts if self._pages is not None else ()
        if all(doubt.key in preset.settled for doubt in doubts):
            self.settled.emit(preset)
            self.accept()

    def _on_edit_clicked(self) -> None:
        self.done(QDialog.DialogCode.Rejected)
        self.edit_requested.emit(self._preset)

    def _on_failed(self, error: AppError) -> None:
        self.failed.emit(error)
        self.reject()

    def _on_finished(self) -> None:
        pages, self._pages = self._pages, None
        if pages is not None:
            self._tasks.start(lambda: self._presets.pages.close(pages), owner=self._tasks, lane=Lane.PDF)
        self.deleteLater()
