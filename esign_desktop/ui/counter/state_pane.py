"""The desk's state in large letters, with the code beside it while there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.services.counter import CounterView
from esign_desktop.ui.counter.state_words import patience_words, state_words
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.qr.qr_code import QrCode
from esign_desktop.ui.qr.qr_image import is_web_link
from esign_desktop.ui.qr.state_mark import StateMark
from esign_desktop.ui.words.moments import SILENCE_S, now_ms, span
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

_TICK_MS: Final = 1000
_CODE_PX: Final = 360
_CODE_OF_HEIGHT: Final = 0.36
_LEAST_PX: Final = 96
_BETWEEN_PX: Final = 48
_SPACING_PX: Final = 16
_LETTERS_PX: Final = ((44, 30, 22), (36, 26, 20), (30, 22, 18), (24, 18, 16), (20, 16, 14))
"""Sizes of the heading, of the customers and of all else; the largest that there is room for is taken."""


class StatePane(QWidget):
    """For the teller's eyes: whole names stand here."""

    def __init__(self, parent: QWidget | None = None, *, clock_ms: Callable[[], int] = now_ms) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._clock_ms = clock_ms
        self._view = CounterView()
        self._under_way = QElapsedTimer()
        self._under_way.start()
        self._code_side_px = _CODE_PX
        self._heading = PlainLabel(self)
        self._customers = PlainLabel(self)
        self._title = PlainLabel(self)
        self._detail = PlainLabel(self)
        self._countdown = PlainLabel(self)
        self._code = QrCode(self)
        self._mark = StateMark(self)
        self._labels = (self._heading, self._customers, self._title, self._detail, self._countdown)
        self._picture = QStackedWidget(self)
        self._row = QHBoxLayout(self)
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

    def make_room(self, window_height_px: int) -> None:
        """Make do with a part of a window that is this high."""
        self._code_side_px = min(_CODE_PX, int(window_height_px * _CODE_OF_HEIGHT))
        self._code.setMinimumSize(self._code_side_px, self._code_side_px)
        self._fit_words()

    def show_view(self, view: CounterView) -> None:
        """Show how the desk stands."""
        if view.state is not self._view.state:
            self._under_way.start()
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
        if (view.deadline_ms is not None and link) or view.state.is_under_way:
            self._clock.start()
        else:
            self._clock.stop()
        self._show_time()
        self._fit_words()

    @override
    def minimumSizeHint(self) -> QSize:
        # The words make do with what there is: see below.
        height_px = self._code_side_px if self._code.text else min(self._code_side_px, _LEAST_PX)
        return QSize(2 * self._code_side_px, height_px)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.show_view(self._view)
        super().changeEvent(event)

    def _lay_out(self) -> None:
        for label in self._labels:
            label.setWordWrap(True)
            label.setMinimumWidth(1)
        font = self._heading.font()
        font.setBold(True)
        self._heading.setFont(font)
        self._code.setMinimumSize(_CODE_PX, _CODE_PX)
        marked = QWidget(self)
        centred = QVBoxLayout(marked)
        centred.addWidget(self._mark)
        for widget in (self._code, marked, QWidget(self)):
            self._picture.addWidget(widget)
        self._picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        words = QVBoxLayout()
        words.setSpacing(_SPACING_PX)
        words.addStretch(1)
        for label in self._labels:
            words.addWidget(label)
        words.addStretch(1)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_BETWEEN_PX)
        self._row.addWidget(self._picture)
        self._row.addLayout(words)

    def _fit_words(self) -> None:
        """Give the words as much as the picture, more where there is no code, and letters that they have room for."""
        has_code = bool(self._code.text)
        width_px = self.width() - _BETWEEN_PX
        words_px = min(width_px // 2, width_px - self._code_side_px) if has_code else width_px * 2 // 3
        self._row.setStretch(0, max(1, width_px - words_px))
        self._row.setStretch(1, max(1, words_px))
        shown = [label for label in self._labels if label.text()]
        for label in self._labels:
            label.setVisible(bool(label.text()))
        for heading_px, customers_px, rest_px in _LETTERS_PX:
            for label, pixels in zip(self._labels, (heading_px, customers_px, rest_px, rest_px, rest_px), strict=True):
                font = label.font()
                font.setPixelSize(pixels)
                label.setFont(font)
            heights_px = [label.heightForWidth(words_px) for label in shown]
            if sum(heights_px) + _SPACING_PX * (len(shown) + 1) <= self.height():
                break

    def _show_time(self) -> None:
        if self._view.state.is_under_way:
            seconds = self._under_way.elapsed() // 1000
            words = patience_words(self._view, seconds) if seconds >= SILENCE_S else ""
            if words != self._countdown.text():
                self._countdown.setText(words)
                self._fit_words()
            return
        deadline_ms = self._view.deadline_ms
        if deadline_ms is None or not self._view.link:
            self._countdown.clear()
            return
        left_ms = max(0, deadline_ms - self._clock_ms())
        self._countdown.setText(self.tr("Valid for another {span}").format(span=span(left_ms)))
