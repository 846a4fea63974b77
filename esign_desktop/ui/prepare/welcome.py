"""The page that is shown while the contract has no document, with ways to begin and recent files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import are_letters_large, sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from esign_desktop.ui.environment_watch import EnvironmentState

_SHOWN_RECENTS = 5
_FEWEST_RECENTS = 2
_LONGEST_NAME = 36
_CARD_PX = 480


class WelcomePage(QFrame):
    """The start page, which offers to choose files, a template or a recent file and, in the sandbox, to rehearse.

    ``recent_requested`` carries the path of a file.
    """

    open_requested = Signal()
    template_requested = Signal()
    recent_requested = Signal(str)
    rehearsal_requested = Signal()
    sample_requested = Signal()
    account_requested = Signal()
    """Emitted when the user wants to set up a real account."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol = PlainLabel(self)
        title = PlainLabel(self, self.tr("Open a contract to get started"), look="deskTitle")
        hint = PlainLabel(self, self.tr("Drop PDFs anywhere on this window, or choose them."), look="hint")
        is_large = are_letters_large()
        for label in (title, hint):
            label.setWordWrap(is_large)
            label.setProperty("alignment", "AlignHCenter")
        choose = QPushButton(icon("open", theme().on_accent), self.tr("Choose PDFs…"), self)
        choose.setObjectName("primary")
        choose.clicked.connect(self.open_requested)
        self.from_template = QPushButton(icon("templates"), self.tr("From a template…"), self)
        self.from_template.clicked.connect(self.template_requested)
        self._trial: TrialCard | None = None
        self._recents_title = PlainLabel(self, self.tr("Recent"), look="hint")
        self._recents = QVBoxLayout()
        self._recents.setSpacing(4)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        for widget in (self._symbol, title, hint):
            (column if is_large and widget is not self._symbol else _centre(column)).addWidget(widget)
        buttons = _centre(column)
        for button in (choose, self.from_template):
            buttons.addWidget(button)
        column.addSpacing(12)
        _centre(column).addWidget(self._recents_title)
        _centre(column).addLayout(self._recents)
        column.addSpacing(12)
        self._last_row = hbox(margins=(16, 0, 16, 0))
        column.addLayout(self._last_row)
        column.addStretch(3)
        self._show_symbol()
        self.show_recents(())

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_symbol()
        super().changeEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_recents(self, paths: tuple[str, ...]) -> None:
        """Show the first five of ``paths``, the files that were opened last. In a low window, show only two."""
        while (item := self._recents.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._recents_title.setVisible(bool(paths))
        for path in paths[:_SHOWN_RECENTS]:
            button = QPushButton(icon("document"), _button_text(path), self)
            button.setFlat(True)
            show_tip(button, path)
            button.clicked.connect(partial(self.recent_requested.emit, path))
            self._recents.addWidget(button)
        self._fit()

    def show_environment(self, state: EnvironmentState | None, *, has_rehearsed: bool = False) -> None:
        """Show the card for the rehearsal if the sandbox is the current environment, or else hide it.

        ``state`` is None until the environment is known. ``has_rehearsed`` is whether the user has sent a contract in
        the sandbox.
        """
        is_rehearsal = state is not None and state.environment.kind.value == "sandbox"
        if is_rehearsal and self._trial is None:
            self._trial = TrialCard(self)
            self._last_row.addWidget(self._trial, 1)
            self._trial.rehearsal_requested.connect(self.rehearsal_requested)
            self._trial.sample_requested.connect(self.sample_requested)
            self._trial.account_requested.connect(self.account_requested)
        if self._trial is not None:
            self._trial.setVisible(is_rehearsal)
            self._trial.show_state(is_running=state is not None and state.is_ready, has_rehearsed=has_rehearsed)
        self._fit()

    def _fit(self) -> None:
        """Show all parts of the page if they fit, or hide the symbol, then also the card's text and some recent files.

        At least two recent files stay visible, even if they do not fit.
        """
        layout = self.layout()
        if layout is None:
            return
        items = (self._recents.itemAt(at) for at in range(self._recents.count()))
        buttons = [button for item in items if item is not None and (button := item.widget()) is not None]
        for has_symbol, has_text, count in (
            *((True, True, _SHOWN_RECENTS), (False, True, _SHOWN_RECENTS), (False, False, _SHOWN_RECENTS)),
            (False, False, _FEWEST_RECENTS),
        ):
            self._symbol.setVisible(has_symbol)
            if self._trial is not None:
                self._trial.show_text(is_shown=has_text)
            for number, button in enumerate(buttons, 1):
                button.setVisible(number <= count)
            layout.activate()
            if layout.totalHeightForWidth(self.width()) <= self.height():
                return

    def _show_symbol(self) -> None:
        self._symbol.setPixmap(icon("prepare", theme().hint).pixmap(QSize(56, 56)))


class TrialCard(QFrame):
    """The card that offers to start the rehearsal, to open a sample contract and, later, to use a real account."""

    rehearsal_requested = Signal()
    sample_requested = Signal()
    account_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._title = PlainLabel(self, look="sectionTitle")
        self._hint = PlainLabel(self, look="hint", is_wrapped=True)
        self._start = QPushButton(icon("refresh"), self.tr("Start rehearsal"), self)
        self._sample = QPushButton(icon("document"), self.tr("Open sample contract"), self)
        self._account = QPushButton(self.tr("Use a real account…"), self)
        row = vbox if are_letters_large() else hbox
        buttons = row(self._start, self._sample, self._account, 1)
        vbox(
            self._title,
            self._hint,
            buttons,
            margins=(20, 16, 20, 16),
            parent=self,
        )
        self.setMaximumWidth(sized(_CARD_PX))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._start.clicked.connect(self._on_start_clicked)
        self._sample.clicked.connect(self.sample_requested)
        self._account.clicked.connect(self.account_requested)

    def show_state(self, *, is_running: bool, has_rehearsed: bool) -> None:
        """Show the next step: start the rehearsal, send a contract in it or, after that, use a real account."""
        self._start.setVisible(not is_running)
        self._start.setEnabled(True)
        self._start.setText(self.tr("Start rehearsal"))
        self._account.setVisible(has_rehearsed)
        self._title.setText(self.tr("The rehearsal is running") if is_running else self.tr("Try it without an account"))
        if has_rehearsed:
            text = self.tr("You have sent a contract in the rehearsal. Keep trying, or continue with a real account.")
        else:
            text = self.tr(
                "The rehearsal simulates the signing platform on this computer: no data leaves "
                "this computer, nothing costs money, and nothing is legally binding. The sample "
                "contract has two fictitious parties."
            )
        self._hint.setText(text)

    def show_text(self, *, is_shown: bool) -> None:
        """Show or hide the text between the title and the buttons."""
        self._hint.setVisible(is_shown)

    def _on_start_clicked(self) -> None:
        self._start.setEnabled(False)
        self._start.setText(self.tr("Starting rehearsal…"))
        self.rehearsal_requested.emit()


def _centre(column: QVBoxLayout) -> QHBoxLayout:
    """Add a row with centered content to a column, and return the layout for the content."""
    row, inner = QHBoxLayout(), QHBoxLayout()
    row.addStretch()
    row.addLayout(inner)
    row.addStretch()
    column.addLayout(row)
    return inner


def _button_text(path: str) -> str:
    return one_line(Path(path).name, most_characters=_LONGEST_NAME).replace("&", "&&")
