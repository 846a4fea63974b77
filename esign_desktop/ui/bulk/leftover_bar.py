"""A run that was broken off, by a kill or a pause: what it left, and the way on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from esign_desktop.override import override
from esign_desktop.ui.bulk.stage import BulkStage
from esign_desktop.ui.deliberate.button import DeliberateButton
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.theme import theme
from esign_desktop.ui.words.moments import china_time
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.ui.bulk.work import BulkWork


class LeftoverBar(QFrame):
    """Seen while nothing else is laid out."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._work = work
        self._mark = QLabel(self)
        self._text = PlainLabel(self)
        self._text.setWordWrap(True)
        self._go, self._dismiss = DeliberateButton(self), DeliberateButton(self)
        self._go.setObjectName("primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self._text, 1)
        row.addWidget(self._dismiss)
        row.addWidget(self._go)
        self._go.meant.connect(self._on_go_meant)
        self._dismiss.meant.connect(work.offers.dismiss)
        work.offers.changed.connect(self.refresh)
        work.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what the run left."""
        leftover = self._work.offers.leftover
        self.setVisible(leftover is not None and self._work.stage is BulkStage.CHOOSING)
        if leftover is None:
            return
        self._mark.setPixmap(icon("clock", theme().warning_ink).pixmap(18, 18))
        text = self.tr("“{sheet}” was not sent to its end on {moment}: {sent} of {total} sent.")
        self._text.setText(
            text.format(
                sheet=one_line(Path(leftover.sheet_path).name),
                moment=china_time(leftover.begun_at_ms),
                sent=f"{leftover.sent_count:,}",
                total=f"{leftover.row_count:,}",
            )
        )
        self._go.setText(self.tr("Go on with it"))
        self._dismiss.setText(self.tr("Leave it"))
        self._dismiss.setToolTip(self.tr("Not offered again; the sheet can still be dropped here later"))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}:
            self.refresh()
        super().changeEvent(event)

    def _on_go_meant(self) -> None:
        if self._work.offers.leftover is not None:
            self._work.take_up(self._work.offers.leftover)
