"""Describe the fields of a template and their moves to screen readers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.ui.text.placement import place_words
from esign_desktop.ui.text.template import fault_sentence, field_title, kind_word
from esign_desktop.ui.viewer.page_items import ItemAction, PageItem

if TYPE_CHECKING:
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.ui.prepare.fields.controller import FieldController
    from esign_desktop.ui.viewer.view import PagesView


class SpokenFields(QObject):
    """Provides the fields on the pages as items for screen readers. A key is the index of a field.

    If a single field is selected, its new position is announced after each move.
    """

    def __init__(self, controller: FieldController, view: PagesView) -> None:
        super().__init__(view)
        self._controller = controller
        self._view = view
        self._lay: tuple[int | None, PageRect | None] = None, None
        controller.changed.connect(self._on_controller_changed)

    def on_page(self, _document_id: DocumentId, page_number: int) -> list[str]:
        """Return the keys of the fields on a page, in reading order."""
        controller = self._controller
        return [str(index) for index in controller.reading_order if controller.fields[index].page_number == page_number]

    def item(self, document_id: DocumentId, page_number: int, key: str) -> PageItem | None:
        """Return the description and the actions of a field, or None if it no longer exists on the page."""
        controller, index = self._controller, int(key)
        if key not in self.on_page(document_id, page_number):
            return None
        one = controller.fields[index]
        if one.rect is None:
            return None
        name = self.tr("{name}, {kind}, {place}").format(
            name=field_title(one), kind=kind_word(one.kind), place=self._place(one, one.rect)
        )
        width, height = (f"{pt_to_mm(side):.0f}" for side in (one.rect.width_pt, one.rect.height_pt))
        size = self.tr("{width} mm wide, {height} mm high").format(width=width, height=height)
        fault = controller.faults.get(index)
        description = size if fault is None else f"{fault_sentence(fault)} {size}"
        actions = [ItemAction(self.tr("Select"), partial(self._choose, index))]
        if not controller.is_fixed(index):
            actions.append(ItemAction(self.tr("Remove"), partial(self._remove, index)))
        return PageItem(name, one.rect, description, index in controller.chosen, tuple(actions))

    def current(self) -> tuple[DocumentId, int, str] | None:
        """Return the document id, page number and key of the only selected field, or None."""
        index = self._controller.only_chosen
        page_number = None if index is None else self._controller.fields[index].page_number
        return None if page_number is None else (self._controller.document_id, page_number, str(index))

    def _place(self, one: TemplateField, rect: PageRect) -> str:
        return place_words(self._controller.pages[(one.page_number or 1) - 1], rect)

    def _choose(self, index: int) -> None:
        self._view.setFocus()
        self._controller.choose({index})

    def _remove(self, index: int) -> None:
        self._controller.choose({index})
        self._controller.remove_chosen()

    def _on_controller_changed(self) -> None:
        index = self._controller.only_chosen
        one = self._controller.fields[index] if index is not None else None
        before, self._lay = self._lay, (index, one.rect if one is not None else None)
        if before[0] != index:
            self._view.tell_item()
        elif one is not None and one.rect is not None and before[1] != one.rect:
            self._view.say(self._place(one, one.rect))
