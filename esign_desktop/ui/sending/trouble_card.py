"""What stopped a send, what can be done about it, and the choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from esign_desktop.ui.error_sentences import error_sentence
from esign_desktop.ui.plain_label import PlainLabel

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError


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


def held_texts(*, may_be_visible: bool, is_restored: bool = False) -> tuple[str, str, str]:
    """Say what it means that a send is held."""
    if is_restored:
        return (
            QCoreApplication.translate("HeldSend", "This send came from another computer's copy"),
            QCoreApplication.translate(
                "HeldSend",
                "It may have gone on there after the copy was made: the contract may be at the platform, and its"
                " signers may see it. It was not started from here, so that nobody can get it twice.",
            ),
            QCoreApplication.translate(
                "HeldSend",
                "Ask the signers, or the platform's support with the evidence, before you send it again. Give it up,"
                " and the draft stays here as it is.",
            ),
        )
    if may_be_visible:
        return (
            QCoreApplication.translate("HeldSend", "The answer to the start call was lost"),
            QCoreApplication.translate(
                "HeldSend",
                "The contract may or may not be at the platform; if it is, its signers can see it. It was not started a"
                " second time, so that nobody can get it twice.",
            ),
            QCoreApplication.translate(
                "HeldSend",
                "Ask the signers, or the platform's support with the evidence, before you send it again. Give it up,"
                " and the draft stays here as it is.",
            ),
        )
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
