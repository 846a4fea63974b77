"""Provide labels and tool tips that show texts literally.

Otherwise, Qt would interpret texts from outside as markup.
"""

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
    """Return a text for a tool tip that shows ``text`` literally, or an empty text if ``text`` is empty.

    Qt's tool tips have no plain text mode, so markup is escaped.
    """
    if not text:
        return ""
    # At the start there are only empty texts, and this import takes a few milliseconds.
    from html import escape

    return f"<span>{escape(one_line(text, most_characters=_LONGEST_TIP))}</span>"


def show_tip(widget: QWidget, text: str) -> None:
    """Set a tool tip that shows the text literally. Screen readers get the text without markup, as the description."""
    widget.setToolTip(plain_tip(text))
    widget.setAccessibleDescription(one_line(text, most_characters=_LONGEST_TIP))


class PlainLabel(QLabel):
    """A label that shows its text literally, without interpreting markup."""

    def __init__(
        self,
        parent: QWidget | None = None,
        text: str = "",
        *,
        look: str = "",
        is_wrapped: bool = False,
        is_live: bool = False,
    ) -> None:
        """Create the label. ``look`` is its name in the style sheet, such as *hint* or *sectionTitle*.

        If ``is_live`` is True, a screen reader announces the text when the label appears or its text changes, wherever
        the focus is.
        """
        super().__init__(parent)
        self._is_live = is_live
        self.setObjectName(look)
        self.setWordWrap(is_wrapped)
        # As a string, because the first access to Qt's constants takes a sixth of the time until the window is shown.
        self.setProperty("textFormat", "PlainText")
        self.setText(text)

    @override
    def setText(self, text: str) -> None:
        """Show a text without the characters that could reorder or hide the text around them."""
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
        """Limit the width, so that a single long word can't make a window wider than the screen."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), WIDEST_WORD_PX), hint.height()) if self.wordWrap() else hint


class ElidedLabel(PlainLabel):
    """A label of one line that is elided if there is too little space, at its end or where ``mode`` specifies."""

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
    """A label that shows the first of its wordings that fits into its width. If none fits, the last one is elided."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wordings: tuple[str, ...] = ("",)

    def show_wordings(self, *wordings: str) -> None:
        """Set the wordings, from the longest to the shortest, and show the first one that fits."""
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
    """Return a thin line between two parts of a window, in the color of the theme. It is horizontal by default."""
    line = QFrame(parent)
    line.setObjectName("separator")
    line.setFrameShape(QFrame.Shape.VLine if is_upright else QFrame.Shape.HLine)
    return line


def set_font_px(widget: QWidget, pixels: int, *, is_bold: bool = False) -> None:
    """Set the font size of a widget, in logical pixels at 100 % text size.

    Large fonts grow with the text size only until normal text has the same size.
    """
    font = widget.font()
    font.setPixelSize(max(pixels, min(sized(pixels), sized(TEXT_PX))))
    font.setBold(is_bold)
    widget.setFont(font)
