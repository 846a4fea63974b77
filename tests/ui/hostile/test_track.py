"""Track and what it opens: whatever a name, a title or a remark holds is shown to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtGui import QAction

from esign_desktop.domain.customers import customer_of_flow
from esign_desktop.domain.errors import ApiError, PdfError
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.send.qr_card import QrWindow
from esign_desktop.ui.text.flow import contract_name
from esign_desktop.ui.track.audit_dialog import AuditDialog
from esign_desktop.ui.track.auto_download import AutoDownload
from esign_desktop.ui.track.details import DetailsPane
from esign_desktop.ui.track.menu import FlowMenu
from esign_desktop.ui.track.room import TrackRoom
from esign_desktop.ui.track.signed_file import SignedFileWindow
from esign_desktop.ui.widgets.notice_bar import MessageLevel, Messages
from esign_desktop.ui.widgets.tray import notice_text
from tests.drafts import NOW_MS
from tests.ui.hostile.services import HostileServices
from tests.ui.hostile.texts import unsafe_part

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.hostile.conftest import Look


@pytest.fixture
def messages(qtbot: QtBot) -> Messages:
    one = Messages()
    qtbot.addWidget(one)
    one.resize(1000, 300)
    return one


def test_the_list_and_what_stands_beside_it(
    text: str, tasks: TaskRunner, messages: Messages, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    services = HostileServices(text)
    room = TrackRoom(cast("Any", services), tasks, messages, clock_ms=lambda: NOW_MS)
    qtbot.addWidget(room)
    room.resize(1200, 760)
    room.show()
    details = cast("DetailsPane", room.findChild(DetailsPane))
    qtbot.waitUntil(details.isVisible)
    for record in services.records:
        room.show_flow(record.flow_id)
        qtbot.waitUntil(tasks.wait_idle)
        details.show_record(record)
        look_in_both_languages(room)
    assert (room.width(), room.height()) == (1200, 760)


_MOST_COMMANDS = 14
"""More entries than these are those that delete a person's data."""


def test_the_menu_of_a_flow(
    text: str, tasks: TaskRunner, messages: Messages, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    room = TrackRoom(cast("Any", HostileServices(text)), tasks, messages, clock_ms=lambda: NOW_MS)
    qtbot.addWidget(room)
    room.show()
    qtbot.waitUntil(tasks.wait_idle)
    details, menu = cast("DetailsPane", room.findChild(DetailsPane)), cast("FlowMenu", room.findChild(FlowMenu))
    qtbot.waitUntil(details.isVisible)
    menu.aboutToShow.emit()
    assert len(menu.actions()) > _MOST_COMMANDS
    for action in room.findChildren(QAction):
        assert not unsafe_part(action.text())
    look_in_both_languages(room)


class _NoFile:
    def open_quickly(self, _path: Path) -> Any:
        raise PdfError("pdf.not_a_pdf")

    def close(self, _document_id: object) -> None:
        """Nothing is open."""


def test_a_signed_file(text: str, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot) -> None:
    path = Path("/folder") / f"{text[:80]}.pdf"
    window = SignedFileWindow(path, cast("Any", _NoFile()), cast("Any", HostileServices(text)), tasks)
    window.show()
    qtbot.waitUntil(tasks.wait_idle)
    look_in_both_languages(window)
    with qtbot.waitSignal(window.destroyed):
        window.close()
    qtbot.waitUntil(tasks.wait_idle)


def test_the_code(text: str, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot) -> None:
    services = HostileServices(text)
    poller = FlowPoller(cast("Any", services.flows), cast("Any", services.environments), tasks)
    for record in services.records:
        window = QrWindow(poller)
        window.show_flow(record, contract_name(record.title, customer_of_flow(record)))
        window.show()
        look_in_both_languages(window)
        with qtbot.waitSignal(window.destroyed):
            window.close()
    qtbot.waitUntil(tasks.wait_idle)
    poller.deleteLater()


def test_messages(text: str, messages: Messages, look_in_both_languages: Look) -> None:
    messages.show()
    messages.show_message(text, MessageLevel.WARNING, remedy=text, about=text, action=("Show", messages.hide))
    messages.show_message(ApiError("api.refused", text, err_code=1, msg=text), about=text)
    look_in_both_languages(messages)


def test_the_log(text: str, tasks: TaskRunner, messages: Messages, look_in_both_languages: Look, qtbot: QtBot) -> None:
    dialog = AuditDialog(cast("Any", HostileServices(text)), tasks, messages)
    dialog.show()
    qtbot.waitUntil(tasks.wait_idle)
    look_in_both_languages(dialog)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_what_the_tray_tells(text: str, tasks: TaskRunner, qtbot: QtBot) -> None:
    services = HostileServices(text)
    told: list[tuple[str, str]] = []

    class Tray:
        def notify(self, title: str, body: str) -> bool:
            told.append((notice_text(title), notice_text(body)))
            return True

    poller = FlowPoller(cast("Any", services.flows), cast("Any", services.environments), tasks)
    services.downloads_by_itself, services.downloads_since_ms = True, 0  # type: ignore[attr-defined]
    services.download_folder = Path("/folder")  # type: ignore[assignment]
    done = services.records[2]
    services.flows.records[done.flow_id] = services.records[2] = _without_files(done)
    fetching = AutoDownload(cast("Any", services), tasks, poller, cast("Any", Tray()))
    fetching.reload()
    qtbot.waitUntil(lambda: bool(told))
    for shown in told[0]:
        assert not unsafe_part(shown)
        # Notification services read a body as markup, and load its pictures.
        assert not set("<>&") & set(shown)
        assert len(shown) < 400
    fetching.deleteLater()
    poller.deleteLater()
    qtbot.waitUntil(tasks.wait_idle)


def _without_files(record: Any) -> Any:
    from dataclasses import replace

    return replace(record, downloaded_to=())
