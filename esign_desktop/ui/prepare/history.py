"""The list of undo steps, in which the user can go to any step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QSize, Qt
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem

from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.popup import Popup
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QWidget

    from esign_desktop.services.editing.session import Change, ContractSession


_NAMES = {
    EditName.ADD_DOCUMENTS: QT_TRANSLATE_NOOP("EditNames", "Add documents"),
    EditName.REMOVE_DOCUMENT: QT_TRANSLATE_NOOP("EditNames", "Remove document"),
    EditName.RENAME_DOCUMENT: QT_TRANSLATE_NOOP("EditNames", "Rename document"),
    EditName.MOVE_DOCUMENT: QT_TRANSLATE_NOOP("EditNames", "Move document"),
    EditName.REPLACE_DOCUMENT: QT_TRANSLATE_NOOP("EditNames", "Replace document"),
    EditName.MAKE_UPRIGHT: QT_TRANSLATE_NOOP("EditNames", "Create upright copy"),
    EditName.CHANGE_SIGNING: QT_TRANSLATE_NOOP("EditNames", "Change documents to sign"),
    EditName.FILL_FORM: QT_TRANSLATE_NOOP("EditNames", "Fill in form"),
    EditName.CHANGE_FIELDS: QT_TRANSLATE_NOOP("EditNames", "Change form fields"),
    EditName.CHANGE_TABLES: QT_TRANSLATE_NOOP("EditNames", "Change tables"),
    EditName.CHANGE_ADDED_PAGES: QT_TRANSLATE_NOOP("EditNames", "Change pages at the end"),
    EditName.ADD_SIGNER: QT_TRANSLATE_NOOP("EditNames", "Add signer"),
    EditName.CHANGE_SIGNER: QT_TRANSLATE_NOOP("EditNames", "Change signer"),
    EditName.REMOVE_SIGNER: QT_TRANSLATE_NOOP("EditNames", "Remove signer"),
    EditName.ARRANGE_SIGNERS: QT_TRANSLATE_NOOP("EditNames", "Change signing order"),
    EditName.CHANGE_OPTIONS: QT_TRANSLATE_NOOP("EditNames", "Change options"),
    EditName.PLACE_SEAL: QT_TRANSLATE_NOOP("EditNames", "Place seal"),
    EditName.PLACE_KEYWORD: QT_TRANSLATE_NOOP("EditNames", "Place keyword seals"),
    EditName.PLACE_CROSS_PAGE: QT_TRANSLATE_NOOP("EditNames", "Place cross-page seal"),
    EditName.MOVE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Move seals"),
    EditName.RESIZE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Resize seals"),
    EditName.CHANGE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Change seals"),
    EditName.ASSIGN_SEALS: QT_TRANSLATE_NOOP("EditNames", "Change signer of seals"),
    EditName.REMOVE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Remove seals"),
    EditName.CONFIRM_HITS: QT_TRANSLATE_NOOP("EditNames", "Confirm keyword seals"),
    EditName.ALIGN_SEALS: QT_TRANSLATE_NOOP("EditNames", "Align seals"),
    EditName.DISTRIBUTE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Distribute seals"),
    EditName.DUPLICATE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Duplicate seals"),
    EditName.COPY_TO_PAGES: QT_TRANSLATE_NOOP("EditNames", "Copy seals to pages"),
    EditName.PASTE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Paste seals"),
    EditName.SPLIT_CROSS_PAGE: QT_TRANSLATE_NOOP("EditNames", "Group pages for cross-page seal"),
    EditName.USE_PRESET: QT_TRANSLATE_NOOP("EditNames", "Use preset"),
    EditName.TAKE_PROPOSALS: QT_TRANSLATE_NOOP("EditNames", "Accept proposals"),
}


def edit_sentence(name: EditName) -> str:
    """Return the translated name of an edit, for example "Place seal"."""
    return QCoreApplication.translate("EditNames", str(_NAMES[name]))


_WIDTH_PX: Final = 280
_ROW_PX: Final = 26
_SHOWN_ROWS: Final = 14


class HistoryList(Popup):
    """A popup that lists the edits of the contract, and undoes or redoes edits until the chosen one is the last.

    The popup stays open, so that the user can choose several edits in turn.
    """

    manual_page = "prepare#drafts"

    def __init__(self, session: ContractSession, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("HistoryList", "History"), parent)
        self.setFixedWidth(sized(_WIDTH_PX))
        self._session = session
        title = PlainLabel(self, self.tr("History"), look="sectionTitle")
        self._steps = QListWidget(self)
        self._steps.setFrameShape(QFrame.Shape.NoFrame)
        self._steps.setUniformItemSizes(True)
        self._steps.setAccessibleName(self.tr("History"))
        self._steps.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusProxy(self._steps)
        vbox(title, self._steps, spacing=4, margins=(12, 8, 4, 8), parent=self)
        self._steps.itemClicked.connect(self._on_step_chosen)
        self._steps.itemActivated.connect(self._on_step_chosen)
        self.destroyed.connect(session.subscribe(self._on_session_changed))
        self._show()
        self._steps.setFixedHeight(min(_SHOWN_ROWS, self._steps.count()) * sized(_ROW_PX) + 4)

    @override
    def open_at(self, position: QPoint) -> None:
        """Open the popup at a screen position, scrolled to the current step."""
        super().open_at(position)
        self._steps.scrollToItem(self._steps.currentItem())

    def _show(self) -> None:
        entries = self._session.history()
        current_row = next((row for row, entry in enumerate(entries, 1) if entry.is_current), 0)
        texts = [self.tr("Initial state"), *(edit_sentence(entry.name) for entry in entries)]
        self._steps.clear()
        for row, text in enumerate(texts):
            item = QListWidgetItem(text)
            item.setSizeHint(QSize(0, sized(_ROW_PX)))
            if row > current_row:
                item.setForeground(theme().hint)
                item.setToolTip(self.tr("Undone; select to redo"))
            self._steps.addItem(item)
        self._steps.setCurrentRow(current_row)

    def _on_step_chosen(self, item: QListWidgetItem) -> None:
        self._session.go_to(self._steps.row(item) - 1)

    def _on_session_changed(self, _change: Change) -> None:
        self._show()
