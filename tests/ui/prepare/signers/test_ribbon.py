from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.steps import steps_of
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.signers.ribbon import OrderRibbon, RibbonChip
from esign_desktop.ui.widgets.signer_card import SIGNER_MIME, SignerDropFrame
from tests.drafts import make_organization_signer, make_person, make_person_signer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tests.ui.prepare.conftest import RoomDesk

COMPANY = make_organization_signer("云禾示例科技有限公司")
PERSON = replace(make_person_signer("林小满"), person=make_person("林小满", mobile="13800000001"))
THIRD = make_person_signer("周知夏")
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def ribbon(desk: RoomDesk) -> OrderRibbon:
    assert not desk.room.ribbon.isVisible()
    for signer in (COMPANY, PERSON, THIRD):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    assert desk.room.ribbon.isVisible()
    return desk.room.ribbon


def _chip(ribbon: OrderRibbon, signer_id: str) -> RibbonChip:
    return next(one for one in ribbon.findChildren(RibbonChip) if one.signer_id == signer_id and one.isVisible())


def _words(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.text())


def _steps(desk: RoomDesk) -> tuple[tuple[str, ...], ...]:
    return steps_of(desk.session.draft)


def test_it_says_who_is_told_where_and_fewer_words_where_there_is_less_room(
    desk: RoomDesk, ribbon: OrderRibbon
) -> None:
    desk.room.resize(1900, 860)
    desk.qtbot.waitUntil(lambda: "SMS" in _words(_chip(ribbon, PERSON.id)))
    assert _words(_chip(ribbon, PERSON.id)) == "林小满 · 138****0001 · SMS"
    assert "13800000001" not in _words(ribbon)
    assert "30" in _words(ribbon)
    desk.room.resize(900, 860)
    desk.qtbot.waitUntil(lambda: _words(_chip(ribbon, PERSON.id)) == "林小满")
    assert "138****0001" in _chip(ribbon, PERSON.id).accessibleName()


def test_keys_move_a_signer_each_in_one_step_of_the_history(desk: RoomDesk, ribbon: OrderRibbon) -> None:
    for key, expected in (
        (Qt.Key.Key_Left, ((COMPANY.id,), (THIRD.id,), (PERSON.id,))),
        (Qt.Key.Key_Up, ((COMPANY.id, THIRD.id), (PERSON.id,))),
        (Qt.Key.Key_Right, ((COMPANY.id,), (THIRD.id,), (PERSON.id,))),
    ):
        before = desk.session.draft
        chip = _chip(ribbon, THIRD.id)
        chip.setFocus()
        QTest.keyClick(chip, key, ALT)
        assert _steps(desk) == expected
        # Whoever goes on with the keyboard goes on from there.
        assert _chip(ribbon, THIRD.id).hasFocus()
        desk.session.undo()
        assert desk.session.draft == before
        desk.session.redo()
    assert desk.room.state.active_signer_id == THIRD.id


def test_a_chip_dropped_on_another_signs_with_it_and_on_an_arrow_by_itself(desk: RoomDesk, ribbon: OrderRibbon) -> None:
    _drop(_frames(ribbon)[1], PERSON.id)
    assert _steps(desk) == ((COMPANY.id, PERSON.id), (THIRD.id,))
    _drop(_frames(ribbon)[-1], PERSON.id)
    assert _steps(desk) == ((COMPANY.id,), (THIRD.id,), (PERSON.id,))
    desk.session.undo()
    assert _steps(desk) == ((COMPANY.id, PERSON.id), (THIRD.id,))


def _frames(ribbon: OrderRibbon) -> list[SignerDropFrame]:
    """Gap, step, gap, step… and a gap at the end."""
    return [one for one in ribbon.findChildren(SignerDropFrame) if one.isVisible()]


def _drop(frame: SignerDropFrame, signer_id: str) -> None:
    data = QMimeData()
    data.setData(SIGNER_MIME, signer_id.encode())
    move, none = Qt.DropAction.MoveAction, Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    QApplication.sendEvent(frame, QDragEnterEvent(QPoint(2, 2), move, data, left, none))
    QApplication.sendEvent(frame, QDropEvent(QPointF(2, 2), move, data, left, none))
