"""The signatures of a file beside its pages: who, when, unchanged or not, on whose word, and where."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.theme import theme
from esign_desktop.ui.track.signature_verdict import SignatureVerdict
from esign_desktop.ui.words.signature_words import signature_sentences

if TYPE_CHECKING:
    from esign_desktop.services.signatures import SignatureFact


class SignaturePanel(QScrollArea):
    """One card a signature, in the order in which they were put on."""

    place_requested = Signal(object)
    """The ``SignaturePlace`` that is to be shown on the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[SignatureFact, ...] | None = None
        self._cards: list[QWidget] = []
        self.setObjectName("panel")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget(self)
        self._title = PlainLabel(content)
        self._title.setObjectName("panelTitle")
        self._verdict = SignatureVerdict(content)
        self._note = PlainLabel(content)
        self._note.setObjectName("hint")
        self._note.setWordWrap(True)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(12)
        self._column.addWidget(self._title)
        self._column.addWidget(self._verdict)
        self._column.addStretch(1)
        self._column.addWidget(self._note)
        self.setWidget(content)
        self.retranslate()

    @property
    def verdict(self) -> SignatureVerdict:
        """What the signatures prove together."""
        return self._verdict

    def show_facts(self, facts: tuple[SignatureFact, ...]) -> None:
        """Show what each signature proves."""
        self._facts = facts
        self._verdict.show_facts(facts)
        self._rebuild()

    def show_failure(self, text: str) -> None:
        """Say why nothing is known."""
        self._facts = ()
        self._verdict.show_text(text)
        self._rebuild()

    @override
    def changeEvent(self, event: QEvent) -> None:
        match event.type():
            case QEvent.Type.LanguageChange:
                self.retranslate()
                self._rebuild()
            case QEvent.Type.PaletteChange:
                self._rebuild()
            case _:
                pass
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._title.setText(self.tr("Digital signatures"))
        self._note.setText(
            self.tr("The times are those of the signers' own computers, in China time. Trust is this computer's own.")
        )
        if self._facts is None:
            self._verdict.show_text(self.tr("Checking the signatures…"))

    def _rebuild(self) -> None:
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards = [self._card(number, fact) for number, fact in enumerate(self._facts or (), 1)]
        for index, card in enumerate(self._cards, 2):
            self._column.insertWidget(index, card)

    def _card(self, number: int, fact: SignatureFact) -> QWidget:
        card = QFrame(self.widget())
        card.setObjectName("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        who, integrity, trust = signature_sentences(fact)
        for text, name in ((who, "signerName"), (integrity, ""), (trust, "hint")):
            label = PlainLabel(card, text)
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if text is integrity and not fact.is_good:
                palette = label.palette()
                palette.setColor(label.foregroundRole(), theme().danger)
                label.setPalette(palette)
            column.addWidget(label)
        if fact.place is not None:
            button = QPushButton(self.tr("Show on page {page}").format(page=fact.place.page_number), card)
            button.setObjectName("compact")
            button.setAccessibleName(f"{button.text()}: {who}")
            button.clicked.connect(partial(self.place_requested.emit, fact.place))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            unseen = PlainLabel(card, self.tr("Not seen on any page."))
            unseen.setObjectName("hint")
            column.addWidget(unseen)
        card.setAccessibleName(f"{number} {who}")
        return card
