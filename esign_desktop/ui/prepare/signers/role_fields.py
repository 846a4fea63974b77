"""The fields for a signer's role in the contract and, in a preset, for whether another party signs each time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    is_organization,
    role_of,
    unknown_party,
    with_party,
)
from esign_desktop.ui.widgets.forms import CheckField
from esign_desktop.ui.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from esign_desktop.domain.signer import Signer

_LONGEST_ROLE: Final = 40


class RoleFields(QWidget):
    """Lets the user edit the name of our own seal or, in a preset, the role of another signer.

    In a preset, a check box states whether a different party signs each time. ``openness_requested`` is emitted when
    the user changes the box. The widget is hidden if there is nothing to edit.
    """

    openness_requested = Signal()

    def __init__(self, signer: Signer, parent: QWidget | None = None, *, in_preset: bool) -> None:
        super().__init__(parent)
        is_ours = isinstance(signer, ApplicationSigner)
        self._is_ours, self._in_preset = is_ours, in_preset
        self.line = QLineEdit(signer.name if isinstance(signer, ApplicationSigner) else role_of(signer), self)
        label = QLabel(self.tr("Shown as") if is_ours else self.tr("Role in the contract"), self)
        label.setBuddy(self.line)
        if is_ours:
            self.line.setPlaceholderText(self.tr("Our organization"))
        else:
            self.line.setMaxLength(_LONGEST_ROLE)
        self.is_open = CheckField(self.tr("A different party each time"))
        self.is_open.setChecked(isinstance(signer, OpenSigner))
        self.is_open.setVisible(in_preset and not is_ours)
        vbox(hbox(label, (self.line, 1)), self.is_open, spacing=8, parent=self)
        self.setVisible(is_ours or in_preset)
        self.is_open.edited.connect(self.openness_requested)

    def filled(self, signer: Signer) -> Signer:
        """Return the signer with the entered name or role. Outside a preset, the role is unchanged."""
        text = self.line.text().strip()
        if isinstance(signer, ApplicationSigner):
            return replace(signer, name=text)
        return replace(signer, role=text) if self._in_preset else signer

    def opened(self, signer: Signer) -> Signer:
        """Return a signer as an open signer without its party, or an open signer with a party that is still unknown."""
        if isinstance(signer, OpenSigner):
            return with_party(signer, unknown_party(signer.kind))
        kind = AccountKind.ORGANIZATION if is_organization(signer) else AccountKind.PERSON
        return OpenSigner(signer.id, role_of(signer), replace(signer.terms, is_silent=False), kind)
