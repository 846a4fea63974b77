from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from esign_desktop.domain.errors import ApiError, StoreError
from esign_desktop.ui.widgets import notice_bar as module
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.notice_bar import MOST_SHOWN, MessageLevel, Messages, NoticeBar, keep_clear
from esign_desktop.ui.widgets.theme import apply_theme
from tests.ui.layout_items import kept_deleted_items

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def bar(qtbot: QtBot, speak: Callable[[str], None]) -> Messages:
    messages = Messages()
    qtbot.addWidget(messages)
    return messages


def test_bar_is_hidden_until_there_is_something_to_say(bar: Messages) -> None:
    assert bar.isHidden()
    bar.show_message("Hello")
    assert not bar.isHidden()


def test_error_says_what_happened_and_what_to_do(bar: Messages) -> None:
    row = bar.show_message(ApiError("api.timeout", "after 60 s"))
    assert row.title == "The platform didn't answer in time."
    assert row.remedy.startswith("Try again")
    assert row.level is MessageLevel.ERROR


def test_no_item_of_a_layout_is_kept_after_a_message_is_laid_out(bar: Messages) -> None:
    bar.show_message(ApiError("api.timeout", "after 60 s"))
    assert kept_deleted_items() == []


def test_same_error_is_shown_once(bar: Messages) -> None:
    bar.show_message(ApiError("api.timeout"))
    bar.show_message(ApiError("api.timeout"))
    assert len(bar.rows) == 1


def test_one_message_is_seen_at_a_time_and_the_others_wait_behind_it(bar: Messages, qtbot: QtBot) -> None:
    bar.show()
    bar.show_message(ApiError("api.timeout"))
    height = bar.sizeHint().height()
    for number in (1, 2):
        bar.show_message(str(number), MessageLevel.WARNING)
    assert [row.title for row in bar.rows if row.isVisible()] == ["2"]
    assert bar.sizeHint().height() <= height
    seen = []
    for _ in range(3):
        (row,) = [row for row in bar.rows if row.isVisible()]
        seen.append(row.title)
        button = next(b for b in row.findChildren(QToolButton) if b.isVisible() and b.text() == "2 more")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert seen == ["2", "1", "The platform didn't answer in time."]
    bar.clear("2")
    assert [row.title for row in bar.rows if row.isVisible()] != []


def test_only_the_newest_few_are_kept(bar: Messages) -> None:
    for number in range(6):
        bar.show_message(str(number))
    assert [row.title for row in bar.rows] == ["5", "4", "3"]
    assert len(bar.rows) == MOST_SHOWN


def test_message_is_taken_away_when_it_is_no_longer_so(bar: Messages) -> None:
    bar.show_message(StoreError("store.disk_full"))
    bar.clear("store.disk_full")
    assert bar.rows == ()
    assert bar.isHidden()


def test_information_goes_away_by_itself_and_an_error_does_not(
    bar: Messages, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PASSING_MS", 20)
    bar.show_message(ApiError("api.timeout"))
    bar.show_message("Saved", MessageLevel.SUCCESS)
    qtbot.waitUntil(lambda: [row.level for row in bar.rows] == [MessageLevel.ERROR])


def test_offer_is_taken_once_and_closes_the_message(bar: Messages) -> None:
    taken: list[str] = []
    row = bar.show_message("Discarded", action=("Undo", lambda: taken.append("undo")))
    row.press()
    assert taken == ["undo"]
    assert bar.rows == ()


def test_details_for_support_are_copied(bar: Messages) -> None:
    row = bar.show_message(ApiError("api.reset", "ConnectionError"))
    next(b for b in row.findChildren(QToolButton) if b.accessibleName() == "Copy details for support").click()
    assert QGuiApplication.clipboard().text() == f"{row.title}\napi.reset: ConnectionError"


def test_markup_in_a_message_is_shown_to_the_letter(bar: Messages) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel

    row = bar.show_message("<img src=x> <b>name</b>")
    texts = [label for label in row.findChildren(QLabel) if label.text()]
    assert texts
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in texts)


def test_mark_takes_the_colours_of_a_theme_that_changes(bar: Messages, qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    row = bar.show_message(StoreError("store.disk_full"))
    mark = next(label for label in row.findChildren(QLabel) if not label.pixmap().isNull())
    in_light = mark.pixmap().toImage()
    apply_theme(qapp, "dark")
    in_dark = mark.pixmap().toImage()
    apply_theme(qapp, "light")
    assert in_dark != in_light
    assert mark.pixmap().toImage() == in_light


def test_message_stays_above_the_bars_of_a_room_when_they_grow(qtbot: QtBot, speak: Callable[[str], None]) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    room, messages = QWidget(window), Messages(window)
    room.resize(900, 600)
    bar, problems = NoticeBar(room), QFrame(room)
    keep_clear(problems)
    bar.setGeometry(0, 520, 900, 40)
    problems.setGeometry(0, 560, 900, 40)
    messages.float_over(room)
    window.show()
    messages.show_message("The file was replaced.", MessageLevel.WARNING)
    for upper_edge in (400, 470, 350):
        bar.move(0, upper_edge - 40)
        problems.setGeometry(0, upper_edge, 900, 600 - upper_edge)
        qtbot.waitUntil(lambda: 0 < bar.y() - messages.geometry().bottom() < 5)
    bar.hide()
    qtbot.waitUntil(lambda: 0 < problems.y() - messages.geometry().bottom() < 5)


@pytest.mark.parametrize(("width_px", "is_below"), [(900, False), (420, True), (260, True)])
def test_no_button_of_a_bar_is_cut_and_its_text_keeps_enough_space(qtbot: QtBot, width_px: int, is_below: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notice = NoticeBar(window, level=MessageLevel.WARNING)
    notice.show_text("The file of the contract has changed. The contract still uses the version you opened.")
    buttons = [notice.add_button(text, list) for text in ("Use the new version", "Choose another file…")]
    vbox(notice, 1, parent=window)
    # The bar was wide before, and must not keep the window from becoming narrow.
    for width in (900, width_px):
        window.resize(width, 400)
        window.show()
        QTest.qWait(0)
        assert window.width() == width
    QTest.qWait(0)
    label = next(one for one in notice.findChildren(QLabel) if one.text() == notice.text)
    text = QRect(label.mapTo(notice, QPoint()), label.size())
    assert text.height() >= label.heightForWidth(text.width())
    assert text.width() >= 180
    for button in buttons:
        place = QRect(button.mapTo(notice, QPoint()), button.size())
        assert notice.rect().contains(place)
        assert button.width() >= button.sizeHint().width()
        assert not place.intersects(text)
        assert (place.top() > text.bottom()) is is_below
