"""A file manager with one file in it, from which it can be dragged: ``python -m tests.e2e.file_desk FILE X Y``.

It tells on stdout what a person sees by the pointer: ``ready``, ``wanted``, ``not wanted``, ``let go``.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

from esign_desktop.override import override

SIZE_PX = 60


class OneFile(QLabel):
    """Begins a drag of its file as soon as the mouse moves with the button down."""

    def __init__(self, path: str, place: QPoint) -> None:
        super().__init__("PDF")
        self._path = path
        self.setWindowFlags(Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFixedSize(SIZE_PX, SIZE_PX)
        self.move(place)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self._path)])
        drag.setMimeData(data)
        drag.actionChanged.connect(self._on_drag_action_changed)
        drag.exec(Qt.DropAction.CopyAction)
        tell("let go")

    def _on_drag_action_changed(self, action: Qt.DropAction) -> None:
        tell("wanted" if action is Qt.DropAction.CopyAction else "not wanted")


def main() -> int:
    path, x, y = sys.argv[1:]
    application = QApplication(sys.argv[:1])
    file = OneFile(path, QPoint(int(x), int(y)))
    file.show()
    tell("ready")
    return application.exec()


def tell(what: str) -> None:
    """Say to whoever started it how far things are."""
    print(what, flush=True)  # noqa: T201 - that is how it is heard


if __name__ == "__main__":
    sys.exit(main())
