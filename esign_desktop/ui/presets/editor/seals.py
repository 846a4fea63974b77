"""The editor's page for a preset's seals, with a preview of the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QWidget,
)

from esign_desktop.domain.contract.edits import remove_placements, update_placement
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import moved_to_shown, point_shown_at, shown_point, shown_position
from esign_desktop.domain.placing.placement import (
    MAX_SEAL_PT,
    MIN_SEAL_PT,
    CoordinatePlacement,
    FallbackPoint,
    KeywordPlacement,
    Placement,
    PlacementId,
)
from esign_desktop.domain.preset.edits import (
    SealKind,
    add_seal,
    seal_kind,
    with_keyword,
    with_place_kind,
)
from esign_desktop.domain.preset.soundness import MAX_NAME_CHARACTERS
from esign_desktop.domain.signer import SignerId
from esign_desktop.override import override
from esign_desktop.ui.presets.editor.item_list import ItemForm, ItemList
from esign_desktop.ui.presets.editor.pages import PagePreview, page_of, preset_marks, seal_styles
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import role_names, seal_kind_words, seal_row
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, Field, LineField, Row, describe_choice
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.lengths import LengthBox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.ui.presets.editor.pages import KeptPages
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy


Points = tuple[FallbackPoint, ...]
_USUAL: Final = PagePoint(300.0, 200.0)
_LONGEST: Final = 40
_FOUND_PX: Final = 220
_USUAL_WIDTH_PT: Final = mm_to_pt(40.0)


class _LengthField(LengthBox):
    """A length whose consecutive changes are one step of the undo history."""

    is_typed = True


class FallbackField(Field, QWidget):
    """The fallback positions of a seal, which are used if the document does not contain the seal's keyword."""

    is_typed = True
    frames: tuple[PageFrame, ...] = ()
    """The page frames of the document."""

    def __init__(self) -> None:
        super().__init__()
        self._points: Points = ()
        self.point = QComboBox(self)
        describe_choice(self.point, self.tr("Fallback position"))
        self.add, self.remove = (
            QPushButton(self.tr("Add position"), self),
            QPushButton(self.tr("Remove position"), self),
        )
        self.page = QSpinBox(self)
        self.page.setKeyboardTracking(False)
        self.page.setPrefix(self.tr("page "))
        self.page.setAccessibleName(self.tr("Fallback page"))
        self.left, self.below = LengthBox(self), LengthBox(self)
        self._labels = (PlainLabel(self, self.tr("from the left")), PlainLabel(self, self.tr("from the bottom")))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        pairs = (
            (self.point, self.page),
            (self._labels[0], self.left),
            (self._labels[1], self.below),
            (self.add, self.remove),
        )
        for row, (left, right) in enumerate(pairs):
            grid.addWidget(left, row, 0)
            grid.addWidget(right, row, 1)
        for label, box in zip(self._labels, (self.left, self.below), strict=True):
            label.setBuddy(box)
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
        self.add.clicked.connect(self._on_add_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.point.activated.connect(self._show)
        self.page.valueChanged.connect(self._on_values_changed)
        self.left.length_edited.connect(self._on_values_changed)
        self.below.length_edited.connect(self._on_values_changed)

    @override
    def read_value(self) -> Points:
        return self._points

    @override
    def show_value(self, value: Points) -> None:
        self._points = value
        count = len(value)
        row = min(max(self.point.currentIndex(), 0), count - 1)
        with QSignalBlocker(self.point):
            self.point.clear()
            self.point.addItems(
                [self.tr("Position {number} of {count}").format(number=n, count=count) for n in range(1, count + 1)]
            )
            self.point.setCurrentIndex(row)
        self._show()

    @property
    def page_number(self) -> int | None:
        """The page number of the chosen fallback position, or None if there is none."""
        row = self.point.currentIndex()
        return self._points[row].pages.first if 0 <= row < len(self._points) else None

    def _show(self) -> None:
        row = self.point.currentIndex()
        has_point = 0 <= row < len(self._points)
        for widget in (self.point, self.remove, self.page, self.left, self.below, *self._labels):
            widget.setVisible(has_point)
        if has_point:
            point = self._points[row]
            with QSignalBlocker(self.page):
                self.page.setRange(1, max(len(self.frames), point.pages.first))
                self.page.setValue(point.pages.first)
            x_pt, y_pt = shown_point(point.center, point.pages.first, self.frames)
            self.left.show_length(x_pt)
            self.below.show_length(y_pt)

    def _become(self, points: Points, row: int) -> None:
        self.show_value(points)
        self.point.setCurrentIndex(row)
        self._show()
        self.edited.emit()

    def _on_add_clicked(self) -> None:
        usual = FallbackPoint(PageRanges.single(max(1, len(self.frames))), _USUAL)
        self._become((*self._points, self._points[-1] if self._points else usual), len(self._points))
        self.page.setFocus()

    def _on_remove_clicked(self) -> None:
        row = self.point.currentIndex()
        self._become(self._points[:row] + self._points[row + 1 :], max(0, row - 1))

    def _on_values_changed(self) -> None:
        row = self.point.currentIndex()
        if 0 <= row < len(self._points):
            page_number = self.page.value()
            center = point_shown_at(self.left.length_pt, self.below.length_pt, page_number, self.frames)
            point = FallbackPoint(PageRanges.single(page_number), center)
            self._become((*self._points[:row], point, *self._points[row + 1 :]), row)


class SealsPage(QWidget):
    """The page for the seals: the list of seals, the settings of the chosen one, and a preview of its page."""

    def __init__(self, copy: WorkingCopy, pages: KeptPages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self._kept_pages = pages
        self.list = ItemList(self.tr("Seals"), seal_kind_words(), self, movable=False)
        self.role, self.document, self.kind = ChoiceField(), ChoiceField(), ChoiceField(seal_kind_words().items())
        self.keyword = LineField(max_length=MAX_NAME_CHARACTERS)
        self.pages = LineField(max_length=32767, placeholder=self.tr("e.g. 1-3,5"), when_finished=True)
        self.right, self.up, self.left, self.below, self.seal_width = (_LengthField() for _ in range(5))
        self.seal_width.setRange(1.0, MAX_SEAL_PT)
        self.own_size = CheckField(self.tr("Default &size"))
        self.fallbacks = FallbackField()
        self._found = PlainLabel(look="hint", is_wrapped=True)
        self._found.setMinimumWidth(_FOUND_PX)
        self._found.setAccessibleName(self.tr("Found"))
        self.agreed = QCheckBox()
        self.preview = PagePreview(self)
        seal = KeywordPlacement(PlacementId(""), SignerId(""), DocumentId(""), "")
        self._form: ItemForm[Placement] = ItemForm(seal, self._rows(), self)
        self._form.form_layout.insertRow(4, "", self._found)
        self._form.form_layout.insertRow(5, "", self.agreed)
        scroll = QScrollArea(self)
        scroll.setWidget(self._form)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        hbox((self.list, 4), (scroll, 6), (self.preview, 4), spacing=20, margins=(4, 16, 4, 4), parent=self)
        self.list.added.connect(self._on_list_added)
        self.list.removed.connect(self._on_list_removed)
        self.list.row_changed.connect(self._show_detail)
        self._form.edited.connect(self._on_form_edited)
        self.keyword.editingFinished.connect(self.show_preview)
        self.agreed.clicked.connect(self._on_agreed_clicked)
        self.fallbacks.point.activated.connect(self.show_preview)
        self._kept_pages.arrived.connect(self.show_preview)
        self.show_copy()

    @property
    def found(self) -> str:
        """The displayed sentence about the keyword's matches."""
        return self._found.text()

    def show_copy(self) -> None:
        """Show the current state of the working copy."""
        preset = self._copy.preset
        names = role_names(preset)
        self.list.setEnabled(bool(preset.signers and preset.documents))
        self.list.show_rows(seal_row(place, names) for place in preset.placements)
        self._show_detail()

    def show_preview(self) -> None:
        """Show the page of the chosen seal and the matches of its keyword."""
        place, document = self._seal, self._document
        if place is None or document is None:
            self.preview.show_page(None, None)
            self._found.clear()
            return
        hits = self._kept_pages.hits(document, place.keyword) if isinstance(place, KeywordPlacement) else None
        number = page_of(place, hits, self.fallbacks.page_number)
        shown = min(max(1, number), document.page_count)
        self.preview.show_page(document.pages[shown - 1], self._kept_pages.image(document, shown))
        marks = preset_marks(self._copy.preset, document, shown, place, self._kept_pages)
        self.preview.show_marks(marks, seal_styles(self._copy.preset))
        self._found.setText(self._found_words(place, document))
        count = len(hits or ())
        self._form.form_layout.setRowVisible(self.agreed, count > 1)
        self.agreed.setText(self.tr("Yes, place all %n seals", "", count))
        self.agreed.setChecked(isinstance(place, KeywordPlacement) and place.confirmed_hits == count)

    def _rows(self) -> Iterator[Row[Placement]]:
        yield _part(
            "signer_id",
            self.tr("Sig&ner"),
            self.role,
            choices=lambda _seal: ((SignerId(role), name) for role, name in role_names(self._copy.preset).items()),
        )
        yield _part(
            "document_id",
            self.tr("&Document"),
            self.document,
            choices=lambda _seal: (
                (one.id, one_line(one.name, most_characters=_LONGEST)) for one in self._copy.preset.documents
            ),
            is_shown=lambda _seal: len(self._copy.preset.documents) > 1,
        )
        yield Row(
            "kind",
            self.tr("&Positioning"),
            self.kind,
            seal_kind,
            lambda seal, kind: with_place_kind(seal, SealKind(kind), max(1, len(self._frames))),
        )
        yield Row(
            "keyword",
            self.tr("&Keyword"),
            self.keyword,
            lambda seal: getattr(seal, "keyword", ""),
            with_keyword,
            is_shown=_is_keyword,
        )
        yield _part("offset_x_pt", self.tr("Horizontal &offset"), self.right, is_shown=_is_keyword)
        yield _part("offset_y_pt", self.tr("&Vertical offset"), self.up, is_shown=_is_keyword)
        yield Row(
            "pages",
            self.tr("Pa&ges"),
            self.pages,
            lambda seal: str(getattr(seal, "pages", "")),
            _with_pages,
            is_shown=lambda seal: not _is_keyword(seal),
        )
        yield Row(
            "x",
            self.tr("Center from &left"),
            self.left,
            lambda seal: shown_position(seal, self._frames)[0] or 0.0,
            lambda seal, x_pt: moved_to_shown(seal, self._frames, x_pt=x_pt),
            is_shown=lambda seal: isinstance(seal, CoordinatePlacement),
        )
        yield Row(
            "y",
            self.tr("Center from &bottom"),
            self.below,
            lambda seal: shown_position(seal, self._frames)[1],
            lambda seal, y_pt: moved_to_shown(seal, self._frames, y_pt=y_pt),
            is_shown=lambda seal: not _is_keyword(seal),
        )
        yield Row(
            "own_size",
            "",
            self.own_size,
            lambda seal: seal.width_pt is None,
            lambda seal, is_own: replace(seal, width_pt=None if is_own else _USUAL_WIDTH_PT),
        )
        yield _part(
            "width_pt",
            self.tr("W&idth"),
            self.seal_width,
            lambda width_pt: min(max(width_pt, MIN_SEAL_PT), MAX_SEAL_PT),
            is_shown=lambda seal: seal.width_pt is not None,
        )
        yield Row(
            "fallbacks",
            self.tr("If keyword not found"),
            self.fallbacks,
            lambda seal: seal.fallbacks if isinstance(seal, KeywordPlacement) else (),
            lambda seal, points: replace(seal, fallbacks=points),
            is_shown=_is_keyword,
        )

    @property
    def _seal(self) -> Placement | None:
        seals, row = self._copy.preset.placements, self.list.row
        return seals[row] if 0 <= row < len(seals) else None

    @property
    def _document(self) -> Document | None:
        seal = self._seal
        if seal is None:
            return None
        documents = self._copy.preset.documents
        return next((one for one in documents if one.id == seal.document_id), None)

    @property
    def _frames(self) -> tuple[PageFrame, ...]:
        return self._document.pages if self._document is not None else ()

    def _show_detail(self) -> None:
        seal = self._seal
        self._form.setVisible(seal is not None)
        if seal is not None:
            self.fallbacks.frames = self._frames
            self._form.show_item(seal.id, seal)
            self._form.form_layout.setRowVisible(self._found, _is_keyword(seal))
        self.show_preview()

    def _found_words(self, place: Placement, document: Document) -> str:
        if not isinstance(place, KeywordPlacement) or not place.keyword.strip():
            return ""
        if document.template is not None:
            return self.tr("The platform searches for the keyword in the document that it creates from the template.")
        hits = self._kept_pages.hits(document, place.keyword)
        if hits is None:
            return self.tr("Searching…")
        if not hits:
            if not place.fallbacks:
                return self.tr("Not in the document. Choose another keyword, or add a fallback position below.")
            return self.tr("Not in the document. The fallback positions below are used.")
        pages = str(PageRanges.of(hit.page_number for hit in hits))
        return self.tr("%n seal(s), on page {pages}.", "", len(hits)).format(pages=pages)

    def _on_form_edited(self, seal: Placement, merge_key: str = "") -> None:
        key = merge_key and f"{merge_key} {seal.id}"
        self._copy.apply(lambda preset: update_placement(preset, seal), key)

    def _on_list_added(self, kind: str) -> None:
        preset = self._copy.preset
        row = max(0, self.list.row)
        document_id = preset.placements[row].document_id if row < len(preset.placements) else preset.documents[0].id
        sealing = {place.signer_id for place in preset.placements}
        roles = [role.id for role in preset.signers]
        role_id = next((one for one in roles if one not in sealing), roles[0])
        self._copy.apply(lambda before: add_seal(before, role_id, document_id, SealKind(kind)))
        self.list.choose(len(self._copy.preset.placements) - 1)
        (self.keyword if kind == SealKind.KEYWORD else self.pages).setFocus()

    def _on_list_removed(self, row: int) -> None:
        seal_id = self._copy.preset.placements[row].id
        self._copy.apply(lambda preset: remove_placements(preset, {seal_id}))

    def _on_agreed_clicked(self, is_checked: bool) -> None:
        seal, document = self._seal, self._document
        if seal is not None and document is not None and isinstance(seal, KeywordPlacement):
            hits = self._kept_pages.hits(document, seal.keyword) or ()
            self._on_form_edited(replace(seal, confirmed_hits=len(hits) if is_checked else None))


def _part(
    name: str, label: str, field: Field, adapted: Callable[[Any], Any] = lambda typed: typed, **more: Any
) -> Row[Placement]:
    """Return a row for the seal's attribute ``name``. ``adapted`` converts the input to the attribute's value."""
    return Row(
        name,
        label,
        field,
        lambda seal: getattr(seal, name),
        lambda seal, typed: replace(seal, **{name: adapted(typed)}),
        **more,
    )


def _with_pages(seal: Placement, text: str) -> Placement:
    return seal if isinstance(seal, KeywordPlacement) else replace(seal, pages=PageRanges.parse(text))


def _is_keyword(seal: Placement) -> bool:
    return isinstance(seal, KeywordPlacement)
