"""A counter whose threads and clock are the test's own, so that anything may happen between any two steps.

Work that the windows start is kept until the test runs it, and its result until the test delivers it. Keys go to the
real window, contracts to the real rehearsal platform; a killed program is a counter made anew on the same data.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast
from urllib.error import HTTPError

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from esign_desktop.domain.errors import AppError
from esign_desktop.domain.people.handover import HandedCustomer, HandoverState
from esign_desktop.override import override
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.sending.preparation import prepare_side_by_side
from esign_desktop.services.sending.send import ActiveSends
from esign_desktop.ui.tasks import Lane, Task, TaskRunner
from tests.services.counter_desk import made_up_number
from tests.ui.held_time import FakeTimer

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from esign_desktop.domain.people.handover import HandoverAnswer
    from esign_desktop.services.counter.workflow import CounterWorkflow
    from tests.ui.counter.conftest import Teller

MOMENT_MS = 700
CTRL = Qt.KeyboardModifier.ControlModifier


class Killed(BaseException):
    """The program ends here, in the middle of whatever it does."""


class DeferredTasks(TaskRunner):
    """Runs work when the test says so, in the test's own thread: a step runs the work, another one tells its result."""

    def __init__(self) -> None:
        super().__init__()
        self._queued: dict[Lane, deque[tuple[Task, Callable[[], Any]]]] = {}
        self._results: deque[tuple[Task, Any, AppError | None]] = deque()

    @override
    def start(
        self,
        work: Callable[[], Any],
        *,
        owner: QObject,
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[AppError], None] | None = None,
        lane: Lane = Lane.STORE,
    ) -> Task:
        task = Task(owner, on_done, on_error)
        self._queued.setdefault(lane, deque()).append((task, work))
        return task

    def steps(self) -> list[Callable[[], None]]:
        """Return what may happen next: the first work of each lane, and the next result."""
        lanes = [lane for lane, queued in self._queued.items() if queued]
        found: list[Callable[[], None]] = [lambda lane=lane: self._run_next(lane) for lane in lanes]  # type: ignore[misc]
        return [*found, self._deliver] if self._results else found

    def _run_next(self, lane: Lane) -> None:
        task, work = self._queued[lane].popleft()
        if task.is_cancelled:
            return
        try:
            self._results.append((task, work(), None))
        except AppError as error:
            self._results.append((task, None, error))

    def _deliver(self) -> None:
        # What work emitted comes before its result.
        QApplication.processEvents()
        task, result, error = self._results.popleft()
        if task.is_cancelled or not shiboken6.isValid(task.owner):
            return
        if error is None and task.on_done is not None:
            task.on_done(result)
        elif error is not None and task.on_error is not None:
            task.on_error(error)

    def forget(self) -> None:
        """Drop everything, as a killed program does."""
        self._queued.clear()
        self._results.clear()


class Visits:
    """One run: does one thing after the other, and looks after each whether anything broke that must not."""

    def __init__(self, teller: Teller, tasks: DeferredTasks, random: Random, first_customer: int) -> None:
        self._teller, self._tasks, self._random = teller, tasks, random
        self._count = first_customer
        self._is_typing = False
        self._line_since_ms = 0
        self._line_is_typed = False
        self._signed_flow: str | None = None
        self._may_leave_signed = True
        self._signed_since_ms = -MOMENT_MS
        self._too_soon: list[int] = []
        """How long lines stood that were taken too soon, noted where an exception would end in Qt."""
        self._is_within_send = False
        self._handed: dict[str, list[HandoverAnswer]] = {}
        self._names: dict[str, str] = {}
        self.story: list[str] = []
        self.entered = self.signed = 0
        self._attach()

    def begin(self) -> None:
        """Begin with the program, and with nothing of the runs before."""
        flows = self._teller.installation.stores.flows
        earlier = {record.flow_id for record in flows.changed(limit=10_000).records}
        self._kill()
        self._teller.installation.counter._left_waiting |= earlier  # noqa: SLF001  as if they were left alone

    # What may happen

    def do_something(self) -> None:
        """Let one thing happen."""
        steps = self._tasks.steps()
        acts: list[Callable[[], None]] = [
            *[self._step] * (14 if steps else 0),
            *[self._hand_over] * 3,
            *[self._press_enter] * 3,
            *[self._press_enter_patiently] * 14,
            *[self._let_time_pass] * 6,
            *[self._sign] * 9,
            *[self._watch] * 4,
            *[self._lock] * 2,
            *[self._type] * 2,
            *[self._decide] * (10 if self._teller.desk.view.state is CounterState.HELD else 0),
            *[self._press_escape_twice] * (self._random.random() < 0.6),
            self._choose,
            *[self._kill] * (self._random.random() < 0.3),
        ]
        self._do(self._random.choice(acts))

    def _do(self, act: Callable[[], None]) -> None:
        self.story.append(f"{FakeTimer.now_ms} {act.__name__}")
        try:
            act()
        except Killed:
            self._kill()
        QApplication.processEvents()
        self.check()

    def settle(self) -> None:
        """Let everything come to its end, and look whether a customer or a signature was lost."""
        if self._teller.window.is_locked:
            self._do(self._lock)
        for _ in range(200):
            if not self._tasks.steps():
                break
            self._do(self._step)
            if self._teller.window.is_locked:
                self._do(self._lock)
        assert not self._tasks.steps()
        for answers in self._handed.values():
            assert len(answers) == 1, answers
        installation = self._teller.installation
        journal = installation.stores.journal
        known = {customer.reference for customer in self._teller.window.queue.customers} | set(installation.unsent)
        visit = installation.counter._current.visit  # noqa: SLF001  whose turn it is
        known |= {visit.reference} if visit is not None else set()
        sent = set()
        for record in installation.stores.flows.changed(limit=50).records:
            submission = journal.get(cast("Any", record.submission_id))
            sent |= {submission.record.draft.reference} if submission is not None else set()
        assert not sent & set(installation.unsent) - {""}
        taken = {ref for ref, (answer, *_) in self._handed.items() if answer.state is not HandoverState.REFUSED}
        unfinished = {
            one.reference
            for one in (installation.submission.contract(s.id) for s in installation.submission.unfinished())
        }
        assert taken <= known | sent | unfinished, (taken - known - sent, self._handed)

    # Acts

    def _step(self) -> None:
        steps = self._tasks.steps()
        if steps:
            self._random.choice(steps)()

    def _hand_over(self) -> None:
        self._count += 1
        name = f"赵{'一二三四五六七八九'[self._count % 9]}{'甲乙丙丁戊己庚辛'[self._count // 9 % 8]}"
        customer = HandedCustomer(
            *(name, made_up_number(self._count)),
            mobile=f"138{self._count:08}",
            preset_key=2,
            reference=f"r{self._count}",
        )
        self._names[customer.line] = name
        self._handed[customer.reference] = []
        self._teller.window.queue.take(customer, self._handed[customer.reference].append)

    def _press_enter(self) -> None:
        self.check()
        # An Enter that comes as the page appears was meant for the one before.
        if FakeTimer.now_ms - self._signed_since_ms >= MOMENT_MS:
            self._may_leave_signed = True
        self._teller.press(Qt.Key.Key_Return)

    def _press_enter_patiently(self) -> None:
        if self._teller.window.is_locked:
            self._lock()
        self._let_steps_pass()
        FakeTimer.now_ms += 750
        self._press_enter()

    def _let_time_pass(self) -> None:
        FakeTimer.now_ms += self._random.choice((20, 100, 400, 690, 800))

    def _sign(self) -> None:
        link = self._teller.window.pane.code.text
        if link and not self._teller.window.is_locked and self._teller.desk.view.is_live:
            # The contract may have been signed or revoked meanwhile.
            with suppress(HTTPError):
                self._teller.platform.sign(link)
                self.signed += 1

    def _watch(self) -> None:
        if self._teller.desk.view.state is CounterState.SHOWING:
            self._teller.desk._on_watch_timeout()  # noqa: SLF001  the watch's two seconds

    def _lock(self) -> None:
        if self._teller.window.is_locked:
            # Until it is known that there is no PIN, the key opens nothing.
            self._let_steps_pass()
        self._teller.press(Qt.Key.Key_L, CTRL)

    def _let_steps_pass(self) -> None:
        for _ in range(8):
            self._step()
            QApplication.processEvents()
            if self._random.random() < 0.3:
                # An Enter for the page before, as the next line appears.
                self._press_enter()
                QApplication.processEvents()
            self.check()

    def _type(self) -> None:
        line = self._teller.window.line.focusProxy()
        if isinstance(line, QLineEdit) and line.isVisible() and not self._teller.window.is_locked and not line.text():
            self._may_leave_signed = True
            self._count += 1
            name = f"钱{'一二三四五六七八九'[self._count % 9]}{'甲乙丙丁戊己庚辛'[self._count // 9 % 8]}"
            text = f"{name} {made_up_number(self._count)} 139{self._count:08}"
            self._names[text] = name
            self._is_typing = True
            line.setText(text)
            self._is_typing = False

    def _press_escape_twice(self) -> None:
        self._may_leave_signed = True
        self._teller.press(Qt.Key.Key_Escape)
        self._teller.press(Qt.Key.Key_Escape)

    def _decide(self) -> None:
        """Look for the answer of a send that was killed, send again, or give up."""
        FakeTimer.now_ms += 750
        self._teller.press(self._random.choice((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)))

    def _choose(self) -> None:
        self._may_leave_signed = True
        self._teller.press(Qt.Key.Key_F2)

    def _kill(self) -> None:
        """End the program without a word, and begin it anew on the same data."""
        if self._is_within_send:
            raise Killed
        teller, installation = self._teller, self._teller.installation
        self._tasks.forget()
        installation.counter.listen(None)
        teller.desk._watch.stop()  # noqa: SLF001  nothing of the killed program runs on
        teller.window.display.hide()
        teller.window.hide()
        turns = ActiveSends()
        installation.submission = installation.make_submission(installation.stores, turns=turns)
        installation.counter = installation.make_counter(
            installation.make_submission(installation.stores, turns=turns, prepare=prepare_side_by_side)
        )
        # Who waited was kept in memory alone.
        self._handed.clear()
        self._may_leave_signed = True
        teller.sit_down_again()
        self._attach()

    def _attach(self) -> None:
        line = self._teller.window.line.focusProxy()
        assert isinstance(line, QLineEdit)
        line.textChanged.connect(self._on_line_changed)
        desk = self._teller.desk
        enter = desk.enter

        def entered(text: str) -> None:
            stood_ms = FakeTimer.now_ms - self._line_since_ms
            if not self._line_is_typed and stood_ms < MOMENT_MS:
                self._too_soon.append(stood_ms)
            self.entered += 1
            enter(text)

        desk.enter = entered  # type: ignore[method-assign]

    def _on_line_changed(self, _text: str) -> None:
        self._line_since_ms, self._line_is_typed = FakeTimer.now_ms, self._is_typing

    def while_sending(self) -> None:
        """Let something happen in the middle of a send, of which another thread does the work."""
        if threading.current_thread() is not threading.main_thread() or self._is_within_send:
            return
        self._is_within_send = True
        try:
            acts = (self._hand_over, self._press_enter, self._let_time_pass, self._lock, self._press_escape_twice)
            self._do(self._random.choice(acts))
            if self._random.random() < 0.05:
                raise Killed
        finally:
            self._is_within_send = False

    # What must hold

    def check(self) -> None:
        """Look at both screens."""
        assert not self._too_soon, f"a line was taken that stood for {self._too_soon} ms"
        window, view = self._teller.window, self._teller.desk.view
        code = "" if window.is_locked or window.pane.isHidden() else window.pane.code.text
        shown = {code, window.display.code.text} - {""}
        assert len(shown) <= 1, "both screens show different codes"
        for link in shown:
            assert view.flow_id is not None
            owner = self._teller.platform.signer_of(view.flow_id, link)
            assert owner == view.customers[0].name, f"{view.customers[0].name} is shown the code of {owner}"
        if view.state is CounterState.SIGNED and view.flow_id != self._signed_flow:
            self._signed_flow, self._may_leave_signed = view.flow_id, False
            self._signed_since_ms = FakeTimer.now_ms
        if self._signed_flow is not None and not self._may_leave_signed:
            is_there = view.state is CounterState.SIGNED and view.flow_id == self._signed_flow
            assert is_there, "the page of a signed contract went by itself"
            assert window.is_locked or window.pane.heading == "Signed"


def watch_sends(workflow: type[CounterWorkflow], monkeypatch: Any, on_progress: Callable[[], None]) -> None:
    """Call ``on_progress`` at each step of each send."""
    before = workflow._on_progress  # noqa: SLF001  between the calls of a send

    def progressed(self: CounterWorkflow, visit: Any, progress: Any) -> None:
        before(self, visit, progress)
        on_progress()

    monkeypatch.setattr(workflow, "_on_progress", progressed)
