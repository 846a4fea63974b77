"""What stopped a send, what can be done about it, and the choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from esign_desktop.ui.error_sentences import error_sentence
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.words.moments import china_time

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.submission import SubmissionSummary


class TroubleCard(QFrame):
    """A few texts under one another, from the one that matters most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentCard")
        self._title = PlainLabel(self)
        self._title.setObjectName("sectionTitle")
        self._second = PlainLabel(self)
        self._third = PlainLabel(self)
        self._small = PlainLabel(self)
        self._small.setObjectName("hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for label in (self._title, self._second, self._third, self._small):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)

    def show_error(self, error: AppError) -> None:
        """Word an error."""
        sentence = error_sentence(error)
        self.show_texts(sentence.title, sentence.remedy, small=sentence.detail)

    def show_texts(self, title: str, second: str, third: str = "", *, small: str = "") -> None:
        """Show these; empty ones take no room."""
        texts = {self._title: title, self._second: second, self._third: third, self._small: small}
        for label, text in texts.items():
            label.setText(text)
            label.setVisible(bool(text))
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{second} {third}".strip())
        self.show()


def held_texts() -> tuple[str, str, str]:
    """Say what it means that a send is held."""
    return (
        QCoreApplication.translate("HeldSend", "The answer to the start call was lost"),
        QCoreApplication.translate(
            "HeldSend",
            "The contract may or may not be at the platform. Nobody sees it and nobody was told: that takes another"
            " call, which has not been made. It was not started a second time, so that nobody can get it twice.",
        ),
        QCoreApplication.translate(
            "HeldSend",
            "Give it up, and the draft stays here as it is. Or start it anew: a first one that did arrive stays unseen"
            " for ever. The platform's support can tell which it is from the evidence.",
        ),
    )


def evidence(summary: SubmissionSummary) -> str:
    """Return what support needs to look a held send up: no names and no links."""
    return "\n".join(
        (
            f"submission: {summary.id}",
            f"state: {summary.state.value}",
            f"environment: {summary.environment.value}",
            f"project: {summary.project_id}",
            f"queued: {china_time(summary.queued_at_ms)} UTC+8",
            "call: POST /sign/start",
        )
    )
