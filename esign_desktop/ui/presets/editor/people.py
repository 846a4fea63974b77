"""The editor's page for a preset's roles and the order in which they sign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QScrollArea, QWidget

from esign_desktop.domain.contract.edits import update_signer
from esign_desktop.domain.preset.edits import (
    RoleKind,
    add_role,
    move_role,
    own_title,
    remove_role,
    role_kind,
    with_kind,
    with_title,
    without_signer,
)
from esign_desktop.domain.signer import OpenSigner, OrganizationSigner, PersonSigner, Signer, SignerId
from esign_desktop.ui.presets.editor.item_list import ItemForm, ItemList
from esign_desktop.ui.presets.people import PeopleForm
from esign_desktop.ui.text.moments import circled
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import role_kind_words, role_names
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, LineField, NumberField, Row
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy

_LONGEST: Final = 40
_MOST_STEPS: Final = 50


class PeoplePage(QWidget):
    """The page for the roles: the list of roles, and the settings of the chosen one."""

    def __init__(self, copy: WorkingCopy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self.list = ItemList(self.tr("Signing roles"), role_kind_words(), self, movable=True)
        self.kind = ChoiceField(role_kind_words().items())
        self.title = LineField(max_length=_LONGEST)
        self._who = PlainLabel(is_wrapped=True)
        self._who.setMinimumWidth(1)
        self.other_signer = QPushButton(self.tr("&Someone else…"))
        self.other_signer.setAutoDefault(False)
        self.step = NumberField(1, _MOST_STEPS)
        self.silent = CheckField(self.tr("Signs &automatically"))
        self._detail = QWidget(self)
        self.people = PeopleForm(self._detail)
        self._form: ItemForm[Signer] = ItemForm(OpenSigner(SignerId("")), self._rows(), self._detail)
        self._form.form_layout.insertRow(2, self.tr("Signer"), self._who)
        self._form.form_layout.insertRow(3, "", self.other_signer)
        vbox(self._form, self.people, 1, spacing=6, parent=self._detail)
        # On a small screen, the settings are higher than the window.
        scroll = QScrollArea(self)
        scroll.setWidget(self._detail)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        hbox((self.list, 2), (scroll, 3), spacing=24, margins=(4, 16, 4, 4), parent=self)
        self.list.added.connect(self._on_list_added)
        self.list.removed.connect(self._on_list_removed)
        self.list.moved.connect(self._on_list_moved)
        self.list.row_changed.connect(self._show_detail)
        self.other_signer.clicked.connect(self._on_other_signer_clicked)
        self.people.filled.connect(self._on_people_filled)
        self._form.edited.connect(self._on_form_edited)
        self.show_copy()

    def show_copy(self) -> None:
        """Show the current state of the working copy."""
        preset, names = self._copy.preset, role_names(self._copy.preset)
        self.list.show_rows(
            f"{circled(role.terms.step)} {names[str(role.id)]}"
            if preset.is_ordered and role.terms.step
            else names[str(role.id)]
            for role in preset.signers
        )
        self._show_detail()

    def _rows(self) -> Iterator[Row[Signer]]:
        yield Row("kind", self.tr("Kin&d"), self.kind, role_kind, lambda role, kind: with_kind(role, RoleKind(kind)))
        yield Row("title", self.tr("Role in the contra&ct"), self.title, own_title, with_title)
        yield Row("terms.step", self.tr("S&tep"), self.step)
        yield Row(
            "terms.is_silent",
            "",
            self.silent,
            is_shown=lambda role: not isinstance(role, OpenSigner) or role.terms.is_silent,
        )

    @property
    def _role(self) -> Signer | None:
        roles, row = self._copy.preset.signers, self.list.row
        return roles[row] if 0 <= row < len(roles) else None

    def _show_detail(self) -> None:
        role, preset = self._role, self._copy.preset
        self._detail.setVisible(role is not None)
        if role is None:
            return
        self._form.show_item(role.id, role)
        is_unknown = role.id in preset.roles_without_signer
        is_one = isinstance(role, (PersonSigner, OrganizationSigner)) and not is_unknown
        self._who.setText(self._who_words(role))
        self._form.form_layout.setRowVisible(self._who, is_one)
        self._form.form_layout.setRowVisible(self.other_signer, is_one)
        self._form.set_row_visible("terms.step", is_visible=preset.is_ordered)
        self.silent.setEnabled(role_kind(role) is not RoleKind.PLATFORM)
        self.people.show_role(preset if is_unknown else None, role.id)

    def _who_words(self, role: Signer) -> str:
        match role:
            case PersonSigner(person=person):
                return one_line(person.name)
            case OrganizationSigner(organization=organization, agent=agent):
                return self.tr("{organization}, represented by {name}").format(
                    organization=one_line(organization.name), name=one_line(agent.name)
                )
            case _:
                return ""

    def _change(self, role: Signer, merge_key: str = "") -> None:
        key = merge_key and f"{merge_key} {role.id}"
        self._copy.apply(lambda preset: update_signer(preset, role), key)

    def _on_form_edited(self, role: Signer, merge_key: str) -> None:
        self._change(role, merge_key)

    def _on_list_added(self, kind: str) -> None:
        self._copy.apply(lambda preset: add_role(preset, RoleKind(kind)))
        self.list.choose(len(self._copy.preset.signers) - 1)
        self.title.setFocus()

    def _on_list_removed(self, row: int) -> None:
        role_id = self._copy.preset.signers[row].id
        self._copy.apply(lambda preset: remove_role(preset, role_id))

    def _on_list_moved(self, row: int, offset: int) -> None:
        role_id = self._copy.preset.signers[row].id
        self._copy.apply(lambda preset: move_role(preset, role_id, offset))

    def _on_other_signer_clicked(self) -> None:
        if self._role is not None:
            self._change(without_signer(self._role))
        self.people.setFocus()

    def _on_people_filled(self, filled: Preset) -> None:
        self._copy.apply(lambda preset: replace(preset, signers=filled.signers))
