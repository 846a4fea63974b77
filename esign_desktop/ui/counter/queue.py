"""The queue of customers whom another program hands over: one at a time fills the line, once the counter is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.domain.people.handover import HandoverAnswer, HandoverState

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.handover import HandedCustomer
    from esign_desktop.ui.counter.controller import CounterController

AGAIN_MS: Final = 500
"""How long after the service was busy the next attempt follows."""
_TAKEN: Final = frozenset({"counter.busy", "counter.in_use"})


def answer_nobody(_answer: HandoverAnswer) -> None:
    """Take an answer that no program waits for."""


class _Handover(NamedTuple):
    customer: HandedCustomer
    answer: Callable[[HandoverAnswer], None]
    """Answers the other program; called once."""


class CustomerQueue(QObject):
    """Lays out one customer after the other in the order of their arrival, and answers every hand-over once.

    ``is_free`` tells whether the counter stands at an empty line and is open, ``line_text`` what the line holds. A
    customer who fills the line and was not taken in returns to the head of the queue when the counter is locked.
    """

    changed = Signal()
    """Another number of customers waits."""
    filled = Signal(str)
    """The line of the customer whose turn it is."""

    def __init__(
        self,
        controller: CounterController,
        parent: QObject,
        *,
        is_free: Callable[[], bool],
        line_text: Callable[[], str],
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._is_free = is_free
        self._line_text = line_text
        self._filled_by: HandedCustomer | None = None
        self._waiting: list[_Handover] = []
        self._laying_out: _Handover | None = None
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self.lay_out_next)

    @property
    def count(self) -> int:
        """How many customers wait for their turn."""
        return len(self._waiting)

    @property
    def customers(self) -> tuple[HandedCustomer, ...]:
        """The customers who wait, the next first; whoever is on the way to the line is among them."""
        on_the_way = () if self._laying_out is None else (self._laying_out.customer,)
        return (*on_the_way, *(one.customer for one in self._waiting))

    @property
    def is_laying_out(self) -> bool:
        """Whether a customer is on the way to the line, so that what is typed now may have to give way."""
        return self._laying_out is not None

    def take(self, customer: HandedCustomer, answer: Callable[[HandoverAnswer], None] = answer_nobody) -> None:
        """Take a customer after those who came before. One who waits for the same contract already is replaced."""
        if customer == self._filled_by and self._line_text() == customer.line:
            answer(HandoverAnswer(HandoverState.SHOWN))
            return
        self._waiting = [one for one in self._waiting if not one.customer.is_for_same(customer)]
        taken = _Handover(customer, answer)
        self._waiting.append(taken)
        self.lay_out_next()
        self.changed.emit()

    def lay_out_next(self) -> None:
        """Let the next customer fill the line if the counter is free, and answer those who have to wait."""
        is_known = self._controller.has_resumed
        if self._waiting and not self.is_laying_out and is_known and self._is_free():
            self._laying_out = handover = self._waiting.pop(0)
            self._controller.lay_out(handover.customer, self._on_laid_out, self._on_lay_out_failed)
            self.changed.emit()
        if is_known or not self._is_free():
            # Before that it is not known whether an earlier contract goes first.
            for handover in tuple(self._waiting):
                self._answer_queued(handover)

    def set_aside(self) -> None:
        """Take the customer who fills the line back to the head of the queue, unless the teller took them in."""
        if self._filled_by is not None:
            self._filled_by = None
            self._controller.set_aside(self._on_set_aside)

    def drop(self) -> None:
        """Forget all who wait; they are reported as unsent."""
        dropped, self._waiting = self._waiting, []
        if dropped:
            self._controller.drop([one.customer for one in dropped])
            self.changed.emit()

    def _on_laid_out(self, line: str) -> None:
        handover, self._laying_out = self._laying_out, None
        if handover is None:
            return
        if self._is_free():
            self._filled_by = handover.customer
            self._answer(handover, HandoverAnswer(HandoverState.SHOWN))
            self.filled.emit(line)
        else:
            # The teller locked the counter or began to type meanwhile.
            self._answer_queued(handover)
            self._controller.set_aside(self._on_set_aside)

    def _on_lay_out_failed(self, error: AppError) -> None:
        handover, self._laying_out = self._laying_out, None
        if handover is None:
            return
        if error.code in _TAKEN:
            self._return(handover)
            self._answer_queued(handover)
            self._again.start()
            return
        self._answer(handover, HandoverAnswer(HandoverState.REFUSED, error=error))
        if handover.answer is answer_nobody:
            self._controller.drop([handover.customer])
        # The next customer waits until the teller has seen it and presses a key.
        self._controller.failed.emit(error)

    def _on_set_aside(self, customer: HandedCustomer | None) -> None:
        if customer is not None:
            self._return(_Handover(customer, answer_nobody))
            self.lay_out_next()

    def _return(self, handover: _Handover) -> None:
        self._waiting.insert(0, handover)
        self.changed.emit()

    def _answer_queued(self, handover: _Handover) -> None:
        place = self._waiting.index(handover) + 1 if handover in self._waiting else 1
        self._answer(handover, HandoverAnswer(HandoverState.QUEUED, place))

    def _answer(self, handover: _Handover, answer: HandoverAnswer) -> None:
        handover.answer(answer)
        # The program heard one answer, and no longer waits for another.
        self._waiting = [one._replace(answer=answer_nobody) if one is handover else one for one in self._waiting]
