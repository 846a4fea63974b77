"""The tool strip above the pages: tools, seal width, undo and redo, and zoom."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.override import override
from esign_desktop.ui.prepare.history import HistoryList, edit_sentence
from esign_desktop.ui.prepare.seals.sizes import OtherSize
from esign_desktop.ui.prepare.tools.state import SEAL_WIDTHS_PT, ToolName, ToolState
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, action_text, plain_text, tool_tip
from esign_desktop.ui.widgets.forms import describe_choice
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, separator
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QVBoxLayout

    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.seals.sizes import SealSizes
    from esign_desktop.ui.viewer.view import PagesView

_OTHER: Final = "other"
_ACTUAL: Final = "actual"
_ZOOM_CHARACTERS: Final = 5
_GAP_PX: Final = 2
_ZOOMS: Final = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0)


class ToolStrip(QFrame):
    """The tool strip. The tools are also available by the keys V, S, K and X."""

    presets_requested = Signal()
    save_preset_requested = Signal()

    def __init__(
        self,
        session: ContractSession,
        state: ToolState,
        view: PagesView,
        sizes: SealSizes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._view = view
        self._sizes = sizes
        self._wordy_px = self._wordless_px = self._folded_px = self._available_px = 0
        self.setObjectName("toolBar")
        self._tools = QButtonGroup(self)
        self._tool_buttons = {
            tool: self._tool_button(name)
            for tool, name in (
                (ToolName.SELECT, ActionName.SELECT_TOOL),
                (ToolName.SEAL, ActionName.SEAL_TOOL),
                (ToolName.KEYWORD, ActionName.KEYWORD_TOOL),
                (ToolName.CROSS_PAGE, ActionName.CROSS_PAGE_TOOL),
            )
        }
        self._size = QComboBox(self)
        self._size.setToolTip(self.tr("Width of new seals"))
        self._size.setAccessibleName(self.tr("Width of new seals"))
        self._undo, self._redo = self._button(ActionName.UNDO), self._button(ActionName.REDO)
        self._history = self._button(ActionName.HISTORY)
        self._history.setIcon(icon("chevron-down"))
        self._history.setIconSize(QSize(sized(12), sized(12)))
        self._finished = self._button(ActionName.FINISHED_LOOK)
        self._finished.setCheckable(True)
        self._presets = self._button(ActionName.PRESETS)
        self._zoom_out, self._zoom_in = self._button(ActionName.ZOOM_OUT), self._button(ActionName.ZOOM_IN)
        self._zoom = QComboBox(self)
        describe_choice(self._zoom, self.tr("Zoom"))
        # The longest entry is shown only in the list, so it must not determine the width.
        self._zoom.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._zoom.setMinimumContentsLength(_ZOOM_CHARACTERS)
        self._fit_width, self._fit_page = self._button(ActionName.FIT_WIDTH), self._button(ActionName.FIT_PAGE)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._halves = QHBoxLayout(), QHBoxLayout()
        self._lay_out()
        self._connect()
        self._list_sizes()
        self.show_history()
        self._show_zoom(self._view.zoom)
        self._show_tool()
        self._fit_words()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    @override
    def minimumSizeHint(self) -> QSize:
        """Request the width for buttons with texts, if it is available, else for icons in one row or in two."""
        hint = super().minimumSizeHint()
        wanted = (self._wordy_px, self._wordless_px)
        fitting = (width_px for width_px in wanted if width_px <= self._available_px)
        return QSize(next(fitting, self._folded_px), hint.height())

    def set_available(self, width_px: int) -> None:
        """Set the maximum width that the strip can get, so that its neighbours shrink before its texts are hidden."""
        self._available_px = width_px
        self.updateGeometry()

    def show_history(self) -> None:
        """Show the names of the edits that can be undone and redone."""
        session = self._session
        undo, redo = session.undo_name, session.redo_name
        can_edit = not self._state.is_finished
        self._undo.setEnabled(can_edit and undo is not None)
        self._redo.setEnabled(can_edit and redo is not None)
        self._history.setEnabled(can_edit and (undo is not None or redo is not None))
        for button, name, text in (
            (
                *(self._undo, ActionName.UNDO),
                self.tr("Undo: {edit}").format(edit=edit_sentence(undo)) if undo else self.tr("Undo"),
            ),
            (
                *(self._redo, ActionName.REDO),
                self.tr("Redo: {edit}").format(edit=edit_sentence(redo)) if redo else self.tr("Redo"),
            ),
        ):
            button.setToolTip(f"{text} ({ACTIONS[name].shown_keys})")
            button.setAccessibleName(text)

    def show_finished(self, *, is_finished: bool) -> None:
        """Disable the tools while the finished look is shown."""
        self._finished.setChecked(is_finished)
        for widget in (*self._tool_buttons.values(), self._size, self._presets):
            widget.setEnabled(not is_finished)
        self.show_history()

    def open_history(self) -> None:
        """Show the undo history, unless it is empty."""
        if self._history.isEnabled():
            HistoryList(self._session, self.window()).open_at(self._undo.mapToGlobal(self._undo.rect().bottomLeft()))

    def _button(self, name: ActionName) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(ACTIONS[name].icon))
        button.setIconSize(QSize(sized(18), sized(18)))
        button.setToolTip(tool_tip(name))
        button.setAccessibleName(plain_text(action_text(name)))
        return button

    def _tool_button(self, name: ActionName) -> QToolButton:
        button = self._button(name)
        button.setText(button.accessibleName())
        button.setObjectName("tool")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        self._tools.addButton(button)
        return button

    def _lay_out(self) -> None:
        self._rows.setContentsMargins(6, 3, 6, 3)
        self._rows.setSpacing(_GAP_PX)
        first, second = self._halves
        line = separator(self, is_upright=True)
        line.setFixedHeight(sized(20))
        for button in self._tool_buttons.values():
            first.addWidget(button)
        first.addLayout(_captioned(self._size, self.tr("Seal width"), self))
        first.addWidget(line)
        first.addStretch(1)
        for widget in (self._undo, self._history, self._redo, self._presets, self._finished):
            second.addWidget(widget)
        second.addStretch(1)
        second.addWidget(self._zoom_out)
        second.addLayout(_captioned(self._zoom, self.tr("Zoom"), self))
        for widget in (self._zoom_in, self._fit_width, self._fit_page):
            second.addWidget(widget)
        for half in self._halves:
            half.setSpacing(_GAP_PX)
            self._rows.addLayout(half, 1 if half is second else 0)

    def _connect(self) -> None:
        # Screen readers toggle the button, so ``clicked`` would not be emitted.
        self._tools.buttonToggled.connect(self._on_tool_toggled)
        self._state.tool_changed.connect(self._show_tool)
        self._state.seal_width_changed.connect(self._list_sizes)
        self._size.activated.connect(self._on_size_activated)
        self._sizes.changed.connect(self._list_sizes)
        self._finished.toggled.connect(self._on_finished_toggled)
        menu = QMenu(self._presets)
        menu.addAction(icon(ACTIONS[ActionName.PRESETS].icon), self.tr("Use preset…"), self.presets_requested.emit)
        menu.addAction(
            icon(ACTIONS[ActionName.SAVE_PRESET].icon), self.tr("Save as preset…"), self.save_preset_requested.emit
        )
        self._presets.setMenu(menu)
        self._presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._undo.clicked.connect(self._session.undo)
        self._redo.clicked.connect(self._session.redo)
        self._history.clicked.connect(self.open_history)
        self._zoom_out.clicked.connect(self._view.zoom_out)
        self._zoom_in.clicked.connect(self._view.zoom_in)
        self._fit_width.clicked.connect(self._view.fit_width)
        self._fit_page.clicked.connect(self._view.fit_page)
        self._zoom.activated.connect(self._on_zoom_activated)
        self._view.zoom_changed.connect(self._show_zoom)

    def _fit_words(self) -> None:
        """Hide the texts of the tools if not all of them fit. Use two rows if even the icons do not fit in one."""
        pictures, words = Qt.ToolButtonStyle.ToolButtonIconOnly, Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        self._folded_px = self._width_in(pictures, is_folded=True)
        self._wordless_px = self._width_in(pictures)
        self._wordy_px = self._width_in(words)
        if self.width() < self._wordy_px:
            self._width_in(pictures, is_folded=self.width() < self._wordless_px)

    def _width_in(self, style: Qt.ToolButtonStyle, *, is_folded: bool = False) -> int:
        """Apply a button style, and return the width that the strip needs for it."""
        for button in self._tool_buttons.values():
            button.setToolButtonStyle(style)
        self._rows.setDirection(QBoxLayout.Direction.TopToBottom if is_folded else QBoxLayout.Direction.LeftToRight)
        for half in self._halves:
            half.invalidate()
        self._rows.invalidate()
        return self._rows.sizeHint().width()

    def _show_tool(self) -> None:
        self._tool_buttons[self._state.tool].setChecked(True)

    def _list_sizes(self) -> None:
        """Fill the list of sizes. A current width that is not listed is added while it is in use."""
        width_pt = self._state.seal_width_pt
        choices = list(self._sizes.choices())
        index = self._sizes.choice_of(width_pt)
        if index is None and width_pt is not None:
            index = len(choices)
            choices.append((f"{pt_to_mm(width_pt):.1f} mm", width_pt))
        self._size.clear()
        for text, choice_pt in choices:
            self._size.addItem(text, choice_pt)
        self._size.addItem(self.tr("Other…"), _OTHER)
        self._size.setCurrentIndex(index or 0)

    def _show_zoom(self, zoom: float) -> None:
        self._zoom.clear()
        percent = _percent(zoom)
        shown = {_percent(value): value for value in (*_ZOOMS, zoom)}
        for text, value in sorted(shown.items(), key=itemgetter(1)):
            self._zoom.addItem(text, value)
        self._zoom.addItem(self.tr("Actual size"), _ACTUAL)
        self._zoom.setCurrentText(percent)
        self._zoom.view().setMinimumWidth(self._zoom.view().sizeHintForColumn(0) + 16)

    def _on_tool_toggled(self, toggled: QAbstractButton, is_checked: bool) -> None:
        if is_checked:
            self._state.set_tool(next(name for name, button in self._tool_buttons.items() if button is toggled))

    def _on_finished_toggled(self, is_checked: bool) -> None:
        self._state.set_finished(is_finished=is_checked)

    def _on_size_activated(self) -> None:
        choice = self._size.currentData()
        if choice != _OTHER:
            self._state.set_seal_width(choice)
            return
        self._list_sizes()
        sheet = OtherSize(self._sizes, self._state.seal_width_pt or SEAL_WIDTHS_PT[0], self)
        sheet.width_chosen.connect(self._state.set_seal_width)
        sheet.open_at(self._size.mapToGlobal(self._size.rect().bottomLeft()))

    def _on_zoom_activated(self) -> None:
        choice = self._zoom.currentData()
        if choice == _ACTUAL:
            self._view.actual_size()
            self._show_zoom(self._view.zoom)
        else:
            self._view.set_zoom(float(choice))


def _captioned(field: QComboBox, caption: str, parent: QWidget) -> QVBoxLayout:
    """Return a layout with a field and a caption above it."""
    return vbox(PlainLabel(parent, caption, look="caption"), field, spacing=0)


def _percent(zoom: float) -> str:
    """Return a zoom factor as a percentage. Below 1 %, which occurs for huge pages, one significant digit is shown."""
    percent = zoom * 100
    return f"{round(percent)} %" if percent >= 1 else f"{percent:.1g} %"
