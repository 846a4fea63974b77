"""The second folder as a person names it, sees it fall behind, and brings another computer's copies back."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.services.backup.service import BackupStatus
from esign_desktop.store.backup.second_folder import FOLDER
from esign_desktop.ui.settings.backup import BackupForm
from esign_desktop.ui.shell.background import PATIENCE_MS, BackupWatch, attention
from esign_desktop.ui.shell.status import StatusLine
from tests.services.desk import Desk, make_contract
from tests.services.second_computer import PASSPHRASE, Keyring, copy_now, second_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QLineEdit
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

NOWHERE = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p")
LONG_MS = 20_000


class Office:
    """The form and the watch over a real desk and a real folder."""

    def __init__(self, root: Path, tasks: TaskRunner, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.desk = Desk(root / "desk", NOWHERE)
        self.share = root / "share"
        self.share.mkdir()
        self.second_folder = second_folder(self.desk, Keyring(), silence_s=2.0)
        self.form = BackupForm(self.second_folder, tasks)
        qtbot.addWidget(self.form)
        self.watch = BackupWatch(self.second_folder, tasks, is_idle=lambda: True, parent=self.form)
        self.form.changed.connect(self.watch.look)
        self.watch.status_changed.connect(self.form.show_status)
        self.form.show()

    def write(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.clear()
        self._qtbot.keyClicks(field, text)

    def press(self, button: QPushButton) -> None:
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def name(self, passphrase: str = PASSPHRASE, again: str = "") -> None:
        self.form.set_folder(self.share)
        self.write(self.form.passphrase, passphrase)
        self.write(self.form.again, again or passphrase)
        self.press(self.form.use)

    def wait(self, is_so: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_so, timeout=LONG_MS)

    def close(self) -> None:
        self.second_folder.close()
        self.desk.close()


@pytest.fixture
def office(tmp_path: Path, tasks: TaskRunner, qtbot: QtBot, speak: Callable[[str], None]) -> Iterator[Office]:
    speak("en")
    found = Office(tmp_path, tasks, qtbot)
    yield found
    tasks.wait_idle()
    found.close()


def test_a_folder_is_named_and_everything_goes_there(office: Office) -> None:
    assert "only on this computer" in office.form.path.text()
    assert not office.form.stop.isVisible()
    office.name()
    office.wait(lambda: "All contracts are backed up" in office.form.state_text)

    assert "MB" in office.form.state_text
    assert office.form.passphrase.text() == ""
    assert len(list((office.share / FOLDER).iterdir())) == 1
    office.press(office.form.stop)
    office.wait(lambda: "Backup stopped" in office.form.status_text)
    assert office.form.state_text == ""


def test_passphrases_that_differ_or_are_short_change_nothing(office: Office) -> None:
    office.name(PASSPHRASE, "something else")
    assert "don't match" in office.form.status_text
    office.name("short")
    office.wait(lambda: "too short" in office.form.status_text)
    assert not office.second_folder.is_named


def test_a_folder_that_is_away_is_said_and_the_copy_goes_on_when_it_is_back(office: Office) -> None:
    office.name()
    office.wait(lambda: "All contracts" in office.form.state_text)
    away = office.share.rename(office.share.with_name("away"))
    office.desk.stores.ledger.append("flow", {"flow_id": "f"})
    office.press(office.form.now)
    office.wait(lambda: "can't be found" in office.form.state_text)
    assert "Not backed up since" in office.form.state_text
    away.rename(office.share)
    office.press(office.form.now)
    office.wait(lambda: "All contracts" in office.form.state_text)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
def test_a_share_that_hangs_never_holds_up_the_window(office: Office) -> None:
    office.name()
    office.wait(lambda: "All contracts" in office.form.state_text)
    (folder,) = (office.share / FOLDER).iterdir()
    (folder / "computer.json").unlink()
    os.mkfifo(folder / "computer.json")
    office.desk.stores.ledger.append("flow", {"flow_id": "f"})
    ticks: list[float] = []
    timer = QTimer(office.form, interval=10)
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start()
    office.press(office.form.now)
    office.wait(lambda: "isn't responding" in office.form.state_text)
    timer.stop()

    assert max(later - earlier for earlier, later in itertools.pairwise(ticks)) < 1.0
    assert ticks[-1] - ticks[0] > 1.5


def test_another_computers_copies_come_back(office: Office, tmp_path: Path) -> None:
    old = Desk(tmp_path / "old", NOWHERE)
    draft = make_contract(tmp_path / "files")
    old.stores.drafts.save(draft, saved_at_ms=1)
    copy_now(old, tmp_path / "other share")
    old.close()
    assert not office.form.restore.isVisible()
    office.form.set_source(tmp_path / "other share")
    office.wait(office.form.restore.isVisible)
    assert "desk one" in office.form.computer.currentText()
    office.write(office.form.old_passphrase, "made-up words")
    office.press(office.form.restore)
    office.wait(lambda: "doesn't match this backup" in office.form.restored)
    office.write(office.form.old_passphrase, PASSPHRASE)
    office.press(office.form.restore)
    office.wait(lambda: "Restored from desk one" in office.form.restored)

    assert "drafts: 1" in office.form.restored
    assert "Restart the program" in office.form.restored
    assert [one.id for one in office.desk.stores.drafts.list()] == [draft.id]


def test_a_folder_without_copies_is_said(office: Office, tmp_path: Path) -> None:
    office.form.set_source(tmp_path / "share")
    office.wait(lambda: "no backup" in office.form.restored)
    assert not office.form.restore.isVisible()


def test_a_person_notices_after_a_day_and_at_once_what_does_not_mend_itself(speak: Callable[[str], None]) -> None:
    speak("en")
    behind = BackupStatus("/share", code="copy.missing", behind_since_ms=1_767_600_000_000)
    since_ms = behind.behind_since_ms or 0

    assert attention(behind, since_ms + PATIENCE_MS - 1) == ("", "")
    title, remedy = attention(behind, since_ms + PATIENCE_MS)
    assert "Not backed up since 2026-01-05 16:00" in title
    assert "can't be found" in remedy
    assert attention(replace(behind, code="copy.needs_passphrase"), since_ms)[0]
    assert attention(replace(behind, folder=""), since_ms + PATIENCE_MS) == ("", "")


def test_the_status_bar_leads_to_the_settings(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.resize(1000, 28)
    line.show()
    line.show_copies("Copies & more are behind", "Plug it in.")
    (button,) = [one for one in line.findChildren(QPushButton) if "Copies" in one.text()]
    with qtbot.waitSignal(line.copies_clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    line.show_copies("", "")
    assert not button.isVisible()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_all_that_can_be_said_is_said_in_both_languages(
    office: Office, speak: Callable[[str], None], language: str
) -> None:
    speak(language)
    office.form.show_status(
        BackupStatus(
            "/share",
            code="copy.two_computers",
            behind_since_ms=1,
            copied_at_ms=2,
            daily_at_ms=3,
            left_out_count=4,
            is_forgetting_due=True,
            was_parted=True,
            is_key_kept=False,
        )
    )
    assert office.form.state_text.count("\n") >= 4
