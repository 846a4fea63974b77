"""The bar at the bottom of the Prepare room, with the contract's problems and the send button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.contract.problems import Problem, Severity
from esign_desktop.override import override
from esign_desktop.ui.text.problem import SEVERITY_ICONS, problem_sentence
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.notice_bar import keep_clear
from esign_desktop.ui.widgets.theme import SPACE, are_letters_large, repolish, sized, theme

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
_ROWS_SHOWN = 6
_ROW_PX = 24


class ProblemsBar(QFrame):
    """Shows the most severe problem, the send button and, if the user opens it, a list of all problems.

    While a problem prevents sending, the button names what the user must complete, and emits ``problem_activated``.
    """

    problem_activated = Signal(object)
    """Carries the ``Problem`` whose location the user wants to see."""
    send_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problemsBar")
        keep_clear(self)
        self._problems: tuple[Problem, ...] = ()
        self._draft: ContractDraft | None = None
        self._is_aside = False
        self._position = -1
        self._list = QListWidget(self)
        self._list.setIconSize(QSize(sized(16), sized(16)))
        self._list.setWordWrap(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setSpacing(2)
        self._list.setAccessibleName(self.tr("Problems"))
        self._list.hide()
        self._toggle = QToolButton(self)
        self._toggle.setCheckable(True)
        self._toggle.setAutoRaise(True)
        self._toggle.setToolTip(self.tr("Show all (F8 goes to the next)"))
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        is_large = are_letters_large()
        self._sentence = PlainLabel(self, is_wrapped=True) if is_large else ElidedLabel(self)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._send = QPushButton(self)
        self._send.setObjectName("primary")
        vbox(
            self._list,
            hbox(self._toggle, (self._sentence, 1), self._send, margins=(12, 8, 12, 8)),
            spacing=0,
            parent=self,
        )
        self._toggle.toggled.connect(self._on_toggle_toggled)
        self._list.itemClicked.connect(self._on_list_item_activated)
        self._list.itemActivated.connect(self._on_list_item_activated)
        self._send.clicked.connect(self.press_send)

    @property
    def send_button(self) -> QPushButton:
        """The send button, which requests the review or the location of the problem that prevents sending."""
        return self._send

    @property
    def is_ready(self) -> bool:
        """Whether no problem prevents sending, so that the button requests the review."""
        return self._draft is not None and self._missing is None

    def show_problems(self, problems: tuple[Problem, ...], draft: ContractDraft) -> None:
        """Show the problems of a draft, which are sorted by severity, the most severe first."""
        if problems != self._problems or self._draft is None or len(draft.documents) != len(self._draft.documents):
            self._problems, self._draft = problems, draft
            self._rebuild()
        self._draft = draft

    def go_to_next(self, step: int) -> None:
        """Go to the location of the next (+1) or the previous (-1) problem, cyclically.

        Do nothing if there are no problems or a preset is edited.
        """
        if self._problems and not self._is_aside:
            start = 0 if step > 0 else len(self._problems) - 1
            self._position = start if self._position < 0 else (self._position + step) % len(self._problems)
            self._sentence.setText(problem_sentence(self._problems[self._position]))
            self._list.setCurrentRow(self._position)
            self.problem_activated.emit(self._problems[self._position])

    def set_aside(self, is_aside: bool) -> None:
        """Hide the bar and disable its commands while a preset is edited in place of the contract, or show it again."""
        self._is_aside = is_aside
        self.setVisible(not is_aside)

    @override
    def setVisible(self, visible: bool) -> None:
        super().setVisible(visible and not self._is_aside)

    def press_send(self) -> None:
        """Emit ``send_requested``, or go to the most severe problem that prevents sending.

        Do nothing while a preset is edited.
        """
        if self._is_aside:
            return
        if self._missing is None:
            self.send_requested.emit()
        else:
            self.problem_activated.emit(self._missing)

    @property
    def _missing(self) -> Problem | None:
        """The most severe problem that prevents sending, or None."""
        return next((problem for problem in self._problems if problem.severity >= Severity.CONFIRM), None)

    def _rebuild(self) -> None:
        self._position = -1
        self._list.clear()
        for problem in self._problems:
            item = QListWidgetItem(icon(SEVERITY_ICONS[problem.severity]), problem_sentence(problem), self._list)
            item.setData(Qt.ItemDataRole.UserRole, problem)
        rows = min(_ROWS_SHOWN, max(1, len(self._problems)))
        self._list.setFixedHeight(rows * sized(_ROW_PX) + 2 * SPACE)
        count = len(self._problems)
        worst = self._problems[0].severity if self._problems else Severity.HINT
        self._toggle.setObjectName("" if count else "ready")
        repolish(self._toggle)
        self._show_mark(worst if count else None)
        self._toggle.setText(self.tr("%n to do", "", count) if count else self.tr("Ready"))
        self._toggle.setEnabled(bool(count))
        if not count:
            self._toggle.setChecked(False)
            self._list.hide()
        self._sentence.setText(
            problem_sentence(self._problems[0]) if count else self.tr("Everything is ready. Review before sending.")
        )
        self._show_button()

    def _show_mark(self, worst: Severity | None) -> None:
        self._toggle.setIcon(icon("check", theme().success) if worst is None else icon(SEVERITY_ICONS[worst]))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self._draft is not None:
            self._show_mark(self._problems[0].severity if self._problems else None)
        super().changeEvent(event)

    def _show_button(self) -> None:
        contracts = len(self._draft.documents) if self._draft is not None else 0
        missing = self._missing
        if missing is None and self._draft is not None and self._draft.is_paid_elsewhere:
            self._send.setText(self.tr("Review and send — someone else pays"))
            show_tip(self._send, self.tr("Ctrl+Enter"))
        elif missing is None:
            self._send.setText(self.tr("Review and send — reserves %n contract(s)", "", contracts))
            show_tip(self._send, self.tr("Ctrl+Enter"))
        else:
            self._send.setText(self._missing_text(missing))
            show_tip(self._send, problem_sentence(missing))
        self._send.setIcon(icon("send", theme().on_accent) if missing is None else QIcon())
        self._send.setProperty("ready", missing is None)
        repolish(self._send)

    def _missing_text(self, problem: Problem) -> str:
        match problem.code.partition(".")[0]:
            case "contract":
                return self.tr("Add document") if problem.code == "contract.no_documents" else self.tr("Add signer")
            case "signer" | "account":
                return self.tr("Complete signer {number}").format(number=problem.params.get("number", ""))
            case "keyword":
                return self.tr("Check keyword")
            case "form":
                return self.tr("Check form")
            case "document":
                return self.tr("Check documents")
            case "options":
                return self.tr("Complete options")
            case _:
                return self.tr("Check seals")

    def _on_toggle_toggled(self, is_open: bool) -> None:
        self._list.setVisible(is_open)

    def _on_list_item_activated(self, item: QListWidgetItem) -> None:
        self._position = self._list.row(item)
        self.problem_activated.emit(item.data(Qt.ItemDataRole.UserRole))
