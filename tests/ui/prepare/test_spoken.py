"""The canvas without eyes and without a mouse: what a screen reader is told of it, and what keys and actions do."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.services.editing.session import EditName
from tests.drafts import make_person_signer, make_seal
from tests.ui.made_pdfs import MadePage, write_pdf, write_text_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtGui import QAccessibleInterface

    from tests.ui.prepare.conftest import RoomDesk

CONTRACT = (("软件实施服务合同", "甲方：示例银行", "乙方："), ("双方签署如下：", "甲方（盖章）：", "乙方（签字）："))
NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description


@pytest.fixture(autouse=True)
def screen_reader() -> Iterator[None]:
    """Let Qt think that one is running."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture
def said(desk: RoomDesk) -> list[str]:
    words: list[str] = []
    desk.room.canvas.view.said.connect(words.append)
    return words


def pages(desk: RoomDesk) -> list[QAccessibleInterface]:
    port = QAccessible.queryAccessibleInterface(desk.room.canvas.view.viewport())
    found = [port.child(index) for index in range(port.childCount())]
    return [one for one in found if one.role() is QAccessible.Role.List]


def items(desk: RoomDesk) -> dict[str, QAccessibleInterface]:
    """What stands on the pages in view, by name, in its order."""
    found = [page.child(index) for page in pages(desk) for index in range(page.childCount())]
    assert all(
        page.indexOfChild(page.child(index)) == index for page in pages(desk) for index in range(page.childCount())
    )
    return {one.text(NAME): one for one in found}


def focused(desk: RoomDesk) -> list[str]:
    return [name for name, one in items(desk).items() if one.state().focused]


def proposed(desk: RoomDesk) -> int:
    return len(desk.room.proposals.plan.ghosts)


def do(item: QAccessibleInterface, words: str) -> None:
    actions = item.actionInterface()
    (name,) = (one for one in actions.actionNames() if actions.localizedActionName(one) == words)
    actions.doAction(name)


def press(desk: RoomDesk, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(desk.room.canvas.view, key, modifier)


def open_contract(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_text_pdf(tmp_path / "合同.pdf", CONTRACT))
    desk.qtbot.waitUntil(lambda: not desk.room.proposals.is_looking, timeout=10_000)
    desk.room.canvas.view.fit_page()
    desk.room.canvas.setFocus()


def test_proposals_are_walked_taken_and_dismissed_one_by_one(
    desk: RoomDesk, tmp_path: Path, said: list[str], screen_reader: None
) -> None:
    open_contract(desk, tmp_path)
    ghosts, session = desk.room.canvas.ghosts, desk.session
    assert proposed(desk) == 3
    # The slices of the cross-page seal lie on the first page.
    press(desk, Qt.Key.Key_Tab)
    (first,) = focused(desk)
    assert first.startswith("Proposed: 甲方 示例银行, cross-page seal, part 1 of 2, page 1, center ")
    press(desk, Qt.Key.Key_Delete)
    assert proposed(desk) == 2
    assert not desk.session.draft.placements
    # The next one is at once where the keyboard is, and in view.
    (second,) = focused(desk)
    assert second.startswith("Proposed: 甲方 示例银行, Seal, page 2, center ")
    assert items(desk)[second].text(DESCRIPTION) == "at “甲方(盖章):”"
    press(desk, Qt.Key.Key_Return)
    (taken,) = session.draft.placements
    assert ghosts.current is None
    assert focused(desk) == [second.removeprefix("Proposed: ")]
    assert said[-1] == f"Placed: {focused(desk)[0]}"
    assert proposed(desk) == 1
    # A key that is held takes nothing, and Esc only leaves the proposal.
    press(desk, Qt.Key.Key_Tab)
    assert focused(desk)[0].startswith("Proposed: 乙方")
    press(desk, Qt.Key.Key_Escape)
    assert focused(desk) == []
    assert proposed(desk) == 1
    # Delete is for what is selected, however it was.
    press(desk, Qt.Key.Key_Tab)
    press(desk, Qt.Key.Key_Tab)
    assert focused(desk)[0].startswith("Proposed: 乙方")
    desk.room.selection.set([taken.id])
    assert ghosts.current is None
    press(desk, Qt.Key.Key_Delete)
    assert not session.draft.placements
    assert said[-1].replace("(s)", "") == "1 seal removed"
    desk.room.proposals.look_again(session.draft.documents[0])
    desk.qtbot.waitUntil(lambda: proposed(desk) == 3)


def test_actions_of_items_do_what_mouse_and_keys_do(desk: RoomDesk, tmp_path: Path, said: list[str]) -> None:
    open_contract(desk, tmp_path)
    view, session = desk.room.canvas.view, desk.session
    view.go_to(session.draft.documents[0].id, 2)
    ghost = next(one for name, one in items(desk).items() if "甲方 示例银行, Seal" in name)
    assert ghost.actionInterface().actionNames()[0] == QAccessibleActionInterface.pressAction()
    do(ghost, "Accept")
    desk.qtbot.waitUntil(lambda: len(session.draft.placements) == 1)
    assert not ghost.isValid()
    seal = next(one for name, one in items(desk).items() if name.startswith("甲方 示例银行, Seal"))
    desk.room.selection.clear()
    do(seal, "Select")
    desk.qtbot.waitUntil(lambda: bool(seal.state().selected and seal.state().focused))
    before = seal.rect()
    press(desk, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert seal.rect().left() > before.left()
    desk.qtbot.waitUntil(lambda: said[-1] in seal.text(NAME) and said[-1].startswith("page 2, center "))
    # Where it is told to be on the screen a click finds it.
    desk.room.selection.clear()
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.viewport().mapFromGlobal(seal.rect().center())
    )
    assert seal.state().selected
    assert pages(desk)[0].parent().childAt(seal.rect().center().x(), seal.rect().center().y()) is seal
    do(seal, "Remove")
    desk.qtbot.waitUntil(lambda: session.draft.placements == ())
    assert not seal.isValid()
    do(next(one for name, one in items(desk).items() if "乙方" in name), "Dismiss")
    desk.qtbot.waitUntil(lambda: not any("乙方" in name for name in items(desk)))


@pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
def test_the_menu_of_a_proposal_takes_or_dismisses_it(desk: RoomDesk, tmp_path: Path) -> None:
    open_contract(desk, tmp_path)
    canvas, port = desk.room.canvas, desk.room.canvas.view.viewport()
    canvas.view.go_to(desk.session.draft.documents[0].id, 2)
    (ghost,) = [one for name, one in items(desk).items() if "甲方 示例银行, Seal" in name]
    point = port.mapFromGlobal(ghost.rect().center())
    canvas.view.menu_requested.emit(canvas.view.mapped_pointer(point), port.mapToGlobal(point))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    take, _dismiss = menu.actions()
    take.trigger()
    menu.close()
    assert len(desk.session.draft.placements) == 1
    # By key, that of the proposal that the keyboard is at.
    press(desk, Qt.Key.Key_Tab)
    assert canvas.ghosts.current is not None
    canvas.view.menu_requested.emit(None, QPoint())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    _take, dismiss = menu.actions()
    dismiss.trigger()
    menu.close()
    assert (proposed(desk), len(desk.session.draft.placements)) == (1, 1)


def test_the_page_in_view_is_named_when_one_stays_there(desk: RoomDesk, tmp_path: Path, said: list[str]) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)] * 9))
    desk.room.canvas.setFocus()
    said.clear()
    press(desk, Qt.Key.Key_End)
    press(desk, Qt.Key.Key_Home)
    press(desk, Qt.Key.Key_End)
    desk.qtbot.waitUntil(lambda: bool(said))
    assert said == ["Page 9 of 9, a"]
    assert "Page 9 of 9, a" in [one.text(NAME) for one in pages(desk)]


def test_interfaces_go_with_what_they_tell_of(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)] * 300))
    signer = make_person_signer()
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    document = desk.session.draft.documents[0]
    seal = replace(make_seal(), signer_id=signer.id, document_id=document.id, center=PagePoint(150.0, 200.0))
    desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    view = desk.room.canvas.view
    view.setFocus()
    view.go_to(document.id, 1)
    ((name, item),) = items(desk).items()
    for number in range(1, 301):
        view.go_to(document.id, number)
        assert pages(desk)
    desk.qtbot.waitUntil(lambda: not shiboken6.isValid(item))
    # Asked for once more it is another one.
    view.go_to(document.id, 1)
    assert list(items(desk)) == [name]
