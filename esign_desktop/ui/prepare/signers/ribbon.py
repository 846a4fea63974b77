"""The signing order in one line, with contact channels and the deadline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.steps import grouped_with, moved_to_own_step, steps_of
from esign_desktop.domain.options import SignUntil, SignWithin
from esign_desktop.domain.signer import OrganizationSigner, SignerId
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.text.moments import china_time, span
from esign_desktop.ui.text.options import channel_words
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import anytime_words, reach_words, signer_name
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.menu_card import MenuCard
from esign_desktop.ui.widgets.reading_order import go_on
from esign_desktop.ui.widgets.signer_card import SignerBadge, SignerDropFrame, drag_signer
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.contract.steps import Steps
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.people.accounts import Reach
    from esign_desktop.ui.prepare.tools.state import ToolState

_HEIGHT_PX: Final = 38
_BADGE_PX: Final = 20
_LONGEST_NAME: Final = 16
_GAP_PX: Final = 28


class RibbonChip(MenuCard):
    """One signer in the ribbon.

    Alt+Left and Alt+Right move the signer, Alt+Up joins the previous step, and Enter edits the signer.
    """

    edit_requested = Signal(object)
    grouping_requested = Signal(object)
    anytime_requested = Signal(object)

    def __init__(self, signer: Signer, number: int, parent: QWidget) -> None:
        super().__init__(signer.id, parent)
        self.signer_id = signer.id
        self._pressed_at: QPoint | None = None
        self.setObjectName("ribbonChip")
        self._menu_button.hide()
        self._words = PlainLabel(self)
        badge = SignerBadge(number, self, side_px=_BADGE_PX)
        hbox(badge, self._words, spacing=6, margins=(4, 2, 8, 2), parent=self)
        self._fill_menu(
            (
                (self.tr("Change…"), self.edit),
                (self.tr("Sign earlier"), self._move_up),
                (self.tr("Sign later"), self._move_down),
                (self.tr("Sign together with previous step"), self._group),
                (anytime_words(signer), self._change_order),
            )
        )

    def show_words(self, words: str, spoken: str) -> None:
        """Show a text. ``spoken`` is the complete text for screen readers."""
        self._words.setText(words)
        self.setAccessibleName(spoken)

    @override
    def edit(self) -> None:
        self.edit_requested.emit(self.signer_id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        match event.key():
            case Qt.Key.Key_Left if with_alt:
                self._move_up()
            case Qt.Key.Key_Right if with_alt:
                self._move_down()
            case Qt.Key.Key_Up if with_alt:
                self._group()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.edit()
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                go_on(self, forward=event.key() == Qt.Key.Key_Right)
            case _:
                super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.chosen.emit(self.signer_id)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
            self.chosen.emit(self.signer_id)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, begun = event.position().toPoint(), self._pressed_at
        if begun is not None and (at - begun).manhattanLength() >= QApplication.startDragDistance():
            self._pressed_at = None
            drag_signer(self, self.signer_id, at)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edit()

    def _group(self) -> None:
        self.grouping_requested.emit(self.signer_id)

    def _change_order(self) -> None:
        self.anytime_requested.emit(self.signer_id)


class _Step(SignerDropFrame):
    """The signers of one step. A signer dropped on it joins the step."""

    def __init__(self, parent: QWidget, *, is_shared: bool) -> None:
        super().__init__(parent)
        self.setObjectName("ribbonGroup" if is_shared else "ribbonStep")
        self.row = hbox(spacing=2, parent=self)


class _Gap(SignerDropFrame):
    """The arrow between two steps. A signer dropped on it gets a new step there."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("ribbonGap")
        self.setMinimumWidth(_GAP_PX if text else _GAP_PX // 2)
        hbox((PlainLabel(self, text, look="hint"), Qt.AlignmentFlag.AlignCenter), parent=self)


class OrderRibbon(QScrollArea):
    """The ribbon, which is visible while there are signers. Texts are shortened if there is little space."""

    manual_page = "signers#order"

    edit_requested = Signal(object)
    """The ``SignerId`` of the signer to be edited."""
    shift_requested = Signal(object, int)
    grouping_requested = Signal(object)
    anytime_requested = Signal(object)

    def __init__(self, session: ContractSession, state: ToolState, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._reaches: Mapping[SignerId, Reach] = {}
        self._chips: dict[SignerId, RibbonChip] = {}
        self.setObjectName("ribbon")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Signing order"))
        self._deadline = PlainLabel(look="hint")
        self._at_rest = DebouncedChanges(session, self)
        self._at_rest.changed.connect(self._on_session_changed)
        state.active_signer_changed.connect(self._on_active_signer_changed)
        self._rebuild()

    def show_reaches(self, reaches: Mapping[SignerId, Reach]) -> None:
        """Show the contact data of signers who have an account."""
        self._reaches = reaches
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(sized(_HEIGHT_PX), sized(_HEIGHT_PX))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - delta)

    def _rebuild(self) -> None:
        draft = self._session.draft
        focused = next((i for i, chip in self._chips.items() if chip.hasFocus()), None)
        self.setVisible(bool(draft.signers))
        content = QWidget(self)
        content.setObjectName("ribbonContent")
        row = hbox(spacing=0, margins=(12, 3, 12, 3), parent=content)
        self._chips = {}
        if draft.is_ordered:
            self._add_steps(row, content)
        else:
            row.addWidget(PlainLabel(content, self.tr("In any order"), look="hint"))
            row.addSpacing(8)
            for signer in draft.signers:
                row.addWidget(self._chip(signer, content))
        self._deadline = PlainLabel(content, look="hint")
        row.addSpacing(8)
        row.addWidget(self._deadline)
        row.addStretch(1)
        if (old := self.takeWidget()) is not None:
            # The old widget may still be handling the event that caused this change.
            old.hide()
            old.deleteLater()
        self.setWidget(content)
        content.show()
        self._fit()
        if focused in self._chips:
            self._chips[focused].setFocus()

    def _add_steps(self, row: QHBoxLayout, content: QWidget) -> None:
        steps = self._session.draft.steps
        for index, step in enumerate(steps):
            gap = _Gap("→" if index else "", content)
            gap.signer_dropped.connect(partial(self._on_gap_dropped, index))
            row.addWidget(gap)
            box = _Step(content, is_shared=len(step) > 1)
            box.signer_dropped.connect(partial(self._on_step_dropped, index))
            for signer in step:
                box.row.addWidget(self._chip(signer, box))
            row.addWidget(box)
        end = _Gap("", content)
        end.signer_dropped.connect(partial(self._on_gap_dropped, len(steps)))
        row.addWidget(end)
        anytime = self._session.draft.anytime_signers
        if anytime:
            row.addWidget(PlainLabel(content, self.tr("At any time"), look="hint"))
            row.addSpacing(8)
        for signer in anytime:
            row.addWidget(self._chip(signer, content))

    def _chip(self, signer: Signer, parent: QWidget) -> RibbonChip:
        chip = RibbonChip(signer, self._session.draft.signer_number(signer.id), parent)
        chip.set_chosen(is_chosen=signer.id == self._state.active_signer_id)
        chip.chosen.connect(self._on_chip_chosen)
        chip.edit_requested.connect(self.edit_requested)
        chip.move_requested.connect(self.shift_requested)
        chip.grouping_requested.connect(self.grouping_requested)
        chip.anytime_requested.connect(self.anytime_requested)
        self._chips[signer.id] = chip
        return chip

    def _fit(self) -> None:
        """Show name, agent and contact data of each signer, or only the names if there is not enough space."""
        draft, content = self._session.draft, self.widget()
        if content is None or set(self._chips) != {signer.id for signer in draft.signers}:
            return
        self._deadline.setText(self._deadline_words(draft))
        for is_short in (False, True):
            for number, signer in enumerate(draft.signers, 1):
                parts = self._parts(signer, draft)
                name = one_line(parts[0], most_characters=_LONGEST_NAME)
                spoken = self.tr("Signer {number}: {words}").format(number=number, words=", ".join(parts))
                self._chips[signer.id].show_words(name if is_short else " · ".join((name, *parts[1:])), spoken)
            layout = content.layout()
            if layout is not None:
                layout.activate()
                if layout.sizeHint().width() <= self.viewport().width():
                    break

    def _parts(self, signer: Signer, draft: ContractDraft) -> tuple[str, ...]:
        agent = one_line(signer.agent.name) if isinstance(signer, OrganizationSigner) else ""
        if signer.terms.is_silent:
            return tuple(filter(None, (signer_name(signer), self.tr("signs automatically"))))
        channels = channel_words()
        channel_names = "/".join(channels[channel] for channel in sorted(draft.options.notices))
        reach = reach_words(signer, self._reaches.get(signer.id))
        return tuple(filter(None, (signer_name(signer), agent, reach, channel_names)))

    def _deadline_words(self, draft: ContractDraft) -> str:
        match draft.options.deadline:
            case SignWithin(duration_ms=duration):
                return self.tr("within {span}").format(span=span(duration))
            case SignUntil(at_ms=at):
                return self.tr("due {moment}").format(moment=china_time(at))
            case _:
                return ""

    def _arrange(self, steps: Steps) -> None:
        self._session.apply(EditName.ARRANGE_SIGNERS, lambda draft: edits.arrange_signers(draft, steps), origin=self)

    def _on_gap_dropped(self, index: int, signer_id: str) -> None:
        self._arrange(moved_to_own_step(steps_of(self._session.draft), SignerId(signer_id), index))

    def _on_step_dropped(self, index: int, signer_id: str) -> None:
        self._arrange(grouped_with(steps_of(self._session.draft), SignerId(signer_id), index))

    def _on_chip_chosen(self, signer_id: SignerId) -> None:
        self._state.set_active_signer(signer_id)
        if signer_id in self._chips:
            self.ensureWidgetVisible(self._chips[signer_id])

    def _on_active_signer_changed(self, signer_id: SignerId | None) -> None:
        for chip_id, chip in self._chips.items():
            chip.set_chosen(is_chosen=chip_id == signer_id)

    def _on_session_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if before.signers != after.signers or before.is_ordered != after.is_ordered:
            self._rebuild()
        elif before.options != after.options:
            self._fit()
