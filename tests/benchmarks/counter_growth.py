"""What two hundred customers in a row leave behind in the real program, over what twenty left.

Both windows stand on the drawing screen, keys are pressed, and every customer signs at the rehearsal platform. Memory,
handles and threads are those of the whole process tree; the peer is the same program after its first twenty.
"""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter import controller as controller_module
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.widgets import deliberate
from tests.benchmarks.event_loop import run_until
from tests.benchmarks.office import office
from tests.benchmarks.process_tree import tree_handles, tree_resident_bytes, tree_threads
from tests.benchmarks.row import Row
from tests.services.counter_desk import KEYWORD, made_up_number, make_form_contract
from tests.services.sandbox_platform import sign_at
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.counter.window import CounterWindow
    from esign_desktop.ui.shell.workspace import Workspace

WARM_CUSTOMERS = 20
CUSTOMERS = 200
WATCH_MS = 100
REST_MS = 3_000
MEMORY_LIMIT = 1.05
COUNT_LIMIT = 1.0
THREAD_LIMIT = 1.1
"""A pool makes its second thread sooner or later; one a customer would be nine times as many."""
MIB = 1024 * 1024


@dataclass(frozen=True)
class Holdings:
    """What the program holds at one moment."""

    memory_mb: float
    handles: int
    threads: int
    objects: int


def open_counter(workspace: Workspace, folder: Path) -> CounterWindow:
    """Open the counter with a contract on F2, and the customer's display on the only screen there is."""
    put_preset(workspace.services, folder)
    workspace.counter.open()
    run_until(lambda: workspace.counter.window is not None and workspace.counter.window.isVisible())
    window = workspace.counter.window
    assert window is not None
    window.display.resize(1280, 800)
    window.display.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    run_until(lambda: window.preset_keys.texts)
    return window


def put_preset(services: Services, folder: Path) -> None:
    """Put a contract on F2."""
    draft = make_form_contract(services.documents, folder)
    customers = [signer.id for signer in draft.signers if isinstance(signer, PersonSigner)]
    document = draft.documents[0]
    hits = {(document.id, KEYWORD): services.documents.find(document.id, KEYWORD)}
    environment = services.environments.current()
    preset = services.presets.make(draft, customers, name="借款合同", environment=environment, hits=hits)
    services.presets.assign_key(preset.id, 2)


def serve(window: CounterWindow, count: int) -> None:
    """Serve one customer, from the preset's key to the free desk."""
    # The window hears of a state later than the service knows of it, and a key pressed in between is refused.
    counter = window.findChild(CounterController)
    assert counter is not None
    QTest.keyClick(window, Qt.Key.Key_F2)
    run_until(lambda: counter.view.state is CounterState.READY)
    line = window.line.focusProxy()
    assert line is not None
    type_text(line, f"样例 {made_up_number(count)} 13800000000")
    QTest.keyClick(line, Qt.Key.Key_Return)
    run_until(lambda: window.display.code.text)
    window.display.repaint()
    run_until(lambda: counter.view.state is CounterState.SHOWING)
    sign_at(counter.view.link)
    run_until(lambda: counter.view.state is CounterState.SIGNED and "1" in window.message)
    QTest.keyClick(window.pane, Qt.Key.Key_Return)
    run_until(lambda: counter.view.state is CounterState.READY and not window.line.text)


def holdings() -> Holdings:
    """Look at what is held, once everything that waits to be thrown away is gone."""
    QTest.qWait(REST_MS)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    own = os.getpid()
    return Holdings(tree_resident_bytes(own) / MIB, tree_handles(own), tree_threads(own), object_count())


def object_count() -> int:
    """Return how many of Qt's objects there are: in all windows and below the application, and in Python's hands."""
    application = QCoreApplication.instance()
    assert application is not None
    roots: list[QObject] = [application, *QApplication.topLevelWidgets()]
    in_trees = sum(1 + len(root.findChildren(QObject)) for root in roots)
    in_hands = sum(isinstance(one, QObject) for one in shiboken6.getAllValidWrappers())
    return in_trees + in_hands


def measure() -> list[dict[str, str | float]]:
    """Return the rows."""
    # Two seconds between questions to the platform, and 0.7 before Enter may clear the page, would be most of the time.
    with (
        patch.object(controller_module, "WATCH_MS", WATCH_MS),
        patch.object(deliberate, "moment_ms", lambda: 0),
        office() as (standing, folder),
    ):
        workspace = standing.window.workspace
        assert workspace is not None
        window = open_counter(workspace, folder)
        seen: list[Holdings] = []
        for count in range(CUSTOMERS):
            if count == WARM_CUSTOMERS:
                seen.append(holdings())
            serve(window, count)
        seen.append(holdings())
    before, after = seen
    peer = f"after {WARM_CUSTOMERS}"
    title = f"counter, {CUSTOMERS} customers in a row"
    return [
        Row(f"{title}: memory, MB", after.memory_mb, peer, before.memory_mb, MEMORY_LIMIT).as_dict(),
        Row(f"{title}: handles", after.handles, peer, before.handles, COUNT_LIMIT).as_dict(),
        Row(f"{title}: threads", after.threads, peer, before.threads, THREAD_LIMIT).as_dict(),
        Row(f"{title}: objects of Qt", after.objects, peer, before.objects, COUNT_LIMIT).as_dict(),
    ]
