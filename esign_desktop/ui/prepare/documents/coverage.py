"""The table of documents and signers that shows which signer has seals in which document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from esign_desktop.domain.contract.coverage import Cover, CoverKind, coverage
from esign_desktop.override import override
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.labels import plain_tip
from esign_desktop.ui.widgets.tables import set_up_table
from esign_desktop.ui.widgets.theme import mixed, signer_colour, signer_outline, sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.services.editing.session import Change, ContractSession

_ROW_PX: Final = 26
_COLUMN_PX: Final = 30
_LEAST_NAME_PX: Final = 72
_MOST_ROWS: Final = 6
_TINT: Final = 0.16
_Index = QModelIndex | QPersistentModelIndex


class CoverageModel(QAbstractTableModel):
    """The model of the table. The first row contains the signers, and the first column the documents."""

    def __init__(self, session: ContractSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._draft = session.draft
        self._cells: tuple[tuple[Cover, ...], ...] = ()
        self.read()

    @property
    def draft(self) -> ContractDraft:
        """The displayed contract."""
        return self._draft

    def read(self) -> bool:
        """Read the contract from the session. Return whether the displayed cells changed."""
        session, before = self._session, self._draft
        cells = coverage(session.draft, session.marks, session.hits)
        is_same = (
            cells == self._cells and before.signers == session.draft.signers and _names(before) == _names(session.draft)
        )
        if is_same:
            self._draft = session.draft
            return False
        self.beginResetModel()
        self._draft, self._cells = session.draft, cells
        self.endResetModel()
        return True

    def cover(self, index: _Index) -> Cover | None:
        """Return the seals that a cell shows, or None for a cell of the first row or column."""
        return self._cells[index.row() - 1][index.column() - 1] if index.row() and index.column() else None

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._cells) + 1

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._draft.signers) + 1

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole if index.row() and not index.column():
                return one_line(self._draft.documents[index.row() - 1].name)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self.words(index))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.words(index)
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        # The headers are hidden, but a screen reader reads them with a cell.
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        is_column = orientation == Qt.Orientation.Horizontal
        return self.words(self.index(0, section) if is_column else self.index(section, 0))

    def words(self, index: _Index) -> str:
        """Return the text of a cell for tool tips and screen readers."""
        row, column = index.row() - 1, index.column() - 1
        document = one_line(self._draft.documents[row].name) if row >= 0 else ""
        signer = signer_name(self._draft.signers[column]) if column >= 0 else ""
        cover = self.cover(index)
        if cover is None:
            return document or signer or self.tr("Documents and signers")
        seals = self.tr("%n seal(s)", "", cover.seal_count)
        if cover.kind is not CoverKind.SEALS:
            seals = self.tr("places the seal themselves") if cover.kind is CoverKind.FREE else self.tr("no seal")
        return self.tr("{signer}, {document}: {seals}").format(signer=signer, document=document, seals=seals)


class CoverageTable(QTableView):
    """The table of seals by document and signer. It is hidden if it would have only one cell.

    A click or Enter emits ``cell_chosen``, which carries a ``DocumentId`` or None, and a ``SignerId`` or None.
    """

    manual_page = "seals#who-has-seals-where"

    cell_chosen = Signal(object, object)

    def __init__(self, session: ContractSession, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = CoverageModel(session, self)
        self.setModel(self._model)
        set_up_table(self, row_px=_ROW_PX)
        self.setItemDelegate(_CoverDelegate(self))
        self.setObjectName("coverage")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Seals by document and signer"))
        header = self.horizontalHeader()
        header.hide()
        header.setMinimumSectionSize(sized(_COLUMN_PX))
        header.setDefaultSectionSize(sized(_COLUMN_PX))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self._at_rest = DebouncedChanges(session, self)
        self._at_rest.changed.connect(self._on_changed)
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        rows = min(self._model.rowCount(), _MOST_ROWS + 1)
        bar_px = self.horizontalScrollBar().sizeHint().height() if self._is_wide() else 0
        return QSize(sized(_LEAST_NAME_PX), rows * sized(_ROW_PX) + bar_px + 2)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._choose(self.currentIndex())
        elif event.text() and event.text().isprintable():
            # Letters and digits are shortcuts of the Prepare room.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _is_wide(self) -> bool:
        return sized(_LEAST_NAME_PX) + sized(_COLUMN_PX) * len(self._model.draft.signers) > self.width()

    def _fit(self) -> None:
        draft = self._model.draft
        self.setVisible(bool(draft.documents and draft.signers) and len(draft.documents) * len(draft.signers) > 1)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        if self._is_wide():
            header.resizeSection(0, sized(_LEAST_NAME_PX))
        else:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.updateGeometry()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _on_changed(self, _change: Change) -> None:
        if self._model.read():
            self._fit()

    def _choose(self, index: _Index) -> None:
        if index.isValid() and (index.row() or index.column()):
            draft = self._model.draft
            document = draft.documents[index.row() - 1].id if index.row() else None
            signer = draft.signers[index.column() - 1].id if index.column() else None
            self.cell_chosen.emit(document, signer)


class _CoverDelegate(QStyledItemDelegate):
    """Paints the signers' numbers in discs, the numbers of seals, and red cells with "!" for missing seals."""

    def __init__(self, table: CoverageTable) -> None:
        super().__init__(table)
        self._table = table

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model, colours = self._table.model(), theme()
        if not isinstance(model, CoverageModel):
            return
        if index.row() and not index.column():
            super().paint(painter, option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(sized(12))
        painter.setFont(font)
        cell = QRectF(option.rect).adjusted(2, 2, -2, -2)
        cover = model.cover(index)
        if cover is not None:
            self._paint_cover(painter, cell, cover)
        elif index.column():
            disc = QRectF(0, 0, sized(18), sized(18))
            disc.moveCenter(cell.center())
            painter.setPen(signer_outline())
            painter.setBrush(signer_colour(index.column()))
            painter.drawEllipse(disc)
            painter.setPen(QColor("white"))
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(index.column()))
        if self._table.hasFocus() and self._table.currentIndex() == index:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(cell, 5, 5)
        painter.restore()

    @staticmethod
    def _paint_cover(painter: QPainter, cell: QRectF, cover: Cover) -> None:
        colours = theme()
        painter.setPen(Qt.PenStyle.NoPen)
        match cover.kind:
            case CoverKind.SEALS:
                painter.setBrush(colours.chip_ground)
                painter.drawRoundedRect(cell, 5, 5)
                painter.setPen(colours.text)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(cover.seal_count))
            case CoverKind.FREE:
                painter.setPen(QPen(colours.hint, 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(cell.center(), 4, 4)
            case CoverKind.MISSING:
                painter.setPen(QPen(colours.danger, 1))
                painter.setBrush(mixed(colours.panel, colours.danger, _TINT))
                painter.drawRoundedRect(cell, 5, 5)
                font = painter.font()
                font.setBold(True)
                painter.setFont(font)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, "!")


def _names(draft: ContractDraft) -> tuple[str, ...]:
    return tuple(document.name for document in draft.documents)
