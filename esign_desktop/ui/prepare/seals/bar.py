"""The small bar beside the selected seals, with signers, sizes and buttons to copy, remove and edit the seals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QFrame, QLineEdit, QToolButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.prepare.seals.actions import WIDTH_ACTIONS
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.labels import PlainLabel, separator, show_tip
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.theme import signer_colour, signer_outline, sized, theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QPaintEvent

    from esign_desktop.services.editing.session import Change
    from esign_desktop.ui.prepare.seals.actions import SealActions
    from esign_desktop.ui.prepare.seals.commands import SealCommands
    from esign_desktop.ui.prepare.tools.context import ToolContext

_MOST_SIGNERS: Final = 9
"""The maximum number of signers shown: those with a number key."""
_REST_MS: Final = 400
_GAP_PX: Final = 14
"""The space for the badge and the handles."""
_BELOW_PX: Final = 30
"""The space for the caption that states the size."""


class SealBar(QFrame):
    """A bar above, below or beside the selected seals, which it never covers. Its buttons do not take the focus.

    The bar is hidden if there is no space for it in view or the select tool is not active, while a mouse button is
    pressed on the pages, while a seal moves, and while the user types.
    """

    def __init__(self, context: ToolContext, commands: SealCommands, actions: SealActions) -> None:
        super().__init__(context.view)
        self._context = context
        self._commands = commands
        self._is_pressed = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self.setObjectName("sealBar")
        self.setAccessibleName(self.tr("Selected seals"))
        self._signers = QWidget(self)
        self._owners = hbox(spacing=2, parent=self._signers)
        self._dots: list[_SignerDot] = []
        buttons = [self._button(actions, name) for name in (*WIDTH_ACTIONS, ActionName.COPY_TO_PAGES)]
        remove, details = (self._button(actions, name) for name in (ActionName.REMOVE_SEALS, ActionName.DETAILS))
        self._lines = separator(self, is_upright=True), separator(self, is_upright=True)
        for line in self._lines:
            line.setFixedHeight(sized(18))
        unit = PlainLabel(self, "mm", look="hint")
        hbox(
            *(self._signers, self._lines[0], *buttons[:-1], unit, self._lines[1], buttons[-1], remove, details),
            spacing=4,
            margins=(6, 4, 6, 4),
            parent=self,
        )
        self.hide()
        self._connect()

    def _connect(self) -> None:
        context = self._context
        context.view.viewport().installEventFilter(self)
        context.selection.changed.connect(self.refresh)
        context.state.tool_changed.connect(self.refresh)
        context.view.viewed.connect(self._place)
        self._rest.timeout.connect(self.refresh)
        self.destroyed.connect(context.session.subscribe(self._on_session_changed))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def refresh(self) -> None:
        """Show the bar for the selected seals, or hide it if it should not be visible now."""
        if self._is_wanted():
            self._show_signers()
            self.adjustSize()
            self._place()
        else:
            self.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease}:
            self._is_pressed = event.type() is QEvent.Type.MouseButtonPress
            self.hide()
            if not self._is_pressed:
                # The bar is shown after the tool has handled the release of the button.
                QTimer.singleShot(0, self, self.refresh)
        return super().eventFilter(watched, event)

    def _is_wanted(self) -> bool:
        is_typing = isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox)
        is_moving = self._is_pressed or self._rest.isActive()
        is_select = self._context.state.tool is ToolName.SELECT and not self._context.state.is_finished
        return bool(self._context.selection.ids) and is_select and not is_typing and not is_moving

    def _button(self, actions: SealActions, name: ActionName) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(actions[name])
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setIconSize(QSize(sized(16), sized(16)))
        if name in WIDTH_ACTIONS:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        return button

    def _show_signers(self) -> None:
        signers = self._context.session.draft.signers[:_MOST_SIGNERS]
        owners = {placement.signer_id for placement in self._commands.selected}
        while len(self._dots) < len(signers):
            dot = _SignerDot(len(self._dots) + 1, self._signers)
            dot.clicked.connect(self._on_dot_clicked)
            self._dots.append(dot)
            self._owners.addWidget(dot)
        for number, dot in enumerate(self._dots, 1):
            dot.setVisible(number <= len(signers))
            if number <= len(signers):
                dot.show_name(signer_name(signers[number - 1]), is_owner=owners == {signers[number - 1].id})
        for widget in (self._signers, self._lines[0]):
            widget.setVisible(len(signers) > 1)

    def _place(self) -> None:
        """Show the bar above the seals or, if there is no space, below or beside them. Otherwise, hide it."""
        if not self._is_wanted():
            return
        seals = self.seals_in_view()
        room = self._context.view.viewport().geometry().adjusted(4, 4, -4, -4)
        place = None if seals is None else next(self._places(seals, room), None)
        self.setVisible(place is not None)
        if place is not None:
            self.move(place)
            self.raise_()

    def _places(self, seals: QRect, room: QRect) -> Iterator[QPoint]:
        size, middle = self.sizeHint(), seals.center()
        left = min(max(room.left(), middle.x() - size.width() // 2), room.right() - size.width())
        top = min(max(room.top(), middle.y() - size.height() // 2), room.bottom() - size.height())
        for point in (
            QPoint(left, seals.top() - _GAP_PX - size.height()),
            QPoint(left, seals.bottom() + _BELOW_PX),
            QPoint(seals.right() + _GAP_PX, top),
            QPoint(seals.left() - _GAP_PX - size.width(), top),
        ):
            if room.contains(QRect(point, size)):
                yield point

    def seals_in_view(self) -> QRect | None:
        """Return the area of the selected seals that are at least partly in view, or None if there are none.

        The area is in the coordinates of the bar's parent.
        """
        view, context = self._context.view, self._context
        seen, covered = QRectF(view.viewport().rect()), QRectF()
        for slot in view.slots_in_view:
            for mark in context.marks.on_page(slot.document_id, slot.page_number):
                if mark.placement_id in context.selection:
                    area = QRectF(*slot.rect_px(mark.rect)).translated(view.origin)
                    if area.intersects(seen):
                        covered = covered.united(area)
        return None if covered.isEmpty() else covered.toAlignedRect().translated(view.viewport().pos())

    def _on_dot_clicked(self) -> None:
        dot = self.sender()
        if isinstance(dot, _SignerDot):
            self._commands.assign(self._context.session.draft.signers[dot.number - 1].id)

    def _on_session_changed(self, change: Change) -> None:
        if change.is_ongoing:
            self.hide()
            self._rest.start()
        elif self._context.selection.ids:
            self.refresh()

    def _on_focus_changed(self) -> None:
        if self._context.selection.ids:
            self.refresh()


class _SignerDot(QToolButton):
    """A button with a signer's number, in a filled circle if the signer owns all selected seals, else in a ring.

    The circle is also filled under the mouse.
    """

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.number = number
        self.setCheckable(True)
        self.setFixedSize(sized(24), sized(24))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_name(self, name: str, *, is_owner: bool) -> None:
        """Show the signer's name as the tooltip, and whether the signer owns all selected seals."""
        words = self.tr("Signed by {number} {name}").format(number=self.number, name=name)
        self.setChecked(is_owner)
        self.setAccessibleName(words)
        show_tip(self, f"{words} ({self.number})")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colour, painter = signer_colour(self.number), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_full = self.isChecked() or self.underMouse()
        painter.setPen(signer_outline() if theme().is_high else QPen(colour, 1.5))
        painter.setBrush(colour if is_full else QColor(theme().panel))
        painter.drawEllipse(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        font = painter.font()
        font.setPixelSize(sized(12))
        font.setBold(True)
        painter.setFont(font)
        # On a dark background, the signers' colors are too dark for digits.
        painter.setPen(QColor("white") if is_full or theme().is_dark else colour)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self.number))
