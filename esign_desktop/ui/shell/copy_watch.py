"""Has the second folder kept up with what is done here, and tells of it when that has not worked for a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

from esign_desktop.domain.errors import StoreError
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.moments import china_time, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.copies.service import CopyStatus, SecondFolder
    from esign_desktop.ui.tasks import TaskRunner

LOOK_MS: Final = 15_000
"""How late a line of the ledger is in the folder at most, while that is there."""
PATIENCE_MS: Final = 24 * 3600 * 1000
_AT_ONCE: Final = frozenset({"copy.needs_passphrase", "copy.newer_version"})
"""What does not mend itself."""


class CopyWatch(QObject):
    """``told`` carries what a person has to know, and what to do about it; empty texts say that all is well again."""

    status_changed = Signal(object)
    """A ``CopyStatus``."""
    told = Signal(str, str)

    def __init__(
        self,
        second_folder: SecondFolder,
        tasks: TaskRunner,
        *,
        is_idle: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._second_folder = second_folder
        self._tasks = tasks
        self._is_idle = is_idle
        self._is_looking = False
        self._wants_another = False
        self._status = second_folder.status()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """Look now, and again and again as long as there is a folder."""
        if self._is_looking:
            self._wants_another = True
            return
        self._is_looking = True
        second_folder, is_idle = self._second_folder, self._is_idle()
        self._tasks.start(
            lambda: second_folder.keep_up(is_idle=is_idle), owner=self, on_done=self._on_looked, lane=Lane.COPIES
        )

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        return super().event(event)

    def _on_looked(self, status: CopyStatus) -> None:
        self._is_looking = False
        self._status = status
        self.status_changed.emit(status)
        self._tell()
        if self._wants_another:
            self._wants_another = False
            self.look()
        elif status.folder:
            self._timer.start(LOOK_MS)

    def _tell(self) -> None:
        self.told.emit(*attention(self._status, now_ms()))


def attention(status: CopyStatus, at_ms: int) -> tuple[str, str]:
    """Return what a person has to notice now, and what to do about it; empty for nothing."""
    since_ms = status.behind_since_ms
    if not status.folder or since_ms is None:
        return "", ""
    if status.code not in _AT_ONCE and at_ms - since_ms < PATIENCE_MS:
        return "", ""
    sentence = error_sentence(StoreError(status.code))
    title = QCoreApplication.translate("CopyWatch", "Copies are behind since {time}").format(time=china_time(since_ms))
    return title, f"{sentence.title} {sentence.remedy}"
