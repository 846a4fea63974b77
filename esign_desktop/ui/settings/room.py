"""The Settings room.

The result of a connection test in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.override import override
from esign_desktop.ui.people.list import PeopleList
from esign_desktop.ui.settings.calibration_dialog import CalibrationDialog
from esign_desktop.ui.settings.copies import CopiesForm
from esign_desktop.ui.settings.counter import CounterForm
from esign_desktop.ui.settings.environment import EnvironmentForm
from esign_desktop.ui.settings.general import GeneralChoices, GeneralForm
from esign_desktop.ui.settings.picker import EnvironmentPicker
from esign_desktop.ui.tasks import Lane, Task
from esign_desktop.ui.text.errors.sentences import Sentence, error_sentence
from esign_desktop.ui.text.moments import now_ms
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.environment import KeyringStatus
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.environments import ConnectionReport
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


CLOCK_TOLERANCE_S: Final = 60.0


def connection_sentence(report: ConnectionReport) -> Sentence:
    """Say whether the platform answered, whether the secret is right, how fast it was, and how the clock stands."""
    clock = _clock_sentence(report.clock_skew_s)
    if report.error is not None:
        sentence = error_sentence(report.error)
        return Sentence(sentence.title, f"{sentence.remedy} {clock}".strip(), sentence.detail)
    title = QCoreApplication.translate(
        "ConnectionWords", "Connected: the platform answered in {latency} ms, and the secret is right."
    ).format(latency=round(report.latency_ms))
    return Sentence(title, clock, report.code)


def is_clock_wrong(report: ConnectionReport) -> bool:
    """Whether this computer's time is so far off that deadlines and certificates suffer."""
    return report.clock_skew_s is not None and abs(report.clock_skew_s) > CLOCK_TOLERANCE_S


def _clock_sentence(skew_s: float | None) -> str:
    if skew_s is None or abs(skew_s) <= CLOCK_TOLERANCE_S:
        return ""
    minutes = max(1, round(abs(skew_s) / 60))
    if skew_s > 0:
        text = QCoreApplication.translate(
            "ConnectionWords", "This computer's clock is {minutes} min ahead: set it right."
        )
    else:
        text = QCoreApplication.translate(
            "ConnectionWords", "This computer's clock is {minutes} min behind: set it right."
        )
    return text.format(minutes=minutes)


_COLUMN_PX: Final = 760


@dataclass(frozen=True, slots=True)
class _Kept:
    environments: dict[EnvironmentKind, Environment]
    used: EnvironmentKind
    general: GeneralChoices


class SettingsRoom(QScrollArea):
    """``environment_changed`` says that contracts may go elsewhere now, or that a secret came or went."""

    environment_changed = Signal()
    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    forget_requested = Signal(object)
    """The ``KnownPerson`` who is to be forgotten."""
    downloading_changed = Signal()
    """Whether signed files are fetched by themselves, and where to."""
    reception_changed = Signal()
    """Whether notices are received, and on which port."""

    def __init__(
        self, services: Services, tasks: TaskRunner, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._kept: _Kept | None = None
        self._shown: EnvironmentKind | None = None
        self._asking: Task | None = None
        self._testing: Task | None = None
        self._said: tuple[MessageLevel, Callable[[], tuple[str, str]]] | None = None
        """MessageLevel, title and remedy of the last result; in words of the moment, since the language may change."""
        self._title, self._environment_title, self._general_title, self._people_title = (
            PlainLabel(self) for _ in range(4)
        )
        self.picker = EnvironmentPicker(self)
        self.form = EnvironmentForm(self)
        self.general = GeneralForm(self)
        self.counter = (
            CounterForm(services.brand, services.pin, tasks, self)
            if services.brand is not None and services.pin is not None
            else None
        )
        self.copies = CopiesForm(services.second_folder, tasks, self) if services.second_folder is not None else None
        self._counter_title, self._copies_title = PlainLabel(self), PlainLabel(self)
        self.people = PeopleList(self)
        self._result_mark = QLabel(self)
        self._result = PlainLabel(self)
        self._result_remedy = PlainLabel(self)
        self._lay_out()
        self._connect()
        self.retranslate()
        self._clear_result()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show_result()
        super().changeEvent(event)

    @property
    def result(self) -> str:
        """What the last connection test found, in words."""
        return f"{self._result.text()} {self._result_remedy.text()}".strip()

    def activated(self) -> None:
        """Read anew what is kept: the room was entered."""
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

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._title.setText(self.tr("Settings"))
        self._environment_title.setText(self.tr("Where contracts go"))
        self._general_title.setText(self.tr("General"))
        self._counter_title.setText(self.tr("Counter"))
        self._copies_title.setText(self.tr("Copies"))
        self._people_title.setText(self.tr("People"))
        self.setAccessibleName(self.tr("Settings"))
        self._show_result()

    def _lay_out(self) -> None:
        self._title.setObjectName("roomTitle")
        column = QWidget(self)
        column.setMaximumWidth(_COLUMN_PX)
        rows = QVBoxLayout(column)
        rows.setContentsMargins(32, 24, 32, 32)
        rows.setSpacing(12)
        rows.addWidget(self._title)
        result = QHBoxLayout()
        result.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self._result, self._result_remedy):
            label.setWordWrap(True)
            texts.addWidget(label)
        result.addWidget(self._result_mark, 0, Qt.AlignmentFlag.AlignTop)
        result.addLayout(texts, 1)
        for title, parts in (
            (self._environment_title, (self.picker, self.form, result)),
            (self._general_title, (self.general,)),
            *([(self._counter_title, (self.counter,))] if self.counter is not None else []),
            *([(self._copies_title, (self.copies,))] if self.copies is not None else []),
            (self._people_title, (self.people,)),
        ):
            title.setObjectName("sectionTitle")
            card = QFrame(column)
            card.setObjectName("card")
            inside = QVBoxLayout(card)
            inside.setContentsMargins(20, 16, 20, 20)
            inside.setSpacing(16)
            inside.addWidget(title)
            for part in parts:
                if isinstance(part, QWidget):
                    inside.addWidget(part)
                else:
                    inside.addLayout(part)
            rows.addWidget(card)
        rows.addStretch()
        self.setWidget(column)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def _connect(self) -> None:
        self.picker.picked.connect(self.show_kind)
        self.form.edited.connect(self._clear_result)
        self.form.save_requested.connect(self._on_form_save_requested)
        self.form.test_requested.connect(self._on_form_test_requested)
        self.form.calibrate_requested.connect(self._on_form_calibrate_requested)
        self.form.use_requested.connect(self._on_form_use_requested)
        self.form.forget_requested.connect(self._on_form_forget_requested)
        self.people.forget_requested.connect(self.forget_requested)
        self.general.language_chosen.connect(self.language_chosen)
        self.general.theme_chosen.connect(self.theme_chosen)
        self.general.tier_chosen.connect(self._on_general_tier_chosen)
        self.general.folder_chosen.connect(self._on_general_folder_chosen)
        self.general.downloading_chosen.connect(self._on_general_downloading_chosen)
        self.general.notice_port_chosen.connect(self._on_general_notice_port_chosen)

    # What is kept.

    def _read(self) -> None:
        environments, preferences = self._services.environments, self._services.preferences

        def read() -> _Kept:
            found = {environment.kind: environment for environment in environments.all()}
            return _Kept(found, environments.current().kind, GeneralChoices.read(preferences))

        self._tasks.start(read, owner=self, on_done=self._on_read)
        if self.counter is not None:
            self.counter.read()
        if self.copies is not None:
            self.copies.read()
        people = self._services.people
        if people is not None:
            self._tasks.start(people.list, owner=self, on_done=self.people.show_people)

    def _on_read(self, kept: _Kept) -> None:
        self._kept = kept
        self.picker.show_used(kept.used)
        self.general.show_choices(kept.general)
        self.show_kind(self._shown or kept.used)

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
        self._say_error(error, MessageLevel.WARNING)

    # What is typed.

    def _on_form_save_requested(self) -> None:
        self._save(then=self._tell_saved)

    def _save(self, *, then: Callable[[bool], None]) -> None:
        if self.form.problem():
            self._say(MessageLevel.ERROR, lambda: (self.form.problem(), ""))
            return
        environments = self._services.environments
        environment, secret = self.form.values, self.form.typed_secret

        def save() -> bool:
            is_proxy_kept = environments.save(environment)
            return (environments.set_secret(environment, secret) if secret else True) and is_proxy_kept

        # The keyring may ask the person for its password, which must not hold up the store.
        self._tasks.start(
            save,
            owner=self,
            on_done=partial(self._on_saved, then, environment, secret),
            on_error=self._on_save_failed,
            lane=Lane.NETWORK,
        )

    def _on_saved(self, then: Callable[[bool], None], environment: Environment, secret: str, is_kept: bool) -> None:
        self.form.take_as_saved(environment, secret)
        self._read()
        self.environment_changed.emit()
        then(is_kept)

    def _tell_saved(self, is_kept: bool) -> None:
        if not is_kept:
            self._say(
                MessageLevel.WARNING,
                lambda: (self.tr("Saved. There is no keyring: the secret holds until the program is closed."), ""),
            )
        elif not self.form.is_changed:
            self._say(MessageLevel.SUCCESS, lambda: (self.tr("Saved."), ""))

    def _on_save_failed(self, error: AppError) -> None:
        self._read()
        self.environment_changed.emit()
        self._say_error(error)

    def _on_form_forget_requested(self) -> None:
        # That of the project that is kept: another one may stand in the field, unsaved.
        environments, environment = self._services.environments, self.form.kept
        self._tasks.start(
            lambda: environments.forget_secret(environment),
            owner=self,
            on_done=lambda _nothing: self._on_forgotten(environment.project_id),
            on_error=self._on_save_failed,
            lane=Lane.NETWORK,
        )

    def _on_forgotten(self, project_id: str) -> None:
        name = one_line(project_id)
        self._say(
            MessageLevel.INFO,
            lambda: (self.tr("The secret of project {project} is forgotten.").format(project=name), ""),
        )
        self._read()
        self.environment_changed.emit()

    def _on_form_use_requested(self) -> None:
        kind = self.form.values.kind
        if kind is EnvironmentKind.SANDBOX:
            self._use(kind)
        else:
            self._save(then=lambda _is_kept: self._use(kind))

    def _use(self, kind: EnvironmentKind) -> None:
        environments = self._services.environments
        self._tasks.start(lambda: environments.choose(kind), owner=self, on_done=self._on_chosen)

    def _on_chosen(self, _environment: Environment) -> None:
        self._read()
        self.environment_changed.emit()

    # The connection.

    def _on_form_test_requested(self) -> None:
        if self.form.problem():
            self._say(MessageLevel.ERROR, lambda: (self.form.problem(), ""))
            return
        environments = self._services.environments
        environment, secret = self.form.values, self.form.typed_secret or None
        self._stop_testing()
        self._say(MessageLevel.INFO, lambda: (self.tr("Testing the connection…"), ""))
        self._testing = self._tasks.start(
            lambda: environments.test_connection(environment, secret),
            owner=self,
            on_done=self._on_tested,
            on_error=self._on_test_failed,
            lane=Lane.NETWORK,
        )

    def _on_tested(self, report: ConnectionReport) -> None:
        level = MessageLevel.SUCCESS if report.is_connected else MessageLevel.ERROR
        if report.is_connected and is_clock_wrong(report):
            level = MessageLevel.WARNING
        self._say(level, lambda: _title_and_remedy(connection_sentence(report)))

    def _on_test_failed(self, error: AppError) -> None:
        self._say_error(error)

    def _on_form_calibrate_requested(self) -> None:
        if self._services.calibration is None:
            return
        dialog = CalibrationDialog(self._services.calibration, self.form.kept.kind, self._tasks, self)
        dialog.taken.connect(self._on_calibration_taken)
        dialog.show()

    def _on_calibration_taken(self) -> None:
        self._read()
        self.environment_changed.emit()

    def _stop_testing(self) -> None:
        if self._testing is not None:
            self._testing.cancel()
            self._testing = None

    def _clear_result(self) -> None:
        """Say nothing more of values that are not those in the fields any more."""
        self._stop_testing()
        self._said = None
        self._show_result()

    def _say_error(self, error: AppError, level: MessageLevel = MessageLevel.ERROR) -> None:
        self._say(level, lambda: _title_and_remedy(error_sentence(error)))

    def _say(self, level: MessageLevel, words: Callable[[], tuple[str, str]]) -> None:
        self._said = level, words
        self._show_result()

    def _show_result(self) -> None:
        for label in (self._result_mark, self._result, self._result_remedy):
            label.setVisible(self._said is not None)
        if self._said is None:
            self._result.clear()
            self._result_remedy.clear()
            return
        level, words = self._said
        title, remedy = words()
        marks = {
            MessageLevel.INFO: ("info", theme().accent),
            MessageLevel.SUCCESS: ("check", theme().success),
            MessageLevel.WARNING: ("warning", theme().warning_ink),
            MessageLevel.ERROR: ("error", theme().danger),
        }
        self._result_mark.setPixmap(icon(*marks[level]).pixmap(QSize(18, 18)))
        self._result.setText(title)
        self._result_remedy.setText(remedy)
        self._result_remedy.setVisible(bool(remedy))

    # General.

    def _on_general_tier_chosen(self, index: int) -> None:
        preferences = self._services.preferences
        self._tasks.start(lambda: preferences.set_tier_index(index), owner=self, on_done=self._on_general_kept)

    def _on_general_folder_chosen(self, folder: Path | None) -> None:
        preferences = self._services.preferences
        self._tasks.start(lambda: preferences.set_download_folder(folder), owner=self, on_done=self._on_general_kept)

    def _on_general_downloading_chosen(self, is_wanted: bool) -> None:
        preferences, since_ms = self._services.preferences, now_ms() if is_wanted else None
        self._tasks.start(
            lambda: preferences.set_downloads_by_itself(since_ms), owner=self, on_done=self._on_downloading_kept
        )

    def _on_general_notice_port_chosen(self, port: int | None) -> None:
        preferences = self._services.preferences
        self._tasks.start(lambda: preferences.set_notice_port(port), owner=self, on_done=self._on_notice_port_kept)

    def _on_notice_port_kept(self, _nothing: None) -> None:
        self._read()
        self.reception_changed.emit()

    def _on_downloading_kept(self, _nothing: None) -> None:
        self._read()
        self.downloading_changed.emit()

    def _on_general_kept(self, _nothing: None) -> None:
        self._read()


def _title_and_remedy(sentence: Sentence) -> tuple[str, str]:
    return sentence.title, sentence.remedy
