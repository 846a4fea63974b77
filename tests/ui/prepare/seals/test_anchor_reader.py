"""The words beside a seal are read once where they cannot be read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.ui.prepare.seals.anchor_reader import AnchorReader
from tests.drafts import make_draft, make_seal

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner


class Changes(QObject):
    changed = Signal(object)


def settle(qtbot: QtBot, tasks: TaskRunner) -> None:
    """Wait until the answer has come."""
    assert tasks.wait_idle()
    qtbot.wait(20)


def test_a_page_that_cannot_be_read_is_read_again_only_after_its_seal_was_moved(
    qtbot: QtBot, tasks: TaskRunner
) -> None:
    asked: list[object] = []

    def fail(*page: object) -> NoReturn:
        asked.append(page)
        raise PdfError("pdf.damaged")

    seal = make_seal()
    session: Any = SimpleNamespace(draft=make_draft(placements=(seal,)), learn_anchors=lambda _anchors: None)
    documents: Any = SimpleNamespace(is_open=lambda _id: True, labels=fail)
    changes: Any = Changes()
    AnchorReader(session, documents, changes, tasks, changes)
    for _ in range(2):
        changes.changed.emit(None)
        settle(qtbot, tasks)
    assert len(asked) == 1
    session.draft = make_draft(placements=(make_seal(center=PagePoint(99.0, 99.0)),))
    changes.changed.emit(None)
    settle(qtbot, tasks)
    assert len(asked) == 2
