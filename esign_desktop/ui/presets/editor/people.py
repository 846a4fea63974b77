"""Who signs, in the place of whom, and in which order."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget

from esign_desktop.domain.preset.edits import (
    RoleKind,
    add_role,
    change_role,
    move_role,
    own_title,
    remove_role,
    role_kind,
    with_kind,
    with_somebody_else,
    with_title,
)
from esign_desktop.domain.preset.preset import BranchRole, StaffRole
from esign_desktop.ui.presets.editor.item_list import ItemList
from esign_desktop.ui.presets.people import PeopleForm
from esign_desktop.ui.text.moments import circled
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import role_kind_words, role_names
from esign_desktop.ui.widgets.fields import fields_form, show_choices, show_text
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.preset.preset import Preset, Role
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy

_LONGEST: Final = 40
_MOST_STEPS: Final = 50


class PeoplePage(QWidget):
    """Tells the working copy what is typed, and shows what it holds."""

    def __init__(self, copy: WorkingCopy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self.list = ItemList(self.tr("Roles"), role_kind_words(), self, movable=True)
        self._detail = QWidget(self)
        self.kind = QComboBox(self._detail)
        self.title = QLineEdit(self._detail)
        self.title.setMaxLength(_LONGEST)
        self._who = PlainLabel(self._detail)
        self._who.setWordWrap(True)
        self._who.setMinimumWidth(1)
        self.somebody_else = QPushButton(self.tr("&Somebody else…"), self._detail)
        self.somebody_else.setAutoDefault(False)
        self.step = QSpinBox(self._detail)
        self.step.setRange(1, _MOST_STEPS)
        self.silent = QCheckBox(self.tr("Signs &automatically"), self._detail)
        self.people = PeopleForm(self._detail)
        self._fields = QWidget(self._detail)
        self._form = fields_form(self._fields)
        self._lay_out()
        self._connect()
        self.show_copy()

    @property
    def _role(self) -> Role | None:
        roles, row = self._copy.preset.roles, self.list.row
        return roles[row] if 0 <= row < len(roles) else None

    def show_copy(self) -> None:
        """Show what the working copy holds."""
        preset = self._copy.preset
        names = role_names(preset)
        steps = preset.is_ordered
        self.list.show_rows(
            f"{circled(role.terms.step)} {names[str(role.id)]}" if steps else names[str(role.id)]
            for role in preset.roles
        )
        self._show_detail()

    def _lay_out(self) -> None:
        for text, field in (
            (self.tr("Kin&d"), self.kind),
            (self.tr("What the paper calls the&m"), self.title),
            (self.tr("Who"), self._who),
            ("", self.somebody_else),
            (self.tr("S&tep"), self.step),
            ("", self.silent),
        ):
            self._form.addRow(text, field)
        column = QVBoxLayout(self._detail)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._fields)
        column.addWidget(self.people)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 16, 4, 4)
        row.setSpacing(24)
        row.addWidget(self.list, 2)
        row.addWidget(self._detail, 3)

    def _connect(self) -> None:
        self.list.added.connect(self._on_list_added)
        self.list.removed.connect(self._on_list_removed)
        self.list.moved.connect(self._on_list_moved)
        self.list.row_changed.connect(self._show_detail)
        self.kind.activated.connect(self._on_kind_activated)
        self.title.textEdited.connect(self._on_title_text_edited)
        self.somebody_else.clicked.connect(self._on_somebody_else_clicked)
        self.step.valueChanged.connect(self._on_step_value_changed)
        self.silent.clicked.connect(self._on_silent_clicked)
        self.people.filled.connect(self._on_people_filled)

    def _show_detail(self) -> None:
        role, preset = self._role, self._copy.preset
        self._detail.setVisible(role is not None)
        if role is None:
            return
        kind = role_kind(role)
        show_choices(self.kind, role_kind_words(), kind.value)
        show_text(self.title, own_title(role))
        self._who.setText(self._who_words(role))
        is_one = isinstance(role, (StaffRole, BranchRole))
        is_unknown = role.id in preset.knows_nobody_yet
        self._form.setRowVisible(self._who, is_one and not is_unknown)
        self._form.setRowVisible(self.somebody_else, is_one and not is_unknown)
        self._form.setRowVisible(self.step, preset.is_ordered)
        with QSignalBlocker(self.step):
            self.step.setValue(role.terms.step)
        self.silent.setChecked(role.terms.is_silent)
        self._form.setRowVisible(self.silent, kind is not RoleKind.CUSTOMER or role.terms.is_silent)
        self.silent.setEnabled(kind is not RoleKind.PLATFORM)
        self.people.show_role(preset if is_unknown else None, role.id)

    def _who_words(self, role: Role) -> str:
        match role:
            case StaffRole(person=person):
                return one_line(person.name)
            case BranchRole(organization=organization, agent=agent):
                return self.tr("{organization}, through {name}").format(
                    organization=one_line(organization.name), name=one_line(agent.name)
                )
            case _:
                return ""

    def _change(self, change: Callable[[Any], Role], merge_key: object = None) -> None:
        role = self._role
        if role is not None:
            key = None if merge_key is None else (merge_key, role.id)
            self._copy.apply(lambda preset: change_role(preset, role.id, change), key)

    def _on_list_added(self, kind: str) -> None:
        self._copy.apply(lambda preset: add_role(preset, RoleKind(kind)))
        self.list.choose(len(self._copy.preset.roles) - 1)
        self.title.setFocus()

    def _on_list_removed(self, row: int) -> None:
        role_id = self._copy.preset.roles[row].id
        self._copy.apply(lambda preset: remove_role(preset, role_id))

    def _on_list_moved(self, row: int, offset: int) -> None:
        role_id = self._copy.preset.roles[row].id
        self._copy.apply(lambda preset: move_role(preset, role_id, offset))

    def _on_kind_activated(self) -> None:
        self._change(partial(with_kind, kind=RoleKind(self.kind.currentData())))

    def _on_title_text_edited(self, text: str) -> None:
        self._change(partial(with_title, title=text.strip()), "title")

    def _on_somebody_else_clicked(self) -> None:
        self._change(with_somebody_else)
        self.people.setFocus()

    def _on_step_value_changed(self, step: int) -> None:
        self._change(lambda role: replace(role, terms=replace(role.terms, step=step)), "step")

    def _on_silent_clicked(self, is_checked: bool) -> None:
        self._change(lambda role: replace(role, terms=replace(role.terms, is_silent=is_checked)))

    def _on_people_filled(self, filled: Preset) -> None:
        self._copy.apply(lambda preset: replace(preset, roles=filled.roles))
