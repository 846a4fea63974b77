"""Whether what stands in a window can be read, and whether the keyboard's place is seen: by its pixels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QTabBar,
    QToolButton,
    QWidget,
)

from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT: Final = 4.5
MARK: Final = 3.0
HIGH_TEXT: Final = 7.0
HIGH_MARK: Final = 4.5
"""In the theme of high contrast."""
_ROUNDING: Final = 0.05
_STRAY_PIXELS: Final = 4
"""Fewer of one colour are no stroke, but the corner of something else."""
_MOST_ROWS: Final = 30
_SMALLEST_PX: Final = 6
_SHARP: Final = 2
"""Pixels a point: at one, letters of thin strokes are grey throughout."""
_MOST_STOPS: Final = 120
_RING_PX: Final = 6
"""How far around a widget the mark of the keyboard may lie."""


@dataclass(frozen=True)
class Seen:
    """A piece of a window: ``least`` is the contrast that it needs, ``where`` its place in the window's picture."""

    what: str
    where: QRect
    least: float


def luminance(rgb: int) -> float:
    """Return the relative luminance of a colour, as WCAG counts."""
    shares = ((rgb >> shift & 0xFF) / 255 for shift in (16, 8, 0))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor | int, other: QColor | int) -> float:
    """Return how far two colours stand apart: from 1, the same, to 21."""
    values = (colour if isinstance(colour, int) else colour.rgb() & 0xFFFFFFFF for colour in (one, other))
    low, high = sorted(luminance(value) for value in values)
    return (high + 0.05) / (low + 0.05)


def contrast_of(picture: QImage, where: QRect, least_pixels: int = _STRAY_PIXELS) -> float:
    """Return how far the strongest stroke within a place stands out from its commonest colour."""
    counts = _colours(picture, where)
    ((ground, _count),) = counts.most_common(1)
    return max(contrast(colour, ground) for colour, count in counts.items() if count >= least_pixels)


def faint(window: QWidget) -> list[str]:
    """Say what in a window stands out less than it has to. What can't be used may be faint."""
    picture = _picture(window, window.rect(), _SHARP)
    found = []
    for seen in _pieces(window):
        # The lines of an icon are thinner than a pixel, here and there.
        measured = contrast_of(picture, _scaled(seen.where, picture), _STRAY_PIXELS if seen.least == TEXT else 1)
        least = seen.least if not theme().is_high else HIGH_TEXT if seen.least == TEXT else HIGH_MARK
        if measured < least - _ROUNDING:
            found.append(f"{measured:.1f} of {least:g}: {seen.what}")
    return list(dict.fromkeys(found))


def unmarked_stops(window: QWidget) -> list[str]:
    """Press Tab through a window, and say which stops look the same, or nearly, as without the keyboard."""
    before = QApplication.focusWidget()
    window.activateWindow()
    stops: list[QWidget] = []
    found = []
    while len(stops) < _MOST_STOPS:
        last = QApplication.focusWidget()
        QTest.keyClick(last or window, Qt.Key.Key_Tab)
        stop = QApplication.focusWidget()
        if stop is None or stop is last or stop in stops or stop.window() is not window:
            break
        stops.append(stop)
        QApplication.processEvents()
        if not _shows_focus(stop):
            found.append(_name(stop))
    if before is not None:
        before.setFocus(Qt.FocusReason.OtherFocusReason)
    elif (last := QApplication.focusWidget()) is not None:
        last.clearFocus()
    return found


def _shows_focus(stop: QWidget) -> bool:
    window = stop.window()
    ring = _RING_PX
    where = QRect(stop.mapTo(window, QPoint(0, 0)), stop.size()).adjusted(-ring, -ring, ring, ring)
    where = where.intersected(window.rect())
    if where.isEmpty():
        return False
    focused = _picture(window, where)
    stop.clearFocus()
    without = _picture(window, where)
    stop.setFocus(Qt.FocusReason.OtherFocusReason)
    return _greatest_change(without, focused) >= (HIGH_MARK if theme().is_high else MARK)


def _greatest_change(one: QImage, other: QImage) -> float:
    pairs = Counter(zip(_pixels(one, one.rect()), _pixels(other, other.rect()), strict=True))
    changed = (pair for pair, count in pairs.items() if pair[0] != pair[1] and count >= _STRAY_PIXELS)
    return max((contrast(*pair) for pair in changed), default=1.0)


def _picture(window: QWidget, where: QRect, ratio: int = 1) -> QImage:
    picture = QImage(where.size() * ratio, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    window.render(picture, QPoint(0, 0), QRegion(where))
    return picture


def _scaled(where: QRect, picture: QImage) -> QRect:
    ratio = round(picture.devicePixelRatio())
    return QRect(where.topLeft() * ratio, where.size() * ratio).intersected(picture.rect())


def _pixels(picture: QImage, where: QRect) -> memoryview:
    copy = picture.copy(where)
    # A view would outlive what it looks at.
    return memoryview(bytes(copy.constBits())).cast("I")


def _colours(picture: QImage, where: QRect) -> Counter[int]:
    return Counter(_pixels(picture, where))


def _shown(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is window and not widget.visibleRegion().isEmpty():
            yield widget


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else widget.accessibleName()
    return f"{type(widget).__name__} {widget.objectName()} {text[:40]!r}"


def _pieces(window: QWidget) -> Iterator[Seen]:
    for widget in _shown(window):
        if not widget.isEnabled():
            continue
        for part, least, what in _parts(widget):
            seen = part.intersected(widget.visibleRegion().boundingRect())
            # What is cut off in the middle may lack its strokes.
            if seen.size() == part.size() and min(seen.width(), seen.height()) >= _SMALLEST_PX:
                place = QRect(widget.mapTo(window, QPoint(0, 0)) + seen.topLeft(), seen.size())
                if not _is_covered(widget, place):
                    yield Seen(f"{_name(widget)} {what}".strip(), place, least)


def _is_covered(widget: QWidget, place: QRect) -> bool:
    """Whether a corner lies under something that floats over it, such as a message: Qt says so of square ones alone."""
    for corner in (place.topLeft(), place.topRight(), place.bottomLeft(), place.bottomRight()):
        on_top = widget.window().childAt(corner)
        is_of_it = on_top is None or on_top is widget or widget.isAncestorOf(on_top) or on_top.isAncestorOf(widget)
        if not is_of_it:
            return True
    return False


def _parts(widget: QWidget) -> Iterator[tuple[QRect, float, str]]:
    """Yield the places within a widget that hold a text or a mark."""
    if isinstance(widget, QCheckBox | QRadioButton):
        yield from _tick_and_text(widget)
    elif isinstance(widget, QAbstractButton):
        is_text = bool(widget.text())
        if isinstance(widget, QToolButton):
            is_text = is_text and widget.toolButtonStyle() is not Qt.ToolButtonStyle.ToolButtonIconOnly
        if is_text or not widget.icon().isNull():
            yield widget.rect().adjusted(4, 4, -4, -4), TEXT if is_text else MARK, ""
    elif isinstance(widget, QTabBar):
        for index in range(widget.count()):
            yield widget.tabRect(index), TEXT, repr(widget.tabText(index))
    elif isinstance(widget, QAbstractItemView):
        yield from _cells(widget)
    elif place := _text_place(widget):
        yield place, TEXT, "text"


def _text_place(widget: QWidget) -> QRect | None:
    if isinstance(widget, QLabel):
        return widget.contentsRect() if widget.text().strip() else None
    if isinstance(widget, QLineEdit):
        return widget.rect().adjusted(4, 4, -4, -4) if widget.text() or widget.placeholderText() else None
    return widget.rect().adjusted(4, 4, -20, -4) if isinstance(widget, QComboBox) else None


def _tick_and_text(widget: QCheckBox | QRadioButton) -> Iterator[tuple[QRect, float, str]]:
    option = QStyleOptionButton()
    widget.initStyleOption(option)
    is_box = isinstance(widget, QCheckBox)
    element = QStyle.SubElement
    ask = widget.style().subElementRect
    mark = ask(element.SE_CheckBoxIndicator if is_box else element.SE_RadioButtonIndicator, option, widget)
    yield mark, MARK, "mark"
    if widget.text():
        contents = element.SE_CheckBoxContents if is_box else element.SE_RadioButtonContents
        yield ask(contents, option, widget), TEXT, "text"


def _cells(view: QAbstractItemView) -> Iterator[tuple[QRect, float, str]]:
    model = view.model()
    if isinstance(view, QHeaderView):
        return
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    offset = view.viewport().mapTo(view, QPoint(0, 0))
    seen = view.viewport().rect()
    for row in range(min(model.rowCount(QModelIndex()), _MOST_ROWS)):
        for column in range(columns):
            index = model.index(row, column)
            place = view.visualRect(index)
            text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
            if not index.flags() & Qt.ItemFlag.ItemIsEnabled or not seen.contains(place):
                continue
            if text.strip():
                yield place.adjusted(2, 2, -2, -2).translated(offset), TEXT, f"{row}, {column}: {text[:30]!r}"
            if index.data(Qt.ItemDataRole.CheckStateRole) is not None:
                option = QStyleOptionViewItem()
                view.initViewItemOption(option)
                option.rect = place
                option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
                mark = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)
                yield mark.translated(offset), MARK, f"{row}, {column}: box"
