"""The details pane of the Track room: a flow's signers, events and files, with buttons for its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.environment import Environment, FreezeAt, is_elsewhere
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.override import override
from esign_desktop.services.erasure.service import person_of_flow
from esign_desktop.services.flows.progress import initiator_name, links_of, signer_states
from esign_desktop.services.flows.rows import flow_row
from esign_desktop.ui.text.environment import act_there, environment_name
from esign_desktop.ui.text.flow import (
    flow_signer_name,
    flow_status_word,
    my_turn_sentence,
    payer_sentence,
    with_forgotten,
)
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.track.commands import has_code
from esign_desktop.ui.track.files import FileList
from esign_desktop.ui.track.timeline import FlowTimelineList, SignerTimeline
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, action_text
from esign_desktop.ui.widgets.deliberate import ConfirmButton, DeliberateButton
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.flow_layout import wrapping_row
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.state_mark import status_ink
from esign_desktop.ui.widgets.theme import repolish, theme

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.track.commands import FlowCommands


_SECTION: Final = (0, 8, 0, 0)
"""The margins of a section in pixels: left, top, right and bottom."""


class DetailsPane(QScrollArea):
    """Shows one flow. The buttons call the methods of ``commands``."""

    forget_requested = Signal(object)
    """The ``KnownPerson`` whose data the user wants to delete."""

    def __init__(self, commands: FlowCommands, parent: QWidget, *, watch: EnvironmentWatch | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._watch = watch
        # The account id of the payer, and the payer's name.
        self._payer = ("", "")
        self._record: FlowRecord | None = None
        self._timelines: list[SignerTimeline] = []
        self._busy = ""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget(self)
        self._banner = EnvironmentBanner(content)
        self._title = PlainLabel(content, is_wrapped=True)
        set_font_px(self._title, 16, is_bold=True)
        self._state = PlainLabel(content, is_wrapped=True)
        self._turn = PlainLabel(content, look="caution", is_wrapped=True)
        self._facts = PlainLabel(content, look="hint", is_wrapped=True)
        self._more_facts = PlainLabel(content, look="hint", is_wrapped=True)
        self._files_title = _section_title(content, self.tr("Signed files on this computer"))
        self._history = FlowTimelineList(content)
        self._files = FileList(content)
        self._progress = PlainLabel(content, look="hint", is_wrapped=True)
        self._stop = QToolButton(content)
        self._stop.setText(self.tr("Stop"))
        self._stop.setAutoRaise(True)
        self._qr = _button(content, ActionName.SHOW_CODE)
        self._qr.setObjectName("primary")
        self._qr.setIcon(QIcon())
        self._is_download_first = False
        self._begin = DeliberateButton(content)
        self._begin.setObjectName("primary")
        self._refresh = _button(content, ActionName.REFRESH)
        self._download = _button(content, ActionName.DOWNLOAD)
        self._download_more = QToolButton(content)
        self._download_more.setIcon(icon("chevron-down"))
        self._download_more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._download_more.setAccessibleName(self.tr("Download to another location"))
        menu = QMenu(self._download_more)
        menu.addAction(self.tr("Download to another folder…")).triggered.connect(commands.download_elsewhere)
        menu.addAction(action_text(ActionName.DOWNLOAD_ORIGINAL)).triggered.connect(commands.download_original)
        self._download_more.setMenu(menu)
        self._original = _button(content, ActionName.DOWNLOAD_ORIGINAL)
        self._revoke = ConfirmButton(content)
        self._revoke_all = DeliberateButton(content)
        self._count = 1
        self._correct = DeliberateButton(content)
        for button, name in ((self._revoke, ActionName.REVOKE), (self._correct, ActionName.CORRECT)):
            button.setIcon(icon(ACTIONS[name].icon))
            button.setToolTip(ACTIONS[name].shown_keys)
        self._signers = vbox(spacing=12)
        self._lay_out(content)
        self._connect(commands)
        self.setWidget(content)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    def show_record(self, record: FlowRecord) -> None:
        """Show a flow's current state."""
        if record != self._record:
            if self._record is None or record.flow_id != self._record.flow_id:
                self._revoke.disarm()
            self._record = record
            self._show()

    def show_payer(self, account_id: str, name: str) -> None:
        """Show the name of a payer who is not a signer.

        Ignored if the displayed flow has a different payer account.
        """
        if name and self._record is not None and self._record.payer_account_id == account_id:
            self._payer = (account_id, name)
            self._show()

    def show_count(self, count: int) -> None:
        """Show the button for revoking several flows if ``count``, the number of chosen rows, is greater than 1."""
        self._count = max(1, count)
        self._revoke.disarm()
        self._show_buttons()

    def _lay_out(self, content: QWidget) -> None:
        # The download buttons stay together. The revoke button stays near the top, visible without scrolling.
        self._downloads = QWidget(content)
        hbox(self._download, self._download_more, spacing=2, parent=self._downloads)
        vbox(
            *(self._banner, self._title, self._state, self._facts, self._turn),
            wrapping_row(content, self._begin, self._qr, self._downloads, self._original, self._refresh),
            wrapping_row(content, self._correct, self._revoke, self._revoke_all),
            hbox((self._progress, 1), self._stop),
            vbox(_section_title(content, self.tr("Signers")), self._signers, margins=_SECTION),
            vbox(self._files_title, self._files, margins=_SECTION),
            vbox(_section_title(content, self.tr("Timeline")), self._history, margins=_SECTION),
            vbox(_section_title(content, self.tr("Details")), self._more_facts, margins=_SECTION),
            1,
            margins=(16, 16, 16, 16),
            parent=content,
        )
        self._progress.hide()
        self._stop.hide()

    def _connect(self, commands: FlowCommands) -> None:
        self._qr.clicked.connect(commands.show_code_if_any)
        self._begin.meant.connect(commands.start_signing)
        commands.prepared_found.connect(self._show)
        self._refresh.clicked.connect(commands.refresh)
        self._download.clicked.connect(commands.download)
        self._original.clicked.connect(commands.download_original)
        self._stop.clicked.connect(commands.stop)
        self._files.open_requested.connect(commands.open_file)
        self._files.check_requested.connect(commands.check_signatures)
        self._revoke.confirmed.connect(commands.revoke)
        self._revoke_all.meant.connect(commands.ask_revoke_all)
        self._correct.meant.connect(commands.correct)
        commands.revoke_pressed.connect(self._on_revoke_pressed)
        commands.correct_pressed.connect(self._on_correct_pressed)
        commands.busy_changed.connect(self._on_busy_changed)
        commands.signatures_checked.connect(self._files.show_signatures)
        commands.check_failed.connect(self._files.show_failure)
        if self._watch is not None:
            self._watch.changed.connect(self._on_watch_changed)

    def _show(self) -> None:
        record = self._record
        if record is None:
            return
        self._show_environment(record)
        self._title.setText(with_forgotten(one_line(record.title)))
        self._state.setText(self._state_sentence(record))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, status_ink(record.status) or theme().text)
        self._state.setPalette(palette)
        self._facts.setText(" · ".join(self._first_facts(record)))
        self._more_facts.setText("\n".join(self._fact_lines(record)))
        turn = flow_row(record).my_turn
        to_confirm = (one for one in signer_states(record) if one.status is SignStatus.TO_BE_CONFIRMED)
        self._turn.setText(my_turn_sentence(turn, (flow_signer_name(one.signer) for one in to_confirm)) if turn else "")
        self._turn.setVisible(turn is not None)
        for shown in self._timelines:
            shown.hide()
            shown.deleteLater()
        # Signing links do not work while the flow is in preparation.
        is_open = not record.status.is_final and record.status is not FlowStatus.DRAFT
        self._timelines = [
            SignerTimeline(
                state,
                links_of(record, state.signer),
                is_open=is_open,
                is_person=person_of_flow(record, state.signer) is not None,
                parent=self.widget(),
            )
            for state in signer_states(record)
        ]
        for shown in self._timelines:
            shown.qr_requested.connect(self._commands.show_code)
            shown.failure_reported.connect(self._commands.tell_of_link)
            shown.forget_requested.connect(self._on_timeline_forget_requested)
            self._signers.addWidget(shown)
        self._history.show_record(record)
        # A path from which a person's name was erased is no longer valid.
        paths = tuple(path for path in record.downloaded_to if FORGOTTEN_NAME not in path)
        self._files.show_paths(paths)
        self._files_title.setVisible(bool(paths))
        self._show_buttons()

    def _show_environment(self, record: FlowRecord) -> None:
        """Show the contract's environment in the banner and, if it is not the current one, also on the buttons."""
        home = Environment(record.environment, "", record.project_id)
        here = self._watch.environment if self._watch is not None else home
        self._banner.show_contract(home, here)
        revoke, correct = action_text(ActionName.REVOKE), action_text(ActionName.CORRECT)
        begin = self.tr("Start signing")
        if record.status is FlowStatus.DRAFT:
            ask_revoke = self.tr("Press again to revoke; no one has seen it")
        else:
            ask_revoke = self.tr("Press again to revoke for all signers")
        if is_elsewhere(home, here):
            begin, revoke, correct, ask_revoke = (act_there(one, home) for one in (begin, revoke, correct, ask_revoke))
        self._begin.setText(begin)
        self._revoke.set_texts(revoke, ask_revoke)
        self._correct.setText(correct)

    def _on_watch_changed(self, _state: object) -> None:
        if self._record is not None:
            self._show_environment(self._record)

    def _show_buttons(self) -> None:
        record = self._record
        if record is None:
            return
        is_open = not record.status.is_final
        is_idle = not self._busy
        self._begin.setVisible(self._commands.can_start_signing and self._count == 1)
        self._qr.setVisible(has_code(record))
        self._revoke.setVisible(is_open and self._count == 1)
        self._revoke_all.setText(self.tr("Revoke %n selected…", "", self._count))
        self._revoke_all.setVisible(self._count > 1)
        self._revoke_all.setEnabled(is_idle)
        self._correct.setVisible(record.status is not FlowStatus.COMPLETED)
        buttons = (self._begin, self._refresh, self._revoke, self._correct, self._download, self._download_more)
        for button in (*buttons, self._original):
            button.setEnabled(is_idle)
        has_seals = any(state.signed_count for state in signer_states(record))
        can_download = has_seals or record.status is FlowStatus.COMPLETED
        self._downloads.setVisible(can_download)
        self._put_download_first(is_first=record.status is FlowStatus.COMPLETED)
        # If there are signed files, the original is offered in the download button's menu instead.
        self._original.setVisible(not can_download and bool(record.documents))

    def _put_download_first(self, *, is_first: bool) -> None:
        self._download.setIcon(icon("download", theme().on_accent if is_first else None))
        if is_first != self._is_download_first:
            self._is_download_first = is_first
            self._download.setObjectName("primary" if is_first else "")
            repolish(self._download)

    def _state_sentence(self, record: FlowRecord) -> str:
        if record.seen_at_ms is None:
            return flow_status_word(record)
        return self.tr("{state} · updated {moment}").format(
            state=flow_status_word(record), moment=china_time(record.seen_at_ms)
        )

    def _first_facts(self, record: FlowRecord) -> list[str]:
        facts = [self._billing(record)]
        if record.deadline_ms is not None and not record.status.is_final:
            facts.insert(0, self.tr("Due {moment}").format(moment=china_time(record.deadline_ms)))
        return facts

    def _fact_lines(self, record: FlowRecord) -> list[str]:
        is_draft = record.status is FlowStatus.DRAFT
        made = (
            self.tr("Created on the platform {moment} · {environment}")
            if is_draft
            else self.tr("Sent {moment} · {environment}")
        )
        moment, environment = china_time(record.sent_at_ms), environment_name(record.environment)
        lines = [made.format(moment=moment, environment=environment)]
        if record.deadline_ms is not None and record.status.is_final:
            lines.append(self.tr("Due {moment}").format(moment=china_time(record.deadline_ms)))
        started_at_ms = record.detail.started_at_ms if record.detail is not None else None
        if started_at_ms is not None:
            lines.append(self.tr("Created on the platform {moment}").format(moment=china_time(started_at_ms)))
        initiator = with_forgotten(one_line(initiator_name(record)))
        if initiator:
            lines.append(self.tr("Initiator: {name}").format(name=initiator))
        lines.append(
            self.tr("All times are China time. Flow number: {flow_id}").format(flow_id=one_line(record.flow_id))
        )
        return lines

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

    def _on_revoke_pressed(self) -> None:
        if self._revoke.is_armed:
            _press(self._revoke)
        elif self._revoke.isVisible() and self._revoke.isEnabled():
            # The user must be able to see the question.
            self.ensureWidgetVisible(self._revoke)
            self._revoke.ask()

    def _on_correct_pressed(self) -> None:
        _press(self._correct)

    def _on_busy_changed(self, sentence: str, can_stop: bool) -> None:
        self._busy = sentence
        self._progress.setText(sentence)
        self._progress.setVisible(bool(sentence))
        self._stop.setVisible(bool(sentence) and can_stop)
        self._show_buttons()

    def _on_timeline_forget_requested(self, number: int) -> None:
        record = self._record
        if record is not None:
            for signer in record.signers:
                person = person_of_flow(record, signer)
                if signer.number == number and person is not None:
                    self.forget_requested.emit(person)


def _button(parent: QWidget, name: ActionName) -> QPushButton:
    """Return a button with an action's text and icon. Its tool tip is the action's shortcut key."""
    button = QPushButton(icon(ACTIONS[name].icon), action_text(name), parent)
    button.setToolTip(ACTIONS[name].shown_keys)
    return button


def _press(button: DeliberateButton) -> None:
    if button.isVisible() and button.isEnabled():
        button.click()


def _section_title(parent: QWidget, text: str) -> PlainLabel:
    return PlainLabel(parent, text, look="sectionTitle")
