"""Provide the status bar: the environment, one sentence, and the state of the network and of saving.

In Prepare, the sentence and the button at the right end are those of the room.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

from PySide6 import QtCore
from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, plain_tip, show_tip
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.theme import environment_colours, repolish, sized, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QResizeEvent

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.flows.quota import ContractAccount
    from esign_desktop.ui.environment_watch import EnvironmentState
    from esign_desktop.ui.prepare.problems import ProblemsBar

_LONGEST_PROJECT: Final = 40
_LONGEST_TROUBLE: Final = 80
_LONGEST_NEWS: Final = 40
_HIGH_PX: Final = 48
"""The height that the buttons of a room need, in logical pixels."""
_MARK_PX: Final = 14


class StatusLine(QStatusBar):
    """Shows the environment, one sentence, and news and problems that do not need a message.

    A click on most of them emits a signal. Where there is too little space, the text that matters least is hidden or
    reduced to its icon first; see ``_fit``.
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
        self._room_bar: ProblemsBar | None = None
        self._name = self._project = self._quota_text = self._copies_text = ""
        self._content = QWidget(self)
        self._chip = QPushButton(self._content)
        self._chip.setObjectName("environmentChip")
        self._chip.hide()
        self._rehearse = QPushButton(self.tr("Start rehearsal"), self._content)
        self._sentence = ElidedLabel(self._content)
        self._quota = QPushButton(self._content)
        self._copies = QPushButton(self._content)
        self._network_mark = QLabel(self._content)
        self._network = PlainLabel(self._content)
        self._news = QPushButton(self._content)
        self._news_of: object = None
        self._saved = PlainLabel(self._content, look="hint")
        for button in (self._rehearse, self._quota, self._copies, self._news):
            button.setFlat(True)
            button.hide()
        self._row = hbox(
            *(self._chip, self._rehearse, (self._sentence, 1), self._quota, self._copies),
            *(self._network_mark, self._network, self._news, self._saved),
            parent=self._content,
        )
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self.addWidget(self._content, 1)
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

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The room has shown or hidden its bar, or changed a text in it.
        if event.type() in {QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.LayoutRequest}:
            self._fit()
        return super().eventFilter(watched, event)

    def show_bar(self, bar: ProblemsBar) -> None:
        """Show the sentence and the buttons of Prepare in this line, whenever the room shows them."""
        self._room_bar = bar
        self._row.insertWidget(self._row.indexOf(self._sentence) + 1, bar, 1)
        self._row.addWidget(bar.buttons)
        for part in (bar, bar.buttons):
            part.installEventFilter(self)
        self._show()

    def set_high(self, *, is_high: bool) -> None:
        """Make the line high enough for the buttons of a room, so that nothing moves when the room shows them."""
        self.setMinimumHeight(sized(_HIGH_PX) if is_high else 0)

    def show_environment(self, state: EnvironmentState) -> None:
        """Show the environment to which contracts are sent, and what is missing for sending or what a send means."""
        self._state = state
        self._show_chip()
        self._show()

    def show_trouble(self, error: AppError | None) -> None:
        """Show why the platform can't be reached. If ``error`` is None, show nothing."""
        if error is not self._trouble:
            self._trouble = error
            self._show()

    def show_saved(self, *, is_saved: bool | None, has_failed: bool = False, is_preset: bool = False) -> None:
        """Show whether all changes of the open contract are saved, or whether saving failed. For None, show nothing.

        With ``is_preset``, a preset or a template is edited in place of a contract.
        """
        # This method is called at each step of a drag, so the widgets are updated only after a change.
        if (is_saved, has_failed, is_preset) != (self._is_saved, self._has_failed, self._is_preset):
            self._is_saved, self._has_failed, self._is_preset = is_saved, has_failed, is_preset
            self._saved.setObjectName("alarm" if has_failed else "hint")
            repolish(self._saved)
            self._show()

    def show_news(self, sentence: str, about: object) -> None:
        """Show the latest news until the user clicks it.

        With an empty sentence, hide it. ``about`` is its ``FlowId``.
        """
        self._news_of = about
        self._news.setText(one_line(sentence, most_characters=_LONGEST_NEWS).replace("&", "&&"))
        self._news.setToolTip(plain_tip(sentence))
        self._news.setAccessibleName(sentence)
        self._fit()

    def show_copies(self, title: str, remedy: str) -> None:
        """Show that backups in the second folder are out of date. With an empty title, show nothing."""
        self._copies_text = title
        self._copies.setToolTip(plain_tip(f"{title} {remedy}".strip()))
        self._copies.setAccessibleName(f"{title} {remedy}".strip())
        self._copies.setVisible(bool(title))
        if title:
            self._copies.setIcon(icon("warning", theme().warning_ink))
        self._fit()

    def show_quota(self, account: ContractAccount | None) -> None:
        """Show a warning about the contract plan. If ``account`` is None, remove the warning."""
        self._account = account
        self._quota.setVisible(account is not None)
        self._quota_text = ""
        if account is not None:
            from esign_desktop.ui.text.quota import quota_in_short, quota_sentences

            sentences = quota_sentences(account)
            self._quota_text = quota_in_short(account)
            self._quota.setToolTip(plain_tip(sentences))
            self._quota.setAccessibleName(sentences)
            is_error = account.lacks_for(1)
            self._quota.setIcon(icon("warning", theme().danger if is_error else theme().warning_ink))
            self._quota.setObjectName("alarm" if is_error else "caution")
            repolish(self._quota)
        self._fit()

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
        self._network.setToolTip(plain_tip(trouble))
        self._network_mark.setToolTip(plain_tip(trouble))
        self._network_mark.setVisible(self._trouble is not None)
        if self._trouble is not None:
            self._network_mark.setPixmap(icon("warning", theme().warning_ink).pixmap(QSize(_MARK_PX, _MARK_PX)))
        if self._is_preset:
            texts = {None: "", True: self.tr("No changes"), False: self.tr("Changes not saved")}
        else:
            texts = {None: "", True: self.tr("Draft saved"), False: self.tr("Saving…")}
        self._saved.setText(self.tr("Draft not saved") if self._has_failed else texts[self._is_saved])
        if self._room_bar is not None:
            self._room_bar.show_trouble(self._sentence.text() if self._is_missing else trouble)
        self._fit()

    @property
    def _is_missing(self) -> bool:
        """Whether something is missing for sending, so that the sentence must not be overlooked."""
        return self._state is not None and bool(self._state.missing)

    def _fit(self) -> None:
        """Show the texts that fit beside the sentence.

        The texts of warnings come first, then the project and the news, and last whether the contract is saved.
        """
        bar = self._room_bar if self._room_bar is not None and not self._room_bar.isHidden() else None
        gap_px = self._row.spacing()
        if bar is not None:
            needed_px = bar.wanted_px + bar.buttons.sizeHint().width() + gap_px
        elif self._is_missing:
            needed_px = _text_px(self._sentence)
        else:
            needed_px = self._sentence.minimumSizeHint().width()
        for part in (self._rehearse, self._network_mark):
            needed_px += 0 if part.isHidden() else part.sizeHint().width() + gap_px
        # However little space there is, the environment keeps its name, and the others keep their icons.
        for button, text in ((self._chip, self._name), (self._quota, ""), (self._copies, "")):
            if not button.isHidden():
                needed_px += button.sizeHint().width() - _text_px(button) + _text_px(button, text) + gap_px
        if self._has_failed:
            needed_px += self._saved.sizeHint().width() + gap_px
        around_px = self.minimumSizeHint().width() - self._content.minimumSizeHint().width()
        left_px = self.width() - around_px - needed_px

        def has_space(width_px: int) -> bool:
            nonlocal left_px
            is_enough = width_px <= left_px
            left_px -= width_px if is_enough else 0
            return is_enough

        texts = {
            button: text if has_space(_text_px(button, text)) else ""
            for button, text in ((self._quota, self._quota_text), (self._copies, self._copies_text))
        }
        # In Prepare, the room shows this text as its sentence.
        is_told = bar is not None and bar.sentence == self._network.text()
        is_trouble = self._trouble is not None and not is_told
        is_spelt_out = is_trouble and has_space(self._network.sizeHint().width() + gap_px)
        full_name = f"{self._name} · {self._project}"
        is_full = bool(self._project) and has_space(_text_px(self._chip, full_name) - _text_px(self._chip, self._name))
        texts[self._chip] = full_name if is_full else self._name
        is_news = bool(self._news.text()) and has_space(self._news.sizeHint().width() + gap_px)
        is_saved = self._has_failed or has_space(self._saved.sizeHint().width() + gap_px)
        # A screen reader reads the trouble once.
        self._network_mark.setAccessibleName("" if is_spelt_out or is_told else self._network.text())
        for button, text in texts.items():
            button.setText(text.replace("&", "&&"))
        self._sentence.setVisible(bar is None)
        # What is hidden makes space for what is shown. Otherwise, the window would be widened in between.
        shown = ((self._network, is_spelt_out), (self._news, is_news), (self._saved, is_saved))
        for text_part, is_shown in sorted(shown, key=itemgetter(1)):
            text_part.setVisible(is_shown)

    def _show_chip(self) -> None:
        if self._state is None:
            return
        # Imported here, because the window is shown before the environment is known.
        from esign_desktop.ui.text.environment import effect_sentence, environment_name

        environment = self._state.environment
        self._chip.setCursor(QtCore.Qt.CursorShape.PointingHandCursor)
        ground, ink = environment_colours(environment.kind)
        self._name = environment_name(environment.kind)
        is_rehearsal = environment.kind.value == "sandbox"
        # The only project of the rehearsal has no meaning to the user.
        self._project = "" if is_rehearsal else one_line(environment.project_id, most_characters=_LONGEST_PROJECT)
        text = f"{self._name} · {self._project}" if self._project else self._name
        show_tip(self._chip, effect_sentence(environment))
        self._chip.setToolTip(plain_tip(f"{text} — {effect_sentence(environment)}"))
        self._chip.setAccessibleName(self.tr("Environment: {environment}").format(environment=text))
        self._chip.setStyleSheet(
            f"QPushButton {{ background: {ground.name()}; color: {ink.name()}; border: none; border-radius: 4px;"
            f" padding: 2px 10px; font-weight: 600; }}"
            f"QPushButton:focus {{ border: 2px solid {theme().text.name()}; padding: 0px 8px; }}"
        )
        # The width of its text is measured in the bold font.
        self._chip.ensurePolished()
        self._chip.show()
        self._rehearse.setVisible(is_rehearsal and self._is_missing)
        self._rehearse.setEnabled(True)
        self._sentence.setText(self._readiness(self._state))
        self._sentence.setToolTip(plain_tip(self._sentence.text()))

    def _readiness(self, state: EnvironmentState) -> str:
        """Return what is missing for sending or, if nothing is missing, what sending means in this environment."""
        from esign_desktop.domain.environment import EnvironmentKind
        from esign_desktop.ui.text.environment import effect_sentence

        if not state.missing:
            return effect_sentence(state.environment)
        if state.environment.kind is EnvironmentKind.SANDBOX:
            return self.tr("The rehearsal isn't running.")
        return _missing_sentence(state.missing)


def _text_px(widget: QLabel | QPushButton, text: str | None = None) -> int:
    """Return the width of a text in the font of a widget, by default of the text that it shows."""
    return widget.fontMetrics().horizontalAdvance(widget.text() if text is None else text)


def _missing_sentence(code: str) -> str:
    from esign_desktop.domain.errors import InputError

    return _title(InputError(code))


def _title(error: AppError) -> str:
    from esign_desktop.ui.text.errors.sentences import error_sentence

    return error_sentence(error).title
