"""Queue customers who were handed over by another program, and enter them one after the other."""

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
"""The delay before the next attempt while the service is busy, in milliseconds."""
_TAKEN: Final = frozenset({"counter.busy", "counter.in_use"})


def no_answer(_answer: HandoverAnswer) -> None:
    """Discard an answer. This takes the place of a function when no program waits for the answer."""


class _Handover(NamedTuple):
    customer: HandedCustomer
    answer: Callable[[HandoverAnswer], None]
    """Sends the answer to the other program. It must be called once."""


class CustomerQueue(QObject):
    """Fills the line with one customer after the other in order of arrival, and answers each handover once.

    ``is_free`` returns whether the line is empty and the counter is not locked. ``line_text`` returns the line's text.
    When the counter is locked, a customer in the line whom the teller has not entered returns to the head of the queue.
    """

    changed = Signal()
    """Emitted when the number of waiting customers may have changed."""
    filled = Signal(str)
    """Carries the text of the line for the customer whose turn it is."""

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
        """The number of waiting customers, without the one whose visit is being prepared."""
        return len(self._waiting)

    @property
    def customers(self) -> tuple[HandedCustomer, ...]:
        """The waiting customers, the next one first, including the one whose visit is being prepared."""
        on_the_way = () if self._laying_out is None else (self._laying_out.customer,)
        return (*on_the_way, *(one.customer for one in self._waiting))

    @property
    def is_laying_out(self) -> bool:
        """Whether a customer's visit is being prepared, so that the line will be filled soon."""
        return self._laying_out is not None

    def take(self, customer: HandedCustomer, answer: Callable[[HandoverAnswer], None] = no_answer) -> None:
        """Append a customer to the queue, and pass the outcome to ``answer``, possibly later.

        A waiting customer for the same contract is replaced. If the customer's line is already displayed, only the
        outcome is reported.
        """
        if customer == self._filled_by and self._line_text() == customer.line:
            answer(HandoverAnswer(HandoverState.SHOWN))
            return
        for replaced in [one for one in self._waiting if one.customer.is_for_same(customer)]:
            self._answer_queued(replaced)
        self._waiting = [one for one in self._waiting if not one.customer.is_for_same(customer)]
        taken = _Handover(customer, answer)
        self._waiting.append(taken)
        self.lay_out_next()
        self.changed.emit()

    def lay_out_next(self) -> None:
        """Fill the line with the next customer if the counter is free, and answer the handovers of the others."""
        is_known = self._controller.has_resumed
        if self._waiting and not self.is_laying_out and is_known and self._is_free():
            self._laying_out = handover = self._waiting.pop(0)
            self._controller.lay_out(handover.customer, self._on_laid_out, self._on_lay_out_failed)
            self.changed.emit()
        if is_known or not self._is_free():
            # Before the controller has resumed, no answer is given, because a contract of an earlier session may have
            # to come first.
            for handover in tuple(self._waiting):
                self._answer_queued(handover)

    def set_aside(self) -> None:
        """Return the customer in the line to the head of the queue, unless the teller has entered the customer."""
        if self._filled_by is not None:
            self._filled_by = None
            self._controller.set_aside(self._on_set_aside)

    def drop(self) -> None:
        """Remove all waiting customers, and report to the service that no contracts were sent for them."""
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
            # The teller has locked the counter or started typing in the meantime.
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
        if handover.answer is no_answer:
            self._controller.drop([handover.customer])
        # The next customer has to wait until the teller has seen the error and pressed a key.
        self._controller.failed.emit(error)

    def _on_set_aside(self, customer: HandedCustomer | None) -> None:
        if customer is not None:
            self._return(_Handover(customer, no_answer))
            self.lay_out_next()

    def _return(self, handover: _Handover) -> None:
        self._waiting.insert(0, handover)
        self.changed.emit()

    def _answer_queued(self, handover: _Handover) -> None:
        place = self._waiting.index(handover) + 1 if handover in self._waiting else 1
        self._answer(handover, HandoverAnswer(HandoverState.QUEUED, place))

    def _answer(self, handover: _Handover, answer: HandoverAnswer) -> None:
        handover.answer(answer)
        # Each program receives only one answer.
        self._waiting = [one._replace(answer=no_answer) if one is handover else one for one in self._waiting]
