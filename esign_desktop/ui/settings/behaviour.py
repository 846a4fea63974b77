"""How one environment's platform behaves where its documentation leaves it open, folded until somebody looks."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.environment import MAX_OWN_SEAL_PT, MIN_OWN_SEAL_PT, PlatformBehaviour
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.override import override
from esign_desktop.ui.text.environment import behaviour_choices, behaviour_names
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.lengths import LengthBox

_DEFAULT: Final = PlatformBehaviour()
_WIDTHS: Final = ("organization_seal_width_pt", "person_seal_width_pt")


class BehaviourGroup(QWidget):
    """Shows a behaviour and lets it be changed; ``edited`` tells of a person's change only."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = _DEFAULT
        self._head = QToolButton(self)
        self._head.setObjectName("fold")
        self._head.setCheckable(True)
        self._head.setAutoRaise(True)
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._summary = PlainLabel(self)
        self._summary.setObjectName("hint")
        self._body = QWidget(self)
        self._choices = {one.name: QComboBox(self._body) for one in fields(_DEFAULT) if one.name not in _WIDTHS}
        self._widths = {name: LengthBox(self._body) for name in _WIDTHS}
        self._labels = {name: QLabel(self._body) for name in (*self._choices, *self._widths)}
        self._explanation = PlainLabel(self._body)
        self._explanation.setObjectName("hint")
        self._explanation.setWordWrap(True)
        self._reset = QPushButton(self._body)
        self._lay_out()
        self._connect()
        self.retranslate()
        self._fold(is_open=False)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the room scroll past: only a field that has the focus takes the wheel."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    @property
    def behaviour(self) -> PlatformBehaviour:
        """The behaviour as it is chosen."""
        return self._shown

    def show_behaviour(self, behaviour: PlatformBehaviour) -> None:
        """Show a behaviour without telling of it."""
        self._shown = behaviour
        self._show()

    def open(self) -> None:
        """Unfold the group."""
        self._head.setChecked(True)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._head.setText(self.tr("How this platform behaves"))
        for name, text in behaviour_names().items():
            self._labels[name].setText(text)
        for name, words in behaviour_choices().items():
            choice = self._choices[name]
            choice.clear()
            for value, text in words.items():
                choice.addItem(text, str(value))
        self._explanation.setText(
            self.tr(
                "The platform's documentation leaves these open. Seals are placed, drawn and checked as chosen here;"
                " a wrong choice puts them elsewhere."
            )
        )
        self._reset.setText(self.tr("Back to what is usual"))
        self._show()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        # In the order of the behaviour's own fields, places of seals first.
        for name in ("seal_anchor", "keyword_origin", "cross_page_split", *_WIDTHS):
            form.addRow(self._labels[name], self._field(name))
        for name in ("links_at_start", "freeze_at", "second_account"):
            form.addRow(self._labels[name], self._field(name))
        for name in self._labels:
            self._labels[name].setBuddy(self._field(name))
        for box in self._widths.values():
            box.setRange(pt_to_mm(MIN_OWN_SEAL_PT), pt_to_mm(MAX_OWN_SEAL_PT))
        buttons = QHBoxLayout()
        buttons.addWidget(self._reset)
        buttons.addStretch()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(20, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._explanation)
        column.addLayout(form)
        column.addLayout(buttons)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._head)
        head.addWidget(self._summary, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self._body)

    def _field(self, name: str) -> QWidget:
        return self._choices[name] if name in self._choices else self._widths[name]

    def _connect(self) -> None:
        self._head.toggled.connect(self._on_head_toggled)
        for name in self._labels:
            field = self._field(name)
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(self)
        self._reset.clicked.connect(self._on_reset_clicked)
        for choice in self._choices.values():
            choice.activated.connect(self._on_chosen)
        for box in self._widths.values():
            box.length_edited.connect(self._on_chosen)

    def _show(self) -> None:
        for name, choice in self._choices.items():
            choice.setCurrentIndex(choice.findData(str(getattr(self._shown, name))))
        for name, box in self._widths.items():
            box.show_length(getattr(self._shown, name))
        self._show_difference()

    def _show_difference(self) -> None:
        count = sum(getattr(self._shown, one.name) != getattr(_DEFAULT, one.name) for one in fields(_DEFAULT))
        self._summary.setText(self.tr("%n setting(s) differ from what is usual", "", count) if count else "")
        self._reset.setEnabled(bool(count))

    def _fold(self, *, is_open: bool) -> None:
        self._head.setIcon(icon("chevron-down" if is_open else "chevron-right"))
        self._body.setVisible(is_open)

    def _on_head_toggled(self, is_open: bool) -> None:
        self._fold(is_open=is_open)

    def _on_reset_clicked(self) -> None:
        self.show_behaviour(_DEFAULT)
        self.edited.emit()

    def _on_chosen(self) -> None:
        chosen = {name: choice.currentData() for name, choice in self._choices.items()}
        # A length is shown rounded, so that its ends lie a little beyond what is meant.
        widths = {n: min(MAX_OWN_SEAL_PT, max(MIN_OWN_SEAL_PT, box.length_pt)) for n, box in self._widths.items()}
        self._shown = PlatformBehaviour.from_values({**chosen, **widths})
        self._show_difference()
        self.edited.emit()
