"""Prepare a contract on the real Prepare page with the mouse and keyboard, and choose positions for its seals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.driver import SelfTestFailed
from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.ui.prepare.keyword.bar import KeywordBar
from esign_desktop.ui.prepare.signers.fields import OrganizationFields, PersonFields
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.prepare.signers.search import SignerHits, SignerSearch
from esign_desktop.ui.prepare.tool_strip import ToolStrip
from esign_desktop.ui.prepare.tools.state import SEAL_WIDTHS_PT
from esign_desktop.ui.prepare.welcome import WelcomePage
from esign_desktop.ui.widgets.signer_card import SignerCard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from esign_desktop.domain.account import Organization, Person
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placing.placement import KeywordHit, SealMark
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.shell.workspace import Workspace

    Find = Callable[[str], tuple[KeywordHit, ...]]


SEAL_WIDTH_PT = SEAL_WIDTHS_PT[1]
_SETTLE_MS = 250


def begin_signer(room: PrepareRoom, source: str) -> None:
    """Click the search line for signers, and the row below it with this text."""
    driver.click(driver.the(room, SignerSearch).line)
    hits, text = driver.the(room, SignerHits), driver.words("SignerHits", source)
    row = next((row for row in range(hits.count()) if hits.item(row).text() == text), None)
    if row is None:
        raise SelfTestFailed(f"the search line for signers does not offer {source!r}")
    driver.click(hits.viewport(), hits.visualItemRect(hits.item(row)).center())


class PreparePage:
    """A driver of the Prepare page. Its methods raise SelfTestFailed if the page does not react as expected."""

    def __init__(self, workspace: Workspace) -> None:
        self._session = workspace.session
        self._room = workspace.prepare

    @property
    def document(self) -> Document:
        return self._session.draft.documents[0]

    def open_file(self, path: Path) -> None:
        """Choose a file in the file dialog, and wait until the pages of the file are drawn."""
        driver.press(driver.button(driver.the(self._room, WelcomePage), "WelcomePage", "Choose PDFs…"))
        driver.wait_until("the file dialog opens", lambda: self._room.findChildren(QFileDialog))
        dialog = self._room.findChildren(QFileDialog)[-1]
        failures: list[str] = []
        self._room.opening.failed.connect(lambda error, _path: failures.append(error.code))
        self._room.opening.password_needed.connect(lambda *_asked: failures.append("pdf.password_needed"))
        dialog.selectFile(str(path))
        dialog.accept()
        driver.wait_until("the document opens", lambda: self._session.draft.documents or failures)
        if failures:
            raise SelfTestFailed(f"the document does not open: {failures[0]}")
        self.wait_for_pages()

    def add_organization(self, organization: Organization, agent: Person) -> None:
        """Fill in the form for an organization and its agent, and add the organization as a signer."""
        begin_signer(self._room, "New organization")
        form = driver.the(self._room, SignerForm)
        fields = driver.the(form, OrganizationFields)
        self._fill(fields, "Organization", organization.name)
        self._fill(fields, "Registration number", organization.code)
        self._fill_person(form, agent)
        self._accept(form)

    def add_person(self, person: Person) -> None:
        """Fill in the form for a person, and add the person as a signer."""
        begin_signer(self._room, "New person")
        form = driver.the(self._room, SignerForm)
        self._fill_person(form, person)
        self._accept(form)

    def complete_person(self, form: SignerForm, person: Person) -> None:
        """Fill in the missing ID number and mobile number in a form, and add the person as a signer."""
        fields = driver.the(form, PersonFields)
        self._fill(fields, "ID number", person.id_number)
        self._fill(fields, "Mobile", person.mobile)
        self._accept(form)

    def choose_signer(self, number: int) -> None:
        """Click a signer's card, so that the seals placed next belong to this signer.

        ``number`` is 1 for the first signer.
        """
        wanted = self._session.draft.signers[number - 1].id
        card = next(c for c in self._room.findChildren(SignerCard) if c.isVisible() and c.signer_id == wanted)
        driver.click(card, QPoint(card.width() // 2, card.height() // 2))
        if self._room.state.active_signer_id != wanted:
            raise SelfTestFailed("clicking the signer's card does not select the signer")

    def choose_width(self, width_pt: float | None) -> None:
        """Choose the width of new seals, in points. If ``width_pt`` is None, choose the seals' original size."""
        menu = self._menu_of("Seal")
        chosen = next(one for one in menu.actions() if one.isCheckable() and one.data() == width_pt)
        driver.click(menu, menu.actionGeometry(chosen).center())
        if self._room.state.seal_width_pt != width_pt:
            raise SelfTestFailed("the width of new seals can't be chosen")

    def place_seal(self, spot: Spot) -> None:
        """Place a seal by clicking this position on a page."""
        self._take_tool("Seal")
        count = len(self._session.draft.placements)
        self._click_page(spot.page_number, spot.point)
        self._expect_placements(count + 1)
        self._put_tool_away()

    def place_cross_page_seal(self, page_number: int, point: PagePoint) -> None:
        """Place a cross-page seal by clicking the edge of a page."""
        self._take_tool("Cross-page")
        count = len(self._session.draft.placements)
        self._click_page(page_number, point)
        self._expect_placements(count + 1)
        self._put_tool_away()

    def place_by_keyword(self, keyword: str) -> None:
        """Type a keyword, wait for its matches, and place the seals."""
        self._take_tool("Keyword")
        bar = driver.the(self._room, KeywordBar)
        count = len(self._session.draft.placements)
        driver.write(driver.field(bar, "KeywordBar", "&Keyword"), keyword)
        driver.wait_until(
            "the keyword is found",
            lambda: bar.finding.keyword == keyword and bar.finding.is_complete and bar.finding.hit_count,
        )
        driver.press(bar.place)
        self._expect_placements(count + 1)
        self._put_tool_away()

    def show_whole_pages(self) -> None:
        """Change the zoom so that whole pages are visible."""
        self._room.canvas.view.fit_page()
        self.wait_for_pages()

    def show_page(self, page_number: int) -> None:
        """Scroll to the page with this number, and wait until the page is drawn."""
        self._room.canvas.view.go_to(self.document.id, page_number)
        self.wait_for_pages()

    def wait_for_pages(self) -> None:
        """Wait until the visible pages are drawn at full resolution."""
        view = self._room.canvas.view
        driver.wait_until("the pages are drawn", lambda: not view.is_settling and view.source.is_idle)
        driver.rest(_SETTLE_MS)

    def ask_to_send(self) -> None:
        """Wait until there are no blocking problems, and press the send button on the Prepare page."""
        driver.wait_until("no blocking problems are left", lambda: not self._blocking())
        self._room.problems_bar.press_send()

    def _blocking(self) -> list[str]:
        from esign_desktop.domain.contract.problems import Severity

        return [problem.code for problem in self._room.problems() if problem.severity >= Severity.BLOCKING]

    def _fill(self, fields: OrganizationFields | PersonFields, label: str, text: str) -> None:
        driver.write(driver.field(fields, type(fields).__name__, label), text)

    def _fill_person(self, form: SignerForm, person: Person) -> None:
        fields = driver.the(form, PersonFields)
        self._fill(fields, "Name", person.name)
        self._fill(fields, "ID number", person.id_number)
        self._fill(fields, "Mobile", person.mobile)

    def _accept(self, form: SignerForm) -> None:
        count = len(self._session.draft.signers)
        driver.press(driver.button(form, "SignerForm", "Add"))
        driver.wait_until("the signer is added", lambda: len(self._session.draft.signers) == count + 1)
        driver.rest(_SETTLE_MS)

    def _take_tool(self, name: str) -> None:
        button = driver.button(driver.the(self._room, ToolStrip), "Actions", name)
        if not button.isChecked():
            driver.press(button)

    def _menu_of(self, name: str) -> QMenu:
        """Open the menu of a tool."""
        button = driver.button(driver.the(self._room, ToolStrip), "Actions", name)
        menu = button.menu() if isinstance(button, QToolButton) else None
        if menu is None:
            raise SelfTestFailed(f"the tool {name!r} has no menu")
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
        driver.rest(_SETTLE_MS)
        return menu

    def _put_tool_away(self) -> None:
        driver.strike(self._room.canvas.view, Qt.Key.Key_V)
        driver.rest(_SETTLE_MS)

    def _click_page(self, page_number: int, point: PagePoint) -> None:
        view = self._room.canvas.view
        slot = view.page_layout.slot(self.document.id, page_number)
        if slot is None:
            raise SelfTestFailed("the page is not laid out")
        x_px, y_px = slot.point_px(point)
        view.verticalScrollBar().setValue(round(y_px - view.viewport().height() / 2))
        view.horizontalScrollBar().setValue(round(x_px - view.viewport().width() / 2))
        self.wait_for_pages()
        driver.click(view.viewport(), view.view_point(x_px, y_px).toPoint())

    def _expect_placements(self, count: int) -> None:
        driver.wait_until("the seal is placed", lambda: len(self._session.draft.placements) == count, limit_s=10.0)


USUAL_KEYWORDS: Final = (
    *("乙方(签字或盖章)", "乙方(签字)", "乙方(签章)", "乙方(盖章)", "乙方签字", "乙方签章", "乙方盖章"),
    *("法定代表人(签字)", "签字或盖章", "签字盖章", "签字", "签章", "盖章", "Signature", "Signed by", "乙方", "甲方"),
)
FIRST_PARTY_KEYWORDS: Final = ("甲方(签字或盖章)", "甲方(盖章)", "甲方(签章)", "甲方(签字)", "甲方盖章", "甲方签章")
MOST_HITS: Final = 12
_GAP_PT: Final = 16.0
_GRID_PT: Final = 24.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A position on a page: the page number, and a point in page space."""

    page_number: int
    point: PagePoint


def usable_keyword(find: Find, wanted: str | None) -> str:
    """Return ``wanted`` or, if ``wanted`` is None, the first common keyword that the document contains.

    Raises SelfTestFailed if the document does not contain the keyword, or contains it more than ``MOST_HITS`` times.
    """
    for keyword in (wanted,) if wanted else USUAL_KEYWORDS:
        hits = find(keyword)
        if 1 <= len(hits) <= MOST_HITS:
            return wanted or hits[0].text
    raise SelfTestFailed("the document contains no usable keyword; give one with --keyword")


def free_spot(document: Document, find: Find, width_pt: float, taken: Sequence[SealMark]) -> Spot:
    """Return a position, if possible near a signature line, at which a new seal does not overlap any other seal.

    ``taken`` contains the existing seals. Raises SelfTestFailed if there is no such position.
    """
    for spot in (*_signature_spots(find), *_grid(document)):
        rect = PageRect.around(spot.point, width_pt + _GAP_PT, width_pt + _GAP_PT)
        if document.frame(spot.page_number).bounds.contains(rect) and _is_free(spot.page_number, rect, taken):
            return spot
    raise SelfTestFailed("the document has no room for a seal")


def free_height(document: Document, width_pt: float, taken: Sequence[SealMark]) -> float:
    """Return the y coordinate, in points, of a free position for a cross-page seal at the right edge of all pages.

    ``taken`` contains the existing seals. Raises SelfTestFailed if there is no such position.
    """
    lowest = min(page.height_pt for page in document.pages)
    half = (width_pt + _GAP_PT) / 2
    part = width_pt / document.page_count + _GAP_PT
    middle = lowest / 2
    steps = range(int(lowest / _GRID_PT))
    heights = sorted((step * _GRID_PT for step in steps), key=lambda y: abs(y - middle))
    for y in (middle, *heights):
        if not half <= y <= lowest - half:
            continue
        edges = (
            (number, PageRect(page.width_pt - part, y - half, page.width_pt, y + half))
            for number, page in enumerate(document.pages, 1)
        )
        if all(_is_free(number, rect, taken) for number, rect in edges):
            return y
    raise SelfTestFailed("the document has no room for a cross-page seal")


def _is_free(page_number: int, rect: PageRect, taken: Sequence[SealMark]) -> bool:
    return all(mark.page_number != page_number or rect.intersection_area(mark.rect) <= 0 for mark in taken)


def _signature_spots(find: Find) -> Iterator[Spot]:
    for keyword in FIRST_PARTY_KEYWORDS:
        for hit in find(keyword):
            middle = hit.rects[0].center
            yield from (Spot(hit.page_number, middle.moved(dx, dy)) for dx, dy in ((18, -24), (0, 0), (60, 0)))


def _grid(document: Document) -> Iterator[Spot]:
    for number in range(document.page_count, 0, -1):
        frame = document.frame(number)
        for row in range(1, int(frame.height_pt / _GRID_PT)):
            for column in range(1, int(frame.width_pt / _GRID_PT)):
                yield Spot(number, PagePoint(column * _GRID_PT, row * _GRID_PT))
