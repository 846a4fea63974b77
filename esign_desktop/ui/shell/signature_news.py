"""Tells of signatures wherever the program stands: in the status bar, and by the desktop while nobody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.services.flows.timeline import FlowNews
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.widgets.tray import Tray


class SignatureNews(QObject):
    """Keeps the poller asking about open flows for as long as the program runs, within the platform's limits."""

    told = Signal(str, object)
    """A sentence, and the ``FlowId`` that it is about."""

    def __init__(
        self,
        flows: FlowService,
        poller: FlowPoller,
        tray: Tray,
        *,
        is_looked_at: Callable[[], bool],
        tells_of_files: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """``tells_of_files`` answers whether somebody else tells of a contract that is complete, with its files."""
        super().__init__(parent)
        self._tells_of_files = tells_of_files
        self._flows = flows
        self._tray = tray
        self._is_looked_at = is_looked_at
        poller.flow_changed.connect(self._on_poller_flow_changed)
        poller.follow(self)

    def _on_poller_flow_changed(self, _record: object) -> None:
        for news in self._flows.news.take():
            sentence = self._sentence(news)
            self.told.emit(sentence, news.flow_id)
            is_told = news.ended is FlowStatus.COMPLETED and self._tells_of_files()
            if not self._is_looked_at() and not is_told:
                self._tray.notify(self.tr("Signing"), sentence)

    def _sentence(self, news: FlowNews) -> str:
        title = one_line(news.title) or self.tr("Untitled")
        match news.signed, news.ended:
            case SignStatus.SIGNED, _:
                text = self.tr("{name} has signed “{title}”.")
            case SignStatus.REFUSED, _:
                text = self.tr("{name} has refused “{title}”.")
            case SignStatus.FAILED, _:
                text = self.tr("The signature of {name} on “{title}” failed.")
            case _, FlowStatus.COMPLETED:
                text = self.tr("“{title}” is signed by everybody.")
            case _, FlowStatus.EXPIRED:
                text = self.tr("“{title}” has expired.")
            case _:
                text = self.tr("“{title}” has ended: refused or failed.")
        return text.format(name=one_line(news.signer_name), title=title)
