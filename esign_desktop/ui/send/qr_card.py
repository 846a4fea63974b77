"""Show, save and print the signing QR codes of a flow, with the current state of its signers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QPainter, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.environment import Environment
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.override import override
from esign_desktop.services.flows.progress import (
    SignerState,
    current_signers,
    end_reason,
    has_insecure_links_only,
    links_of,
    signer_states,
)
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import (
    flow_news,
    flow_signer_name,
    flow_status_word,
    insecure_link_sentence,
    signer_status_word,
    signers_in_words,
)
from esign_desktop.ui.text.moments import china_time, circled, now_ms, span
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import fit_on_screen, vbox
from esign_desktop.ui.widgets.opening import open_link
from esign_desktop.ui.widgets.printing import ask_for_printer
from esign_desktop.ui.widgets.qr import QrCode, file_image, is_web_link
from esign_desktop.ui.widgets.state_mark import Mark, StateMark

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtPrintSupport import QPrinter

    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.services.people.accounts import Reach
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.flow_poller import FlowPoller


def print_page(printer: QPrinter, link: str, lines: tuple[str, ...]) -> bool:
    """Print the QR code of a link and the lines of text below it, and return whether that succeeded.

    The code is 80 mm wide, or less if it would take more than the width or half the height of the page.
    """
    painter = QPainter()
    if not painter.begin(printer):
        return False
    try:
        page = painter.viewport()
        side = min(round(printer.resolution() * 80 / 25.4), page.width(), page.height() // 2)
        place = QRect((page.width() - side) // 2, page.height() // 10, side, side)
        painter.drawImage(place, file_image(link))
        font = painter.font()
        font.setPointSize(14)
        painter.setFont(font)
        rest = QRect(0, place.bottom(), page.width(), page.height() - place.bottom())
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(rest, int(flags), "\n".join(line for line in lines if line))
    finally:
        is_printed = painter.end()
    return is_printed


def _news(record: FlowRecord) -> str:
    return flow_news(record.title, flow_status_word(record), signers_in_words(signer_states(record)))


class SignerTabs(QTabBar):
    """Tabs for the signers of a flow. They are hidden if there is only one signer."""

    signer_chosen = Signal(int)
    """Carries the number of the signer whose tab the user has selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName(self.tr("Signers"))
        self.tabBarClicked.connect(self._on_clicked)
        self.currentChanged.connect(self._on_current_changed)
        self._is_showing = False

    def show_states(self, states: tuple[SignerState, ...], chosen_number: int) -> None:
        """Replace the signers, and select the one with the number ``chosen_number``."""
        self._is_showing = True
        while self.count() > len(states):
            self.removeTab(self.count() - 1)
        while self.count() < len(states):
            self.addTab("")
        for index, state in enumerate(states):
            name = flow_signer_name(state.signer)
            # Qt would turn a single ampersand into a mnemonic.
            text = f"{circled(state.signer.number)} {name} · {signer_status_word(state)}"
            self.setTabText(index, text.replace("&", "&&"))
            self.setTabData(index, state.signer.number)
            self.setAccessibleTabName(index, f"{state.signer.number} {name}, {signer_status_word(state)}")
            if state.signer.number == chosen_number:
                self.setCurrentIndex(index)
        self.setVisible(len(states) > 1)
        self._is_showing = False

    def _on_clicked(self, index: int) -> None:
        if index >= 0:
            self.signer_chosen.emit(self.tabData(index))

    def _on_current_changed(self, index: int) -> None:
        if index >= 0 and not self._is_showing:
            self.signer_chosen.emit(self.tabData(index))


_TICK_MS: Final = 1000


class QrCard(QWidget):
    """Shows the QR code of a signer of a flow, or the result if there is no code to scan.

    The card shows a signer whose turn it is, unless the user has chosen a signer who has not signed yet. While the card
    is visible, its flow is polled.
    """

    manual_page = "send#the-qr-code"

    flow_changed = Signal(object)
    """Carries the new ``FlowRecord`` when the poller reports a change of the displayed flow."""

    def __init__(
        self, poller: FlowPoller, parent: QWidget | None = None, *, clock_ms: Callable[[], int] = now_ms
    ) -> None:
        super().__init__(parent)
        self._poller = poller
        self._clock_ms = clock_ms
        self._record: FlowRecord | None = None
        self._states: tuple[SignerState, ...] = ()
        self._number = 0
        self._is_chosen = False
        self._title = PlainLabel(self)
        self._tabs = SignerTabs(self)
        self._code = QrCode(self)
        self._mark = StateMark(self)
        self._sentence = PlainLabel(self)
        self._detail = PlainLabel(self)
        self._stack = QStackedWidget(self)
        self._signer = PlainLabel(self)
        self._address = PlainLabel(self, look="hint")
        self._reaches: dict[int, Reach] = {}
        self._status = PlainLabel(self)
        self._validity = PlainLabel(self, look="hint")
        self._clock = QTimer(self, interval=_TICK_MS)
        self._buttons = tuple(
            self._make_button(*each)
            for each in (
                ("copy", self.tr("Copy link"), self.copy_link),
                ("save", self.tr("Save image"), self._on_save_clicked),
                ("print", self.tr("Print"), self._on_print_clicked),
                ("link", self.tr("Open in browser"), self._on_open_clicked),
            )
        )
        self._lay_out()
        self._poller.flow_changed.connect(self._on_poller_flow_changed)
        self._poller.trouble_changed.connect(self._on_poller_trouble_changed)
        self._tabs.signer_chosen.connect(self.choose)
        self._clock.timeout.connect(self._show_time)

    @property
    def record(self) -> FlowRecord | None:
        """The flow that is shown, or None before the first one."""
        return self._record

    @property
    def link(self) -> str:
        """The link in the QR code that is shown, or an empty text if no code is shown."""
        state = self._shown
        if state is None or state.has_signed or state.has_stopped or self._is_over:
            return ""
        return next((url for url in self._links_of(state) if is_web_link(url)), "")

    def _links_of(self, state: SignerState) -> tuple[str, ...]:
        return links_of(self._record, state.signer) if self._record is not None else ()

    def show_flow(self, record: FlowRecord) -> None:
        """Show a flow. The card is updated whenever the poller reports a change.

        If the flow is already shown, a change of its state is announced to screen readers.
        """
        is_another = self._record is None or self._record.flow_id != record.flow_id
        before = "" if is_another or self._record is None else _news(self._record)
        if before and before != _news(record) and self.isVisible():
            announce(self, _news(record), is_urgent=True)
        self._record = record
        self._states = signer_states(record)
        if is_another:
            self._is_chosen = False
            self._number = 0
            self._reaches = {}
            self._poller.tell_reaches(record, self, partial(self._on_reaches_read, record.flow_id))
        self._follow_turn()
        self._show()
        if is_another and self.isVisible():
            self._watch()

    def choose(self, number: int) -> None:
        """Show the signer with the given number, and do not follow the turn until this signer has signed."""
        self._number = number
        self._is_chosen = True
        self._show()

    def step(self, by: int) -> None:
        """Show the signer ``by`` positions after the current one, cyclically. A negative number goes back.

        Signers who sign automatically are skipped.
        """
        shown = self._tabs_states
        numbers = [state.signer.number for state in shown]
        if numbers:
            index = numbers.index(self._number) if self._number in numbers else 0
            self.choose(numbers[(index + by) % len(numbers)])

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self._watch()
        self._show_time()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()
        self._poller.leave(self)

    @override
    def heightForWidth(self, width: int) -> int:
        """Return the height at which cameras can still read the QR code. The code grows with the available space."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else super().heightForWidth(width)

    def copy_link(self) -> None:
        """Copy the link of the QR code to the clipboard. Do nothing if no code is shown."""
        if self.link:
            QGuiApplication.clipboard().setText(self.link)
            self._say(self.tr("Link copied. Anyone with the link can sign, so share it carefully."))

    def _lay_out(self) -> None:
        for label, pixels, is_bold in ((self._title, 18, True), (self._signer, 22, True), (self._sentence, 22, True)):
            font = label.font()
            font.setPixelSize(pixels)
            font.setBold(is_bold)
            label.setFont(font)
        for label in (
            *(self._title, self._signer, self._address, self._status),
            *(self._validity, self._sentence, self._detail),
        ):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            # Without this, a long title would determine the minimum width of the window.
            label.setMinimumWidth(1)
        ending = QWidget(self._stack)
        column = QVBoxLayout(ending)
        column.addStretch(1)
        column.addWidget(self._mark, 4)
        column.addSpacing(16)
        column.addWidget(self._sentence)
        column.addWidget(self._detail)
        column.addStretch(1)
        self._stack.addWidget(self._code)
        self._stack.addWidget(ending)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        vbox(
            self._title,
            (self._tabs, Qt.AlignmentFlag.AlignHCenter),
            (self._stack, 1),
            self._signer,
            self._address,
            self._status,
            self._validity,
            row,
            margins=(16, 16, 16, 16),
            parent=self,
        )

    def _make_button(self, icon_name: str, text: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setIcon(icon(icon_name))
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(slot)
        return button

    @property
    def _shown(self) -> SignerState | None:
        return next((state for state in self._states if state.signer.number == self._number), None)

    @property
    def _tabs_states(self) -> tuple[SignerState, ...]:
        return tuple(state for state in self._states if not state.signer.is_silent)

    @property
    def _is_over(self) -> bool:
        return self._record is not None and self._record.status.is_final

    def _watch(self) -> None:
        if self._record is not None:
            self._poller.watch(self, self._record.flow_id, self._record.environment)

    def _follow_turn(self) -> None:
        """Select a signer whose turn it is, unless the user has selected a signer who has not signed yet."""
        shown = self._shown
        if shown is not None and not shown.has_signed and self._is_chosen:
            return
        turn = [signer for signer in current_signers(self._record) if not signer.is_silent] if self._record else []
        with_link = [signer for signer in turn if signer.urls]
        if any(signer.number == self._number for signer in turn):
            return
        if turn:
            self._number = (with_link or turn)[0].number
            self._is_chosen = False
        elif shown is None:
            self._number = next((state.signer.number for state in self._tabs_states), 0)

    def _show(self) -> None:
        record, state = self._record, self._shown
        if record is None:
            return
        self._title.setText(one_line(record.title))
        self._tabs.show_states(self._tabs_states, self._number)
        self._signer.setText(f"{circled(self._number)} {flow_signer_name(state.signer)}" if state else "")
        # If there are several tabs, they show the names and the states.
        is_alone = len(self._tabs_states) < 2
        self._status.setText("" if not is_alone else signer_status_word(state) if state else flow_status_word(record))
        link = self.link
        self._code.show_text(link)
        self._code.setAccessibleName(
            self.tr("Signing QR code for {name}").format(name=flow_signer_name(state.signer) if state else "")
        )
        self._stack.setCurrentIndex(0 if link else 1)
        for button in self._buttons:
            button.setVisible(bool(link))
        self._signer.setVisible(bool(link) and is_alone)
        self._status.setVisible(bool(link) and is_alone)
        self._show_address()
        if not link:
            self._show_ending(record, state)
        self._show_time()

    def _show_address(self) -> None:
        """Show the address to which the platform sends its notification.

        It may differ from the one that the user entered.
        """
        reach = self._reaches.get(self._number)
        address = (reach.mobile or reach.email) if reach is not None else ""
        self._address.setText(
            self.tr("The platform contacts this signer at {address}").format(address=one_line(address))
        )
        self._address.setVisible(bool(address and self.link))

    def _on_reaches_read(self, flow_id: FlowId, reaches: dict[int, Reach]) -> None:
        if self._record is not None and self._record.flow_id == flow_id:
            self._reaches = reaches
            self._show_address()

    def _show_ending(self, record: FlowRecord, state: SignerState | None) -> None:
        mark, sentence, detail = self._ending(record, state)
        self._mark.show_mark(mark)
        self._sentence.setText(sentence)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))

    def _ending(self, record: FlowRecord, state: SignerState | None) -> tuple[Mark, str, str]:
        stopped, reason = next((one for one in self._states if one.has_stopped), None), one_line(end_reason(record))
        if record.status is FlowStatus.COMPLETED:
            return Mark.DONE, self.tr("Completed"), ""
        if record.status is FlowStatus.REVOKED:
            return Mark.OVER, self.tr("Revoked"), reason or self.tr("The QR code is no longer valid.")
        if record.status is FlowStatus.EXPIRED:
            return Mark.OVER, self.tr("Expired"), reason or self.tr("The signing deadline has passed.")
        if stopped is not None and (self._is_over or stopped is state):
            return Mark.STOPPED, self._stop_sentence(stopped), one_line(stopped.remark) or reason
        if record.status is FlowStatus.TERMINATED:
            return Mark.STOPPED, self.tr("Ended: a signer declined or signing failed"), reason
        if state is not None and state.has_signed:
            name = flow_signer_name(state.signer)
            return Mark.DONE, self.tr("{name} has signed").format(name=name), one_line(state.remark)
        if state is not None and has_insecure_links_only(record, state.signer):
            return Mark.OVER, self.tr("No QR code for this signer"), insecure_link_sentence()
        return (
            Mark.OVER,
            self.tr("No QR code for this signer"),
            self.tr("The platform returned no signing link and notifies the signer itself."),
        )

    def _stop_sentence(self, state: SignerState) -> str:
        name = flow_signer_name(state.signer)
        if state.status is SignStatus.REFUSED:
            return self.tr("{name} has declined").format(name=name)
        return self.tr("Signing failed: {name}").format(name=name)

    def _show_time(self) -> None:
        record = self._record
        if record is None or self._is_over or record.deadline_ms is None:
            self._validity.clear()
            return
        left_ms = record.deadline_ms - self._clock_ms()
        if left_ms <= 0:
            self._validity.setText(self.tr("The signing deadline has passed."))
            return
        self._validity.setText(
            self.tr("Valid for another {span}, until {moment} China time").format(
                span=span(left_ms), moment=china_time(record.deadline_ms)
            )
        )

    def _on_poller_flow_changed(self, record: FlowRecord) -> None:
        if self._record is not None and record.flow_id == self._record.flow_id:
            self.show_flow(record)
            self.flow_changed.emit(record)

    def _say(self, text: str) -> None:
        self._status.setText(text)
        self._status.show()
        if self.isVisible():
            announce(self, text)

    def _on_poller_trouble_changed(self, error: object) -> None:
        if error is not None and self.link:
            self._say(self.tr("Can't reach the platform at the moment. The QR code is still valid."))
        else:
            self._show()

    def _on_save_clicked(self) -> None:
        state = self._shown
        if not self.link or state is None or self._record is None:
            return
        title = self.tr("Save QR code as image")
        choose_target(self, title, FileKind.PICTURE, (FileType.PNG,), self._on_save_file_selected, suffix="png")

    def _on_save_file_selected(self, path: Path) -> None:
        if self.link:
            image = file_image(self.link)
            self._poller.tasks.start(lambda: image.save(str(path)), owner=self, on_done=self._on_image_saved)

    def _on_image_saved(self, is_saved: bool) -> None:
        if not is_saved:
            self._say(self.tr("The image couldn't be saved at this location."))

    def _on_print_clicked(self) -> None:
        if self.link and self._record is not None:
            lines = one_line(self._record.title), self._signer.text(), self._validity.text()
            ask_for_printer(self, partial(self._print_on, self._record.flow_id, self.link, lines))

    def _print_on(self, flow_id: FlowId, link: str, lines: tuple[str, ...], printer: QPrinter) -> None:
        if print_page(printer, link, lines):
            self._poller.note_printed(flow_id)
        else:
            self._say(error_sentence(InputError("print.failed")).text)

    def _on_open_clicked(self) -> None:
        if self.link:
            open_link(self.link, self._say)


class QrWindow(QWidget):
    """A window that shows the signing QR codes of a flow.

    Esc closes the window, F11 toggles full screen, the left and right arrow keys change the signer, and Ctrl+C copies
    the link.
    """

    manual_page = "send#the-qr-code"

    def __init__(
        self, poller: FlowPoller, parent: QWidget | None = None, *, watch: EnvironmentWatch | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._watch = watch
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._banner = EnvironmentBanner(self)
        self._card = QrCard(poller, self)
        vbox(vbox(self._banner, margins=(16, 16, 16, 0)), (self._card, 1), spacing=6, parent=self)
        for key, slot in (
            (QKeySequence(Qt.Key.Key_Escape), self.close),
            (QKeySequence(Qt.Key.Key_F11), self._on_full_screen_activated),
            (QKeySequence(Qt.Key.Key_Right), self._on_next_activated),
            (QKeySequence(Qt.Key.Key_Left), self._on_previous_activated),
            (QKeySequence(QKeySequence.StandardKey.Copy), self._card.copy_link),
        ):
            QShortcut(key, self).activated.connect(slot)
        fit_on_screen(self, 560, 760)
        self.setWindowTitle(self.tr("Signing QR code"))

    @property
    def card(self) -> QrCard:
        """The card that shows the QR code."""
        return self._card

    def show_flow(self, record: FlowRecord, name: str) -> None:
        """Show the QR codes of a flow, its environment in the banner, and ``name`` in the title of the window."""
        home = Environment(record.environment, "", record.project_id)
        self._banner.show_contract(home, self._watch.environment if self._watch is not None else home)
        self._card.show_flow(record)
        self.setWindowTitle(f"{name} — {self.tr('Signing QR code')}")

    def _on_full_screen_activated(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _on_next_activated(self) -> None:
        self._card.step(+1)

    def _on_previous_activated(self) -> None:
        self._card.step(-1)
