"""The pane for the fallback positions of the selected keyword seal of a preset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QFrame, QPushButton, QSpinBox, QWidget

from esign_desktop.domain.contract.edits import update_placement
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import point_shown_at, shown_point
from esign_desktop.domain.placing.placement import FallbackPoint, KeywordPlacement
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.forms import describe_choice
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.lengths import LengthBox

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.tools.state import Selection

Points = tuple[FallbackPoint, ...]
_USUAL: Final = PagePoint(300.0, 200.0)
_LONGEST: Final = 20


class FallbackPane(QFrame):
    """The pane for the positions that a keyword seal has in documents that do not contain its keyword.

    It is shown while a preset is being edited and a single keyword seal is selected.
    """

    manual_page = "presets#edit"

    def __init__(self, session: ContractSession, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._session = session
        self._selection = selection
        self._is_used = False
        self._row = 0
        self._title = PlainLabel(self)
        self.point = QComboBox(self)
        describe_choice(self.point, self.tr("Fallback position"))
        self.page = QSpinBox(self)
        self.page.setKeyboardTracking(False)
        self.page.setPrefix(self.tr("page "))
        self.page.setAccessibleName(self.tr("Fallback page"))
        self.left, self.below = LengthBox(self), LengthBox(self)
        self._labels = (PlainLabel(self, self.tr("from the left")), PlainLabel(self, self.tr("from the bottom")))
        self.add = QPushButton(self.tr("Add position"), self)
        self.remove = QPushButton(self.tr("Remove position"), self)
        for label, box in zip(self._labels, (self.left, self.below), strict=True):
            label.setBuddy(box)
        vbox(
            hbox((self._title, 1), self.point, self.add, self.remove),
            hbox(self.page, self._labels[0], self.left, self._labels[1], self.below, 0),
            spacing=6,
            margins=(12, 8, 12, 8),
            parent=self,
        )
        self.add.clicked.connect(self._on_add_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.point.activated.connect(self._on_point_activated)
        self.page.valueChanged.connect(self._on_values_changed)
        self.left.length_edited.connect(self._on_values_changed)
        self.below.length_edited.connect(self._on_values_changed)
        selection.changed.connect(self._on_selection_changed)
        self.destroyed.connect(session.subscribe(self._on_session_changed))
        self.hide()

    def begin(self) -> None:
        """Show the pane whenever a single keyword seal is selected, until ``end`` is called."""
        self._is_used = True
        self._show()

    def end(self) -> None:
        """Hide the pane, and keep it hidden until ``begin`` is called."""
        self._is_used = False
        self.hide()

    @property
    def _seal(self) -> KeywordPlacement | None:
        chosen = [place for place in self._session.draft.placements if place.id in self._selection.ids]
        return chosen[0] if len(chosen) == 1 and isinstance(chosen[0], KeywordPlacement) else None

    @property
    def _frames(self) -> tuple[PageFrame, ...]:
        seal = self._seal
        return () if seal is None else self._session.draft.document(seal.document_id).pages

    @property
    def _points(self) -> Points:
        seal = self._seal
        return () if seal is None else seal.fallbacks

    def _show(self) -> None:
        seal, points, frames = self._seal, self._points, self._frames
        self.setVisible(self._is_used and seal is not None)
        if not self._is_used or seal is None:
            return
        self._title.setText(
            self.tr("If “{keyword}” isn't found:").format(
                keyword=one_line(seal.keyword, most_characters=_LONGEST) or "…"
            )
        )
        count = len(points)
        self._row = min(max(self._row, 0), max(0, count - 1))
        with QSignalBlocker(self.point):
            self.point.clear()
            self.point.addItems(
                [self.tr("Position {number} of {count}").format(number=n, count=count) for n in range(1, count + 1)]
            )
            self.point.setCurrentIndex(self._row if points else -1)
        for widget in (self.point, self.remove, self.page, self.left, self.below, *self._labels):
            widget.setVisible(bool(points))
        if points:
            point = points[self._row]
            with QSignalBlocker(self.page):
                self.page.setRange(1, max(len(frames), point.pages.first))
                self.page.setValue(point.pages.first)
            x_pt, y_pt = shown_point(point.center, point.pages.first, frames)
            self.left.show_length(x_pt)
            self.below.show_length(y_pt)

    def _apply(self, points: Points, row: int, merge_key: str | None = None) -> None:
        seal = self._seal
        if seal is not None:
            self._row = row
            changed = replace(seal, fallbacks=points)
            self._session.apply(
                EditName.CHANGE_SEALS, lambda draft: update_placement(draft, changed), merge_key=merge_key
            )

    def _on_add_clicked(self) -> None:
        points = self._points
        usual = FallbackPoint(PageRanges.single(max(1, len(self._frames))), _USUAL)
        self._apply((*points, points[-1] if points else usual), len(points))
        self.page.setFocus()

    def _on_remove_clicked(self) -> None:
        self._apply(self._points[: self._row] + self._points[self._row + 1 :], max(0, self._row - 1))

    def _on_point_activated(self, row: int) -> None:
        self._row = row
        self._show()

    def _on_values_changed(self) -> None:
        points, row = self._points, self._row
        if row < len(points):
            page_number = self.page.value()
            center = point_shown_at(self.left.length_pt, self.below.length_pt, page_number, self._frames)
            point = FallbackPoint(PageRanges.single(page_number), center)
            self._apply((*points[:row], point, *points[row + 1 :]), row, f"preset.fallback {row}")

    def _on_selection_changed(self) -> None:
        self._row = 0
        self._show()

    def _on_session_changed(self, change: Change) -> None:
        seal = self._seal
        if not self._is_used:
            return
        before = next((one for one in change.before.placements if seal is not None and one.id == seal.id), None)
        if isinstance(before, KeywordPlacement) and len(before.fallbacks) == len(self._points):
            # Show the point that was dragged on the page.
            moved = [row for row, point in enumerate(self._points) if point != before.fallbacks[row]]
            self._row = moved[0] if moved else self._row
        self._show()
