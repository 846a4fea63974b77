"""The table model of all placements, and its delegates."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyleOptionViewItem, QWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.problems import PlacementSubject, Severity
from esign_desktop.domain.document import by_id
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import moved_to_shown, shown_position
from esign_desktop.domain.placing.placement import (
    KeywordPlacement,
    Placement,
    PlacementId,
    horizontal_pt,
    seal_width_pt,
)
from esign_desktop.domain.signer import SignerId
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.placement import kind_word, pages_text
from esign_desktop.ui.text.problem import problem_sentence
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.labels import plain_tip
from esign_desktop.ui.widgets.lengths import LengthUnit, in_unit, length_pt_of
from esign_desktop.ui.widgets.tables import RowDelegate
from esign_desktop.ui.widgets.theme import signer_ink

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.contract.problems import Problem


_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns of the table, from left to right."""

    SIGNER = 0
    KIND = 1
    PAGES = 2
    X = 3
    Y = 4
    WIDTH = 5


class PlacementsModel(QAbstractTableModel):
    """One row for each placement, in the order of the draft. Lengths are shown in the current unit."""

    input_failed = Signal(object)

    def __init__(self, session: ContractSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._unit = LengthUnit.MM
        self._rows: tuple[Placement, ...] = session.draft.placements
        self._worst: dict[PlacementId, Problem] = {}
        self._find_problems()
        self._at_rest = DebouncedChanges(session, self)
        self._at_rest.changed.connect(self._on_session_changed)

    def set_unit(self, unit: LengthUnit) -> None:
        """Show lengths in this unit."""
        self.beginResetModel()
        self._unit = unit
        self.endResetModel()

    def placement_at(self, row: int) -> Placement:
        """Return the placement in a row, counted from 0."""
        return self._rows[row]

    def row_of(self, placement_id: PlacementId) -> int | None:
        """Return the row of a placement, or None."""
        return next((row for row, placement in enumerate(self._rows) if placement.id == placement_id), None)

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return {Column.X: self.tr("Center from left"), Column.Y: self.tr("Center from bottom")}.get(Column(section))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.SIGNER: self.tr("No."),
            Column.KIND: self.tr("Type"),
            Column.PAGES: self.tr("Pages"),
            Column.X: self.tr("Center\nleft"),
            Column.Y: self.tr("Center\nbottom"),
            Column.WIDTH: self.tr("Width\n{unit}").format(unit=self._unit),
        }[Column(section)]

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        placement = self._rows[index.row()]
        column = Column(index.column())
        match role:
            case Qt.ItemDataRole.EditRole:
                return self._edited(placement, column)
            case Qt.ItemDataRole.DisplayRole:
                return self._text(placement, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.ForegroundRole if column is Column.SIGNER:
                return signer_ink(self._session.draft.signer_number(placement.signer_id))
            case Qt.ItemDataRole.AccessibleTextRole if column is Column.SIGNER:
                return f"{self._text(placement, column)} {self._signer_name(placement)}"
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                words = self._explanation(placement, column)
                if column is Column.KIND and role == Qt.ItemDataRole.ToolTipRole:
                    # The text may be elided in a narrow column.
                    words = f"{self._text(placement, column)}\n{words}"
                return plain_tip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return None

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not index.isValid():
            return flags
        placement, column = self._rows[index.row()], Column(index.column())
        is_editable = (
            column in {Column.SIGNER, Column.Y, Column.WIDTH}
            or (column is Column.KIND and isinstance(placement, KeywordPlacement))
            or (column is Column.X and horizontal_pt(placement) is not None)
            or (column is Column.PAGES and not isinstance(placement, KeywordPlacement))
        )
        return flags | Qt.ItemFlag.ItemIsEditable if is_editable else flags

    @override
    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        placement, column = self._rows[index.row()], Column(index.column())
        text = str(value).strip() if column is Column.KIND else str(value).strip("≈ ")
        try:
            self._change(placement, column, text)
        except InputError as error:
            self.input_failed.emit(error)
            return False
        return True

    def _change(self, placement: Placement, column: Column, text: str) -> None:
        """Change the value of a cell. Raises InputError if the text is not a valid value."""
        ids = frozenset({placement.id})
        name = EditName.CHANGE_SEALS
        edit: Callable[[ContractDraft], ContractDraft]
        match column:
            case Column.SIGNER:
                name = EditName.ASSIGN_SEALS
                edit = partial(edits.assign_signer, placement_ids=ids, signer_id=SignerId(text))
            case Column.KIND if isinstance(placement, KeywordPlacement):
                if text == placement.keyword:
                    return
                changed = replace(placement, keyword=text, confirmed_hits=None)
                edit = partial(edits.update_placement, placement=changed)
            case Column.PAGES:
                document = self._session.draft.document(placement.document_id)
                pages = PageRanges.parse(text, page_count=document.page_count)
                edit = partial(edits.set_pages, placement_ids=ids, pages=pages)
            case Column.WIDTH:
                name = EditName.RESIZE_SEALS
                width_pt = self._length_pt(text) if text else None
                edit = partial(edits.resize_placements, placement_ids=ids, width_pt=width_pt)
            case _:
                name = EditName.MOVE_SEALS
                x_pt, y_pt = (self._length_pt(text) if column is one else None for one in (Column.X, Column.Y))
                frames = self._session.draft.document(placement.document_id).pages
                moved = moved_to_shown(placement, frames, x_pt=x_pt, y_pt=y_pt)
                edit = partial(edits.update_placement, placement=moved)
        self._session.apply(name, edit)

    def _length_pt(self, text: str) -> float:
        try:
            return length_pt_of(text, self._unit)
        except ValueError as error:
            raise InputError("length.not_a_number") from error

    def _edited(self, placement: Placement, column: Column) -> str:
        """Return the initial text of an editor."""
        if column is Column.SIGNER:
            return placement.signer_id
        if column is Column.KIND:
            return placement.keyword if isinstance(placement, KeywordPlacement) else ""
        if column in {Column.X, Column.Y}:
            return self._length(self._position_pt(placement, column))
        return self._text(placement, column)

    def _text(self, placement: Placement, column: Column) -> str:
        draft = self._session.draft
        match column:
            case Column.SIGNER:
                return str(draft.signer_number(placement.signer_id))
            case Column.KIND:
                return self._kind(placement)
            case Column.PAGES:
                return pages_text(placement, self._session.hits)
            case Column.X | Column.Y:
                length_pt = self._position_pt(placement, column)
                if isinstance(placement, KeywordPlacement) and length_pt is not None:
                    # An offset from each match must not be mistaken for a position on the page.
                    return self.tr("Offset\n{length}").format(length=f"{in_unit(length_pt, self._unit):+.1f}")
                return self._length(length_pt)
            case Column.WIDTH:
                width = self._length(seal_width_pt(placement, draft.signer(placement.signer_id), draft.behaviour))
                return f"≈ {width}" if placement.width_pt is None else width

    def _position_pt(self, placement: Placement, column: Column) -> float | None:
        x_pt, y_pt = shown_position(placement, self._session.draft.document(placement.document_id).pages)
        return x_pt if column is Column.X else y_pt

    def _kind(self, placement: Placement) -> str:
        """Return the kind of placement and, if there are several documents, the document's name below it."""
        documents = self._session.draft.documents
        keyword = f"“{one_line(placement.keyword)}”" if isinstance(placement, KeywordPlacement) else ""
        if len(documents) > 1:
            return f"{keyword or kind_word(placement)}\n{one_line(by_id(documents)[placement.document_id].name)}"
        return f"{kind_word(placement)}\n{keyword}" if keyword else kind_word(placement)

    def _explanation(self, placement: Placement, column: Column) -> str:
        """Return the placement's most severe problem, or else the signer's name."""
        if column is not Column.SIGNER and placement.id in self._worst:
            return problem_sentence(self._worst[placement.id])
        return self._signer_name(placement)

    def _signer_name(self, placement: Placement) -> str:
        return signer_name(self._session.draft.signer(placement.signer_id))

    def _length(self, length_pt: float | None) -> str:
        return "" if length_pt is None else f"{in_unit(length_pt, self._unit):.1f}"

    def _on_session_changed(self, change: Change) -> None:
        same_rows = [p.id for p in self._rows] == [p.id for p in change.after.placements]
        if not same_rows:
            self.beginResetModel()
        rows, worst, self._rows = self._rows, self._worst, change.after.placements
        self._find_problems()
        if same_rows and change.before.documents == change.after.documents and not change.hits_changed:
            self._tell_changed(rows, worst, names_changed=change.before.signers != change.after.signers)
        elif same_rows:
            self._tell_all()
        else:
            self.endResetModel()

    def _find_problems(self) -> None:
        self._worst = {}
        for problem in self._session.problems:
            if isinstance(problem.subject, PlacementSubject) and problem.severity > Severity.HINT:
                self._worst.setdefault(problem.subject.placement_id, problem)

    def _tell_changed(
        self, before: tuple[Placement, ...], worst: dict[PlacementId, Problem], *, names_changed: bool
    ) -> None:
        """Emit ``dataChanged`` only for changed rows, because updating a thousand rows is slow for a view."""
        for row, (old, new) in enumerate(zip(before, self._rows, strict=True)):
            is_other = old is not new and old != new
            if names_changed or is_other or worst.get(old.id) != self._worst.get(new.id):
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    def _tell_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))


def _alignment(section: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if section >= Column.X else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class TextDelegate(RowDelegate):
    """Keeps the text in an open editor when the row changes, for example after a search."""

    @override
    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)


class SignerDelegate(RowDelegate):
    """Shows the signer's number. The editor is a list of the signers' names."""

    def __init__(self, session: ContractSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QComboBox(parent)
        for number, signer in enumerate(self._session.draft.signers, 1):
            editor.addItem(f"{number}  {signer_name(signer)}", signer.id)
        editor.view().setMinimumWidth(editor.view().sizeHintForColumn(0) + 16)
        return editor

    @override
    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        area = option.rect
        editor.setGeometry(area.left(), area.top(), max(area.width(), editor.sizeHint().width()), area.height())
