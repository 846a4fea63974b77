"""The overlay in which the user saves the open contract as a preset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QGridLayout, QLineEdit, QPushButton, QWidget

from esign_desktop.domain.preset.preset import FUNCTION_KEYS, plain_name
from esign_desktop.domain.signer import ApplicationSigner, SignerId, display_name, is_person, role_of
from esign_desktop.override import override
from esign_desktop.ui.presets.keys import KeyChoice
from esign_desktop.ui.text.moments import circled
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.viewer.doubts import DoubtList
from esign_desktop.ui.viewer.page_parts import PageParts
from esign_desktop.ui.widgets.confirmation import centred_card
from esign_desktop.ui.widgets.deliberate import DeliberateButton, FreshKeys, press_focused_button
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from esign_desktop.ui.widgets.layouts import hbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer

_WIDTH_PX: Final = 640
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class PresetRequest:
    """The user's input in ``SaveSheet``.

    ``key`` is the number of the function key, or None. ``customers`` are the signers that become open signers, and
    ``titles`` are their roles in the text of the contract, as far as the user has entered them. With ``for_counter``,
    contracts have a signing deadline of 30 minutes and no notifications.
    """

    name: str
    key: int | None
    customers: frozenset[SignerId]
    titles: dict[SignerId, str] = field(default_factory=dict)
    for_counter: bool = False
    keeps_tables: bool = False
    """Whether each contract of the preset includes the tables and PDFs that were appended to this contract."""
    settled: frozenset[str] = frozenset()
    """The keys of the doubts about names on the pages that the user has settled."""


class SaveSheet(QWidget):
    """The overlay in which the user enters the name, the function key and the open signers of a new preset.

    ``save_requested`` carries a ``PresetRequest``. The caller saves the preset and reports a failure to
    ``show_status``. Enter presses the main button, and Escape emits ``cancelled``.
    """

    manual_page = "presets#save"

    save_requested = Signal(object)
    cancelled = Signal()

    def __init__(
        self, draft: ContractDraft, renderer: PageRenderer, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key_presses = FreshKeys()
        self._draft = draft
        self._kept: set[str] = set()
        self._named: tuple[Doubt, ...] = ()
        parts = PageParts(renderer, tasks, self)
        parts.show_draft(draft, {})
        self._doubts = DoubtList(parts, self)
        self._doubts.kept.connect(self._on_doubt_kept)
        self._name = QLineEdit(one_line(draft.title, most_characters=_LONGEST_NAME), self)
        self._name.setMaxLength(_LONGEST_NAME)
        self._key = KeyChoice()
        question = PlainLabel(self, self.tr("Which signers change each time?"), look="sectionTitle")
        self._names: frozenset[str] = frozenset()
        self._boxes: dict[SignerId, QCheckBox] = {}
        self._titles: dict[SignerId, QLineEdit] = {}
        counter_text = self.tr("For the &counter: sign within 30 minutes by QR code, without notifications")
        self._for_counter = QCheckBox(counter_text, self)
        self._tables = QCheckBox(self.tr("Append the same &tables and pages to every contract"), self)
        self._tables.setVisible(any(d.template is not None and d.template.blocks for d in draft.documents))
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("&Name"), self._name)
        form.addRow(self.tr("Counter &key"), self._key)
        column = centred_card(self, _WIDTH_PX)
        column.addWidget(PlainLabel(self, self.tr("Save as preset"), look="roomTitle"))
        column.addLayout(form)
        column.addSpacing(8)
        column.addWidget(question)
        column.addLayout(self._signer_grid())
        column.addSpacing(8)
        for widget in (self._for_counter, self._tables, self._doubts, self._status):
            column.addWidget(widget)
        cancel = QPushButton(self.tr("Cancel"), self)
        self.button = DeliberateButton(self, self.tr("&Save preset"))
        self.button.setObjectName("primary")
        column.addLayout(hbox(1, cancel, self.button))
        self.setFocusProxy(self._name)
        self._name.textChanged.connect(self._show)
        cancel.clicked.connect(self.cancelled)
        self.button.meant.connect(self._on_button_meant)
        for box in self._boxes.values():
            box.toggled.connect(self._show)
        self._show()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif press_focused_button(event):
            return
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._key_presses.is_fresh(event):
                self.button.click()
        else:
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._key_presses.note_release(event)
        super().keyReleaseEvent(event)

    @property
    def status_text(self) -> str:
        """The sentence above the buttons: an error or a hint about the input. Empty if there is neither."""
        return self._status.text()

    def show_presets(self, presets: Iterable[Preset]) -> None:
        """Choose the first function key without a preset, and reject the names of the stored presets from now on."""
        presets = tuple(presets)
        self._names = frozenset(plain_name(preset.name) for preset in presets)
        if self._is_taken:
            self._show()
        taken = {preset.function_key for preset in presets}
        self._key.offer_keys(presets, None)
        self._key.show_value(next((key for key in FUNCTION_KEYS if key not in taken), None))

    @property
    def _is_taken(self) -> bool:
        return plain_name(self._name.text()) in self._names

    def show_status(self, text: str) -> None:
        """Show why saving failed, and enable the main button again."""
        self._status.setText(text)
        self.button.setEnabled(True)

    def show_names(self, doubts: tuple[Doubt, ...]) -> None:
        """Show doubts about names on the pages, and disable the main button until the user has settled all of them."""
        self._named = doubts
        self._show_names()

    def _show_names(self) -> None:
        self._doubts.show_doubts(self._named, self._kept)
        is_open = any(doubt.key not in self._kept for doubt in self._named)
        blank = self.tr("Or go back, and open a blank form in place of this file.")
        self._status.setText(blank if is_open else "")
        self.button.setEnabled(not is_open)

    def _on_doubt_kept(self, doubt: Doubt) -> None:
        self._kept.add(doubt.key)
        self._show_names()

    def _signer_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        for row, signer in enumerate(self._draft.signers):
            name = f"{circled(row + 1)} {signer_name(signer)}"
            grid.addWidget(ElidedLabel(self, name), row, 0)
            if not isinstance(signer, ApplicationSigner):
                box, title = self._customer_fields(name, role_of(signer))
                self._boxes[signer.id], self._titles[signer.id] = box, title
                # A signer without a name is a different customer each time.
                box.setChecked(not display_name(signer).strip())
                grid.addWidget(box, row, 1)
                grid.addWidget(title, row, 2)
            else:
                grid.addWidget(PlainLabel(self, self.tr("always the same")), row, 1)
        persons = [signer.id for signer in self._draft.signers if is_person(signer)]
        if len(persons) == 1:
            self._boxes[persons[0]].setChecked(True)
        return grid

    def _customer_fields(self, name: str, role: str) -> tuple[QCheckBox, QLineEdit]:
        box = QCheckBox(self.tr("a different customer each time"), self)
        box.setAccessibleName(self.tr("{name}: a different customer each time").format(name=name))
        title = QLineEdit(one_line(role), self)
        title.setPlaceholderText(self.tr("Role in the contract"))
        title.setAccessibleName(self.tr("Role of {name} in the contract").format(name=name))
        title.setEnabled(False)
        box.toggled.connect(title.setEnabled)
        return box, title

    def _show(self) -> None:
        customers = [signer_id for signer_id, box in self._boxes.items() if box.isChecked()]
        if not self._name.text().strip():
            self._status.setText(self.tr("Enter a name."))
        elif self._is_taken:
            self._status.setText(self.tr("Another preset already has this name."))
        elif not customers:
            self._status.setText(
                self.tr("Without a customer, the preset can be used in Prepare but not at the counter.")
            )
        else:
            self._status.setText("")
        self.button.setEnabled(bool(self._name.text().strip()) and not self._is_taken)

    def _on_button_meant(self) -> None:
        self.button.setEnabled(False)
        customers = frozenset(signer_id for signer_id, box in self._boxes.items() if box.isChecked())
        titles = {signer_id: self._titles[signer_id].text().strip() for signer_id in customers}
        self.save_requested.emit(
            PresetRequest(
                self._name.text().strip(),
                # A preset without a customer can't be used at the counter.
                self._key.read_value() if customers else None,
                customers,
                {signer_id: title for signer_id, title in titles.items() if title},
                self._for_counter.isChecked(),
                self._tables.isChecked(),
                frozenset(self._kept),
            )
        )
