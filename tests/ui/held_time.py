"""The time of widgets that count a press only after a moment: it passes when a test lets it pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from esign_desktop.ui.widgets import deliberate

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.widgets.deliberate import PressGuard


class FakeTimer:
    """Stands for QElapsedTimer, on a clock that the test moves."""

    now_ms: ClassVar[int] = 0

    def __init__(self) -> None:
        self._since_ms: int | None = None

    def start(self) -> None:
        self._since_ms = FakeTimer.now_ms

    def invalidate(self) -> None:
        self._since_ms = None

    def isValid(self) -> bool:  # noqa: N802  Qt's name
        return self._since_ms is not None

    def elapsed(self) -> int:
        return FakeTimer.now_ms - (self._since_ms or 0)


class HeldTime:
    """Stands still between the steps of a test, however busy the machine is."""

    def __init__(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        self._qtbot = qtbot
        monkeypatch.setattr(deliberate, "QElapsedTimer", FakeTimer)

    def pass_by(self, duration_ms: int) -> None:
        """Handle the events that are due, then let time pass."""
        self._qtbot.wait(1)
        FakeTimer.now_ms += duration_ms

    def let_stand(self, guard: PressGuard) -> None:
        """Let pass the moment after which a press counts."""
        self.pass_by(deliberate.moment_ms())
        self._qtbot.waitUntil(lambda: guard.is_long_enough)
