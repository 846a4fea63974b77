"""Open the manual with F1, at the page about the focused part of a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from esign_desktop.ui.shell.manual import ManualWindow

FIRST_PAGE: Final = "index"


def page_for(widget: QWidget | None) -> str:
    """Return the manual page of a widget or its nearest ancestor with a ``manual_page``, which may include a heading.

    Return the first page of the manual if there is no such widget.
    """
    while widget is not None:
        page = getattr(widget, "manual_page", "")
        if page:
            return str(page)
        widget = widget.parentWidget()
    return FIRST_PAGE


class ManualKeys(QObject):
    """Makes F1 open the manual in every window.

    The main window has F1 in its menu; other windows get the shortcut when they first have the focus.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._manual: ManualWindow | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # noqa: S101  a QApplication exists
        application.focusChanged.connect(self._on_application_focus_changed)

    @property
    def manual(self) -> ManualWindow | None:
        """The window of the manual, or None if it is not open."""
        return self._manual

    def open(self) -> None:
        """Show the manual page about the focused widget. Do nothing while a locked counter has the focus."""
        focus = QApplication.focusWidget() or QApplication.activeWindow()
        around = focus.window() if focus is not None else self._window
        if getattr(around, "is_locked", False) is True:
            # No window may be opened beside a locked counter.
            return
        from esign_desktop.ui.shell.manual import ManualWindow

        owner = QApplication.activeModalWidget() or around
        if self._manual is not None and self._manual.parentWidget() is not owner:
            # While a modal window is open, the user can use only this window and its children.
            self._manual.close()
            self._manual = None
        if self._manual is None:
            # At the counter, the manual must not lead to a browser.
            self._manual = ManualWindow(owner, may_leave=not page_for(around).startswith("counter"))
            self._manual.finished.connect(self._on_manual_finished)
        self._manual.show_page(page_for(focus))
        self._manual.show()
        self._manual.raise_()
        self._manual.activateWindow()

    def _on_manual_finished(self) -> None:
        if self.sender() is self._manual:
            self._manual = None

    def _on_application_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        window = now.window() if now is not None else None
        if window is None or window is self._window or window is self._manual or window.property("hasManualKey"):
            return
        window.setProperty("hasManualKey", True)
        QShortcut(QKeySequence("F1"), window).activated.connect(self.open)
