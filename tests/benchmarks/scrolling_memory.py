"""Memory of the whole process tree after scrolling through 200 MB of scans, over Qt's own viewer of PDFs.

The peer is QPdfView. Memory is what the processes have
by themselves and their share of what they have in common (PSS of Linux), seconds after the last page was shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.documents import write_photographs
from tests.benchmarks.process_tree import tree_bytes
from tests.benchmarks.qt_pdf import qt_pdf_module
from tests.benchmarks.row import Row

SIZE_BYTES = 200 * 1024 * 1024
STEP_MS = 250
REST_MS = 4000
LIMIT_S = 300.0
MIB = 1024 * 1024


def scroll_ours(path: Path) -> int:
    """Scroll through the file in the real window; return bytes."""
    from PySide6.QtTest import QTest

    from tests.benchmarks.event_loop import run_until
    from tests.benchmarks.office import office

    with office() as (standing, _):
        workspace = standing.window.workspace
        assert workspace is not None
        standing.window.open_files([path])
        view = workspace.prepare.canvas.view
        run_until(lambda: workspace.session.draft.documents and view.source.is_idle)
        document = workspace.session.draft.documents[0]
        for page_number in range(1, document.page_count + 1):
            view.go_to(document.id, page_number)
            QTest.qWait(STEP_MS)
        QTest.qWait(REST_MS)
        return tree_bytes(os.getpid())


def scroll_peer(path: Path) -> int:
    """Scroll through the file in Qt's viewer; return bytes."""
    from PySide6.QtCore import QPointF
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    viewer: Any = qt_pdf_module("QtPdfWidgets").QPdfView
    document: Any = qt_pdf_module("QtPdf").QPdfDocument()
    application = QApplication([])
    document.load(str(path))
    view = viewer(pageMode=viewer.PageMode.MultiPage, zoomMode=viewer.ZoomMode.FitToWidth)
    view.setDocument(document)
    view.resize(1280, 900)
    view.show()
    for page_index in range(document.pageCount()):
        view.pageNavigator().jump(page_index, QPointF())
        QTest.qWait(STEP_MS)
    QTest.qWait(REST_MS)
    used_bytes = tree_bytes(os.getpid())
    view.close()
    application.quit()
    return used_bytes


def _alone(function: str, path: Path) -> int:
    """Run one of the above in a process of its own."""
    program = (
        "import sys; from pathlib import Path; from tests.benchmarks import scrolling_memory as m; "
        f"print(m.{function}(Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, check=True, text=True, timeout=LIMIT_S
    )
    return int(done.stdout.split()[-1])


def measure() -> list[dict[str, str | float]]:
    """Return the row, where the system tells of memory."""
    if sys.platform != "linux":
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = write_photographs(Path(folder) / "large.pdf", size_bytes=SIZE_BYTES)
        ours, peer = _alone("scroll_ours", path), _alone("scroll_peer", path)
    return [Row("memory after scrolling through 200 MB, MiB", ours / MIB, "QPdfView", peer / MIB, 1.0).as_dict()]
