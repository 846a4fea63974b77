"""The counter settings: the text and logo on the customer's screen, and the PIN that unlocks the counter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from esign_desktop.services.counter.brand import MAX_TEXT_CHARACTERS
from esign_desktop.services.counter.pin import MAX_DIGITS
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.brand_band import BrandBand, read_picture
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.counter.brand import Brand, BrandService
    from esign_desktop.services.counter.pin import CounterPin
    from esign_desktop.ui.tasks import TaskRunner

_PREVIEW_HEIGHT_PX: Final = 112
_PIN_PX: Final = 120


class CounterForm(QWidget):
    """The form for the customer's screen and the PIN of the counter. Each change is saved at once in the background."""

    manual_page = "settings#counter"

    def __init__(self, brand: BrandService, pin: CounterPin, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._brand = brand
        self._pin = pin
        self._tasks = tasks
        self._has_pin = False
        self._image = QImage()
        self.text = QLineEdit(self)
        self.text.setMaxLength(MAX_TEXT_CHARACTERS)
        self.text.setPlaceholderText(self.tr("for example, the name of the bank"))
        self.choose = QPushButton(self.tr("Choose image…"), self)
        self.choose.setToolTip(
            self.tr("PNG or JPEG, up to 2 MB. The image is copied. Nothing else is shown on the customer's screen.")
        )
        self.remove = DeliberateButton(self, self.tr("Remove logo"))
        self.remove.setEnabled(False)
        self.preview = BrandBand(self)
        self._frame = QFrame(self)
        self.current, self.new, self.again = (QLineEdit(self) for _ in range(3))
        self.again.setAccessibleName(self.tr("Enter new PIN again"))
        self.set_pin = DeliberateButton(self, self.tr("Set PIN"))
        self.drop_pin = DeliberateButton(self, self.tr("Remove PIN"))
        self._pin_state = PlainLabel(self, is_wrapped=True)
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._form = QFormLayout(self)
        self._lay_out()
        self._connect()
        self._show()
        self._show_preview("")
        self._show_status("")

    @property
    def status_text(self) -> str:
        """The result of the last action. Empty if there is none."""
        return self._status.text()

    def read(self) -> None:
        """Read the stored settings in the background, and show them. A text that the user is editing is kept."""
        self._run(self._look, self._on_looked)

    def set_picture(self, path: Path) -> None:
        """Store a picture as the logo on the customer's screen, in the background. An error is shown."""
        self._change_brand(partial(self._brand.set_picture, path, can_be_shown=_can_be_shown))

    def _lay_out(self) -> None:
        self._frame.setObjectName("customerPreview")
        self._frame.setStyleSheet("#customerPreview { background: white; border: 1px solid #c9cfda; }")
        self._frame.setFixedHeight(sized(_PREVIEW_HEIGHT_PX))
        QHBoxLayout(self._frame).addWidget(self.preview)
        for edit in (self.current, self.new, self.again):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.setMaxLength(MAX_DIGITS)
            edit.setFixedWidth(sized(_PIN_PX))
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self._form.addRow(self.tr("Organization name on the customer's screen"), self.text)
        add_row(self._form, self.tr("Logo"), self.choose, self.remove)
        self._form.addRow(self.tr("Customer's view"), self._frame)
        self._form.addRow(self.tr("Locking the counter"), self._pin_state)
        self._form.addRow(self.tr("Current PIN"), self.current)
        add_row(self._form, self.tr("New PIN (enter twice)"), self.new, self.again)
        add_row(self._form, "", self.set_pin, self.drop_pin)
        self._form.addRow("", self._status)

    def _connect(self) -> None:
        self.text.textEdited.connect(self._show_preview)
        self.text.editingFinished.connect(self._on_text_editing_finished)
        self.choose.clicked.connect(self._on_choose_clicked)
        self.remove.meant.connect(self._on_remove_meant)
        self.set_pin.meant.connect(self._on_set_pin_clicked)
        self.drop_pin.meant.connect(self._on_drop_pin_meant)
        for edit in (self.new, self.again):
            edit.returnPressed.connect(self._on_set_pin_clicked)
            edit.textChanged.connect(self._show)

    def _show(self) -> None:
        self._pin_state.setText(
            self.tr("Unlocking the counter with Ctrl+L requires the PIN.")
            if self._has_pin
            else self.tr(
                "Anyone can unlock the counter with Ctrl+L. If you set a PIN of {least} to "
                "{most} digits, only people who know the PIN can unlock it."
            ).format(least=self._pin.min_digits, most=MAX_DIGITS)
        )
        self._form.setRowVisible(self.current, self._has_pin)
        self.drop_pin.setVisible(self._has_pin)
        self.set_pin.setEnabled(bool(self.new.text() and self.again.text()))

    def _show_preview(self, text: str) -> None:
        """Show the customer's view with a text and the logo, or hide the view if there is neither."""
        self.preview.show_brand(text.strip(), self._image)
        self._form.setRowVisible(self._frame, bool(text.strip()) or not self._image.isNull())

    def _run(self, work: Callable[[], Any], on_done: Callable[[Any], None]) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self._on_failed)

    def _look(self) -> tuple[Brand, QImage, bool]:
        brand = self._brand.brand()
        return brand, read_picture(brand.picture), self._pin.is_set

    def _change_brand(self, change: Callable[[], object]) -> None:
        def work() -> tuple[Brand, QImage, bool]:
            change()
            return self._look()

        self._run(work, self._on_brand_changed)

    def _change_pin(self, change: Callable[[], object], text: str) -> None:
        def work() -> bool:
            change()
            return self._pin.is_set

        for edit in (self.current, self.new, self.again):
            edit.clear()
        self._run(work, partial(self._on_pin_changed, text))

    def _show_status(self, text: str, *, is_error: bool = False) -> None:
        self._status.setText(text)
        self._form.setRowVisible(self._status, bool(text))
        set_tone(self._status, "danger" if is_error else "hint")

    def _on_looked(self, found: tuple[Brand, QImage, bool]) -> None:
        brand, image, self._has_pin = found
        if not self.text.isModified():
            self.text.setText(brand.text)
        self.remove.setEnabled(brand.picture is not None)
        self._image = image
        self._show_preview(self.text.text())
        self._show()

    def _on_brand_changed(self, found: tuple[Brand, QImage, bool]) -> None:
        self._show_status("")
        self._on_looked(found)

    def _on_pin_changed(self, text: str, has_pin: bool) -> None:
        self._has_pin = has_pin
        self._show_status(text)
        self._show()

    def _on_text_editing_finished(self) -> None:
        if self.text.isModified():
            self.text.setModified(False)
            self._change_brand(partial(self._brand.set_text, self.text.text()))

    def _on_choose_clicked(self) -> None:
        title = self.tr("Logo for the customer's screen")
        choose_file(self, title, FileKind.PICTURE, (FileType.PICTURE,), self.set_picture)

    def _on_remove_meant(self) -> None:
        self._change_brand(self._brand.remove_picture)

    def _on_set_pin_clicked(self) -> None:
        pin, again, current = self.new.text(), self.again.text(), self.current.text()
        if pin != again:
            self._show_status(self.tr("The PINs don't match. Enter the new PIN twice."), is_error=True)
        elif pin:
            self._change_pin(partial(self._pin.set_pin, pin, current=current), self.tr("PIN set."))

    def _on_drop_pin_meant(self) -> None:
        self._change_pin(partial(self._pin.remove, self.current.text()), self.tr("PIN removed."))

    def _on_failed(self, error: AppError) -> None:
        self._show_status(error_sentence(error).text, is_error=True)


def _can_be_shown(path: Path) -> bool:
    return not read_picture(path).isNull()


def add_row(form: QFormLayout, text: str, *widgets: QWidget, is_first_wide: bool = False) -> None:
    """Add a row with several widgets to a form. If ``text`` is empty, the row has no label.

    If ``is_first_wide`` is True, the first widget only displays a value, so the label's mnemonic focuses the second.
    """
    row = hbox(*widgets) if is_first_wide else hbox(*widgets, 1)
    if is_first_wide:
        row.setStretch(0, 1)
    label = QLabel(text)
    if text:
        label.setBuddy(widgets[int(is_first_wide)])
    form.addRow(label, row)
