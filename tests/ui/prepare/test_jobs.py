"""The everyday jobs of Prepare by mouse and by keys alone, and how many presses each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QListWidget,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.options import NoticeChannel, SignWithin
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, KeywordPlacement
from esign_desktop.domain.signer import ApplicationSigner, display_name
from esign_desktop.ui.prepare.keyword.bar import KeywordBar
from esign_desktop.ui.prepare.options import OptionsPanel, TitleField
from esign_desktop.ui.prepare.properties.panel import PropertiesPanel
from esign_desktop.ui.prepare.seals.bar import SealBar
from esign_desktop.ui.prepare.signers.search import SignerHits, SignerSearch
from esign_desktop.ui.prepare.tool_strip import ToolStrip
from esign_desktop.ui.text.options import channel_words
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.lengths import LengthBox
from esign_desktop.ui.widgets.signer_card import SignerCard
from tests.ui.made_pdfs import write_text_pdf
from tests.ui.prepare.test_controls import COMPANY, PERSON, prepare
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.placing.placement import Placement
    from tests.ui.prepare.conftest import RoomDesk

LEFT, NONE, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
_MOST_TABS, _WEEK_MS = 60, 7 * 86_400_000


class Hands:
    """Presses keys and mouse buttons in the room, and counts them. A text that is typed counts as no press."""

    def __init__(self, desk: RoomDesk) -> None:
        self.desk, self.room, self.presses = desk, desk.room, 0
        with desk.qtbot.waitActive(desk.room):
            desk.room.activateWindow()
        desk.room.canvas.view.setFocus()

    def key(self, key: Qt.Key, modifier: Any = NONE) -> None:
        self.presses += 1
        QTest.keyClick(QApplication.focusWidget() or self.room, key, modifier)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.desk.qtbot.waitUntil(widget.isVisible)
        self.presses += 1
        QTest.mouseClick(widget, LEFT, NONE, at or widget.rect().center())

    def click_row(self, rows: QListWidget, row: int) -> None:
        self.click(rows.viewport(), rows.visualItemRect(rows.item(row)).center())

    def button(self, text: str, inside: QWidget | None = None) -> QAbstractButton:
        """Return the button with this text or name."""
        self.desk.qtbot.waitUntil(lambda: bool(self._buttons(text, inside)))
        return self._buttons(text, inside)[0]

    def _buttons(self, text: str, inside: QWidget | None) -> list[QAbstractButton]:
        return [
            one
            for one in (inside or self.room).findChildren(QAbstractButton)
            if one.isVisible() and text in {one.text(), one.accessibleName()}
        ]

    def tab_to(self, widget: QWidget) -> None:
        """Press Tab or Shift+Tab, whichever is shorter, until a widget has the focus."""
        start = QApplication.focusWidget()
        counts = []
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            assert start is not None
            start.setFocus()
            for count in range(_MOST_TABS):
                if QApplication.focusWidget() is widget:
                    counts.append(count)
                    break
                QTest.keyClick(QApplication.focusWidget() or start, key)
        assert counts, "Tab does not reach the widget"
        widget.setFocus()
        self.presses += min(counts)

    def choose(self, box: QComboBox, value: object, *, by_mouse: bool) -> None:
        """Choose an entry of a box: open and press it, or step to it."""
        row = box.findData(value)
        assert row >= 0
        if by_mouse:
            self.presses += 2
            box.setCurrentIndex(row)
            box.activated.emit(row)
        else:
            step = Qt.Key.Key_Down if row > box.currentIndex() else Qt.Key.Key_Up
            while box.currentIndex() != row:
                self.key(step)

    def page_point(self, x_pt: float, y_pt: float) -> QPoint:
        view = self.room.canvas.view
        slot = view.page_layout.slot(self.desk.session.draft.documents[0].id, 1)
        assert slot is not None
        return view.view_point(*slot.point_px(PagePoint(x_pt, y_pt))).toPoint()

    def click_page(self, x_pt: float, y_pt: float) -> None:
        self.click(self.room.canvas.view.viewport(), self.page_point(x_pt, y_pt))

    @property
    def names(self) -> list[str]:
        return [display_name(one) for one in self.desk.session.draft.signers]

    def new_placement(self, kind: type[Placement]) -> Placement:
        added = self.desk.session.draft.placements[-1]
        assert isinstance(added, kind)
        assert len(self.desk.session.draft.placements) == 3
        return added

    def the(self, kind: type[Any]) -> Any:
        self.desk.qtbot.waitUntil(lambda: any(one.isVisible() for one in self.room.findChildren(kind)))
        return next(one for one in self.room.findChildren(kind) if one.isVisible())


def add_contact(hands: Hands, *, by_mouse: bool) -> None:
    line = hands.the(SignerSearch).line
    if by_mouse:
        hands.click(line)
    else:
        hands.tab_to(line)
    type_text(line, "sunyang")
    hits = hands.the(SignerHits)
    hands.desk.qtbot.waitUntil(lambda: hits.is_known and hits.item(0).text().startswith("孙样"))
    if by_mouse:
        hands.click_row(hits, 0)
    else:
        hands.key(Qt.Key.Key_Down)
        hands.key(Qt.Key.Key_Return)
    hands.desk.qtbot.waitUntil(lambda: "孙样" in hands.names)


def add_our_seal(hands: Hands, *, by_mouse: bool) -> None:
    hits = hands.the(SignerHits)
    hands.desk.qtbot.waitUntil(lambda: hits.count() == 2)
    if by_mouse:
        hands.click_row(hits, 1)
    else:
        hands.tab_to(hands.the(SignerSearch).line)
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
            hands.key(key)
    assert isinstance(hands.desk.session.draft.signers[-1], ApplicationSigner)


def sign_earlier(hands: Hands, *, by_mouse: bool) -> None:
    if by_mouse:
        # A card is dragged. The drag of the test platform starts no event loop, so its end is emitted here.
        hands.presses += 1
        hands.room.signers.shift(PERSON.id, -1)
    else:
        hands.key(Qt.Key.Key_2)
        # The key of the menu's action, which is not in this window.
        hands.presses += 1
        hands.room.signers.shift_active(-1)
    assert hands.names[0] == display_name(PERSON)


def edit_signer(hands: Hands, *, by_mouse: bool) -> None:
    card = next(one for one in hands.room.findChildren(SignerCard) if one.signer_id == PERSON.id)
    if by_mouse:
        hands.presses += 2
        QTest.mouseDClick(card, LEFT, NONE, card.rect().center())
    else:
        hands.tab_to(card)
        hands.key(Qt.Key.Key_Return)
    assert hands.room.signers.is_form_shown


def place_seal(hands: Hands, *, by_mouse: bool) -> None:
    if by_mouse:
        hands.click(hands.button("Seal"))
        hands.click_page(200.0, 150.0)
    else:
        hands.key(Qt.Key.Key_S)
        hands.key(Qt.Key.Key_Return)
    hands.new_placement(CoordinatePlacement)


def place_across(hands: Hands, *, by_mouse: bool) -> None:
    if by_mouse:
        hands.click(hands.button("Cross-page"))
        hands.click_page(200.0, 150.0)
    else:
        hands.key(Qt.Key.Key_X)
        hands.key(Qt.Key.Key_Return)
    hands.new_placement(CrossPagePlacement)


def place_by_keyword(hands: Hands, *, by_mouse: bool) -> None:
    if by_mouse:
        hands.click(hands.button("Keyword"))
    else:
        hands.key(Qt.Key.Key_K)
    type_text(QApplication.focusWidget(), "乙方")
    bar = hands.the(KeywordBar)
    hands.desk.qtbot.waitUntil(lambda: bar.finding.is_complete and bar.finding.hit_count == 1)
    if by_mouse:
        hands.click(bar.place)
    else:
        hands.key(Qt.Key.Key_Return)
    hands.new_placement(KeywordPlacement)


def _select(hands: Hands, *, by_mouse: bool) -> None:
    """Select the seal of the person."""
    if by_mouse:
        hands.click_page(350.0, 400.0)
    else:
        hands.key(Qt.Key.Key_Tab)
        hands.key(Qt.Key.Key_Tab)
    assert hands.room.selection.ids == {hands.desk.session.draft.placements[1].id}


def move_by_mm(hands: Hands, *, by_mouse: bool) -> None:
    _select(hands, by_mouse=by_mouse)
    if by_mouse:
        hands.click(hands.button("Details", hands.the(SealBar)))
    else:
        hands.key(Qt.Key.Key_F2)
    box = next(one for one in hands.the(PropertiesPanel).findChildren(LengthBox) if one.isVisible())
    type_text(box.lineEdit(), "50")
    hands.presses += 1
    QTest.keyClick(box, Qt.Key.Key_Return)
    seal = hands.desk.session.draft.placements[1]
    assert isinstance(seal, CoordinatePlacement)
    assert seal.center.x_pt == pytest.approx(mm_to_pt(50))


def set_width(hands: Hands, *, by_mouse: bool) -> None:
    _select(hands, by_mouse=by_mouse)
    if by_mouse:
        hands.click(hands.button("40", hands.the(SealBar)))
    else:
        hands.key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert hands.desk.session.draft.placements[1].width_pt == pytest.approx(mm_to_pt(40))


def give_away(hands: Hands, *, by_mouse: bool) -> None:
    _select(hands, by_mouse=by_mouse)
    if by_mouse:
        hands.click(hands.button(f"Signed by 1 {display_name(COMPANY)}", hands.the(SealBar)))
    else:
        hands.key(Qt.Key.Key_1)
    assert hands.desk.session.draft.placements[1].signer_id == COMPANY.id


def remove_seal(hands: Hands, *, by_mouse: bool) -> None:
    _select(hands, by_mouse=by_mouse)
    if by_mouse:
        hands.click(hands.button(hands.room.canvas.actions_by_name[ActionName.REMOVE_SEALS].text(), hands.the(SealBar)))
    else:
        hands.key(Qt.Key.Key_Delete)
    assert len(hands.desk.session.draft.placements) == 1


def _open_options(hands: Hands, *, by_mouse: bool) -> OptionsPanel:
    button = next(one for one in hands.the(ToolStrip).findChildren(QToolButton) if one.text().endswith("SMS"))
    if by_mouse:
        hands.click(button)
    else:
        hands.tab_to(button)
        hands.key(Qt.Key.Key_Space)
    return cast("OptionsPanel", hands.the(OptionsPanel))


def change_deadline(hands: Hands, *, by_mouse: bool) -> None:
    panel = _open_options(hands, by_mouse=by_mouse)
    box = next(one for one in panel.findChildren(QComboBox) if one.findData(_WEEK_MS) >= 0)
    hands.choose(box, _WEEK_MS, by_mouse=by_mouse)
    deadline = hands.desk.session.draft.options.deadline
    assert isinstance(deadline, SignWithin)
    assert deadline.duration_ms == _WEEK_MS


def change_notices(hands: Hands, *, by_mouse: bool) -> None:
    panel = _open_options(hands, by_mouse=by_mouse)
    box = next(one for one in panel.findChildren(QCheckBox) if one.text() == channel_words()[NoticeChannel.EMAIL])
    if by_mouse:
        hands.click(box, QPoint(8, box.height() // 2))
    else:
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Space):
            hands.key(key)
    assert NoticeChannel.EMAIL in hands.desk.session.draft.options.notices


def change_title(hands: Hands, *, by_mouse: bool) -> None:
    title: TitleField = hands.the(TitleField)
    if by_mouse:
        hands.click(title)
    else:
        hands.tab_to(title)
    type_text(title, "借款合同")
    assert hands.desk.session.draft.title == "借款合同"


def undo(hands: Hands, *, by_mouse: bool) -> None:
    before = hands.desk.session.draft
    if by_mouse:
        hands.click(hands.button("Undo: Place seal"))
    else:
        # The key of the menu's action, which is not in this window.
        hands.presses += 1
        hands.desk.session.undo()
    assert len(hands.desk.session.draft.placements) == len(before.placements) - 1


def see_final_look(hands: Hands, *, by_mouse: bool) -> None:
    if by_mouse:
        hands.click(hands.button("Final look"))
    else:
        # The key of the menu's action, which is not in this window.
        hands.presses += 1
        hands.room.toggle_finished()
    assert hands.room.state.is_finished


def add_document(hands: Hands, *, by_mouse: bool) -> None:
    button = hands.button("Add PDFs to the contract")
    if by_mouse:
        hands.click(button)
    else:
        hands.presses += 1
        hands.room.choose_files()
    dialog = hands.room.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()


def review(hands: Hands, *, by_mouse: bool) -> None:
    bar = hands.room.problems_bar
    bar.show_problems((), hands.desk.session.draft)
    with hands.desk.qtbot.waitSignal(bar.send_requested):
        if by_mouse:
            hands.click(bar.send_button)
        else:
            hands.presses += 1
            bar.press_send()


@pytest.mark.parametrize(
    ("job", "by_mouse", "most_presses"),
    [
        *(
            (job, by_mouse, most)
            for job, *both in (
                (add_contact, 2, 8),
                (add_our_seal, 1, 7),
                (sign_earlier, 1, 2),
                (edit_signer, 2, 16),
                (place_seal, 2, 2),
                (place_across, 2, 2),
                (place_by_keyword, 2, 2),
                (set_width, 2, 3),
                (give_away, 2, 3),
                (remove_seal, 2, 3),
                (undo, 1, 1),
                (see_final_look, 1, 1),
                (add_document, 1, 1),
                (review, 1, 1),
            )
            for by_mouse, most in zip((True, False), both, strict=True)
        ),
        (move_by_mm, True, 3),
        (move_by_mm, False, 4),
        (change_deadline, True, 3),
        (change_notices, True, 2),
        (change_title, True, 2),
        (change_deadline, False, 21),
        (change_notices, False, 23),
        (change_title, False, 20),
    ],
)
def test_an_everyday_job_takes_no_press_more_than_it_did(
    desk: RoomDesk, tmp_path: Path, job: Callable[..., None], by_mouse: bool, most_presses: int
) -> None:
    prepare(desk, tmp_path)
    hands = Hands(desk)
    job(hands, by_mouse=by_mouse)
    assert hands.presses <= most_presses


def test_a_contract_of_two_known_parties_takes_six_presses_from_the_open_file_to_the_review(
    desk: RoomDesk, tmp_path: Path
) -> None:
    """Choosing the file and *Send now* are one press each, so that the whole contract takes eight."""
    desk.open(write_text_pdf(tmp_path / "合同.pdf", [["第一条"]]))
    hands, bar = Hands(desk), desk.room.problems_bar
    search, hits = hands.the(SignerSearch), hands.the(SignerHits)
    desk.qtbot.waitUntil(lambda: hits.count() == 2)
    hands.click_row(hits, 0)
    desk.qtbot.waitUntil(lambda: hands.names == ["示例银行"])
    hands.click_page(200.0, 150.0)
    hands.click(search.line)
    type_text(search.line, "孙样")
    desk.qtbot.waitUntil(lambda: hits.is_known and hits.currentRow() == 0)
    hands.key(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: hands.names == ["示例银行", "孙样"])
    hands.click_page(400.0, 150.0)
    assert [one.signer_id for one in desk.session.draft.placements] == [one.id for one in desk.session.draft.signers]
    desk.qtbot.waitUntil(lambda: bar.is_ready)
    with desk.qtbot.waitSignal(bar.send_requested):
        hands.click(bar.send_button)
    assert hands.presses == 6
