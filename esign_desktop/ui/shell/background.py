"""Do the work that runs in the background while the window is open.

This includes notifications about signatures, downloads, receiving the platform's notices, the results file, the audit
log's hash, shared presets, backups and data deletion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, QTimer, Signal

from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import contract_name
from esign_desktop.ui.text.moments import china_time, now_ms
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.backup.service import BackupStatus, SecondFolder
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.news import FlowNews
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.tasks import Task, TaskRunner
    from esign_desktop.ui.track.auto_download import AutoDownload
    from esign_desktop.ui.widgets.tray import Tray

SWEEP_EVERY_MS: Final = 6 * 3600 * 1000
SEAL_EVERY_MS: Final = 15 * 60 * 1000
"""How often the last hash of the audit log is written to the ledger, in milliseconds."""
RESULTS_EVERY_MS: Final = 1000
"""How often the results file is updated, in milliseconds."""
RESULTS_PATIENCE_MS: Final = 30_000
"""How long an update of the results file may take before the user is informed, in milliseconds."""
SHARED_EVERY_MS: Final = 10 * 60 * 1000
"""How often the shared folder of presets is checked, in milliseconds."""
DAYS_EVERY_MS: Final = 5 * 60 * 1000
"""How often the day files are updated, in milliseconds."""
COPIES_WAIT_MS: Final = 3_000
"""The delay before the first work on backups and audit log, in milliseconds, in which the window becomes ready."""
LOOK_MS: Final = 15_000
"""How often the second folder is updated, in milliseconds, and so the longest delay of a ledger entry there."""
PATIENCE_MS: Final = 24 * 3600 * 1000
"""How long backups may be out of date before the user is informed, in milliseconds."""
_AT_ONCE: Final = frozenset({"copy.needs_passphrase", "copy.newer_version"})
"""The error codes about which the user is informed at once, because only the user can correct the errors."""


class Background(QObject):
    """Starts and owns the work that runs in the background. Each part is created when it is first needed."""

    failed = Signal(object)
    """Carries the ``AppError`` of a part of the work. An error of regular work is not reported each time."""
    results_reported = Signal(object)
    """Carries the ``AppError`` that prevents updates of the results file, or None when updates work again."""
    copies_reported = Signal(str, str)
    """Carries the problem with the backups in the second folder, and its remedy.

    Both are empty if there is no problem.
    """
    reception_changed = Signal(object)
    """Carries the port on which notices are received, or None if they are not received."""
    news_reported = Signal(str, object)
    """Carries a sentence about a contract, and the contract's ``FlowId``."""
    tray_activated = Signal()
    """Emitted when the user clicked the tray icon or a notification."""
    presets_changed = Signal()
    """Emitted when presets were imported from the shared folder or changed by it."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        poller: FlowPoller,
        window: QWidget,
        *,
        may_speak: Callable[[], bool],
        is_idle: Callable[[], bool],
        parent: QObject,
    ) -> None:
        """Create the background work without starting it.

        ``may_speak`` returns whether notifications may be shown, and ``is_idle`` whether nothing is being sent.
        """
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._poller = poller
        self._window = window
        self._may_speak = may_speak
        self._is_idle = is_idle
        self._auto_download: AutoDownload | None = None
        self._tray: Tray | None = None
        self._news: SignatureNews | None = None
        self._reception: NoticeReception | None = None
        self._copies: BackupWatch | None = None
        self._sweep_timer = QTimer(self)
        self._sweep_timer.timeout.connect(self._sweep)
        self._seal_timer = QTimer(self)
        self._seal_timer.timeout.connect(self._seal_audit)
        self._telling: Task | None = None
        self._has_results_failed = self._has_seal_failed = self._has_shared_failed = self._have_days_failed = False
        self._results_began = QElapsedTimer()
        self._results_timer = QTimer(self)
        self._results_timer.timeout.connect(self._tell_results)
        self._shared_timer = QTimer(self)
        self._shared_timer.timeout.connect(self._refresh_shared)
        self._days_timer = QTimer(self)
        self._days_timer.timeout.connect(self._write_days)
        self._is_writing_days = False

    def begin(self) -> None:
        """Start the regular work that is configured, and create contacts for accounts that have none."""
        self._sweep_timer.start(SWEEP_EVERY_MS)
        self._seal_timer.start(SEAL_EVERY_MS)
        if self._services.audit_seal.is_sent:
            # The last entries before the program ended may not be sealed yet.
            QTimer.singleShot(COPIES_WAIT_MS, self, self._seal_audit)
        if self._services.results.is_wanted:
            self._results_timer.start(RESULTS_EVERY_MS)
        if self._services.shared_presets.is_wanted:
            self._shared_timer.start(SHARED_EVERY_MS)
            self._refresh_shared()
        if self._services.days.is_wanted:
            self._days_timer.start(DAYS_EVERY_MS)
            QTimer.singleShot(COPIES_WAIT_MS, self, self._write_days)
        self._tasks.start(self._services.contacts.take_in, owner=self, lane=Lane.SEARCH)
        if self._services.second_folder.is_named:
            QTimer.singleShot(COPIES_WAIT_MS, self.copies, self.copies.look)

    def _seal_audit(self) -> None:
        self._tasks.start(
            self._services.audit_seal.write,
            owner=self,
            on_done=self._on_audit_sealed,
            on_error=self._on_seal_failed,
            lane=Lane.NETWORK,
        )

    def _on_audit_sealed(self, _nothing: None) -> None:
        self._has_seal_failed = False

    def _on_seal_failed(self, error: AppError) -> None:
        if not self._has_seal_failed:
            # The work is repeated at regular intervals, but the error is reported only once.
            self._has_seal_failed = True
            self.failed.emit(error)

    def _write_days(self) -> None:
        if not self._is_writing_days:
            self._is_writing_days = True
            self._tasks.start(
                self._services.days.write,
                owner=self,
                on_done=self._on_days_written,
                on_error=self._on_days_failed,
                lane=Lane.DAYS,
            )

    def _on_days_written(self, _count: int) -> None:
        self._is_writing_days = self._have_days_failed = False

    def _on_days_failed(self, error: AppError) -> None:
        self._is_writing_days = False
        if not self._have_days_failed:
            self._have_days_failed = True
            self.failed.emit(InputError("policy.days_away", error.code))

    def _tell_results(self) -> None:
        if self._telling is None:
            self._telling = self._tasks.start(
                self._services.results.tell,
                owner=self,
                on_done=self._on_results_reported,
                on_error=self._on_results_failed,
                lane=Lane.RESULTS,
            )
            self._results_began.start()
        elif self._results_began.elapsed() > RESULTS_PATIENCE_MS:
            self._tell_of_results("results.slow")

    def _on_results_reported(self, _count: int) -> None:
        self._telling = None
        if self._has_results_failed:
            self._has_results_failed = False
            self.results_reported.emit(None)

    def _on_results_failed(self, error: AppError) -> None:
        self._telling = None
        self._tell_of_results(error.code)

    def _tell_of_results(self, code: str) -> None:
        if not self._has_results_failed:
            # The work is repeated at regular intervals, but the error is reported only once.
            self._has_results_failed = True
            self.results_reported.emit(InputError("results.failed", code))

    def _refresh_shared(self) -> None:
        shared = self._services.shared_presets

        def refresh() -> int:
            try:
                return shared.refresh()
            except StoreError as error:
                # If the share is unavailable, the presets that were imported from it earlier can still be used.
                if shared.is_empty:
                    raise InputError("policy.presets_away", error.code) from error
                return 0

        self._tasks.start(
            refresh, owner=self, on_done=self._on_shared_refreshed, on_error=self._on_shared_failed, lane=Lane.COPIES
        )

    def _on_shared_refreshed(self, changes: int) -> None:
        self._has_shared_failed = False
        if changes:
            self.presets_changed.emit()

    def _on_shared_failed(self, error: AppError) -> None:
        if not self._has_shared_failed:
            # The work is repeated at regular intervals, but the error is reported only once.
            self._has_shared_failed = True
            self.failed.emit(error)

    def look_at_environment(self, _state: object = None) -> None:
        """Read the setting for automatic downloads again, and on the first call start notifications about signatures.

        Call this when the chosen environment is known or has changed.
        """
        self.auto_download.reload()
        if self._news is None:
            self._news = SignatureNews(
                *(self._services.flows, self._poller, self.tray),
                is_looked_at=self._window.isActiveWindow,
                tells_of_files=lambda: self.auto_download.is_on,
                parent=self,
            )
            self._news.reported.connect(self.news_reported)

    @property
    def auto_download(self) -> AutoDownload:
        """The automatic download of signed files, created on first access.

        Its ``reload`` starts it if the setting is enabled.
        """
        if self._auto_download is None:
            from esign_desktop.ui.track.auto_download import AutoDownload

            self._auto_download = AutoDownload(self._services, self._tasks, self._poller, self.tray, self)
            self._auto_download.failed.connect(self.failed)
        return self._auto_download

    @property
    def tray(self) -> Tray:
        """The tray icon, through which notifications are shown, created on first access."""
        if self._tray is None:
            from esign_desktop.ui.widgets.tray import Tray

            self._tray = Tray(self, may_speak=self._may_speak)
            self._tray.activated.connect(self.tray_activated)
        return self._tray

    @property
    def copies(self) -> BackupWatch:
        """The watch that keeps the backups in the second folder up to date, created on first access."""
        if self._copies is None:
            folder = self._services.second_folder
            self._copies = BackupWatch(folder, self._tasks, is_idle=self._is_idle, parent=self)
            self._copies.reported.connect(self.copies_reported)
        return self._copies

    def receive_notices(self, port: int | None = None, *, is_rehearsal: bool = False) -> None:
        """Receive the platform's notices on ``port``, or on the port in the settings. Without a port, stop receiving.

        In a rehearsal, any free port is used if there is none.
        """
        if self._reception is None:
            self._reception = NoticeReception(
                *(self._services, self._tasks, self._poller, self), port=port, is_anywhere=is_rehearsal
            )
            self._reception.failed.connect(self.failed)
            self._reception.port_changed.connect(self.reception_changed)
        elif is_rehearsal:
            self._reception.take_anywhere()
        self._reception.reload()

    def take_down(self) -> None:
        """Stop receiving notices. Do nothing if they are not received."""
        if self._reception is not None:
            self._reception.take_down()

    def _sweep(self) -> None:
        """Delete data whose retention period has ended.

        A failure is not reported, because the next run deletes the data.
        """
        self._tasks.start(self._services.corrections.sweep, owner=self, on_error=_ignore)


class SignatureNews(QObject):
    """Notifies the user when a signer has signed or declined, or a contract has ended.

    It keeps the poller active while the program runs, within the platform's limits.
    """

    reported = Signal(str, object)
    """Carries a sentence, and the ``FlowId`` of the contract that the sentence is about."""

    def __init__(
        self,
        flows: FlowService,
        poller: FlowPoller,
        tray: Tray,
        *,
        is_looked_at: Callable[[], bool],
        tells_of_files: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """Start to observe the flows.

        ``is_looked_at`` returns whether the user sees the window, so that no notification is needed. ``tells_of_files``
        returns whether another notification informs about a completed contract, together with its files.
        """
        super().__init__(parent)
        self._tells_of_files = tells_of_files
        self._flows = flows
        self._tray = tray
        self._is_looked_at = is_looked_at
        poller.flow_changed.connect(self._on_poller_flow_changed)
        poller.follow(self)

    def _on_poller_flow_changed(self, _record: object) -> None:
        for news in self._flows.news.take():
            sentence = self._sentence(news)
            self.reported.emit(sentence, news.flow_id)
            is_told = news.ended is FlowStatus.COMPLETED and self._tells_of_files()
            if not self._is_looked_at() and not is_told:
                self._tray.notify(self.tr("Signing updates"), sentence)

    def _sentence(self, news: FlowNews) -> str:
        # A signer who is the customer is named by the sentence.
        customer = news.customer if news.customer != news.signer_name else ""
        title = contract_name(news.title, customer) or self.tr("Untitled")
        match news.signed, news.ended:
            case SignStatus.SIGNED, _:
                text = self.tr("{name} signed “{title}”.")
            case SignStatus.REFUSED, _:
                text = self.tr("{name} declined “{title}”.")
            case SignStatus.FAILED, _:
                text = self.tr("Signing failed: {name}, “{title}”.")
            case _, FlowStatus.COMPLETED:
                text = self.tr("“{title}” is completed.")
            case _, FlowStatus.EXPIRED:
                text = self.tr("“{title}” has expired.")
            case _:
                text = self.tr("“{title}” has ended: declined or signing failed.")
        return text.format(name=one_line(news.signer_name), title=title)


class NoticeReception(QObject):
    """Receives the platform's notices on a port while the settings require it, and then polls the flows at once.

    A port from the command line takes precedence over the port in the settings.
    """

    port_changed = Signal(object)
    """Carries the port on which notices are received, or None if they are not received."""
    failed = Signal(object)
    """Carries the ``AppError`` that prevents the reception, for example if the port is in use."""
    _received = Signal()

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        poller: FlowPoller,
        parent: QObject | None = None,
        *,
        port: int | None = None,
        is_anywhere: bool = False,
    ) -> None:
        """Create the reception without starting it. ``port`` is the port from the command line, or None.

        If ``is_anywhere`` is True and no port is chosen, any free port is used.
        """
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._poller = poller
        self._port = port
        self._otherwise = 0 if is_anywhere else None
        self._is_down = False
        self._chosen: int | None = None
        """The last port that was chosen by number. Only the background work of ``reload`` accesses this attribute."""
        self._received.connect(self._on_received)

    def reload(self) -> None:
        """Start, stop or move the reception in the background, as the current settings require."""
        notices, preferences = self._services.notices, self._services.preferences
        named, otherwise, received = self._port, self._otherwise, self._received

        def switch() -> int | None:
            wanted = named if named is not None else preferences.notice_port
            wanted = otherwise if wanted is None else wanted
            if wanted is None:
                notices.stop()
                return None
            # If any free port will do, the current one stays, unless it was chosen by number.
            is_any = wanted == 0 and notices.port not in {None, self._chosen}
            self._chosen = wanted or None
            if is_any or notices.port == wanted:
                return notices.port
            port = notices.start(wanted, on_received=received.emit)
            if self._is_down:
                # The program ended while the port was being changed.
                notices.stop()
            return port

        self._tasks.start(switch, owner=self, on_done=self._on_switched, on_error=self._on_failed, lane=Lane.NETWORK)

    def take_anywhere(self) -> None:
        """From the next ``reload`` on, use any free port if none is chosen."""
        self._otherwise = 0

    def take_down(self) -> None:
        """Stop the reception. Notices that were acknowledged are kept."""
        self._is_down = True
        self._services.notices.stop()

    def _on_switched(self, port: int | None) -> None:
        if port is None:
            self._poller.leave(self)
        else:
            self._poller.follow(self)
        self.port_changed.emit(port)

    def _on_failed(self, error: AppError) -> None:
        self._poller.leave(self)
        self.failed.emit(error)

    def _on_received(self) -> None:
        # A new viewer causes a query at once, within the limits of the schedule.
        self._poller.follow(self)


class BackupWatch(QObject):
    """Keeps the backups in the second folder up to date, in the background, after the first call of ``look``."""

    status_changed = Signal(object)
    """Carries the ``BackupStatus`` after each update."""
    reported = Signal(str, str)
    """Carries the problem about which the user must be informed, and its remedy. Both are empty if there is none."""

    def __init__(
        self,
        second_folder: SecondFolder,
        tasks: TaskRunner,
        *,
        is_idle: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._second_folder = second_folder
        self._tasks = tasks
        self._is_idle = is_idle
        self._is_looking = False
        self._wants_another = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """Update the backups in the second folder in the background.

        The update is repeated every 15 seconds as long as a second folder is set. During an update, another one is
        scheduled to follow it.
        """
        if self._is_looking:
            self._wants_another = True
            return
        self._is_looking = True
        second_folder, is_idle = self._second_folder, self._is_idle()
        self._tasks.start(
            lambda: second_folder.keep_up(is_idle=is_idle), owner=self, on_done=self._on_looked, lane=Lane.COPIES
        )

    def _on_looked(self, status: BackupStatus) -> None:
        self._is_looking = False
        self.status_changed.emit(status)
        self.reported.emit(*attention(status, now_ms()))
        if self._wants_another:
            self._wants_another = False
            self.look()
        elif status.folder:
            self._timer.start(LOOK_MS)


def attention(status: BackupStatus, at_ms: int) -> tuple[str, str]:
    """Return the problem about which the user must be informed at ``at_ms``, and its remedy, or two empty texts.

    ``at_ms`` is in milliseconds since the epoch.
    """
    since_ms = status.behind_since_ms
    if not status.folder or since_ms is None:
        return "", ""
    if status.code not in _AT_ONCE and at_ms - since_ms < PATIENCE_MS:
        return "", ""
    title = QCoreApplication.translate("BackupWatch", "Not backed up since {time}").format(time=china_time(since_ms))
    return title, error_sentence(StoreError(status.code)).text


def _ignore(_outcome: object) -> None:
    """Do nothing with the result or error of a task."""
