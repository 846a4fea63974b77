"""The bar above the panes with the contract's title and options, the tools, undo, redo, the finished look and zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.override import override
from esign_desktop.ui.prepare.fields.bar import FieldBar
from esign_desktop.ui.prepare.history import HistoryList, edit_sentence
from esign_desktop.ui.prepare.options import OptionsPopup, TitleField, options_in_short
from esign_desktop.ui.prepare.seals.sizes import OtherSize
from esign_desktop.ui.prepare.tools.state import SEAL_WIDTHS_PT, TOOL_ACTIONS, ToolName, ToolState
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, action_text, plain_text, tool_tip
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import separator
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.fields.controller import FieldController
    from esign_desktop.ui.prepare.seals.sizes import SealSizes
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.view import PagesView

_ALL: Final = 1000
"""The stretch of a widget that takes the space that others leave, also beside another stretch."""
_GAP_PX: Final = 2
_ZOOMS: Final = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0)


class ToolStrip(QFrame):
    """The bar with the title, the options, the tools and the buttons for the view."""

    def __init__(
        self,
        session: ContractSession,
        state: ToolState,
        fields: FieldController,
        view: PagesView,
        sizes: SealSizes,
        services: Services,
        tasks: TaskRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._view = view
        self._sizes = sizes
        self._services, self._tasks = services, tasks
        self.setObjectName("toolBar")
        self._title = TitleField(session, self)
        self._options = QToolButton(self)
        self._options.setObjectName("choice")
        self._tool_buttons = {
            tool: self._tool_button(action) for tool, action in TOOL_ACTIONS.items() if tool is not ToolName.SELECT
        }
        self.field_bar = FieldBar(fields, state, self)
        self.field_bar.hide()
        self._undo, self._redo = self._button(ActionName.UNDO), self._button(ActionName.REDO)
        self._finished = self._button(ActionName.FINISHED_LOOK)
        self._finished.setCheckable(True)
        self._zoom = QToolButton(self)
        self._zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._zoom.setToolTip(self.tr("Zoom"))
        self._widths, self._zooms = QMenu(self), QMenu(self)
        self._lay_out()
        self._connect()
        self.show_history()
        self._show_options()
        self._show_zoom(view.zoom)
        self._show_tool()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def show_history(self) -> None:
        """Show the names of the edits that can be undone and redone, and disable the buttons if there are none."""
        session = self._session
        undo, redo = session.undo_name, session.redo_name
        can_edit = not self._state.is_finished
        self._undo.setEnabled(can_edit and undo is not None)
        self._redo.setEnabled(can_edit and redo is not None)
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
        """Show whether the pages have the finished look, and disable all widgets that edit the contract if they do."""
        self._finished.setChecked(is_finished)
        for widget in (*self._tool_buttons.values(), self._title, self._options):
            widget.setEnabled(not is_finished)
        self.show_history()

    def open_history(self) -> None:
        """Open the list of undo steps, unless there are none or the finished look is shown."""
        if not self._state.is_finished and (self._session.undo_name or self._session.redo_name):
            HistoryList(self._session, self.window()).open_at(_below(self._undo))

    def open_options(self, name: str = "") -> OptionsPopup:
        """Open a popup with the options of the contract, and return it.

        The field of the option ``name``, or by default the deadline, gets the focus.
        """
        popup = OptionsPopup(self._session, self._services, self._tasks, self)
        popup.open_at(_below(self._options))
        popup.panel.focus_field(name)
        return popup

    def edit_title(self) -> None:
        """Move the keyboard focus to the title, and select its text."""
        self._title.setFocus()
        self._title.selectAll()

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
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        return button

    def _lay_out(self) -> None:
        seal = self._tool_buttons[ToolName.SEAL]
        seal.setMenu(self._widths)
        seal.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._zoom.setMenu(self._zooms)
        line = separator(self, is_upright=True)
        line.setFixedHeight(sized(20))
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(_GAP_PX)
        row.addWidget(self._title)
        row.addWidget(self._options)
        row.addWidget(self.field_bar, _ALL)
        row.addStretch(1)
        for widget in (*self._tool_buttons.values(), line, self._undo, self._redo, self._finished, self._zoom):
            row.addWidget(widget)

    def _connect(self) -> None:
        for tool, button in self._tool_buttons.items():
            # Screen readers toggle the button, so ``clicked`` would not be emitted.
            button.toggled.connect(self._on_tool_toggled)
            button.setProperty("tool", tool)
        self._state.tool_changed.connect(self._show_tool)
        self._state.preset_changed.connect(self._on_state_preset_changed)
        self._finished.toggled.connect(self._on_finished_toggled)
        self._options.clicked.connect(self._on_options_clicked)
        self._undo.clicked.connect(self._session.undo)
        self._redo.clicked.connect(self._session.redo)
        self._widths.aboutToShow.connect(self._list_widths)
        self._zooms.aboutToShow.connect(self._list_zooms)
        # The Menu key and the right mouse button open the same menu.
        for button, slot in (
            (self._undo, self.open_history),
            (self._redo, self.open_history),
            (self._tool_buttons[ToolName.SEAL], self._tool_buttons[ToolName.SEAL].showMenu),
        ):
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(slot)
        self._view.zoom_changed.connect(self._show_zoom)
        self.destroyed.connect(self._session.subscribe(self._on_session_changed))

    def _fit_words(self) -> None:
        """Show the texts of the tools if all of them fit, or else only the icons."""
        styles = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        for style in styles:
            for button in self._tool_buttons.values():
                button.setToolButtonStyle(style)
            self._row.invalidate()
            if self._row.minimumSize().width() <= self.width():
                break

    def _show_tool(self) -> None:
        for tool, button in self._tool_buttons.items():
            button.setChecked(tool is self._state.tool)

    def _show_options(self) -> None:
        words = options_in_short(self._session.draft.options)
        self._options.setText(words)
        self._options.setToolTip(self.tr("Options: {options}").format(options=words))
        self._options.setAccessibleName(self._options.toolTip())

    def _on_state_preset_changed(self) -> None:
        """Show the tools for fields in place of options, seals and the finished look while a template is edited."""
        self.field_bar.setVisible(self._state.shows_template)
        for widget in (self._title, self._options, *self._tool_buttons.values(), self._finished):
            widget.setVisible(not self._state.shows_template)

    def _list_widths(self) -> None:
        """Fill the menu with the widths of new seals, to which the current width is added if it is not offered."""
        width_pt, menu = self._state.seal_width_pt, self._widths
        choices = list(self._sizes.choices())
        index = self._sizes.choice_of(width_pt)
        if index is None and width_pt is not None:
            index = len(choices)
            choices.append((f"{pt_to_mm(width_pt):.1f} mm", width_pt))
        menu.clear()
        group = QActionGroup(menu)
        for row, (text, choice_pt) in enumerate(choices):
            action = group.addAction(text)
            action.setCheckable(True)
            action.setChecked(row == index)
            action.setData(choice_pt)
            action.triggered.connect(self._on_width_triggered)
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Other…"), self._on_other_width_triggered)

    def _list_zooms(self) -> None:
        view, menu = self._view, self._zooms
        menu.clear()
        for names in (
            ((ActionName.FIT_WIDTH, view.fit_width), (ActionName.FIT_PAGE, view.fit_page)),
            ((ActionName.ACTUAL_SIZE, view.actual_size),),
            ((ActionName.ZOOM_IN, view.zoom_in), (ActionName.ZOOM_OUT, view.zoom_out)),
        ):
            for name, slot in names:
                # The keys are only displayed, because the actions of the menu bar handle them.
                text = f"{action_text(name)}\t{ACTIONS[name].shown_keys}"
                menu.addAction(icon(ACTIONS[name].icon), text, slot)
        menu.addSeparator()
        for zoom in _ZOOMS:
            menu.addAction(_percent(zoom), self._on_zoom_triggered).setData(zoom)

    def _show_zoom(self, zoom: float) -> None:
        self._zoom.setText(_percent(zoom))
        self._zoom.setAccessibleName(self.tr("Zoom: {percent}").format(percent=_percent(zoom)))

    def _on_session_changed(self, change: Change) -> None:
        if change.before.options != change.after.options:
            self._show_options()

    def _on_tool_toggled(self, is_checked: bool) -> None:
        tool = ToolName(str(self.sender().property("tool")))
        if is_checked:
            if tool is not self._state.tool:
                self._state.set_tool(tool)
        elif tool is self._state.tool and self._state.is_tool_suggested:
            # The tool was only suggested, so the user presses the button to choose it and not to end it.
            self._state.set_tool(tool)
            self._show_tool()
        elif tool is self._state.tool:
            self._state.set_tool(ToolName.SELECT)

    def _on_finished_toggled(self, is_checked: bool) -> None:
        self._state.set_finished(is_finished=is_checked)

    def _on_options_clicked(self) -> None:
        self.open_options()

    def _on_width_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._state.set_seal_width(action.data())
            if self._state.tool is ToolName.SELECT:
                # Screen readers open the menu instead of pressing the button, so the menu also chooses the tool.
                self._state.set_tool(ToolName.SEAL)

    def _on_other_width_triggered(self) -> None:
        sheet = OtherSize(self._sizes, self._state.seal_width_pt or SEAL_WIDTHS_PT[0], self)
        sheet.width_chosen.connect(self._state.set_seal_width)
        sheet.open_at(_below(self._tool_buttons[ToolName.SEAL]))

    def _on_zoom_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._view.set_zoom(float(action.data()))


def _below(widget: QWidget) -> QPoint:
    """Return the screen position for a popup below a widget."""
    return widget.mapToGlobal(QPoint(0, widget.height() + 2))


def _percent(zoom: float) -> str:
    """Return a zoom factor as a percentage. Below 1 %, which occurs for huge pages, one significant digit is shown."""
    percent = zoom * 100
    return f"{round(percent)} %" if percent >= 1 else f"{percent:.1g} %"
