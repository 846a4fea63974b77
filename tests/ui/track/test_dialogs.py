from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableWidget,
)

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.cost import TIERS
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.services.audit import AuditLog
from esign_desktop.services.flows.quota import QuotaService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.track.audit_dialog import AuditDialog
from esign_desktop.ui.track.quota_dialog import QuotaDialog
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.notice_bar import Messages
from esign_desktop.ui.widgets.tables import TONE_ROLE
from esign_desktop.ui.widgets.theme import apply_theme
from tests.drafts import NOW_MS
from tests.pictures.legibility import faint
from tests.ui.flow_samples import FakeEnvironments, make_flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

LEFT = Qt.MouseButton.LeftButton


class _Preferences:
    tier = TIERS[0]


class Desk:
    def __init__(self, database: Database) -> None:
        self.environments = FakeEnvironments()
        self.preferences = _Preferences()
        self.flows = Flows(database)
        self.audit = Audit(database, who="clerk", clock_ms=lambda: NOW_MS)
        self.audit_log = AuditLog(self.audit)
        self.quota = QuotaService(self.flows, Settings(database), clock_ms=lambda: NOW_MS)


@pytest.fixture
def desk(tmp_path: Path, speak: Callable[[str], None]) -> Iterator[Desk]:
    speak("en")
    paths = AppPaths.at(tmp_path / "desk")
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    yield Desk(database)
    database.close()


@pytest.fixture
def messages(qtbot: QtBot) -> Messages:
    messages = Messages()
    qtbot.addWidget(messages)
    return messages


def texts(dialog: Any) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in dialog.findChildren(PlainLabel) if label.isVisible())


def test_what_is_left_is_counted_from_what_the_clerk_entered(
    desk: Desk, tasks: TaskRunner, messages: Messages, qtbot: QtBot
) -> None:
    desk.flows.add(make_flow(name="before", sent_at_ms=NOW_MS - 1, contract_count=3))
    dialog = QuotaDialog(cast("Any", desk), tasks, messages)
    dialog.show()
    qtbot.waitUntil(lambda: "Reserved 3 (¥15.00) · used 0 (¥0.00) · released 0" in texts(dialog))
    assert "Enter the number that the platform shows" in texts(dialog)
    assert "This is an estimate by this computer" in texts(dialog)
    total, remaining = dialog.findChildren(QSpinBox)[:2]
    total.setValue(2000)
    remaining.setValue(150)
    qtbot.mouseClick(next(one for one in dialog.findChildren(QPushButton) if "Count" in one.text()), LEFT)
    qtbot.waitUntil(lambda: "About 150 of 2,000 left" in texts(dialog))
    bar = cast("QProgressBar", dialog.findChild(QProgressBar))
    assert (bar.isVisible(), bar.value(), bar.maximum()) == (True, 150, 2000)
    assert "A tenth of your plan or less is left." in texts(dialog)
    entry = desk.quota.entry(EnvironmentKind.TEST)
    assert entry is not None
    assert entry.remaining_count == 150
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_the_log_is_shown_and_exported(
    desk: Desk, tasks: TaskRunner, messages: Messages, qtbot: QtBot, tmp_path: Path
) -> None:
    desk.audit.note(AuditAction.SENT, environment=EnvironmentKind.TEST, title="<img src=x>借款\u202e")
    dialog = AuditDialog(cast("Any", desk), tasks, messages)
    dialog.show()
    table = cast("QTableWidget", dialog.findChild(QTableWidget))
    qtbot.waitUntil(lambda: table.rowCount() == 1)
    row = [cast("Any", table.item(0, column)).text() for column in range(6)]
    assert row == ["2027-01-15 16:00", "clerk", "sent", "<img src=x>借款", "Test", "done"]
    qtbot.mouseClick(cast("QPushButton", dialog.findChild(QPushButton)), LEFT)
    files = cast("QFileDialog", dialog.findChild(QFileDialog))
    files.fileSelected.emit(str(tmp_path / "log.csv"))
    files.close()
    qtbot.waitUntil(lambda: bool(messages.rows))
    assert messages.rows[0].title == "1 line exported."
    qtbot.waitUntil(lambda: table.rowCount() == 2)
    written = (tmp_path / "log.csv").read_text("utf-8-sig").splitlines()
    assert written[0] == "When,User,Action,Environment,Contract,Flow number,Outcome,Checksum"
    assert "The log is complete" in written[-1]
    qtbot.waitUntil(lambda: "The log is complete" in texts(dialog))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_what_failed_is_said_in_words(
    desk: Desk, tasks: TaskRunner, messages: Messages, qtbot: QtBot, qapp: QApplication
) -> None:
    desk.audit.note(AuditAction.REVOKED, environment=EnvironmentKind.TEST, title="借款", outcome="api.timeout")
    desk.audit.note(AuditAction.PIN_WRONG, outcome="pin.wrong")
    dialog = AuditDialog(cast("Any", desk), tasks, messages)
    dialog.show()
    table = cast("QTableWidget", dialog.findChild(QTableWidget))
    qtbot.waitUntil(lambda: table.rowCount() == 2)
    wrong, failed = (cast("Any", table.item(row, 5)) for row in range(2))
    assert wrong.text() == "wrong PIN"
    assert failed.text() == error_sentence(AppError("api.timeout")).title
    assert "api.timeout" not in failed.text()
    assert "api.timeout" in failed.toolTip()
    assert failed.data(TONE_ROLE) == "danger"
    table.selectRow(1)
    try:
        apply_theme(qapp, "dark")
        assert faint(dialog) == [], "the red is that of the theme, also of one that is chosen meanwhile"
    finally:
        apply_theme(qapp, "light")
        qapp.setStyleSheet("")
    field = cast("QLineEdit", dialog.findChild(QLineEdit))
    qtbot.keyClicks(field, "WRONG pin")
    assert [table.isRowHidden(row) for row in range(2)] == [False, True]
    field.clear()
    assert not any(table.isRowHidden(row) for row in range(2))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_a_log_that_was_edited_says_so_and_so_does_its_export_in_chinese(
    desk: Desk, tasks: TaskRunner, messages: Messages, qtbot: QtBot, tmp_path: Path, speak: Callable[[str], None]
) -> None:
    for _ in range(3):
        desk.audit.note(AuditAction.SENT, environment=EnvironmentKind.TEST, title="借款")
    with closing(sqlite3.connect(tmp_path / "desk" / "data" / "esign.db")) as connection, connection:
        connection.execute("DROP TRIGGER audit_keeps")
        connection.execute("UPDATE audit SET who = 'nobody' WHERE seq = 2")
    speak("zh_CN")
    dialog = AuditDialog(cast("Any", desk), tasks, messages)
    dialog.show()
    qtbot.waitUntil(lambda: "第 2 条记录与写入时不一致" in texts(dialog))
    qtbot.mouseClick(cast("QPushButton", dialog.findChild(QPushButton)), LEFT)
    files = cast("QFileDialog", dialog.findChild(QFileDialog))
    files.fileSelected.emit(str(tmp_path / "log.csv"))
    files.close()
    qtbot.waitUntil(lambda: bool(messages.rows))
    written = (tmp_path / "log.csv").read_text("utf-8-sig").splitlines()
    assert written[0] == "时间,用户,操作,环境,合同,流程编号,结果,校验码"
    assert "第 2 条记录与写入时不一致" in written[-1]
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_a_log_that_cannot_be_written_is_told(
    desk: Desk, tasks: TaskRunner, messages: Messages, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = AuditDialog(cast("Any", desk), tasks, messages)
    dialog.show()
    qtbot.mouseClick(cast("QPushButton", dialog.findChild(QPushButton)), LEFT)
    files = cast("QFileDialog", dialog.findChild(QFileDialog))
    files.fileSelected.emit(str(tmp_path))
    files.close()
    qtbot.waitUntil(lambda: bool(messages.rows))
    assert StoreError.__name__ not in messages.rows[0].title
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
