"""The popup that copies the selected seals to other pages, with a preview of the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.page_ranges import PageChoice, PageRanges, PageSelection
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.override import override
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.placement import left_out_sentence
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.popup import Popup
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.seals.commands import SealCommands


_WIDTH_PX: Final = 320


class CopyToPages(Popup):
    """Lets the user choose the pages to which the selected seals are copied, and states the effect of the choice.

    The seals are copied when the user accepts the choice.
    """

    manual_page = "seals#by-click"

    def __init__(self, session: ContractSession, commands: SealCommands, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("CopyToPages", "Copy to pages"), parent)
        self._session = session
        self._commands = commands
        ids = {p.document_id for p in commands.selected if isinstance(p, CoordinatePlacement)}
        self._page_count = max((d.page_count for d in session.draft.documents if d.id in ids), default=1)
        self._title = PlainLabel(self, self.tr("Copy to pages"), look="sectionTitle")
        self._group = QButtonGroup(self)
        self._choices = {
            selection: QRadioButton(text, self)
            for selection, text in (
                (PageSelection.ALL, self.tr("&All pages")),
                (PageSelection.FIRST, self.tr("&First page")),
                (PageSelection.LAST, self.tr("&Last page")),
            )
        }
        self._these = QRadioButton(self.tr("&Page range:"), self)
        self._pages = QLineEdit(self)
        self._pages.setPlaceholderText(self.tr("e.g. 1-3,5"))
        self._pages.setAccessibleName(self.tr("Page numbers"))
        self._skips_cover = QCheckBox(self.tr("Exclude the &cover"), self)
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._copy = QPushButton(self.tr("Copy"), self)
        self._copy.setObjectName("primary")
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._lay_out()
        self._connect()
        self._choices[PageSelection.ALL].setChecked(True)
        self.setFocusProxy(self._choices[PageSelection.ALL])
        self._show()

    @override
    def accept(self) -> None:
        if not self._copy.isEnabled():
            return
        choice = self._choice()
        self.close()
        self._commands.copy_to_pages(choice, skips_cover=self._skips_cover.isChecked())

    def _lay_out(self) -> None:
        self.setFixedWidth(sized(_WIDTH_PX))
        grid = QGridLayout()
        grid.setSpacing(8)
        for button, place in zip(self._choices.values(), ((0, 0), (1, 0), (1, 1)), strict=True):
            self._group.addButton(button)
            grid.addWidget(button, *place)
        self._group.addButton(self._these)
        grid.addWidget(self._these, 2, 0)
        grid.addWidget(self._pages, 2, 1)
        vbox(
            self._title,
            grid,
            *(self._skips_cover, self._status),
            hbox(0, self._cancel, self._copy),
            margins=(16, 12, 16, 12),
            parent=self,
        )

    def _connect(self) -> None:
        self._group.buttonToggled.connect(self._on_group_toggled)
        self._pages.textEdited.connect(self._on_pages_edited)
        self._pages.returnPressed.connect(self.accept)
        self._skips_cover.toggled.connect(self._show)
        self._copy.clicked.connect(self.accept)
        self._cancel.clicked.connect(self.close)

    def _choice(self) -> PageChoice:
        """Return the chosen pages. Raises InputError if the page range is invalid."""
        if self._these.isChecked():
            return PageRanges.parse(self._pages.text(), page_count=self._page_count)
        return next(selection for selection, button in self._choices.items() if button.isChecked())

    def _show(self) -> None:
        """State the effect of the current choice, or why it is invalid, and enable the button that copies."""
        try:
            copies = self._commands.preview_copies(self._choice(), skips_cover=self._skips_cover.isChecked())
        except InputError as error:
            is_begun = bool(self._pages.text().strip())
            self._status.setText(error_sentence(error).title if is_begun else self.tr("Which pages?"))
            self._copy.setEnabled(False)
        else:
            before = self._session.draft
            count = _pages_of(copies.draft) - _pages_of(before)
            lines = [self.tr("Adds a seal to %n more page(s).", "", count)]
            left_out = left_out_sentence(copies.left_out, before)
            self._status.setText("\n".join([*lines, left_out] if left_out else lines))
            self._copy.setEnabled(count > 0)
        self.adjustSize()

    def _on_group_toggled(self) -> None:
        if self._these.isChecked() and not self._pages.hasFocus():
            self._pages.setFocus()
        self._show()

    def _on_pages_edited(self) -> None:
        self._these.setChecked(True)
        self._show()


def _pages_of(draft: ContractDraft) -> int:
    return sum(len(p.pages) for p in draft.placements if isinstance(p, CoordinatePlacement))
