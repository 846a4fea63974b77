"""The menu in which the user chooses the source of a form field's value: typed, a signer, or a linked field."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu, QWidget

from esign_desktop.domain.contract.form_values import (
    fill_form,
    follow_signer,
    linked_names,
    set_linked,
    signer_datum,
    suits,
)
from esign_desktop.domain.document import FieldSource, SignerDatum
from esign_desktop.domain.signer import OrganizationSigner
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import DocumentId, WantedField


class FieldMenu(QMenu):
    """Lets the user choose the source of a form field's value. Each choice is one undo step.

    The menu deletes itself when it is closed. It is empty if the document has no field with this name.
    """

    def __init__(self, session: ContractSession, document_id: DocumentId, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._document_id = document_id
        self._name = name
        self.aboutToHide.connect(self.deleteLater)
        filling = session.draft.document(document_id).template
        wanted = next((one for one in filling.all_wanted if one.name == name), None) if filling is not None else None
        if filling is None or wanted is None:
            return
        source = filling.source(name)
        for one, text in self._sources(wanted):
            action = self.addAction(text)
            action.setCheckable(True)
            action.setChecked(one == source)
            action.triggered.connect(partial(self._follow, one))
        if self.isEmpty():
            self.addAction(self.tr("No signer has a value for this field")).setEnabled(False)
        if source is not None:
            self.addAction(self.tr("Don't fill from a signer")).triggered.connect(
                partial(self._stop_following, filling.value(name))
            )
        if name in linked_names(session.draft, document_id):
            self.addSeparator()
            action = self.addAction(self.tr("Same as other fields with this label"))
            action.setCheckable(True)
            action.setChecked(name not in filling.unlinked)
            action.toggled.connect(self._set_linked)

    def _sources(self, wanted: WantedField) -> Iterator[tuple[FieldSource, str]]:
        for number, signer in enumerate(self._session.draft.signers, 1):
            for datum in SignerDatum:
                if signer_datum(signer, datum) and suits(wanted.kind, signer, datum):
                    word = _datum_word(datum, is_organization=isinstance(signer, OrganizationSigner))
                    who = one_line(signer_name(signer), most_characters=20)
                    yield FieldSource(self._name, signer.id, datum), f"{number} {who}: {word}"

    def _follow(self, source: FieldSource) -> None:
        self._session.apply(EditName.FILL_FORM, lambda draft: follow_signer(draft, self._document_id, source))

    def _stop_following(self, value: str) -> None:
        self._session.apply(EditName.FILL_FORM, lambda draft: fill_form(draft, self._document_id, self._name, value))

    def _set_linked(self, is_linked: bool) -> None:
        self._session.apply(
            EditName.FILL_FORM, lambda draft: set_linked(draft, self._document_id, self._name, is_linked=is_linked)
        )


def _datum_word(datum: SignerDatum, *, is_organization: bool) -> str:
    translate = QCoreApplication.translate
    match datum:
        case SignerDatum.NAME:
            return translate("FieldMenu", "Name")
        case SignerDatum.NUMBER:
            return (
                translate("FieldMenu", "Registration number")
                if is_organization
                else translate("FieldMenu", "ID number")
            )
        case SignerDatum.MOBILE:
            return translate("FieldMenu", "Mobile")
        case SignerDatum.AGENT:
            return translate("FieldMenu", "Representative's name")
