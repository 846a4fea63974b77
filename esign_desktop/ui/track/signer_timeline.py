"""One signer of a flow: what they did and when, and their link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.prepare.signer_card import SignerBadge
from esign_desktop.ui.qr.qr_image import is_web_link
from esign_desktop.ui.words.flow_words import flow_signer_name, signer_status_word
from esign_desktop.ui.words.moments import china_time
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.services.signer_progress import SignerState


class SignerTimeline(QWidget):
    """Built anew whenever something changed."""

    qr_requested = Signal(int)
    """The number of the signer whose code is wanted."""
    forget_requested = Signal(int)
    """The number of the signer who is to be forgotten."""

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
        name = PlainLabel(self)
        name.setObjectName("signerName")
        name.setText(flow_signer_name(state.signer))
        name.setWordWrap(True)
        lines = PlainLabel(self)
        lines.setWordWrap(True)
        lines.setText("\n".join(self._lines()))
        lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        texts = QVBoxLayout()
        texts.setContentsMargins(0, 2, 0, 0)
        texts.setSpacing(2)
        texts.addWidget(name)
        texts.addWidget(lines)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(SignerBadge(state.signer.number, self), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        can_sign = is_open and bool(self._link) and not state.has_signed and not state.has_stopped
        for is_offered, picture, text, slot in (
            (can_sign, "copy", self.tr("Copy link"), self._on_copy_clicked),
            (can_sign, "qr", self.tr("QR code"), self._on_qr_clicked),
            (is_person, "delete", self.tr("Forget this person…"), self._on_forget_clicked),
        ):
            if is_offered:
                button = QToolButton(self)
                button.setAutoRaise(True)
                button.setIcon(icon(picture))
                button.setToolTip(text)
                button.setAccessibleName(f"{text}: {name.text()}")
                button.clicked.connect(slot)
                row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(f"{state.signer.number} {name.text()}: {', '.join(self._lines())}")

    def _lines(self) -> list[str]:
        state = self._state
        lines = [signer_status_word(state)]
        if state.received_at_ms is not None:
            lines.append(self.tr("received {moment}").format(moment=china_time(state.received_at_ms)))
        if state.signed_at_ms is not None:
            lines.append(self.tr("signed {moment}").format(moment=china_time(state.signed_at_ms)))
        if state.remark:
            lines.append(f"“{one_line(state.remark)}”")
        return lines

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._link)

    def _on_qr_clicked(self) -> None:
        self.qr_requested.emit(self._state.signer.number)

    def _on_forget_clicked(self) -> None:
        self.forget_requested.emit(self._state.signer.number)
