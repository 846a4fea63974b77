"""Notes what the application hands to the desktop to open, in the desktop's place."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Notebook(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def note(self, url: QUrl) -> None:
        self.urls.append(url)


@contextmanager
def opened_urls(scheme: str) -> Iterator[list[QUrl]]:
    """Collect the addresses of this scheme that are opened meanwhile."""
    notebook = _Notebook()
    # The stub asks for bytes, the function for a text.
    QDesktopServices.setUrlHandler(scheme, notebook, "note")  # type: ignore[arg-type]
    try:
        yield notebook.urls
    finally:
        QDesktopServices.unsetUrlHandler(scheme)
