"""Who comes first in the window, a preset or what was read in the document."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from esign_desktop.app.self_test import parties
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId
from esign_desktop.domain.signer import PersonSigner, SignerId, display_name, role_of
from esign_desktop.ui.prepare.signers.fields import PersonFields
from esign_desktop.ui.presets.offer import OfferBar
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.ui.prepare.proposals.bar import ProposalBar
    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start

WAIT_MS = 20_000


class Window:
    """A program that keeps a preset of the sample, whose only signer is a customer."""

    def __init__(self, start: Start, qtbot: QtBot, folder: Path) -> None:
        program = start()
        assert program.workspace is not None
        self.workspace: Workspace = program.workspace
        self.qtbot = qtbot
        self.path = folder / "合同.pdf"
        shutil.copyfile(resource_path("samples", "service-contract.pdf"), self.path)
        services = self.workspace.services
        person = PersonSigner(SignerId("person"), parties.PERSON)
        draft = edits.add_signer(ContractDraft.new(), person)
        draft = edits.add_documents(draft, [services.documents.open(self.path)])
        (document,) = draft.documents
        seal = CoordinatePlacement(
            PlacementId("seal"), person.id, document.id, PageRanges.single(1), PagePoint(300.0, 300.0)
        )
        environment = services.environments.current()
        services.presets.make(edits.place(draft, seal), (person.id,), name="服务", environment=environment)

    def open(self) -> None:
        self.workspace.open_files([self.path])

    def wait_for(self, kind: type[QWidget]) -> QWidget:
        def shown() -> QWidget | None:
            found = self.workspace.prepare.findChildren(kind)
            return next((one for one in found if isinstance(one, kind) and one.isVisible()), None)

        self.qtbot.waitUntil(lambda: shown() is not None, timeout=WAIT_MS)
        widget = shown()
        assert widget is not None
        return widget

    def press(self, key: Qt.Key) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        self.qtbot.keyClick(focus, key)

    def bar(self) -> ProposalBar:
        return self.workspace.prepare.problems_bar.proposals


@pytest.fixture
def window(start: Start, qtbot: QtBot, tmp_path: Path) -> Window:
    return Window(start, qtbot, tmp_path)


def test_a_preset_wins_and_asks_for_its_customer(window: Window) -> None:
    documents = window.workspace.services.documents
    looked, go_on = threading.Event(), threading.Event()
    propose = documents.propose

    def propose_late(document_id: DocumentId) -> Proposal:
        looked.set()
        go_on.wait(WAIT_MS / 1000)
        return propose(document_id)

    with patch.object(documents, "propose", propose_late):
        window.open()
        window.wait_for(OfferBar)
        window.qtbot.waitUntil(looked.is_set, timeout=WAIT_MS)
        window.press(Qt.Key.Key_Return)
        fields = window.wait_for(PersonFields)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert fields.isAncestorOf(focus)
        # What comes too late is not shown either.
        go_on.set()
        proposals = window.workspace.prepare.proposals
        window.qtbot.waitUntil(lambda: not proposals.is_looking, timeout=WAIT_MS)
    assert not proposals.plan
    assert not window.bar().isVisible()
    assert len(window.workspace.session.draft.placements) == 1


@pytest.mark.nightly
def test_where_the_preset_is_not_wanted_the_proposals_come(window: Window) -> None:
    window.open()
    offer = window.wait_for(OfferBar)
    proposals = window.workspace.prepare.proposals
    assert not window.bar().isVisible()
    decline = offer.findChildren(QPushButton)[1]
    window.qtbot.mouseClick(decline, Qt.MouseButton.LeftButton)
    window.qtbot.waitUntil(lambda: not proposals.is_looking, timeout=WAIT_MS)
    assert window.bar().isVisible()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert window.bar().isAncestorOf(focus)
    window.press(Qt.Key.Key_Return)
    assert [role_of(one) for one in window.workspace.session.draft.signers] == ["甲方", "乙方"]


def test_a_preset_takes_the_papers_name_for_its_customer_and_the_files_title(window: Window) -> None:
    window.open()
    window.wait_for(OfferBar)
    window.press(Qt.Key.Key_Return)
    session = window.workspace.session
    window.qtbot.waitUntil(lambda: [display_name(one) for one in session.draft.signers] == ["林小满"], timeout=WAIT_MS)
    assert session.draft.title == "合同"
