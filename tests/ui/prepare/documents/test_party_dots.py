from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.viewer.thumbnails import ThumbnailList
from esign_desktop.ui.widgets.theme import signer_colour
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ui.prepare.conftest import RoomDesk

PERSON, COMPANY = make_person_signer(), make_organization_signer()


def test_a_press_on_a_dot_leads_to_the_seal_and_on_a_plus_takes_the_seal_tool(
    desk: RoomDesk, tmp_path: Path, speak: Callable[[str], None]
) -> None:
    speak("en")
    room = desk.room
    for name, pages in (("a", 1), ("b", 2)):
        desk.open(write_pdf(tmp_path / f"{name}.pdf", [MadePage(square=None)] * pages))
    cards = [room.documents.card(one.id) for one in desk.session.draft.documents]
    assert not any(card.dots.isVisible() for card in cards if card is not None)
    for signer in (COMPANY, PERSON):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    first, second = desk.session.draft.documents
    seal = CoordinatePlacement(
        new_placement_id(), PERSON.id, second.id, PageRanges.single(2), PagePoint(75.0, 100.0), 60.0
    )
    desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    (above, below) = (card for card in cards if card is not None)
    desk.qtbot.waitUntil(lambda: "1 seal" in below.accessibleName())
    assert above.accessibleName().count("no seal") == 2
    assert below.accessibleName().count("no seal") == 1
    QTest.mouseClick(below.dots, Qt.MouseButton.LeftButton, pos=below.dots.disc(1).center().toPoint())
    assert room.state.active_signer_id == PERSON.id
    assert room.selection.ids == {seal.id}
    QTest.mouseClick(above.dots, Qt.MouseButton.LeftButton, pos=above.dots.disc(0).center().toPoint())
    assert room.state.active_signer_id == COMPANY.id
    assert room.state.tool is ToolName.SEAL
    assert room.canvas.view.current_page == (first.id, 1)


def test_seals_are_dots_of_their_signers_on_the_small_pages(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)]))
    for signer in (PERSON, COMPANY):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    document = desk.session.draft.documents[0]
    # A page of 300 by 400 points.
    seal = CoordinatePlacement(
        new_placement_id(), COMPANY.id, document.id, PageRanges.single(1), PagePoint(225.0, 100.0), 60.0
    )
    desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    (thumbnails,) = desk.room.findChildren(ThumbnailList)
    (dot,) = thumbnails.dots(1)
    assert (dot.x, dot.y, dot.colour) == (0.75, 0.75, signer_colour(2))
    assert thumbnails.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole).endswith(COMPANY.organization.name)
    desk.session.apply(EditName.REMOVE_SEALS, partial(edits.remove_placements, placement_ids={seal.id}))
    assert not thumbnails.dots(1)
