"""The everyday jobs of Track by mouse and by keys alone, and how many presses each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.ui.send.qr_card import QrWindow
from esign_desktop.ui.track.list import FilterBar
from esign_desktop.ui.track.signed_file import SignedFileWindow
from esign_desktop.ui.track.table import FlowColumn
from esign_desktop.ui.widgets.deliberate import moment_ms
from tests.drafts import NOW_MS
from tests.ui.controls import AROUND, shown_controls
from tests.ui.flow_samples import make_flow, make_signer, progress
from tests.ui.opened_urls import opened_urls
from tests.ui.track.test_room import HERE, LEASE, LOAN, Shown, show  # noqa: F401
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
DONE = make_flow(name="done", status=FlowStatus.COMPLETED, steps=(progress(1, 2), progress(2, 2)))
REFUSED = make_flow(name="no", status=FlowStatus.TERMINATED, steps=(progress(1, 4, remark="金额不符"),))


class Hands:
    """Presses keys and buttons of the room, and counts them."""

    def __init__(self, shown: Shown, qtbot: QtBot) -> None:
        self.shown, self.qtbot, self.presses = shown, qtbot, 0
        with qtbot.waitActive(shown.room):
            shown.room.activateWindow()
        shown.table.setFocus()

    def key(self, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
        self.presses += 1
        QTest.keyClick(QApplication.focusWidget() or self.shown.table, key, modifier)

    def click(self, text: str) -> None:
        """Click a button by its text or its name."""
        self.qtbot.waitUntil(lambda: bool(self.shown.buttons(text)))
        self.qtbot.wait(moment_ms() + 20)
        self.presses += 1
        QTest.mouseClick(self.shown.button(text), Qt.MouseButton.LeftButton)

    def choose(self, menu: str, entry: str, *, by_mouse: bool = True) -> None:
        """Open the menu of a button, and choose an entry."""
        button: Any = self.shown.button(menu)
        popup: QMenu = button.menu()
        self.presses += 1
        popup.popup(button.mapToGlobal(QPoint(0, button.height())))
        self.qtbot.waitUntil(popup.isVisible)
        action = next(one for one in popup.actions() if one.text().replace("&", "").startswith(entry))
        if by_mouse:
            self.presses += 1
            QTest.mouseClick(popup, Qt.MouseButton.LeftButton, pos=popup.actionGeometry(action).center())
            return
        while popup.activeAction() is not action:
            self.presses += 1
            QTest.keyClick(popup, Qt.Key.Key_Up)
        self.presses += 1
        QTest.keyClick(popup, Qt.Key.Key_Return)

    def do(self, text: str, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier, *, by_mouse: bool) -> None:
        """Click a button, or press the key of its command."""
        if by_mouse:
            self.click(text)
        else:
            self.key(key, modifier)

    def close_window(self, kind: type[QWidget]) -> None:
        self.qtbot.waitUntil(lambda: self.shown.room.findChild(kind) is not None)
        window = self.shown.room.findChild(kind)
        assert window is not None
        with self.qtbot.waitSignal(window.destroyed):
            window.close()

    def sees(self, text: str) -> None:
        self.qtbot.waitUntil(lambda: text in self.shown.texts)


def find(hands: Hands, *, by_mouse: bool) -> None:
    field = hands.shown.field
    if by_mouse:
        hands.presses += 1
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    else:
        hands.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    hands.qtbot.waitUntil(field.hasFocus)
    type_text(field, "王五")
    hands.qtbot.waitUntil(lambda: hands.shown.chosen == "lease")


def show_code(hands: Hands, *, by_mouse: bool) -> None:
    hands.do("Show QR code", Qt.Key.Key_Q, by_mouse=by_mouse)
    hands.close_window(QrWindow)


def copy_link(hands: Hands, *, by_mouse: bool) -> None:
    hands.do("Copy link: 李四", Qt.Key.Key_L, by_mouse=by_mouse)
    assert QGuiApplication.clipboard().text() == "https://sign.example.com/s/2"


def remind(hands: Hands, *, by_mouse: bool) -> None:
    if by_mouse:
        hands.choose("More commands", "Copy reminder")
    else:
        hands.key(Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    hands.qtbot.waitUntil(lambda: [one.title for one in hands.shown.messages.rows] == ["1 reminder copied."])


def download(hands: Hands, *, by_mouse: bool) -> None:
    hands.do("Download signed files", Qt.Key.Key_D, by_mouse=by_mouse)
    hands.qtbot.waitUntil(lambda: "download done" in hands.shown.services.flows.calls)


def open_file(hands: Hands, *, by_mouse: bool) -> None:
    hands.do("Open the signed file", Qt.Key.Key_O, by_mouse=by_mouse)
    hands.close_window(SignedFileWindow)


def revoke(hands: Hands, *, by_mouse: bool) -> None:
    if by_mouse:
        hands.choose("More commands", "Revoke")
        hands.click("Press again to revoke for all signers")
    else:
        hands.key(Qt.Key.Key_R)
        hands.qtbot.wait(moment_ms() + 20)
        hands.key(Qt.Key.Key_R)
    hands.qtbot.waitUntil(lambda: "revoke loan" in hands.shown.services.flows.calls)


def correct(hands: Hands, *, by_mouse: bool) -> None:
    hands.qtbot.wait(moment_ms() + 20)
    with hands.qtbot.waitSignal(hands.shown.room.correction_made):
        hands.do("Correct and send again", Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier, by_mouse=by_mouse)


def seal(hands: Hands, *, by_mouse: bool) -> None:
    with opened_urls("https") as urls:
        hands.do("Open in browser", Qt.Key.Key_B, by_mouse=by_mouse)
    assert [url.toString() for url in urls] == ["https://sign.example.com/s/1"]


def read_reason(hands: Hands, *, by_mouse: bool) -> None:
    hands.sees("张三 declined: 金额不符")


def see_my_work(hands: Hands, *, by_mouse: bool) -> None:
    if by_mouse:
        hands.click("Action needed")
    else:
        bar = hands.shown.room.findChild(FilterBar)
        assert bar is not None
        bar.button(bar.kind).setFocus()
        hands.key(Qt.Key.Key_Right)
    hands.qtbot.waitUntil(lambda: len(hands.shown.titles) == 1)


def see_what_ends_first(hands: Hands, *, by_mouse: bool) -> None:
    header = hands.shown.table.horizontalHeader()
    hands.presses += 1
    at = QPoint(header.sectionViewportPosition(FlowColumn.DEADLINE) + 10, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    hands.qtbot.waitUntil(lambda: hands.shown.titles[0] == "急件")


def export(hands: Hands, *, by_mouse: bool) -> None:
    hands.choose("More", "Export these contracts", by_mouse=by_mouse)
    hands.qtbot.waitUntil(lambda: hands.shown.room.findChild(QFileDialog) is not None)
    dialog = hands.shown.room.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()


SEAL = make_flow(name="seal", signers=(make_signer(1, "", account_id=""), make_signer(2, "李四")))
URGENT = make_flow(name="urgent", title="急件", sent_at_ms=NOW_MS - 1, deadline_ms=NOW_MS + 60_000)


@pytest.mark.parametrize("by_mouse", [True, False])
@pytest.mark.parametrize(
    ("job", "records", "most_by_mouse", "most_by_keys"),
    [
        (find, (LOAN, LEASE), 1, 1),
        (show_code, (LOAN,), 1, 1),
        (copy_link, (LOAN,), 1, 1),
        # Before, the text was typed around the copied link.
        (remind, (LOAN,), 2, 1),
        (download, (DONE,), 1, 1),
        (open_file, (HERE,), 1, 1),
        # By mouse, this was one press fewer before the command was in the menu.
        (revoke, (LOAN,), 3, 2),
        (correct, (LOAN,), 1, 1),
        (correct, (REFUSED,), 1, 1),
        (seal, (SEAL,), 1, 1),
        (read_reason, (REFUSED,), 0, 0),
        (see_my_work, (LOAN, DONE), 1, 1),
        (see_what_ends_first, (LOAN, URGENT), 1, 1),
        (export, (LOAN,), 2, 3),
    ],
)
def test_an_everyday_job_takes_no_press_more_than_it_did(
    show: Callable[..., Shown],  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
    job: Callable[..., None],
    records: tuple[Any, ...],
    most_by_mouse: int,
    most_by_keys: int,
    by_mouse: bool,
) -> None:
    shown = show(*records)
    shown.services.preferences.download_folder = tmp_path
    hands = Hands(shown, qtbot)
    job(hands, by_mouse=by_mouse)
    assert hands.presses <= (most_by_mouse if by_mouse else most_by_keys)


def test_revoking_from_the_menu_by_keys_alone_puts_the_focus_on_the_question(
    show: Callable[..., Shown],  # noqa: F811
    qtbot: QtBot,
) -> None:
    shown = show(LOAN)
    Hands(shown, qtbot)
    shown.button("More commands").setFocus()
    shown.choose("Revoke")
    (question,) = shown.buttons("Press again to revoke for all signers")
    assert question.hasFocus()
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert not question.isVisible()
    assert "revoke loan" not in shown.services.flows.calls


@pytest.mark.parametrize(
    "record",
    [LOAN, LEASE, DONE, HERE, REFUSED, SEAL, make_flow(status=FlowStatus.REVOKED)],
    ids=lambda one: one.flow_id,
)
def test_few_controls_are_on_screen_with_a_contract_chosen(
    show: Callable[..., Shown],  # noqa: F811
    record: Any,
) -> None:
    shown = show(record)
    assert len(shown_controls(shown.room)) + AROUND <= 21
