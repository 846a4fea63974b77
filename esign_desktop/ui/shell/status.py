"""Provide the status bar: the environment, whether it is ready, and the state of the network and of saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6 import QtCore
from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QStatusBar, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.theme import environment_colours, repolish, theme

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.flows.quota import ContractAccount
    from esign_desktop.ui.environment_watch import EnvironmentState

_LONGEST_PROJECT: Final = 40
_LONGEST_TROUBLE: Final = 80
_LONGEST_NEWS: Final = 40


class StatusLine(QStatusBar):
    """Shows the environment, and news and problems that do not need a message.

    A click on most of them emits a signal.
    """

    environment_clicked = Signal()
    """Emitted when the user wants to see the settings of the environment."""
    rehearsal_requested = Signal()
    """Emitted when the user wants to start the rehearsal."""
    copies_clicked = Signal()
    """Emitted when the user wants to see why there are no current backups."""
    quota_clicked = Signal()
    """Emitted when the user wants to see how many contracts the plan still allows."""
    news_clicked = Signal(object)
    """Carries the ``FlowId`` of the contract that the last news was about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: EnvironmentState | None = None
        self._trouble: AppError | None = None
        self._account: ContractAccount | None = None
        self._is_saved: bool | None = None
        self._has_failed = self._is_preset = False
        self._chip = QPushButton(self)
        self._chip.setObjectName("environmentChip")
        self._chip.hide()
        self._missing = ElidedLabel(self)
        self._rehearse = QPushButton(self.tr("Start rehearsal"), self)
        self._rehearse.setFlat(True)
        self._rehearse.hide()
        self._news = QPushButton(self)
        self._news.setFlat(True)
        self._news.hide()
        self._news_of: object = None
        self._copies = QPushButton(self)
        self._copies.setFlat(True)
        self._copies.hide()
        self._quota = QPushButton(self)
        self._quota.setFlat(True)
        self._quota.hide()
        self._saved = PlainLabel(self, look="hint")
        self._network_mark = QLabel(self)
        self._network = ElidedLabel(self)
        self._network.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self.addWidget(self._chip)
        self.addWidget(self._rehearse)
        self.addWidget(self._missing, 1)
        for widget in (self._quota, self._copies, self._news, self._network_mark, self._network, self._saved):
            self.addPermanentWidget(widget)
        self._chip.clicked.connect(self.environment_clicked)
        self._rehearse.clicked.connect(self._on_rehearse_clicked)
        self._copies.clicked.connect(self.copies_clicked)
        self._quota.clicked.connect(self.quota_clicked)
        self._news.clicked.connect(self._on_news_clicked)
        self._show()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_chip()
            self._show()
            self.show_quota(self._account)
        super().changeEvent(event)

    def show_environment(self, state: EnvironmentState) -> None:
        """Show the environment to which contracts are sent, and what is missing for sending or what a send means."""
        self._state = state
        self._show_chip()

    def show_trouble(self, error: AppError | None) -> None:
        """Show why the platform can't be reached. If ``error`` is None, show nothing."""
        if error is not self._trouble:
            self._trouble = error
            self._show()

    def show_saved(self, *, is_saved: bool | None, has_failed: bool = False, is_preset: bool = False) -> None:
        """Show whether all changes of the open contract are saved, or whether saving failed. For None, show nothing.

        With ``is_preset``, a preset is edited in place of a contract.
        """
        # This method is called at each step of a drag, so the widgets are updated only after a change.
        if (is_saved, has_failed, is_preset) != (self._is_saved, self._has_failed, self._is_preset):
            self._is_saved, self._has_failed, self._is_preset = is_saved, has_failed, is_preset
            self._show()
            self._saved.setObjectName("alarm" if has_failed else "hint")
            repolish(self._saved)

    def show_news(self, sentence: str, about: object) -> None:
        """Show the latest news until the user clicks it.

        With an empty sentence, hide it. ``about`` is its ``FlowId``.
        """
        self._news_of = about
        self._news.setText(one_line(sentence, most_characters=_LONGEST_NEWS).replace("&", "&&"))
        show_tip(self._news, sentence)
        self._news.setAccessibleName(sentence)
        self._news.setVisible(bool(sentence))

    def show_copies(self, title: str, remedy: str) -> None:
        """Show that backups in the second folder are out of date. With an empty title, show nothing."""
        self._copies.setText(title.replace("&", "&&"))
        show_tip(self._copies, remedy)
        self._copies.setAccessibleName(f"{title} {remedy}".strip())
        self._copies.setVisible(bool(title))
        if title:
            self._copies.setIcon(icon("warning", theme().warning_ink))

    def show_quota(self, account: ContractAccount | None) -> None:
        """Show a warning about the contract plan. If ``account`` is None, remove the warning."""
        self._account = account
        self._quota.setVisible(account is not None)
        if account is None:
            return
        from esign_desktop.ui.text.quota import quota_in_short, quota_sentences

        sentences = quota_sentences(account)
        self._quota.setText(quota_in_short(account).replace("&", "&&"))
        show_tip(self._quota, sentences)
        self._quota.setAccessibleName(sentences)
        is_error = account.lacks_for(1)
        self._quota.setIcon(icon("warning", theme().danger if is_error else theme().warning_ink))
        self._quota.setObjectName("alarm" if is_error else "caution")
        repolish(self._quota)

    def _on_rehearse_clicked(self) -> None:
        self._rehearse.setEnabled(False)
        self.rehearsal_requested.emit()

    def _on_news_clicked(self) -> None:
        about = self._news_of
        self.show_news("", None)
        self.news_clicked.emit(about)

    def _show(self) -> None:
        trouble = _title(self._trouble) if self._trouble else ""
        self._network.setText(one_line(trouble, most_characters=_LONGEST_TROUBLE))
        show_tip(self._network, trouble)
        self._network_mark.setVisible(self._trouble is not None)
        if self._trouble is not None:
            self._network_mark.setPixmap(icon("warning", theme().warning_ink).pixmap(QSize(14, 14)))
        if self._is_preset:
            texts = {None: "", True: self.tr("Preset unchanged"), False: self.tr("Preset not saved")}
        else:
            texts = {None: "", True: self.tr("Draft saved"), False: self.tr("Saving…")}
        self._saved.setText(self.tr("Draft not saved") if self._has_failed else texts[self._is_saved])

    def _show_chip(self) -> None:
        if self._state is None:
            return
        # Imported here, because the window is shown before the environment is known.
        from esign_desktop.ui.text.environment import effect_sentence, environment_name

        environment = self._state.environment
        self._chip.setCursor(QtCore.Qt.CursorShape.PointingHandCursor)
        ground, ink = environment_colours(environment.kind)
        name = environment_name(environment.kind)
        is_rehearsal = environment.kind.value == "sandbox"
        # The only project of the rehearsal has no meaning to the user.
        project = "" if is_rehearsal else one_line(environment.project_id, most_characters=_LONGEST_PROJECT)
        text = f"{name} · {project}" if project else name
        self._chip.setText(text.replace("&", "&&"))
        show_tip(self._chip, effect_sentence(environment))
        self._chip.setAccessibleName(self.tr("Environment: {environment}").format(environment=text))
        self._chip.setAccessibleDescription(effect_sentence(environment))
        self._chip.setStyleSheet(
            f"QPushButton {{ background: {ground.name()}; color: {ink.name()}; border: none; border-radius: 4px;"
            f" padding: 2px 10px; font-weight: 600; }}"
            f"QPushButton:focus {{ border: 2px solid {theme().text.name()}; padding: 0px 8px; }}"
        )
        self._chip.show()
        self._rehearse.setVisible(is_rehearsal and bool(self._state.missing))
        self._rehearse.setEnabled(True)
        self._missing.setText(self._readiness(self._state))

    def _readiness(self, state: EnvironmentState) -> str:
        """Return what is missing for sending or, if nothing is missing, what sending means in this environment."""
        from esign_desktop.domain.environment import EnvironmentKind
        from esign_desktop.ui.text.environment import effect_sentence

        if not state.missing:
            return effect_sentence(state.environment)
        if state.environment.kind is EnvironmentKind.SANDBOX:
            return self.tr("The rehearsal isn't running.")
        return _missing_sentence(state.missing)


def _missing_sentence(code: str) -> str:
    from esign_desktop.domain.errors import InputError

    return _title(InputError(code))


def _title(error: AppError) -> str:
    from esign_desktop.ui.text.errors.sentences import error_sentence

    return error_sentence(error).title
