"""Provide the display for the customer's screen.

The display shows a QR code and the result of signing. All contract and customer data on it comes from
``customer_view``. The display is hidden while the screen is disconnected.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.text.moments import now_ms, span
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.brand_band import CRAMPED_HEIGHT_PX, HEIGHT_PX, IDLE_HEIGHT_PX, BrandBand
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.qr import QUIET_MODULES, QrCode, is_web_link
from esign_desktop.ui.widgets.state_mark import Mark, StateMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from esign_desktop.services.counter.values import CounterView


class Face(Enum):
    """The kind of content on the customer's screen.

    WAIT means that a QR code will follow, and ASK that the customer must wait for the teller.
    """

    BLANK = auto()
    WAIT = auto()
    CODE = auto()
    SIGNED = auto()
    ASK = auto()


@dataclass(frozen=True, slots=True)
class CustomerView:
    """The content of the customer's screen. The name is masked, and no data of the teller is included.

    ``is_covered`` means that a blank screen is empty, without the institution's text and picture.
    """

    face: Face = Face.BLANK
    title: str = field(default="", repr=False)
    masked_name: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    deadline_ms: int | None = None
    is_covered: bool = False


_BLANK: Final = frozenset(
    {CounterState.IDLE, CounterState.READY, CounterState.WAITING, CounterState.REVOKING, CounterState.REVOKED}
)


def customer_view(view: CounterView) -> CustomerView:
    """Return the part of the counter's state that the customer may see. A link is included only when it works."""
    current = next((one for one in view.customers if one.is_current), None)
    name = current.masked_name if current is not None else ""
    if view.state in _BLANK:
        return CustomerView()
    if view.state is CounterState.SIGNED or (view.state is CounterState.SHOWING and view.customers_have_signed):
        return CustomerView(Face.SIGNED, view.title)
    if view.link and view.is_live:
        return CustomerView(Face.CODE, view.title, name, view.link, view.deadline_ms)
    if view.state is CounterState.SENDING:
        return CustomerView(Face.WAIT, view.title, name)
    return CustomerView(Face.ASK)


CODE_MM: Final = 60.0
"""The minimum side of a QR code without the quiet zone, in millimeters."""

_USUAL_PX_PER_MM: Final = 96 / 25.4
_NARROWEST_MM: Final = 80.0
_DENSEST_PX_PER_MM: Final = 24.0
LEAST_OF_THE_HEIGHT: Final = 0.6
"""The minimum side of a QR code without the quiet zone, as a fraction of the screen's height, if there is space."""


def screen_identity(screen: QScreen) -> str:
    """Return a text by which a screen is recognized when it is connected again."""
    return f"{screen.manufacturer()}\n{screen.model()}\n{screen.serialNumber()}\n{screen.name()}"


def other_screens(own: QScreen | None) -> tuple[QScreen, ...]:
    """Return all screens except ``own``, the screen of the teller's window."""
    return tuple(screen for screen in QGuiApplication.screens() if screen is not own)


def customer_screen(own: QScreen | None, identity: str) -> QScreen | None:
    """Return the customer's screen, or None if it is not connected.

    This is the screen with ``identity`` or, if ``identity`` is empty, the only screen besides ``own``. If it is empty
    and there are several other screens, the result is None.
    """
    others = other_screens(own)
    if identity:
        return next((screen for screen in others if screen_identity(screen) == identity), None)
    return others[0] if len(others) == 1 else None


def next_screen(own: QScreen | None, present: QScreen | None) -> QScreen | None:
    """Return the screen that follows ``present`` among the screens other than ``own``, cyclically.

    Return None if there is no other screen.
    """
    others = other_screens(own)
    if not others:
        return None
    index = others.index(present) + 1 if present in others else 0
    return others[index % len(others)]


def px_per_mm(screen: QScreen) -> float:
    """Return the number of device-independent pixels per millimeter of a screen.

    If the screen's reported size is implausible, assume 96 pixels per inch.
    """
    width_mm = screen.physicalSize().width()
    if width_mm < _NARROWEST_MM:
        return _USUAL_PX_PER_MM
    found = screen.geometry().width() / width_mm
    return found if found * screen.devicePixelRatio() <= _DENSEST_PX_PER_MM else _USUAL_PX_PER_MM


def code_side_px(module_count: int, quiet_modules: int, screen: QScreen, least_px: float, room_px: int) -> int:
    """Return the side of a QR code with its quiet zone, in device-independent pixels. A module has whole device pixels.

    Without the quiet zone, the side is at least 60 mm and ``least_px``. With the quiet zone, it is at most ``room_px``,
    even if the code is then smaller.
    """
    ratio = screen.devicePixelRatio()
    wanted_px = max(CODE_MM * px_per_mm(screen), least_px)
    module_px = math.ceil(wanted_px * ratio / module_count)
    return min(math.ceil(module_px * (module_count + 2 * quiet_modules) / ratio) + 1, room_px)


_TICK_MS: Final = 500
_HOUR_MS: Final = 3_600_000
_LONGEST_TITLE: Final = 40
_TITLE_PX: Final = 34
_CRAMPED_TITLE_PX: Final = 24
_ROOMY_PX: Final = 640
_CRAMPED_PX: Final = 520
_BETWEEN_PX: Final = 24
_MARGINS_PX: Final = 64
"""The sum of the margins on two opposite sides, including the space below the institution's mark."""
_GROUND: Final = "#ffffff"
_INK: Final = "#1f2430"
_FAINT: Final = "#4d5563"


class CustomerDisplay(QWidget):
    """The window on the customer's screen, which shows a ``CustomerView``. It never takes the keyboard focus.

    It is black on white in every theme, to be readable from a distance and by cameras.
    """

    def __init__(self, parent: QWidget | None = None, *, clock_ms: Callable[[], int] = now_ms) -> None:
        super().__init__(
            parent,
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setObjectName("customerDisplay")
        self.setWindowTitle(self.tr("Customer's screen"))
        self._clock_ms = clock_ms
        self._view = CustomerView()
        self.brand = BrandBand(self)
        self._title = PlainLabel(self)
        self._call = PlainLabel(self, self.tr("Please scan the code to read and sign"))
        self._name = PlainLabel(self)
        self.code = QrCode(self)
        self.code.setAccessibleName(self.tr("Signing QR code"))
        self._apps = PlainLabel(self, self.tr("Use WeChat, Alipay or your phone's camera"))
        self._countdown = PlainLabel(self)
        self._mark = StateMark(self)
        self._code_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._end_column, self._mark_row = QVBoxLayout(), QHBoxLayout()
        self._sentence = PlainLabel(self)
        self._detail = PlainLabel(self)
        self._stack = QStackedWidget(self)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._show_time)
        self._lay_out()
        self.show_view(self._view)

    @property
    def view(self) -> CustomerView:
        return self._view

    def show_brand(self, text: str, image: QImage) -> None:
        """Show the institution's text and picture. A null image means that there is no picture."""
        self.brand.show_brand(text, image)

    def show_view(self, view: CustomerView, *, drawn: QrCode | None = None) -> None:
        """Replace the content. If the widget ``drawn`` shows the same QR code, its image is reused."""
        self._view = view
        has_code = view.face is Face.CODE and is_web_link(view.link)
        self.code.show_text(view.link if has_code else "", drawn=drawn)
        self._title.setText(one_line(view.title, most_characters=_LONGEST_TITLE))
        self._name.setText(view.masked_name)
        self._fit_code()
        self._show_words()
        self._stack.setCurrentIndex(self._page(has_code=has_code))
        if has_code:
            self._clock.start()
        else:
            self._clock.stop()
        self._show_time()

    def stand_on(self, screen: QScreen) -> None:
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self._fit_code()
        # showFullScreen() would take the keyboard focus from the teller's window.
        self.setWindowState(self.windowState() | Qt.WindowState.WindowFullScreen)
        self.show()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_code()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(_GROUND))

    def _lay_out(self) -> None:
        for label, pixels, colour, is_bold in (
            (self._call, 22, _INK, False),
            (self._name, 28, _INK, False),
            (self._apps, 20, _FAINT, False),
            (self._countdown, 20, _FAINT, False),
            (self._sentence, 44, _INK, True),
            (self._detail, 24, _FAINT, False),
        ):
            _word(label, pixels, colour, is_bold=is_bold)
        code_page = QWidget(self)
        words = vbox(1, self._title, self._name, self._call, self._apps, self._countdown, 1, spacing=12)
        layout = self._code_row
        code_page.setLayout(layout)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_BETWEEN_PX)
        layout.addLayout(words, 1)
        layout.addWidget(self.code)
        end_page = QWidget(self)
        layout = self._end_column
        end_page.setLayout(layout)
        layout.setSpacing(24)
        layout.addStretch(1)
        self._mark_row.addWidget(self._mark)
        layout.addLayout(self._mark_row, 2)
        layout.addWidget(self._sentence)
        layout.addWidget(self._detail)
        layout.addStretch(1)
        for page in (QWidget(self), code_page, end_page):
            self._stack.addWidget(page)
        vbox(self.brand, (self._stack, 1), spacing=12, margins=(32, 24, 32, 24), parent=self)

    def _page(self, *, has_code: bool) -> int:
        is_blank = self._view.face is Face.BLANK
        # On the blank page, the stack is hidden, so that the institution's text and picture are centered.
        self.brand.setVisible(not self._view.is_covered)
        self._stack.setVisible(not is_blank)
        if is_blank:
            return 0
        return 1 if has_code else 2

    def _show_words(self) -> None:
        self._mark.show_mark(Mark.DONE if self._view.face is Face.SIGNED else Mark.WAITING)
        has_mark = self._view.face is not Face.WAIT
        self._mark.setVisible(has_mark)
        # Without a mark, its space is removed, so that the text is in the middle.
        self._end_column.setStretchFactor(self._mark_row, 2 if has_mark else 0)
        match self._view.face:
            case Face.SIGNED:
                sentence = self.tr("Signed. Thank you!")
            case Face.WAIT:
                sentence = self.tr("One moment, please")
            case _:
                sentence = self.tr("Please wait, the teller is assisting you")
        self._sentence.setText(sentence)
        self._detail.setText(one_line(self._view.title, most_characters=_LONGEST_TITLE))

    def _show_time(self) -> None:
        deadline_ms = self._view.deadline_ms
        if deadline_ms is None:
            self._countdown.clear()
            return
        left_ms = max(0, deadline_ms - self._clock_ms())
        minutes, seconds = divmod(left_ms // 1000, 60)
        time = span(left_ms) if left_ms >= _HOUR_MS else f"{minutes}:{seconds:02}"
        self._countdown.setText(self.tr("Valid for another {time}").format(time=time))

    def _fit_code(self) -> None:
        size = self.size() if self.isVisible() else self.screen().geometry().size()
        is_cramped, is_wide = size.height() < _ROOMY_PX, size.width() >= size.height()
        # On a small screen, the QR code needs all the space.
        self._apps.setVisible(not is_cramped)
        self._call.setVisible(size.height() >= _CRAMPED_PX)
        brand_px = CRAMPED_HEIGHT_PX if is_cramped else HEIGHT_PX
        # The width limits the height, because a picture may be six times as wide as high and has a text beside it.
        idle_px = min(IDLE_HEIGHT_PX, size.width() // 12)
        self.brand.set_height(idle_px if self._view.face is Face.BLANK else brand_px)
        _word(self._title, _CRAMPED_TITLE_PX if is_cramped else _TITLE_PX, _INK, is_bold=True)
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._code_row.setDirection(direction)
        if self.code.text:
            below_brand_px = size.height() - brand_px - _MARGINS_PX
            room_px = min(below_brand_px, size.width() * 2 // 3) if is_wide else size.width() - _MARGINS_PX
            least_px = size.height() * LEAST_OF_THE_HEIGHT
            side = code_side_px(self.code.module_count, QUIET_MODULES, self.screen(), least_px, room_px)
            self.code.setMinimumSize(side, side)
        else:
            self.code.setMinimumSize(0, 0)


def _word(label: PlainLabel, pixels: int, colour: str, *, is_bold: bool) -> None:
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setMinimumWidth(1)
    style = f"color: {colour}; font-size: {pixels}px; font-weight: {600 if is_bold else 400};"
    if style != label.styleSheet():
        label.setStyleSheet(style)


class CustomerScreen(QObject):
    """Moves the display to the customer's screen, and hides it while that screen is disconnected."""

    chosen = Signal(str)
    """Carries the identity of the screen that the user chose."""
    changed = Signal(bool)
    """Carries whether the display is visible."""
    operator_displaced = Signal()
    """Emitted when the teller's screen was disconnected. Qt may move the teller's window to the customer's screen."""

    def __init__(self, display: CustomerDisplay, operator: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._display = display
        self._operator = operator
        self._identity = ""
        self._screen: QScreen | None = None
        self._operators_screen: QScreen | None = None
        self._is_open = False
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._on_screen_added)
            application.screenRemoved.connect(self._on_screen_removed)

    @property
    def screen(self) -> QScreen | None:
        """The screen of the display, or None while the display is hidden."""
        return self._screen

    def use(self, identity: str) -> None:
        """Use the screen with this identity. With an empty text, use the only screen besides the teller's."""
        self._identity = identity
        self.place()

    def open(self) -> None:
        self._is_open = True
        self.place()

    def close(self) -> None:
        self._is_open = False
        self._take(None)

    def choose_next(self) -> None:
        """Move the display to the next screen other than the teller's, and emit ``chosen``.

        Do nothing without such a screen.
        """
        screen = next_screen(self._operator.screen(), self._screen)
        if screen is not None:
            self._identity = screen_identity(screen)
            self._take(screen)
            self.chosen.emit(self._identity)

    def place(self) -> None:
        """Move the display to its screen, or hide the display if its screen is not connected.

        Do nothing while closed.
        """
        if self._is_open:
            self._operators_screen = self._operator.screen()
            self._take(customer_screen(self._operator.screen(), self._identity))

    def _take(self, screen: QScreen | None) -> None:
        self._screen = screen
        if screen is None:
            self._display.hide()
        else:
            if screen is not self._display.screen() or not self._display.isVisible():
                # Qt does not move a window that is already full screen.
                self._display.hide()
            self._display.stand_on(screen)
        self.changed.emit(screen is not None)

    def _on_screen_added(self, _screen: QScreen) -> None:
        # The screen's geometry is not known while it is being added.
        QTimer.singleShot(0, self, self.place)

    def _on_screen_removed(self, screen: QScreen) -> None:
        if self._is_open and screen is self._operators_screen:
            self.operator_displaced.emit()
        # Otherwise, Qt would move the visible display to the teller's screen.
        if screen is self._screen or len(QGuiApplication.screens()) <= 1:
            self._take(None)
        QTimer.singleShot(0, self, self.place)
