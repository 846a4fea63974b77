"""Starts the application, or an empty window, and prints when it was painted and when it could be used.

Arguments: the time when the process was started (``time.monotonic()`` of the parent), ``application`` or ``empty``, and
files to open. Nothing is imported before the application imports it itself.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

PAGE_WIDTH_PX = 602
"""As wide as a page in the window when it is opened for the first time."""
PROGRAM_MODULE = "esign_desktop.app.main"


class Probe:
    """Keeps the times, and ends the application when all are known."""

    def __init__(self, started_s: float) -> None:
        self._started_s = started_s
        self._times_ms: dict[str, float] = {}
        self._filter: Any = None

    def note(self, event: str) -> None:
        self._times_ms.setdefault(event, (time.monotonic() - self._started_s) * 1000)

    def watch(self, window: Any, on_paint: Callable[[], None] | None = None) -> None:
        """Note when the window has been painted for the first time; then ``on_paint``."""
        from PySide6.QtCore import QEvent, QObject, QTimer

        probe = self

        class Watcher(QObject):
            @override
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:
                if event.type() == QEvent.Type.Paint:
                    watched.removeEventFilter(self)
                    QTimer.singleShot(0, lambda: probe.note("interactive"))
                    if on_paint is not None:
                        on_paint()
                return False

        self._filter = Watcher(window)
        window.installEventFilter(self._filter)

    def page_painted(self) -> None:
        """Note that the page has been painted, and end; without the rooms, which the peer has not either."""
        from PySide6.QtCore import QCoreApplication, QTimer

        self.note("page")

        def end() -> None:
            print(json.dumps(self._times_ms), flush=True)
            QCoreApplication.quit()

        QTimer.singleShot(0, end)

    def finish(self) -> None:
        """Note that the window can be used, once nothing is left to do, and end."""
        from PySide6.QtCore import QCoreApplication, QTimer

        def idle() -> None:
            if "interactive" not in self._times_ms:
                QTimer.singleShot(0, idle)
                return
            self.note("populated")
            print(json.dumps(self._times_ms), flush=True)
            QCoreApplication.quit()

        # A timer of no time waits until all other events have been handled.
        QTimer.singleShot(0, idle)


class ProgramHook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Puts the probe into the program the moment its module has been read."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._loader: Any = None

    @override
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != PROGRAM_MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None
        self._loader, spec.loader = spec.loader, self
        return spec

    @override
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    @override
    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        probe, program = self._probe, module.Program
        start = program.start

        def watched_start(self: Any) -> None:
            probe.watch(self.window)
            # A page that comes so late that the rooms stand already is never painted: so at the very first start.
            self.populated.connect(probe.finish)
            if self.first_sheet is not None:
                # As the peer's: its picture of the page is a label too.
                probe.watch(self.first_sheet.page, probe.page_painted)
            start(self)

        program.start = watched_start


def run_application(probe: Probe, files: list[str]) -> int:
    sys.meta_path.insert(0, ProgramHook(probe))
    sys.argv = ["esign-desktop", *files]
    from esign_desktop.__main__ import main

    return main()


def run_empty_window(probe: Probe) -> int:
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication([])
    window = QMainWindow()
    window.resize(1360, 860)
    probe.watch(window)
    window.show()
    probe.finish()
    return application.exec()


def run_smallest_viewer(probe: Probe, file: str) -> int:
    """One process, Qt and PyMuPDF, one page: the least that shows a PDF."""
    import pymupdf
    from PySide6.QtGui import QImage, QPixmap
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    application = QApplication([])
    page: Any = pymupdf.open(file)[0]
    scale = PAGE_WIDTH_PX / page.rect.width
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
    image = QImage(pixmap.samples, pixmap.width, pixmap.height, pixmap.stride, QImage.Format.Format_RGB888)
    label = QLabel()
    label.setPixmap(QPixmap.fromImage(image))
    window = QMainWindow()
    window.setCentralWidget(label)
    window.resize(1360, 860)
    probe.watch(label, probe.page_painted)
    window.show()
    return application.exec()


if __name__ == "__main__":
    _probe = Probe(float(sys.argv[1]))
    _kind, _files = sys.argv[2], sys.argv[3:]
    if _kind == "application":
        sys.exit(run_application(_probe, _files))
    sys.exit(run_smallest_viewer(_probe, _files[0]) if _files else run_empty_window(_probe))
