"""A package that runs out is warned of in whatever room, and at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSpinBox

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.ui.track.quota_dialog import QuotaDialog
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.app.test_counter_window import open_counter

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from tests.app.conftest import Start

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 10_000


def warning_of(program: Program) -> QPushButton | None:
    buttons = program.window.status_line.findChildren(QPushButton)
    found = [one for one in buttons if one.isVisible() and ("left" in one.text() or "Package" in one.text())]
    return found[0] if found else None


def enter(program: Program, dialog: QuotaDialog, remaining: int, qtbot: QtBot) -> None:
    # What is kept is filled in once it is read, over what was typed before.
    labels = dialog.findChildren(PlainLabel)
    qtbot.waitUntil(lambda: any(one.text() == "Rehearsal" for one in labels), timeout=WAIT_MS)
    for box, number in zip(dialog.findChildren(QSpinBox)[:2], (100, remaining), strict=True):
        box.setValue(number)
    save = next(one for one in dialog.findChildren(QPushButton) if "Count" in one.text())
    assert program.workspace is not None
    quota = program.workspace.services.quota
    qtbot.mouseClick(save, LEFT)

    def is_kept() -> bool:
        entry = quota.entry(EnvironmentKind.SANDBOX)
        return entry is not None and entry.remaining_count == remaining

    qtbot.waitUntil(is_kept, timeout=WAIT_MS)


def test_what_is_left_is_told_in_the_status_bar_and_at_the_counter(start: Start, qtbot: QtBot) -> None:
    program = start(with_sandbox=True)
    workspace = program.workspace
    assert workspace is not None
    assert warning_of(program) is None
    workspace.show_quota()
    dialog = cast("QuotaDialog", program.window.findChild(QuotaDialog))
    enter(program, dialog, 8, qtbot)
    qtbot.waitUntil(lambda: warning_of(program) is not None, timeout=WAIT_MS)
    button = warning_of(program)
    assert button is not None
    assert button.text() == "About 8 of 100 contracts left"
    assert "A tenth of your plan" in button.accessibleName()
    dialog.close()

    # The warning leads to where it can be renewed.
    qtbot.mouseClick(button, LEFT)
    dialog = program.window.findChildren(QuotaDialog)[-1]
    assert dialog.isVisible()
    enter(program, dialog, 0, qtbot)
    qtbot.waitUntil(lambda: button.text() == "Plan used up", timeout=WAIT_MS)
    dialog.close()

    counter = open_counter(program, qtbot).window
    assert counter is not None
    texts = [one.text() for one in counter.findChildren(PlainLabel) if one.isVisible()]
    assert "Your plan is used up. The platform will reject contracts." in texts
    workspace.services.quota.enter(EnvironmentKind.SANDBOX, total_count=100, remaining_count=90, valid_until_ms=None)
    workspace.quota.look()
    qtbot.waitUntil(lambda: workspace.quota.account is None, timeout=WAIT_MS)
    assert not [one for one in counter.findChildren(PlainLabel) if one.isVisible() and "package" in one.text()]
