"""A scanned annex that is read by machine, and a keyword that is found on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.app.self_test import driver
from esign_desktop.ui.prepare.documents.panel import DocumentsPanel
from esign_desktop.ui.prepare.documents.reading import PageReading
from esign_desktop.ui.prepare.keyword.bar import KeywordBar
from esign_desktop.ui.prepare.preflight import ChipKind, Remedy
from esign_desktop.ui.prepare.tools.state import ToolName
from tests.pictures import papers
from tests.pictures.contracts import CONTRACTOR, add_parties, open_contract, sample
from tests.pictures.office import Office, office

if TYPE_CHECKING:
    from tests.pictures.studio import Studio

_KEYWORD = "乙方（签字）"
_PATIENCE_S = 200


def play(studio: Studio) -> None:
    """Press the chip, and look for a keyword afterwards."""
    with office(studio, "reading") as here:
        _read(studio, here)


def _read(studio: Studio, here: Office) -> None:
    window, room = here.window, here.workspace.prepare
    folder = here.folder / "files"
    open_contract(here, sample(folder), papers.scan(folder / "附件三 营业执照副本.pdf"))
    add_parties(here)
    scan = here.workspace.session.draft.documents[1]
    room.canvas.view.go_to(scan.id, 2)
    card = driver.the(room, DocumentsPanel).card(scan.id)
    reading = room.findChild(PageReading)
    assert card is not None
    assert reading is not None

    def take(name: str) -> None:
        driver.rest(200)
        studio.take(name, window, settle=here.pages_are_drawn)

    chip = card.chips.button(ChipKind.SCAN)
    assert chip is not None
    driver.press(chip)
    take("prepare-remedy-scan")
    # How far it is while a picture is taken is not for the picture to depend on.
    reading.progressed.emit(scan.id, 1, 2)
    take("prepare-reading")
    card.end_work()
    driver.press(card.pane.button(Remedy.READ_PAGES))
    driver.wait_until("the pages are read", lambda: not card.pane.is_busy, limit_s=_PATIENCE_S)
    take("prepare-remedy-read")
    room.state.set_active_signer(CONTRACTOR.id)
    driver.press(card.pane.button(Remedy.FIND_KEYWORD))
    bar = driver.the(room, KeywordBar)
    driver.write(driver.field(bar, "KeywordBar", "&Keyword"), _KEYWORD)
    driver.wait_until("it is searched", lambda: bar.finding.keyword == _KEYWORD and bar.finding.is_complete)
    driver.rest(700)
    take("place-keyword-read")
    room.state.set_tool(ToolName.SELECT)
