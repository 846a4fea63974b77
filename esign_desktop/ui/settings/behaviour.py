"""The settings for behavior of the platform that its documentation does not specify."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from esign_desktop.domain.environment import MAX_OWN_SEAL_PT, MIN_OWN_SEAL_PT, PlatformBehaviour
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.ui.text.environment import behaviour_choices, behaviour_names
from esign_desktop.ui.widgets.fold import FoldButton
from esign_desktop.ui.widgets.forms import ChoiceField, Form, Row
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.lengths import LengthBox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEFAULT: Final = PlatformBehaviour()
_PLACES: Final = ("seal_anchor", "keyword_origin", "cross_page_split")
_WIDTHS: Final = ("organization_seal_width_pt", "person_seal_width_pt")
_OTHERS: Final = ("links_at_start", "freeze_at", "second_account", "chunk_type_name")


class BehaviourGroup(QWidget):
    """A collapsible form for a ``PlatformBehaviour``. ``edited`` is emitted only when the user changes a setting."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = FoldButton(self, self.tr("Platform behavior"))
        self._summary = PlainLabel(self, look="hint")
        self._body = QWidget(self)
        explanation = self.tr(
            "The platform's documentation doesn't specify these behaviors. Seals are placed, "
            "drawn and checked according to these settings, so a wrong setting puts seals in "
            "the wrong place."
        )
        self._form: Form[PlatformBehaviour] = Form(_DEFAULT, self._rows(), self._body)
        self._form.form_layout.setHorizontalSpacing(16)
        self.reset = QPushButton(self.tr("Restore default settings"), self._body)
        vbox(
            PlainLabel(self._body, explanation, look="hint", is_wrapped=True),
            self._form,
            hbox(self.reset, 1),
            margins=(20, 0, 0, 0),
            parent=self._body,
        )
        vbox(hbox(self.head, (self._summary, 1)), self._body, parent=self)
        self.head.toggled.connect(self._body.setVisible)
        self.reset.clicked.connect(self._on_reset_clicked)
        self._form.edited.connect(self._on_form_edited)
        self._body.hide()
        self.show_behaviour(_DEFAULT)

    @property
    def behaviour(self) -> PlatformBehaviour:
        """The behavior with the settings that the form shows."""
        return self._form.value

    @property
    def summary(self) -> str:
        """The text with the number of settings that differ from the defaults. Empty if none does."""
        return self._summary.text()

    def field(self, name: str) -> QWidget:
        """Return the widget that edits the attribute ``name`` of ``PlatformBehaviour``."""
        return self._form.field(name)

    def show_behaviour(self, behaviour: PlatformBehaviour) -> None:
        """Show a behavior without emitting ``edited``."""
        self._form.show_value(behaviour)
        count = sum(getattr(behaviour, one.name) != getattr(_DEFAULT, one.name) for one in fields(_DEFAULT))
        self._summary.setText(self.tr("%n setting(s) differ from the default", "", count) if count else "")
        self.reset.setEnabled(bool(count))

    def open(self) -> None:
        """Expand the form."""
        self.head.setChecked(True)

    def _rows(self) -> Iterator[Row[PlatformBehaviour]]:
        names, choices = behaviour_names(), behaviour_choices()
        for name in (*_PLACES, *_WIDTHS, *_OTHERS):
            if name in _WIDTHS:
                field = LengthBox()
                field.setRange(pt_to_mm(MIN_OWN_SEAL_PT), pt_to_mm(MAX_OWN_SEAL_PT))
                row = Row(name, names[name], field, set=_with_width(name))
            else:
                row = Row(name, names[name], ChoiceField(choices[name].items()))
            yield row

    def _on_reset_clicked(self) -> None:
        self._on_form_edited(_DEFAULT)

    def _on_form_edited(self, behaviour: PlatformBehaviour) -> None:
        self.show_behaviour(behaviour)
        self.edited.emit()


def _with_width(name: str) -> Callable[[PlatformBehaviour, float], PlatformBehaviour]:
    def changed(behaviour: PlatformBehaviour, width_pt: float) -> PlatformBehaviour:
        # The displayed length is rounded, so the limits of the field lie slightly outside the allowed range.
        return replace(behaviour, **{name: min(MAX_OWN_SEAL_PT, max(MIN_OWN_SEAL_PT, width_pt))})  # type: ignore[arg-type]

    return changed
