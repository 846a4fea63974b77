"""How a signer signs: silently or not, with which seal and certificate."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from esign_desktop.domain.signer import CertificateType, SealType, SigningTerms
from esign_desktop.ui.prepare.narrow_choice import NarrowChoice
from esign_desktop.ui.prepare.signer_words import certificate_words, seal_type_words


class TermsFields(QWidget):
    """The fields of ``SigningTerms`` but the step, which is arranged by dragging."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._terms = SigningTerms()
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        self._silent = QCheckBox(self)
        form.addRow(self._silent)
        self._seal_label = QLabel(self)
        seals = QWidget(self)
        column = QVBoxLayout(seals)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        self._seal_types = {kind: QCheckBox(seals) for kind in SealType}
        for box in self._seal_types.values():
            column.addWidget(box)
            box.clicked.connect(self._on_field_edited)
        form.addRow(self._seal_label, seals)
        self._certificate_label, self._certificate = QLabel(self), NarrowChoice(self)
        self._certificate_label.setBuddy(self._certificate)
        form.addRow(self._certificate_label, self._certificate)
        self._silent.clicked.connect(self._on_field_edited)
        self._certificate.activated.connect(self._on_field_edited)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._silent.setText(self.tr("Signs without being asked"))
        self._silent.setToolTip(self.tr("Only for the platform's own seal, or with an authorization of the signer."))
        self._seal_label.setText(self.tr("Seal"))
        for kind, text in seal_type_words().items():
            self._seal_types[kind].setText(text)
        self._certificate_label.setText(self.tr("Certificate"))
        chosen = self._certificate.currentData()
        self._certificate.clear()
        self._certificate.addItem(self.tr("As the account has it"), 0)
        for certificate, text in certificate_words().items():
            self._certificate.addItem(text, int(certificate))
        self._certificate.setCurrentIndex(max(0, self._certificate.findData(chosen)))

    @property
    def terms(self) -> SigningTerms:
        """The terms as filled in. Both kinds of seal ticked, or none, means any."""
        chosen = frozenset(kind for kind, box in self._seal_types.items() if box.isChecked())
        certificate = int(self._certificate.currentData())
        return replace(
            self._terms,
            is_silent=self._silent.isChecked(),
            seal_types=frozenset() if len(chosen) == len(SealType) else chosen,
            certificate=CertificateType(certificate) if certificate else None,
        )

    def show_terms(self, terms: SigningTerms) -> None:
        """Fill the fields in."""
        self._terms = terms
        self._silent.setChecked(terms.is_silent)
        for kind, box in self._seal_types.items():
            box.setChecked(not terms.seal_types or kind in terms.seal_types)
        self._certificate.setCurrentIndex(max(0, self._certificate.findData(int(terms.certificate or 0))))

    def _on_field_edited(self) -> None:
        self.edited.emit()
