"""How a file stands, in one line: red where it is not what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from esign_desktop.override import override
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.theme import theme
from esign_desktop.ui.words.signature_words import signatures_summary

if TYPE_CHECKING:
    from esign_desktop.services.signatures import SignatureFact


class SignatureVerdict(QWidget):
    """An icon and a sentence: neither says it by colour alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[SignatureFact, ...] | None = None
        self._icon = QLabel(self)
        self._text = PlainLabel(self)
        self._text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)

    @property
    def is_alarming(self) -> bool:
        """Whether the file is known not to be what was signed."""
        return bool(self._facts) and not all(fact.is_good for fact in self._facts or ())

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Say something else, as that it is being looked at, or could not be."""
        self._facts = None
        self._text.setText(text)
        self._show()

    def show_facts(self, facts: tuple[SignatureFact, ...]) -> None:
        """Say what the signatures prove together."""
        self._facts = facts
        self._text.setText(signatures_summary(facts))
        self._show()

    @override
    def changeEvent(self, event: QEvent) -> None:
        match event.type():
            case QEvent.Type.LanguageChange if self._facts is not None:
                self._text.setText(signatures_summary(self._facts))
            case QEvent.Type.PaletteChange:
                self._show()
            case _:
                pass
        super().changeEvent(event)

    def _show(self) -> None:
        colours = theme()
        if self.is_alarming:
            name, colour = "error", colours.danger
        elif self._facts and all(fact.is_trusted for fact in self._facts):
            name, colour = "check", colours.success
        else:
            name, colour = "info", colours.hint
        self._icon.setPixmap(icon(name, colour).pixmap(QSize(16, 16)))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, colours.danger if self.is_alarming else colours.text)
        self._text.setPalette(palette)
