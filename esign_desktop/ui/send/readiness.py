"""The list of the checks before a send, with a row for each check."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from esign_desktop.domain.contract.problems import Problem, Severity
from esign_desktop.domain.errors import AppError, CancelToken
from esign_desktop.override import override
from esign_desktop.services.sending.facts import Party, parties_of
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.problem import SEVERITY_ICONS, problem_sentence
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.services.sending.readiness import PartyState, ReadinessService
    from esign_desktop.ui.tasks import TaskRunner

_MARK_PX: Final = 16
_ABREAST: Final = 2
T = TypeVar("T")


class ReadinessRow(QWidget):
    """Shows the result of a check. The height of the row does not change when the result arrives."""

    activated = Signal(object)
    """Carries the ``Problem`` whose location the user wants to see."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._problem: Problem | None = None
        self._icon_name = ""
        self._mark = QLabel(self)
        self._mark.setFixedSize(_MARK_PX, _MARK_PX)
        self._label = ElidedLabel(self)
        self._go = QToolButton(self)
        self._go.setText(self.tr("Show"))
        self._go.setAutoRaise(True)
        policy = QSizePolicy(self._go.sizePolicy())
        policy.setRetainSizeWhenHidden(True)
        self._go.setSizePolicy(policy)
        self._go.hide()
        hbox(self._mark, (self._label, 1), self._go, parent=self)
        self._go.clicked.connect(self._on_go_clicked)

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._label.text()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_mark()
        super().changeEvent(event)

    def show_text(self, text: str, icon_name: str = "") -> None:
        """Show a sentence. ``icon_name`` is the icon of the result, or empty while there is no result."""
        self._problem = None
        self._show(text, icon_name)

    def show_problem(self, problem: Problem) -> None:
        """Show a problem, its icon, and a button that requests to show its location."""
        self._problem = problem
        self._show(problem_sentence(problem), SEVERITY_ICONS[problem.severity])
        self._go.setAccessibleName(self.tr("Show: {problem}").format(problem=self.text))

    def _show(self, text: str, icon_name: str) -> None:
        self._label.setText(text)
        show_tip(self._label, text)
        self._icon_name = icon_name
        self._draw_mark()
        self._go.setVisible(self._problem is not None)

    def _draw_mark(self) -> None:
        if not self._icon_name:
            self._mark.clear()
            return
        inks = {"check": theme().success, "warning": theme().warning_ink}
        ink = inks.get(self._icon_name, theme().hint)
        if self._problem is not None:
            is_blocking = self._problem.severity is Severity.BLOCKING
            ink = theme().danger if is_blocking else theme().warning_ink
        self._mark.setPixmap(icon(self._icon_name, ink).pixmap(_MARK_PX, _MARK_PX))

    def _on_go_clicked(self) -> None:
        self.activated.emit(self._problem)


class ReadinessList(QWidget):
    """Checks in the background whether a draft is ready to be sent, and shows the results.

    There is a row for each person and organization that needs an account, for the quota and for each file. Call
    ``keep_places`` to create the rows, and then ``ask`` to start the checks. ``problem_activated`` carries the
    ``Problem`` whose location the user wants to see.
    """

    problem_activated = Signal(object)
    changed = Signal()
    """Emitted when a result has arrived, and when the checks were stopped."""

    def __init__(self, readiness: ReadinessService, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._readiness = readiness
        self._tasks = tasks
        self._draft: ContractDraft | None = None
        self._environment: Environment | None = None
        self._cancel = CancelToken()
        self._parties: tuple[Party, ...] = ()
        self._rows: dict[str, ReadinessRow] = {}
        self._problems: dict[str, Problem] = {}
        self._unanswered: set[str] = set()
        self._unasked: set[str] = set()
        self.is_stored_known = False
        """Whether the results from this computer are known. Results from the platform may follow."""
        self._connection = PlainLabel(self, look="hint", is_live=True)
        self._stop = QToolButton(self)
        self._stop.setText(self.tr("Stop"))
        self._again = QToolButton(self)
        self._again.setText(self.tr("Check again"))
        for button in (self._stop, self._again):
            button.setAutoRaise(True)
        # At most one of the buttons is visible. The line keeps its height if neither is.
        policy = QSizePolicy(self._stop.sizePolicy())
        policy.setRetainSizeWhenHidden(True)
        self._stop.setSizePolicy(policy)
        self._again.hide()
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(0)
        for column in range(_ABREAST):
            self._grid.setColumnStretch(column, 1)
        vbox(hbox((self._connection, 1), self._stop, self._again), self._grid, spacing=0, parent=self)
        self._stop.clicked.connect(self.stop)
        self._again.clicked.connect(self._on_again_clicked)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            for key, problem in self._problems.items():
                self._rows[key].show_problem(problem)
        super().changeEvent(event)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems that have been found so far."""
        return tuple(self._problems.values())

    @property
    def is_sound(self) -> bool:
        """Whether all checks have been completed without finding a problem."""
        return not self._unanswered and not self._unasked and not self._problems

    def keep_places(self, draft: ContractDraft) -> None:
        """Stop the running checks, and create a row without a result for each check of a draft."""
        self.stop()
        for row in self._rows.values():
            row.hide()
            row.deleteLater()
        self._draft, self._environment, self._rows = draft, None, {}
        self._problems, self._unasked, self.is_stored_known = {}, set(), False
        self._parties = tuple(parties_of(draft))
        files = [
            document.id for document in draft.documents if (document.path and document.sha256) or document.added_pdfs
        ]
        for place, key in enumerate((*(party.key for party in self._parties), "plan", *files)):
            row = self._rows[key] = ReadinessRow(self)
            row.activated.connect(self.problem_activated)
            self._grid.addWidget(row, place // _ABREAST, place % _ABREAST)
            row.show_text(self._waiting_text(key))
        self._unanswered = set(self._rows)
        self._show_connection(self.tr("Checking accounts, plan and files…"))
        self._stop.hide()

    def ask(self, environment: Environment) -> None:
        """Start all checks for sending the draft to an environment, in the background.

        Do nothing if ``keep_places`` has not been called.
        """
        draft = self._draft
        if draft is None:
            return
        self._environment, self._cancel, self._unasked = environment, CancelToken(), set()
        cancel, readiness = self._cancel, self._readiness
        self._again.hide()
        self._stop.show()
        self._unanswered.add("connection")
        host = one_line(environment.host)
        self._show_connection(self.tr("Checking with the platform ({host})…").format(host=host))
        self._start(
            partial(readiness.stored_states, draft, environment),
            partial(self._on_stored_states, cancel),
            partial(self._on_stored_failed, cancel),
            Lane.STORE,
        )
        self._start(
            partial(readiness.check_connection, environment, cancel),
            partial(self._on_connected, cancel),
            partial(self._on_connection_failed, cancel),
            Lane.NETWORK,
        )
        self._start(
            partial(readiness.remaining_count, draft, environment),
            partial(self._on_plan_counted, cancel),
            partial(self._on_failed, cancel, "plan"),
            Lane.STORE,
        )
        for document in draft.documents:
            if document.id in self._rows:
                self._start(
                    partial(readiness.file_problem, document),
                    partial(self._on_file_compared, cancel, document),
                    partial(self._on_failed, cancel, document.id),
                    Lane.READING,
                )

    def stop(self) -> None:
        """Stop the checks. Rows without a result then say that the check is repeated during the send.

        Do nothing if no check is running.
        """
        if self._stop.isHidden():
            return
        token, self._cancel = self._cancel, CancelToken()
        # Aborting a connection may block, so it runs outside the window's thread.
        self._tasks.start(token.cancel, owner=self, lane=Lane.STORE)
        for key in self._unanswered - {"connection"}:
            self._rows[key].show_text(self._unasked_text(key), "info")
        self._unasked |= self._unanswered
        self._unanswered = set()
        self.is_stored_known = True
        self._show_connection(self.tr("Stopped. The rest will be checked when you send."))
        self._show_buttons()

    def _start(
        self, work: Callable[[], T], on_done: Callable[[T], None], on_error: Callable[[AppError], None], lane: Lane
    ) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=on_error, lane=lane)

    def _on_stored_states(self, cancel: CancelToken, states: tuple[PartyState, ...]) -> None:
        draft, environment = self._draft, self._environment
        if cancel is not self._cancel or draft is None or environment is None:
            return
        for state in states:
            if state.third_id:
                self._start(
                    partial(self._readiness.asked_state, state, draft, environment, cancel),
                    partial(self._on_party_asked, cancel),
                    partial(self._on_failed, cancel, state.party.key),
                    Lane.NETWORK,
                )
            else:
                self._show_party(state)
        self.is_stored_known = True
        self.changed.emit()

    def _on_stored_failed(self, cancel: CancelToken, error: AppError) -> None:
        for party in self._parties:
            self._on_failed(cancel, party.key, error)
        self.is_stored_known = True
        self.changed.emit()

    def _on_party_asked(self, cancel: CancelToken, state: PartyState) -> None:
        if cancel is self._cancel:
            self._show_party(state)

    def _show_party(self, state: PartyState) -> None:
        key = state.party.key
        if state.problem is not None:
            self._answer(key, state.problem, "")
        else:
            text = self.tr("{party}: has account") if state.is_known else self.tr("{party}: new account")
            self._answer(key, None, text.format(party=self._party_name(state.party)))

    def _on_plan_counted(self, cancel: CancelToken, remaining_count: int | None) -> None:
        draft = self._draft
        if cancel is not self._cancel or draft is None:
            return
        if draft.is_paid_elsewhere:
            text = self.tr("Plan: another party pays")
        elif remaining_count is None:
            text = self.tr("Plan: contracts left unknown; enter the number in Track")
        else:
            text = self.tr("Plan: {left} left by this computer's count, {count} needed")
            text = text.format(left=remaining_count, count=len(draft.documents))
        is_short = remaining_count is not None and remaining_count < len(draft.documents)
        icon_name = "info" if remaining_count is None else "warning" if is_short else "check"
        self._answer("plan", None, text, icon_name=icon_name)

    def _on_file_compared(self, cancel: CancelToken, document: Document, problem: Problem | None) -> None:
        if cancel is self._cancel:
            name = one_line(document.name)
            self._answer(document.id, problem, self.tr("“{name}”: file unchanged").format(name=name))

    def _on_connected(self, cancel: CancelToken, _nothing: None) -> None:
        if cancel is self._cancel and self._environment is not None:
            self._unanswered.discard("connection")
            host = one_line(self._environment.host)
            self._show_connection(self.tr("The platform ({host}) is reachable.").format(host=host))
            self._show_buttons()

    def _on_connection_failed(self, cancel: CancelToken, error: AppError) -> None:
        if cancel is self._cancel:
            self._unanswered.discard("connection")
            self._unasked.add("connection")
            reason = error_sentence(error).title
            self._show_connection(self.tr("Couldn't check with the platform. {reason}").format(reason=reason))
            self._show_buttons()

    def _on_failed(self, cancel: CancelToken, key: str, _error: AppError) -> None:
        """Show in the row that the check could not be completed. The send repeats it."""
        if cancel is self._cancel:
            self._unanswered.discard(key)
            self._unasked.add(key)
            self._rows[key].show_text(self._unasked_text(key), "info")
            self._show_buttons()

    def _answer(self, key: str, problem: Problem | None, text: str, *, icon_name: str = "check") -> None:
        self._unanswered.discard(key)
        self._problems.pop(key, None)
        if problem is not None:
            self._problems[key] = problem
            self._rows[key].show_problem(problem)
        else:
            self._rows[key].show_text(text, icon_name)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self._stop.setVisible(bool(self._unanswered))
        self._again.setVisible(not self._unanswered and bool(self._unasked))
        self.changed.emit()

    def _show_connection(self, text: str) -> None:
        self._connection.setText(text)

    def _party_name(self, party: Party) -> str:
        name = one_line(party.subject.name)
        return self.tr("Signer {number}, {name}").format(number=party.number, name=name)

    def _waiting_text(self, key: str) -> str:
        return self._named(key, self.tr("checking…"))

    def _unasked_text(self, key: str) -> str:
        return self._named(key, self.tr("couldn't be checked; will be checked when you send"))

    def _named(self, key: str, state: str) -> str:
        party = next((party for party in self._parties if party.key == key), None)
        documents = self._draft.documents if self._draft is not None else ()
        if party is not None:
            name = self._party_name(party)
        elif key == "plan":
            name = self.tr("Plan")
        else:
            name = next((f"“{one_line(one.name)}”" for one in documents if one.id == key), "")
        return self.tr("{what}: {state}").format(what=name, state=state)

    def _on_again_clicked(self) -> None:
        environment = self._environment
        if environment is not None:
            for key in self._unasked - {"connection"}:
                self._rows[key].show_text(self._waiting_text(key))
            self._unanswered = self._unasked - {"connection"}
            self.ask(environment)
