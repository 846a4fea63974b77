"""Open files and web addresses with the desktop's programs, and report failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def open_link(link: str, tell: Callable[[str], object]) -> None:
    """Open a web address in the browser. If that fails, call ``tell`` with a sentence."""
    if not QDesktopServices.openUrl(QUrl(link, QUrl.ParsingMode.StrictMode)):
        tell(
            QCoreApplication.translate(
                "Opening", "The browser couldn't be opened. Copy the link and open it in a browser yourself."
            )
        )


def open_path(path: Path, tell: Callable[[str], object]) -> None:
    """Open a file or a folder with the desktop's program for it. If that fails, call ``tell`` with a sentence."""
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        sentence = QCoreApplication.translate(
            "Opening", "No program on this computer opened “{name}”. The file is in {folder}."
        )
        tell(sentence.format(name=one_line(path.name), folder=one_line(str(path.parent))))
