"""The buttons of the tools for the fields of a template."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from esign_desktop.domain.templates import ValueKind
from esign_desktop.ui.prepare.fields.menu import FieldMenu
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.text.template import kind_word
from esign_desktop.ui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from esign_desktop.ui.prepare.fields.controller import FieldController
    from esign_desktop.ui.prepare.tools.state import ToolState

FIELD_KEYS: Final = {
    Qt.Key.Key_T: ValueKind.TEXT,
    Qt.Key.Key_D: ValueKind.DATE,
    Qt.Key.Key_A: ValueKind.AMOUNT,
    Qt.Key.Key_N: ValueKind.NUMBER,
    Qt.Key.Key_I: ValueKind.ID_NUMBER,
    Qt.Key.Key_M: ValueKind.MOBILE,
    Qt.Key.Key_C: ValueKind.CHOICE,
    Qt.Key.Key_X: ValueKind.CHECK,
}
"""The keys of the tool that draws fields, and the kinds of field that they draw."""


class FieldBar(QWidget):
    """The buttons that choose the selection tool or the kind of the next field, and the menu for selected fields.

    They stand in place of the tools for seals while a template is edited.
    """

    manual_page = "templates#create"

    def __init__(self, controller: FieldController, state: ToolState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._state = state
        self._buttons: dict[ValueKind | None, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._add(None, self.tr("Select"), Qt.Key.Key_V)
        for key, kind in FIELD_KEYS.items():
            self._add(kind, kind_word(kind), key)
        self.arrange = QToolButton(self)
        self.arrange.setText(self.tr("Arrange"))
        self.arrange.setAutoRaise(True)
        self.arrange.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = FieldMenu(controller, self.arrange)
        self.arrange.setMenu(self.menu)
        row = FlowLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (*self._buttons.values(), self.arrange):
            row.addWidget(button)
        state.tool_changed.connect(self._show_tool)
        controller.changed.connect(self._show_selection)
        self._show_tool()
        self._show_selection()

    def _add(self, kind: ValueKind | None, text: str, key: Qt.Key) -> None:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(f"{text} ({QKeySequence(int(key)).toString()})")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        state = self._state
        button.clicked.connect(
            partial(state.set_tool, ToolName.SELECT) if kind is None else partial(state.draw_fields, kind)
        )
        self._group.addButton(button)
        self._buttons[kind] = button

    def _show_tool(self) -> None:
        state = self._state
        self._buttons[state.field_kind if state.tool is ToolName.FIELD else None].setChecked(True)

    def _show_selection(self) -> None:
        self.arrange.setEnabled(bool(self._controller.chosen))
