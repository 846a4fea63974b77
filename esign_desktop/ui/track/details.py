"""Provide the details pane of the Track room: the state of a flow, its first command, and its course."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QScrollArea, QToolButton, QWidget

from esign_desktop.domain.environment import Environment, FreezeAt, is_elsewhere
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.override import override
from esign_desktop.services.flows.progress import current_signers, initiator_name, own_signer_due
from esign_desktop.ui.text.environment import act_there
from esign_desktop.ui.text.flow import payer_sentence, status_sentence, with_forgotten
from esign_desktop.ui.text.moments import china_time, now_ms
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.track.stepper import Stepper
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, action_text, plain_text
from esign_desktop.ui.widgets.deliberate import ConfirmButton, DeliberateButton
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.flow_layout import wrapping_row
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.more_button import MoreButton
from esign_desktop.ui.widgets.state_mark import status_ink
from esign_desktop.ui.widgets.theme import repolish, theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.track.commands import FlowCommands


class DetailsPane(QScrollArea):
    """Shows the state and the steps of a flow, and buttons for the commands that its state suggests.

    The buttons call methods of ``commands``. ``menu`` has all commands, and is opened by a button beside the first
    command.
    """

    def __init__(
        self,
        commands: FlowCommands,
        menu: QMenu,
        parent: QWidget,
        *,
        watch: EnvironmentWatch | None = None,
        clock_ms: Callable[[], int] = now_ms,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._watch = watch
        self._clock_ms = clock_ms
        # The account id of the payer who was read last, and the payer's name.
        self._payer = ("", "")
        self._record: FlowRecord | None = None
        self._first_act: ActionName | None = None
        self._busy = ""
        self._count = 1
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget(self)
        self._banner = EnvironmentBanner(content)
        self._title = PlainLabel(content, is_wrapped=True)
        set_font_px(self._title, 16, is_bold=True)
        self._state = PlainLabel(content, is_wrapped=True)
        self._facts = PlainLabel(content, look="hint", is_wrapped=True)
        self._stepper = Stepper(content)
        self._progress = PlainLabel(content, look="hint", is_wrapped=True)
        self._stop = QToolButton(content)
        self._stop.setText(self.tr("Stop"))
        self._stop.setAutoRaise(True)
        self._begin = DeliberateButton(content)
        self._correct = DeliberateButton(content)
        self._correct.setToolTip(ACTIONS[ActionName.CORRECT].shown_keys)
        self._act = QPushButton(content)
        for button in (self._begin, self._act):
            button.setObjectName("primary")
        self._more = MoreButton(menu, content)
        # The list beside it has a button with the usual name.
        self._more.setAccessibleName(self.tr("More commands"))
        self._revoke = ConfirmButton(content)
        self._revoke_all = DeliberateButton(content)
        self._lay_out(content)
        self._connect(commands)
        self.setWidget(content)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    def show_record(self, record: FlowRecord) -> None:
        """Show the current state of a flow.

        If it is another flow than before, an open question about revoking is dismissed.
        """
        if record != self._record:
            if self._record is None or record.flow_id != self._record.flow_id:
                self._revoke.disarm()
            self._record = record
            self._show()

    def show_payer(self, account_id: str, name: str) -> None:
        """Show the name of a payer who is not a signer. Do nothing if the displayed flow has another payer account."""
        if name and self._record is not None and self._record.payer_account_id == account_id:
            self._payer = (account_id, name)
            self._show()

    def show_count(self, count: int) -> None:
        """Adapt the buttons to ``count``, the number of chosen rows.

        For more than one, show the button that revokes them all.
        """
        self._count = max(1, count)
        self._revoke.disarm()
        self._show_buttons()

    def _lay_out(self, content: QWidget) -> None:
        buttons = wrapping_row(content, self._begin, self._act, self._correct, self._revoke_all)
        vbox(
            *(self._banner, self._title, self._state),
            hbox((buttons, 1), (self._more, Qt.AlignmentFlag.AlignTop)),
            self._revoke,
            hbox((self._progress, 1), self._stop),
            vbox(self._stepper, margins=(0, 8, 0, 8)),
            *(self._facts, 1),
            margins=(16, 16, 16, 16),
            parent=content,
        )
        for widget in (self._banner, self._progress, self._stop, self._revoke):
            widget.hide()

    def _connect(self, commands: FlowCommands) -> None:
        self._begin.meant.connect(commands.start_signing)
        commands.prepared_found.connect(self._show)
        self._act.clicked.connect(self._on_act_clicked)
        self._stop.clicked.connect(commands.stop)
        self._stepper.qr_requested.connect(commands.show_code)
        self._stepper.file_requested.connect(commands.open_file)
        self._revoke.confirmed.connect(commands.revoke)
        self._revoke.disarmed.connect(self._revoke.hide)
        self._revoke_all.meant.connect(commands.ask_revoke_all)
        self._correct.meant.connect(commands.correct)
        commands.revoke_pressed.connect(self._on_revoke_pressed)
        commands.correct_pressed.connect(self._on_correct_pressed)
        commands.busy_changed.connect(self._on_busy_changed)
        if self._watch is not None:
            self._watch.changed.connect(self._on_watch_changed)

    def _show(self) -> None:
        record = self._record
        if record is None:
            return
        self._show_environment(record)
        self._title.setText(with_forgotten(self._commands.name_of(record)))
        now = self._clock_ms()
        self._state.setText(with_forgotten(status_sentence(record, now)))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, status_ink(record.status) or theme().text)
        self._state.setPalette(palette)
        self._facts.setText("\n".join(self._fact_lines(record)))
        due, own = current_signers(record), own_signer_due(record)
        first = own or (due[0] if len(due) == 1 and self._commands.first_act is ActionName.SHOW_CODE else None)
        self._stepper.show_record(record, now, first_code=first.number if first is not None else 0)
        self._show_buttons()

    def _show_environment(self, record: FlowRecord) -> None:
        """Show the contract's environment in the banner and on the buttons if it is not the current one."""
        home = Environment(record.environment, "", record.project_id)
        here = self._watch.environment if self._watch is not None else home
        self._banner.show_if_other(home, here)
        correct = action_text(ActionName.CORRECT)
        begin = self.tr("Start signing")
        if record.status is FlowStatus.DRAFT:
            ask_revoke = self.tr("Press again to revoke; no one has seen it")
        else:
            ask_revoke = self.tr("Press again to revoke for all signers")
        if is_elsewhere(home, here):
            begin, correct, ask_revoke = (act_there(one, home) for one in (begin, correct, ask_revoke))
        self._begin.setText(begin)
        self._revoke.set_texts(ask_revoke, ask_revoke)
        self._correct.setText(correct)

    def _on_watch_changed(self, _state: object) -> None:
        if self._record is not None:
            self._show_environment(self._record)

    def _show_buttons(self) -> None:
        record = self._record
        if record is None:
            return
        is_one = self._count == 1
        if self._commands.chosen is not None:
            # While the next flow is being read, the buttons keep their places.
            self._first_act = self._commands.first_act
        act = self._first_act
        can_begin = self._commands.can_start_signing and is_one
        can_correct = record.status is not FlowStatus.COMPLETED and is_one
        is_correct_first = can_correct and record.status.is_final
        self._begin.setVisible(can_begin)
        self._correct.setVisible(can_correct)
        if (self._correct.objectName() == "primary") != is_correct_first:
            self._correct.setObjectName("primary" if is_correct_first else "")
            repolish(self._correct)
        self._correct.setIcon(icon(ACTIONS[ActionName.CORRECT].icon, theme().on_accent if is_correct_first else None))
        self._act.setVisible(act is not None and not can_begin and not is_correct_first)
        if act is not None:
            self._act.setText(plain_text(action_text(act)))
            self._act.setToolTip(ACTIONS[act].shown_keys)
            has_icon = act is not ActionName.SHOW_CODE
            self._act.setIcon(icon(ACTIONS[act].icon, theme().on_accent) if has_icon else QIcon())
        self._revoke_all.setText(self.tr("Revoke %n selected…", "", self._count))
        self._revoke_all.setVisible(not is_one)
        for button in (self._begin, self._act, self._correct, self._revoke, self._revoke_all):
            button.setEnabled(not self._busy)

    def _fact_lines(self, record: FlowRecord) -> list[str]:
        lines = [self._billing(record)]
        if record.deadline_ms is not None and record.status.is_final:
            lines.append(self.tr("Due {moment}").format(moment=china_time(record.deadline_ms)))
        initiator = with_forgotten(one_line(initiator_name(record)))
        if initiator:
            lines.append(self.tr("Initiator: {name}").format(name=initiator))
        times = self.tr("All times are China time")
        if record.seen_at_ms is not None:
            times = self.tr("Updated {moment} (China time)").format(moment=china_time(record.seen_at_ms))
        return [" · ".join(lines), times]

    def _billing(self, record: FlowRecord) -> str:
        if record.payer_account_id:
            account_id, name = self._payer
            return payer_sentence(record, name if account_id == record.payer_account_id else "")
        if record.status is FlowStatus.COMPLETED:
            return self.tr("%n contract(s) used", "", record.contract_count)
        if record.status.is_final:
            return self.tr("%n contract(s) released", "", record.contract_count)
        here = self._watch.environment if self._watch is not None else None
        freeze_at = here.behaviour.freeze_at if here is not None and here.kind is record.environment else None
        if record.status is FlowStatus.DRAFT and freeze_at is FreezeAt.EXECUTE:
            return self.tr("%n contract(s), reserved when signers see them", "", record.contract_count)
        return self.tr("%n contract(s) reserved", "", record.contract_count)

    def _on_act_clicked(self) -> None:
        act = self._commands.first_act
        if act is not None:
            self._commands.actions_by_name[act].trigger()

    def _on_revoke_pressed(self) -> None:
        if self._revoke.is_armed:
            _press(self._revoke)
        elif self._record is not None and not self._record.status.is_final and not self._busy:
            # The user must be able to see the question.
            self._revoke.show()
            self._revoke.ask()
            if self._more.hasFocus():
                self._revoke.setFocus()
            QTimer.singleShot(0, self._revoke, partial(self.ensureWidgetVisible, self._revoke))

    def _on_correct_pressed(self) -> None:
        _press(self._correct)

    def _on_busy_changed(self, sentence: str, can_stop: bool) -> None:
        self._busy = sentence
        self._progress.setText(sentence)
        self._progress.setVisible(bool(sentence))
        self._stop.setVisible(bool(sentence) and can_stop)
        self._show_buttons()


def _press(button: DeliberateButton) -> None:
    if button.isVisible() and button.isEnabled():
        button.click()
