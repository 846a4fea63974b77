"""The menu that sets how a signer signs each document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from esign_desktop.domain.placing.participation import (
    Participation,
    can_take_part,
    participation,
    with_participation,
)
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.signer import Signer, SignerId
    from esign_desktop.services.editing.session import ContractSession


class SigningMenu(QMenu):
    """A menu with a submenu for each document, in which the user sets how the signer signs the document.

    Choices that are not possible are disabled. The menu deletes itself when it is closed.
    """

    def __init__(self, session: ContractSession, signer_id: SignerId, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._signer_id = signer_id
        draft = session.draft
        signer = draft.signer(signer_id)
        for document in draft.documents:
            menu = self.addMenu(one_line(document.name).replace("&", "&&"))
            self._fill(menu, draft, signer, document.id)
        if not draft.documents:
            self.addAction(self.tr("No document yet")).setEnabled(False)

    def _fill(self, menu: QMenu, draft: ContractDraft, signer: Signer, document_id: DocumentId) -> None:
        group = QActionGroup(menu)
        now = participation(draft, signer, document_id)
        for wanted, text in (
            (Participation.GIVEN, self.tr("Uses the seal positions set here")),
            (Participation.FREE, self.tr("Places the seal themselves")),
            (Participation.NONE, self.tr("Doesn't sign this document")),
        ):
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(now is wanted)
            action.setEnabled(can_take_part(draft, signer, document_id, wanted))
            action.triggered.connect(partial(self._on_action_triggered, document_id, wanted))
            group.addAction(action)
            menu.addAction(action)

    def _on_action_triggered(self, document_id: DocumentId, wanted: Participation) -> None:
        signer_id = self._signer_id
        self._session.apply(
            EditName.CHANGE_SIGNING, lambda draft: with_participation(draft, signer_id, document_id, wanted)
        )
