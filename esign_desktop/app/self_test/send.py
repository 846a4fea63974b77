"""Send a contract in the real windows, read its QR code from the screen, follow its status, and download it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.driver import SelfTestFailed
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.qr_card import QrWindow
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.details import DetailsPane
from esign_desktop.ui.viewer.doubts import DoubtList

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPixmap

    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.ui.shell.window import MainWindow


def read_qr_codes(picture: QPixmap | QImage) -> tuple[str, ...]:
    """Return the text of each QR code in a picture."""
    import zxingcpp

    image = picture if isinstance(picture, QImage) else picture.toImage()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    # A copy, because the bits belong to a temporary image.
    pixels = memoryview(bytes(grey.constBits())).cast("B", (grey.height(), grey.bytesPerLine()))
    found = zxingcpp.read_barcodes(
        pixels, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]), try_invert=False
    )
    return tuple(code.text for code in found)


_SETTLE_MS = 300


class SendPage:
    """A driver of the main window from the review onwards. Its methods raise SelfTestFailed if a step fails."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        workspace = window.workspace
        if workspace is None:
            raise SelfTestFailed("the window is not populated")
        self._workspace = workspace
        self._sent: list[FlowRecord] = []
        workspace.send_controller.sent.connect(self._sent.append)

    def await_review(self) -> None:
        """Wait until the review is complete, and confirm all severe doubts."""
        driver.wait_until("the review opens", lambda: self._workspace.prepare.findChildren(ReviewSheet))
        sheet = self._workspace.prepare.findChildren(ReviewSheet)[-1]
        request = sheet.findChildren(QPlainTextEdit)[0]
        driver.wait_until("the review is complete", lambda: request.toPlainText() and sheet.is_compared)
        driver.confirm_doubts(sheet.findChildren(DoubtList)[0])
        driver.rest(_SETTLE_MS)

    def send(self, on_the_way: Callable[[], None] | None = None) -> FlowRecord:
        """Press *Send now*, wait until the contract has been sent, and return its record.

        ``on_the_way`` is called repeatedly during the wait.
        """
        driver.press(driver.button(driver.the(self._workspace.prepare, ReviewSheet), "ReviewSheet", "Send now"))

        def is_sent() -> bool:
            if on_the_way is not None:
                on_the_way()
            return bool(self._sent)

        driver.wait_until("the contract is sent", is_sent)
        driver.rest(_SETTLE_MS)
        return self._sent[-1]

    def go_to_track(self) -> None:
        """Show the sent contract in Track."""
        driver.press(driver.button(driver.the(self._workspace.prepare, SendingPanel), "SendingPanel", "Show in Track"))
        driver.wait_until("Track opens", lambda: self._window.room is RoomName.TRACK)
        driver.wait_until("the contract is shown", self._details_panes)
        driver.rest(_SETTLE_MS)

    def show_code(self) -> QrWindow:
        """Open the window with the QR code, and return the window."""
        driver.press(driver.button(driver.the(self._workspace.track, DetailsPane), "Actions", "Show QR code"))
        driver.wait_until("the QR code window opens", self._code_windows)
        driver.rest(_SETTLE_MS)
        return self._code_windows()[-1]

    def read_code(self, window: QrWindow) -> str:
        """Read the QR code in the pixels of the window, and return its text.

        Raises SelfTestFailed unless there is exactly one QR code.
        """
        found = read_qr_codes(window.grab())
        if len(found) != 1:
            raise SelfTestFailed(f"{len(found)} QR codes in the window instead of 1")
        return found[0]

    def await_next_code(self, window: QrWindow, before: str) -> None:
        """Wait until the window shows the next signer's QR code without any user input.

        ``before`` is the link of the previous signer.
        """
        driver.wait_until("the next signer's code appears", lambda: window.card.link not in {"", before})
        driver.rest(_SETTLE_MS)

    def await_completion(self, window: QrWindow) -> None:
        """Wait until the window shows, without any user input, that all signers have signed."""
        driver.wait_until(
            "the window says signed",
            lambda: window.card.record is not None and window.card.record.status is FlowStatus.COMPLETED,
        )
        driver.rest(_SETTLE_MS)

    def download(self, flow_id: FlowId) -> Path:
        """Download the signed file with the button in Track when the button is enabled, and return the file's path."""
        driver.wait_until("Track offers the signed files", self._may_download)
        driver.press(driver.button(driver.the(self._workspace.track, DetailsPane), "Actions", "Download signed files"))
        flows = self._workspace.services.flows
        driver.wait_until("the file is downloaded", lambda: driver.elsewhere(lambda: flows.get(flow_id).downloaded_to))
        driver.rest(_SETTLE_MS)
        return Path(driver.elsewhere(lambda: flows.get(flow_id)).downloaded_to[0])

    def _may_download(self) -> bool:
        with suppress(SelfTestFailed):
            pane = driver.the(self._workspace.track, DetailsPane)
            return driver.button(pane, "Actions", "Download signed files").isEnabled()
        return False

    def _details_panes(self) -> list[DetailsPane]:
        return [pane for pane in self._workspace.track.findChildren(DetailsPane) if pane.isVisible()]

    @staticmethod
    def _code_windows() -> list[QrWindow]:
        return [
            window for window in QApplication.topLevelWidgets() if isinstance(window, QrWindow) and window.isVisible()
        ]
