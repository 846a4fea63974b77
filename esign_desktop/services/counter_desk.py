"""The desk of a counter: the visit that is on it, who may look at it, and who hears of it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from esign_desktop.services.counter_values import CounterNews, CounterState, CounterView
from esign_desktop.services.counter_visit import Visit

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.counter_values import CounterListener


_log = logging.getLogger(__name__)


class CounterDesk:
    """Holds one visit. Looking at it never waits for anything: ``lock`` is held for changes in memory only."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.visit: Visit | None = None
        self.listener: CounterListener | None = None

    @property
    def view(self) -> CounterView:
        """How the desk stands."""
        with self.lock:
            return CounterView() if self.visit is None else self.visit.view()

    def holds(self, visit: Visit) -> bool:
        """Whether this visit is still the one on the desk."""
        return self.visit is visit

    def put(self, visit: Visit, news: CounterNews) -> None:
        """Put a visit in the place of the one before, which is forgotten by that."""
        with self.lock:
            self.visit = visit
        self.tell(news)

    def clear(self, visit: Visit) -> None:
        """Forget the customers of a visit; the preset stays for the next."""
        self.put(Visit(visit.preset), CounterNews.CLEARED)

    def change(
        self,
        visit: Visit,
        state: CounterState,
        error: AppError | None = None,
        news: CounterNews = CounterNews.CHANGED,
    ) -> None:
        """Bring a visit into a state."""
        with self.lock:
            before = visit.state
            visit.state, visit.error = state, error
        if before is not state:
            _log.info("the counter is %s: %s", state, error.code if error is not None else "no error")
        self.tell(news)

    def tell(self, news: CounterNews) -> None:
        """Let the listener know."""
        listener = self.listener
        if listener is not None:
            listener(news, self.view)
