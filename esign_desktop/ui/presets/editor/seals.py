"""Where the seals go, in words, with a look at the page.

Where a keyword's seal goes when the keyword is missing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QWidget,
)

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    MAX_SEAL_PT,
    MIN_SEAL_PT,
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
)
from esign_desktop.domain.preset.edits import (
    SealKind,
    add_seal,
    change_seal,
    remove_seal,
    seal_kind,
    with_fallbacks,
    with_place,
    with_place_kind,
)
from esign_desktop.domain.preset.preset import KeptPdf, PresetSeal, signer_of
from esign_desktop.domain.preset.soundness import MAX_NAME_CHARACTERS
from esign_desktop.domain.signer import SignerId
from esign_desktop.ui.presets.editor.item_list import ItemList
from esign_desktop.ui.presets.editor.pages import PagePreview, page_of, preset_marks
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import role_names, seal_kind_words, seal_row
from esign_desktop.ui.widgets.fields import fields_form, show_choices, show_text
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.lengths import LengthBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.preset.preset import PresetDocument
    from esign_desktop.ui.presets.editor.pages import KeptPages
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy


Points = tuple[tuple[int, PagePoint], ...]
_USUAL: Final = PagePoint(300.0, 200.0)


class FallbackFields(QWidget):
    """``changed`` carries all points: page numbers and places."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Points = ()
        self._page_count = 1
        self.point = QComboBox(self)
        self.point.setAccessibleName(self.tr("Point to fall back to"))
        self.add, self.remove = QPushButton(self.tr("Add point"), self), QPushButton(self.tr("Remove point"), self)
        self.page = QSpinBox(self)
        self.page.setKeyboardTracking(False)
        self.page.setPrefix(self.tr("page "))
        self.page.setAccessibleName(self.tr("Page to fall back to"))
        self.left, self.below = LengthBox(self), LengthBox(self)
        self._labels = (PlainLabel(self, self.tr("from the left")), PlainLabel(self, self.tr("from below")))
        for label, box in zip(self._labels, (self.left, self.below), strict=True):
            label.setBuddy(box)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        for row, widgets in enumerate(
            (
                (self.point, self.page),
                (self._labels[0], self.left),
                (self._labels[1], self.below),
                (self.add, self.remove),
            )
        ):
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
        self.add.clicked.connect(self._on_add_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.point.activated.connect(self._show)
        self.page.valueChanged.connect(self._on_values_changed)
        self.left.length_edited.connect(self._on_values_changed)
        self.below.length_edited.connect(self._on_values_changed)

    @property
    def page_number(self) -> int | None:
        """The page of the chosen point."""
        return (
            self._points[self.point.currentIndex()][0] if 0 <= self.point.currentIndex() < len(self._points) else None
        )

    def show_seal(self, seal: PresetSeal, page_count: int) -> None:
        """Show the points of a seal."""
        self._points = tuple((place.pages.first, place.center) for place in seal.fallbacks)
        self._page_count = page_count
        row = min(max(self.point.currentIndex(), 0), len(self._points) - 1)
        with QSignalBlocker(self.point):
            self.point.clear()
            count = len(self._points)
            self.point.addItems(
                [self.tr("Point {number} of {count}").format(number=n, count=count) for n in range(1, count + 1)]
            )
            self.point.setCurrentIndex(row)
        self._show()

    def _show(self) -> None:
        row = self.point.currentIndex()
        has_point = 0 <= row < len(self._points)
        for widget in (self.point, self.remove, self.page, self.left, self.below, *self._labels):
            widget.setVisible(has_point)
        if has_point:
            page_number, point = self._points[row]
            with QSignalBlocker(self.page):
                self.page.setRange(1, max(self._page_count, page_number))
                self.page.setValue(page_number)
            self.left.show_length(point.x_pt)
            self.below.show_length(point.y_pt)

    def _tell(self, points: Points) -> None:
        self._points = points
        self.changed.emit(points)

    def _on_add_clicked(self) -> None:
        page, point = self._points[-1] if self._points else (self._page_count, _USUAL)
        self._tell((*self._points, (page, point)))
        self.point.setCurrentIndex(len(self._points) - 1)
        self._show()
        self.page.setFocus()

    def _on_remove_clicked(self) -> None:
        row = self.point.currentIndex()
        self._tell(self._points[:row] + self._points[row + 1 :])

    def _on_values_changed(self) -> None:
        row = self.point.currentIndex()
        if 0 <= row < len(self._points):
            one = (self.page.value(), PagePoint(self.left.length_pt, self.below.length_pt))
            self._tell((*self._points[:row], one, *self._points[row + 1 :]))


_LONGEST: Final = 40
_FOUND_PX: Final = 220
_USUAL_WIDTH_PT: Final = mm_to_pt(40.0)


class SealsPage(QWidget):
    """Tells the working copy what is typed, and shows what it holds."""

    def __init__(self, copy: WorkingCopy, pages: KeptPages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self._kept_pages = pages
        self.list = ItemList(self.tr("Seals"), seal_kind_words(), self, movable=False)
        self._detail = QWidget(self)
        self.role, self.document, self.kind = (QComboBox(self._detail) for _ in range(3))
        self.keyword = QLineEdit(self._detail)
        self.keyword.setMaxLength(MAX_NAME_CHARACTERS)
        self._found = PlainLabel(self._detail)
        self._found.setObjectName("hint")
        self._found.setWordWrap(True)
        self._found.setMinimumWidth(_FOUND_PX)
        self.agreed = QCheckBox(self._detail)
        self.right, self.up, self.left, self.below, self.seal_width = (LengthBox(self._detail) for _ in range(5))
        self.pages = QLineEdit(self._detail)
        self.pages.setPlaceholderText(self.tr("e.g. 1-3,5"))
        self.own_size = QCheckBox(self.tr("The seal's own &size"), self._detail)
        self.fallbacks = FallbackFields(self._detail)
        self.look = PagePreview(self)
        self._form = fields_form(self._detail)
        self._lay_out()
        self._connect()
        self.show_copy()

    @property
    def found(self) -> str:
        """What is said about the keyword."""
        return self._found.text()

    def show_copy(self) -> None:
        """Show what the working copy holds."""
        preset = self._copy.preset
        names = role_names(preset)
        self.list.setEnabled(bool(preset.roles and preset.documents))
        self.list.show_rows(seal_row(seal, names) for seal in preset.seals)
        self._show_detail()

    def show_look(self) -> None:
        """Show the page of the chosen seal, and where its keyword was found."""
        seal, document = self._seal, self._document
        if seal is None or document is None:
            self.look.show_page(None, None)
            self._found.clear()
            return
        place = seal.placement
        hits = self._kept_pages.hits(document, place.keyword) if isinstance(place, KeywordPlacement) else None
        number = page_of(seal, hits, self.fallbacks.page_number)
        count = len(document.fingerprint.pages)
        shown = min(max(1, number), count)
        self.look.show_page(document.fingerprint.pages[shown - 1], self._kept_pages.image(document, shown))
        self.look.show_marks(preset_marks(self._copy.preset, document, shown, seal, self._kept_pages))
        self._found.setText(self._found_words(seal, document))
        count = len(hits or ())
        self._form.setRowVisible(self.agreed, count > 1)
        self.agreed.setText(self.tr("Yes, all %n seals are meant", "", count))
        self.agreed.setChecked(isinstance(place, KeywordPlacement) and place.confirmed_hits == count)

    def _lay_out(self) -> None:
        self.seal_width.setRange(1.0, MAX_SEAL_PT)
        self._found.setAccessibleName(self.tr("Found"))
        for text, field in (
            (self.tr("&Whose"), self.role),
            (self.tr("&Document"), self.document),
            (self.tr("&Place"), self.kind),
            (self.tr("&Keyword"), self.keyword),
            ("", self._found),
            ("", self.agreed),
            (self.tr("To the &right"), self.right),
            (self.tr("&Higher by"), self.up),
            (self.tr("Pa&ges"), self.pages),
            (self.tr("From the &left"), self.left),
            (self.tr("From &below"), self.below),
            ("", self.own_size),
            (self.tr("W&idth"), self.seal_width),
            (self.tr("Where it is missing"), self.fallbacks),
        ):
            self._form.addRow(text, field)
        scroll = QScrollArea(self)
        scroll.setWidget(self._detail)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 16, 4, 4)
        row.setSpacing(20)
        row.addWidget(self.list, 4)
        row.addWidget(scroll, 6)
        row.addWidget(self.look, 4)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for box in (self.role, self.document, self.kind):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def _connect(self) -> None:
        self.list.added.connect(self._on_list_added)
        self.list.removed.connect(self._on_list_removed)
        self.list.row_changed.connect(self._show_detail)
        self.role.activated.connect(self._on_role_activated)
        self.document.activated.connect(self._on_document_activated)
        self.kind.activated.connect(self._on_kind_activated)
        self.keyword.textEdited.connect(self._on_keyword_text_edited)
        self.keyword.editingFinished.connect(self._on_keyword_editing_finished)
        self.agreed.clicked.connect(self._on_agreed_clicked)
        self.right.length_edited.connect(self._on_right_length_edited)
        self.up.length_edited.connect(self._on_up_length_edited)
        self.pages.editingFinished.connect(self._on_pages_editing_finished)
        self.left.length_edited.connect(self._on_left_length_edited)
        self.below.length_edited.connect(self._on_below_length_edited)
        self.own_size.clicked.connect(self._on_own_size_clicked)
        self.seal_width.length_edited.connect(self._on_width_length_edited)
        self.fallbacks.changed.connect(self._on_fallbacks_changed)
        self.fallbacks.point.activated.connect(self.show_look)
        self._kept_pages.arrived.connect(self.show_look)

    @property
    def _seal(self) -> PresetSeal | None:
        seals, row = self._copy.preset.seals, self.list.row
        return seals[row] if 0 <= row < len(seals) else None

    @property
    def _document(self) -> PresetDocument | None:
        seal = self._seal
        if seal is None:
            return None
        documents = self._copy.preset.documents
        return next((one for one in documents if one.slot == seal.placement.document_id), None)

    @property
    def _page_count(self) -> int:
        return len(self._document.fingerprint.pages) if self._document is not None else 1

    def _show_detail(self) -> None:
        seal = self._seal
        self._detail.setVisible(seal is not None)
        if seal is not None:
            self._show_seal(seal)
        self.show_look()

    def _show_seal(self, seal: PresetSeal) -> None:
        preset, place, kind = self._copy.preset, seal.placement, seal_kind(seal)
        show_choices(self.role, role_names(preset), str(place.signer_id))
        documents = {str(one.slot): one_line(one.name, most_characters=_LONGEST) for one in preset.documents}
        show_choices(self.document, documents, str(place.document_id))
        show_choices(self.kind, seal_kind_words(), kind.value)
        is_keyword = kind is SealKind.KEYWORD
        for field in (self.keyword, self._found, self.right, self.up, self.fallbacks):
            self._form.setRowVisible(field, is_keyword)
        self._form.setRowVisible(self.document, len(documents) > 1)
        self._form.setRowVisible(self.pages, not is_keyword)
        self._form.setRowVisible(self.left, kind is SealKind.COORDINATE)
        self._form.setRowVisible(self.below, not is_keyword)
        match place:
            case KeywordPlacement():
                show_text(self.keyword, place.keyword)
                self.right.show_length(place.offset_x_pt)
                self.up.show_length(place.offset_y_pt)
                self.fallbacks.show_seal(seal, self._page_count)
            case CoordinatePlacement():
                self.pages.setText(str(place.pages))
                self.left.show_length(place.center.x_pt)
                self.below.show_length(place.center.y_pt)
            case CrossPagePlacement():
                self.pages.setText(str(place.pages))
                self.below.show_length(place.center_y_pt)
        self.own_size.setChecked(place.width_pt is None)
        self._form.setRowVisible(self.seal_width, place.width_pt is not None)
        if place.width_pt is not None:
            self.seal_width.show_length(place.width_pt)

    def _found_words(self, seal: PresetSeal, document: PresetDocument) -> str:
        place = seal.placement
        if not isinstance(place, KeywordPlacement) or not place.keyword.strip():
            return ""
        if not isinstance(document.source, KeptPdf):
            return self.tr("The platform looks for it in what it makes from the template.")
        hits = self._kept_pages.hits(document, place.keyword)
        if hits is None:
            return self.tr("Looking for it…")
        if not hits:
            if not seal.fallbacks:
                return self.tr("It is not in the document: choose another one, or add a point below.")
            return self.tr("It is not in the document: the points below are used.")
        pages = str(PageRanges.of(hit.page_number for hit in hits))
        return self.tr("%n seal(s), on page {pages}.", "", len(hits)).format(pages=pages)

    def _change(self, change: Callable[[PresetSeal], PresetSeal], merge_key: object = None) -> None:
        seal = self._seal
        if seal is not None:
            seal_id = seal.placement.id
            key = None if merge_key is None else (merge_key, seal_id)
            self._copy.apply(lambda preset: change_seal(preset, seal_id, change), key)

    def _place(self, merge_key: object = None, **values: Any) -> None:
        self._change(lambda seal: with_place(seal, replace(seal.placement, **values)), merge_key)

    def _on_list_added(self, kind: str) -> None:
        preset = self._copy.preset
        row = max(0, self.list.row)
        slot = preset.seals[row].placement.document_id if row < len(preset.seals) else preset.documents[0].slot
        sealing = {seal.placement.signer_id for seal in preset.seals}
        roles = [role.id for role in preset.roles]
        role_id = next((one for one in roles if signer_of(one) not in sealing), roles[0])
        self._copy.apply(lambda before: add_seal(before, role_id, slot, SealKind(kind)))
        self.list.choose(len(self._copy.preset.seals) - 1)
        (self.keyword if kind == SealKind.KEYWORD else self.pages).setFocus()

    def _on_list_removed(self, row: int) -> None:
        seal_id = self._copy.preset.seals[row].placement.id
        self._copy.apply(lambda preset: remove_seal(preset, seal_id))

    def _on_role_activated(self) -> None:
        self._place(signer_id=SignerId(self.role.currentData()))

    def _on_document_activated(self) -> None:
        self._place(document_id=DocumentId(self.document.currentData()))

    def _on_kind_activated(self) -> None:
        kind, count = SealKind(self.kind.currentData()), self._page_count
        self._change(lambda seal: with_place_kind(seal, kind, count))

    def _on_keyword_text_edited(self, text: str) -> None:
        self._place("keyword", keyword=text.strip())

    def _on_keyword_editing_finished(self) -> None:
        self.show_look()

    def _on_agreed_clicked(self, is_checked: bool) -> None:
        seal, document = self._seal, self._document
        if seal is not None and document is not None and isinstance(seal.placement, KeywordPlacement):
            hits = self._kept_pages.hits(document, seal.placement.keyword) or ()
            self._place(confirmed_hits=len(hits) if is_checked else None)

    def _on_right_length_edited(self, length_pt: float) -> None:
        self._place("right", offset_x_pt=length_pt)

    def _on_up_length_edited(self, length_pt: float) -> None:
        self._place("up", offset_y_pt=length_pt)

    def _on_pages_editing_finished(self) -> None:
        seal = self._seal
        if seal is None or isinstance(seal.placement, KeywordPlacement):
            return
        try:
            pages = PageRanges.parse(self.pages.text())
        except InputError:
            # What can't be read gives way to what was there.
            pages = seal.placement.pages
            self.pages.setText(str(pages))
        self._place(pages=pages)

    def _on_left_length_edited(self, length_pt: float) -> None:
        seal = self._seal
        if seal is not None and isinstance(seal.placement, CoordinatePlacement):
            self._place("x", center=PagePoint(length_pt, seal.placement.center.y_pt))

    def _on_below_length_edited(self, length_pt: float) -> None:
        seal = self._seal
        if seal is None:
            return
        if isinstance(seal.placement, CoordinatePlacement):
            self._place("y", center=PagePoint(seal.placement.center.x_pt, length_pt))
        elif isinstance(seal.placement, CrossPagePlacement):
            self._place("y", center_y_pt=length_pt)

    def _on_own_size_clicked(self, is_checked: bool) -> None:
        self._place(width_pt=None if is_checked else _USUAL_WIDTH_PT)

    def _on_width_length_edited(self, length_pt: float) -> None:
        self._place("width", width_pt=min(max(length_pt, MIN_SEAL_PT), MAX_SEAL_PT))

    def _on_fallbacks_changed(self, points: Points) -> None:
        self._change(lambda seal: with_fallbacks(seal, points), "fallbacks")
