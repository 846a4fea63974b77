"""Provide the card of a signer in the list of signers: number, color, name, and details of how the signer signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from esign_desktop.domain.signer import OrganizationSigner, PersonSigner
from esign_desktop.override import override
from esign_desktop.ui.text.signer import (
    anytime_words,
    number_end,
    short_signer_subtitle,
    signer_name,
    signer_subtitle,
)
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, FittingLabel, PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.menu_card import MenuCard
from esign_desktop.ui.widgets.theme import repolish, signer_colour, signer_outline, sized

if TYPE_CHECKING:
    from esign_desktop.domain.signer import Signer, SignerId
    from esign_desktop.services.people.accounts import Reach

SIGNER_MIME = "application/x-esign-signer"
_BADGE_PX = 24


class SignerBadge(QWidget):
    """Shows a signer's number on a disc in the signer's color."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.setFixedSize(sized(_BADGE_PX), sized(_BADGE_PX))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(signer_outline())
        painter.setBrush(signer_colour(self._number))
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))
        painter.setPen(QColor("white"))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))


class SignerDropFrame(QFrame):
    """A frame on which the user can drop the card of a signer. It is marked while a card is dragged over it."""

    signer_dropped = Signal(str)
    """Carries the id of the signer whose card was dropped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(SIGNER_MIME):
            event.acceptProposedAction()
            self._show_target(is_target=True)

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(SIGNER_MIME):
            event.acceptProposedAction()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_target(is_target=False)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._show_target(is_target=False)
        event.acceptProposedAction()
        self.signer_dropped.emit(bytes(event.mimeData().data(SIGNER_MIME).data()).decode())

    def _show_target(self, *, is_target: bool) -> None:
        self.setProperty("dropTarget", is_target)
        repolish(self)


class StepBox(SignerDropFrame):
    """Shows the signers of one step, who sign in parallel. A signer whose card is dropped here joins the step.

    ``index`` is the position of the step, counted from 0.
    """

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self.setObjectName("stepBox")
        self.title = PlainLabel(self)
        self.title.setObjectName("hint")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 4, 8, 8)
        self.column.setSpacing(4)
        self.column.addWidget(self.title)


class StepGap(SignerDropFrame):
    """The space between two steps. A signer whose card is dropped here gets a new step at this position.

    ``index`` is the position, counted from 0.
    """

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self.setObjectName("stepGap")
        self.setFixedHeight(12)


class SignerCard(MenuCard):
    """The card of a signer, which the user can choose, edit, drag, move and remove, by mouse and keyboard."""

    edit_requested = Signal(object)
    """Carries the id of the signer whose data the user wants to edit."""
    grouping_requested = Signal(object)
    """Carries the id of the signer who is to sign together with the previous step."""
    anytime_requested = Signal(object)
    """Carries the id of the signer who is to sign at any time rather than in a step, or in a step again."""
    entered_backward = Signal()
    """Emitted when Shift+Tab reaches the card of a signer who was not chosen."""
    documents_requested = Signal(object)
    """Carries the id of the signer for whom the user wants to choose the documents to sign, and where."""

    def __init__(
        self,
        signer: Signer,
        number: int,
        *,
        seal_count: int,
        has_namesake: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Create the card. ``number`` is the signer's number, counted from 1.

        ``has_namesake`` adds the end of the document number, which differs for signers of the same name.
        """
        super().__init__(signer.id, parent)
        self._signer = signer
        self._has_namesake = has_namesake
        self._number = number
        self._reach: Reach | None = None
        self._pressed_at: QPoint | None = None
        self.setObjectName("signerCard")
        self._name = ElidedLabel(self)
        self._name.setObjectName("signerName")
        self._subtitle = FittingLabel(self)
        self._subtitle.setObjectName("hint")
        self._whole_subtitle = PlainLabel(self, look="hint", is_wrapped=True)
        self._count = PlainLabel(self, look="hint")
        self._kind = PlainLabel(self)
        self._lay_out()
        self._show()
        self.show_seal_count(seal_count)

    @property
    def signer_id(self) -> SignerId:
        """The id of the signer that the card shows."""
        return self._signer.id

    @override
    def edit(self) -> None:
        self._pressed_at = None
        self.edit_requested.emit(self._signer.id)

    def show_reach(self, reach: Reach | None) -> None:
        """Show how the platform contacts the signer through an existing account. Pass None if there is no account."""
        if reach != self._reach:
            self._reach = reach
            self._show()

    def show_seal_count(self, seal_count: int) -> None:
        """Show the number of the signer's seals. With 0, show nothing."""
        self._count.setText(self.tr("%n seal(s)", "", seal_count) if seal_count else "")
        self._unfold()

    @override
    def set_chosen(self, *, is_chosen: bool) -> None:
        super().set_chosen(is_chosen=is_chosen)
        self._show_menu_button()
        self._unfold()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_menu_button()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_menu_button()

    def _unfold(self) -> None:
        """Show the whole subtitle if the card is chosen. Otherwise, show a short one and the number of seals."""
        is_chosen = bool(self.property("chosen"))
        self._whole_subtitle.setVisible(is_chosen)
        self._subtitle.setVisible(not is_chosen)
        self._count.setVisible(not is_chosen and bool(self._count.text()))

    def _show_menu_button(self) -> None:
        """Show the menu button of the chosen card, and of the card under the pointer."""
        is_chosen = bool(self.property("chosen"))
        self._menu_button.setVisible(is_chosen or self.underMouse() or self._menu.isVisible())

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
            self.chosen.emit(self._signer.id)
        super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        way = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if way >= QApplication.startDragDistance():
            self._pressed_at = None
            self._drag(event.position().toPoint())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        super().mouseReleaseEvent(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        was_chosen = bool(self.property("chosen"))
        self.chosen.emit(self._signer.id)
        if event.reason() is Qt.FocusReason.BacktabFocusReason and not was_chosen:
            # The seals of the signer are below the card now, so Shift+Tab reaches them first.
            self.entered_backward.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.edit()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_kind()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        # The name has priority, so the other labels are where they take no space from it.
        for line, label, other in ((above, self._name, self._kind), (below, self._subtitle, self._count)):
            line.setSpacing(8)
            line.addWidget(label, 1)
            line.addWidget(other)
        below.insertWidget(1, self._whole_subtitle, 1)
        hbox(
            (SignerBadge(self._number, self), Qt.AlignmentFlag.AlignTop),
            (vbox(above, below, spacing=2), 1),
            (self._menu_button, Qt.AlignmentFlag.AlignTop),
            margins=(8, 8, 4, 8),
            parent=self,
        )
        self._show_kind()
        policy = self._menu_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._menu_button.setSizePolicy(policy)
        self._menu.aboutToHide.connect(self._show_menu_button, Qt.ConnectionType.QueuedConnection)
        self._show_menu_button()

    def _show(self) -> None:
        name, document = signer_name(self._signer), ""
        if self._has_namesake and (document := number_end(self._signer, self._reach)):
            document += " · "
        subtitle = document + signer_subtitle(self._signer, self._reach)
        self._name.setText(name)
        self._whole_subtitle.setText(subtitle)
        self._subtitle.show_wordings(subtitle, document + short_signer_subtitle(self._signer))
        self._menu_button.setAccessibleName(self.tr("More actions for signer {number}").format(number=self._number))
        self.setAccessibleName(
            self.tr("Signer {number}: {name}, {subtitle}").format(number=self._number, name=name, subtitle=subtitle)
        )
        self._fill_menu(
            (
                (self.tr("Change…"), self.edit),
                (self.tr("Sign earlier"), self._move_up),
                (self.tr("Sign later"), self._move_down),
                (self.tr("Sign together with previous step"), self._on_together_triggered),
                (anytime_words(self._signer), self._on_anytime_triggered),
                (self.tr("Documents to sign…"), self._on_documents_triggered),
                (self.tr("Remove"), self._request_removal),
            )
        )

    def _show_kind(self) -> None:
        kinds = {PersonSigner: "person", OrganizationSigner: "organization"}
        self._kind.setPixmap(icon(kinds.get(type(self._signer), "application")).pixmap(16, 16))

    def _drag(self, at: QPoint) -> None:
        mime = QMimeData()
        mime.setData(SIGNER_MIME, self._signer.id.encode())
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.setPixmap(self.grab())
        drag.setHotSpot(at)
        drag.exec(Qt.DropAction.MoveAction)

    def _on_documents_triggered(self) -> None:
        self.documents_requested.emit(self._signer.id)

    def _on_anytime_triggered(self) -> None:
        self.anytime_requested.emit(self._signer.id)

    def _on_together_triggered(self) -> None:
        self.grouping_requested.emit(self._signer.id)
