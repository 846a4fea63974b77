"""The properties of the selected seals, for example position, pages, size and the matches of a keyword."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QPushButton, QScrollArea, QToolButton, QWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import moved_to_shown, shown_position
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
    horizontal_pt,
    marks_of,
    seal_width_pt,
)
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.keyword.finder import DocumentHits, Finding
from esign_desktop.ui.prepare.keyword.hits import KeywordHitList
from esign_desktop.ui.prepare.properties.slices import SlicesPreview
from esign_desktop.ui.prepare.seals.actions import ALIGN_ACTIONS, DISTRIBUTE_ACTIONS
from esign_desktop.ui.text.placement import kind_word
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, Form, LineField, Row
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.lengths import LengthBox, LengthUnit
from esign_desktop.ui.widgets.popup import Popup
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from esign_desktop.ui.prepare.seals.actions import SealActions
    from esign_desktop.ui.prepare.seals.commands import SealCommands
    from esign_desktop.ui.prepare.seals.sizes import SealSizes
    from esign_desktop.ui.prepare.tools.state import Selection

_OTHER_SIZE: Final = "other"
_POPUP_PX: Final = 320
_GAP_PX: Final = 24


@dataclass(frozen=True)
class _Properties:
    """The values in the form. If the selected placements differ, a value is empty or that of one of the placements.

    ``size`` is one of the offered widths in points, None for the default size, or ``_OTHER_SIZE``.
    """

    selected: tuple[Placement, ...] = ()
    keyword: str = ""
    pages: PageRanges | None = None
    x_pt: float = 0.0
    y_pt: float = 0.0
    size: float | str | None = None
    width_pt: float = 0.0
    with_qr_code: bool = False

    @property
    def single(self) -> Placement | None:
        """The selected placement if there is exactly one, else None."""
        return self.selected[0] if len(self.selected) == 1 else None


class PropertiesPanel(QScrollArea):
    """Shows and changes the properties of the selected placements. A change applies to all selected placements."""

    manual_page = "seals#by-click"

    input_failed = Signal(object)
    """Carries the ``InputError`` about a value that the user has entered."""
    hit_chosen = Signal(str, int)
    """Carries a document id, and the index of the match in this document that the user wants to see."""
    emptied = Signal()
    """Emitted when no seal is selected."""
    content_resized = Signal()
    """Emitted when the preferred height may have changed."""

    def __init__(
        self,
        session: ContractSession,
        selection: Selection,
        commands: SealCommands,
        actions: SealActions,
        sizes: SealSizes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._selection = selection
        self._commands = commands
        self._actions = actions
        self._sizes = sizes
        self._shown = _Properties()
        self._shown_ids: frozenset[PlacementId] = frozenset()
        self._form: Form[_Properties] = Form(self._shown, (), self, margin_px=12)
        # The widgets have no parent at first, so that the Tab order follows the layout.
        self._title, self._found = PlainLabel(), PlainLabel()
        self._title.setObjectName("sectionTitle")
        self._found.setWordWrap(True)
        self._keyword = LineField(when_finished=True)
        self._pages = LineField(placeholder=self.tr("e.g. 1-3,5"), when_finished=True)
        self._slices = SlicesPreview()
        self._split = QPushButton(actions[ActionName.SPLIT].text())
        self._split.setToolTip(self.tr("Several seals, each across fewer pages so that its parts stay visible"))
        self._hits = KeywordHitList()
        self._confirm = QCheckBox()
        self._single_out = QPushButton(self.tr("Move one seal separately"))
        self._single_out.setToolTip(self.tr("Convert to coordinates and select this match"))
        self._x, self._y, self._width = LengthBox(), LengthBox(), LengthBox()
        self._width.setMinimum(0.1)
        self._keep_size = QToolButton()
        self._arrange = _arrange_bar(actions)
        self._with_qr = CheckField(self.tr("With a QR mark next to the seal"))
        self._to_coordinates = QPushButton(self.tr("Convert to coordinates"))
        self._to_coordinates.setToolTip(self.tr("Replace the keyword with a movable seal at each selected match"))
        self._lay_out()
        self._connect()
        self._show()

    @override
    def sizeHint(self) -> QSize:
        return self._form.sizeHint()

    def finish_half_typed(self) -> None:
        """Apply the input in the keyword field and the page field that the user has not finished."""
        for line in (self._keyword, self._pages):
            if line.is_half_typed:
                line.editingFinished.emit()

    def discard_half_typed(self) -> None:
        """Discard input that the user has not finished, and show the values of the contract again."""
        self._form.forget_half_typed()
        self._form.show_value(self._shown)

    def focus_first(self) -> None:
        """Move the keyboard focus to the first visible field, and select its text."""
        fields = (self._keyword, self._x, self._y, self._pages, self._width)
        field = next((one for one in fields if one.isVisibleTo(self)), None)
        if field is not None:
            field.setFocus()
            field.selectAll()

    def focus_keyword(self) -> None:
        """Move the keyboard focus to the keyword field, and select its text."""
        self._keyword.setFocus()
        self._keyword.selectAll()

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        form, rows = self._form, self._form.form_layout
        rows.setRowWrapPolicy(rows.RowWrapPolicy.WrapLongRows)
        rows.addRow(self._title)
        form.add(Row("keyword", self.tr("Keyword"), self._keyword, is_shown=_is_keyword))
        rows.addRow(self.tr("Found"), self._found)
        form.add(
            Row(
                "pages",
                self.tr("Pages"),
                self._pages,
                get=lambda shown: str(shown.pages or ""),
                set=self._with_pages,
                is_shown=lambda shown: shown.pages is not None,
            )
        )
        rows.addRow(self._slices)
        rows.addRow(self._split)
        form.add(Row("x_pt", "", self._x, is_shown=_has_x))
        form.add(Row("y_pt", "", self._y, is_shown=lambda shown: shown.single is not None))
        for widget in (self._hits, self._confirm, self._single_out):
            rows.addRow(widget)
        size = Row(
            "size",
            self.tr("Size"),
            ChoiceField(),
            choices=self._sizes_offered,
            is_shown=_is_any,
            beside=self._keep_size,
        )
        form.add(size)
        form.add(Row("width_pt", self.tr("Width"), self._width, is_shown=self._shows_width))
        rows.addRow(self._arrange)
        form.add(Row("with_qr_code", None, self._with_qr, is_shown=_may_have_qr_code))
        rows.addRow(self._to_coordinates)
        self.setWidget(form)

    def _connect(self) -> None:
        self.destroyed.connect(self._session.subscribe(self._on_session_changed))
        self._selection.changed.connect(self._show)
        self._sizes.changed.connect(self._show)
        self._form.edited.connect(self._on_form_edited)
        self._form.input_failed.connect(self.input_failed)
        self._keep_size.clicked.connect(self._on_keep_size_clicked)
        self._confirm.clicked.connect(self._on_confirm_clicked)
        self._to_coordinates.clicked.connect(self._on_to_coordinates_clicked)
        self._single_out.clicked.connect(self._on_single_out_clicked)
        self._hits.drops_changed.connect(self._show_drops)
        self._hits.hit_chosen.connect(self._on_hit_chosen)
        self._split.clicked.connect(self._actions[ActionName.SPLIT].trigger)

    # Display

    def _show(self) -> None:
        if self._selection.ids != self._shown_ids:
            # Input that was begun for one seal must not be applied to another.
            self._shown_ids = self._selection.ids
            self._form.forget_half_typed()
        self._shown = self._properties_of(self._commands.selected)
        self._form.show_value(self._shown)
        selected, single = self._shown.selected, self._shown.single
        keyword = single if isinstance(single, KeywordPlacement) else None
        for widget, is_shown in (
            (self._found, keyword is not None),
            (self._slices, isinstance(single, CrossPagePlacement)),
            (self._split, self._actions[ActionName.SPLIT].isEnabled()),
            (self._arrange, len(selected) > 1),
            (self._hits, False),
            (self._confirm, False),
            (self._single_out, False),
        ):
            self._form.form_layout.setRowVisible(widget, is_shown)
        self._form.form_layout.setRowVisible(self._to_coordinates, keyword is not None)
        if not selected:
            self.emptied.emit()
            return
        self.content_resized.emit()
        count_text = self.tr("%n seal(s) selected", "", len(selected))
        self._title.setText(count_text if single is None else kind_word(single))
        right, above = self.tr("Horizontal offset"), self.tr("Vertical offset")
        self._form.label("x_pt").setText(self.tr("Center from left") if keyword is None else right)
        self._form.label("y_pt").setText(self.tr("Center from bottom") if keyword is None else above)
        self._with_qr.setEnabled(not isinstance(single, CoordinatePlacement) or len(single.pages) == 1)
        self._show_keeping(selected)
        if isinstance(single, CrossPagePlacement):
            draft = self._session.draft
            document, signer = draft.document(single.document_id), draft.signer(single.signer_id)
            self._slices.show_slices(marks_of(single, signer, document, draft.behaviour), draft)
        if keyword is not None:
            self._show_found(keyword)
        elif self._commands.can_confirm:
            self._confirm.setText(self.tr("The position is correct in this version"))
            self._confirm.setEnabled(True)
            self._confirm.setChecked(False)
            self._form.form_layout.setRowVisible(self._confirm, True)

    def _properties_of(self, selected: tuple[Placement, ...]) -> _Properties:
        if not selected:
            return _Properties()
        draft, first = self._session.draft, selected[0]
        widths = {p.width_pt for p in selected}
        choice = self._sizes.choice_of(first.width_pt) if len(widths) == 1 else None
        x_pt, y_pt = shown_position(first, draft.document(first.document_id).pages)
        return _Properties(
            selected,
            first.keyword if isinstance(first, KeywordPlacement) else "",
            None if len(selected) > 1 or isinstance(first, KeywordPlacement) else first.pages,
            x_pt or 0.0,
            y_pt,
            _OTHER_SIZE if choice is None else self._sizes.choices()[choice][1],
            max(seal_width_pt(p, draft.signer(p.signer_id), draft.behaviour) for p in selected),
            not isinstance(first, CrossPagePlacement) and first.with_qr_code,
        )

    def _sizes_offered(self, _shown: _Properties) -> Iterator[tuple[float | str | None, str]]:
        for text, width_pt in self._sizes.choices():
            yield width_pt, text
        yield _OTHER_SIZE, self.tr("Other")

    def _shows_width(self, shown: _Properties) -> bool:
        return bool(shown.selected) and (shown.size == _OTHER_SIZE or self._width.hasFocus())

    def _show_keeping(self, selected: tuple[Placement, ...]) -> None:
        """Show the button that adds an unlisted size to the list or removes a personal size from it.

        The button is hidden for the default size, for the usual sizes, and for seals of different sizes.
        """
        widths = {p.width_pt for p in selected}
        width_pt = selected[0].width_pt if len(widths) == 1 else None
        is_personal = self._sizes.is_personal(width_pt)
        self._keep_size.setVisible(is_personal or self._sizes.choice_of(width_pt) is None)
        self._keep_size.setIcon(icon("delete" if is_personal else "add"))
        text = self.tr("Remove this size from the list") if is_personal else self.tr("Keep this size in the list")
        self._keep_size.setToolTip(text)
        self._keep_size.setAccessibleName(text)

    def _show_found(self, placement: KeywordPlacement) -> None:
        found = self._session.hits.get((placement.document_id, placement.keyword))
        if found is None:
            self._found.setText(self.tr("searching…"))
            return
        count, pages = len(found), PageRanges.of(hit.page_number for hit in found) if found else ""
        matches = self.tr("%n match(es), on page {pages}", "", count).format(pages=pages)
        self._found.setText(matches if count else self.tr("not found; no seal would be placed"))
        self._confirm.setText(self.tr("Yes, place %n seal(s)", "", count))
        self._confirm.setChecked(placement.confirmed_hits == count)
        # The user can leave out matches or pick one to move; ``_show_drops`` then offers the conversion to coordinates.
        document = self._session.draft.document(placement.document_id)
        self._hits.show_finding(Finding(placement.keyword, (DocumentHits(document, found),)), of=placement.id)
        for widget in (self._hits, self._confirm, self._single_out):
            self._form.form_layout.setRowVisible(widget, count > 1)
        self._show_drops()

    def _show_drops(self) -> None:
        found, dropped = self._hits.finding.hit_count, self._hits.dropped_count
        self._to_coordinates.setEnabled(found > dropped)
        self._confirm.setEnabled(not dropped)
        self._single_out.setEnabled(self._hits.current_index is not None)

    # Changes

    def _with_pages(self, shown: _Properties, typed: str) -> _Properties:
        if shown.pages is None or not isinstance(shown.single, CoordinatePlacement | CrossPagePlacement):
            return shown
        document = self._session.draft.document(shown.single.document_id)
        return replace(shown, pages=PageRanges.parse(typed, page_count=document.page_count))

    def _on_form_edited(self, edited: _Properties) -> None:
        shown, single = self._shown, self._shown.single
        if edited.size == _OTHER_SIZE != shown.size:
            self._shown = edited
            self._form.set_row_visible("width_pt", is_visible=True)
            self._width.setFocus()
            self._width.selectAll()
            return
        if edited.width_pt != shown.width_pt:
            self._commands.set_width(edited.width_pt)
        elif edited.size != shown.size and not isinstance(edited.size, str):
            self._commands.set_width(edited.size)
        elif edited.pages != shown.pages and edited.pages is not None:
            self._set_pages(edited.pages)
        elif single is not None and (edited.x_pt, edited.y_pt) != (shown.x_pt, shown.y_pt):
            pages = self._session.draft.document(single.document_id).pages
            self._update(EditName.MOVE_SEALS, moved_to_shown(single, pages, x_pt=edited.x_pt, y_pt=edited.y_pt))
        elif isinstance(single, KeywordPlacement) and edited.keyword != shown.keyword:
            if edited.keyword.strip() != single.keyword:
                self._update(
                    EditName.CHANGE_SEALS, replace(single, keyword=edited.keyword.strip(), confirmed_hits=None)
                )
        elif isinstance(single, CoordinatePlacement | KeywordPlacement):
            self._update(EditName.CHANGE_SEALS, replace(single, with_qr_code=edited.with_qr_code))
        self._show()

    def _update(self, name: EditName, placement: Placement) -> None:
        self._session.apply(name, partial(edits.update_placement, placement=placement))

    def _set_pages(self, pages: PageRanges) -> None:
        edit = partial(edits.set_pages, placement_ids=self._selection.ids, pages=pages)
        self._session.apply(EditName.CHANGE_SEALS, edit)

    def _on_session_changed(self, change: Change) -> None:
        if not change.is_ongoing:
            self._selection.keep_only(p.id for p in change.after.placements)
        self._show()

    def _on_keep_size_clicked(self) -> None:
        width_pt = self._shown.selected[0].width_pt if self._shown.selected else None
        if width_pt is not None and self._sizes.is_personal(width_pt):
            self._sizes.drop(width_pt)
        elif width_pt is not None:
            self._sizes.add(round(pt_to_mm(width_pt), 1), LengthUnit.MM.value)

    def _on_confirm_clicked(self) -> None:
        self._commands.confirm()
        self._show()

    def _on_to_coordinates_clicked(self) -> None:
        self._commands.turn_into_coordinates(dropped=self._dropped())

    def _on_single_out_clicked(self) -> None:
        index = self._hits.current_index
        if index is not None:
            dropped = self._dropped() - {index}
            ids = self._commands.turn_into_coordinates(dropped=dropped)
            self._selection.set([ids[index - sum(1 for other in dropped if other < index)]])

    def _dropped(self) -> set[int]:
        single, count = self._shown.single, self._hits.finding.hit_count
        return {i for i in range(count) if single and self._hits.is_dropped(single.document_id, i)}

    def _on_hit_chosen(self, document_id: str, index: int) -> None:
        self._show_drops()
        self.hit_chosen.emit(document_id, index)


class SealDetails(Popup):
    """A popup with the properties of the selected seals, which closes when no seal is selected.

    Esc discards unfinished input. If the popup is closed in another way, the input is applied.
    """

    manual_page = "seals#by-click"

    def __init__(
        self,
        session: ContractSession,
        selection: Selection,
        commands: SealCommands,
        actions: SealActions,
        sizes: SealSizes,
        parent: QWidget,
    ) -> None:
        super().__init__(QCoreApplication.translate("SealDetails", "Details of the seal"), parent)
        self.setFixedWidth(sized(_POPUP_PX))
        self.panel = PropertiesPanel(session, selection, commands, actions, sizes, self)
        vbox(self.panel, spacing=0, margins=(4, 4, 4, 4), parent=self)
        self.setFocusProxy(self.panel)
        self.panel.emptied.connect(self.close)
        self.panel.content_resized.connect(self._fit)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.panel.discard_half_typed()
        super().keyPressEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        # A field does not emit ``editingFinished`` if a press outside the popup closes the popup.
        self.panel.finish_half_typed()
        super().closeEvent(event)

    def open_beside(self, seals: QRect) -> None:
        """Open the popup to the right of ``seals``, an area of the screen, or to its left if there is no space."""
        x_px = seals.right() + _GAP_PX
        if x_px + self.width() > self.screen().availableGeometry().right():
            x_px = seals.left() - _GAP_PX - self.width()
        self.open_at(QPoint(x_px, seals.top()))

    def _fit(self) -> None:
        """Resize the popup to its content, but not beyond the screen."""
        area = self.screen().availableGeometry()
        height_px = min(self.panel.sizeHint().height() + 8, area.height())
        self.resize(self.width(), height_px)
        self.move(self.x(), max(area.top(), min(self.y(), area.bottom() - height_px)))


def _is_any(shown: _Properties) -> bool:
    return bool(shown.selected)


def _has_x(shown: _Properties) -> bool:
    return shown.single is not None and horizontal_pt(shown.single) is not None


def _is_keyword(shown: _Properties) -> bool:
    return isinstance(shown.single, KeywordPlacement)


def _may_have_qr_code(shown: _Properties) -> bool:
    return isinstance(shown.single, CoordinatePlacement | KeywordPlacement)


def _arrange_bar(actions: SealActions) -> QWidget:
    """Return a bar with an icon for each way to align and to distribute seals."""
    bar = QWidget()
    row = hbox(spacing=0, parent=bar)
    for name in (*ALIGN_ACTIONS, *DISTRIBUTE_ACTIONS):
        button = QToolButton(bar)
        button.setDefaultAction(actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(sized(18), sized(18)))
        row.addWidget(button)
    row.addStretch()
    return bar
