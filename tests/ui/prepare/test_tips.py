"""What hovering tells to whoever looks at the screen too: no number of anybody."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QWidget

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.widgets.signer_card import SignerCard
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.ui.prepare.conftest import RoomDesk

ROLES = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.StatusTipRole, Qt.ItemDataRole.AccessibleDescriptionRole)
PERSON = Person("张三", "110101199003078515", mobile="13812345678", third_id="customer-4711")
AGENT = Person("李四", "110101199001011237", mobile="13987654321")
SECRETS = (
    *(PERSON.id_number, PERSON.mobile, PERSON.third_id),
    *(AGENT.id_number, AGENT.mobile, "91000000MA0000000N"),
)


def tips_of(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(model.rowCount(QModelIndex())):
        columns = model.columnCount(QModelIndex()) if isinstance(model, QAbstractTableModel) else 1
        for column in range(columns):
            index = model.index(row, column)
            yield from (str(model.data(index, role) or "") for role in ROLES)


def tips(desk: RoomDesk) -> Iterator[str]:
    for widget in [desk.room, *desk.room.findChildren(QWidget)]:
        yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis())
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from tips_of(widget.model())
    for action in desk.room.findChildren(QAction):
        yield from (action.toolTip(), action.statusTip())


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_tip_tells_a_number_of_anybody(
    desk: RoomDesk, tmp_path: Path, language: str, speak: Callable[[str], None]
) -> None:
    speak(language)
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(), MadePage()]))
    company = Organization("示例科技有限公司", code="91000000MA0000000N")
    for signer in (
        PersonSigner(SignerId("person"), PERSON),
        OrganizationSigner(SignerId("company"), company, AGENT),
    ):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    desk.qtbot.waitUntil(lambda: len(desk.room.findChildren(SignerCard)) == 2)
    told = [tip for tip in tips(desk) if tip]
    assert len(told) > 20
    assert [tip for tip in told if any(secret in tip for secret in SECRETS)] == []


def test_a_card_masks_what_strangers_should_not_read(desk: RoomDesk) -> None:
    desk.session.apply(
        EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, PersonSigner(SignerId("person"), PERSON))
    )
    desk.qtbot.waitUntil(lambda: bool(desk.room.findChildren(SignerCard)))
    (card,) = desk.room.findChildren(SignerCard)
    assert "138****5678" in card.accessibleName()
    assert not any(secret in card.accessibleName() for secret in SECRETS)
