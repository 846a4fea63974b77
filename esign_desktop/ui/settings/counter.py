"""What customers see above the code, and what opens a locked counter."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QFormLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.services.counter.brand import MAX_TEXT_CHARACTERS
from esign_desktop.services.counter.pin import MAX_DIGITS
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.brand_band import BrandBand, read_picture
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, file_dialog
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.counter.brand import Brand, BrandService
    from esign_desktop.services.counter.pin import CounterPin
    from esign_desktop.ui.tasks import TaskRunner

_PREVIEW_HEIGHT_PX: Final = 112
_PIN_PX: Final = 120


class CounterForm(QWidget):
    """Keeps what is chosen at once."""

    def __init__(self, brand: BrandService, pin: CounterPin, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._brand = brand
        self._pin = pin
        self._tasks = tasks
        self._has_pin = False
        self._words: Callable[[], str] = str
        """What was said last, in words of the moment, since the language may change."""
        self._image = QImage()
        self.text = QLineEdit(self)
        self.text.setMaxLength(MAX_TEXT_CHARACTERS)
        self.choose, self.remove = QPushButton(self), DeliberateButton(self)
        self.remove.setEnabled(False)
        self.preview = BrandBand(self)
        self._frame = QFrame(self)
        self.current, self.new, self.again = (QLineEdit(self) for _ in range(3))
        self.set_pin, self.drop_pin = DeliberateButton(self), DeliberateButton(self)
        self._pin_state = PlainLabel(self)
        self._said = PlainLabel(self)
        self._labels = {name: QLabel(self) for name in ("text", "picture", "preview", "pin", "current", "new")}
        self._form = QFormLayout(self)
        self._lay_out()
        self._connect()
        self.retranslate()
        self._show_preview("")
        self._tell(str)

    @property
    def said(self) -> str:
        """What became of the last thing that was asked for."""
        return self._said.text()

    def read(self) -> None:
        """Read what is kept."""
        self._run(self._look, self._on_looked)

    def set_picture(self, path: Path) -> None:
        """Show a picture on the customer's screen."""
        self._change_brand(partial(self._brand.set_picture, path, can_be_shown=_can_be_shown))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        for name, text in (
            ("text", self.tr("Name on the customer's screen")),
            ("picture", self.tr("Logo")),
            ("preview", self.tr("As customers see it")),
            ("pin", self.tr("Locked counter")),
            ("current", self.tr("Present PIN")),
            ("new", self.tr("New PIN, twice")),
        ):
            self._labels[name].setText(text)
        self.text.setPlaceholderText(self.tr("e.g. the name of the bank"))
        self.choose.setText(self.tr("Choose a picture…"))
        self.choose.setToolTip(self.tr("PNG or JPEG, up to 2 MB. It is copied; nothing else goes to that screen."))
        self.remove.setText(self.tr("Without a logo"))
        self.set_pin.setText(self.tr("Set the PIN"))
        self.drop_pin.setText(self.tr("Without a PIN"))
        self.again.setAccessibleName(self.tr("New PIN, again"))
        self._said.setText(self._words())
        self._show()

    def _lay_out(self) -> None:
        self._frame.setObjectName("customerPreview")
        self._frame.setStyleSheet("#customerPreview { background: white; border: 1px solid #c9cfda; }")
        self._frame.setFixedHeight(_PREVIEW_HEIGHT_PX)
        QHBoxLayout(self._frame).addWidget(self.preview)
        for edit in (self.current, self.new, self.again):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.setMaxLength(MAX_DIGITS)
            edit.setFixedWidth(_PIN_PX)
        for label in (self._pin_state, self._said):
            label.setWordWrap(True)
        pictures = _row(self.choose, self.remove)
        pins = _row(self.new, self.again)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        for name, field, buddy in (
            ("text", self.text, self.text),
            ("picture", pictures, self.choose),
            ("preview", self._frame, None),
            ("pin", self._pin_state, None),
            ("current", self.current, self.current),
            ("new", pins, self.new),
        ):
            if buddy is not None:
                self._labels[name].setBuddy(buddy)
            self._form.addRow(self._labels[name], field)
        self._form.addRow("", _row(self.set_pin, self.drop_pin))
        self._form.addRow("", self._said)

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
            self.tr("Ctrl+L opens it again with the PIN.")
            if self._has_pin
            else self.tr("Ctrl+L opens it again for everybody. With a PIN of 4 to 8 digits only for those who know it.")
        )
        self._form.setRowVisible(self.current, self._has_pin)
        self.drop_pin.setVisible(self._has_pin)
        self.set_pin.setEnabled(bool(self.new.text() and self.again.text()))

    def _show_preview(self, text: str) -> None:
        """Show the band as it is typed; without a name and a logo there is none."""
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

    def _change_pin(self, change: Callable[[], object], said: Callable[[], str]) -> None:
        def work() -> bool:
            change()
            return self._pin.is_set

        for edit in (self.current, self.new, self.again):
            edit.clear()
        self._run(work, partial(self._on_pin_changed, said))

    def _tell(self, words: Callable[[], str], *, is_grave: bool = False) -> None:
        self._words = words
        self._said.setText(words())
        self._form.setRowVisible(self._said, bool(self._said.text()))
        self._said.setStyleSheet(f"color: {(theme().danger if is_grave else theme().hint).name()};")

    def _on_looked(self, found: tuple[Brand, QImage, bool]) -> None:
        brand, image, self._has_pin = found
        if not self.text.isModified():
            self.text.setText(brand.text)
        self.remove.setEnabled(brand.picture is not None)
        self._image = image
        self._show_preview(self.text.text())
        self._show()

    def _on_brand_changed(self, found: tuple[Brand, QImage, bool]) -> None:
        self._tell(str)
        self._on_looked(found)

    def _on_pin_changed(self, said: Callable[[], str], has_pin: bool) -> None:
        self._has_pin = has_pin
        self._tell(said)
        self._show()

    def _on_text_editing_finished(self) -> None:
        if self.text.isModified():
            self.text.setModified(False)
            self._change_brand(partial(self._brand.set_text, self.text.text()))

    def _on_choose_clicked(self) -> None:
        dialog = file_dialog(self, self.tr("Logo for the customer's screen"), FileKind.PICTURE)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        pictures = self.tr("Pictures")
        dialog.setNameFilter(f"{pictures} (*.png *.jpg *.jpeg *.PNG *.JPG *.JPEG)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_picture_selected)
        dialog.open()

    def _on_picture_selected(self, path: str) -> None:
        self.set_picture(Path(path))

    def _on_remove_meant(self) -> None:
        self._change_brand(self._brand.remove_picture)

    def _on_set_pin_clicked(self) -> None:
        pin, again, current = self.new.text(), self.again.text(), self.current.text()
        if pin != again:
            self._tell(lambda: self.tr("The two differ: type the new PIN twice."), is_grave=True)
        elif pin:
            self._change_pin(partial(self._pin.set_pin, pin, current=current), lambda: self.tr("The PIN is set."))

    def _on_drop_pin_meant(self) -> None:
        self._change_pin(partial(self._pin.remove, self.current.text()), lambda: self.tr("There is no PIN any more."))

    def _on_failed(self, error: AppError) -> None:
        def words() -> str:
            sentence = error_sentence(error)
            return f"{one_line(sentence.title)} {sentence.remedy}"

        self._tell(words, is_grave=True)


def _can_be_shown(path: Path) -> bool:
    return not read_picture(path).isNull()


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
