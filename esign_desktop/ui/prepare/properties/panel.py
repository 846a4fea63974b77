"""What is selected, in fields: whose seal, where, how wide; for a keyword, what it finds.

The buttons that line up several seals.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.contract import edits
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.page_ranges import PageRanges, PageSelection, chosen_pages
from esign_desktop.domain.placing.placement import (
    MAX_SEAL_PT,
    MIN_SEAL_PT,
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
    marks_of,
    seal_width_pt,
)
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.keyword.finder import DocumentHits, Finding
from esign_desktop.ui.prepare.keyword.hits import KeywordHitList
from esign_desktop.ui.prepare.placements import edits as placement_edits
from esign_desktop.ui.prepare.properties.slices import SlicesPreview
from esign_desktop.ui.prepare.seals.actions import ALIGN_ACTIONS, DISTRIBUTE_ACTIONS, SealAction, action_texts
from esign_desktop.ui.text.placement import kind_word
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets import fields as half_typed
from esign_desktop.ui.widgets.forms import ElidingComboBox
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.lengths import LengthBox, LengthUnit, in_unit

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.ui.prepare.seals.actions import SealActions
    from esign_desktop.ui.prepare.seals.sizes import SealSizes
    from esign_desktop.ui.prepare.tool_context import Selection


class ArrangeBar(QWidget):
    """One icon each for six ways to align and two to distribute; the words are in their tool tips."""

    def __init__(self, actions: SealActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for name in (*ALIGN_ACTIONS, *DISTRIBUTE_ACTIONS):
            button = QToolButton(self)
            button.setDefaultAction(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setIconSize(QSize(18, 18))
            row.addWidget(button)
        row.addStretch()


_OWN_SIZE = "own"
_CUSTOM = "custom"


class PropertiesPanel(QScrollArea):
    """The properties of the selected placements; what several share can be set for all at once."""

    input_failed = Signal(object)
    hit_chosen = Signal(str, int)
    """A document's id and the index of a match in it that is to be shown."""
    unit_changed = Signal(object)
    """A ``LengthUnit``."""

    def __init__(
        self,
        session: ContractSession,
        selection: Selection,
        actions: SealActions,
        sizes: SealSizes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._selection = selection
        self._actions = actions
        self._sizes = sizes
        self._shown_ids: frozenset[PlacementId] = frozenset()
        self._content = QWidget(self)
        self._form = QFormLayout(self._content)
        self._labels: dict[QWidget, QLabel] = {}
        self._rows: dict[QWidget, QWidget] = {}
        self._empty = PlainLabel(self._content)
        self._empty.setObjectName("hint")
        self._empty.setWordWrap(True)
        self._title = PlainLabel(self._content)
        self._title.setObjectName("sectionTitle")
        self._signer = ElidingComboBox(self._content)
        self._keyword = QLineEdit(self._content)
        self._keyword.setMaxLength(200)
        self._found = PlainLabel(self._content)
        self._found.setWordWrap(True)
        self._hits = KeywordHitList(self._content)
        self._pages = QLineEdit(self._content)
        self._page_rules = QToolButton(self._content)
        self._page_menu = QMenu(self._page_rules)
        self._slices = SlicesPreview(self._content)
        self._split = QPushButton(self._content)
        self._x, self._y = LengthBox(self._content), LengthBox(self._content)
        self._width_choice = QComboBox(self._content)
        self._width = LengthBox(self._content)
        self._keep_size = QToolButton(self._content)
        self._arrange = ArrangeBar(actions, self._content)
        self._unit = QComboBox(self._content)
        self._with_qr = QCheckBox(self._content)
        self._confirm = QCheckBox(self._content)
        self._to_coordinates = QPushButton(self._content)
        self._single_out = QPushButton(self._content)
        self._copy_to_pages = QPushButton(self._content)
        self._remove = QPushButton(self._content)
        self._lay_out()
        self._connect()
        self.retranslate()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._empty.setText(self.tr("Select a seal on the page or in the list to see and change its properties."))
        for field, text in (
            (self._signer, self.tr("Signer")),
            (self._keyword, self.tr("Keyword")),
            (self._found, self.tr("Found")),
            (self._pages, self.tr("Pages")),
            (self._width_choice, self.tr("Size")),
            (self._width, self.tr("Width")),
            (self._unit, self.tr("Unit")),
        ):
            self._labels[field].setText(text)
        self._pages.setPlaceholderText(self.tr("e.g. 1-3,5"))
        self._page_rules.setToolTip(self.tr("Choose pages by a rule"))
        self._page_rules.setAccessibleName(self.tr("Choose pages by a rule"))
        self._page_menu.clear()
        for text, rule in (
            (self.tr("All pages"), (PageSelection.ALL, False)),
            (self.tr("All but the cover"), (PageSelection.ALL, True)),
            (self.tr("Odd pages (fronts of sheets)"), (PageSelection.ODD, False)),
            (self.tr("Odd pages but the cover"), (PageSelection.ODD, True)),
            (self.tr("Even pages"), (PageSelection.EVEN, False)),
        ):
            self._page_menu.addAction(text).setData(rule)
        self._split.setText(action_texts()[SealAction.SPLIT])
        self._split.setToolTip(self.tr("Several seals, each over so few pages that its slices can be seen"))
        self._with_qr.setText(self.tr("With a QR mark beside the seal"))
        self._to_coordinates.setText(self.tr("Make coordinates"))
        self._to_coordinates.setToolTip(self.tr("Replace the keyword by one movable seal at each ticked match"))
        self._single_out.setText(self.tr("Move one by itself"))
        self._single_out.setToolTip(self.tr("Make coordinates, and take the chosen match in hand"))
        self._hits.retranslate()
        self._remove.setText(self.tr("Remove"))
        self._copy_to_pages.setText(self.tr("Copy to pages…"))
        self._list_sizes()

    def focus_keyword(self) -> None:
        """Put the cursor where the keyword is typed."""
        self._keyword.setFocus()
        self._keyword.selectAll()

    def _list_sizes(self) -> None:
        self._width_choice.clear()
        for text, width_pt in self._sizes.choices():
            self._width_choice.addItem(text, _OWN_SIZE if width_pt is None else width_pt)
        self._width_choice.addItem(self.tr("Other"), _CUSTOM)
        self._show()

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form.setContentsMargins(12, 12, 12, 12)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow(self._empty)
        self._form.addRow(self._title)
        for field in (self._signer, self._keyword, self._found):
            self._add_row(field)
        self._add_row(self._pages, self._page_rules)
        self._form.addRow(self._slices)
        self._form.addRow(self._split)
        self._add_row(self._x)
        self._add_row(self._y)
        self._form.addRow(self._hits)
        self._form.addRow(self._confirm)
        self._form.addRow(self._single_out)
        self._add_row(self._width_choice, self._keep_size)
        self._add_row(self._width)
        self._add_row(self._unit)
        self._form.addRow(self._arrange)
        self._form.addRow(self._with_qr)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._to_coordinates)
        buttons.addWidget(self._copy_to_pages)
        buttons.addStretch()
        buttons.addWidget(self._remove)
        self._form.addRow(buttons)
        self._width.setMinimum(0.1)
        self._unit.addItem("mm", LengthUnit.MM)
        self._unit.addItem("pt", LengthUnit.PT)
        self._page_rules.setIcon(icon("chevron-down"))
        self._page_rules.setMenu(self._page_menu)
        self._page_rules.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setWidget(self._content)

    def _add_row(self, field: QWidget, button: QWidget | None = None) -> None:
        label = QLabel(self._content)
        label.setBuddy(field)
        self._labels[field] = label
        if button is None:
            self._rows[field] = field
            self._form.addRow(label, field)
            return
        both = QWidget(self._content)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(field, 1)
        row.addWidget(button)
        self._rows[field] = both
        self._form.addRow(label, both)

    def _connect(self) -> None:
        self._session.subscribe(self._on_session_changed)
        self._selection.changed.connect(self._show)
        self._signer.activated.connect(self._on_signer_activated)
        self._keyword.editingFinished.connect(self._on_keyword_finished)
        self._pages.editingFinished.connect(self._on_pages_finished)
        self._page_menu.triggered.connect(self._on_page_rule_triggered)
        self._split.clicked.connect(self._actions[SealAction.SPLIT].trigger)
        self._x.length_edited.connect(self._on_x_edited)
        self._y.length_edited.connect(self._on_y_edited)
        self._width_choice.activated.connect(self._on_width_choice_activated)
        self._width.length_edited.connect(self._on_width_edited)
        self._keep_size.clicked.connect(self._on_keep_size_clicked)
        self._sizes.changed.connect(self._list_sizes)
        self._copy_to_pages.clicked.connect(self._actions[SealAction.COPY_TO_PAGES].trigger)
        self._unit.activated.connect(self._on_unit_activated)
        self._with_qr.clicked.connect(self._on_with_qr_clicked)
        self._confirm.clicked.connect(self._on_confirm_clicked)
        self._to_coordinates.clicked.connect(self._on_to_coordinates_clicked)
        self._single_out.clicked.connect(self._on_single_out_clicked)
        self._hits.drops_changed.connect(self._show_drops)
        self._hits.hit_chosen.connect(self._on_hit_chosen)
        self._remove.clicked.connect(self._on_remove_clicked)

    @property
    def _selected(self) -> tuple[Placement, ...]:
        ids = self._selection.ids
        return tuple(p for p in self._session.draft.placements if p.id in ids) if ids else ()

    @property
    def _single(self) -> Placement | None:
        selected = self._selected
        return selected[0] if len(selected) == 1 else None

    def _show(self) -> None:
        selected = self._selected
        single = selected[0] if len(selected) == 1 else None
        self._form.setRowVisible(self._empty, not selected)
        self._form.setRowVisible(self._title, bool(selected))
        keyword = single if isinstance(single, KeywordPlacement) else None
        coordinate = isinstance(single, CoordinatePlacement)
        for field, is_shown in (
            (self._signer, bool(selected)),
            (self._keyword, keyword is not None),
            (self._found, keyword is not None),
            (self._pages, single is not None and keyword is None),
            (self._x, single is not None and not isinstance(single, CrossPagePlacement)),
            (self._y, single is not None),
            (self._width_choice, bool(selected)),
            (self._width, bool(selected)),
            (self._unit, bool(selected)),
            (self._with_qr, coordinate or keyword is not None),
            (self._arrange, len(selected) > 1),
            (self._slices, isinstance(single, CrossPagePlacement)),
            (self._split, self._actions[SealAction.SPLIT].isEnabled()),
            (self._confirm, False),
            (self._hits, False),
            (self._single_out, False),
        ):
            self._form.setRowVisible(self._rows.get(field, field), is_shown)
        self._to_coordinates.setVisible(keyword is not None)
        self._copy_to_pages.setVisible(any(isinstance(p, CoordinatePlacement) for p in selected))
        self._copy_to_pages.setEnabled(self._actions[SealAction.COPY_TO_PAGES].isEnabled())
        self._remove.setVisible(bool(selected))
        if self._selection.ids != self._shown_ids:
            # What was begun for one seal must not be finished for another.
            self._shown_ids = self._selection.ids
            self._forget_half_typed()
        if not selected:
            return
        self._title.setText(
            kind_word(single) if single is not None else self.tr("%n seal(s) selected", "", len(selected))
        )
        self._show_signer(selected)
        self._show_width(selected)
        if single is not None:
            self._show_place(single)
        if keyword is not None:
            self._show_found(keyword)

    def _forget_half_typed(self) -> None:
        for line in (self._keyword, self._pages):
            half_typed.finish(line)
        for box in (self._x, self._y, self._width):
            box.forget_half_typed()

    def _show_signer(self, selected: tuple[Placement, ...]) -> None:
        signers = [(f"{number}  {signer_name(s)}", s.id) for number, s in enumerate(self._session.draft.signers, 1)]
        if signers != [(self._signer.itemText(i), self._signer.itemData(i)) for i in range(self._signer.count())]:
            self._signer.clear()
            for text, signer_id in signers:
                self._signer.addItem(text, signer_id)
        owners = {p.signer_id for p in selected}
        self._signer.setCurrentIndex(self._signer.findData(next(iter(owners))) if len(owners) == 1 else -1)

    def _show_width(self, selected: tuple[Placement, ...]) -> None:
        draft = self._session.draft
        widths = {p.width_pt for p in selected}
        shown = max(seal_width_pt(p, draft.signer(p.signer_id), draft.behaviour) for p in selected)
        self._width.show_length(shown)
        only = next(iter(widths)) if len(widths) == 1 else _CUSTOM
        choice = None if isinstance(only, str) else self._sizes.choice_of(only)
        self._width_choice.setCurrentIndex(self._width_choice.count() - 1 if choice is None else choice)
        self._form.setRowVisible(self._width, choice is None or self._width.hasFocus())
        self._show_keeping(only)

    def _show_keeping(self, width: float | str | None) -> None:
        """Offer to keep a size that is not on the list, or to drop a personal one."""
        is_personal = isinstance(width, float) and self._sizes.is_personal(width)
        is_new = isinstance(width, float) and self._sizes.choice_of(width) is None
        self._keep_size.setVisible(is_personal or is_new)
        self._keep_size.setIcon(icon("delete" if is_personal else "add"))
        text = self.tr("Take this size off the list") if is_personal else self.tr("Keep this size on the list")
        self._keep_size.setToolTip(text)
        self._keep_size.setAccessibleName(text)

    def _show_place(self, placement: Placement) -> None:
        is_keyword = isinstance(placement, KeywordPlacement)
        self._labels[self._x].setText(self.tr("Right of the text") if is_keyword else self.tr("From the left"))
        self._labels[self._y].setText(self.tr("Above the text") if is_keyword else self.tr("From the bottom"))
        self._x.show_length(placement_edits.horizontal_pt(placement) or 0.0)
        self._y.show_length(placement_edits.vertical_pt(placement))
        if not isinstance(placement, KeywordPlacement):
            half_typed.fill(self._pages, str(placement.pages))
        if isinstance(placement, CrossPagePlacement):
            draft = self._session.draft
            document, signer = draft.document(placement.document_id), draft.signer(placement.signer_id)
            self._slices.show_slices(marks_of(placement, signer, document, draft.behaviour), draft)
        else:
            self._with_qr.setChecked(placement.with_qr_code)
        if isinstance(placement, CoordinatePlacement):
            self._with_qr.setEnabled(len(placement.pages) == 1)

    def _show_found(self, placement: KeywordPlacement) -> None:
        half_typed.fill(self._keyword, placement.keyword)
        found = self._session.hits.get((placement.document_id, placement.keyword))
        if found is None:
            self._found.setText(self.tr("searching…"))
            return
        count = len(found)
        pages = str(PageRanges.of(hit.page_number for hit in found)) if found else ""
        self._found.setText(
            self.tr("%n match(es), on page {pages}", "", count).format(pages=pages)
            if count
            else self.tr("nothing: no seal would be placed")
        )
        self._show_hits(placement, found)
        self._form.setRowVisible(self._confirm, count > 1)
        self._confirm.setText(self.tr("Yes, place %n seal(s)", "", count))
        self._confirm.setChecked(placement.confirmed_hits == count)

    def _show_hits(self, placement: KeywordPlacement, found: tuple[KeywordHit, ...]) -> None:
        """List the matches; leaving some out, or moving one by itself, takes coordinates."""
        document = self._session.draft.document(placement.document_id)
        finding = Finding(placement.keyword, (DocumentHits(document, found),))
        self._hits.show_finding(finding, of=placement.id)
        self._form.setRowVisible(self._hits, len(found) > 1)
        self._form.setRowVisible(self._single_out, len(found) > 1)
        self._show_drops()

    def _show_drops(self) -> None:
        found = self._hits.finding.hit_count
        dropped = self._hits.dropped_count
        self._to_coordinates.setEnabled(found > dropped)
        self._confirm.setEnabled(not dropped)
        self._single_out.setEnabled(self._hits.current_index is not None)

    def _on_session_changed(self, change: Change) -> None:
        if not change.is_ongoing:
            self._selection.keep_only(p.id for p in change.after.placements)
        self._show()

    def _on_signer_activated(self) -> None:
        signer_id: SignerId = self._signer.currentData()
        ids: frozenset[PlacementId] = self._selection.ids
        self._session.apply(
            EditName.ASSIGN_SEALS, lambda draft: edits.assign_signer(draft, ids, signer_id), origin=self
        )

    def _on_keyword_finished(self) -> None:
        half_typed.finish(self._keyword)
        single = self._single
        if isinstance(single, KeywordPlacement) and self._keyword.text().strip() != single.keyword:
            placement_edits.set_keyword(self._session, single, self._keyword.text().strip(), origin=self)

    def _on_pages_finished(self) -> None:
        half_typed.finish(self._pages)
        single = self._single
        if single is None or isinstance(single, KeywordPlacement) or self._pages.text() == str(single.pages):
            return
        document = self._session.draft.document(single.document_id)
        try:
            pages = PageRanges.parse(self._pages.text(), page_count=document.page_count)
        except InputError as error:
            self.input_failed.emit(error)
            self._pages.setText(str(single.pages))
            return
        self._session.apply(
            EditName.CHANGE_SEALS, lambda draft: edits.set_pages(draft, {single.id}, pages), origin=self
        )

    def _on_page_rule_triggered(self, action: QAction) -> None:
        single = self._single
        if single is None or isinstance(single, KeywordPlacement):
            return
        selection, skips_cover = action.data()
        document = self._session.draft.document(single.document_id)
        pages = chosen_pages(PageSelection(selection), document.page_count, skips_cover=skips_cover)
        if pages is not None:
            self._session.apply(
                EditName.CHANGE_SEALS, lambda draft: edits.set_pages(draft, {single.id}, pages), origin=self
            )

    def _on_x_edited(self, length_pt: float) -> None:
        if (single := self._single) is not None:
            placement_edits.move_to(self._session, single, x_pt=length_pt, origin=self)

    def _on_y_edited(self, length_pt: float) -> None:
        if (single := self._single) is not None:
            placement_edits.move_to(self._session, single, y_pt=length_pt, origin=self)

    def _on_width_choice_activated(self) -> None:
        choice = self._width_choice.currentData()
        if choice == _CUSTOM:
            self._form.setRowVisible(self._width, True)
            self._width.setFocus()
            self._width.selectAll()
            return
        width_pt = None if choice == _OWN_SIZE else float(choice)
        placement_edits.set_width(self._session, self._selection.ids, width_pt, origin=self)

    def _on_width_edited(self, length_pt: float) -> None:
        width_pt = min(MAX_SEAL_PT, max(MIN_SEAL_PT, length_pt))
        placement_edits.set_width(self._session, self._selection.ids, width_pt, origin=self)

    def _on_keep_size_clicked(self) -> None:
        selected = self._selected
        width_pt = selected[0].width_pt if selected else None
        if width_pt is None:
            return
        if self._sizes.is_personal(width_pt):
            self._sizes.drop(width_pt)
        else:
            unit = LengthUnit(self._unit.currentData())
            self._sizes.add(round(in_unit(width_pt, unit), 1), unit.value)

    def _on_unit_activated(self) -> None:
        unit = LengthUnit(self._unit.currentData())
        for box in (self._x, self._y, self._width):
            box.set_unit(unit)
        self.unit_changed.emit(unit)

    def _on_with_qr_clicked(self, is_wanted: bool) -> None:
        single = self._single
        if isinstance(single, CoordinatePlacement | KeywordPlacement):
            changed = replace(single, with_qr_code=is_wanted)
            self._session.apply(
                EditName.CHANGE_SEALS, lambda draft: edits.update_placement(draft, changed), origin=self
            )

    def _on_confirm_clicked(self) -> None:
        if isinstance(single := self._single, KeywordPlacement):
            placement_edits.confirm(self._session, single, origin=self)

    def _on_to_coordinates_clicked(self) -> None:
        if isinstance(single := self._single, KeywordPlacement):
            placement_edits.turn_into_coordinates(self._session, single, origin=self, dropped=self._dropped(single))

    def _on_single_out_clicked(self) -> None:
        single, index = self._single, self._hits.current_index
        if isinstance(single, KeywordPlacement) and index is not None:
            dropped = self._dropped(single) - {index}
            ids = placement_edits.turn_into_coordinates(self._session, single, origin=self, dropped=dropped)
            self._selection.set([ids[index - sum(1 for other in dropped if other < index)]])

    def _dropped(self, placement: KeywordPlacement) -> set[int]:
        count = self._hits.finding.hit_count
        return {index for index in range(count) if self._hits.is_dropped(placement.document_id, index)}

    def _on_hit_chosen(self, document_id: str, index: int) -> None:
        self._show_drops()
        self.hit_chosen.emit(document_id, index)

    def _on_remove_clicked(self) -> None:
        ids = self._selection.ids
        self._session.apply(EditName.REMOVE_SEALS, lambda draft: edits.remove_placements(draft, ids), origin=self)
