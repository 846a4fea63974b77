"""Show the course of a contract in steps: sent, each signer, and the end."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.override import override
from esign_desktop.services.flows.progress import links_of, signer_states, states_in_turn
from esign_desktop.ui.text.flow import flow_signer_name, flow_status_word, insecure_link_sentence, signer_status_word
from esign_desktop.ui.text.moments import china_time, near_china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.flow_layout import wrapping_row
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.qr import is_web_link
from esign_desktop.ui.widgets.state_mark import Mark, draw_mark
from esign_desktop.ui.widgets.theme import set_tone, sized, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.flows.progress import SignerState

_SIDE_PX: Final = 20
_FILE_PX: Final = 240
"""The maximum width of the name of a file, in logical pixels before scaling by the font size."""


class _Step(NamedTuple):
    """The contents of a step. ``link`` and ``has_code`` are set only if a button offers the link or the QR code."""

    title: str
    lines: tuple[str, ...]
    mark: Mark | None = None
    number: int = 0
    is_due: bool = False
    link: str = ""
    has_code: bool = False
    files: tuple[Path, ...] = ()


class _StepMark(QWidget):
    """Shows a disc with the sign of a step or the signer's number, and a line to the next step."""

    def __init__(self, step: _Step, *, is_last: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._step, self._is_last = step, is_last
        self.setFixedWidth(sized(_SIDE_PX))
        self.setMinimumHeight(sized(_SIDE_PX))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours, side = theme(), float(self.width())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._is_last:
            painter.setPen(QPen(colours.success if self._step.mark is Mark.DONE else colours.frame, 2))
            painter.drawLine(QPointF(side / 2, side + 2), QPointF(side / 2, self.height() + 2))
        if self._step.mark is not None:
            draw_mark(painter, self._step.mark, QRectF(0, 0, side, side))
            return
        painter.setPen(QPen(colours.accent if self._step.is_due else colours.frame, 2))
        painter.setBrush(colours.accent_ground if self._step.is_due else Qt.BrushStyle.NoBrush)
        disc = QRectF(1, 1, side - 2, side - 2)
        painter.drawEllipse(disc)
        painter.setPen(colours.text if self._step.is_due else colours.hint)
        if self._step.number:
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._step.number))


class Stepper(QWidget):
    """Shows the steps of one contract. The signers whose turn it is have buttons for their link and QR code.

    The last step has a button for each downloaded file.
    """

    qr_requested = Signal(int)
    """Carries the number of the signer whose QR code is to be shown."""
    file_requested = Signal(object)
    """Carries the ``Path`` of a signed file to be opened."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._steps: tuple[_Step, ...] = ()
        self._rows: list[QWidget] = []
        self._column = vbox(spacing=2, parent=self)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._rebuild()
        super().changeEvent(event)

    def show_record(self, record: FlowRecord, now_ms: int, *, first_code: int = 0) -> None:
        """Show the steps of a contract. Unchanged steps are not rebuilt, so that the focus stays in place.

        ``now_ms`` is the current time, in milliseconds since the epoch. ``first_code`` is the number of a signer for
        whom another widget offers the QR code, or 0.
        """
        steps = (
            self._start(record, now_ms),
            *self._signers(record, now_ms, first_code),
            self._end(record, now_ms),
        )
        if steps != self._steps:
            # Unchanged steps are not rebuilt, so that a button keeps the focus while the platform is queried.
            self._steps = steps
            self._rebuild()

    def _start(self, record: FlowRecord, now_ms: int) -> _Step:
        is_draft = record.status is FlowStatus.DRAFT
        title = self.tr("Created on the platform") if is_draft else self.tr("Sent")
        return _Step(title, (near_china_time(record.sent_at_ms, now_ms),), Mark.DONE)

    def _signers(self, record: FlowRecord, now_ms: int, first_code: int) -> Iterator[_Step]:
        states = signer_states(record)
        # Signing links do not work while the flow is in preparation.
        is_open = not record.status.is_final and record.status is not FlowStatus.DRAFT
        due = states_in_turn(states) if is_open else ()
        for state in states:
            number = state.signer.number
            is_due = state in due and not state.has_stopped and state.status is not SignStatus.TO_BE_CONFIRMED
            link = next((url for url in links_of(record, state.signer) if is_web_link(url)), "") if is_due else ""
            lines = self._lines(state, now_ms)
            if is_due and state.signer.urls and not link:
                lines.append(insecure_link_sentence())
            mark = Mark.STOPPED if state.has_stopped else Mark.DONE if state.has_signed else None
            has_code = bool(link) and number != first_code
            yield _Step(flow_signer_name(state.signer), tuple(lines), mark, number, is_due, link, has_code)

    def _end(self, record: FlowRecord, now_ms: int) -> _Step:
        # A path from which a person's name was erased is no longer valid.
        files = tuple(Path(path) for path in record.downloaded_to if FORGOTTEN_NAME not in path)
        if not record.status.is_final:
            return _Step(self.tr("Completed"), (), files=files)
        detail = record.detail
        lines = [near_china_time(detail.ended_at_ms, now_ms)] if detail and detail.ended_at_ms is not None else []
        has_reason = any(state.has_stopped for state in signer_states(record))
        if has_reason and record.remark_of(""):
            # The status sentence contains the reason of the signer.
            lines.append(one_line(record.remark_of("")))
        mark = Mark.DONE if record.status is FlowStatus.COMPLETED else Mark.OVER
        is_told = record.status is FlowStatus.TERMINATED and has_reason
        return _Step(
            self.tr("Ended") if is_told else flow_status_word(record).capitalize(), tuple(lines), mark, files=files
        )

    def _lines(self, state: SignerState, now_ms: int) -> list[str]:
        """Return what the signer has done and when. Documents are named only if the signer's actions on them differ."""
        lines, day = [], ""
        if state.received_at_ms is not None:
            lines.append(self.tr("received {moment}").format(moment=near_china_time(state.received_at_ms, now_ms)))
            day = china_time(state.received_at_ms)[:10]
        acts = {(one.progress.status, one.progress.signed_at_ms, one.progress.remark) for one in state.steps}
        if len(acts) > 1:
            lines.append(signer_status_word(state))
            for one in state.steps:
                act = self._act(one.progress.status, one.progress.signed_at_ms, now_ms, day)
                if act:
                    text = self.tr("{text}: {document}").format(text=act, document=one_line(one.document_name))
                    lines.append(f"{text} “{one_line(one.progress.remark)}”" if one.progress.remark else text)
            return lines
        act = self._act(state.status, state.signed_at_ms, now_ms, day)
        if not act or state.status in {SignStatus.FAILED, SignStatus.TO_BE_CONFIRMED}:
            lines.append(signer_status_word(state))
        lines += [act] if act else []
        if state.remark and not state.has_stopped:
            lines.append(f"“{one_line(state.remark)}”")
        return [" · ".join(lines)]

    def _act(self, status: SignStatus | None, at_ms: int | None, now_ms: int, day: str) -> str:
        """Return a text with the time that the platform reports for a signature, including declined and failed ones.

        Return an empty text if there is no time. ``day`` is the date that the line already contains.
        """
        match status if at_ms is not None else None:
            case SignStatus.REFUSED:
                text = self.tr("declined {moment}")
            case SignStatus.FAILED:
                text = self.tr("attempted {moment}")
            case SignStatus.TO_BE_CONFIRMED:
                text = self.tr("submitted {moment}")
            case SignStatus.SIGNED:
                text = self.tr("signed {moment}")
            case _:
                return ""
        whole = china_time(at_ms or 0)
        return text.format(moment=whole[11:] if whole[:10] == day else near_china_time(at_ms or 0, now_ms))

    def _rebuild(self) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [self._row(step, is_last=step is self._steps[-1]) for step in self._steps]
        for row in self._rows:
            self._column.addWidget(row)

    def _row(self, step: _Step, *, is_last: bool) -> QWidget:
        row = QWidget(self)
        title = PlainLabel(row, step.title, look="signerName", is_wrapped=True)
        words = PlainLabel(row, "\n".join(step.lines), is_wrapped=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setVisible(bool(step.lines))
        set_tone(words, "text")
        texts = vbox(title, words, spacing=0, margins=(0, 0, 0, 10))
        ways = []
        if step.link:
            ways.append(self._button(row, "link", self.tr("Copy link"), step, partial(_copy, step.link)))
        if step.has_code:
            show = partial(self.qr_requested.emit, step.number)
            ways.append(self._button(row, "qr", self.tr("QR code"), step, show))
        for path in step.files:
            name = one_line(path.name)
            shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, sized(_FILE_PX))
            show = partial(self.file_requested.emit, path)
            ways.append(self._button(row, "document", shown.replace("&", "&&"), step, show))
            show_tip(ways[-1], one_line(str(path), most_characters=1000))
            ways[-1].setAccessibleName(self.tr("Open file: {name}").format(name=name))
        if ways:
            texts.addWidget(wrapping_row(row, *ways))
        hbox(_StepMark(step, is_last=is_last, parent=row), (texts, 1), spacing=10, parent=row)
        number = str(step.number or "")
        row.setAccessibleName(f"{number} {step.title}: {', '.join(step.lines)}".strip())
        return row

    def _button(self, row: QWidget, picture: str, text: str, step: _Step, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(icon(picture), text, row)
        button.setObjectName("compact")
        button.setAccessibleName(f"{text}: {step.title}")
        button.clicked.connect(slot)
        return button


def _copy(link: str) -> None:
    QGuiApplication.clipboard().setText(link)
