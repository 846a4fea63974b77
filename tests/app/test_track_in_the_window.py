"""Track in the real window, with the rehearsal platform behind it: what a person does there happens at the platform."""

from __future__ import annotations

import urllib.error
import urllib.request
from contextlib import closing
from socket import AF_INET, SOCK_STREAM, socket
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QSpinBox, QTableView

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.ui.send.qr_card import QrWindow
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.commands import FlowCommands
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.tray import Tray
from tests.app.window import RunningWindow
from tests.services.sandbox_platform import refuse_at, sign_at

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowId, FlowRecord
    from tests.app.conftest import Start

CTRL = Qt.KeyboardModifier.ControlModifier


class Rig(RunningWindow):
    def kept(self, flow_id: FlowId) -> FlowRecord:
        return self.workspace.services.flows.get(flow_id)

    def show_in_track(self, record: FlowRecord) -> QTableView:
        """Open Track, with this flow chosen."""
        self.program.window.show_room(RoomName.TRACK)
        track = self.workspace.track
        track.show_flow(record.flow_id)
        commands = track.findChild(FlowCommands)
        assert commands is not None
        self.wait(lambda: commands.chosen is not None and commands.chosen.flow_id == record.flow_id)
        table = track.findChild(QTableView)
        assert table is not None
        table.setFocus()
        return table


@pytest.fixture
def rig(start: Start, tmp_path: Path, qtbot: QtBot) -> Rig:
    return Rig(start, tmp_path, qtbot)


def press_twice(table: QTableView, key: Qt.Key, modifier: Qt.KeyboardModifier, rig: Rig) -> None:
    QTest.keyClick(table, key, modifier)
    # A double press is no confirmation: the second one counts after a moment.
    rig.qtbot.wait(700)
    QTest.keyClick(table, key, modifier)


def test_a_contract_that_waits_lies_on_the_desk_again_and_is_revoked_when_its_correction_is_sent(rig: Rig) -> None:
    record = rig.send("张三", "李四")
    table = rig.show_in_track(record)

    QTest.keyClick(table, Qt.Key.Key_R, CTRL)

    session = rig.workspace.session
    rig.wait(lambda: not session.draft.is_empty and rig.program.window.room is RoomName.PREPARE)
    assert session.draft.title == record.title
    assert [signer.person.name for signer in session.draft.signers if isinstance(signer, PersonSigner)] == [
        "张三",
        "李四",
    ]
    assert len(session.draft.placements) == 3
    # The platform itself says so, and not only this computer.
    services = rig.workspace.services
    assert services.flows.refresh(record.flow_id).status is FlowStatus.SIGNING
    rows = rig.program.window.messages.rows
    assert any("is open for editing again" in row.title and "stays valid" in row.remedy for row in rows)

    rig.wait(rig.workspace.prepare.problems_bar.isVisible)
    rig.program.window.actions_by_name[ActionName.SEND].trigger()
    rig.wait(lambda: bool(rig.workspace.prepare.findChildren(ReviewSheet)))
    sheet = rig.workspace.prepare.findChildren(ReviewSheet)[-1]
    rig.wait(lambda: any("revoked first" in label.text() for label in sheet.findChildren(QLabel)))
    send = next(button for button in sheet.findChildren(QPushButton) if button.text().startswith("Send now"))
    rig.wait(send.isEnabled)
    QTest.mouseClick(send, Qt.MouseButton.LeftButton)
    rig.wait(lambda: not rig.workspace.is_sending and session.draft.is_empty)
    assert services.flows.get(record.flow_id).status is FlowStatus.REVOKED
    (open_flow,) = [one for one in services.flows.list() if not one.status.is_final]
    assert services.flows.refresh(open_flow.flow_id).status is FlowStatus.SIGNING


@pytest.mark.nightly
def test_what_was_refused_is_taken_up_where_the_one_who_refused_is_reached(rig: Rig) -> None:
    record = rig.send("张三", "李四")
    refuse_at(record.signers[0].urls[0], "手机号不对")
    record = rig.workspace.services.flows.refresh(record.flow_id)
    assert record.status.is_final
    table = rig.show_in_track(record)

    QTest.keyClick(table, Qt.Key.Key_R, CTRL)

    rig.wait(lambda: not rig.workspace.session.draft.is_empty)
    rig.wait(lambda: isinstance(rig.program.window.focusWidget(), QLineEdit))
    field = rig.program.window.focusWidget()
    assert field is not None
    labels = [label for label in rig.program.window.findChildren(QLabel) if label.buddy() is field]
    assert [label.text().replace("&", "") for label in labels] == ["Mobile"]
    form = field.parentWidget()
    assert form is not None
    assert "张三" in [edit.text() for edit in form.findChildren(QLineEdit) if edit.isVisible()]
    remedies = [row.remedy for row in rig.program.window.messages.rows]
    assert any("手机号不对" in remedy for remedy in remedies)


@pytest.mark.nightly
def test_a_corrected_contract_is_a_new_one_with_a_flow_of_its_own(rig: Rig) -> None:
    record = rig.send("张三")
    table = rig.show_in_track(record)
    press_twice(table, Qt.Key.Key_R, CTRL, rig)
    session = rig.workspace.session
    rig.wait(lambda: not session.draft.is_empty)
    services = rig.workspace.services
    outcome = services.submission.run(services.submission.queue(session.draft, services.environments.current()))
    assert outcome.flow_id is not None
    assert outcome.flow_id != record.flow_id
    assert services.flows.refresh(outcome.flow_id).status is FlowStatus.SIGNING
    assert services.flows.refresh(record.flow_id).status is FlowStatus.REVOKED


def test_signed_files_come_by_themselves_once_the_box_is_ticked(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []

    def notify(_tray: Tray, title: str, text: str) -> bool:
        told.append((title, text))
        return True

    monkeypatch.setattr(Tray, "notify", notify)
    target = rig.folder / "signed"
    rig.workspace.services.preferences.set_download_folder(target)
    before = rig.send("赵六")
    sign_at(before.signers[0].urls[0])
    general = rig.workspace.settings.general
    rig.program.window.show_room(RoomName.SETTINGS)
    (box,) = [one for one in general.findChildren(QCheckBox) if "Download signed files" in one.text().replace("&", "")]
    rig.wait(lambda: box.isVisible() and box.isEnabled())
    tick(box)
    rig.wait(lambda: rig.workspace.background.auto_download.is_on)

    record = rig.send("张三")
    QTest.keyClick(rig.show_in_track(record), Qt.Key.Key_Q)
    sign_at(record.signers[0].urls[0])

    rig.wait(lambda: bool(rig.kept(record.flow_id).downloaded_to))
    # The earlier contract's signature may be heard of as late as this one's.
    rig.wait(lambda: any(record.title in text for _, text in told))
    codes = rig.program.window.findChild(QrWindow)
    assert codes is not None
    with rig.qtbot.waitSignal(codes.destroyed):
        codes.close()
    files = sorted(path.relative_to(target).as_posix() for path in target.rglob("*.pdf"))
    assert any(name.startswith("张三/") for name in files)
    assert {title for title, _ in told} == {"Completed"}
    # And no more of them once it is not wanted any longer.
    rig.program.window.show_room(RoomName.SETTINGS)
    tick(box)
    rig.wait(lambda: not rig.workspace.background.auto_download.is_on)


def tick(box: QCheckBox) -> None:
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))


@pytest.mark.nightly
@pytest.mark.qt_log_ignore(r"does not support raise", extend=True)
def test_a_press_on_the_notification_leads_to_track(rig: Rig) -> None:
    assert rig.workspace.background.auto_download is not None
    tray = rig.workspace.findChild(Tray)
    assert tray is not None
    rig.program.window.show_room(RoomName.SETTINGS)
    rig.program.window.showMinimized()
    tray.activated.emit()
    rig.wait(lambda: rig.program.window.room is RoomName.TRACK)
    assert not rig.program.window.isMinimized()


def free_port() -> int:
    with closing(socket(AF_INET, SOCK_STREAM)) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answer(port: int) -> int | None:
    """Return the status of the answer to a notice that nobody signed; None where nobody listens."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", b"{}", method="POST")
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def test_notices_are_received_on_the_port_that_is_set_and_only_as_long_as_wanted(rig: Rig) -> None:
    first, second = free_port(), free_port()
    costs = rig.workspace.settings.costs
    rig.program.window.show_room(RoomName.SETTINGS)
    rig.workspace.settings.show_part(costs)
    (box,) = [one for one in costs.findChildren(QCheckBox) if "notifications" in one.text()]
    (spin,) = [one for one in costs.findChildren(QSpinBox) if one.maximum() == 65535]
    rig.wait(lambda: box.isVisible() and box.isEnabled())
    assert answer(first) is None
    spin.setValue(first)
    tick(box)
    rig.wait(lambda: answer(first) is not None and spin.isEnabled() and box.isChecked())
    status = answer(first)
    assert status is not None
    assert 400 <= status < 500
    spin.setValue(second)
    rig.wait(lambda: answer(second) is not None)
    assert answer(first) is None
    tick(box)
    rig.wait(lambda: answer(second) is None)


@pytest.mark.nightly
def test_several_are_downloaded_at_once_and_the_progress_stands_beside_them(rig: Rig) -> None:
    target = rig.folder / "signed"
    rig.workspace.services.preferences.set_download_folder(target)
    records = [rig.send(name) for name in ("张三", "李四", "王五")]
    for record in records:
        sign_at(record.signers[0].urls[0])
        rig.workspace.services.flows.refresh(record.flow_id)
    table = rig.show_in_track(records[0])
    said: list[str] = []
    actions = rig.workspace.track.findChild(FlowCommands)
    assert actions is not None
    actions.busy_changed.connect(lambda text, _can_stop: said.append(text))
    QTest.keyClick(table, Qt.Key.Key_A, CTRL)
    QTest.keyClick(table, Qt.Key.Key_D)
    rig.wait(lambda: all(rig.kept(record.flow_id).downloaded_to for record in records))
    rig.wait(lambda: "3 files downloaded." in [row.title for row in rig.program.window.messages.rows])
    assert any(text.startswith("Contract 2 of 3 — Downloading") for text in said)
    assert said[-1] == ""
    people = sorted(path.name for path in target.iterdir())
    assert people == sorted(["张三", "李四", "王五"])
    for record in records:
        (path,) = rig.kept(record.flow_id).downloaded_to
        assert path.startswith(str(target))
