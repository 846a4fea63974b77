"""What can be done with the chosen flows, as a menu, with the keys that do the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.ui.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.ui.track.flow_handling import FlowHandling


class FlowMenu(QMenu):
    """Made for one showing. The keys are only named: the room's own shortcuts hear them."""

    def __init__(self, handling: FlowHandling, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        record = handling.chosen
        is_open = record is not None and not record.status.is_final
        has_code = record is not None and is_open and any(signer.urls for signer in record.signers)
        can_correct = record is not None and record.status is not FlowStatus.COMPLETED
        if handling.elsewhere:
            # Said where the pointer is too, above all that acts on it.
            said = self.addAction(handling.elsewhere)
            said.setEnabled(False)
            self.addSeparator()
        for name, text, key, slot, is_offered in (
            ("qr", self.tr("Show QR code"), "Q", handling.show_code_if_any, has_code),
            ("link", self.tr("Copy link"), "L", handling.copy_link, has_code),
            ("eye", self.tr("Open the signed file"), "O", handling.show_file, bool(record and record.downloaded_to)),
            ("download", self.tr("Download signed files"), "D", handling.download, handling.can_download),
            ("refresh", self.tr("Refresh"), "F5", handling.refresh, record is not None),
            ("", "", "", None, True),
            ("revoke", self.tr("Revoke"), "R", handling.press_revoke, handling.can_revoke),
            ("undo", self.tr("Correct and send again"), "Ctrl+R", handling.press_correct, can_correct),
        ):
            if slot is None:
                self.addSeparator()
                continue
            action = QAction(icon(name), f"{text}\t{_shown(key)}", self)
            action.setEnabled(bool(is_offered))
            action.triggered.connect(partial(_call, slot))
            self.addAction(action)


def _shown(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _call(slot: Callable[[], None], _is_checked: bool = False) -> None:  # noqa: FBT002  Qt's own call
    slot()
