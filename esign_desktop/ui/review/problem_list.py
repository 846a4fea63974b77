"""What was found in a contract, for reading: warnings in full, hints folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from esign_desktop.domain.problems import Problem, Severity
from esign_desktop.override import override
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.prepare.problem_sentences import problem_sentence
from esign_desktop.ui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

_ICONS = {Severity.BLOCKING: "error", Severity.CONFIRM: "warning", Severity.WARNING: "warning", Severity.HINT: "info"}


def _ink(severity: Severity) -> QColor:
    match severity:
        case Severity.BLOCKING:
            return theme().danger
        case Severity.HINT:
            return theme().hint
        case _:
            return theme().warning_ink


class ProblemRow(QWidget):
    """One problem, and a way to where it is."""

    activated = Signal(object)

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem = problem
        mark = QLabel(self)
        mark.setPixmap(icon(_ICONS[problem.severity], _ink(problem.severity)).pixmap(16, 16))
        sentence = PlainLabel(self)
        sentence.setText(problem_sentence(problem))
        sentence.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(mark)
        row.addWidget(sentence, 1)
        if problem.subject is not None:
            go = QToolButton(self)
            go.setText(self.tr("Show"))
            go.setAutoRaise(True)
            go.setAccessibleName(self.tr("Show: {problem}").format(problem=sentence.text()))
            go.clicked.connect(self._on_go_clicked)
            row.addWidget(go)

    def _on_go_clicked(self) -> None:
        self.activated.emit(self._problem)


class ProblemList(QWidget):
    """The gravest first. It says so when there is nothing to say."""

    problem_activated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()
        self._rows: list[QWidget] = []
        self._nothing = PlainLabel(self)
        self._nothing.setObjectName("hint")
        self._fold = QToolButton(self)
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._hints = QWidget(self)
        self._hint_column = QVBoxLayout(self._hints)
        self._hint_column.setContentsMargins(0, 0, 0, 0)
        self._hint_column.setSpacing(8)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self._nothing)
        self._column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._hints)
        self._fold.toggled.connect(self._on_fold_toggled)
        self._rebuild()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}:
            self._rebuild()
        super().changeEvent(event)

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show these."""
        self._problems = tuple(sorted(problems, key=lambda problem: -problem.severity))
        self._fold.setChecked(False)
        self._rebuild()

    def _rebuild(self) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = []
        hints = 0
        for problem in self._problems:
            is_hint = problem.severity is Severity.HINT
            row = ProblemRow(problem, self._hints if is_hint else self)
            row.activated.connect(self.problem_activated)
            self._rows.append(row)
            if is_hint:
                hints += 1
                self._hint_column.addWidget(row)
            else:
                self._column.insertWidget(len(self._rows) - hints, row)
        self._nothing.setText(self.tr("Nothing stands out."))
        self._nothing.setVisible(len(self._problems) == hints)
        self._fold.setText(self.tr("%n hint(s)", "", hints))
        self._fold.setVisible(bool(hints))
        self._on_fold_toggled(self._fold.isChecked())

    def _on_fold_toggled(self, is_open: bool) -> None:
        self._fold.setIcon(icon("chevron-down" if is_open else "chevron-right"))
        self._hints.setVisible(is_open and not self._fold.isHidden())
