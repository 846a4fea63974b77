"""The table of templates, with their names, their environments, and the number of their uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from esign_desktop.override import override
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.tables import set_up_table
from esign_desktop.ui.widgets.theme import environment_colours, sized, theme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QResizeEvent

    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.templates import Template

_DOT_PX: Final = 10
_COLUMNS: Final = 5
_MADE: Final = 3
_NARROW_PX: Final = 460


class TemplateTable(QTableWidget):
    """The table of templates.

    ``chosen_changed`` carries the selected ``Template`` or None, and ``opened`` a ``Template`` that was double-clicked
    or activated with Enter.
    """

    chosen_changed = Signal(object)
    opened = Signal(object)

    # A class attribute, because Qt may call changeEvent during the construction of the widget.
    _templates: tuple[Template, ...] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, _COLUMNS, parent)
        self.setAccessibleName(self.tr("Templates"))
        self.setObjectName("rowGrid")
        self.setHorizontalHeaderLabels(
            [self.tr("Name"), self.tr("Fields"), self.tr("Used"), self.tr("Created"), self.tr("Environment")]
        )
        set_up_table(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setIconSize(QSize(sized(_DOT_PX), sized(_DOT_PX)))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.itemSelectionChanged.connect(self._on_selection_changed)
        self.itemActivated.connect(self._on_item_activated)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In a narrow table, the name needs the space of this column.
        self.setColumnHidden(_MADE, event.size().width() < _NARROW_PX)

    @override
    def changeEvent(self, event: QEvent) -> None:
        # The items have colors of the theme.
        if event.type() == QEvent.Type.PaletteChange and self._templates:
            self.show_templates(self._templates)
        super().changeEvent(event)

    @property
    def chosen(self) -> Template | None:
        """The selected template, or None."""
        row = self.currentRow()
        return self._templates[row] if self.selectedItems() and 0 <= row < len(self._templates) else None

    def show_templates(self, templates: Iterable[Template]) -> None:
        """Show these templates. The selected one stays selected; if it is missing, the first one is selected."""
        before = self.chosen
        self._templates = tuple(templates)
        self.blockSignals(True)
        self.setRowCount(len(self._templates))
        for row, one in enumerate(self._templates):
            for column, item in enumerate(_items(one)):
                self.setItem(row, column, item)
        self.clearSelection()
        self.blockSignals(False)
        keys = [_key(one) for one in self._templates]
        row = keys.index(_key(before)) if before is not None and _key(before) in keys else 0
        if keys:
            self.selectRow(row)
        self._on_selection_changed()

    def choose(self, template: Template) -> None:
        """Select a template."""
        for row, one in enumerate(self._templates):
            if _key(one) == _key(template):
                self.selectRow(row)

    def _on_selection_changed(self) -> None:
        self.chosen_changed.emit(self.chosen)

    def _on_item_activated(self) -> None:
        if self.chosen is not None:
            self.opened.emit(self.chosen)


def template_state(one: Template) -> str:
    """Return a short description of a template's problem; empty if there is none."""
    if not one.is_made:
        return QCoreApplication.translate("TemplateTable", "Needs your decision")
    if one.is_gone:
        return QCoreApplication.translate("TemplateTable", "Not on the platform")
    return "" if one.pages else QCoreApplication.translate("TemplateTable", "No local PDF")


def template_name(one: Template) -> str:
    """Return the display name of a template. A template that was restored from the ledger has only an id."""
    return one_line(one.name) or one_line(one.template_id) or "…"


def _items(one: Template) -> list[QTableWidgetItem]:
    state = template_state(one)
    name = QTableWidgetItem(f"{template_name(one)} · {state}" if state else template_name(one))
    if state:
        name.setForeground(theme().danger if one.is_gone or not one.is_made else theme().hint)
    texts = [
        name,
        QTableWidgetItem(str(len(one.fields)) if one.pages else "–"),
        QTableWidgetItem(str(one.use_count)),
        QTableWidgetItem(china_time(one.made_at_ms)),
        QTableWidgetItem(_dot(one.home.environment), environment_name(one.home.environment)),
    ]
    for item in texts:
        item.setToolTip("")
    return texts


def _dot(kind: EnvironmentKind) -> QIcon:
    ground, _ink = environment_colours(kind)
    pixmap = QPixmap(2 * _DOT_PX, 2 * _DOT_PX)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawEllipse(0, 0, 2 * _DOT_PX, 2 * _DOT_PX)
    painter.end()
    return QIcon(pixmap)


def _key(one: Template) -> tuple[object, ...]:
    return one.home, one.template_id, one.sha256
