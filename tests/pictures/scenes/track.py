"""Track: a week of contracts, and fifty thousand of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from esign_desktop.app.self_test import driver
from esign_desktop.domain.flow import FlowId
from esign_desktop.services.flows.rows import FlowFilter
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.audit_dialog import AuditDialog
from esign_desktop.ui.track.list import FilterBar
from esign_desktop.ui.track.quota_dialog import QuotaDialog
from esign_desktop.ui.track.table import FlowTable
from tests.pictures.fixed_world import DAY_MS, NOW_MS
from tests.pictures.flows import FLOW_COUNT, KIND, add_many, add_week
from tests.pictures.office import Office, office

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database
    from tests.pictures.studio import Studio


def play(studio: Studio) -> None:
    """Look the contracts through."""
    with office(studio, "track-empty") as here:
        here.window.show_room(RoomName.TRACK)
        driver.rest(300)
        studio.take("track-empty", here.window)
    with office(studio, "track", before=_week_in_test) as here:
        _list(studio, here)
        _dialogs(studio, here)
    with office(studio, "track-many", before=add_many) as here:
        _many(studio, here)


def _week_in_test(database: Database) -> None:
    add_week(database)


def _list(studio: Studio, here: Office) -> None:
    window = here.window
    window.show_room(RoomName.TRACK)
    driver.rest(500)
    room = here.workspace.track
    studio.take("track-list", window)
    kinds = driver.the(room, FilterBar)
    for kind in (FlowFilter.WAITING_FOR_ME, FlowFilter.FINISHED):
        kinds.choose(kind)
        driver.rest(300)
        studio.take(f"track-{kind.value.replace('_', '-')}", window)
    kinds.choose(FlowFilter.ALL)
    search = next(one for one in room.findChildren(QLineEdit) if one.isVisible())
    for name, phrase in (("due-today", "Due today"), ("unknown-outcome", "Unknown status")):
        search.setText(driver.words("FlowList", phrase))
        driver.rest(500)
        studio.take(f"track-{name}", window)
    driver.write(search, "")
    driver.rest(300)
    for number, name in ((5, "refused"), (9, "timeline"), (6, "downloaded"), (11, "failed"), (3, "to-be-confirmed")):
        room.show_flow(FlowId(f"flow-{number:02}"))
        driver.rest(400)
        studio.take(f"track-{name}", window)
    driver.write(search, "没有这份合同")
    driver.rest(500)
    studio.take("track-no-match", window)
    driver.write(search, "")
    driver.rest(300)


def _dialogs(studio: Studio, here: Office) -> None:
    services, tasks, messages = here.services, here.program.tasks, here.window.messages
    quota = services.quota
    assert quota is not None

    def enter() -> None:
        services.environments.choose(KIND)
        quota.enter(KIND, total_count=5_000, remaining_count=480, valid_until_ms=NOW_MS + 24 * DAY_MS)

    driver.elsewhere(enter)
    for name, dialog in (
        ("track-quota", QuotaDialog(services, tasks, messages, here.window)),
        ("track-audit", AuditDialog(services, tasks, messages, here.window)),
    ):
        dialog.show()
        driver.rest(400)
        studio.take(name, dialog)
        dialog.close()


def _many(studio: Studio, here: Office) -> None:
    window = here.window
    window.show_room(RoomName.TRACK)
    room = here.workspace.track
    table = driver.the(room, FlowTable)
    driver.wait_until("all are listed", lambda: table.model().rowCount() == FLOW_COUNT)
    driver.rest(500)
    studio.take("track-50000", window)
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    driver.rest(500)
    studio.take("track-50000-end", window)
    search = next(one for one in room.findChildren(QLineEdit) if one.isVisible())
    driver.write(search, "0123")
    driver.wait_until("they are found", lambda: table.model().rowCount() < FLOW_COUNT)
    driver.rest(500)
    studio.take("track-50000-search", window)
