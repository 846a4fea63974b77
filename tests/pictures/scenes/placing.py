"""The tools, and what can be done with seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from esign_desktop.app.self_test import driver
from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.keyword.bar import KeywordBar
from esign_desktop.ui.prepare.tools.state import ToolName
from tests.pictures import papers
from tests.pictures.contracts import (
    ACROSS,
    COMPANY_SEAL,
    CONTRACTOR,
    CONTRACTOR_SEAL,
    WIDTH_PT,
    add_parties,
    open_contract,
    ready_contract,
    sample,
)
from tests.pictures.office import Office, office
from tests.pictures.popups import close_popups, popups

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tests.pictures.studio import Studio

_KEYWORDS = {"keyword-hits": "乙方（签字）", "keyword-spelling": "乙方(签字)", "keyword-none": "乙方（盖章）"}
_PULSE_MS = 1500
_SPOTS = (PagePoint(330.0, 300.0), PagePoint(420.0, 345.0), PagePoint(505.0, 280.0))


def play(studio: Studio) -> None:
    """Take each tool in hand."""
    with office(studio, "tools") as here:
        _tools(studio, here)
    with office(studio, "seals") as here:
        _seals(studio, here)


def _tools(studio: Studio, here: Office) -> None:
    window, room = here.window, here.workspace.prepare
    folder = here.folder / "files"
    open_contract(
        here,
        sample(folder),
        papers.annex(folder / "附件一 实施任务书.pdf"),
        papers.scan(folder / "附件三 营业执照副本.pdf"),
    )
    add_parties(here)
    document = here.workspace.session.draft.documents[0]

    def take(name: str, *above: QWidget) -> None:
        studio.take(f"place-{name}", window, above=above, settle=here.pages_are_drawn)

    view = room.canvas.view
    view.go_to(document.id, 2)
    here.pages_are_drawn()
    room.state.set_tool(ToolName.SEAL)
    QTest.mouseMove(view.viewport(), _on_screen(here, document.page_count, PagePoint(170.0, 400.0)))
    driver.rest(100)
    take("seal-tool")
    room.state.set_tool(ToolName.CROSS_PAGE)
    QTest.mouseMove(view.viewport(), _on_screen(here, 2, PagePoint(560.0, 450.0)))
    driver.rest(100)
    take("cross-page-tool")
    room.state.set_active_signer(CONTRACTOR.id)
    room.state.set_tool(ToolName.KEYWORD)
    bar = driver.the(room, KeywordBar)
    for name, keyword in _KEYWORDS.items():
        driver.write(driver.field(bar, "KeywordBar", "&Keyword"), keyword)
        driver.wait_until("it is searched", lambda one=keyword: bar.finding.keyword == one and bar.finding.is_complete)  # type: ignore[misc]
        driver.rest(700)
        take(name)
    room.state.set_tool(ToolName.SELECT)


def _seals(studio: Studio, here: Office) -> None:
    window, room, session = here.window, ready_contract(here), here.workspace.session
    canvas, document = room.canvas, session.draft.documents[0]

    def take(name: str, *above: QWidget) -> None:
        studio.take(f"place-{name}", window, above=above, settle=here.pages_are_drawn)

    canvas.show_placement(COMPANY_SEAL)
    take("seal-selected")
    canvas.show_placement(CONTRACTOR_SEAL)
    take("keyword-selected")
    canvas.show_placement(ACROSS)
    take("cross-page-selected")
    room.toggle_finished()
    take("finished-look")
    room.toggle_finished()
    ids = [PlacementId(f"extra {number}") for number in range(len(_SPOTS))]
    for one, spot in zip(ids, _SPOTS, strict=True):
        seal = CoordinatePlacement(one, CONTRACTOR.id, document.id, PageRanges.single(2), spot, WIDTH_PT / 2)
        session.apply(EditName.PLACE_SEAL, lambda draft, seal=seal: edits.place(draft, seal))  # type: ignore[misc]
    canvas.show_placement(COMPANY_SEAL)
    driver.rest(_PULSE_MS)
    room.selection.set(ids)
    take("several-selected")
    room.selection.set([ids[0]])
    here.pages_are_drawn()
    _drag(studio, here, ids[0])
    canvas.open_menu(None, canvas.view.viewport().mapToGlobal(_on_screen(here, 2, _SPOTS[1])))
    driver.rest(100)
    take("menu", *popups())
    close_popups()
    canvas.open_copy_to_pages(canvas.view.viewport().mapToGlobal(QPoint(200, 80)))
    driver.rest(100)
    take("copy-to-pages", *popups())
    close_popups()


def _drag(studio: Studio, here: Office, placement_id: PlacementId) -> None:
    """Bring a seal in line with another one, and hold it there."""
    view = here.workspace.prepare.canvas.view
    start = _on_screen(here, 2, _SPOTS[0])
    target = _on_screen(here, 2, PagePoint(_SPOTS[0].x_pt - 30.0, _SPOTS[2].y_pt + 1.0))
    viewport = view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 11):
        QTest.mouseMove(viewport, start + (target - start) * step / 10)
        driver.rest(30)
    here.pages_are_drawn()
    QTest.mouseMove(viewport, target + QPoint(1, 0))
    studio.take("place-snapping", here.window, settle=here.pages_are_drawn)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=target)
    driver.rest(100)
    assert placement_id in here.workspace.prepare.selection


def _on_screen(here: Office, page_number: int, point: PagePoint) -> QPoint:
    view = here.workspace.prepare.canvas.view
    slot = view.page_layout.slot(here.workspace.session.draft.documents[0].id, page_number)
    assert slot is not None
    return view.view_point(*slot.point_px(point)).toPoint()
