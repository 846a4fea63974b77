"""The list of a contract's parties in the review, each with its actions, the page parts and a check box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from esign_desktop.ui.send.paper import PlanRows
from esign_desktop.ui.send.plan import plan, plan_in_a_line
from esign_desktop.ui.viewer.page_parts import PageParts
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.signer_card import SignerBadge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import KeywordHits
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.people.accounts import Reach
    from esign_desktop.ui.send.plan import PlanLine
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer


_INDENT_PX: Final = 21
"""The indent of a party's actions below its name."""


class Party(QFrame):
    """Shows a party of a contract with its actions, and a check box if there are several parties.

    ``ticked`` carries the signer's number and whether the box is checked. ``row_reached`` is the signal of
    ``PlanRows``.
    """

    ticked = Signal(int, bool)
    row_reached = Signal(QWidget, QRect)

    def __init__(self, line: PlanLine, paper: PageParts, parent: QWidget, *, is_ticked: bool | None) -> None:
        """Create the widget. ``is_ticked`` is the state of the check box. If it is None, there is no check box."""
        super().__init__(parent)
        self.setObjectName("card")
        self._number = line.number
        name = PlainLabel(self, line.name, look="signerName", is_wrapped=True)
        how = PlainLabel(self, line.how, is_wrapped=True)
        self._rows = PlanRows(line.rows, paper, self)
        self._rows.setAccessibleName(line.name)
        self._rows.setVisible(bool(line.rows))
        self._tick = QCheckBox(self.tr("Checked"), self)
        self._tick.setAccessibleName(self.tr("Checked: {name}").format(name=line.name))
        self._tick.setChecked(bool(is_ticked))
        self._tick.setVisible(is_ticked is not None)
        top = Qt.AlignmentFlag.AlignTop
        head = hbox(
            (SignerBadge(line.number, self), top),
            (vbox(name, how, spacing=2, margins=(0, 2, 0, 0)), 1),
            (self._tick, top),
        )
        vbox(head, hbox((self._rows, 1), margins=(_INDENT_PX, 0, 0, 0)), margins=(12, 10, 12, 6), parent=self)
        self._tick.toggled.connect(self._on_tick_toggled)
        self._rows.row_reached.connect(self.row_reached)

    def _on_tick_toggled(self, is_ticked: bool) -> None:
        self.ticked.emit(self._number, is_ticked)


class PartyList(QWidget):
    """Shows the parties of a contract in signing order. Screen readers announce the whole plan as one sentence.

    The check boxes help the user keep track. They are not required for sending, and their states are not stored.
    """

    ticks_changed = Signal(int, int)
    """Carries the number of checked parties and the number of all parties. Both are 0 if there is only one party."""
    row_reached = Signal(QWidget, QRect)
    """Carries a widget and the rectangle in it of the row that has received the keyboard focus."""

    def __init__(self, renderer: PageRenderer, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.paper = PageParts(renderer, tasks, self)
        self._widgets: list[QWidget] = []
        self._ticked: set[int] = set()
        self._count = 0
        self._column = vbox(spacing=10, parent=self)

    def clear_ticks(self) -> None:
        """Forget which check boxes are checked. ``show_plan`` then shows them unchecked."""
        self._ticked.clear()

    def show_plan(self, draft: ContractDraft, hits: KeywordHits, reaches: Mapping[SignerId, Reach]) -> None:
        """Show the actions of a draft's parties.

        ``hits`` contains the matches of the draft's keywords, and ``reaches`` the masked contact data of signers who
        have accounts.
        """
        for widget in self._widgets:
            widget.hide()
            widget.deleteLater()
        self._widgets = []
        self.paper.show_draft(draft, hits)
        self._count = len(draft.signers) if len(draft.signers) > 1 else 0
        for step in plan(draft, hits, reaches):
            if step.title:
                self._add(PlainLabel(self, step.title, look="hint"))
            for line in step.lines:
                is_ticked = line.number in self._ticked if self._count else None
                party = Party(line, self.paper, self, is_ticked=is_ticked)
                party.ticked.connect(self._on_party_ticked)
                party.row_reached.connect(self.row_reached)
                self._add(party)
        self.setAccessibleName(plan_in_a_line(draft, hits))
        self._tell_ticks()

    def _add(self, widget: QWidget) -> None:
        self._widgets.append(widget)
        self._column.addWidget(widget)

    def _tell_ticks(self) -> None:
        self.ticks_changed.emit(len(self._ticked), self._count)

    def _on_party_ticked(self, number: int, is_ticked: bool) -> None:
        (self._ticked.add if is_ticked else self._ticked.discard)(number)
        self._tell_ticks()
