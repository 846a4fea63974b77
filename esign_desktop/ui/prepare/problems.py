"""The part of the Prepare room in the window's status bar: the contract's problems and the send button."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QPushButton, QToolButton, QWidget

from esign_desktop.domain.contract.problems import Problem, Severity
from esign_desktop.override import override
from esign_desktop.ui.prepare.proposals.bar import ProposalBar
from esign_desktop.ui.text.problem import SEVERITY_ICONS, problem_sentence
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import FittingLabel, plain_tip, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.popup import Popup
from esign_desktop.ui.widgets.theme import SPACE, repolish, sized, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from esign_desktop.domain.contract.draft import ContractDraft

_ROWS_SHOWN: Final = 6
_LIST_PX: Final = 420
_BESIDE_TEXT_PX: Final = 48
"""The margins of a row and the scroll bar, in logical pixels."""
_TALLEST_PX: Final = 10_000
_NO_SEAL: Final = "signer.places_seal_themselves"


class ProblemList(Popup):
    """All problems of the contract. Choosing one closes the list."""

    manual_page = "prepare"

    chosen = Signal(int)
    """Carries the index of the chosen problem."""

    def __init__(self, problems: tuple[Problem, ...], current_index: int, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("ProblemsBar", "Problems"), parent)
        rows = QListWidget(self)
        rows.setIconSize(QSize(sized(16), sized(16)))
        rows.setWordWrap(True)
        rows.setFrameShape(QFrame.Shape.NoFrame)
        rows.setSpacing(2)
        rows.setAccessibleName(self.windowTitle())
        rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows.ensurePolished()
        width_px = min(sized(_LIST_PX), parent.window().width() - 4 * SPACE)
        rows.setFixedWidth(width_px)
        # A list that is not shown yet does not know how many lines its texts need.
        text_rect = QRect(0, 0, width_px - sized(16) - _BESIDE_TEXT_PX, _TALLEST_PX)
        for problem in problems:
            text = problem_sentence(problem)
            item = QListWidgetItem(icon(SEVERITY_ICONS[problem.severity]), text, rows)
            lines = rows.fontMetrics().boundingRect(text_rect, int(Qt.TextFlag.TextWordWrap), text)
            item.setSizeHint(QSize(0, lines.height() + 3 * SPACE))
        rows.setCurrentRow(max(0, current_index))
        heights_px = [rows.item(row).sizeHint().height() + 2 * rows.spacing() for row in range(len(problems))]
        rows.setFixedHeight(sum(heights_px[:_ROWS_SHOWN]) + 2 * rows.spacing())
        vbox(rows, margins=(SPACE, SPACE, SPACE, SPACE), parent=self)
        self.setFocusProxy(rows)
        for signal in (rows.itemClicked, rows.itemActivated):
            signal.connect(self._on_rows_item_chosen)
        self._rows = rows

    def _on_rows_item_chosen(self, item: QListWidgetItem) -> None:
        # Enter may arrive as a click and as an activation.
        if self.isVisible():
            self.close()
            self.chosen.emit(self._rows.row(item))


class ProblemsBar(QWidget):
    """Shows the most severe problem, the number of all problems, which opens their list, and the send button.

    While a problem prevents sending, the button names what the user must complete, and emits ``problem_activated``.
    While there are also proposals, the sentence summarizes them, and the buttons accept or dismiss them. The window
    shows the widget itself and ``buttons`` in its status bar.
    """

    problem_activated = Signal(object)
    """Carries the ``Problem`` whose location the user wants to see."""
    send_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = QWidget(parent)
        """The buttons of the bar, which are shown at its right end."""
        self._problems: tuple[Problem, ...] = ()
        self._draft: ContractDraft | None = None
        self._is_aside = False
        self._is_begun = False
        self._is_uncovered = False
        self._trouble = ""
        self._position = -1
        self._toggle = QToolButton(self)
        self._toggle.setAutoRaise(True)
        self._toggle.setToolTip(self.tr("Show all (F8 goes to the next)"))
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._sentence = FittingLabel(self)
        self._send = QPushButton(self.buttons)
        self._send.setObjectName("primary")
        self.proposals = ProposalBar(self.buttons)
        """The choices while there are proposals. They replace the send button."""
        hbox(self._toggle, (self._sentence, 1), parent=self)
        hbox(self.proposals, self._send, parent=self.buttons)
        self.proposals.changed.connect(self._on_proposals_changed)
        self._toggle.clicked.connect(self.open_list)
        self._send.clicked.connect(self.press_send)
        self._send.installEventFilter(self)
        self._show_parts()

    @property
    def send_button(self) -> QPushButton:
        """The send button, which requests the review or the location of the problem that prevents sending."""
        return self._send

    @property
    def sentence(self) -> str:
        """The displayed sentence in full."""
        return self._sentence.accessibleName()

    @property
    def wanted_px(self) -> int:
        """The width in logical pixels in which the sentence is not elided."""
        label = self._sentence
        full_px = label.fontMetrics().horizontalAdvance(self.sentence)
        return self.minimumSizeHint().width() + max(0, full_px - label.minimumSizeHint().width())

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

    def show_trouble(self, sentence: str) -> None:
        """Show what else prevents sending, such as a missing secret, while the contract is complete.

        If ``sentence`` is empty, show nothing.
        """
        self._trouble = sentence
        self._show_sentence()

    def open_list(self) -> None:
        """Show the list of all problems above the bar. Do nothing if there are none."""
        if self._problems:
            listed = ProblemList(self._problems, self._position, self)
            listed.chosen.connect(self._on_list_chosen)
            listed.adjustSize()
            beside, line = self._toggle.mapToGlobal(QPoint()), self.parentWidget() or self
            listed.open_at(QPoint(beside.x(), line.mapToGlobal(QPoint()).y() - listed.height() - SPACE))

    def go_to_next(self, step: int) -> None:
        """Go to the location of the next (+1) or the previous (-1) problem, cyclically.

        Do nothing if there are no problems or a preset is edited.
        """
        if self._problems and not self._is_aside:
            start = 0 if step > 0 else len(self._problems) - 1
            self._go_to(start if self._position < 0 else (self._position + step) % len(self._problems))

    def set_begun(self, *, is_begun: bool) -> None:
        """Show the bar if there is a contract. Otherwise, hide it."""
        self._is_begun = is_begun
        self._show_parts()

    def follow(self, content: QWidget) -> None:
        """Hide the bar while ``content`` is not visible, in another room or under an overlay such as the review."""
        self._is_uncovered = content.isVisible()
        content.installEventFilter(self)
        self._show_parts()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._send:
            # The button may appear where the user double-clicks *Accept all*.
            return event.type() == QEvent.Type.MouseButtonDblClick
        # The system hides the contents of a minimized window, too.
        if event.type() in {QEvent.Type.Show, QEvent.Type.Hide} and not event.spontaneous():
            self._is_uncovered = event.type() == QEvent.Type.Show
            self._show_parts()
        return super().eventFilter(watched, event)

    def set_aside(self, is_aside: bool) -> None:
        """Hide the bar and disable its commands while a preset is edited in place of the contract, or show it again."""
        self._is_aside = is_aside
        self._show_parts()

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

    def _show_parts(self) -> None:
        is_shown = self._is_begun and self._is_uncovered and (self._is_proposed or not self._is_aside)
        # What is hidden makes space for what is shown.
        for part, is_wanted in sorted(
            ((self._send, not self._is_proposed), (self.proposals, self._is_proposed)), key=itemgetter(1)
        ):
            part.setVisible(is_wanted)
        self._toggle.setVisible(not self._is_aside)
        self.setVisible(is_shown)
        self.buttons.setVisible(is_shown)

    @property
    def _is_proposed(self) -> bool:
        """Whether there are proposals for a contract that is incomplete or has a signer without a seal.

        Any other contract can be sent without a decision about them. They can still be accepted on the pages.
        """
        is_complete = self.is_ready and all(problem.code != _NO_SEAL for problem in self._problems)
        return self.proposals.has_plan and not is_complete

    def _on_proposals_changed(self) -> None:
        self._show_parts()
        self._show_sentence()

    def _go_to(self, index: int) -> None:
        self._position = index
        self._show_sentence()
        self.problem_activated.emit(self._problems[index])

    def _rebuild(self) -> None:
        self._position = -1
        count = len(self._problems)
        worst = self._problems[0].severity if self._problems else Severity.HINT
        self._toggle.setObjectName("" if count else "ready")
        repolish(self._toggle)
        self._show_mark(worst if count else None)
        self._toggle.setText(self.tr("%n to do", "", count) if count else self.tr("Ready"))
        self._toggle.setEnabled(bool(count))
        self._show_parts()
        self._show_sentence()
        self._show_button()

    def _show_sentence(self) -> None:
        shorter = ""
        if self._is_proposed and self._position < 0:
            sentence, shorter = self.proposals.wordings
        elif self._trouble and self._missing is None and self._position < 0:
            sentence = self._trouble
        elif self._problems:
            sentence = problem_sentence(self._problems[max(0, self._position)])
        else:
            sentence = self.tr("Everything is ready. Review before sending.")
        self._sentence.show_wordings(sentence, shorter or sentence)
        self._sentence.setToolTip(plain_tip(sentence))
        self._sentence.setAccessibleName(sentence)
        # The sentence does not influence the layout, but the window shows other texts beside it if there is space.
        self.updateGeometry()

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

    def _on_list_chosen(self, index: int) -> None:
        if index < len(self._problems):
            self._go_to(index)
