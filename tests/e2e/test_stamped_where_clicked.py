"""The stamped pixel is the clicked pixel, on every kind of page: from the widget through the platform and back.

Nothing is computed with page geometry here: a black square is found by its pixels in the window's picture and clicked,
and the seal is found by its pixels in the file that comes back.
"""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage

from esign_desktop.app.self_test.pixel_difference import TwoVersions
from esign_desktop.domain import edits
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.geometry import DisplayPoint, PagePoint
from esign_desktop.domain.placement import CoordinatePlacement
from esign_desktop.pdf.local_engine import LocalEngine
from esign_desktop.services.documents import DocumentService
from esign_desktop.services.session import EditName
from esign_desktop.services.submission import SubmissionState
from esign_desktop.ui.prepare.state import ToolName
from esign_desktop.ui.tasks import TaskRunner
from tests.services.desk import Desk as Office
from tests.services.desk import person_signer
from tests.services.rehearsal import RehearsalPlatform
from tests.ui.made_pdfs import MadePage, write_pdf
from tests.ui.prepare.kept_sizes import KeptSizes
from tests.ui.prepare.tools.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.document import Document
    from esign_desktop.ui.prepare.canvas import CanvasServices

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TOLERANCE_PT = 0.5
SEAL_PT = 40.0
MEASURED_PIXELS_PER_POINT = 4.0
DARK = 60

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
PAGES = (
    *(
        MadePage(media, crop, rotation, unit, square=PagePoint(90.0, 150.0))
        for (media, crop), rotation, unit in itertools.product(BOXES, ROTATIONS, USER_UNITS)
    ),
    *MIXED,
)


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


def click_square(desk: Desk, document: Document, page_number: int) -> None:
    """Click what is seen as the square's middle."""
    square = PAGES[page_number - 1].square
    assert square is not None
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


def test_stamped_pixel_is_the_clicked_pixel_on_every_kind_of_page(
    qtbot: QtBot, tasks: TaskRunner, tmp_path: Path
) -> None:
    original = write_pdf(tmp_path / "all-pages.pdf", PAGES)
    blank = write_pdf(
        tmp_path / "blank.pdf", [MadePage(p.media_box, p.crop_box, p.rotation, p.user_unit, None) for p in PAGES]
    )
    engine = LocalEngine()
    services = cast("CanvasServices", SimpleNamespace(documents=DocumentService(engine), preferences=KeptSizes()))
    desk = Desk(qtbot, services, tasks)
    document = desk.open(original)
    signer = person_signer("林小满")
    desk.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
    desk.state.set_seal_width(SEAL_PT)
    desk.view.set_zoom(2.0)
    for page_number in range(1, len(PAGES) + 1):
        desk.state.set_tool(ToolName.SEAL)
        click_square(desk, document, page_number)
    placed = desk.session.draft.placements
    assert [p.pages.first for p in placed if isinstance(p, CoordinatePlacement)] == list(range(1, len(PAGES) + 1))
    with RehearsalPlatform(tmp_path / "platform") as platform:
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
    for number, page in enumerate(PAGES, 1):
        clicked, stamped = (difference_center(versions, document, number) for versions in (squares, seals))
        errors[f"{number}: {page.label}"] = math.hypot(clicked.x_pt - stamped.x_pt, clicked.y_pt - stamped.y_pt)
    wrong = {label: round(error, 2) for label, error in errors.items() if error > TOLERANCE_PT}
    assert wrong == {}
