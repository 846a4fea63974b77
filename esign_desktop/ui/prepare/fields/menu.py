"""The menu that arranges, copies and deletes the selected fields of a template."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.arranging import Alignment
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.actions import ActionName, action_text, plain_text
from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from esign_desktop.ui.prepare.fields.controller import FieldController

_ALIGNMENTS: Final = {
    Alignment.LEFT: ActionName.ALIGN_LEFT,
    Alignment.CENTER: ActionName.ALIGN_CENTER,
    Alignment.RIGHT: ActionName.ALIGN_RIGHT,
    Alignment.TOP: ActionName.ALIGN_TOP,
    Alignment.MIDDLE: ActionName.ALIGN_MIDDLE,
    Alignment.BOTTOM: ActionName.ALIGN_BOTTOM,
}


class FieldMenu(QMenu):
    """The menu for the selected fields, on the pages and at the button of the strip."""

    manual_page = "templates#create"

    def __init__(self, controller: FieldController, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        for alignment, name in _ALIGNMENTS.items():
            action = self.addAction(icon(name.value.replace("_", "-")), plain_text(action_text(name)))
            action.triggered.connect(partial(controller.align, alignment))
        self.addSeparator()
        self.addAction(self.tr("Same size as the first"), controller.make_same_size)
        self.addAction(self.tr("Duplicate"), controller.duplicate)
        self.addAction(self.tr("Copy to pages…"), self._ask_pages)
        self.addSeparator()
        self.addAction(icon("delete"), self.tr("Delete"), controller.remove_chosen)

    def copy_to_pages(self, text: str) -> None:
        """Copy the selected fields to the pages in ``text``, such as ``2-4,6``.

        If it is not valid, ``hint_given`` of the controller carries the reason.
        """
        controller = self._controller
        try:
            controller.copy_to_pages(PageRanges.parse(text, page_count=len(controller.pages)))
        except InputError as error:
            controller.hint_given.emit(error_sentence(error).text)

    def _ask_pages(self) -> None:
        dialog = QInputDialog(self.parentWidget())
        dialog.setWindowTitle(self.tr("Copy to pages"))
        dialog.setLabelText(self.tr("Pages, such as 2-4,6"))
        dialog.setTextValue(f"1-{len(self._controller.pages)}")
        dialog.textValueSelected.connect(self.copy_to_pages)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
