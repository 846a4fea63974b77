"""A flow's events in chronological order, and the progress of each signer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QMenu, QPushButton, QToolButton, QWidget

from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.services.flows.progress import payer_name
from esign_desktop.services.flows.timeline import TimelineEntry, TimelineEventKind, timeline
from esign_desktop.ui.text.flow import flow_signer_name, flow_status_word, insecure_link_sentence, signer_status_word
from esign_desktop.ui.text.moments import china_time, circled
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.flow_layout import wrapping_row
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.opening import open_link
from esign_desktop.ui.widgets.qr import is_web_link
from esign_desktop.ui.widgets.signer_card import SignerBadge
from esign_desktop.ui.widgets.theme import set_tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.flows.progress import SignerState


class FlowTimelineList(QWidget):
    """The events of a flow, one line each, with time and description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[PlainLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_record(self, record: FlowRecord) -> None:
        """Show the events of a flow."""
        for label in self._labels:
            self._grid.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._labels = []
        for row, entry in enumerate(timeline(record)):
            when, what = PlainLabel(self), PlainLabel(self)
            when.setObjectName("hint")
            when.setContentsMargins(0, 1, 0, 0)
            when.setText(china_time(entry.at_ms) if entry.at_ms is not None else "–")
            what.setWordWrap(True)
            what.setText(self._sentence(entry, record))
            what.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            set_tone(what, "text")
            self._grid.addWidget(when, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(what, row, 1)
            self._labels += [when, what]

    def _sentence(self, entry: TimelineEntry, record: FlowRecord) -> str:
        match entry.what:
            case TimelineEventKind.SENT if record.status is FlowStatus.DRAFT:
                return self.tr("Created on the platform")
            case TimelineEventKind.SENT if record.payer_account_id:
                name = one_line(payer_name(record))
                return self.tr("Sent; {name} pays").format(name=name) if name else self.tr("Sent; someone else pays")
            case TimelineEventKind.SENT:
                return self.tr("Sent; %n contract(s) reserved", "", record.contract_count)
            case TimelineEventKind.ENDED:
                return self._with_remark(self._end(record), entry)
            case TimelineEventKind.RECEIVED:
                sentence = self.tr("{signer} received the contract")
            case TimelineEventKind.SIGNED:
                sentence = self.tr("{signer} signed")
            case TimelineEventKind.REFUSED:
                sentence = self.tr("{signer} declined")
            case TimelineEventKind.TO_BE_CONFIRMED:
                sentence = self.tr("{signer}: awaiting confirmation")
            case _:
                sentence = self.tr("Signing failed: {signer}")
        text = sentence.format(signer=self._signer(entry))
        if entry.document_name:
            text = self.tr("{text}: {document}").format(text=text, document=one_line(entry.document_name))
        return self._with_remark(text, entry)

    def _with_remark(self, text: str, entry: TimelineEntry) -> str:
        return self.tr("{text} — “{remark}”").format(text=text, remark=one_line(entry.remark)) if entry.remark else text

    def _signer(self, entry: TimelineEntry) -> str:
        name = one_line(entry.signer_name) or self.tr("Our organization")
        return f"{circled(entry.signer_number)} {name}"

    def _end(self, record: FlowRecord) -> str:
        if record.payer_account_id:
            # The contracts belong to the plan of the payer, so their number is not shown.
            return flow_status_word(record)
        if record.status is FlowStatus.COMPLETED:
            return self.tr("Completed; %n contract(s) used", "", record.contract_count)
        state = flow_status_word(record)
        released = self.tr("%n contract(s) released", "", record.contract_count)
        return self.tr("{state}; {released}").format(state=state, released=released)


class SignerTimeline(QWidget):
    """The progress and link of one signer of a flow. Create a new widget when the flow changes."""

    qr_requested = Signal(int)
    """The number of the signer whose QR code is to be shown."""
    forget_requested = Signal(int)
    """The number of the signer whose data the user wants to delete."""
    failure_reported = Signal(str)
    """The sentence that explains why the link could not be opened."""

    def __init__(
        self,
        state: SignerState,
        links: tuple[str, ...],
        *,
        is_open: bool,
        is_person: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._link = next((url for url in links if is_web_link(url)), "")
        name = PlainLabel(self, flow_signer_name(state.signer), look="signerName", is_wrapped=True)
        self._has_insecure_link = is_open and bool(state.signer.urls) and not links
        lines = PlainLabel(self, "\n".join(self._lines()), is_wrapped=True)
        lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_tone(lines, "text")
        badge = SignerBadge(state.signer.number, self)
        can_sign = is_open and bool(self._link) and not state.has_signed and not state.has_stopped
        # A signer without an account id stands for this program's own account, so its user can sign in the browser.
        is_ours = not state.signer.account_id
        ways = [
            self._button(picture, text, slot)
            for is_offered, picture, text, slot in (
                (can_sign and is_ours, "application", self.tr("Open in browser"), self._on_open_clicked),
                (can_sign, "link", self.tr("Copy link"), self._on_copy_clicked),
                (can_sign, "qr", self.tr("QR code"), self._on_qr_clicked),
            )
            if is_offered
        ]
        texts = vbox(name, lines, spacing=2, margins=(0, 2, 0, 0))
        if ways:
            texts.addWidget(wrapping_row(self, *ways))
        row = hbox((badge, Qt.AlignmentFlag.AlignTop), (texts, 1), parent=self)
        if is_person:
            more = QToolButton(self)
            more.setAutoRaise(True)
            more.setIcon(icon("more"))
            more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            more.setAccessibleName(self.tr("More: {name}").format(name=name.text()))
            menu = QMenu(more)
            menu.addAction(self.tr("Delete this person's data…")).triggered.connect(self._on_forget_triggered)
            more.setMenu(menu)
            row.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(f"{state.signer.number} {name.text()}: {', '.join(self._lines())}")

    def _button(self, picture: str, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(icon(picture), text, self)
        button.setObjectName("compact")
        button.setAccessibleName(f"{text}: {flow_signer_name(self._state.signer)}")
        button.clicked.connect(slot)
        return button

    def _lines(self) -> list[str]:
        state = self._state
        lines = [signer_status_word(state)]
        if state.received_at_ms is not None:
            lines.append(self.tr("received {moment}").format(moment=china_time(state.received_at_ms)))
        if state.signed_at_ms is not None:
            lines.append(self._act_words(state.status).format(moment=china_time(state.signed_at_ms)))
        if self._has_insecure_link:
            lines.append(insecure_link_sentence())
        if state.remark:
            lines.append(f"“{one_line(state.remark)}”")
        return lines

    def _act_words(self, status: SignStatus | None) -> str:
        """Return the text for the platform's sign time, which also covers declined and failed signatures."""
        match status:
            case SignStatus.REFUSED:
                return self.tr("declined {moment}")
            case SignStatus.FAILED:
                return self.tr("attempted {moment}")
            case SignStatus.TO_BE_CONFIRMED:
                return self.tr("submitted {moment}")
            case _:
                return self.tr("signed {moment}")

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._link)

    def _on_open_clicked(self) -> None:
        open_link(self._link, self.failure_reported.emit)

    def _on_qr_clicked(self) -> None:
        self.qr_requested.emit(self._state.signer.number)

    def _on_forget_triggered(self) -> None:
        self.forget_requested.emit(self._state.signer.number)
