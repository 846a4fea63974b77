"""What a policy says, seen in the windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from tests.services.counter_desk import CounterDesk
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QLineEdit
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.ui.counter.window import CounterWindow
    from tests.app.conftest import Start

WAIT_MS = 15_000


def counter_window(program: Program, qtbot: QtBot) -> CounterWindow:
    workspace = program.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: workspace.is_counter_open, timeout=WAIT_MS)
    window = workspace.counter.window
    assert window is not None
    qtbot.waitUntil(window.isVisible, timeout=WAIT_MS)
    return window


def test_what_a_policy_sets_is_shown_and_cannot_be_changed(start: Start, qtbot: QtBot) -> None:
    program = start(
        policy={
            "environment": "production",
            "address": "https://sign.bank.example/rest",
            "project": "of-the-bank",
            "language": "en",
            "price": {"yuan": 18_000, "contracts": 4_000},
            "folders": {"downloads": "/srv/signed", "layout": "month"},
            "title": "{customer}",
        }
    )
    workspace = program.workspace
    assert workspace is not None
    room = workspace.settings
    with qtbot.waitSignal(room.kept_shown, timeout=WAIT_MS):
        program.window.show_room(RoomName.SETTINGS)
    form = room.form
    assert (form.values.kind, form.values.base_url, form.values.project_id) == (
        *(EnvironmentKind.PRODUCTION, "https://sign.bank.example/rest"),
        "of-the-bank",
    )
    assert not form.address.isEnabled()
    assert not form.project.isEnabled()
    assert form.proxy.isEnabled()
    general = room.general
    fields = (general.language, room.costs.tier, room.costs.own_price, general.folder, general.layout_of_files)
    for field in (*fields, general.title_rule):
        assert not field.isEnabled()
        assert field.toolTip() == "Set by your organization"
    assert general.theme.isEnabled()
    assert general.folder.text == "/srv/signed"
    assert general.title_rule.text() == "{customer}"
    assert general.layout_of_files.currentText().startswith("One folder for each month, such as 20")
    assert "4.50" in room.costs.own_price.text
    room.show_kind(EnvironmentKind.TEST)
    assert form.address.text()
    assert not form.use.isEnabled()
    assert workspace.services.environments.current().kind is EnvironmentKind.PRODUCTION


def test_rooms_that_are_left_out_are_nowhere(start: Start) -> None:
    program = start(policy={"rooms": ["prepare", "track"]})
    window = program.window
    actions = window.actions_by_name
    for name in (ActionName.BULK, ActionName.CONTACTS, ActionName.SETTINGS, ActionName.COUNTER):
        assert not actions[name].isVisible()
        assert not actions[name].isEnabled()
    # A preset can be saved in Prepare, so the list of the presets can be reached, too.
    for name in (ActionName.TRACK, ActionName.SAVE_PRESET, ActionName.PRESETS):
        assert actions[name].isVisible()
    window.show_room(RoomName.BULK)
    assert window.room is RoomName.PREPARE
    assert program.workspace is not None
    program.workspace.services.presets.has_any = True
    program.workspace.bulk_changed.emit()
    assert not window.is_bulk_shown
    assert not actions[ActionName.BULK].isVisible()
    program.workspace.open_counter()
    assert not program.workspace.is_counter_open


def test_a_counter_alone_is_the_only_window_from_the_first_moment_and_ends_the_program(
    start: Start, qtbot: QtBot
) -> None:
    program = start(policy={"counter_only": True}, wait=False)
    was_seen: list[bool] = []
    while program.workspace is None or not program.workspace.is_counter_open:
        was_seen.append(program.window.isVisible())
        qtbot.wait(5)
    assert not any(was_seen)
    counter = counter_window(program, qtbot)
    with qtbot.waitSignal(program.window.closed, timeout=WAIT_MS):
        counter.close()
    assert not program.window.isVisible()


def test_a_folder_of_presets_that_was_never_there_is_told_at_the_counter(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    program = start(policy={"counter_only": True, "folders": {"presets": str(tmp_path / "not mounted")}})
    counter = counter_window(program, qtbot)
    qtbot.waitUntil(lambda: "preset folder" in counter.message, timeout=WAIT_MS)


def test_a_counter_alone_has_the_keys_of_the_policy_and_offers_a_paused_send_again(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    elsewhere = CounterDesk(tmp_path / "elsewhere", Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    elsewhere.presets.export(elsewhere.make_preset(tmp_path / "form", name="借款").id, shared / "loan.esignpreset")
    elsewhere.close()
    policy: dict[str, object] = {
        "environment": "sandbox",
        "counter_only": True,
        "folders": {"presets": str(shared)},
        "keys": {"F3": "loan.esignpreset"},
    }
    program, counter = start_with_rehearsal(start, qtbot, policy)
    qtbot.waitUntil(lambda: "借款" in str(counter.preset_keys.texts), timeout=WAIT_MS)
    qtbot.keyClick(counter, Qt.Key.Key_F3)
    controller = counter.findChild(CounterController)
    assert controller is not None
    # The window hears of it later than the service knows of it.
    qtbot.waitUntil(lambda: controller.view.state is CounterState.READY, timeout=WAIT_MS)
    # The platform goes away while the teller types.
    sandbox = program._sandbox  # noqa: SLF001  the network fails
    assert sandbox is not None
    sandbox.stop()
    line = counter.line.focusProxy()
    assert line is not None
    type_text(cast("QLineEdit", line), "110101199003078515 张三")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    wait_for_state(program, qtbot, CounterState.PAUSED)
    program.stop()

    program, counter = start_with_rehearsal(start, qtbot, policy)
    qtbot.waitUntil(lambda: counter.pane.heading == "Not sent yet", timeout=WAIT_MS)
    qtbot.keyClick(counter, Qt.Key.Key_Return)
    wait_for_state(program, qtbot, CounterState.SHOWING)


def start_with_rehearsal(start: Start, qtbot: QtBot, policy: dict[str, object]) -> tuple[Program, CounterWindow]:
    program = start(policy=policy, wait=False)
    with qtbot.waitSignal(program.sandbox_ready, timeout=2 * WAIT_MS):
        pass
    return program, counter_window(program, qtbot)


def wait_for_state(program: Program, qtbot: QtBot, state: CounterState) -> None:
    workspace = program.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: workspace.services.counter.view.state is state, timeout=3 * WAIT_MS)


def test_a_counter_that_nobody_touches_locks_itself(start: Start, qtbot: QtBot) -> None:
    program = start(policy={"counter_only": True, "lock_after_minutes": 1})
    counter = counter_window(program, qtbot)
    # Twenty times as long as between two keys, so that a busy machine does not let it pass.
    counter.idle.limit_ms = 2000
    for _ in range(25):
        qtbot.wait(100)
        qtbot.keyClick(counter.line, Qt.Key.Key_A)
    assert not counter.is_locked
    qtbot.waitUntil(lambda: counter.is_locked, timeout=WAIT_MS)
    assert not counter.line.text


def test_a_policy_that_is_not_right_lets_nobody_begin(start: Start, qtbot: QtBot) -> None:
    program = start(policy={"lingua": "en"}, wait=False)
    qtbot.waitUntil(lambda: program.problem is not None, timeout=WAIT_MS)
    assert program.problem is not None
    assert "policy.json" in program.problem.title
    assert not program.window.isVisible()
    assert program.workspace is None


def test_a_counter_that_needs_tellers_stays_locked_and_says_so(start: Start, qtbot: QtBot) -> None:
    program = start(policy={"counter_only": True, "needs_teller": True})
    assert program.workspace is not None
    # The counter's own PIN, which a user can set in Settings, does not open it either.
    program.workspace.services.pin.set_pin("4815")
    counter = counter_window(program, qtbot)
    qtbot.waitUntil(lambda: "--add-teller" in counter.lock_pane.status, timeout=WAIT_MS)
    qtbot.keyClick(counter, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(500)
    assert counter.is_locked
    assert not counter.lock_pane.wants_pin
    # The administrator can add a teller only while the program is closed.
    assert counter.close()
