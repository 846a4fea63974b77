"""The dialog that converts photos and scans to a document, in which the user arranges the pages."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QIODevice, QItemSelectionModel, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap, QTransform
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from esign_desktop.domain.picture_pages import place_picture
from esign_desktop.services.editing.image_pages import PageImage, keep_images, read_pages
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_files
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MarkedText, MessageLevel
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from PySide6.QtCore import QMimeData

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.editing.copies import DocumentCopies
    from esign_desktop.ui.tasks import TaskRunner

_SHEET_PX: Final = 120
"""The length of the longer side of a page in the list."""
_SIZE: Final = (760, 620)
_NAME_CHARACTERS: Final = 100
_PAGE = Qt.ItemDataRole.UserRole
_TURNS = Qt.ItemDataRole.UserRole + 1
_SOURCE = Qt.ItemDataRole.UserRole + 2


class ImagesDialog(FittingDialog):
    """Lets the user arrange images as the pages of a PDF, which is created in the background.

    When the PDF has been created, ``document_made`` carries its ``Path``, and the dialog closes. Failures are shown in
    the dialog.
    """

    manual_page = "prepare#photos-and-scans"

    document_made = Signal(object)

    def __init__(self, copies: DocumentCopies, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Convert images to pages"))
        self._copies = copies
        self._tasks = tasks
        self._waiting: deque[tuple[Path | bytes, str]] = deque()
        self._reading = ""
        self._is_making = False
        self._failures: list[str] = []
        self.name = QLineEdit(self)
        self.name.setMaxLength(_NAME_CHARACTERS)
        self.pages = QListWidget(self)
        self.pages.setAccessibleName(self.tr("Pages"))
        self.pages.setObjectName("matches")
        self.pages.setIconSize(QSize(sized(_SHEET_PX), sized(_SHEET_PX)))
        self.pages.setSpacing(4)
        self.pages.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.pages.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.state = MarkedText(self)
        self.add = self._button("add", self.tr("A&dd images…"), self.choose)
        self.up = self._button("chevron-up", self.tr("Move &up"), partial(self._move, -1))
        self.down = self._button("chevron-down", self.tr("Move d&own"), partial(self._move, +1))
        self.left = self._button("undo", self.tr("Turn &left"), partial(self._turn, -1))
        self.right = self._button("redo", self.tr("Turn &right"), partial(self._turn, +1))
        self.remove = self._button("delete", self.tr("Re&move"), self._remove)
        cancel = QPushButton(self.tr("Cancel"), self)
        self.take = QPushButton(self.tr("Add to contract"), self)
        self.take.setObjectName("primary")
        self.take.setDefault(True)
        self._lay_out(cancel)
        self.take.clicked.connect(self._make)
        cancel.clicked.connect(self.reject)
        self.name.textChanged.connect(self._on_name_changed)
        self.pages.itemSelectionChanged.connect(self._show)
        self.pages.model().rowsMoved.connect(self._on_rows_moved)
        fit_on_screen(self, *_SIZE)
        self._show()

    def read(self, paths: Iterable[Path]) -> None:
        """Read image files in the background, one after the other, and append their pages."""
        for path in paths:
            self._take_in(path, path.name, path.stem)

    def read_pasted(self, data: bytes) -> None:
        """Read an image from the clipboard in the background, and append its page. ``data`` is an image file."""
        name = self.tr("Pasted image")
        self._take_in(data, name, name)

    def _take_in(self, source: Path | bytes, name: str, stem: str) -> None:
        if not self.name.text():
            self.name.setText(one_line(stem, most_characters=_NAME_CHARACTERS))
        self._waiting.append((source, one_line(name)))
        self._read_next()

    def choose(self) -> None:
        """Let the user choose more image files, and read them."""
        choose_files(self, self.tr("Choose images"), FileKind.CONTRACT, (FileType.IMAGE,), self.read)

    def _button(self, symbol: str, text: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(icon(symbol), text, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _is_checked=False: slot())
        return button

    def _lay_out(self, cancel: QPushButton) -> None:
        form = QFormLayout()
        form.addRow(self.tr("Document &name"), self.name)
        page_buttons = vbox(self.up, self.down, self.left, self.right, self.remove)
        side = vbox(self.add, page_buttons, 1, spacing=24)
        hint = PlainLabel(
            self,
            self.tr("Each image becomes an A4 page. Drag pages into order, or use the buttons."),
            look="hint",
            is_wrapped=True,
        )
        vbox(
            form,
            hint,
            (hbox((self.pages, 1), side, spacing=12), 1),
            self.state,
            hbox(1, cancel, self.take),
            spacing=12,
            margins=(20, 16, 20, 16),
            parent=self,
        )

    def _read_next(self) -> None:
        if not self._reading and self._waiting:
            source, name = self._waiting.popleft()
            self._reading = name
            self._tasks.start(
                partial(read_pages, source),
                owner=self,
                on_done=partial(self._on_read, name),
                on_error=partial(self._on_read_failed, name),
                lane=Lane.PDF,
            )
        self._show()

    def _on_read(self, name: str, images: tuple[PageImage, ...]) -> None:
        for number, image in enumerate(images, 1):
            item = QListWidgetItem(self.pages)
            item.setData(_PAGE, image)
            item.setData(_TURNS, 0)
            item.setData(_SOURCE, f"{name} ({number})" if len(images) > 1 else name)
            item.setIcon(sheet_icon(image, 0))
        if not self.pages.selectedItems() and self.pages.count():
            self.pages.setCurrentRow(0)
        self._reading = ""
        self._number()
        self._read_next()

    def _on_read_failed(self, name: str, error: AppError) -> None:
        self._failures.append(f"“{name}”: {error_sentence(error).text}")
        self._reading = ""
        self._read_next()

    def _chosen_rows(self) -> list[int]:
        return sorted(self.pages.row(item) for item in self.pages.selectedItems())

    def _move(self, by: int) -> None:
        rows = self._chosen_rows()
        if not rows or rows[0] + by < 0 or rows[-1] + by >= self.pages.count():
            return
        for row in rows if by < 0 else reversed(rows):
            item = self.pages.takeItem(row)
            self.pages.insertItem(row + by, item)
            self.pages.setCurrentItem(item, QItemSelectionModel.SelectionFlag.Select)
        self._number()

    def _turn(self, by: int) -> None:
        for item in self.pages.selectedItems():
            turns = (item.data(_TURNS) + by) % 4
            item.setData(_TURNS, turns)
            item.setIcon(sheet_icon(item.data(_PAGE), turns))

    def _remove(self) -> None:
        for row in reversed(self._chosen_rows()):
            self.pages.takeItem(row)
        self._number()

    def _number(self) -> None:
        for row in range(self.pages.count()):
            item = self.pages.item(row)
            image: PageImage = item.data(_PAGE)
            number = self.tr("Page {number}").format(number=row + 1)
            size = self.tr("{width} × {height} pixels").format(width=image.width_px, height=image.height_px)
            item.setText(f"{number}\n{one_line(item.data(_SOURCE), most_characters=60)}\n{size}")
        self._show()

    def _on_rows_moved(self, *_where: object) -> None:
        self._number()

    def _on_name_changed(self, _text: str) -> None:
        self._show()

    def _show(self) -> None:
        rows, count = self._chosen_rows(), self.pages.count()
        self.up.setEnabled(bool(rows) and rows[0] > 0)
        self.down.setEnabled(bool(rows) and rows[-1] < count - 1)
        for button in (self.left, self.right, self.remove):
            button.setEnabled(bool(rows))
        is_idle = not self._reading and not self._is_making
        self.take.setEnabled(is_idle and count > 0 and bool(self.name.text().strip()))
        if self._is_making:
            self.state.show_text(MessageLevel.INFO, self.tr("Creating pages…"))
        elif self._reading:
            self.state.show_text(MessageLevel.INFO, self.tr("Reading “{name}”…").format(name=self._reading))
        elif self._failures:
            self.state.show_text(MessageLevel.ERROR, "\n".join(self._failures))
        else:
            self.state.show_text(None)

    def _make(self) -> None:
        items = [self.pages.item(row) for row in range(self.pages.count())]
        pages = [(item.data(_PAGE), item.data(_TURNS)) for item in items]
        copies, name = self._copies, self.name.text().strip()
        self._is_making = True
        self._failures = []
        self._show()
        self._tasks.start(
            lambda: keep_images(copies, pages, name),
            owner=self,
            on_done=self._on_made,
            on_error=self._on_make_failed,
            lane=Lane.PDF,
        )

    def _on_made(self, path: Path) -> None:
        self.document_made.emit(path)
        self.accept()

    def _on_make_failed(self, error: AppError) -> None:
        self._is_making = False
        self._failures = [error_sentence(error).text]
        self._show()


def sheet_icon(image: PageImage, turns: int) -> QIcon:
    """Return an icon of the A4 page with ``image`` on it, rotated clockwise by ``turns`` quarter turns."""
    preview = image.preview
    stride = preview.width_px * 3
    picture = QImage(preview.data, preview.width_px, preview.height_px, stride, QImage.Format.Format_RGB888)
    turned = picture.transformed(QTransform().rotate(90.0 * turns))
    placed = place_picture(*((image.height_px, image.width_px) if turns % 2 else (image.width_px, image.height_px)))
    scale = (_SHEET_PX - 2) / max(placed.width_pt, placed.height_pt)
    ratio = 2
    canvas = QPixmap(_SHEET_PX * ratio, _SHEET_PX * ratio)
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    width, height = placed.width_pt * scale, placed.height_pt * scale
    paper = QRectF((_SHEET_PX - width) / 2, (_SHEET_PX - height) / 2, width, height)
    painter.setPen(theme().frame)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawRect(paper)
    left, top = paper.left() + placed.left_pt * scale, paper.top() + placed.top_pt * scale
    size = ((placed.right_pt - placed.left_pt) * scale, (placed.bottom_pt - placed.top_pt) * scale)
    painter.drawImage(QRectF(left, top, *size), turned)
    painter.end()
    sheet = QIcon(canvas)
    # Without this image, Qt would tint the selected page with the color of the selection.
    sheet.addPixmap(canvas, QIcon.Mode.Selected)
    return sheet


def pasted_image(data: QMimeData | None) -> bytes:
    """Return the image in the data of a clipboard as the content of an image file, or empty bytes if there is none.

    PNG, JPEG and TIFF data are returned as they are, so that they are not decoded in the window's process. Other images
    are converted to PNG.
    """
    if data is None:
        return b""
    for kind in ("image/png", "image/jpeg", "image/tiff"):
        if data.hasFormat(kind):
            return bytes(data.data(kind).data())
    image = data.imageData() if data.hasImage() else None
    if not isinstance(image, QImage) or image.isNull():
        return b""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes
    return bytes(buffer.data().data())
