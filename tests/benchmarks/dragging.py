"""A seal is dragged among a thousand on a hundred pages: how long from a movement of the mouse to the repainted page.

Ours is the real window with all its panels; the peer is what a screen gives: one frame at 60 Hz.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from tests.benchmarks.event_loop import run_until
from tests.benchmarks.office import office
from tests.benchmarks.row import Row
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.signer import Signer
    from esign_desktop.ui.shell.workspace import Workspace

PAGE_COUNT = 100
SEALS_PER_PAGE = 10
MOVE_COUNT = 600
PAUSE_S = 0.004
FRAME_MS = 1000 / 60
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def seals(document_id: DocumentId, signers: tuple[Signer, ...]) -> tuple[CoordinatePlacement, ...]:
    """Return a thousand seals, in two columns on each page."""
    return tuple(
        CoordinatePlacement(
            new_placement_id(),
            signers[index % 2].id,
            document_id,
            PageRanges.single(page_number),
            PagePoint(180 + index % 2 * 240, 100 + index // 2 * 150),
            100.0,
        )
        for page_number in range(1, PAGE_COUNT + 1)
        for index in range(SEALS_PER_PAGE)
    )


def ours(workspace: Workspace, path: Path) -> float:
    """Return the 99th percentile in milliseconds."""
    session, view = workspace.session, workspace.prepare.canvas.view
    workspace.open_files([path])
    run_until(lambda: session.draft.documents)
    document = session.draft.documents[0]
    signers = (make_organization_signer(), make_person_signer())
    for signer in signers:
        session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    placements = seals(document.id, signers)
    session.apply(EditName.PLACE_SEAL, partial(_with, placements=placements))
    view.fit_page()
    view.go_to(document.id, 50)
    run_until(lambda: not view.is_settling and view.source.is_idle)
    held = next(p for p in placements if p.pages.first == 50)
    slot = view.page_layout.slot(document.id, 50)
    if slot is None:
        raise LookupError
    start = view.view_point(*slot.point_px(held.center))
    _send(workspace, QEvent.Type.MouseButtonPress, start, LEFT)
    times_ms = []
    for number in range(MOVE_COUNT):
        position = start + QPointF(100 * math.sin(number / 40), -150 * (1 - math.cos(number / 60)))
        begun_s = time.perf_counter()
        _send(workspace, QEvent.Type.MouseMove, position, NONE)
        QApplication.processEvents()
        times_ms.append((time.perf_counter() - begun_s) * 1000)
        time.sleep(PAUSE_S)
    _send(workspace, QEvent.Type.MouseButtonRelease, start, LEFT)
    return sorted(times_ms)[math.ceil(0.99 * MOVE_COUNT) - 1]


def _with(draft: ContractDraft, placements: tuple[CoordinatePlacement, ...]) -> ContractDraft:
    return replace(draft, placements=placements)


def _send(workspace: Workspace, kind: QEvent.Type, position: QPointF, button: Qt.MouseButton) -> None:
    viewport = workspace.prepare.canvas.view.viewport()
    where = QPointF(viewport.mapToGlobal(position.toPoint()))
    event = QMouseEvent(kind, position, where, button, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, event)


def measure() -> dict[str, str | float]:
    """Return the row of the benchmark's table."""
    with office() as (standing, folder):
        workspace = standing.window.workspace
        assert workspace is not None
        path = write_text_pdf(folder / "contract.pdf", [["甲方（盖章）", "乙方（签字）"] * 8] * PAGE_COUNT)
        p99_ms = ours(workspace, path)
    name = "drag a seal among 1,000: move to repaint, p99, ms"
    return Row(name, p99_ms, "a frame at 60 Hz", FRAME_MS, limit=1.0).as_dict()
