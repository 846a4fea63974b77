"""What the column of documents says while a file takes its time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.ui.prepare.documents.panel import DocumentsPanel
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from esign_desktop.domain.document import Document
    from tests.ui.prepare.conftest import RoomDesk

LIMIT_S = 30


def said(desk: RoomDesk) -> list[str]:
    panel = desk.room.findChild(DocumentsPanel)
    assert panel is not None
    return [label.text() for label in panel.findChildren(PlainLabel) if label.isVisible()]


def is_opening(desk: RoomDesk) -> bool:
    return any(text.startswith("Opening…") for text in said(desk))


def test_a_file_that_takes_its_time_is_named_until_it_is_open(
    desk: RoomDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pdf(tmp_path / "contract.pdf", [MadePage()])
    arrived, read = threading.Event(), DocumentService.open_quickly

    def read_late(service: DocumentService, path: Path, password: str | None = None) -> Document:
        arrived.wait(LIMIT_S)
        return read(service, path, password)

    monkeypatch.setattr(DocumentService, "open_quickly", read_late)
    desk.room.open_files([path])
    desk.qtbot.waitUntil(lambda: is_opening(desk) and "contract.pdf" in said(desk))
    arrived.set()
    desk.qtbot.waitUntil(lambda: len(desk.session.draft.documents) == 1)
    desk.qtbot.waitUntil(lambda: not is_opening(desk))


def test_nothing_is_said_of_opening_a_file_that_fails(desk: RoomDesk, tmp_path: Path) -> None:
    (tmp_path / "contract.pdf").write_bytes(b"no PDF at all")
    desk.room.open_files([tmp_path / "contract.pdf"])
    desk.qtbot.waitUntil(lambda: bool(desk.messages.rows))
    desk.qtbot.wait(400)
    assert not is_opening(desk)
    assert not desk.room.documents.isVisible()
    assert desk.room.welcome.isVisible()
