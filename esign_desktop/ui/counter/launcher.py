"""Open the counter instead of the main window, and close it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from esign_desktop.services.counter.shift import ShiftHeading
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.counter.customer_screen import screen_identity
from esign_desktop.ui.counter.printing import SignedPrint
from esign_desktop.ui.counter.queue import no_answer
from esign_desktop.ui.counter.shift import ShiftWindow
from esign_desktop.ui.counter.window import CounterWindow
from esign_desktop.ui.widgets.brand_band import read_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.people.handover import HandedCustomer, HandoverAnswer
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.counter.brand import BrandService
    from esign_desktop.services.flows.quota import ContractAccount
    from esign_desktop.ui.environment_watch import EnvironmentState, EnvironmentWatch
    from esign_desktop.ui.quota_watch import QuotaWatch
    from esign_desktop.ui.tasks import TaskRunner


class CounterLauncher(QObject):
    """Opens and closes the counter.

    ``main`` is hidden while the counter is open, so that the customer cannot see it.
    """

    closed = Signal()
    """Emitted when the teller has left the counter."""

    def __init__(
        self,
        services: Services,
        environment: EnvironmentWatch,
        quota: QuotaWatch,
        tasks: TaskRunner,
        main: QWidget,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._environment = environment
        self._quota = quota
        self._tasks = tasks
        self._main = main
        self._window: CounterWindow | None = None
        self._sheet: ShiftWindow | None = None
        self.paper: SignedPrint | None = None
        self._trouble = ""
        environment.changed.connect(self._on_environment_changed)
        quota.changed.connect(self._on_quota_changed)

    @property
    def window(self) -> CounterWindow | None:
        return self._window

    @property
    def sheet(self) -> ShiftWindow | None:
        return self._sheet

    def open(self) -> None:
        """Open the counter or, if it is open, activate its window.

        The window appears when settings have been read in the background. If tellers are registered, the counter is
        locked until one of them signs in.
        """
        services = self._services
        if self._window is not None:
            self._window.activateWindow()
            return
        controller = CounterController(
            services.counter,
            services.presets,
            services.preferences,
            self._tasks,
            pin=services.pin,
            tellers=services.tellers,
        )
        self._window = CounterWindow(controller, lock_after_minutes=services.preferences.policy.lock_after_minutes)
        controller.setParent(self._window)
        controller.changed.connect(self._quota.look_soon)
        self._window.show_quota(self._quota.account)
        self._window.show_trouble(self._trouble)
        self._window.closed.connect(self._on_window_closed)
        self._window.locked.connect(self._close_sheet)
        self._window.screen_chosen.connect(self._on_window_screen_chosen)
        self._window.sheet_requested.connect(self._on_window_sheet_requested)
        self.paper = SignedPrint(services, self._tasks, self._window)
        self.paper.reported.connect(self._on_paper_reported)
        self._window.print_requested.connect(self.paper.print_flow)
        if self._environment.state is not None:
            self._window.show_environment(self._environment.state.environment)

        def look() -> tuple[str, bool]:
            return services.preferences.customer_screen, services.tellers.are_wanted

        self._tasks.start(look, owner=self, on_done=self._on_looked)
        self._tasks.start(partial(_read_brand, services.brand), owner=self, on_done=self._on_brand_read)

    def take_customer(self, customer: HandedCustomer, answer: Callable[[HandoverAnswer], None] = no_answer) -> None:
        """Add a handed-over customer to the queue, and pass the outcome to ``answer``.

        Do nothing if the counter is closed.
        """
        if self._window is not None:
            self._window.queue.take(customer, answer)

    def tell(self, text: str) -> None:
        """Show an error message in the counter's window. Do nothing if the counter is closed."""
        if self._window is not None:
            self._window.show_status(text, is_error=True)

    def show_trouble(self, text: str) -> None:
        """Show a persistent problem to the teller, also if the counter is opened later. With an empty text, hide it."""
        self._trouble = text
        if self._window is not None:
            self._window.show_trouble(text)

    def read_presets(self) -> None:
        """Read the presets again. Do nothing if the counter is closed."""
        if self._window is not None:
            self._window.read_presets()

    def take_down(self) -> None:
        if self._window is not None:
            self._window.take_down()
            self._drop()

    def _on_brand_read(self, brand: tuple[str, QImage]) -> None:
        if self._window is not None:
            self._window.display.show_brand(*brand)

    def _on_looked(self, found: tuple[str, bool]) -> None:
        identity, has_tellers = found
        if self._window is None:
            return
        if has_tellers:
            # A teller must sign in first.
            self._window.lock()
        here = self._main.screen()
        if screen_identity(here) == identity:
            others = [screen for screen in QGuiApplication.screens() if screen is not here]
            here = others[0] if others else here
        self._window.open_on(here, identity)
        self._main.hide()

    def _on_window_closed(self) -> None:
        self._drop()
        self.closed.emit()

    def _drop(self) -> None:
        self._close_sheet()
        if self._window is not None:
            self._window.display.deleteLater()
            self._window.deleteLater()
            self._window = None

    def _on_window_screen_chosen(self, identity: str) -> None:
        keep = partial(self._services.preferences.set_customer_screen, identity)
        self._tasks.start(keep, owner=self)

    def _on_window_sheet_requested(self) -> None:
        if self._window is not None:
            if self._sheet is None:
                heading = partial(_read_heading, self._services)
                self._sheet = ShiftWindow(self._services.shift, self._tasks, self._window, heading=heading)
                self._sheet.finished.connect(self._on_sheet_finished)
                self._sheet.lock_requested.connect(self._window.lock)
            self._sheet.open()

    def _on_paper_reported(self, text: str, is_failure: bool) -> None:
        if self._window is not None:
            self._window.show_status(text, is_error=is_failure)

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.close()

    def _on_sheet_finished(self) -> None:
        if self._sheet is not None:
            self._sheet.deleteLater()
            self._sheet = None

    def _on_quota_changed(self, account: ContractAccount | None) -> None:
        if self._window is not None:
            self._window.show_quota(account)

    def _on_environment_changed(self, state: EnvironmentState) -> None:
        if self._window is not None:
            self._window.show_environment(state.environment)


def _read_heading(services: Services) -> ShiftHeading:
    check = services.audit_log.check()
    return ShiftHeading(services.brand.brand().text, services.tellers.current, check.lines, check.seal)


def _read_brand(service: BrandService) -> tuple[str, QImage]:
    brand = service.brand()
    return brand.text, read_picture(brand.picture)
