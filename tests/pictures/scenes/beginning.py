"""What somebody sees who begins: the hints, images that become pages, and the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pymupdf

from esign_desktop.app.self_test import driver
from esign_desktop.ui.prepare.documents.images import ImagesDialog
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.shell.first_steps import SAMPLE
from esign_desktop.ui.shell.manual import ManualWindow
from tests.pictures.office import office

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pictures.studio import Studio


def play(studio: Studio) -> None:
    """From the first press on."""
    with office(studio, "beginning") as here:
        steps = here.window.first_steps
        assert steps is not None
        steps.begin()
        steps.open_sample()
        driver.wait_until("the first hint is there", lambda: steps.bubble is not None and bool(steps.bubble.text))
        driver.rest(600)
        studio.take("first-steps", here.window, settle=here.pages_are_drawn)
        here.workspace.prepare.open_files(_scans(here.folder))
        driver.wait_until("the dialog is there", lambda: here.window.findChildren(ImagesDialog))
        (dialog,) = here.window.findChildren(ImagesDialog)
        driver.wait_until("the images are read", lambda: dialog.pages.count() == 2 and dialog.take.isEnabled())
        driver.rest(200)
        studio.take("images", dialog)
        dialog.reject()
        manual = ManualWindow(here.window)
        manual.show_page("seals")
        manual.show()
        driver.rest(300)
        studio.take("manual", manual)
        manual.reject()


def _scans(folder: Path) -> list[Path]:
    """Return the sample contract as somebody photographs it."""
    paths = []
    with pymupdf.open(resource_path(*SAMPLE)) as pdf:
        for number, page in enumerate(pdf, 1):
            path = folder / f"scan-{number}.jpg"
            path.write_bytes(page.get_pixmap(dpi=100).tobytes("jpeg"))
            paths.append(path)
    return paths
