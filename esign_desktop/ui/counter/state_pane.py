"""The desk's state in large letters, with the code beside it while there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from esign_desktop.services.counter import CounterView
from esign_desktop.ui.counter.state_words import state_words
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.qr.qr_code import QrCode
from esign_desktop.ui.qr.qr_image import is_web_link
from esign_desktop.ui.qr.state_mark import StateMark
from esign_desktop.ui.words.moments import now_ms, span
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

_TICK_MS: Final = 1000
_CODE_PX: Final = 360
_SMALL_CODE_PX: Final = 220


class StatePane(QWidget):
    """For the teller's eyes: whole names stand here."""

    def __init__(self, parent: QWidget | None = None, *, clock_ms: Callable[[], int] = now_ms) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._clock_ms = clock_ms
        self._view = CounterView()
        self._heading = PlainLabel(self)
        self._customers = PlainLabel(self)
        self._title = PlainLabel(self)
        self._detail = PlainLabel(self)
        self._countdown = PlainLabel(self)
        self._code = QrCode(self)
        self._mark = StateMark(self)
        self._picture = QStackedWidget(self)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._show_time)
        self._lay_out()

    @property
    def code(self) -> QrCode:
        """The code as the teller sees it."""
        return self._code

    @property
    def heading(self) -> str:
        """The state in a word or two."""
        return self._heading.text()

    @property
    def detail(self) -> str:
        """What is said below."""
        return self._detail.text()

    def set_small(self, *, is_small: bool) -> None:
        """Make do with little room."""
        side = _SMALL_CODE_PX if is_small else _CODE_PX
        self._code.setMinimumSize(side, side)
        for label, pixels in ((self._heading, 30 if is_small else 44), (self._customers, 22 if is_small else 30)):
            font = label.font()
            font.setPixelSize(pixels)
            label.setFont(font)

    def show_view(self, view: CounterView) -> None:
        """Show how the desk stands."""
        self._view = view
        words = state_words(view)
        self._heading.setText(words.heading)
        self._detail.setText(words.detail)
        self._title.setText(one_line(view.title))
        marks = ("✓ " if one.has_signed else "▸ " if one.is_current else "" for one in view.customers)
        names = (one_line(one.name) for one in view.customers)
        self._customers.setText("\n".join(f"{mark}{name}" for mark, name in zip(marks, names, strict=True)))
        link = view.link if is_web_link(view.link) else ""
        self._code.show_text(link)
        self._code.setAccessibleName(self.tr("Signing code"))
        if words.mark is not None:
            self._mark.show_mark(words.mark)
        self._picture.setCurrentIndex(0 if link else 1 if words.mark is not None else 2)
        self.setAccessibleName(f"{words.heading} {words.detail}")
        if view.deadline_ms is not None and link:
            self._clock.start()
        else:
            self._clock.stop()
        self._show_time()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.show_view(self._view)
        super().changeEvent(event)

    def _lay_out(self) -> None:
        for label, pixels, is_bold in (
            (self._heading, 44, True),
            (self._customers, 30, False),
            (self._title, 22, False),
            (self._detail, 22, False),
            (self._countdown, 22, False),
        ):
            font = label.font()
            font.setPixelSize(pixels)
            font.setBold(is_bold)
            label.setFont(font)
            label.setWordWrap(True)
            label.setMinimumWidth(1)
        self._code.setMinimumSize(_CODE_PX, _CODE_PX)
        marked = QWidget(self)
        centred = QVBoxLayout(marked)
        centred.addWidget(self._mark)
        for widget in (self._code, marked, QWidget(self)):
            self._picture.addWidget(widget)
        self._picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        words = QVBoxLayout()
        words.setSpacing(16)
        words.addStretch(1)
        for label in (self._heading, self._customers, self._title, self._detail, self._countdown):
            words.addWidget(label)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(48)
        row.addWidget(self._picture, 1)
        row.addLayout(words, 1)

    def _show_time(self) -> None:
        deadline_ms = self._view.deadline_ms
        if deadline_ms is None or not self._view.link:
            self._countdown.clear()
            return
        left_ms = max(0, deadline_ms - self._clock_ms())
        self._countdown.setText(self.tr("Valid for another {span}").format(span=span(left_ms)))
