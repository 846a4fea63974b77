"""Asks once, before a person is forgotten, and says what is lost and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.deliberate.button import DeliberateButton
from esign_desktop.ui.error_sentences import error_sentence
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.theme import theme
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QShowEvent

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset import PresetId
    from esign_desktop.services.people import KnownPerson, PresetAbout

_WIDTH_PX: Final = 520
_LONGEST_NAME: Final = 40


class ForgetSheet(QDialog):
    """``confirmed`` when the person is to be forgotten; the sheet stays until ``close`` or ``show_refusal``.

    It waits for ``show_presets`` before it can be confirmed.
    """

    confirmed = Signal()

    def __init__(self, person: KnownPerson, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setFixedWidth(_WIDTH_PX)
        self.setWindowTitle(self.tr("Forget a person"))
        name = one_line(person.name)
        shown = f"{name}  {person.masked_number}" if person.masked_number else name
        title = PlainLabel(self, self.tr("Forget {name}?").format(name=shown))
        title.setObjectName("sectionTitle")
        self._said = PlainLabel(self)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._mark = QLabel(self)
        self._mark.setPixmap(icon("warning", theme().danger).pixmap(QSize(18, 18)))
        for widget in (self._said, self._mark):
            widget.hide()
        self._forget = DeliberateButton(self, self.tr("&Forget for ever"))
        self._forget.setObjectName("danger")
        self._forget.setEnabled(False)
        self._boxes: dict[PresetId, QCheckBox] = {}
        self._presets = QVBoxLayout()
        self._presets.setSpacing(4)
        self._looking = PlainLabel(self, self.tr("Looking for presets that tell of this person…"))
        self._looking.setWordWrap(True)
        self._presets.addWidget(self._looking)
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(title)
        for text in self._consequences():
            label = PlainLabel(self, text)
            label.setWordWrap(True)
            column.addWidget(label)
        column.addLayout(self._presets)
        self._said.setWordWrap(True)
        title.setWordWrap(True)
        refusal = QHBoxLayout()
        refusal.setSpacing(8)
        refusal.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        refusal.addWidget(self._said, 1)
        column.addLayout(refusal)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._forget)
        column.addSpacing(4)
        column.addLayout(buttons)
        self._forget.meant.connect(self._on_forget_meant)
        self._cancel.clicked.connect(self.reject)
        self._cancel.setFocus()

    @property
    def said(self) -> str:
        """Why it was not done; empty as long as nothing stood against it."""
        return self._said.text()

    @property
    def presets(self) -> tuple[PresetId, ...]:
        """The presets that are to go too."""
        return tuple(preset_id for preset_id, box in self._boxes.items() if box.isChecked())

    def show_presets(self, found: Iterable[PresetAbout]) -> None:
        """Ask about the presets whose PDFs tell of the person; a name alone may mean something else."""
        self._looking.hide()
        found = tuple(found)
        if found:
            question = PlainLabel(self, self.tr("The PDFs of these presets tell of the person. Which ones are to go?"))
            question.setWordWrap(True)
            self._presets.addWidget(question)
        for one in found:
            name = one_line(one.preset.name, most_characters=_LONGEST_NAME)
            key = "" if one.preset.function_key is None else f"F{one.preset.function_key}  "
            text = self.tr("{name}: a number of theirs") if one.by_number else self.tr("{name}: the same name")
            box = QCheckBox(key + text.format(name=name).replace("&", "&&"), self)
            box.setChecked(one.by_number)
            self._boxes[one.preset.id] = box
            self._presets.addWidget(box)
        if any(not one.by_number for one in found):
            hint = PlainLabel(self, self.tr("A name may be somebody else's, or a word: what is not ticked stays."))
            hint.setObjectName("hint")
            hint.setWordWrap(True)
            self._presets.addWidget(hint)
        self._forget.setEnabled(True)
        self._fit_height()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_height()

    def show_refusal(self, error: AppError) -> None:
        """Say why the person is still known; nothing has changed."""
        sentence = error_sentence(error)
        self._said.setText(f"{sentence.title}\n{sentence.remedy}".strip())
        for widget in (self._said, self._mark):
            widget.show()
        self._fit_height()
        self._forget.setEnabled(True)
        self._forget.setText(self.tr("&Forget for ever"))
        self._cancel.setEnabled(True)

    def _fit_height(self) -> None:
        """Be as high as the sentences need at this width, which Qt does not ask for."""
        layout = self.layout()
        if layout is not None:
            self.setFixedHeight(layout.totalHeightForWidth(_WIDTH_PX))

    def _consequences(self) -> tuple[str, ...]:
        return (
            self.tr(
                "Name, numbers, account and signing links are removed from everything that this program keeps:"
                " contacts, drafts, presets, sent contracts, logs and backups. This can't be undone."
            ),
            self.tr(
                "• Sent contracts stay listed, without the name.\n"
                "• Drafts and presets lose this person and have to be filled in again; a file that is named after the"
                " person has to be chosen again.\n"
                "• Copies of documents that are made out to the person are deleted.\n"
                "• The contract on the desk is put among the drafts, and its history is lost."
            ),
            self.tr(
                "Files that you saved yourself, signed contracts among them, are yours and stay."
                " The platform keeps what it has."
            ),
        )

    def _on_forget_meant(self) -> None:
        for widget in (self._said, self._mark):
            widget.hide()
        self._forget.setEnabled(False)
        self._forget.setText(self.tr("Forgetting…"))
        self._cancel.setEnabled(False)
        self.confirmed.emit()
