"""A contract full of hostile texts in the real program: shown in every room, kept, and there again after a start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.ui.shell.palette import CommandPalette
from esign_desktop.ui.shell.rail import RoomName
from tests.drafts import NOW_MS
from tests.tiers import daily
from tests.ui.hostile.conftest import picture, text, watch
from tests.ui.hostile.looking import look
from tests.ui.hostile.services import hostile_draft, hostile_flows
from tests.ui.hostile.texts import DAILY

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start
    from tests.ui.hostile.file_watch import FileWatch

__all__ = ["picture", "text", "watch"]

WAIT_MS = 20_000


def workspace_of(program: Program) -> Workspace:
    assert program.workspace is not None
    return program.workspace


def keep_flows(program: Program, text: str) -> None:
    database = program._backend._database  # noqa: SLF001
    assert database is not None
    # Between the platform's answer and the store stands the reader of answers, which takes halves of characters out.
    storable = text.encode("utf-8", "replace").decode()
    for record in hostile_flows(storable):
        Flows(database).add(replace(record, environment=EnvironmentKind.SANDBOX))
    Accounts(database).remember(
        AccountRecord(EnvironmentKind.SANDBOX, "p", "account", AccountKind.PERSON, storable, "", "", "", NOW_MS)
    )


@pytest.mark.parametrize("text", daily(["at once"], DAILY), indirect=True)
@pytest.mark.qt_log_ignore(r"does not support|propagateSizeHints", extend=True)
def test_every_room_of_the_program(start: Start, text: str, watch: FileWatch, qtbot: QtBot) -> None:
    program = start()
    workspace = workspace_of(program)
    keep_flows(program, text)
    draft = hostile_draft(text)
    workspace.draft_controller.take_in(draft, then=lambda: None)
    qtbot.waitUntil(lambda: workspace.session.draft.title == draft.title, timeout=WAIT_MS)
    size = program.window.size()
    for room in (RoomName.TRACK, RoomName.SETTINGS, RoomName.PREPARE):
        program.window.show_room(room)
        qtbot.waitUntil(workspace.tasks.wait_idle, timeout=WAIT_MS)
        look(program.window, watch)
    palette = CommandPalette(program.window.menus, program.window)
    palette.open()
    look(palette, watch)
    with qtbot.waitSignal(palette.destroyed):
        palette.close()
    assert program.window.size() == size
    qtbot.waitUntil(lambda: bool(workspace.services.drafts.list()), timeout=WAIT_MS)
    program.stop()

    # It comes back, in the other language too.
    again = workspace_of(start(language="zh_CN"))
    qtbot.waitUntil(lambda: again.session.draft.title == draft.title, timeout=WAIT_MS)
    assert again.session.draft == draft
