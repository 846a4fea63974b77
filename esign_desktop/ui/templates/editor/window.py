"""The template editor, with tools, the pages with their fields, and a panel for the selected field."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QInputDialog,
    QLineEdit,
    QMenu,
    QScrollArea,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.forms import FieldKind
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.arranging import Alignment
from esign_desktop.domain.templates import ValueKind
from esign_desktop.override import override
from esign_desktop.ui.templates.editor.controller import FieldController
from esign_desktop.ui.templates.editor.panel import FieldPanel
from esign_desktop.ui.templates.editor.spoken import SpokenFields
from esign_desktop.ui.templates.editor.tools import DrawField, SelectFields
from esign_desktop.ui.templates.painting import paint_field
from esign_desktop.ui.templates.words import kind_word
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.handles import SMALLEST_WITH_SIDES_PX, paint_frame, side_handles
from esign_desktop.ui.viewer.view import PagesView
from esign_desktop.ui.widgets.actions import ActionName, action_text, plain_text, tool_tip
from esign_desktop.ui.widgets.deliberate import DeliberateButton, style_send_button
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, separator
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import LIGHT, set_tone, sized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPainter

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.forms import PdfFormField
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tool import PaintedPage, Tool

_PANEL_PX: Final = 320
_TOOL_KEYS: Final = {
    Qt.Key.Key_V: None,
    Qt.Key.Key_T: ValueKind.TEXT,
    Qt.Key.Key_D: ValueKind.DATE,
    Qt.Key.Key_A: ValueKind.AMOUNT,
    Qt.Key.Key_N: ValueKind.NUMBER,
    Qt.Key.Key_I: ValueKind.ID_NUMBER,
    Qt.Key.Key_M: ValueKind.MOBILE,
    Qt.Key.Key_C: ValueKind.CHOICE,
    Qt.Key.Key_X: ValueKind.CHECK,
}
_ALIGNMENTS: Final = {
    Alignment.LEFT: ActionName.ALIGN_LEFT,
    Alignment.CENTER: ActionName.ALIGN_CENTER,
    Alignment.RIGHT: ActionName.ALIGN_RIGHT,
    Alignment.TOP: ActionName.ALIGN_TOP,
    Alignment.MIDDLE: ActionName.ALIGN_MIDDLE,
    Alignment.BOTTOM: ActionName.ALIGN_BOTTOM,
}


class TemplateEditor(QWidget):
    """The editor in which the user draws and changes the fields of a template.

    ``known`` means that a template with these fields exists in the current environment. A new template is then created
    only if the user draws more fields; other changes are saved on this computer. ``make_requested`` carries the name,
    and whether the template is created again after the answer to an earlier attempt was lost. ``save_requested``
    carries the name. ``left`` is emitted when the user returns to the list, and ``stop_requested`` when the user stops
    the creation.
    """

    manual_page = "templates#create"

    make_requested = Signal(str, bool)
    save_requested = Signal(str)
    left = Signal()
    stop_requested = Signal()

    def __init__(
        self,
        document: Document,
        fields: tuple[TemplateField, ...],
        documents: DocumentService,
        tasks: TaskRunner,
        parent: QWidget | None = None,
        *,
        fixed_count: int = 0,
        known: bool = False,
    ) -> None:
        super().__init__(parent)
        self._is_known = known
        self._is_busy = False
        self._is_lost = False
        self._asks = False
        self.view = PagesView(documents, tasks, self)
        self.controller = FieldController(document, fields, self.view, documents, tasks, self, fixed_count=fixed_count)
        self.panel = FieldPanel(self.controller, self)
        SpokenFields(self.controller, self.view)
        self.template_name = QLineEdit(one_line(document.name), self)
        self.template_name.setAccessibleName(self.tr("Template name"))
        self.template_name.setMaxLength(100)
        self.banner = EnvironmentBanner(self)
        self.status = PlainLabel(self, is_wrapped=True, is_live=True)
        self.note = PlainLabel(self, look="hint", is_wrapped=True)
        for label in (self.status, self.note):
            label.setMinimumWidth(1)
        self.note.hide()
        self.back = QToolButton(self)
        self.make = DeliberateButton(self)
        self.make.setObjectName("primary")
        self._is_binding = False
        self.stop = DeliberateButton(self, self.tr("Stop"))
        self.stop.hide()
        self._select: Tool = SelectFields(self.controller)
        self._draw: dict[ValueKind, Tool] = {kind: DrawField(self.controller, kind) for kind in ValueKind}
        self._buttons: dict[ValueKind | None, QToolButton] = {}
        self._group = QButtonGroup(self)
        self.undo, self.redo = self._tool_button(ActionName.UNDO), self._tool_button(ActionName.REDO)
        self.arrange = QToolButton(self)
        self._lay_out()
        self._connect()
        self.view.add_overlay(self)
        self.view.add_overlay(self.controller.guides)
        self.view.set_documents((document,))
        self._take_tool(None)
        self._show()

    @property
    def name(self) -> str:
        """The name of the template that the user has entered. May be empty."""
        return " ".join(self.template_name.text().split())

    @property
    def drawn(self) -> tuple[TemplateField, ...]:
        """The fields that the user has drawn. Those of the PDF's own form are not included."""
        return self.controller.fields[self.controller.fixed_count :]

    @property
    def is_changed(self) -> bool:
        """Whether the fields have unsaved changes."""
        return self.controller.copy.is_changed

    @property
    def is_busy(self) -> bool:
        """Whether the template is being created or saved."""
        return self._is_busy

    def show_environment(self, environment: Environment) -> None:
        """Show the environment in which the template will be created."""
        self.banner.show_environment(environment)
        self._is_binding = environment.is_binding
        self._show()

    def show_form(self, fields: Sequence[PdfFormField]) -> None:
        """Show what becomes of the PDF's own form fields, and that a template can't be deleted from the platform."""
        texts = []
        filled = sum(one.is_filled for one in fields)
        if filled:
            texts.append(
                self.tr("%n field(s) are already filled in; their values become part of the template.", "", filled)
            )
        if any(one.kind is not FieldKind.TEXT for one in fields):
            texts.append(self.tr("Only text fields are filled in. All other fields stay as they are in the file."))
        texts.append(self.tr("A template can't be deleted here after it's created."))
        self.note.setText(" ".join(texts))
        self.note.show()
        set_tone(self.note, "warning" if len(texts) > 1 else "hint")

    def show_work(self, text: str) -> None:
        """Show what is being done, and disable editing until ``end_work`` is called."""
        self._is_busy = True
        self._set_status(text)
        self._show()

    def end_work(self, error: AppError | None = None) -> None:
        """Enable editing again, and show an error unless it is None. The fields are kept."""
        self._is_busy = False
        if error is not None:
            self._is_lost = error.code in {"template.answer_lost", "template.outcome_unknown"}
            self.show_error(error)
        else:
            self._set_status("")
        self._show()

    def show_error(self, error: AppError) -> None:
        """Show an error, and select the field that caused it, if the error names one."""
        self._set_status(error_sentence(error).text, is_error=True)
        index = error.params.get("index")
        if error.code == "pdf.no_glyphs" and index is not None:
            at = int(index) + self.controller.fixed_count
            self.controller.choose({at})
            self.controller.reveal(at)
            self._set_status(error_sentence(error).text, is_error=True)

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the fields of a page, with frames and handles for the selected ones."""
        controller, faults = self.controller, self.controller.faults
        for index, one in enumerate(controller.fields):
            if one.page_number != page.slot.page_number or one.rect is None:
                continue
            paint_field(painter, page, one, is_fixed=controller.is_fixed(index), is_faulty=index in faults)
            if index not in controller.chosen:
                continue
            area = page.rect(one.rect)
            if controller.movable == {index}:
                paint_frame(painter, area, LIGHT.accent)
                painter.save()
                painter.setPen(LIGHT.accent)
                painter.setBrush(Qt.GlobalColor.white)
                if min(area.width(), area.height()) >= SMALLEST_WITH_SIDES_PX:
                    painter.drawRects(list(side_handles(area)))
                painter.restore()
            else:
                painter.save()
                painter.setPen(LIGHT.accent)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(area.adjusted(-2, -2, 2, 2))
                painter.restore()

    def leave(self) -> None:
        """Emit ``left``. If there are unsaved changes, the first call only asks the user to press again.

        Do nothing while the template is being created or saved.
        """
        if self._is_busy:
            return
        if self.is_changed and not self._asks:
            self._asks = True
            self._set_status(self.tr("The fields aren't saved. Press again to discard them."), is_error=True)
            return
        self.left.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = event.key()
        if is_plain and key in _TOOL_KEYS and self.view.hasFocus():
            self.controller.take_tool(_TOOL_KEYS[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape:
            if self.view.hasFocus():
                self.leave()
            else:
                self.view.setFocus()
        else:
            super().keyPressEvent(event)

    def copy_to_pages(self, text: str) -> None:
        """Copy the selected fields to the pages in ``text``, such as ``2-4,6``.

        If it is not valid, show an error instead.
        """
        try:
            pages = PageRanges.parse(text, page_count=len(self.controller.pages))
        except InputError as error:
            self.show_error(error)
            return
        self._set_status("")
        self.controller.copy_to_pages(pages)

    # Parts

    def _tool_button(self, name: ActionName) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name.value))
        button.setText(plain_text(action_text(name)))
        button.setToolTip(tool_tip(name))
        button.setAutoRaise(True)
        return button

    def _kind_button(self, kind: ValueKind | None, text: str, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(f"{text} ({key})")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self.controller.take_tool, kind))
        self._group.addButton(button)
        self._buttons[kind] = button
        return button

    def _lay_out(self) -> None:
        self.back.setIcon(icon("chevron-left"))
        self.back.setAccessibleName(self.tr("Back to templates"))
        self.back.setToolTip(self.tr("Back to templates"))
        self.back.setAutoRaise(True)
        names = {key: QKeySequence(int(key)).toString() for key in _TOOL_KEYS}
        tools = [
            self._kind_button(kind, self.tr("Select") if kind is None else kind_word(kind), names[key])
            for key, kind in _TOOL_KEYS.items()
        ]
        self.arrange.setText(self.tr("Arrange"))
        self.arrange.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.arrange.setAutoRaise(True)
        menu = QMenu(self.arrange)
        for alignment, name in _ALIGNMENTS.items():
            action = menu.addAction(icon(name.value.replace("_", "-")), plain_text(action_text(name)))
            action.triggered.connect(partial(self.controller.align, alignment))
        menu.addSeparator()
        menu.addAction(self.tr("Same size as the first"), self.controller.make_same_size)
        menu.addAction(self.tr("Duplicate"), self.controller.duplicate)
        menu.addAction(self.tr("Copy to pages…"), self._ask_pages)
        menu.addSeparator()
        menu.addAction(icon("delete"), self.tr("Delete"), self.controller.remove_chosen)
        self.arrange.setMenu(menu)
        head = hbox(
            self.back,
            separator(self, is_upright=True),
            *tools,
            separator(self, is_upright=True),
            self.arrange,
            self.undo,
            self.redo,
            1,
            spacing=4,
            margins=(12, 6, 12, 6),
        )
        name_label = PlainLabel(self, self.tr("Template name"), look="hint")
        side = QWidget(self)
        side.setObjectName("panel")
        side.setFixedWidth(sized(_PANEL_PX))
        self._scroll = scroll = QScrollArea(side)
        scroll.setWidget(self.panel)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vbox(
            name_label,
            self.template_name,
            (scroll, 1),
            self.note,
            self.banner,
            self.status,
            hbox(1, self.stop, self.make),
            spacing=8,
            margins=(16, 12, 16, 16),
            parent=side,
        )
        body = hbox((self.view, 1), separator(self, is_upright=True), side, spacing=0)
        vbox(head, separator(self), (body, 1), spacing=0, parent=self)

    def _connect(self) -> None:
        controller = self.controller
        controller.changed.connect(self._on_controller_changed)
        controller.tool_changed.connect(self._take_tool)
        controller.naming_wanted.connect(self.panel.ask_name)
        self.panel.left.connect(self.view.setFocus)
        self.template_name.returnPressed.connect(self.view.setFocus)
        self.template_name.textEdited.connect(self._show)
        self.back.clicked.connect(self.leave)
        self.undo.clicked.connect(controller.copy.undo)
        self.redo.clicked.connect(controller.copy.redo)
        self.make.meant.connect(self._on_make_meant)
        self.stop.meant.connect(self.stop_requested)
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Undo), controller.copy.undo),
            (QKeySequence(QKeySequence.StandardKey.Redo), controller.copy.redo),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    @property
    def _saves(self) -> bool:
        """Whether the main button saves changes on this computer instead of creating a template."""
        return self._is_known and not self.drawn

    def _show(self) -> None:
        controller = self.controller
        self.undo.setEnabled(controller.copy.can_undo and not self._is_busy)
        self.redo.setEnabled(controller.copy.can_redo and not self._is_busy)
        self.arrange.setEnabled(bool(controller.chosen) and not self._is_busy)
        for widget in (self.panel, self.template_name, self.view, self.back, *self._buttons.values()):
            widget.setEnabled(not self._is_busy)
        if self._saves:
            self.make.setText(self.tr("Save"))
        else:
            self.make.setText(self.tr("Create again") if self._is_lost else self.tr("Create template"))
        self.banner.setVisible(not self._saves and bool(self.banner.accessibleName()))
        is_ready = bool(controller.fields) and not controller.faults and bool(self.name)
        self.make.setEnabled(is_ready and not self._is_busy)
        style_send_button(self.make, is_binding=self._is_binding and not self._saves)
        self.make.setToolTip("" if is_ready else self._what_lacks())
        self.stop.setVisible(self._is_busy)

    def _what_lacks(self) -> str:
        if not self.name:
            return self.tr("The template needs a name.")
        if not self.controller.fields:
            return self.tr("First draw a field.")
        return self.tr("Fields with errors are marked red in the list.")

    def _set_status(self, text: str, *, is_error: bool = False) -> None:
        self.status.setText(text)
        set_tone(self.status, "danger" if is_error else "hint")
        self.status.setVisible(bool(text))

    def _take_tool(self, kind: ValueKind | None) -> None:
        self._buttons[kind].setChecked(True)
        self.view.set_tool(self._select if kind is None else self._draw[kind])
        self.view.setFocus()

    def _ask_pages(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Copy to pages"))
        dialog.setLabelText(self.tr("Pages, such as 2-4,6"))
        dialog.setTextValue(f"1-{len(self.controller.pages)}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self.copy_to_pages)
        dialog.open()

    def _on_controller_changed(self) -> None:
        if self.controller.only_chosen is not None:
            # On a small screen, the form may be out of view. Its position is known only after the layout.
            QTimer.singleShot(0, self, self._show_form)
        if self._asks or not self._is_busy:
            self._asks = False
            if not self._is_lost:
                self._set_status("")
        self._show()
        self.controller.repaint()

    def _show_form(self) -> None:
        self._scroll.ensureWidgetVisible(self.panel.form, 0, 0)

    def _on_make_meant(self) -> None:
        if self._saves:
            self.save_requested.emit(self.name)
        else:
            self.make_requested.emit(self.name, self._is_lost)
