"""A canvas with a contract on it, and the mouse and keys that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, new_signer_id
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.ui.prepare.canvas import SealCanvas
from esign_desktop.ui.prepare.tools.state import Selection, ToolState
from tests.ui.prepare.kept_sizes import KeptSizes

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.geometry import PagePoint
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.layout import PageSlot

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Desk:
    """Opens files, adds signers, and moves the mouse over pages by page-space points."""

    def __init__(self, qtbot: QtBot, documents: DocumentService, tasks: TaskRunner) -> None:
        self.qtbot = qtbot
        self.documents = documents
        self.tasks = tasks
        self.session = ContractSession(ContractDraft.new(), clock_ms=lambda: 0)
        self.state = ToolState()
        self.selection = Selection()
        self.canvas = SealCanvas(
            self.session, self.state, self.selection, documents, cast("Preferences", KeptSizes()), tasks
        )
        qtbot.addWidget(self.canvas)
        self.canvas.resize(900, 700)
        with qtbot.waitExposed(self.canvas):
            self.canvas.show()
        self.view = self.canvas.view
        self.viewport = self.view.viewport()

    def open(self, path: Path) -> Document:
        document = self.documents.open(path)
        self.session.apply(EditName.ADD_DOCUMENTS, lambda draft: edits.add_documents(draft, [document]))
        return document

    def add_organization(self, name: str = "杭州测试科技有限公司") -> OrganizationSigner:
        signer = OrganizationSigner(new_signer_id(), Organization(name=name), Person(name="王五"))
        self.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
        return signer

    def add_person(self, name: str = "张三") -> PersonSigner:
        signer = PersonSigner(new_signer_id(), Person(name=name))
        self.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
        return signer

    def place(self, placement: Placement) -> Placement:
        self.session.apply(EditName.PLACE_SEAL, lambda draft: edits.place(draft, placement))
        return placement

    def placement(self, index: int = -1) -> Placement:
        return self.session.draft.placements[index]

    def slot(self, document_id: DocumentId, page_number: int) -> PageSlot:
        slot = self.view.page_layout.slot(document_id, page_number)
        assert slot is not None
        return slot

    def at(self, document_id: DocumentId, page_number: int, point: PagePoint) -> QPoint:
        """Where a point of page space is in the viewport, to the pixel."""
        return self.view.view_point(*self.slot(document_id, page_number).point_px(point)).toPoint()

    def click(self, position: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.viewport, LEFT, modifiers, position)

    def drag(
        self,
        start: QPoint,
        end: QPoint,
        *,
        steps: int = 5,
        modifiers: Qt.KeyboardModifier = NONE,
        release: bool = True,
    ) -> None:
        QTest.mousePress(self.viewport, LEFT, modifiers, start)
        for step in range(1, steps + 1):
            position = QPointF(start) + QPointF(end - start) * (step / steps)
            self.move(position, buttons=LEFT, modifiers=modifiers)
        if release:
            QTest.mouseRelease(self.viewport, LEFT, modifiers, end)

    def move(
        self,
        position: QPointF,
        *,
        buttons: Qt.MouseButton = Qt.MouseButton.NoButton,
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            position,
            QPointF(self.viewport.mapToGlobal(position.toPoint())),
            Qt.MouseButton.NoButton,
            buttons,
            modifiers,
        )
        QApplication.sendEvent(self.viewport, event)

    def tool_is_out_of_sight(self) -> None:
        """Let the mouse leave, so that no ghost is painted."""
        QApplication.sendEvent(self.viewport, QEvent(QEvent.Type.Leave))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, modifiers)

    def wait_for_pictures(self) -> None:
        self.qtbot.waitUntil(lambda: not self.view.is_settling and self.view.source.is_idle, timeout=10_000)
