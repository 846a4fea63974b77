"""Labels for texts from outside: always plain text, since Qt would otherwise read a name as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.outside import harmless, one_line
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.theme import TEXT_PX, sized

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent


WIDEST_WORD_PX: Final = 240
_LONGEST_LINE: Final = 1000
_LONGEST_TIP: Final = 1000


def plain_tip(text: str) -> str:
    """Return a tool tip that shows the text to the letter; tool tips have no plain mode of their own."""
    from html import escape

    return f"<span>{escape(one_line(text, most_characters=_LONGEST_TIP))}</span>"


def show_tip(widget: QWidget, text: str) -> None:
    """Give a widget a tool tip that shows the text to the letter; screen readers say it without its markup."""
    widget.setToolTip(plain_tip(text) if text else "")
    widget.setAccessibleDescription(one_line(text, most_characters=_LONGEST_TIP))


class PlainLabel(QLabel):
    """A label that shows its text to the letter."""

    def __init__(
        self,
        parent: QWidget | None = None,
        text: str = "",
        *,
        look: str = "",
        is_wrapped: bool = False,
        is_live: bool = False,
    ) -> None:
        """``look`` is its name in the style sheet, such as *hint* or *sectionTitle*; ``is_live`` one that is announced.

        Live is what comes or changes by itself, and is to be heard wherever the keyboard is.
        """
        super().__init__(parent)
        self._is_live = is_live
        self.setObjectName(look)
        self.setWordWrap(is_wrapped)
        # By its name: the constants of Qt, once asked for, are a sixth of the time until the window stands.
        self.setProperty("textFormat", "PlainText")
        self.setText(text)

    @override
    def setText(self, text: str) -> None:
        """Show a text, without characters that would turn round what stands beside it."""
        is_news = self._is_live and self.isVisible() and text != self.text()
        super().setText(harmless(text))
        if is_news:
            announce(self, self.text())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_live and not event.spontaneous():
            announce(self, self.text())

    @override
    def minimumSizeHint(self) -> QSize:
        """Let no single long word make a window wider than the screen."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), WIDEST_WORD_PX), hint.height()) if self.wordWrap() else hint


class ElidedLabel(PlainLabel):
    """One line that is cut with an ellipsis where there is no room: at its end, or in the middle of a name."""

    def __init__(
        self,
        parent: QWidget | None = None,
        text: str = "",
        *,
        mode: Qt.TextElideMode | None = None,
    ) -> None:
        super().__init__(parent, text)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @override
    def setText(self, text: str) -> None:
        super().setText(one_line(text, most_characters=_LONGEST_LINE))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.text():
            return
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        mode = self._mode or Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self.text(), mode, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)


class FittingLabel(ElidedLabel):
    """Shows the first of its wordings that has room; the last one is cut if need be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wordings: tuple[str, ...] = ("",)

    def show_wordings(self, *wordings: str) -> None:
        """Show one of these, the longest first."""
        self._wordings = wordings
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room, measure = self.width(), self.fontMetrics().horizontalAdvance
        self.setText(next((one for one in self._wordings if measure(one) <= room), self._wordings[-1]))


def separator(parent: QWidget, *, is_upright: bool = False) -> QFrame:
    """Return a thin line between two parts of a window, in the theme's colour."""
    line = QFrame(parent)
    line.setObjectName("separator")
    line.setFrameShape(QFrame.Shape.VLine if is_upright else QFrame.Shape.HLine)
    return line


def set_font_px(widget: QWidget, pixels: int, *, is_bold: bool = False) -> None:
    """Give a widget letters of this size at 100 %, whatever the theme; what is large already need grow less."""
    font = widget.font()
    font.setPixelSize(max(pixels, min(sized(pixels), sized(TEXT_PX))))
    font.setBold(is_bold)
    widget.setFont(font)
