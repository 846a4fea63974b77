"""The stages of a send in a list: done, under way, still to come."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QWidget

from esign_desktop.override import override
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.sending.stages import Stage, stage_word
from esign_desktop.ui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

_SHOWN: Final = tuple(stage for stage in Stage if stage is not Stage.DONE)
_ICON_PX: Final = 16
_BAR_STEPS: Final = 1000


class _Look(Enum):
    TO_COME = "to_come"
    UNDER_WAY = "under_way"
    DONE = "done"
    STOPPED = "stopped"


class StageList(QWidget):
    """Never goes back: a stage that was done stays done, except when a send begins anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = Stage.FILES
        self._is_stopped = False
        self._marks: dict[Stage, QLabel] = {}
        self._words: dict[Stage, PlainLabel] = {}
        self._detail = PlainLabel(self)
        self._detail.setObjectName("hint")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for stage in _SHOWN:
            mark, word = QLabel(self), PlainLabel(self)
            mark.setFixedSize(_ICON_PX, _ICON_PX)
            self._marks[stage], self._words[stage] = mark, word
            row = 2 * stage
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(word, row, 1)
        upload_row = 2 * Stage.UPLOAD
        grid.addWidget(self._detail, upload_row, 2)
        grid.addWidget(self._bar, upload_row + 1, 1, 1, 2)
        self._bar.hide()
        self._show()

    @property
    def stage(self) -> Stage:
        """The stage that is under way."""
        return self._stage

    @override
    def changeEvent(self, event: QEvent) -> None:
        match event.type():
            case QEvent.Type.LanguageChange | QEvent.Type.PaletteChange:
                self._show()
            case QEvent.Type.StyleChange:
                # Another style sheet gives the words the fonts back that they had under the first one.
                QTimer.singleShot(0, self, self._show)
            case _:
                pass
        super().changeEvent(event)

    def begin(self) -> None:
        """Show a send that has just begun."""
        self._stage, self._is_stopped = Stage.FILES, False
        self._detail.clear()
        self._bar.hide()
        self._show()

    def reach(self, stage: Stage) -> None:
        """Show that a stage is under way, and all before it done."""
        self._stage, self._is_stopped = max(self._stage, stage), False
        if self._stage is not Stage.UPLOAD:
            self._bar.hide()
            self._detail.clear()
        self._show()

    def stop(self) -> None:
        """Show that the stage under way did not succeed."""
        self._is_stopped = True
        self._bar.hide()
        self._show()

    def show_bytes(self, document_number: int, document_count: int, done_bytes: int, total_bytes: int) -> None:
        """Show how much of a document has been uploaded."""
        self._bar.setVisible(self._stage is Stage.UPLOAD)
        self._bar.setValue(round(_BAR_STEPS * done_bytes / total_bytes) if total_bytes else 0)
        self._bar.setAccessibleName(stage_word(Stage.UPLOAD))
        self._detail.setText(
            self.tr("{number} of {count} · {done} of {total} MB").format(
                number=document_number,
                count=document_count,
                done=f"{done_bytes / 1e6:.1f}",
                total=f"{total_bytes / 1e6:.1f}",
            )
        )

    def _look(self, stage: Stage) -> _Look:
        if stage < self._stage:
            return _Look.DONE
        if stage > self._stage:
            return _Look.TO_COME
        return _Look.STOPPED if self._is_stopped else _Look.UNDER_WAY

    def _show(self) -> None:
        colours = theme()
        pictures: dict[_Look, tuple[str, QColor]] = {
            _Look.DONE: ("check", colours.success),
            _Look.UNDER_WAY: ("chevron-right", colours.accent),
            _Look.STOPPED: ("error", colours.warning_ink),
        }
        for stage in _SHOWN:
            look, word = self._look(stage), self._words[stage]
            word.setText(stage_word(stage))
            word.setEnabled(look is not _Look.TO_COME)
            font = word.font()
            font.setBold(look in {_Look.UNDER_WAY, _Look.STOPPED})
            word.setFont(font)
            if look in pictures:
                name, colour = pictures[look]
                self._marks[stage].setPixmap(icon(name, colour).pixmap(_ICON_PX, _ICON_PX))
            else:
                self._marks[stage].clear()
            word.setAccessibleName(f"{stage_word(stage)}: {self._look_word(look)}")

    def _look_word(self, look: _Look) -> str:
        return {
            _Look.TO_COME: self.tr("to come"),
            _Look.UNDER_WAY: self.tr("under way"),
            _Look.DONE: self.tr("done"),
            _Look.STOPPED: self.tr("stopped"),
        }[look]
