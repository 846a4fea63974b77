"""Tab goes as a page is read, whatever order things were made in."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTabWidget,
    QWidget,
)
from shiboken6 import isValid

from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.reading_order import ReadingOrder, go_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def reading_order(qapp: QApplication) -> Iterator[None]:
    order = ReadingOrder(qapp)
    yield
    order.deleteLater()


def walked(window: QWidget, count: int, key: Qt.Key = Qt.Key.Key_Tab) -> list[str]:
    names = []
    for _ in range(count):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
        now = window.focusWidget()
        assert now is not None
        names.append(now.objectName())
    return names


def named(kind: type[QWidget], name: str, parent: QWidget) -> QWidget:
    widget = kind(parent)
    widget.setObjectName(name)
    return widget


def test_rows_are_read_before_columns_and_columns_as_a_whole(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    # Made from the last to the first, and one part hands its keyboard on to its second field.
    right = QWidget(window)
    below, second, first = (named(QLineEdit, name, right) for name in ("below", "second", "first"))
    right.setFocusProxy(second)
    left = QWidget(window)
    lower, upper = (named(QPushButton, name, left) for name in ("lower", "upper"))
    group = QButtonGroup(window)
    foot, *choices = (named(QPushButton, name, window) for name in ("foot", "one", "two"))
    for button in choices:
        assert isinstance(button, QPushButton)
        button.setCheckable(True)
        group.addButton(button)
        button.setChecked(True)
    vbox(hbox(first, second), below, parent=right)
    vbox(upper, lower, parent=left)
    grid = QGridLayout(window)
    grid.addLayout(hbox(*choices), 0, 0, 1, 2)
    grid.addWidget(left, 1, 0)
    grid.addWidget(right, 1, 1)
    grid.addWidget(foot, 2, 0, 1, 2)
    with qtbot.waitActive(window):
        window.show()
    choices[1].setFocus()
    way = ["upper", "lower", "first", "second", "below", "foot", "two"]
    assert walked(window, len(way)) == way
    assert walked(window, len(way), Qt.Key.Key_Backtab) == [*way[-2::-1], "two"]


def test_what_has_a_use_for_tab_keeps_it_and_what_is_gone_to_is_scrolled_to(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    text = QPlainTextEdit(window)
    content = QWidget()
    vbox(*(named(QLineEdit, str(number), content) for number in range(30)), parent=content)
    scroll = QScrollArea(window)
    scroll.setWidget(content)
    vbox(text, scroll, parent=window)
    window.resize(300, 200)
    with qtbot.waitActive(window):
        window.show()
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_Tab)
    assert text.toPlainText() == "\t"
    text.setTabChangesFocus(True)
    assert walked(window, 30)[-1] == "29"
    focused = window.focusWidget()
    assert focused is not None
    assert not focused.visibleRegion().isEmpty()


def test_tabs_are_left_in_both_directions(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    before, after, tabs = QPushButton("before", window), QPushButton("after", window), QTabWidget(window)
    tabs.addTab(QWidget(), "one")
    vbox(before, tabs, after, parent=window)
    with qtbot.waitActive(window):
        window.show()
    before.setFocus()
    seen = []
    for forward in (True, True, False, False):
        go_on(QApplication.focusWidget() or window, forward=forward)
        seen.append(QApplication.focusWidget())
    assert seen == [tabs.tabBar(), after, tabs.tabBar(), before]


def test_tab_goes_from_the_editor_of_a_cell_to_the_next_cell(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    table = QTableWidget(2, 3, window)
    table.setTabKeyNavigation(False)
    vbox(QPushButton("before", window), table, QPushButton("after", window), parent=window)
    with qtbot.waitActive(window):
        window.show()
    table.setFocus()
    table.setCurrentCell(0, 0)
    QTest.keyClick(table, Qt.Key.Key_F2)
    for column in range(3):
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit)
        assert (table.currentRow(), table.currentColumn()) == (0, column)
        if column != 1:
            QTest.keyClicks(editor, f"{column}")
        QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert [item.text() if (item := table.item(0, column)) else "" for column in range(3)] == ["0", "", "2"]


def test_a_table_keeps_its_headings_when_the_keyboard_has_gone_past_it(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    table = QTableWidget(3, 3, window)
    vbox(QPushButton("before", window), table, QPushButton("after", window), parent=window)
    with qtbot.waitExposed(window):
        window.show()
    for _ in range(3):
        for _ in range(4):
            go_on(QApplication.focusWidget() or window, forward=True)
        gc.collect()
        QApplication.processEvents()
        # Without its headings it takes the program with it.
        table.scrollTo(table.model().index(2, 2))
        assert not table.grab().isNull()


def test_what_is_scrolled_stays_when_the_keyboard_has_gone_through_it(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    line = QLineEdit(window)
    content = QWidget(window)
    vbox(line, parent=content)
    # Python keeps neither of these two.
    area = QScrollArea(window)
    area.setWidget(content)
    vbox(area, QPushButton("after", window), parent=window)
    del area, content
    with qtbot.waitExposed(window):
        window.show()
    go_on(window, forward=True)
    gc.collect()
    assert isValid(line)


def test_what_is_written_in_is_scrolled_to_as_a_whole(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    content = QWidget(window)
    text = QPlainTextEdit(content)
    text.setTabChangesFocus(True)
    text.setFixedHeight(120)
    above, below = QWidget(content), QWidget(content)
    for space in (above, below):
        space.setFixedHeight(600)
    vbox(above, text, below, parent=content)
    area = QScrollArea(window)
    area.setWidget(content)
    area.setWidgetResizable(True)
    first = QPushButton("first", window)
    beside = QPushButton("beside what is scrolled", area)
    beside.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    vbox(first, area, parent=window)
    window.resize(300, 300)
    with qtbot.waitActive(window):
        window.show()
    first.setFocus(Qt.FocusReason.TabFocusReason)
    window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert text.hasFocus()
    assert not text.visibleRegion().isEmpty()
    assert text.visibleRegion().boundingRect().height() == 120
    beside.setFocus(Qt.FocusReason.TabFocusReason)
    assert beside.hasFocus()
