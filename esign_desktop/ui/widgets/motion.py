"""Switch animations on and off.

Some users become ill or distracted by movement, and ask the desktop for reduced motion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QProgressBar

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QWidget

_is_still = [False]
_usual: list[tuple[int, bool]] = []
"""The blinking time of the text cursor in milliseconds, and whether menus and tool tips are animated, by default."""


def is_still() -> bool:
    """Return whether animations are switched off. Widgets then show the final state at once."""
    return _is_still[0]


def set_still(*, is_wanted: bool) -> None:
    """Switch animations off or on, including the blinking text cursor and the effects of Qt's menus and tool tips.

    Do nothing if they are already as wanted.
    """
    if is_wanted == _is_still[0]:
        return
    # Imported here, because the first access to Qt's constants is slow, and few users need them.
    from PySide6.QtCore import Qt

    _is_still[0] = is_wanted
    general = Qt.UIEffect.UI_General
    if is_wanted:
        _usual[:] = [(QApplication.cursorFlashTime(), QApplication.isEffectEnabled(general))]
    ((flash_ms, has_effects),) = _usual
    QApplication.setCursorFlashTime(0 if is_wanted else flash_ms)
    QApplication.setEffectEnabled(general, has_effects and not is_wanted)


class BusyBar(QProgressBar):
    """A progress bar for work of unknown duration.

    If animations are switched off, it is half filled and does not move.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self.setRange(0, 2 if is_still() else 0)
        self.setValue(1)
        super().showEvent(event)
