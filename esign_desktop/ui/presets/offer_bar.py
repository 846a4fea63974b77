"""A line above the pages: this document is known, and its preset can be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.presets.difference_words import difference_sentence
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.services.presets import Recognition

_MOST_DIFFERENCES: Final = 3


class OfferBar(QFrame):
    """Takes the keyboard when it comes, so that Enter takes the preset; Tab and Enter leave it."""

    taken = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._recognition: Recognition | None = None
        self._sentence = PlainLabel(self)
        self._sentence.setWordWrap(True)
        self._take = QPushButton(self)
        self._decline = QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._sentence, 1)
        for button in (self._take, self._decline):
            # Enter presses it, as in a dialog.
            button.setAutoDefault(True)
            row.addWidget(button)
        self._take.setObjectName("primary")
        self._take.clicked.connect(self.taken)
        self._decline.clicked.connect(self.declined)
        self.setFocusProxy(self._take)
        self.show_offer(None)

    @property
    def sentence(self) -> str:
        """What is offered, and what differs."""
        return self._sentence.text()

    def show_offer(self, recognition: Recognition | None) -> None:
        """Offer a preset; None takes the line away."""
        self._recognition = recognition
        self.setVisible(recognition is not None)
        if recognition is None:
            return
        known = self.tr("This is known as “{name}”.").format(name=one_line(recognition.preset.name))
        found = recognition.differences
        shown = [difference_sentence(one) for one in found[:_MOST_DIFFERENCES]]
        if len(found) > _MOST_DIFFERENCES:
            shown.append(self.tr("And %n more difference(s).", "", len(found) - _MOST_DIFFERENCES))
        self._sentence.setText(" ".join([known, *map(one_line, shown)]))
        self._take.setText(self.tr("Use the preset"))
        self._decline.setText(self.tr("Not now"))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.show_offer(self._recognition)
        super().changeEvent(event)
