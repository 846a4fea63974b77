"""Watch the environment to which contracts are sent, for all parts of the window that show the environment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane, Task

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.ui.tasks import TaskRunner


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """An environment, and the error code of what is known to prevent sending there.

    The code is empty if nothing is known.

    ``is_trial`` means a sandbox that runs for one trial of a contract, beside the sandbox that the user can choose.
    """

    environment: Environment
    missing: str = ""
    is_trial: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether contracts can be sent as far as is known.

        False if, for example, the address, the project or the secret is missing.
        """
        return not self.missing


class EnvironmentWatch(QObject):
    """Reads the chosen environment in the background, and determines which environment the window shows.

    This is the chosen environment, except while a widget shows a contract of another environment.
    """

    changed = Signal(object)
    """Carries the ``EnvironmentState`` of the chosen environment."""
    shown_changed = Signal(object)
    """Carries the ``EnvironmentState`` whose name and color the window shows."""

    def __init__(self, environments: EnvironmentService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._environments = environments
        self._tasks = tasks
        self._task: Task | None = None
        self._state: EnvironmentState | None = None
        self._shown_for: dict[int, EnvironmentState] = {}

    @property
    def state(self) -> EnvironmentState | None:
        """The last known state of the chosen environment, or None before it has been read."""
        return self._state

    @property
    def kind(self) -> EnvironmentKind | None:
        """The kind of the chosen environment, or None before it has been read."""
        return self._state.environment.kind if self._state else None

    @property
    def environment(self) -> Environment | None:
        """The chosen environment, or None before it has been read."""
        return self._state.environment if self._state else None

    @property
    def shown(self) -> EnvironmentState | None:
        """The state that the window shows: that of the latest ``show_for``, or else that of the chosen environment.

        None before the chosen environment has been read.
        """
        if self._shown_for:
            return next(reversed(self._shown_for.values()))
        return self._state

    def show_for(self, owner: QObject, environment: Environment, *, is_trial: bool = False) -> None:
        """Show an environment in the window until ``stop_showing`` is called for ``owner``.

        If several owners show an environment, the latest call takes effect. ``EnvironmentState`` describes
        ``is_trial``.
        """
        self._shown_for.pop(id(owner), None)
        self._shown_for[id(owner)] = state = EnvironmentState(environment, is_trial=is_trial)
        self.shown_changed.emit(self.shown)
        self._check_shown(state)

    def _check_shown(self, state: EnvironmentState) -> None:
        """Check in the background whether the sandbox is running, if the window shows the sandbox for a widget.

        Other environments are checked on use. The sandbox of a trial is always running.
        """
        environment = state.environment
        if environment.kind is EnvironmentKind.SANDBOX and not state.is_trial:
            self._tasks.start(
                lambda: self._missing(self._environments.get(environment.kind)),
                owner=self,
                on_done=partial(self._on_shown_checked, environment),
                lane=Lane.NETWORK,
            )

    def _on_shown_checked(self, environment: Environment, missing: str) -> None:
        before = self.shown
        for key, state in self._shown_for.items():
            if state.environment == environment and not state.is_trial:
                self._shown_for[key] = EnvironmentState(environment, missing)
        if self.shown != before:
            self.shown_changed.emit(self.shown)

    def stop_showing(self, owner: QObject) -> None:
        """Stop showing the environment that ``show_for`` set for ``owner``. Do nothing if there is none."""
        if self._shown_for.pop(id(owner), None) is not None and self.shown is not None:
            self.shown_changed.emit(self.shown)

    def reload(self) -> None:
        """Read the chosen environment again in the background, and emit the signals if its state differs.

        Call this when a setting has changed.
        """
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.start(
            self._environments.current, owner=self, on_done=self._on_current_read, lane=Lane.STORE
        )

    def tell_again(self) -> None:
        """Emit the signals with the known state again. Do nothing before the state has been read.

        Call this when a change that widgets wait for has failed.
        """
        if self._state is not None:
            self.changed.emit(self._state)
            self.shown_changed.emit(self.shown)

    def _on_current_read(self, environment: Environment) -> None:
        if self._state is None or self._state.environment != environment:
            # The color must not wait for a keyring that asks the user for a password.
            self._show(EnvironmentState(environment))
        self._task = self._tasks.start(
            lambda: self._missing(environment),
            owner=self,
            on_done=lambda missing: self._show(EnvironmentState(environment, missing)),
            lane=Lane.NETWORK,
        )

    def _missing(self, environment: Environment) -> str:
        if not environment.base_url:
            return "environment.no_address"
        if not environment.project_id:
            return "environment.no_project"
        try:
            return "" if self._environments.secret(environment) is not None else "environment.no_secret"
        except StoreError as error:
            return error.code

    def _show(self, state: EnvironmentState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)
            if not self._shown_for:
                self.shown_changed.emit(state)
        for shown in tuple(self._shown_for.values()):
            self._check_shown(shown)


class ShownEnvironment(QObject):
    """Shows the environment of a widget in the window while the widget is visible. It is an event filter of the widget.

    ``watch`` may be None if the window shows no environment; then nothing happens.
    """

    def __init__(self, watch: EnvironmentWatch | None, owner: QWidget) -> None:
        super().__init__(owner)
        self._watch = watch
        self._owner = owner
        self._environment: Environment | None = None
        self._is_trial = False
        owner.installEventFilter(self)

    def show(self, environment: Environment | None, *, is_trial: bool = False) -> None:
        """Set the widget's environment, or None for the chosen environment.

        ``EnvironmentState`` describes ``is_trial``.
        """
        self._environment, self._is_trial = environment, is_trial
        if environment is None:
            self._stop_showing()
        else:
            self._show()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._show()
        elif event.type() == QEvent.Type.Hide:
            self._stop_showing()
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        if self._watch is not None and self._environment is not None and self._owner.isVisible():
            self._watch.show_for(self._owner, self._environment, is_trial=self._is_trial)

    def _stop_showing(self) -> None:
        if self._watch is not None:
            self._watch.stop_showing(self._owner)
