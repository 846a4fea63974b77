"""How many controls Prepare shows in its usual states."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.controls import AROUND, shown_controls
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.signer import Signer
    from tests.ui.prepare.conftest import RoomDesk

PERSON, COMPANY = make_person_signer(), make_organization_signer()
EMPTY, READY, SELECTED = 13, 28, 36


def prepare(desk: RoomDesk, folder: Path) -> CoordinatePlacement:
    """Open a contract with two signers, each with a seal, and return the last seal."""
    desk.open(write_text_pdf(folder / "合同.pdf", [["甲方"], ["乙方"]]))
    document = desk.session.draft.documents[0]
    signers: tuple[Signer, ...] = (COMPANY, PERSON)
    seals = []
    for place, signer in enumerate(signers):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
        seals.append(
            CoordinatePlacement(
                *(new_placement_id(), signer.id, document.id),
                *(PageRanges.single(1), PagePoint(150.0 + place * 200, 400.0), 119.0),
            )
        )
        desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seals[-1]))
    desk.qtbot.wait(100)
    return seals[-1]


def test_few_controls_are_on_screen_while_there_is_no_contract(desk: RoomDesk) -> None:
    shown = shown_controls(desk.room)
    assert len(shown) + AROUND <= EMPTY, shown


def test_few_controls_are_on_screen_when_a_contract_is_ready(desk: RoomDesk, tmp_path: Path) -> None:
    prepare(desk, tmp_path)
    shown = shown_controls(desk.room)
    assert len(shown) + AROUND <= READY, shown


def test_few_controls_are_on_screen_with_a_seal_selected(desk: RoomDesk, tmp_path: Path) -> None:
    seal = prepare(desk, tmp_path)
    desk.room.selection.set([seal.id])
    desk.qtbot.wait(500)
    shown = shown_controls(desk.room)
    assert len(shown) + AROUND <= SELECTED, shown
