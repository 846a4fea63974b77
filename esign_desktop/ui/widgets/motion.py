"""Whether anything may move by itself: people whom movement makes ill, or distracts, ask their desktop for rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QProgressBar

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QWidget

_is_still = [False]
_usual: list[tuple[int, bool]] = []
"""How long the text cursor takes to blink, and whether menus and tips move, where they may."""


def is_still() -> bool:
    """Whether nothing is to move by itself: what would is at once as it would be in the end."""
    return _is_still[0]


def set_still(*, is_wanted: bool) -> None:
    """Let nothing move, the text cursor and Qt's own menus and tips included, or let it move again."""
    if is_wanted == _is_still[0]:
        return
    # Not above: Qt's constants take long to ask for, and hardly anybody needs them.
    from PySide6.QtCore import Qt

    _is_still[0] = is_wanted
    general = Qt.UIEffect.UI_General
    if is_wanted:
        _usual[:] = [(QApplication.cursorFlashTime(), QApplication.isEffectEnabled(general))]
    ((flash_ms, has_effects),) = _usual
    QApplication.setCursorFlashTime(0 if is_wanted else flash_ms)
    QApplication.setEffectEnabled(general, has_effects and not is_wanted)


class BusyBar(QProgressBar):
    """Says that something goes on and nobody knows how long: a bar that runs, or half of one that stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self.setRange(0, 2 if is_still() else 0)
        self.setValue(1)
        super().showEvent(event)
