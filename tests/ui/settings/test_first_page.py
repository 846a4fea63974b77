"""The first page of Settings by mouse and by keys alone, and who opens Management."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QPushButton, QWidget

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.ui.settings.room import SettingsRoom
from esign_desktop.ui.widgets.deliberate import moment_ms
from esign_desktop.ui.widgets.notice_bar import Messages
from esign_desktop.ui.widgets.teller_pins import TellerPinDialog
from tests.services.own_pins import provide_with_own_pin
from tests.ui.controls import shown_controls
from tests.ui.settings.test_room import services  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.forms import ChoiceField

pytestmark = [
    pytest.mark.usefixtures("no_secret_service"),
    pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True),
]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def room(
    services: Services,  # noqa: F811
    tasks: TaskRunner,
    qtbot: QtBot,
    tmp_path: Path,
) -> Iterator[SettingsRoom]:
    AppPaths.at(tmp_path).prepare()
    messages = Messages()
    qtbot.addWidget(messages)
    room = SettingsRoom(services, tasks, messages)
    qtbot.addWidget(room)
    room.resize(1200, 700)
    with qtbot.waitExposed(room):
        room.show()
    with qtbot.waitSignal(room.kept_shown):
        room.activated()
    with qtbot.waitActive(room):
        room.activateWindow()
    yield room
    room.hide()


def tabs(room: SettingsRoom) -> list[str]:
    bar = room.sections
    return [bar.tabText(index) for index in range(bar.count()) if bar.isTabVisible(index)]


def press_management(room: SettingsRoom) -> None:
    QTest.mouseClick(room.sections, LEFT, pos=room.sections.tabRect(room.sections.count() - 1).center())


def asked(room: SettingsRoom, qtbot: QtBot) -> TellerPinDialog:
    qtbot.waitUntil(lambda: any(one.who[0].count() for one in room.findChildren(TellerPinDialog)))
    (dialog,) = room.findChildren(TellerPinDialog)
    return dialog


def enter(dialog: TellerPinDialog, pin: str, qtbot: QtBot) -> None:
    qtbot.wait(moment_ms() + 20)
    QTest.keyClicks(dialog.pins[0], pin)
    QTest.keyClick(dialog.pins[0], Qt.Key.Key_Return)


def test_the_first_page_has_few_controls_and_none_of_an_administrator(room: SettingsRoom) -> None:
    assert tabs(room) == ["General", "Management"]
    general = room.general
    for part in (general.language, general.theme, general.text_size, general.folder, general.layout_of_files):
        assert part.isVisible()
    assert len(shown_controls(room)) <= 12


class Hands:
    """Presses keys and the mouse in the room, and counts the presses."""

    def __init__(self, room: SettingsRoom, qtbot: QtBot) -> None:
        self.room, self.qtbot, self.presses = room, qtbot, 0
        room.sections.setFocus()

    def key(self, key: Qt.Key) -> None:
        self.presses += 1
        QTest.keyClick(QApplication.focusWidget() or self.room, key)

    def reach(self, field: QWidget) -> None:
        """Press Tab until the field has the focus. These presses are not counted: they depend on the field."""
        for _ in range(20):
            if field.hasFocus():
                return
            QTest.keyClick(QApplication.focusWidget() or self.room, Qt.Key.Key_Tab)
        raise AssertionError(field)

    def click(self, widget: QWidget) -> None:
        self.presses += 1
        QTest.mouseClick(widget, LEFT, pos=widget.rect().center())

    def choose(self, field: ChoiceField, row: int, *, by_mouse: bool) -> None:
        if not by_mouse:
            self.reach(field)
            for _ in range(row - field.currentIndex()):
                self.key(Qt.Key.Key_Down)
            return
        self.click(field)
        self.qtbot.waitUntil(field.view().isVisible)
        # Qt ignores the button for this time after the list has opened.
        self.qtbot.wait(2 * QApplication.doubleClickInterval())
        self.presses += 1
        place = field.view().visualRect(field.model().index(row, 0)).center()
        QTest.mouseMove(field.view().viewport(), place)
        QTest.mouseClick(field.view().viewport(), LEFT, pos=place)
        self.qtbot.waitUntil(lambda: field.currentIndex() == row)


def choose_theme(hands: Hands, *, by_mouse: bool) -> None:
    hands.choose(hands.room.general.theme, 1, by_mouse=by_mouse)
    assert hands.room.general.theme.read_value() == "light"


def enlarge_text(hands: Hands, *, by_mouse: bool) -> None:
    hands.choose(hands.room.general.text_size, 1, by_mouse=by_mouse)
    assert hands.room.general.text_size.read_value() == 100


def download_by_itself(hands: Hands, *, by_mouse: bool) -> None:
    (box,) = [one for one in hands.room.general.findChildren(QCheckBox) if "Download" in one.text()]
    if by_mouse:
        hands.presses += 1
        QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    else:
        hands.reach(box)
        hands.key(Qt.Key.Key_Space)
    assert box.isChecked()


def choose_folder(hands: Hands, *, by_mouse: bool) -> None:
    button = next(one for one in hands.room.general.folder.findChildren(QPushButton) if one.isVisible())
    if by_mouse:
        hands.click(button)
    else:
        hands.reach(button)
        hands.key(Qt.Key.Key_Space)
    hands.qtbot.waitUntil(lambda: hands.room.findChild(QFileDialog) is not None)
    dialog = hands.room.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()


@pytest.mark.parametrize("by_mouse", [True, False])
@pytest.mark.parametrize(
    ("job", "most"),
    # Before, each took one press more: the user first chose the section.
    [(choose_theme, 2), (enlarge_text, 2), (download_by_itself, 1), (choose_folder, 1)],
)
def test_an_everyday_job_takes_no_press_more_than_it_did(
    room: SettingsRoom, qtbot: QtBot, job: Callable[..., None], most: int, by_mouse: bool
) -> None:
    hands = Hands(room, qtbot)
    job(hands, by_mouse=by_mouse)
    assert hands.presses <= most


def test_management_opens_by_one_press_and_is_closed_when_the_user_comes_back(room: SettingsRoom, qtbot: QtBot) -> None:
    press_management(room)
    qtbot.waitUntil(room.picker.isVisible)
    sections = ["General", "Environment", "Prices and notifications", "Counter", "Tellers", "Backup"]
    assert tabs(room) == sections
    room.hide()
    room.show()
    assert tabs(room) == ["General", "Management"]
    assert room.general.isVisible()


def test_management_opens_by_keys_alone(room: SettingsRoom, qtbot: QtBot) -> None:
    room.sections.setFocus()
    QTest.keyClick(room.sections, Qt.Key.Key_Right)
    qtbot.waitUntil(room.picker.isVisible)
    QTest.keyClick(room.sections, Qt.Key.Key_Right)
    assert room.costs.isVisible()


def test_with_tellers_a_supervisor_opens_management_and_others_do_not(
    room: SettingsRoom,
    services: Services,  # noqa: F811
    qtbot: QtBot,
) -> None:
    provide_with_own_pin(services.tellers, "周知夏", "4815", is_supervisor=True)
    provide_with_own_pin(services.tellers, "林小满", "1623", is_supervisor=False)
    press_management(room)
    dialog = asked(room, qtbot)
    assert [dialog.who[0].itemText(index) for index in range(dialog.who[0].count())] == ["周知夏"]
    enter(dialog, "1623", qtbot)
    qtbot.waitUntil(lambda: bool(dialog.status_text))
    assert not room.picker.isVisible()
    enter(dialog, "4815", qtbot)
    qtbot.waitUntil(room.picker.isVisible)


def test_a_teller_changes_their_own_pin_without_a_supervisor(
    room: SettingsRoom,
    services: Services,  # noqa: F811
    qtbot: QtBot,
) -> None:
    assert not room.tellers.own_pin.isVisible()
    provide_with_own_pin(services.tellers, "周知夏", "4815", is_supervisor=True)
    provide_with_own_pin(services.tellers, "林小满", "1623", is_supervisor=False)
    room.activated()
    qtbot.waitUntil(room.tellers.own_pin.isVisible)
    assert len(shown_controls(room)) <= 12
    QTest.mouseClick(room.tellers.own_pin, LEFT)
    dialog = asked(room, qtbot)
    dialog.who[0].setCurrentText("林小满")
    qtbot.wait(moment_ms() + 20)
    with qtbot.waitSignal(dialog.accepted):
        for edit, pin in ((dialog.pins[0], "1623"), (dialog.new_pins[0], "4223"), (dialog.new_pins[1], "4223")):
            QTest.keyClicks(edit, pin)
            QTest.keyClick(edit, Qt.Key.Key_Return)
    teller = next(one for one in services.tellers.list() if one.name == "林小满")
    assert services.tellers.sign_in(teller.id, "4223")
    services.tellers.sign_out()


def test_a_way_into_management_from_elsewhere_asks_for_the_pin_too(
    room: SettingsRoom,
    services: Services,  # noqa: F811
    qtbot: QtBot,
) -> None:
    provide_with_own_pin(services.tellers, "周知夏", "4815", is_supervisor=True)
    room.show_kind(EnvironmentKind.TEST)
    dialog = asked(room, qtbot)
    dialog.reject()
    assert tabs(room) == ["General", "Management"]
    room.show_part(room.copies)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in room.findChildren(TellerPinDialog)))
    enter(next(one for one in room.findChildren(TellerPinDialog) if one.isVisible()), "4815", qtbot)
    qtbot.waitUntil(room.copies.isVisible)
