"""The list of a keyword's matches, grouped by document, with page and context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from esign_desktop.ui.prepare.keyword.finder import Finding
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.ui.prepare.keyword.finder import DocumentHits

_HEIGHT_PX: Final = 244
_ROW_PX: Final = 24
_SHOWN_HITS: Final = 500
"""The maximum number of matches listed per document. All matches are counted and placed."""

_DOCUMENT_ROLE: Final = Qt.ItemDataRole.UserRole
_INDEX_ROLE: Final = Qt.ItemDataRole.UserRole + 1


class KeywordHitList(QTreeWidget):
    """Lists the matches of a ``Finding``, each with a check box, which is checked at first.

    ``hit_chosen`` carries a document id and the index of a match in this document. ``drops_changed`` is emitted when
    the user checks or unchecks a box.
    """

    hit_chosen = Signal(str, int)
    drops_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finding = Finding()
        self._of = ""
        self._dropped: set[tuple[DocumentId, int]] = set()
        self.setHeaderHidden(True)
        self.setIndentation(12)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.currentItemChanged.connect(self._on_current_item_changed)
        self.itemChanged.connect(self._on_item_changed)
        self.setAccessibleName(self.tr("Matches"))
        self._list()

    @property
    def finding(self) -> Finding:
        """The ``Finding`` whose matches are listed."""
        return self._finding

    @property
    def current_index(self) -> int | None:
        """The index of the current match in its document, or None if no match is current."""
        item = self.currentItem()
        return None if item is None or item.parent() is None else int(item.data(0, _INDEX_ROLE))

    @property
    def dropped_count(self) -> int:
        """The number of unchecked boxes."""
        return sum(key in self._dropped for key in self._keys(self._finding))

    def is_dropped(self, document_id: DocumentId, index: int) -> bool:
        """Return whether the box of a match is unchecked."""
        return (document_id, index) in self._dropped

    def show_finding(self, finding: Finding, *, of: str = "") -> None:
        """List the matches of ``finding``, or hide the list if there are none.

        ``of`` is the id of the placement whose matches are listed, or empty. All boxes are checked again for another
        keyword or placement, and in a document whose matches have changed.
        """
        if (finding.keyword, of) != (self._finding.keyword, self._of):
            self._dropped.clear()
        elif finding == self._finding:
            return
        self._of = of
        before = {one.document.id: one.hits for one in self._finding.per_document}
        after = {one.document.id: one.hits for one in finding.per_document}
        self._dropped = {
            key for key in self._dropped if before.get(key[0]) is None or before[key[0]] == after.get(key[0])
        }
        self._finding = finding
        self._list()
        self.setVisible(any(one.hits for one in finding.per_document))

    @staticmethod
    def _keys(finding: Finding) -> Iterator[tuple[DocumentId, int]]:
        for one in finding.per_document:
            for index in range(len(one.hits or ())):
                yield one.document.id, index

    def _list(self) -> None:
        finding = self._finding
        self.blockSignals(True)
        self.clear()
        found = [one for one in finding.per_document if one.hits]
        self.addTopLevelItems([self._document_item(one) for one in found])
        self.expandAll()
        self.blockSignals(False)
        rows = sum(min(len(one.hits or ()), _SHOWN_HITS) + 1 for one in found)
        self.setFixedHeight(min(_HEIGHT_PX, rows * sized(_ROW_PX) + 4))

    def _document_item(self, found: DocumentHits) -> QTreeWidgetItem:
        hits = found.hits or ()
        count = self.tr("%n match(es)", "", len(hits))
        item = QTreeWidgetItem([f"{one_line(found.document.name)} · {count}"])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setSizeHint(0, QSize(0, sized(_ROW_PX)))
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        item.addChildren(
            [self._hit_item(found.document.id, index, hit) for index, hit in enumerate(hits[:_SHOWN_HITS])]
        )
        return item

    def _hit_item(self, document_id: DocumentId, index: int, hit: KeywordHit) -> QTreeWidgetItem:
        context = one_line(" ".join((hit.context or hit.text).split()))
        words = self.tr("p. {page}   {context}").format(page=hit.page_number, context=context)
        if hit.is_recognised:
            words = self.tr("p. {page} · recognized text   {context}").format(page=hit.page_number, context=context)
        item = QTreeWidgetItem([words])
        item.setSizeHint(0, QSize(0, sized(_ROW_PX)))
        item.setData(0, _DOCUMENT_ROLE, document_id)
        item.setData(0, _INDEX_ROLE, index)
        is_dropped = self.is_dropped(document_id, index)
        item.setCheckState(0, Qt.CheckState.Unchecked if is_dropped else Qt.CheckState.Checked)
        return item

    def _on_current_item_changed(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.parent() is not None:
            self.hit_chosen.emit(item.data(0, _DOCUMENT_ROLE), item.data(0, _INDEX_ROLE))

    def _on_item_changed(self, item: QTreeWidgetItem) -> None:
        key = (item.data(0, _DOCUMENT_ROLE), item.data(0, _INDEX_ROLE))
        if item.checkState(0) is Qt.CheckState.Checked:
            self._dropped.discard(key)
        else:
            self._dropped.add(key)
        self.drops_changed.emit()
