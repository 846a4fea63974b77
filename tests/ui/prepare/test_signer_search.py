"""The line that adds a signer: our own side first, contacts, and new persons and organizations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget

from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, display_name
from esign_desktop.ui.prepare.edited_preset import EditedPreset
from esign_desktop.ui.prepare.seals.rows import SealRows
from esign_desktop.ui.prepare.signers.fields import OrganizationFields, PersonFields
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.prepare.signers.search import SignerSearch
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.widgets.reading_order import go_on
from esign_desktop.ui.widgets.signer_card import SignerCard
from tests.ui.made_pdfs import MadePage, write_pdf
from tests.ui.prepare.test_controls import prepare
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.signer import Signer
    from tests.ui.prepare.conftest import RoomDesk

LEFT, ENTER = Qt.MouseButton.LeftButton, Qt.Key.Key_Return


class Line:
    """The line, as a user sees and uses it."""

    def __init__(self, desk: RoomDesk) -> None:
        self.desk = desk
        (self.search,) = desk.room.findChildren(SignerSearch)
        self.line, self.hits = self.search.line, self.search.hits
        with desk.qtbot.waitActive(desk.room):
            desk.room.activateWindow()

    @property
    def rows(self) -> list[str]:
        return [self.hits.item(row).text() for row in range(self.hits.count())] if self.hits.isVisible() else []

    @property
    def marked(self) -> str:
        row = self.hits.currentRow()
        return self.hits.item(row).text() if row >= 0 else ""

    def type(self, text: str) -> None:
        self.line.setFocus()
        type_text(self.line, text)
        self.desk.qtbot.waitUntil(lambda: self.hits.is_known)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.line, key)

    def click(self, row: int) -> None:
        self.desk.qtbot.mouseClick(
            self.hits.viewport(), LEFT, pos=self.hits.visualItemRect(self.hits.item(row)).center()
        )


@pytest.fixture
def line(desk: RoomDesk, tmp_path: Path) -> Line:
    desk.open(write_pdf(tmp_path / "first.pdf", [MadePage()]))
    return Line(desk)


def active(desk: RoomDesk) -> Signer:
    assert desk.room.state.active_signer_id is not None
    return desk.session.draft.signer(desk.room.state.active_signer_id)


def form_of(desk: RoomDesk) -> SignerForm:
    return next(form for form in desk.room.findChildren(SignerForm) if form.isVisible())


OURS = ["示例银行", "Our seal, signs automatically"]


def test_our_side_is_added_by_one_click_and_then_no_longer_offered(desk: RoomDesk, line: Line) -> None:
    desk.qtbot.waitUntil(lambda: line.rows == OURS)
    line.click(1)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, ApplicationSigner)
    desk.qtbot.waitUntil(lambda: line.rows == OURS[:1])
    line.click(0)
    desk.qtbot.waitUntil(lambda: [display_name(one) for one in desk.session.draft.signers][1:] == OURS[:1])
    desk.qtbot.waitUntil(lambda: not line.rows)


def test_a_click_on_the_line_lists_our_side_first_and_what_is_new_last(desk: RoomDesk, line: Line) -> None:
    desk.qtbot.mouseClick(line.line, LEFT)
    desk.qtbot.waitUntil(lambda: line.rows == [*OURS, "New person", "New organization"])
    line.click(3)
    assert form_of(desk).findChildren(OrganizationFields)[0].line.hasFocus()


def test_a_contact_that_can_be_meant_alone_is_added_by_enter(desk: RoomDesk, line: Line) -> None:
    line.type("示例银行")
    assert line.marked == "示例银行"
    line.press(ENTER)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.signers))
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, OrganizationSigner)
    assert signer.organization.account_id
    assert (line.line.text(), desk.room.signers.is_form_shown) == ("", False)


def test_a_part_of_a_name_needs_the_arrow_key_or_a_second_enter(desk: RoomDesk, line: Line) -> None:
    line.type("孙")
    assert line.marked == ""
    line.press(ENTER)
    assert not desk.session.draft.signers
    assert line.marked.startswith("孙样")
    line.press(ENTER)
    desk.qtbot.waitUntil(lambda: [display_name(one) for one in desk.session.draft.signers] == ["孙样"])


def test_enter_before_the_contacts_are_found_waits_for_them(desk: RoomDesk, line: Line) -> None:
    line.line.setFocus()
    type_text(line.line, "示例银行")
    line.press(ENTER)
    desk.qtbot.waitUntil(lambda: [display_name(one) for one in desk.session.draft.signers] == ["示例银行"])


@pytest.mark.parametrize(
    ("typed", "kind", "focused"),
    [("王五", "New person “王五”", "id_number"), ("云禾科技有限公司", "New organization “云禾科技有限公司”", "code")],
)
def test_a_new_name_opens_the_form_with_the_name_and_asks_for_the_number(
    desk: RoomDesk, line: Line, typed: str, kind: str, focused: str
) -> None:
    line.type(typed)
    assert line.marked == kind
    line.press(ENTER)
    form = form_of(desk)
    assert display_name(form.signer) == typed
    kinds: dict[str, type[PersonFields | OrganizationFields]] = {"id_number": PersonFields, "code": OrganizationFields}
    assert form.findChildren(kinds[focused])[0].field(focused).hasFocus()


def test_a_line_with_all_data_adds_a_person_by_enter(desk: RoomDesk, line: Line) -> None:
    line.type("13800000000 张三 110101199003078515")
    assert line.marked == "New person “张三”"
    line.press(ENTER)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert (signer.person.id_number, signer.person.mobile) == ("110101199003078515", "13800000000")


def test_a_line_with_all_data_adds_an_organization_by_enter(desk: RoomDesk, line: Line) -> None:
    line.type("示例科技有限公司 91000000MA0000000N 张三 110101199003078515 13800000000")
    line.press(ENTER)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, OrganizationSigner)
    assert (signer.organization.code, signer.agent.name) == ("91000000MA0000000N", "张三")


def test_a_failed_search_still_lets_the_user_add_a_new_person(desk: RoomDesk, line: Line) -> None:
    line.type("broken")
    line.press(ENTER)
    assert display_name(form_of(desk).signer) == "broken"


def test_escape_closes_the_rows_then_empties_the_line_then_leaves_it(desk: RoomDesk, line: Line) -> None:
    line.type("孙")
    assert len(line.rows) == 3
    line.press(Qt.Key.Key_Escape)
    assert (line.line.text(), line.rows) == ("孙", OURS)
    line.press(Qt.Key.Key_Escape)
    assert (line.line.text(), line.line.hasFocus()) == ("", True)
    line.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is desk.room.canvas.view
    assert not desk.session.draft.signers


def test_enter_in_an_empty_line_adds_nobody(desk: RoomDesk, line: Line) -> None:
    line.desk.qtbot.waitUntil(lambda: line.rows == OURS)
    line.search.begin()
    line.press(ENTER, ENTER, ENTER)
    assert not desk.session.draft.signers
    line.press(Qt.Key.Key_Down, Qt.Key.Key_Down, ENTER)
    assert isinstance(desk.session.draft.signers[0], ApplicationSigner)


def test_the_line_and_its_rows_have_names_for_screen_readers(line: Line) -> None:
    assert QAccessible.queryAccessibleInterface(line.line).text(QAccessible.Text.Name) == "Add a signer"
    assert QAccessible.queryAccessibleInterface(line.hits).text(QAccessible.Text.Name) == "Signers to add"
    rows = QAccessible.queryAccessibleInterface(line.hits)
    assert rows.child(0).text(QAccessible.Text.Name) == line.rows[0]


def test_a_text_set_by_an_assistive_program_is_searched_as_well(line: Line) -> None:
    line.line.setFocus()
    line.line.setText("示例银行")
    line.desk.qtbot.waitUntil(lambda: line.marked == "示例银行")


def test_in_a_preset_the_typed_text_is_the_role_of_an_open_signer(desk: RoomDesk, line: Line) -> None:
    desk.room.state.set_edited_preset(EditedPreset(tuple, tuple))
    line.type("出租人")
    line.press(ENTER)
    assert "出租人" in [one.text() for one in form_of(desk).findChildren(QLineEdit) if one.isVisible()]


def test_shift_tab_goes_back_through_the_seals_and_cards_that_tab_went_through(desk: RoomDesk, tmp_path: Path) -> None:
    prepare(desk, tmp_path)
    line = Line(desk)
    (rows,) = desk.room.findChildren(SealRows)

    def walk(key: Qt.Key, start: QWidget) -> list[tuple[str, str]]:
        """Press a key until the focus leaves the signers, and return the class and the name of each widget."""
        start.setFocus(Qt.FocusReason.TabFocusReason)
        met = []
        while (focus := QApplication.focusWidget()) is not None and isinstance(focus, (SignerCard, SealRows)):
            name = focus.accessibleName() if isinstance(focus, SignerCard) else display_name(active(desk))
            met.append((type(focus).__name__, name.partition(": ")[2].partition(",")[0] or name))
            go_on(focus, forward=key is Qt.Key.Key_Tab)
        return met

    cards = [one for one in desk.room.findChildren(SignerCard) if one.isVisible()]
    forward = walk(Qt.Key.Key_Tab, cards[0])
    assert forward == [
        *(("SignerCard", "示例有限公司"), ("SealRows", "示例有限公司")),
        *(("SignerCard", "张三"), ("SealRows", "张三")),
    ]
    cards[0].setFocus()
    line.line.setFocus()
    go_on(line.line, forward=False)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert walk(Qt.Key.Key_Backtab, focus) == forward[::-1]
    assert rows.isVisible()


def test_the_seal_tool_stays_on_when_the_user_clicks_it_after_a_signer_was_added(desk: RoomDesk, line: Line) -> None:
    line.type("示例银行")
    line.press(ENTER)
    desk.qtbot.waitUntil(lambda: desk.room.state.tool is ToolName.SEAL)
    button = next(one for one in desk.room.findChildren(QToolButton) if one.text() == "Seal")
    desk.qtbot.mouseClick(button, LEFT, pos=QPoint(8, button.height() // 2))
    assert (desk.room.state.tool, button.isChecked()) == (ToolName.SEAL, True)
    desk.qtbot.mouseClick(desk.room.canvas.view.viewport(), LEFT)
    assert len(desk.session.draft.placements) == 1
    desk.qtbot.mouseClick(button, LEFT, pos=QPoint(8, button.height() // 2))
    assert (desk.room.state.tool, button.isChecked()) == (ToolName.SELECT, False)


def test_escape_switches_off_the_tool_that_the_program_switched_on(desk: RoomDesk, line: Line) -> None:
    line.type("示例银行")
    line.press(ENTER)
    desk.qtbot.waitUntil(lambda: desk.room.state.tool is ToolName.SEAL)
    desk.qtbot.keyClick(desk.room.canvas.view, Qt.Key.Key_Escape)
    assert desk.room.state.tool is ToolName.SELECT


def test_a_card_shows_its_menu_button_while_it_is_chosen_or_under_the_pointer(desk: RoomDesk, tmp_path: Path) -> None:
    prepare(desk, tmp_path)
    desk.room.state.set_active_signer(desk.session.draft.signers[0].id)

    def shown() -> list[bool]:
        cards = [one for one in desk.room.findChildren(SignerCard) if one.isVisible()]
        return [button.isVisible() for one in cards for button in one.findChildren(QToolButton)]

    def is_shown(expected: list[bool]) -> bool:
        return shown() == expected

    desk.qtbot.waitUntil(partial(is_shown, [True, False]))
    other = [one for one in desk.room.findChildren(SignerCard) if one.isVisible()][1]
    for widget, expected in ((other, [True, True]), (desk.room.canvas.view.viewport(), [True, False])):
        # Two moves, because the pointer may be there already.
        for x in (20, 24):
            QTest.mouseMove(widget, QPoint(x, 20))
        desk.qtbot.waitUntil(partial(is_shown, expected))
