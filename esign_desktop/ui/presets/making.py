"""The sheet that makes a preset of the contract on the desk: whose place changes, what it is called, on which key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from esign_desktop.domain.preset.preset import plain_name
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.override import override
from esign_desktop.ui.presets.list import KeyChoice
from esign_desktop.ui.text.moments import circled
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.confirmation import centred_card
from esign_desktop.ui.widgets.deliberate import DeliberateButton, FreshKeys, press_focused_button
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.preset.preset import Preset

_WIDTH_PX: Final = 640
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class PresetWish:
    """What a person asked for. ``titles`` are what the paper calls the customers."""

    name: str
    key: int | None
    customers: frozenset[SignerId]
    titles: dict[SignerId, str] = field(default_factory=dict)
    for_counter: bool = False


class SaveSheet(QWidget):
    """``save_requested`` carries a ``PresetWish``; ``cancelled`` when the person goes back."""

    save_requested = Signal(object)
    cancelled = Signal()

    def __init__(self, draft: ContractDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._heading = PlainLabel(self)
        self._name = QLineEdit(self)
        self._name.setMaxLength(_LONGEST_NAME)
        self._key = KeyChoice()
        self._question = PlainLabel(self)
        self._names: frozenset[str] = frozenset()
        self._boxes: dict[SignerId, QCheckBox] = {}
        self._titles: dict[SignerId, QLineEdit] = {}
        self._for_counter = QCheckBox(self)
        self._said = PlainLabel(self)
        self._save = DeliberateButton(self)
        self._key_presses = FreshKeys()
        self._cancel = QPushButton(self)
        self._lay_out()
        self._connect()
        self._show()

    @property
    def said(self) -> str:
        """What keeps the preset from being saved."""
        return self._said.text()

    def show_presets(self, presets: Iterable[Preset]) -> None:
        """Offer the first free key."""
        presets = tuple(presets)
        self._names = frozenset(plain_name(preset.name) for preset in presets)
        if self._is_taken:
            self._show()
        taken = {preset.function_key for preset in presets}
        free = next((key for key in range(2, 9) if key not in taken), None)
        self._key.offer_keys(presets, None)
        self._key.show_value(free)

    @property
    def _is_taken(self) -> bool:
        return plain_name(self._name.text()) in self._names

    def tell(self, text: str) -> None:
        """Say why it did not work."""
        self._said.setText(text)
        self._save.setEnabled(True)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif press_focused_button(event):
            return
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._key_presses.is_fresh(event):
                self._save.click()
        else:
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._key_presses.note_release(event)
        super().keyReleaseEvent(event)

    def _lay_out(self) -> None:
        self._word()
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("&Name"), self._name)
        form.addRow(self.tr("&Key at the counter"), self._key)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save)
        column = centred_card(self, _WIDTH_PX)
        column.addWidget(self._heading)
        column.addLayout(form)
        column.addSpacing(8)
        column.addWidget(self._question)
        column.addLayout(self._signer_grid())
        column.addSpacing(8)
        column.addWidget(self._for_counter)
        column.addWidget(self._said)
        column.addLayout(buttons)
        self.setFocusProxy(self._name)

    def _word(self) -> None:
        self._heading.setObjectName("roomTitle")
        self._question.setObjectName("sectionTitle")
        self._heading.setText(self.tr("Save as preset"))
        self._question.setText(self.tr("Whose place does somebody else take each time?"))
        self._name.setText(one_line(self._draft.title, most_characters=_LONGEST_NAME))
        self._for_counter.setText(self.tr("For the &counter: half an hour to sign, by code and without messages"))
        self._said.setWordWrap(True)
        self._save.setText(self.tr("&Save preset"))
        self._save.setObjectName("primary")
        self._cancel.setText(self.tr("Cancel"))

    def _signer_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        for row, signer in enumerate(self._draft.signers):
            name = f"{circled(row + 1)} {signer_name(signer)}"
            grid.addWidget(ElidedLabel(self, name), row, 0)
            if isinstance(signer, PersonSigner):
                box, title = self._customer_fields(name)
                self._boxes[signer.id], self._titles[signer.id] = box, title
                grid.addWidget(box, row, 1)
                grid.addWidget(title, row, 2)
            else:
                grid.addWidget(PlainLabel(self, self.tr("always the same")), row, 1)
        if len(self._boxes) == 1:
            next(iter(self._boxes.values())).setChecked(True)
        return grid

    def _customer_fields(self, name: str) -> tuple[QCheckBox, QLineEdit]:
        box = QCheckBox(self.tr("another customer each time"), self)
        box.setAccessibleName(self.tr("{name}: another customer each time").format(name=name))
        title = QLineEdit(self)
        title.setPlaceholderText(self.tr("What the paper calls them"))
        title.setAccessibleName(self.tr("What the paper calls {name}").format(name=name))
        title.setEnabled(False)
        box.toggled.connect(title.setEnabled)
        return box, title

    def _connect(self) -> None:
        self._name.textChanged.connect(self._show)
        self._save.meant.connect(self._on_save_meant)
        self._cancel.clicked.connect(self.cancelled)
        for box in self._boxes.values():
            box.toggled.connect(self._show)

    def _show(self) -> None:
        customers = [signer_id for signer_id, box in self._boxes.items() if box.isChecked()]
        if not self._name.text().strip():
            self._said.setText(self.tr("A name is wanted."))
        elif self._is_taken:
            self._said.setText(self.tr("Another preset has this name: the two could not be told apart."))
        elif not customers:
            self._said.setText(self.tr("Without a customer it can be used in Prepare, and not at the counter."))
        else:
            self._said.setText("")
        self._save.setEnabled(bool(self._name.text().strip()) and not self._is_taken)

    def _on_save_meant(self) -> None:
        if not self._save.isEnabled():
            return
        self._save.setEnabled(False)
        customers = frozenset(signer_id for signer_id, box in self._boxes.items() if box.isChecked())
        titles = {signer_id: self._titles[signer_id].text().strip() for signer_id in customers}
        self.save_requested.emit(
            PresetWish(
                self._name.text().strip(),
                # Without a customer nobody would stand at the counter.
                self._key.read_value() if customers else None,
                customers,
                {signer_id: title for signer_id, title in titles.items() if title},
                self._for_counter.isChecked(),
            )
        )
