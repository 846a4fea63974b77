"""The plan of a contract, step by step, each signer with number and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.prepare.signer_card import SignerBadge

if TYPE_CHECKING:
    from esign_desktop.ui.review.plan_sentences import PlanLine, PlanStep


class PlanList(QWidget):
    """Read-only; a screen reader gets it as one sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widgets: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def show_plan(self, steps: tuple[PlanStep, ...], in_a_line: str) -> None:
        """Show these steps; ``in_a_line`` is what a screen reader reads."""
        for widget in self._widgets:
            widget.hide()
            widget.deleteLater()
        self._widgets = []
        for step in steps:
            if step.title:
                title = PlainLabel(self)
                title.setObjectName("hint")
                title.setText(step.title)
                self._add(title)
            for line in step.lines:
                self._add(self._row(line))
        self.setAccessibleName(in_a_line)

    def _add(self, widget: QWidget) -> None:
        self._widgets.append(widget)
        self._column.addWidget(widget)

    def _row(self, line: PlanLine) -> QWidget:
        holder = QWidget(self)
        name = PlainLabel(holder)
        name.setObjectName("signerName")
        name.setText(line.name)
        name.setWordWrap(True)
        text = PlainLabel(holder)
        text.setText(line.text)
        text.setWordWrap(True)
        texts = QVBoxLayout()
        texts.setContentsMargins(0, 2, 0, 0)
        texts.setSpacing(2)
        texts.addWidget(name)
        texts.addWidget(text)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(SignerBadge(line.number, holder), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        return holder
