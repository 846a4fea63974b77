"""The stamped pixel is the clicked pixel, on every kind of page: from the widget through the platform and back.

Nothing is computed with page geometry here: a black square is found by its pixels in the window's picture and clicked,
and the seal is found by its pixels in the file that comes back.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage

from esign_desktop.app.self_test.measuring import TwoVersions
from esign_desktop.domain.contract import edits
from esign_desktop.domain.environment import (
    CrossPageSplit,
    EnvironmentKind,
    FreezeAt,
    KeywordOrigin,
    LinksAtStart,
    PlatformBehaviour,
    SealAnchor,
    SecondAccount,
)
from esign_desktop.domain.geometry import DisplayPoint, DisplayRect, PagePoint, PageRect
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    new_placement_id,
)
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.tasks import TaskRunner
from tests.pdf.builder import Page, build
from tests.pdf.local_engine import LocalEngine
from tests.services.desk import Desk as Office
from tests.services.desk import organization_signer, person_signer
from tests.services.sandbox_platform import SandboxPlatform
from tests.ui.made_pdfs import MadePage, write_pdf
from tests.ui.prepare.tools.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.ui.viewer.layout import PageSlot

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TOLERANCE_PT = 0.5
SEAL_PT = 40.0
MEASURED_PIXELS_PER_POINT = 4.0
DARK = 60
FAINT = 8

BOXES = (
    ((0.0, 0.0, 300.0, 400.0), None),
    ((0.0, 0.0, 300.0, 400.0), (20.0, 35.0, 260.0, 390.0)),
    ((-50.0, 30.0, 250.0, 430.0), None),
    # Half of the CropBox lies outside of the page: what is seen is the intersection.
    ((10.0, 20.0, 310.0, 420.0), (-40.0, 60.0, 280.0, 900.0)),
)
ROTATIONS = (0, 90, 180, 270)
USER_UNITS = (1.0, 0.5, 2.0)
MIXED = (
    MadePage(media_box=(0.0, 0.0, 842.0, 595.0), square=PagePoint(700.0, 100.0)),
    MadePage(media_box=(0.0, 0.0, 595.0, 842.0), square=PagePoint(90.0, 700.0)),
    MadePage(media_box=(0.0, 0.0, 250.0, 180.0), rotation=90, square=PagePoint(200.0, 60.0)),
)
ALL_PAGES = (
    *(
        MadePage(media, crop, rotation, unit, square=PagePoint(90.0, 150.0))
        for (media, crop), rotation, unit in itertools.product(BOXES, ROTATIONS, USER_UNITS)
    ),
    *MIXED,
)
SOME_PAGES = (*ALL_PAGES[::5], *MIXED)
"""Every box, rotation and unit, in ten of their combinations."""


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[TaskRunner]:
    runner = TaskRunner()
    yield runner
    runner.stop()


def dark_square(picture: QImage, within: QRect) -> QRect:
    """Bounds of the dark pixels."""
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    bits, stride = bytes(grey.constBits()), grey.bytesPerLine()
    rows: dict[int, list[int]] = {}
    for y in range(within.top(), within.bottom() + 1):
        row = bits[y * stride + within.left() : y * stride + within.right() + 1]
        if min(row, default=255) < DARK:
            rows[y] = [within.left() + x for x, value in enumerate(row) if value < DARK]
    assert rows, "no square is seen"
    left, right = min(map(min, rows.values())), max(map(max, rows.values()))
    return QRect(left, min(rows), right - left + 1, max(rows) - min(rows) + 1)


def click_square(desk: Desk, document: Document, page_number: int, square: PagePoint) -> None:
    """Click what is seen as the square's middle."""
    slot = desk.slot(document.id, page_number)
    # Only to bring it into view; where it is, the picture tells.
    x_px, y_px = slot.point_px(square)
    desk.view.verticalScrollBar().setValue(round(y_px - desk.viewport.height() / 2))
    desk.view.horizontalScrollBar().setValue(round(x_px - desk.viewport.width() / 2))
    desk.wait_for_pictures()
    desk.tool_is_out_of_sight()
    picture = desk.viewport.grab().toImage()
    top_left = desk.view.view_point(slot.left_px, slot.top_px).toPoint()
    page = QRect(top_left, QPoint(round(top_left.x() + slot.width_px), round(top_left.y() + slot.height_px)))
    # The shadow about the sheet is dark too.
    seen = dark_square(picture, page.adjusted(3, 3, -3, -3).intersected(picture.rect()))
    # QRect.center() leans up and left by half a pixel or a whole one.
    middle = QPoint(round(seen.x() + seen.width() / 2), round(seen.y() + seen.height() / 2))
    # Nothing shall pull the seal towards lines and other seals.
    desk.click(middle, Qt.KeyboardModifier.AltModifier)


def difference_center(versions: TwoVersions, document: Document, page_number: int) -> DisplayPoint:
    """Middle of what differs between two versions of a page, as shown."""
    frame = document.frame(page_number)
    change = versions.change_in(frame, page_number, frame.bounds)
    assert change is not None, f"page {page_number} is the same in both"
    return change.bounds.center


@pytest.mark.parametrize("pages", [SOME_PAGES, pytest.param(ALL_PAGES, marks=pytest.mark.nightly)], ids=["some", "all"])
def test_stamped_pixel_is_the_clicked_pixel_on_every_kind_of_page(
    qtbot: QtBot, tasks: TaskRunner, tmp_path: Path, pages: tuple[MadePage, ...]
) -> None:
    original = write_pdf(tmp_path / "pages.pdf", pages)
    blank = write_pdf(
        tmp_path / "blank.pdf", [MadePage(p.media_box, p.crop_box, p.rotation, p.user_unit, None) for p in pages]
    )
    engine = LocalEngine()
    desk = Desk(qtbot, DocumentService(engine), tasks)
    document = desk.open(original)
    signer = person_signer("林小满")
    desk.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
    desk.state.set_seal_width(SEAL_PT)
    desk.view.set_zoom(2.0)
    for page_number, page in enumerate(pages, 1):
        assert page.square is not None
        desk.state.set_tool(ToolName.SEAL)
        click_square(desk, document, page_number, page.square)
    placed = desk.session.draft.placements
    assert [p.pages.first for p in placed if isinstance(p, CoordinatePlacement)] == list(range(1, len(pages) + 1))
    with SandboxPlatform(tmp_path / "platform") as platform:
        office = Office(tmp_path / "data", platform.environment)
        try:
            submission = office.submission
            outcome = submission.run(
                submission.queue(desk.session.draft, office.environment_of(EnvironmentKind.SANDBOX))
            )
            assert outcome.state is SubmissionState.DONE, outcome.error
            assert outcome.flow_id is not None
            platform.sign(outcome.links[signer.id][0])
            (signed,) = office.flows.download(outcome.flow_id, tmp_path / "signed")
        finally:
            office.close()
    before, after, empty = (engine.open(path).handle for path in (original, signed, blank))
    squares = TwoVersions(engine, empty, before, MEASURED_PIXELS_PER_POINT)
    seals = TwoVersions(engine, before, after, MEASURED_PIXELS_PER_POINT)
    errors: dict[str, float] = {}
    for number, page in enumerate(pages, 1):
        clicked, stamped = (difference_center(versions, document, number) for versions in (squares, seals))
        errors[f"{number}: {page.label}"] = math.hypot(clicked.x_pt - stamped.x_pt, clicked.y_pt - stamped.y_pt)
    wrong = {label: round(error, 2) for label, error in errors.items() if error > TOLERANCE_PT}
    assert wrong == {}


OTHERWISE = PlatformBehaviour(
    SealAnchor.LOWER_LEFT,
    KeywordOrigin.CENTRE,
    CrossPageSplit.RIGHT_FIRST,
    LinksAtStart.YES,
    FreezeAt.EXECUTE,
    SecondAccount.REFUSED,
    organization_seal_width_pt=90.0,
    person_seal_width_pt=60.0,
)
OTHERWISE_OPTIONS = (
    *("--seal-anchor", "lower_left", "--keyword-origin", "centre", "--cross-page-split", "right_first"),
    *("--links-at-start", "--freeze-at", "execute", "--second-account", "refused"),
    *("--organization-seal-width", "90", "--person-seal-width", "60"),
)
TWO_PAGES = "[0 0 300 400]"
DRAWN_TOLERANCE_PT = 1.0
"""Half a pixel of the window at each edge, and the outline's own width."""


def picture_of_page(desk: Desk, document: Document, page_number: int) -> tuple[QImage, PageSlot]:
    """Return what the window shows of a page, from the page's upper left corner."""
    slot = desk.slot(document.id, page_number)
    desk.view.verticalScrollBar().setValue(round(slot.top_px) - 8)
    desk.wait_for_pictures()
    desk.tool_is_out_of_sight()
    corner = desk.view.view_point(slot.left_px, slot.top_px).toPoint()
    shown = QRect(corner, QPoint(round(corner.x() + slot.width_px) - 1, round(corner.y() + slot.height_px) - 1))
    picture = desk.viewport.grab().toImage()
    assert picture.rect().contains(shown)
    return picture.copy(shown).convertToFormat(QImage.Format.Format_RGB32), slot


def changed_bounds(before: QImage, after: QImage, scale: float, within: DisplayRect) -> DisplayRect:
    """Bounds of the ink that is new inside a part of the page, in points as shown; ink has a colour, text has none."""
    left, top = int(within.left_pt * scale), int(within.top_pt * scale)
    right, bottom = int((within.left_pt + within.width_pt) * scale), int((within.top_pt + within.height_pt) * scale)
    changed = [
        (x, y)
        for y in range(max(0, top), min(before.height(), bottom))
        for x in range(max(0, left), min(before.width(), right))
        if before.pixel(x, y) != after.pixel(x, y) and QColor(after.pixel(x, y)).saturation() > FAINT
    ]
    assert changed, "nothing is drawn there"
    xs, ys = [x for x, _ in changed], [y for _, y in changed]
    return DisplayRect(
        min(xs) / scale, min(ys) / scale, (max(xs) - min(xs) + 1) / scale, (max(ys) - min(ys) + 1) / scale
    )


def surroundings(mark: SealMark) -> PageRect:
    """Return the mark's place and a little around it, so that what is drawn or stamped elsewhere is found missing."""
    rect, beside = mark.rect, 4.0
    if mark.slice_count > 1:
        # Left of a slice stands the number of whose it is.
        beside = 0.0
    return PageRect(rect.left_pt - beside, rect.bottom_pt - 4.0, rect.right_pt + beside, rect.top_pt + 4.0)


def test_seals_are_stamped_where_the_window_drew_them_for_a_platform_that_behaves_otherwise(
    qtbot: QtBot, tasks: TaskRunner, tmp_path: Path
) -> None:
    path = tmp_path / "two pages.pdf"
    first = Page(media_box=TWO_PAGES).write("乙方签字", 60, 330).write("乙方签字", 60, 90, size=24.0)
    path.write_bytes(build(first, Page(media_box=TWO_PAGES).write("附件", 20, 380)))
    engine = LocalEngine()
    documents = DocumentService(engine)
    desk = Desk(qtbot, documents, tasks)
    document = desk.open(path)
    person, company = person_signer("林小满"), organization_signer("示例公司", person_signer("王经办").person)
    for one in (person, company):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=one))
    desk.view.set_zoom(1.2)
    paper = {number: picture_of_page(desk, document, number)[0] for number in (1, 2)}

    # All seals have their own size, so that the environment alone tells where they are to be drawn.
    desk.state.set_active_signer(person.id)
    desk.state.set_tool(ToolName.SEAL)
    desk.click(desk.at(document.id, 2, PagePoint(120.0, 200.0)), Qt.KeyboardModifier.AltModifier)
    ids = [new_placement_id() for _ in range(2)]
    for placed in (
        KeywordPlacement(ids[0], person.id, document.id, "乙方签字", 20.0, -4.0, confirmed_hits=2),
        CrossPagePlacement(ids[1], company.id, document.id, document.all_pages, 210.0),
    ):
        desk.place(placed)
    desk.session.set_hits(document.id, "乙方签字", documents.find(document.id, "乙方签字"))
    desk.state.set_tool(ToolName.SELECT)
    desk.selection.clear()
    usual = picture_of_page(desk, document, 1)[0]
    desk.session.use_behaviour(OTHERWISE)
    assert picture_of_page(desk, document, 1)[0] != usual
    drawn = {number: picture_of_page(desk, document, number) for number in (1, 2)}

    with SandboxPlatform(tmp_path / "platform", *OTHERWISE_OPTIONS) as platform:
        office = Office(tmp_path / "data", replace(platform.environment, behaviour=OTHERWISE))
        try:
            submission = office.submission
            outcome = submission.run(submission.queue(desk.session.draft, office.environment))
            assert outcome.state is SubmissionState.DONE, outcome.error
            assert outcome.flow_id is not None
            for one in (person, company):
                platform.sign(outcome.links[one.id][0])
            (signed,) = office.flows.download(outcome.flow_id, tmp_path / "signed")
        finally:
            office.close()
    before, after = (engine.open(one).handle for one in (path, signed))
    seals = TwoVersions(engine, before, after, MEASURED_PIXELS_PER_POINT)
    marks = desk.session.marks
    assert len(marks) == 5
    for mark in marks:
        frame = document.frame(mark.page_number)
        region = surroundings(mark)
        stamped = seals.change_in(frame, mark.page_number, region)
        assert stamped is not None, mark
        picture, slot = drawn[mark.page_number]
        shown = changed_bounds(paper[mark.page_number], picture, slot.scale, frame.rect_to_display(region))
        assert (
            math.dist((shown.center.x_pt, shown.center.y_pt), (stamped.bounds.center.x_pt, stamped.bounds.center.y_pt))
            < DRAWN_TOLERANCE_PT
        ), mark
        assert shown.width_pt == pytest.approx(stamped.bounds.width_pt, abs=2 * DRAWN_TOLERANCE_PT), mark
        assert shown.height_pt == pytest.approx(stamped.bounds.height_pt, abs=2 * DRAWN_TOLERANCE_PT), mark
