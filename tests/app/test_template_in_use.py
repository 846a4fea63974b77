"""A PDF with a form, from its chip to the customer's signature on what the platform made of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from esign_desktop.domain import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placement import CoordinatePlacement, new_placement_id
from esign_desktop.services.session import EditName
from esign_desktop.ui.prepare.document_card import DocumentCard
from esign_desktop.ui.prepare.preflight_chips import ChipKind
from esign_desktop.ui.prepare.remedies import Remedy
from tests.app.test_preset_in_use import Office
from tests.drafts import make_person_signer
from tests.services.counter_desk import ZHANG
from tests.services.template_files import write_form

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Start

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def office(start: Start, tmp_path: Path, qtbot: QtBot) -> Office:
    return Office(start, tmp_path, qtbot)


def test_a_form_becomes_a_template_its_preset_opens_and_a_customer_signs_what_was_filled_in(
    office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    session, prepare = office.furniture.session, office.furniture.prepare
    office.furniture.open_files([write_form(tmp_path / "借款申请表.pdf", ("姓名", "借款金额"))])
    office.wait_until(lambda: bool(session.draft.documents))
    signer, document = make_person_signer(), session.draft.documents[0]
    session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    seal = CoordinatePlacement(
        *(new_placement_id(), signer.id, document.id, PageRanges.single(2), PagePoint(300, 300), 90.0)
    )
    session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    card = prepare.findChild(DocumentCard)
    assert card is not None
    office.wait_until(lambda: card.chips.button(ChipKind.FORM) is not None)

    qtbot.mouseClick(card.chips.button(ChipKind.FORM), LEFT)
    qtbot.mouseClick(card.pane.button(Remedy.TEMPLATE), LEFT)
    templates = office.furniture.presets.templates
    assert templates is not None
    office.wait_until(lambda: templates.sheet is not None)
    assert templates.sheet is not None
    qtbot.mouseClick(templates.sheet.button, LEFT)
    office.wait_until(lambda: office.furniture.presets.editor is not None)

    editor = office.furniture.presets.editor
    assert editor is not None
    assert editor.tabs.currentWidget() is editor.fields
    (preset,) = office.presets.list()
    assert editor.copy.preset == preset
    office.furniture.tasks.wait_idle()
    editor.done(0)
    office.presets.assign_key(preset.id, 2)

    counter = office.open_counter()
    office.begin(counter, Qt.Key.Key_F2)
    office.enter(counter, ZHANG)
    assert office.counter.view.next_question == "借款金额"
    office.enter(counter, "五万元整")
    office.sign_and_see(counter)
    assert all(map(office.signed_texts(), ("张三", "五万元整")))
