"""The keys of the real window, room by room: none means two things where it is pressed, and each is told of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QTabBar, QWidget

from esign_desktop.domain.contract import edits
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.shell.help_dialogs import KeyListDialog
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ACTIONS
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import make_person_signer
from tests.services.desk import make_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Start

CONTEXT = Qt.ShortcutContext
CLOSES = {"Esc"}
"""Told of by the button that it presses, or by nothing, since it does the same everywhere."""
WITHOUT_MENU = {"F1"}


def heard(window: QWidget) -> Iterator[tuple[str, str]]:
    """Yield each key that something would hear now, and what that is."""
    focus = QApplication.focusWidget() or window
    for one in window.findChildren(QObject):
        if isinstance(one, QAction):
            owners = [owner for owner in one.associatedObjects() if isinstance(owner, QWidget)]
            keys, context = one.shortcuts(), one.shortcutContext()
        elif isinstance(one, QShortcut):
            parent = one.parent()
            owners = [parent] if isinstance(parent, QWidget) else []
            keys, context = one.keys(), one.context()
        else:
            continue
        if one.isEnabled() and any(_hears(owner, focus, window, context) for owner in owners):
            for key in keys:
                yield key.toString(), one.objectName() or type(owners[0]).__name__


def _hears(owner: QWidget, focus: QWidget, window: QWidget, context: Qt.ShortcutContext) -> bool:
    if not owner.isVisible() or owner.window() is not window:
        return False
    if context is CONTEXT.WidgetShortcut:
        return owner is focus
    return context is not CONTEXT.WidgetWithChildrenShortcut or owner is focus or owner.isAncestorOf(focus)


def rivals(window: QWidget) -> dict[str, list[str]]:
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for key, what in heard(window):
        by_key[key].append(what)
    return {key: found for key, found in by_key.items() if len(found) > 1}


def untold(window: QWidget) -> set[str]:
    """Return the keys that work and of which neither a tool tip, a menu nor the sheet of keys says a word."""
    sheet = KeyListDialog(window)
    told = [label.text() for label in sheet.findChildren(PlainLabel) if label.objectName() == "key"]
    sheet.deleteLater()
    told += [row.shown_keys for row in ACTIONS.values()]
    for widget in window.findChildren(QWidget):
        told.append(widget.toolTip())
        if isinstance(widget, QAbstractButton):
            told.append(widget.text())
        if isinstance(widget, QTabBar):
            told += [widget.tabToolTip(index) for index in range(widget.count())]
    alternative = {key for row in ACTIONS.values() for key in row.keys[1:]}
    working = {key for key, _what in heard(window)} - CLOSES - WITHOUT_MENU
    working -= {QKeySequence(key).toString() for key in alternative}
    native = {key: QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in working}
    return {
        key
        for key, words in native.items()
        if not any(words in text or words.replace("Return", "Enter") in text for text in told)
        and not key.endswith("+Enter")
    }


def test_no_key_means_two_things_and_each_is_told_of(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    program = start()
    window, workspace = program.window, program.workspace
    assert workspace is not None
    with qtbot.waitActive(window):
        window.activateWindow()
    # What can be undone in Prepare stands behind each room.
    signer = make_person_signer()
    workspace.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
    for room in RoomName:
        window.show_room(room)
        qtbot.waitUntil(program.tasks.wait_idle)
        assert (room, rivals(window), untold(window)) == (room, {}, set())
    window.show_room(RoomName.PRESETS)
    make_pdf(tmp_path / "form.pdf")
    drawing, view = workspace.presets.drawing, workspace.prepare.canvas.view
    workspace.presets_room.pdf_chosen.emit(tmp_path / "form.pdf")
    qtbot.waitUntil(lambda: drawing.is_open and view.hasFocus(), timeout=20_000)
    assert (rivals(window), untold(window)) == ({}, set())
    QTest.keyClick(view, Qt.Key.Key_D)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert drawing.is_changed
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert drawing.controller.fields == ()
    drawing.leave()
    qtbot.waitUntil(lambda: len(workspace.session.draft.signers) == 1, timeout=20_000)
