"""Reads the text beside fixed seals in the background, so that the seals can follow it in a new version of the file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.services.editing.anchors import read_anchors
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.placing.anchors import WordAnchor
    from esign_desktop.domain.placing.placement import PlacementId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
    from esign_desktop.ui.tasks import TaskRunner


class AnchorReader(QObject):
    """Reads the missing anchors of the contract's seals after each change, with one request at a time.

    Seals in documents that are not open are skipped.
    """

    def __init__(
        self,
        session: ContractSession,
        documents: DocumentService,
        changes: DebouncedChanges,
        tasks: TaskRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._documents = documents
        self._tasks = tasks
        self._is_reading = False
        self._failed: set[CoordinatePlacement] = set()
        """The seals whose text could not be read. They are not tried again at the same position."""
        changes.changed.connect(self._on_changed)

    def _on_changed(self, _change: Change) -> None:
        self._read_next()

    def _read_next(self) -> None:
        if self._is_reading:
            return
        unread = tuple(
            placement
            for placement in self._session.draft.placements
            if isinstance(placement, CoordinatePlacement)
            and placement.needs_anchor
            and placement not in self._failed
            and self._documents.is_open(placement.document_id)
        )
        if not unread:
            return
        self._is_reading = True
        self._tasks.start(
            partial(read_anchors, self._documents, unread),
            owner=self,
            on_done=self._on_read,
            on_error=partial(self._on_failed, unread),
            lane=Lane.SEARCH,
        )

    def _on_read(self, anchors: Mapping[PlacementId, WordAnchor]) -> None:
        self._is_reading = False
        self._session.learn_anchors(anchors)
        self._read_next()

    def _on_failed(self, unread: tuple[CoordinatePlacement, ...], _error: AppError) -> None:
        self._is_reading = False
        self._failed.update(unread)
