"""What happened to a flow, line by line, each with its moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flow_timeline import Happening, TimelineEntry, timeline
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.words.flow_words import flow_status_word
from esign_desktop.ui.words.moments import china_time
from esign_desktop.ui.words.numerals import circled
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.services.signer_progress import FlowRecord


class FlowTimelineList(QWidget):
    """Two columns: when, and what."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[PlainLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_record(self, record: FlowRecord) -> None:
        """Show what happened to a flow."""
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
            self._grid.addWidget(when, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(what, row, 1)
            self._labels += [when, what]

    def _sentence(self, entry: TimelineEntry, record: FlowRecord) -> str:
        match entry.what:
            case Happening.SENT if record.payer_account_id:
                return self.tr("Sent; somebody else pays")
            case Happening.SENT:
                return self.tr("Sent; %n contract(s) frozen", "", record.contract_count)
            case Happening.ENDED:
                return self._end(record)
            case Happening.RECEIVED:
                sentence = self.tr("{signer} received it")
            case Happening.SIGNED:
                sentence = self.tr("{signer} signed")
            case Happening.REFUSED:
                sentence = self.tr("{signer} refused")
            case _:
                sentence = self.tr("{signer} could not sign")
        text = sentence.format(signer=self._signer(entry))
        if entry.document_name:
            text = self.tr("{text}: {document}").format(text=text, document=one_line(entry.document_name))
        return self.tr("{text} — “{remark}”").format(text=text, remark=one_line(entry.remark)) if entry.remark else text

    def _signer(self, entry: TimelineEntry) -> str:
        name = one_line(entry.signer_name) or self.tr("This platform")
        return f"{circled(entry.signer_number)} {name}"

    def _end(self, record: FlowRecord) -> str:
        if record.payer_account_id:
            # What was frozen or charged is of another package.
            return flow_status_word(record)
        if record.status is FlowStatus.COMPLETED:
            return self.tr("Signed by everybody; %n contract(s) charged", "", record.contract_count)
        state = flow_status_word(record)
        released = self.tr("%n contract(s) released", "", record.contract_count)
        return self.tr("{state}; {released}").format(state=state, released=released)
