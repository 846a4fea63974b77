"""The Settings room: environments, general settings, counter, backup, and the people whose data is stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QScrollArea, QTabBar, QWidget

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.override import override
from esign_desktop.ui.people.list import PeopleList
from esign_desktop.ui.settings.calibration_dialog import CalibrationDialog
from esign_desktop.ui.settings.copies import CopiesForm
from esign_desktop.ui.settings.counter import CounterForm
from esign_desktop.ui.settings.environment import EnvironmentForm
from esign_desktop.ui.settings.general import GeneralChoices, GeneralForm
from esign_desktop.ui.settings.organization import OrganizationRules
from esign_desktop.ui.settings.picker import EnvironmentPicker
from esign_desktop.ui.settings.tellers import TellersForm
from esign_desktop.ui.tasks import Lane, Task
from esign_desktop.ui.text.errors.sentences import Sentence, error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.notice_bar import MarkedText, MessageLevel
from esign_desktop.ui.widgets.theme import sized
from esign_desktop.ui.widgets.unsaved import UnsavedWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from esign_desktop.domain.environment import KeyringStatus
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.environments import ConnectionReport
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


CLOCK_TOLERANCE_S: Final = 60.0
_COLUMN_PX: Final = 840
_SECTIONS_PX: Final = 44
_LEFT_PX: Final = 32
_ABOVE_PX: Final = 12


def connection_sentence(report: ConnectionReport) -> Sentence:
    """Return a sentence on the result of a connection test: response time, secret and clock."""
    clock = _clock_sentence(report.clock_skew_s)
    if report.error is not None:
        sentence = error_sentence(report.error)
        return Sentence(sentence.title, f"{sentence.remedy} {clock}".strip(), sentence.detail)
    title = QCoreApplication.translate(
        "ConnectionWords", "Connected. The platform answered in {latency} ms, and the secret is correct."
    ).format(latency=round(report.latency_ms))
    return Sentence(title, clock, report.code)


def is_clock_wrong(report: ConnectionReport) -> bool:
    """Return whether this computer's clock is too far off for deadlines and certificates."""
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


class SettingsRoom(QScrollArea):
    """The Settings room.

    ``environment_changed`` means that contracts may go to another environment, or that a secret was saved or deleted.
    """

    environment_changed = Signal()
    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    text_size_chosen = Signal(int)
    motion_chosen = Signal(bool)
    """Whether animations are to be reduced."""
    forget_requested = Signal(object)
    """The ``KnownPerson`` whose data the user wants to delete."""
    downloading_changed = Signal()
    """The automatic download of signed files was enabled or disabled."""
    reception_changed = Signal()
    """The reception of platform notifications, or its port, was changed."""
    rehearsal_requested = Signal()
    kept_shown = Signal()
    """The stored settings were read and are displayed."""

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
        self._shown: EnvironmentKind | None = None
        self._asking: Task | None = None
        self._testing: Task | None = None
        self.sections = QTabBar(self)
        self._cards: list[QFrame] = []
        self.picker = EnvironmentPicker(self)
        self.form = EnvironmentForm(self, policy=services.environments.policy)
        self.general = GeneralForm(self)
        self.general.show_policy(services.preferences.policy)
        # Changes before the settings are read would be lost.
        self.general.setEnabled(False)
        self.counter = CounterForm(services.brand, services.pin, tasks, self)
        self.tellers = TellersForm(services.tellers, tasks, self)
        self.copies = CopiesForm(services.second_folder, tasks, self)
        self.people = PeopleList(self)
        self.organization = OrganizationRules(services.preferences.policy, self)
        self._result = MarkedText(self)
        self._lay_out()
        self._connect()
        self._clear_result()

    @property
    def is_busy(self) -> bool:
        """Whether a calibration is running, or the backup folder is being set up, read or given up."""
        dialogs = self.findChildren(CalibrationDialog)
        return self.copies.is_busy or any(dialog.is_running for dialog in dialogs)

    @property
    def result(self) -> str:
        """The displayed result of the last action."""
        return self._result.text

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return unsaved environment settings and an unsaved new teller."""
        found = []
        if self.form.is_changed or self.form.has_put_aside:
            found.append(UnsavedWork(self.tr("changed environment settings"), self.form.setFocus))
        if self.tellers.is_changed:
            found.append(UnsavedWork(self.tr("new teller"), self.tellers.name.setFocus))
        return tuple(found)

    def activated(self) -> None:
        """Reload the settings, because the user has entered the room."""
        self._read()

    def show_kind(self, kind: EnvironmentKind) -> None:
        """Show the settings of an environment."""
        if kind is not self._shown:
            self._clear_result()
        self._shown = kind
        if self._kept is None:
            return
        environment = self._kept.environments[kind]
        self.picker.pick(kind)
        self.form.show_environment(environment, is_used=kind is self._kept.used)
        self._ask_for_secret(environment)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sections.setGeometry(_LEFT_PX, 0, max(0, self.viewport().width() - _LEFT_PX), _SECTIONS_PX)

    def _lay_out(self) -> None:
        column = QWidget(self)
        column.setMaximumWidth(sized(_COLUMN_PX))
        parts: list[tuple[str, tuple[QWidget, ...]]] = [
            (self.tr("Environment"), (self.picker, self.form, self._result)),
            (self.tr("General"), (self.general,)),
            (self.tr("Counter"), (self.counter, self.tellers)),
            (self.tr("Backup"), (self.copies,)),
            (self.tr("People"), (self.people,)),
        ]
        if self.organization.is_empty:
            self.organization.hide()
        else:
            parts.append((self.tr("Organization policy"), (self.organization,)))
        for title, widgets in parts:
            self._cards.append(self._card(column, title, *widgets))
            self.sections.addTab(title)
        vbox(*self._cards, 0, spacing=12, margins=(_LEFT_PX, 16, 32, 32), parent=column)
        self._line_up_labels()
        self.setWidget(column)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # The section bar does not scroll with the sections.
        self.setViewportMargins(0, _SECTIONS_PX, 0, 0)
        self.sections.setExpanding(False)
        self.sections.setDrawBase(False)
        self.sections.setAccessibleName(self.tr("Settings sections"))

    def _line_up_labels(self) -> None:
        """Align the fields of all sections, except those of the platform's behavior, which are indented."""
        forms = [one for one in self.findChildren(QFormLayout) if not self._is_set_in(one)]
        heads = [form.itemAt(row, QFormLayout.ItemRole.LabelRole) for form in forms for row in range(form.rowCount())]
        labels = [label for head in heads if head is not None and (label := head.widget()) is not None]
        width_px = max(label.sizeHint().width() for label in labels)
        for label in labels:
            label.setMinimumWidth(width_px)

    def _is_set_in(self, form: QFormLayout) -> bool:
        around = form.parentWidget()
        return around is not None and self.form.behaviour.isAncestorOf(around)

    def _card(self, parent: QWidget, title: str, *parts: QWidget) -> QFrame:
        card = QFrame(parent)
        card.setObjectName("card")
        inside = vbox(PlainLabel(card, title, look="sectionTitle"), spacing=16, margins=(20, 16, 20, 20), parent=card)
        for part in parts:
            inside.addWidget(part)
        return card

    def _on_sections_bar_clicked(self, index: int) -> None:
        self.verticalScrollBar().setValue(self._cards[index].y() - _ABOVE_PX)
        # The last sections cannot be scrolled to the top, so scrolling alone would not mark them.
        self._mark_section(index)

    def _on_vertical_scroll_bar_value_changed(self, value: int) -> None:
        tops = [card.y() - _ABOVE_PX * 3 for card in self._cards]
        self._mark_section(max((i for i, top in enumerate(tops) if top <= value), default=0))

    def _mark_section(self, index: int) -> None:
        with QSignalBlocker(self.sections):
            self.sections.setCurrentIndex(index)

    def _connect(self) -> None:
        self.sections.tabBarClicked.connect(self._on_sections_bar_clicked)
        self.sections.currentChanged.connect(self._on_sections_bar_clicked)
        self.verticalScrollBar().valueChanged.connect(self._on_vertical_scroll_bar_value_changed)
        self.picker.picked.connect(self.show_kind)
        self.form.edited.connect(self._clear_result)
        self.form.save_requested.connect(self._on_form_save_requested)
        self.form.test_requested.connect(self._on_form_test_requested)
        self.form.calibrate_requested.connect(self._on_form_calibrate_requested)
        self.form.rehearsal_requested.connect(self.rehearsal_requested)
        self.form.use_requested.connect(self._on_form_use_requested)
        self.form.forget_requested.connect(self._on_form_forget_requested)
        self.people.forget_requested.connect(self.forget_requested)
        self.general.edited.connect(self._on_general_edited)

    # Stored settings

    def _read(self) -> None:
        environments, preferences = self._services.environments, self._services.preferences

        def read() -> _Kept:
            found = {environment.kind: environment for environment in environments.all()}
            return _Kept(found, environments.current().kind, GeneralChoices.read(preferences))

        self._tasks.start(read, owner=self, on_done=self._on_read)
        self.counter.read()
        self.tellers.read()
        self.copies.read()
        self._tasks.start(self._services.people.list, owner=self, on_done=self.people.show_people)

    def _on_read(self, kept: _Kept) -> None:
        self._kept = kept
        self.picker.show_used(kept.used)
        self._general = kept.general
        self.general.show_value(kept.general)
        self.general.setEnabled(True)
        self.show_kind(self._shown or kept.used)
        self.kept_shown.emit()

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
        # The secret is that of the saved project, even if another project has been entered.
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

    # Connection test and calibration

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

    def _on_form_calibrate_requested(self) -> None:
        dialog = CalibrationDialog(self._services.calibration, self.form.kept.kind, self._tasks, self)
        dialog.taken.connect(self._on_environment_changed)
        dialog.show()

    def _stop_testing(self) -> None:
        if self._testing is not None:
            self._testing.cancel()
            self._testing = None

    def _clear_result(self) -> None:
        """Hide the result, because the values in the form have changed."""
        self._stop_testing()
        self._result.show_text(None)

    def _show_error(self, error: AppError, level: MessageLevel = MessageLevel.ERROR) -> None:
        sentence = error_sentence(error)
        self._result.show_text(level, sentence.title, sentence.remedy)

    # General settings

    def _on_general_edited(self, choices: GeneralChoices) -> None:
        # This also applies before the settings are read: the comparison is then with the initial values.
        before, self._general = self._general, choices
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
