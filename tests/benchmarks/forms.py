"""A value is typed into a form of 200 fields: how long from the key to the page with the value drawn on it.

Ours is the real window with all its panels; the peer is what an eye takes for at once: two frames at 60 Hz.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.services.editing.session import EditName
from tests.benchmarks.event_loop import run_until
from tests.benchmarks.office import office
from tests.benchmarks.row import Row
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.ui.shell.workspace import Workspace

FIELD_COUNT = 200
COLUMNS = 4
KEY_COUNT = 200
PAUSE_S = 0.004
LIMIT_MS = 1000 / 30
KINDS = (AnswerKind.TEXT, AnswerKind.AMOUNT, AnswerKind.DATE, AnswerKind.TEXT)
TEXTS = ("张三李四", "12,000.50", "2026年03月09日", "Shanghai 上海市示例路一百零八号")


def form() -> TemplateFilling:
    """Return a form that fills a page, and is filled itself."""
    wanted = tuple(
        WantedField(
            f"field{at}",
            label=f"项目 {at}",
            kind=KINDS[at % COLUMNS],
            page_number=1,
            rect=PageRect(
                *(30.0 + 135 * (at % COLUMNS), 800.0 - 15 * (at // COLUMNS)),
                *(155.0 + 135 * (at % COLUMNS), 813.0 - 15 * (at // COLUMNS)),
            ),
        )
        for at in range(FIELD_COUNT)
    )
    values = tuple((one.name, TEXTS[at % COLUMNS]) for at, one in enumerate(wanted))
    return TemplateFilling("template", values, wanted)


def ours(workspace: Workspace, path: Path) -> float:
    """Return the 99th percentile in milliseconds."""
    session, prepare = workspace.session, workspace.prepare
    workspace.open_files([path])
    run_until(lambda: session.draft.documents and session.draft.documents[0].sha256)
    document = replace(session.draft.documents[0], template=form())
    session.apply(EditName.USE_PRESET, lambda draft: replace(draft, documents=(document,)))
    view = prepare.canvas.view
    view.fit_page()
    run_until(lambda: not view.is_settling and view.source.is_idle)
    card = prepare.documents.card(document.id)
    editor = card.form.edits[f"field{FIELD_COUNT // 2}"] if card is not None else None
    if not isinstance(editor, QLineEdit):
        raise TypeError
    editor.setFocus()
    times_ms = []
    for number in range(KEY_COUNT):
        key = Qt.Key.Key_Backspace if number % 8 == 7 else Qt.Key.Key_A
        begun_s = time.perf_counter()
        QTest.keyClick(editor, key)
        QApplication.processEvents()
        times_ms.append((time.perf_counter() - begun_s) * 1000)
        time.sleep(PAUSE_S)
    filled = session.draft.documents[0].template
    if filled is None or "aaa" not in filled.value(f"field{FIELD_COUNT // 2}"):
        raise LookupError
    return sorted(times_ms)[math.ceil(0.99 * KEY_COUNT) - 1]


def measure() -> dict[str, str | float]:
    """Return the row of the benchmark's table."""
    with office() as (standing, folder):
        workspace = standing.window.workspace
        assert workspace is not None
        path = write_text_pdf(folder / "form.pdf", [["甲方（盖章）"], ["乙方（签字）"]])
        p99_ms = ours(workspace, path)
    name = "type into a form of 200 fields: key to repaint, p99, ms"
    return Row(name, p99_ms, "two frames at 60 Hz", LIMIT_MS, limit=1.0).as_dict()
