"""Show the combined result of verifying the digital signatures of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.flow import signatures_summary
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.theme import set_tone, theme

if TYPE_CHECKING:
    from esign_desktop.domain.signature import SignatureFact


class SignatureVerdict(QWidget):
    """Shows the result of verifying a file's signatures, as an icon and a sentence, not by color alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[SignatureFact, ...] | None = None
        self._icon = QLabel(self)
        self._text = PlainLabel(self, is_wrapped=True)
        hbox((self._icon, Qt.AlignmentFlag.AlignTop), (self._text, 1), parent=self)

    @property
    def is_alarming(self) -> bool:
        """Whether at least one signature shows that the file was changed after signing.

        False while there is no result.
        """
        return bool(self._facts) and not all(fact.is_good for fact in self._facts or ())

    @property
    def text(self) -> str:
        """The displayed sentence."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Show a sentence instead of a result, for example that the check is running or has failed."""
        self._facts = None
        self._text.setText(text)
        self._show()

    def show_facts(self, facts: tuple[SignatureFact, ...]) -> None:
        """Show the combined result of all signatures. ``facts`` may be empty if the file has no signature."""
        self._facts = facts
        self._text.setText(signatures_summary(facts))
        self._show()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
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
        set_tone(self._text, "danger" if self.is_alarming else "text")
