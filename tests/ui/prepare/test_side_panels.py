"""The columns beside the pages at the smallest size of the window: nothing in them is cut off at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from esign_desktop.domain.contract import edits
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.signers.search import SignerHits
from esign_desktop.ui.shell.window import SMALLEST_SIZE_PX
from esign_desktop.ui.widgets.theme import apply_theme
from tests.drafts import make_organization_signer
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from tests.ui.prepare.conftest import RoomDesk

RAIL_PX = 80


@pytest.fixture(params=["en", "zh_CN"])
def small_desk(
    request: pytest.FixtureRequest, desk: RoomDesk, qapp: QApplication, speak: Callable[[str], None], tmp_path: Path
) -> RoomDesk:
    apply_theme(qapp, "light")
    speak(request.param)
    desk.open(write_pdf(tmp_path / "contract.pdf", [MadePage()]))
    desk.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, make_organization_signer()))
    width_px, height_px = SMALLEST_SIZE_PX
    desk.room.resize(width_px - RAIL_PX, height_px)
    return desk


def cut_off(desk: RoomDesk) -> list[str]:
    """Return what is wider than the column that shows it, without a way to scroll there."""
    found = []
    for area in desk.room.findChildren(QScrollArea):
        content = area.widget()
        if content is None or area.horizontalScrollBarPolicy() is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            continue
        needed_px, given_px = content.minimumSizeHint().width(), area.viewport().width()
        if area.isVisible() and needed_px > given_px:
            found.append(f"{type(area).__name__}: {needed_px} in {given_px}")
    return found


def test_no_form_of_a_signer_is_cut_off(small_desk: RoomDesk) -> None:
    for add in (small_desk.room.signers.add_person, small_desk.room.signers.add_organization):
        add()
        assert not cut_off(small_desk)


def test_each_way_to_add_a_signer_is_told_in_whole_words(small_desk: RoomDesk) -> None:
    small_desk.room.signers.find_signer()
    hits = small_desk.room.signers.findChildren(SignerHits)[0]
    small_desk.qtbot.waitUntil(lambda: hits.count() == 4)
    assert hits.sizeHintForColumn(0) <= hits.viewport().width()
    assert hits.visualItemRect(hits.item(3)).bottom() <= hits.viewport().height()
