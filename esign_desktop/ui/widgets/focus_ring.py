"""The ring around what has the keyboard, whatever it looks like, while somebody moves with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QFocusFrame, QFrame
from shiboken6 import isValid

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

_TALL_PX: Final = 200


class FocusRing(QObject):
    """Follows the keyboard through the windows of an application. Its look is in the theme's sheet.

    It lies around buttons and fields, and within what fills a side of its window.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._around: QFocusFrame | None = None
        self._within: _RingWithin | None = None
        application.focusChanged.connect(self._on_application_focus_changed)

    def _on_application_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        # Each is a child of the window in which it was last, and may be gone with it.
        if self._within is not None and isValid(self._within):
            self._within.hide()
            self._within.deleteLater()
        self._within = None
        around = self._around if self._around is not None and isValid(self._around) else None
        # Qt takes this attribute away again when somebody clicks elsewhere.
        if now is None or not now.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            _take_away(around)
        elif isinstance(now, QAbstractScrollArea) or now.height() > _TALL_PX:
            _take_away(around)
            self._within = _RingWithin(now)
        else:
            self._around = around or QFocusFrame()
            self._around.setWidget(now)


def _take_away(frame: QFocusFrame | None) -> None:
    if frame is not None:
        frame.setWidget(None)  # type: ignore[arg-type]  # as Qt's documentation says


class _RingWithin(QFrame):
    def __init__(self, marked: QWidget) -> None:
        super().__init__(marked)
        self._marked = marked
        self.setObjectName("ringWithin")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(marked.rect())
        marked.installEventFilter(self)
        self.show()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._marked.rect())
        return False
