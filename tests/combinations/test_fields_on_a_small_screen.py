"""The pane with a preset's form fields below the signers, on a screen of little height."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.signers.search import SignerSearch
from esign_desktop.ui.presets.fields import FieldsPane
from esign_desktop.ui.presets.strip import PresetStrip
from esign_desktop.ui.widgets.layouts import YieldingScrollArea
from tests.drafts import make_organization_signer, make_person_signer
from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.ui.prepare.conftest import RoomDesk

FIELDS = tuple(FormField(name, CustomerDatum.TYPED) for name in ("借款金额", "签订地点", "期限"))


def of_template(draft: ContractDraft) -> ContractDraft:
    (document,) = draft.documents
    draft = replace(draft, documents=(replace(document, template=TemplateFilling("template", preset_fields=FIELDS)),))
    for signer in (make_organization_signer(), make_person_signer()):
        draft = edits.add_signer(draft, signer)
    return draft


def test_the_pane_leaves_the_signers_the_height_of_their_search_line(desk: RoomDesk, tmp_path: Path) -> None:
    room, path = desk.room, tmp_path / "form.pdf"
    path.write_bytes(build(Page().write("借款合同", 60, 700)))
    desk.open(path)
    desk.session.apply(EditName.CHANGE_OPTIONS, of_template)
    strip, pane = PresetStrip(room), FieldsPane(desk.session, room)
    for bar in (strip, pane):
        room.add_wide_bar(bar)
    room.resize(826, 480)
    pane.begin()
    strip.show()
    pane.toggle()
    desk.qtbot.waitUntil(pane.isVisible)
    (search,) = room.findChildren(SignerSearch)
    (cards,) = room.signers.findChildren(YieldingScrollArea)
    (line,) = search.findChildren(QLineEdit)

    def cards_yield_first() -> bool:
        is_squeezed = search.height() < search.minimumSizeHint().height()
        return not is_squeezed or cards.height() <= cards.minimumHeight()

    def is_line_whole() -> bool:
        return line.height() >= line.minimumSizeHint().height()

    desk.qtbot.waitUntil(lambda: room.signers.height() < 200 and cards_yield_first() and is_line_whole())
