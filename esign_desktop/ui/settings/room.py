"""The Settings room: the general settings of a user, and the sections of Management, one on each tab."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QPushButton, QScrollArea, QStackedWidget, QTabBar, QWidget

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.override import override
from esign_desktop.ui.settings.backup import BackupForm
from esign_desktop.ui.settings.counter import CounterForm
from esign_desktop.ui.settings.environment import EnvironmentForm
from esign_desktop.ui.settings.general import CostsForm, GeneralChoices, GeneralForm
from esign_desktop.ui.settings.organization import OrganizationRules
from esign_desktop.ui.settings.picker import EnvironmentPicker
from esign_desktop.ui.settings.sent_forms import SentFormsField
from esign_desktop.ui.settings.tellers import TellersForm
from esign_desktop.ui.tasks import Lane, Task
from esign_desktop.ui.text.errors.sentences import Sentence, error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MarkedText, MessageLevel
from esign_desktop.ui.widgets.teller_pins import Asked, TellerPinDialog
from esign_desktop.ui.widgets.theme import sized
from esign_desktop.ui.widgets.unsaved import UnsavedWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent

    from esign_desktop.domain.environment import KeyringStatus
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.environments import ConnectionReport
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


CLOCK_TOLERANCE_S: Final = 60.0
_COLUMN_PX: Final = 840
_LEFT_PX: Final = 32
_GENERAL: Final = 0
_FILL: Final = Qt.AlignmentFlag(0)


def connection_sentence(report: ConnectionReport) -> Sentence:
    """Return the result of a connection test in words: the response time or the error, and a wrong clock."""
    clock = _clock_sentence(report.clock_skew_s)
    if report.error is not None:
        sentence = error_sentence(report.error)
        return Sentence(sentence.title, f"{sentence.remedy} {clock}".strip(), sentence.detail)
    title = QCoreApplication.translate(
        "ConnectionWords", "Connected. The platform answered in {latency} ms, and the secret is correct."
    ).format(latency=round(report.latency_ms))
    return Sentence(title, clock, report.code)


def is_clock_wrong(report: ConnectionReport) -> bool:
    """Return whether this computer's clock is off by more than a minute, which affects deadlines and certificates."""
    return report.clock_skew_s is not None and abs(report.clock_skew_s) > CLOCK_TOLERANCE_S


def _clock_sentence(skew_s: float | None) -> str:
    if skew_s is None or abs(skew_s) <= CLOCK_TOLERANCE_S:
        return ""
    minutes = max(1, round(abs(skew_s) / 60))
    if skew_s > 0:
        text = QCoreApplication.translate("ConnectionWords", "This computer's clock is {minutes} min fast. Correct it.")
    else:
        text = QCoreApplication.translate("ConnectionWords", "This computer's clock is {minutes} min slow. Correct it.")
    return text.format(minutes=minutes)


@dataclass(frozen=True, slots=True)
class _Kept:
    environments: dict[EnvironmentKind, Environment]
    used: EnvironmentKind
    general: GeneralChoices


class SettingsRoom(QWidget):
    """The Settings room. The sections of Management are shown from when they are opened until the user leaves the room.

    If there are tellers, or if the policy requires them, a supervisor's PIN is needed to open Management.
    ``environment_changed`` is emitted when contracts may go to another environment, or when a secret was saved or
    deleted. ``language_chosen``, ``theme_chosen`` and ``text_size_chosen`` carry the new value in ``GeneralChoices``.
    """

    environment_changed = Signal()
    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    text_size_chosen = Signal(int)
    motion_chosen = Signal(bool)
    """Carries whether the program shows fewer animations."""
    downloading_changed = Signal()
    """Emitted when the automatic download of signed files was enabled or disabled."""
    reception_changed = Signal()
    """Emitted when the reception of the platform's notices was enabled or disabled, or its port was changed."""
    rehearsal_requested = Signal()
    kept_shown = Signal()
    """Emitted when the stored settings have been read and are shown."""

    def __init__(
        self, services: Services, tasks: TaskRunner, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Settings"))
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._kept: _Kept | None = None
        self._general = GeneralChoices()
        self._reading: Task | None = None
        self._shown: EnvironmentKind | None = None
        self._asking: Task | None = None
        self._testing: Task | None = None
        self.sections = QTabBar(self)
        self._pages = QStackedWidget(self)
        self._cards: list[QFrame] = []
        self.picker = EnvironmentPicker(self)
        self.form = EnvironmentForm(self, policy=services.environments.policy)
        self.general, self.costs = GeneralForm(self), CostsForm(self)
        for form in (self.general, self.costs):
            form.show_policy(services.preferences.policy)
            # Changes before the settings are read would be lost.
            form.setEnabled(False)
        self.sent_forms = SentFormsField(services.sent_forms, tasks, messages, self)
        self.counter = CounterForm(services.brand, services.pin, tasks, self)
        self.tellers = TellersForm(services.tellers, tasks, self)
        self.copies = BackupForm(services.second_folder, tasks, self)
        self.organization = OrganizationRules(services.preferences.policy, self)
        self._result = MarkedText(self)
        self._lay_out()
        self._connect()
        self._clear_result()

    @property
    def is_busy(self) -> bool:
        """Whether an action on the backup folder or on another computer's backup is running."""
        return self.copies.is_busy

    @property
    def result(self) -> str:
        """The result of the last action in the Environment section. Empty if there is none."""
        return self._result.text

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the unsaved settings of environments and the teller who has been entered but not added."""
        found = []
        if self.form.is_changed or self.form.has_put_aside:
            found.append(UnsavedWork(self.tr("changed environment settings"), partial(self.show_part, self.form)))
        if self.tellers.is_changed:
            found.append(UnsavedWork(self.tr("new teller"), partial(self.show_part, self.tellers.name)))
        return tuple(found)

    def activated(self) -> None:
        """Read the settings again in the background. Call this when the user enters the room."""
        self._read()
        self.sent_forms.read()

    def show_kind(self, kind: EnvironmentKind) -> None:
        """Show the settings of an environment.

        If Management is closed, open it first, which may ask for a supervisor's PIN. If the user cancels, the settings
        are not shown.
        """
        self._show_environment(kind)
        self.show_part(self.form)

    def show_part(self, part: QWidget) -> None:
        """Show the section that contains a form or field, and move the focus there.

        If the section belongs to Management and Management is closed, open it first. This may ask for a supervisor's
        PIN; if the user cancels, the section is not shown.
        """
        index = next(index for index, card in enumerate(self._cards) if card.isAncestorOf(part))
        if self.sections.isTabVisible(index):
            self.sections.setCurrentIndex(index)
            part.setFocus()
        else:
            self._open_management(part)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # The event is spontaneous if the user minimizes the window.
        if not event.spontaneous():
            self.sections.setCurrentIndex(_GENERAL)
            self._show_management(is_open=False)

    def _lay_out(self) -> None:
        parts: list[tuple[str, tuple[QWidget, ...]]] = [
            (self.tr("General"), (self.general, self.sent_forms, self.tellers.own_pin)),
            (self.tr("Environment"), (self.picker, self.form, self._result)),
            (self.tr("Prices and notifications"), (self.costs,)),
            (self.tr("Counter"), (self.counter,)),
            (self.tr("Tellers"), (self.tellers,)),
            (self.tr("Backup"), (self.copies,)),
        ]
        if self.organization.is_empty:
            self.organization.hide()
        else:
            parts.append((self.tr("Organization policy"), (self.organization,)))
        for title, widgets in parts:
            self._pages.addWidget(self._page(*widgets))
            self.sections.addTab(title)
        # This tab has no page. When the user chooses it, the tabs of Management replace it.
        self.sections.addTab(self.tr("Management"))
        self._show_management(is_open=False)
        self.sections.setExpanding(False)
        self.sections.setDrawBase(False)
        self.sections.setAccessibleName(self.tr("Settings sections"))
        # The bar is as wide as the room, because it would not grow when tabs appear.
        vbox(hbox((self.sections, 1), margins=(_LEFT_PX, 0, 0, 0)), (self._pages, 1), spacing=0, parent=self)

    def _page(self, *parts: QWidget) -> QScrollArea:
        area = QScrollArea(self._pages)
        column = QWidget(area)
        column.setMaximumWidth(sized(_COLUMN_PX))
        card = QFrame(column)
        card.setObjectName("card")
        self._cards.append(card)
        inside = vbox(spacing=16, margins=(20, 20, 20, 20), parent=card)
        for part in parts:
            # Without an alignment, a button would be as wide as the column.
            inside.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if isinstance(part, QPushButton) else _FILL)
        # With a stretch below the card instead, Qt would cut wrapped texts off.
        vbox((card, Qt.AlignmentFlag.AlignTop), margins=(_LEFT_PX, 12, 32, 32), parent=column)
        self._line_up_labels(card)
        area.setWidget(column)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        return area

    def _line_up_labels(self, card: QFrame) -> None:
        """Give the labels of a section the same width, except those of the platform's behavior, which are indented."""
        forms = [one for one in card.findChildren(QFormLayout) if not self._is_set_in(one)]
        heads = [form.itemAt(row, QFormLayout.ItemRole.LabelRole) for form in forms for row in range(form.rowCount())]
        labels = [label for head in heads if head is not None and (label := head.widget()) is not None]
        width_px = max((label.sizeHint().width() for label in labels), default=0)
        for label in labels:
            label.setMinimumWidth(width_px)

    def _is_set_in(self, form: QFormLayout) -> bool:
        around = form.parentWidget()
        return around is not None and self.form.behaviour.isAncestorOf(around)

    # Management

    @property
    def _management(self) -> int:
        return self.sections.count() - 1

    def _show_management(self, *, is_open: bool) -> None:
        for index in range(_GENERAL + 1, self._management):
            self.sections.setTabVisible(index, is_open)
        self.sections.setTabVisible(self._management, not is_open)

    def _on_sections_current_changed(self, index: int) -> None:
        if index < self._management:
            self._pages.setCurrentIndex(index)
            return
        with QSignalBlocker(self.sections):
            self.sections.setCurrentIndex(self._pages.currentIndex())
        self._open_management(self.picker)

    def _open_management(self, part: QWidget) -> None:
        """Open Management, after asking for a supervisor's PIN if necessary, and then show ``part``."""
        tellers = self._services.tellers
        self._tasks.start(lambda: tellers.are_wanted, owner=self, on_done=partial(self._on_known_who_opens, part))

    def _on_known_who_opens(self, part: QWidget, are_tellers_wanted: bool) -> None:
        if not self.isVisible():
            return
        opened = partial(self._on_management_opened, part)
        if not are_tellers_wanted:
            opened()
            return
        tellers = self._services.tellers
        dialog = TellerPinDialog(
            tellers,
            self._tasks,
            self,
            texts=(self.tr("Management"), self.tr("Enter a supervisor's PIN to open Management."), self.tr("Open")),
            asked=(Asked(self.tr("Supervisor"), lambda teller: teller.is_supervisor),),
            work=lambda pins, _new_pin: tellers.require_supervisor(pins[0]),
        )
        dialog.accepted.connect(opened)
        dialog.open()

    def _on_management_opened(self, part: QWidget) -> None:
        self._show_management(is_open=True)
        self.show_part(part)

    def _connect(self) -> None:
        self.sections.currentChanged.connect(self._on_sections_current_changed)
        self.picker.picked.connect(self._show_environment)
        self.form.edited.connect(self._clear_result)
        self.form.save_requested.connect(self._on_form_save_requested)
        self.form.test_requested.connect(self._on_form_test_requested)
        self.form.rehearsal_requested.connect(self.rehearsal_requested)
        self.form.use_requested.connect(self._on_form_use_requested)
        self.form.forget_requested.connect(self._on_form_forget_requested)
        for form in (self.general, self.costs):
            form.edited.connect(self._on_general_edited)

    # Stored settings

    def _read(self) -> None:
        environments, preferences = self._services.environments, self._services.preferences

        def read() -> _Kept:
            found = {environment.kind: environment for environment in environments.all()}
            return _Kept(found, environments.current().kind, GeneralChoices.read(preferences))

        self._stop_reading()
        self._reading = self._tasks.start(read, owner=self, on_done=self._on_read)
        self.counter.read()
        self.tellers.read()
        self.copies.read()

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _on_read(self, kept: _Kept) -> None:
        self._kept = kept
        self.picker.show_used(kept.used)
        self._general = kept.general
        for form in (self.general, self.costs):
            form.show_value(kept.general)
            form.setEnabled(True)
        self._show_environment(self._shown or kept.used)
        self.kept_shown.emit()

    def _show_environment(self, kind: EnvironmentKind) -> None:
        if kind is not self._shown:
            self._clear_result()
        self._shown = kind
        if self._kept is None:
            return
        environment = self._kept.environments[kind]
        self.picker.pick(kind)
        self.form.show_environment(environment, is_used=kind is self._kept.used)
        self._ask_for_secret(environment)

    def _ask_for_secret(self, environment: Environment) -> None:
        environments = self._services.environments
        if self._asking is not None:
            self._asking.cancel()

        def ask() -> tuple[bool, KeyringStatus]:
            return environments.secret(environment) is not None, environments.keyring_status()

        self._asking = self._tasks.start(
            ask, owner=self, on_done=self._on_secret_asked, on_error=self._on_secret_failed, lane=Lane.NETWORK
        )

    def _on_secret_asked(self, found: tuple[bool, KeyringStatus]) -> None:
        has_secret, keyring = found
        self.form.show_secret(has_secret=has_secret, keyring=keyring)

    def _on_secret_failed(self, error: AppError) -> None:
        self._show_error(error, MessageLevel.WARNING)

    # Saving and switching the environment

    def _on_form_save_requested(self) -> None:
        self._save(then=partial(self._show_saved, self.form.values.kind))

    def _save(self, *, then: Callable[[bool], None]) -> None:
        if self._has_problem():
            return
        environments = self._services.environments
        environment, secret = self.form.values, self.form.typed_secret

        def save() -> bool:
            is_proxy_kept = environments.save(environment)
            return (environments.set_secret(environment, secret) if secret else True) and is_proxy_kept

        # The keyring may ask the user for a password, which must not block the store's lane.
        self._tasks.start(
            save,
            owner=self,
            on_done=partial(self._on_saved, then, environment, secret),
            on_error=self._on_save_failed,
            lane=Lane.NETWORK,
        )

    def _on_saved(self, then: Callable[[bool], None], environment: Environment, secret: str, is_kept: bool) -> None:
        self.form.take_as_saved(environment, secret)
        self._on_environment_changed()
        then(is_kept)

    def _has_problem(self) -> bool:
        problem = self.form.problem()
        if problem:
            self._result.show_text(MessageLevel.ERROR, problem)
        return bool(problem)

    def _show_saved(self, kind: EnvironmentKind, is_kept: bool) -> None:
        if kind is not self._shown:
            # The user has switched to the settings of another environment, which were not saved.
            return
        if not is_kept:
            text = self.tr("Saved. Without a keyring, the secret is kept only until you close the program.")
            self._result.show_text(MessageLevel.WARNING, text)
        elif not self.form.is_changed:
            self._result.show_text(MessageLevel.SUCCESS, self.tr("Saved."))

    def _on_save_failed(self, error: AppError) -> None:
        self._on_environment_changed()
        self._show_error(error)

    def _on_environment_changed(self, _result: object = None) -> None:
        self._read()
        self.environment_changed.emit()

    def _on_form_forget_requested(self) -> None:
        # The secret of the saved project is deleted, even if the user has entered another project.
        environments, environment = self._services.environments, self.form.kept
        self._tasks.start(
            lambda: environments.forget_secret(environment),
            owner=self,
            on_done=lambda _nothing: self._on_forgotten(environment.project_id),
            on_error=self._on_save_failed,
            lane=Lane.NETWORK,
        )

    def _on_forgotten(self, project_id: str) -> None:
        text = self.tr("The secret of project {project} has been deleted.").format(project=one_line(project_id))
        self._result.show_text(MessageLevel.INFO, text)
        self._on_environment_changed()

    def _on_form_use_requested(self) -> None:
        kind = self.form.values.kind
        if kind is EnvironmentKind.SANDBOX:
            self._use(kind)
        else:
            self._save(then=lambda _is_kept: self._use(kind))

    def _use(self, kind: EnvironmentKind) -> None:
        environments = self._services.environments
        self._tasks.start(lambda: environments.choose(kind), owner=self, on_done=self._on_environment_changed)

    # Connection test

    def _on_form_test_requested(self) -> None:
        if self._has_problem():
            return
        environments = self._services.environments
        environment, secret = self.form.values, self.form.typed_secret or None
        self._stop_testing()
        self._result.show_text(MessageLevel.INFO, self.tr("Testing the connection…"))
        self._testing = self._tasks.start(
            lambda: environments.test_connection(environment, secret),
            owner=self,
            on_done=self._on_tested,
            on_error=self._show_error,
            lane=Lane.NETWORK,
        )

    def _on_tested(self, report: ConnectionReport) -> None:
        level = MessageLevel.SUCCESS if report.is_connected else MessageLevel.ERROR
        if report.is_connected and is_clock_wrong(report):
            level = MessageLevel.WARNING
        sentence = connection_sentence(report)
        self._result.show_text(level, sentence.title, sentence.remedy)

    def _stop_testing(self) -> None:
        if self._testing is not None:
            self._testing.cancel()
            self._testing = None

    def _clear_result(self) -> None:
        """Hide the result of the last action, and stop a connection test."""
        self._stop_testing()
        self._result.show_text(None)

    def _show_error(self, error: AppError, level: MessageLevel = MessageLevel.ERROR) -> None:
        sentence = error_sentence(error)
        self._result.show_text(level, sentence.title, sentence.remedy)

    # General settings

    def _on_general_edited(self, choices: GeneralChoices) -> None:
        # Before the settings are read, the comparison is with the initial values of ``GeneralChoices``.
        before, self._general = self._general, choices
        # Values that were read before this edit must not replace it. They are read again after it is stored.
        self._stop_reading()
        for form in (self.general, self.costs):
            form.show_value(choices)
        if choices.language != before.language:
            self.language_chosen.emit(choices.language)
        if choices.theme != before.theme:
            self.theme_chosen.emit(choices.theme)
        if choices.text_percent != before.text_percent:
            self.text_size_chosen.emit(choices.text_percent)
        if choices.is_still != before.is_still:
            self.motion_chosen.emit(choices.is_still)
        self._tasks.start(
            partial(choices.write, self._services.preferences, before),
            owner=self,
            on_done=partial(self._on_general_written, choices, before),
        )

    def _on_general_written(self, choices: GeneralChoices, before: GeneralChoices, _nothing: None) -> None:
        self._read()
        if choices.notice_port != before.notice_port:
            self.reception_changed.emit()
        if choices.downloads_by_itself != before.downloads_by_itself:
            self.downloading_changed.emit()
