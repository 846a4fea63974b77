"""Where contracts go, for everything in the window that shows it."""

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
    """The chosen environment, and the code of what keeps contracts from being sent there, if anything does.

    ``is_trial`` means a sandbox that runs for one trial of a contract, beside the sandbox that can be chosen.
    """

    environment: Environment
    missing: str = ""
    is_trial: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether address, project and secret are known."""
        return not self.missing


class EnvironmentWatch(QObject):
    """Knows the chosen environment. ``changed`` carries an EnvironmentState; None before the first answer.

    What is in front may belong to another environment: whoever shows it lends that one to the window meanwhile, and
    ``shown_changed`` carries the EnvironmentState whose colour and words the window is to have.
    """

    changed = Signal(object)
    shown_changed = Signal(object)

    def __init__(self, environments: EnvironmentService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._environments = environments
        self._tasks = tasks
        self._task: Task | None = None
        self._state: EnvironmentState | None = None
        self._lent: dict[int, EnvironmentState] = {}

    @property
    def state(self) -> EnvironmentState | None:
        """How things stood when last asked."""
        return self._state

    @property
    def kind(self) -> EnvironmentKind | None:
        """The chosen environment's kind."""
        return self._state.environment.kind if self._state else None

    @property
    def environment(self) -> Environment | None:
        """The chosen environment, as far as it is known."""
        return self._state.environment if self._state else None

    @property
    def shown(self) -> EnvironmentState | None:
        """What the window is to show: the environment that was lent last, or the chosen one."""
        if self._lent:
            return next(reversed(self._lent.values()))
        return self._state

    def lend(self, owner: QObject, environment: Environment, *, is_trial: bool = False) -> None:
        """Have the window stand in the colour of what is in front, until its owner takes it back."""
        self._lent.pop(id(owner), None)
        self._lent[id(owner)] = state = EnvironmentState(environment, is_trial=is_trial)
        self.shown_changed.emit(self.shown)
        self._ask_for_lent(state)

    def _ask_for_lent(self, state: EnvironmentState) -> None:
        """Ask whether the rehearsal of a lent environment runs; what others lack is told when they are used."""
        environment = state.environment
        if environment.kind is EnvironmentKind.SANDBOX and not state.is_trial:
            self._tasks.start(
                lambda: self._missing(self._environments.get(environment.kind)),
                owner=self,
                on_done=partial(self._on_lent_asked, environment),
                lane=Lane.NETWORK,
            )

    def _on_lent_asked(self, environment: Environment, missing: str) -> None:
        before = self.shown
        for key, state in self._lent.items():
            if state.environment == environment and not state.is_trial:
                self._lent[key] = EnvironmentState(environment, missing)
        if self.shown != before:
            self.shown_changed.emit(self.shown)

    def take_back(self, owner: QObject) -> None:
        """Show the chosen environment again; does nothing for an owner who lent none."""
        if self._lent.pop(id(owner), None) is not None and self.shown is not None:
            self.shown_changed.emit(self.shown)

    def reload(self) -> None:
        """Ask again, because a setting has changed."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.start(
            self._environments.current, owner=self, on_done=self._on_current_read, lane=Lane.STORE
        )

    def tell_again(self) -> None:
        """Have everybody show what is known, as what they expected to come about has not."""
        if self._state is not None:
            self.changed.emit(self._state)
            self.shown_changed.emit(self.shown)

    def _on_current_read(self, environment: Environment) -> None:
        if self._state is None or self._state.environment != environment:
            # The colour must not wait for a keyring that asks for its password.
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
            if not self._lent:
                self.shown_changed.emit(state)
        for lent in tuple(self._lent.values()):
            self._ask_for_lent(lent)


class LentColour(QObject):
    """Lends the window the environment of what a widget shows, as long as the widget is seen.

    ``watch`` may be None, where nothing has a colour.
    """

    def __init__(self, watch: EnvironmentWatch | None, owner: QWidget) -> None:
        super().__init__(owner)
        self._watch = watch
        self._owner = owner
        self._environment: Environment | None = None
        self._is_trial = False
        owner.installEventFilter(self)

    def show(self, environment: Environment | None, *, is_trial: bool = False) -> None:
        """Lend this environment from now on; None for the chosen one. See ``EnvironmentState`` for ``is_trial``."""
        self._environment, self._is_trial = environment, is_trial
        if environment is None:
            self._take_back()
        else:
            self._lend()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._lend()
        elif event.type() == QEvent.Type.Hide:
            self._take_back()
        return super().eventFilter(watched, event)

    def _lend(self) -> None:
        if self._watch is not None and self._environment is not None and self._owner.isVisible():
            self._watch.lend(self._owner, self._environment, is_trial=self._is_trial)

    def _take_back(self) -> None:
        if self._watch is not None:
            self._watch.take_back(self._owner)
