"""The seals of one signer as rows below the signer's card, with which the user can edit seals without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem

from esign_desktop.domain.contract.problems import PlacementSubject, Severity
from esign_desktop.domain.document import by_id
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, seal_width_pt
from esign_desktop.override import override
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.placement import kind_word, pages_text
from esign_desktop.ui.text.problem import problem_sentence
from esign_desktop.ui.widgets.labels import plain_tip
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.placing.placement import Placement, PlacementId
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.seals.actions import SealActions
    from esign_desktop.ui.prepare.seals.commands import SealCommands
    from esign_desktop.ui.prepare.tools.state import Selection, ToolState

_ROW_PX: Final = 24
_MOST_ROWS: Final = 6
_ID: Final = Qt.ItemDataRole.UserRole


class SealRows(QListWidget):
    """Lists the seals of the active signer, in the order of the draft. The rows share the canvas's selection.

    Enter emits ``details_requested``, the keys 1 to 9 change the signer of the selected seals, Delete removes them, and
    the arrow keys go from seal to seal. ``seal_chosen`` carries the ``PlacementId`` of the seal that the user has gone
    to. The list is hidden if there are no seals.
    """

    manual_page = "seals#positions"

    seal_chosen = Signal(object)
    details_requested = Signal()

    def __init__(
        self,
        session: ContractSession,
        state: ToolState,
        selection: Selection,
        commands: SealCommands,
        actions: SealActions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._state, self._selection, self._commands = session, state, selection, commands
        self._shown: list[tuple[PlacementId, str, str]] = []
        self._is_following = False
        self.setObjectName("sealRows")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Seals of the chosen signer"))
        self.addActions(actions.all)
        self.itemSelectionChanged.connect(self._on_rows_selected)
        self.itemClicked.connect(self._on_item_clicked)
        self.itemDoubleClicked.connect(self.details_requested)
        selection.changed.connect(self._show_selection)
        state.active_signer_changed.connect(self._show)
        self._at_rest = DebouncedChanges(session, self)
        self._at_rest.changed.connect(self._on_changed)
        # Without a signer, the list is in no layout, and would cover the title of the panel.
        self.hide()
        self._show()

    @property
    def texts(self) -> list[str]:
        """The texts of the rows."""
        return [text for _placement_id, text, _tip in self._shown]

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete):
            self._commands.remove()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.details_requested.emit()
        elif Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9 and not event.modifiers():
            self._assign(event.key() - Qt.Key.Key_0)
        elif event.text().isalpha() and not event.modifiers():
            # Letters choose tools, see ``PrepareRoom.keyPressEvent``.
            event.ignore()
        elif not self._commands.use_key(event):
            super().keyPressEvent(event)
            self._show_current()

    def _assign(self, signer_number: int) -> None:
        signers = self._session.draft.signers
        if signer_number <= len(signers) and self._selection.ids:
            self._commands.assign(signers[signer_number - 1].id)

    def _show_current(self) -> None:
        selected = self.selectedItems()
        if len(selected) == 1:
            self.seal_chosen.emit(selected[0].data(_ID))

    def _show(self) -> None:
        session = self._session
        worst: dict[PlacementId, str] = {}
        for problem in session.problems:
            if isinstance(problem.subject, PlacementSubject) and problem.severity > Severity.HINT:
                worst.setdefault(problem.subject.placement_id, problem_sentence(problem))
        shown = [
            (one.id, self._text(one), worst.get(one.id, ""))
            for one in session.draft.placements
            if one.signer_id == self._state.active_signer_id
        ]
        if shown == self._shown:
            return
        row, had_focus = self.currentRow(), self.hasFocus()
        self._shown, self._is_following = shown, True
        self.clear()
        for placement_id, text, sentence in shown:
            item = QListWidgetItem(text, self)
            item.setData(_ID, placement_id)
            item.setToolTip(plain_tip(f"{text}\n{sentence}".strip()))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, sentence)
        self._is_following = False
        self.setFixedHeight(min(len(shown), _MOST_ROWS) * max(sized(_ROW_PX), self.sizeHintForRow(0)))
        self.setVisible(bool(shown))
        self._show_selection()
        if had_focus and shown and not self.selectedItems():
            # After a removal, the next seal gets the focus, but is not selected.
            self.setCurrentRow(min(row, len(shown) - 1), self.selectionModel().SelectionFlag.NoUpdate)

    def _text(self, placement: Placement) -> str:
        draft = self._session.draft
        pages = self.tr("page {pages}").format(pages=pages_text(placement, self._session.hits))
        width_mm = pt_to_mm(seal_width_pt(placement, draft.signer(placement.signer_id), draft.behaviour))
        kind = "" if isinstance(placement, CoordinatePlacement) else kind_word(placement)
        if isinstance(placement, KeywordPlacement):
            kind = f"“{one_line(placement.keyword)}”"
        name = one_line(by_id(draft.documents)[placement.document_id].name) if len(draft.documents) > 1 else ""
        return " · ".join(filter(None, (kind, pages, f"{width_mm:.0f} mm", name)))

    def _show_selection(self) -> None:
        self._is_following = True
        try:
            for row in range(self.count()):
                item = self.item(row)
                is_selected = item.data(_ID) in self._selection
                if item.isSelected() != is_selected:
                    item.setSelected(is_selected)
                    if is_selected:
                        self.setCurrentItem(item, self.selectionModel().SelectionFlag.NoUpdate)
        finally:
            self._is_following = False

    def _on_rows_selected(self) -> None:
        if not self._is_following:
            self._selection.set(item.data(_ID) for item in self.selectedItems())

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self.seal_chosen.emit(item.data(_ID))

    def _on_changed(self, _change: Change) -> None:
        self._show()
