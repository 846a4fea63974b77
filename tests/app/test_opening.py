"""Files that come while something lies over the contract on the desk."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from esign_desktop.app.self_test import parties
from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.services.editing.session import EditName
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.ui.prepare.drafts import DraftsList
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.window import MainWindow
from esign_desktop.ui.widgets.actions import ActionName
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start

WAIT_MS = 20_000


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return tuple(write_text_pdf(tmp_path / f"{name}.pdf", [["合同"]]) for name in ("一", "二"))  # type: ignore[return-value]


@pytest.fixture
def workspace(start: Start, qtbot: QtBot, files: tuple[Path, Path]) -> Workspace:
    """A contract that can be sent, on the desk."""
    workspace = start(files[0], with_sandbox=True).workspace
    assert workspace is not None
    session = workspace.session
    qtbot.waitUntil(lambda: bool(session.draft.documents and session.draft.documents[0].sha256), timeout=WAIT_MS)
    signer = PersonSigner(SignerId("person"), parties.PERSON)
    session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    seal = CoordinatePlacement(
        *(new_placement_id(), signer.id, session.draft.documents[0].id, PageRanges.single(1), PagePoint(200, 300))
    )
    session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    return workspace


def program_window(workspace: Workspace) -> MainWindow:
    window = workspace.prepare.window()
    assert isinstance(window, MainWindow)
    return window


def names(workspace: Workspace) -> list[str]:
    return [document.name for document in workspace.session.draft.documents]


@pytest.mark.nightly
def test_a_file_that_comes_while_the_review_stands_leads_back_to_the_contract(
    workspace: Workspace, qtbot: QtBot, files: tuple[Path, Path]
) -> None:
    workspace.prepare.send_requested.emit()
    assert workspace.prepare.findChildren(ReviewSheet)
    workspace.open_files([files[1]])
    qtbot.waitUntil(lambda: names(workspace) == ["一", "二"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not workspace.prepare.findChildren(ReviewSheet))
    assert workspace.prepare.canvas.isVisible()


@pytest.mark.nightly
def test_a_file_that_comes_while_a_contract_is_sent_waits_and_says_so(
    workspace: Workspace, qtbot: QtBot, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, run = Event(), SubmissionService.run

    def waits(*args: Any, **kwargs: Any) -> Any:
        assert goes_on.wait(WAIT_MS / 1000)
        return run(*args, **kwargs)

    monkeypatch.setattr(SubmissionService, "run", waits)
    workspace.prepare.send_requested.emit()
    (sheet,) = workspace.prepare.findChildren(ReviewSheet)
    send = next(button for button in sheet.findChildren(QPushButton) if button.text() == "Send now")
    qtbot.waitUntil(send.isEnabled, timeout=WAIT_MS)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: workspace.is_sending)
    workspace.open_files([files[1]])
    actions = program_window(workspace).actions_by_name
    for name in (ActionName.NEW, ActionName.OPEN, ActionName.DRAFTS, ActionName.DISCARD, ActionName.SAVE_PRESET):
        actions[name].trigger()
    told = [row.title for row in workspace._messages.rows]  # noqa: SLF001
    assert "A contract is being sent." in told
    assert names(workspace) == ["一"]
    assert workspace.prepare.findChildren(SendingPanel)
    assert not workspace.prepare.findChildren(QFileDialog)
    assert not workspace.prepare.findChildren(DraftsList)
    goes_on.set()
    qtbot.waitUntil(lambda: not workspace.is_sending, timeout=WAIT_MS)
    # Sent, it is no draft any more, at once: the next file begins another contract.
    workspace.open_files([files[1]])
    qtbot.waitUntil(lambda: names(workspace) == ["二"], timeout=WAIT_MS)
    assert "A contract is being sent." not in [row.title for row in workspace._messages.rows]  # noqa: SLF001
