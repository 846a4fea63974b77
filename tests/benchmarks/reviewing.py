"""Opening the review of a 30-page contract, while accounts, plan and files are asked for in the background.

From the press on the button in the real window until the review is painted, for the first review of a session.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.deferred_imports import REVIEW
from esign_desktop.ui.send.review import ReviewSheet
from tests.benchmarks.event_loop import run_until
from tests.benchmarks.office import office
from tests.benchmarks.row import Row
from tests.services.desk import person_signer
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.ui.shell.workspace import Workspace

PAGE_COUNT = 30
LIMIT_MS = 200


def opened_ms(workspace: Workspace, path: Path) -> tuple[float, float]:
    """Prepare a contract, press the button, and return the time until its review is painted, in milliseconds.

    The second number is the processor time of the window's thread, which other work on the machine hardly changes.
    """
    session = workspace.session
    workspace.open_files([path])
    run_until(lambda: session.draft.documents)
    document = session.draft.documents[0]
    signers = person_signer("张示例", number="110101199003071233"), person_signer("李示例", number="110101198506124566")
    for number, signer in enumerate(signers):
        session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
        seal = CoordinatePlacement(
            *(new_placement_id(), signer.id, document.id),
            PageRanges.single(1),
            PagePoint(180 + number * 240, 100),
            100.0,
        )
        session.apply(EditName.PLACE_SEAL, partial(_with, seal=seal))
    run_until(lambda: workspace.prepare.problems_bar.is_ready and workspace.prepare.canvas.view.source.is_idle)
    workspace.tasks.wait_idle()
    # They are imported between events while a user looks at the pages, which takes longer than this preparation.
    run_until(lambda: REVIEW[-1] in sys.modules)
    loop = QEventLoop()
    started_s, worked_s = time.perf_counter(), time.thread_time()
    workspace.prepare.problems_bar.send_button.click()
    run_until(lambda: any(sheet.isVisible() for sheet in workspace.prepare.findChildren(ReviewSheet)))
    # A timer of no time waits until the review has been painted.
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, loop.quit))
    loop.exec()
    return (time.perf_counter() - started_s) * 1000, (time.thread_time() - worked_s) * 1000


def _with(draft: ContractDraft, seal: CoordinatePlacement) -> ContractDraft:
    return replace(draft, placements=(*draft.placements, seal))


def measure() -> list[dict[str, str | float]]:
    """Return the row."""
    with office() as (standing, folder):
        path = write_text_pdf(folder / "contract.pdf", [["甲方（盖章）", "乙方（签字）"]] * PAGE_COUNT)
        workspace = standing.window.workspace
        if workspace is None:
            raise LookupError
        taken_ms, worked_ms = opened_ms(workspace, path)
    opened = "review of 30 pages opened while everything is asked"
    return [
        Row(f"{opened}, ms", taken_ms, f"{LIMIT_MS} ms", LIMIT_MS, 1.0).as_dict(),
        Row(f"{opened}, the window's processor time, ms", worked_ms, f"{LIMIT_MS} ms", LIMIT_MS, 1.0).as_dict(),
    ]
