"""Handle each file that the user chooses, drops or pastes, depending on its type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.file_kinds import FileUse, use_of
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.prepare.documents.images import ImagesDialog
    from esign_desktop.ui.prepare.documents.opening import DocumentOpening
    from esign_desktop.ui.prepare.tools.state import ToolState
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

_MOST_FONTS: Final = 6
"""The number of replaced fonts that a message names."""
_REFUSED: Final = {FileUse.OFFICE: "document.office", FileUse.OTHER_IMAGE: "document.other_image"}


class IncomingFiles(QObject):
    """Opens PDFs and documents that can be converted, shows images in a dialog, and reports other files."""

    def __init__(
        self,
        opening: DocumentOpening,
        state: ToolState,
        services: Services,
        tasks: TaskRunner,
        messages: Messages,
        room: QWidget,
    ) -> None:
        super().__init__(room)
        self._opening = opening
        self._state = state
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._room = room
        self._dialog: ImagesDialog | None = None
        opening.fonts_replaced.connect(self._on_opening_fonts_replaced)

    def open(self, paths: Iterable[Path]) -> None:
        """Add PDFs and Word documents to the contract in the background, and images to the dialog that converts them.

        Other office files and images of other types are reported. All other files are opened as if they were PDFs.
        While a template is edited, which has only one PDF, show a message instead.
        """
        if self._state.shows_template:
            self._messages.show_message(InputError("template.still_edited"))
            return
        used = [(path, use_of(path)) for path in paths]
        self._opening.open(path for path, use in used if use in {FileUse.DOCUMENT, FileUse.WORD})
        for path, use in used:
            if use in _REFUSED:
                self._messages.show_message(InputError(_REFUSED[use]), about=path.name)
        images = [path for path, use in used if use is FileUse.IMAGE]
        if images:
            self._images().read(images)

    def paste_image(self) -> bool:
        """Add the image in the clipboard to the dialog that converts images. Return whether there is an image."""
        from esign_desktop.ui.prepare.documents.images import pasted_image

        data = b"" if self._state.shows_template else pasted_image(QApplication.clipboard().mimeData())
        if data:
            self._images().read_pasted(data)
        return bool(data)

    def _images(self) -> ImagesDialog:
        from esign_desktop.ui.prepare.documents.images import ImagesDialog

        if self._dialog is None:
            self._dialog = ImagesDialog(self._services.copies, self._tasks, self._room)
            self._dialog.document_made.connect(self._on_dialog_document_made)
            self._dialog.finished.connect(self._on_dialog_finished)
            self._dialog.open()
        return self._dialog

    def _on_dialog_document_made(self, path: Path) -> None:
        self._opening.open([path])

    def _on_opening_fonts_replaced(self, path: str, fonts: tuple[str, ...]) -> None:
        shown = ", ".join(one_line(font) for font in fonts[:_MOST_FONTS])
        self._messages.show_message(
            self.tr(
                "This computer lacks %n font(s) of the document. The pages can differ from the original.",
                "",
                len(fonts),
            ),
            MessageLevel.WARNING,
            remedy=self.tr("Compare the pages. Replaced fonts: {fonts}").format(
                fonts=f"{shown}…" if len(fonts) > _MOST_FONTS else shown
            ),
            about=one_line(Path(path).name),
        )

    def _on_dialog_finished(self) -> None:
        self._dialog = None
