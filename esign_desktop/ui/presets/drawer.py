"""The drawer beside the grid of presets, with the details of the current card and its commands."""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QMenu, QPushButton, QScrollArea, QWidget

from esign_desktop.override import override
from esign_desktop.ui.presets.keys import KeyChoice
from esign_desktop.ui.presets.people import PeopleForm
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import china_day, china_time, now_ms
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import role_names
from esign_desktop.ui.text.template import template_name
from esign_desktop.ui.widgets.deliberate import ConfirmButton
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, separator, set_font_px
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.more_button import MoreButton
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esign_desktop.domain.preset.preset import Preset, PresetHome
    from esign_desktop.domain.templates import Template
    from esign_desktop.ui.presets.cards import Card

_WIDTH_PX: Final = 320
_LONGEST: Final = 40


class Command(Enum):
    """The commands of the drawer for a preset or a template."""

    BEGIN_CONTRACT = auto()
    EDIT = auto()
    RENAME = auto()
    DUPLICATE = auto()
    EXPORT = auto()
    DRAW_FIELDS = auto()
    ADD_PDF = auto()
    REMOVE = auto()


class PresetDrawer(QScrollArea):
    """Shows the details of a card, and the commands for its preset or template.

    ``commanded`` carries a ``Command``, and the ``Preset`` or the ``Template`` to which it applies.
    """

    commanded = Signal(object, object)
    key_chosen = Signal(object)
    """Carries the number of the function key that the user has chosen for the preset, or None for no key."""
    people_filled = Signal(object)
    """Carries the ``Preset`` with the signer that the user has entered for a branch or staff role."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card: Card | None = None
        self._home: PresetHome | None = None
        self._main: tuple[Command, Preset | Template] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(sized(_WIDTH_PX))
        content = QWidget(self)
        self._symbol = PlainLabel(content)
        self.title = PlainLabel(content, is_wrapped=True)
        set_font_px(self.title, 17, is_bold=True)
        self.title.setMinimumWidth(1)
        self.main = QPushButton(content)
        self.main.setObjectName("primary")
        self.edit = QPushButton(self.tr("E&dit…"), content)
        self.menu = QMenu(content)
        self.more = MoreButton(self.menu, content)
        self.facts = PlainLabel(content, is_wrapped=True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts.setMinimumWidth(1)
        self.key = KeyChoice()
        self._key_row = QWidget(content)
        row = QFormLayout(self._key_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addRow(self.tr("Counter &key"), self.key)
        self.people = PeopleForm(content)
        self.remove = ConfirmButton(content)
        vbox(
            hbox((self._symbol, Qt.AlignmentFlag.AlignTop), (self.title, 1), spacing=10),
            hbox((self.main, 1), self.edit, self.more),
            separator(content),
            self.facts,
            self._key_row,
            self.people,
            1,
            hbox(self.remove, 1),
            spacing=12,
            margins=(16, 14, 16, 16),
            parent=content,
        )
        self.setWidget(content)
        self.main.clicked.connect(self.begin)
        self.edit.clicked.connect(self._on_edit_clicked)
        self.key.edited.connect(self._on_key_edited)
        self.people.filled.connect(self.people_filled)
        self.remove.confirmed.connect(self._on_remove_confirmed)
        self._show_icons()

    @property
    def card(self) -> Card | None:
        """The card that is shown, or None before the first one."""
        return self._card

    def show_card(self, card: Card, presets: Sequence[Preset], home: PresetHome | None) -> None:
        """Show a card. ``home`` is the current project, or None if it is unknown.

        ``presets`` are all presets on this computer. The function keys of other presets cannot be chosen.
        """
        if self._card is None or self._card.key != card.key:
            # The confirmation applied to the card that was shown before.
            self.remove.disarm()
        self._card, self._home = card, home
        preset = card.preset
        self.title.setText(card.name)
        self.more.setAccessibleDescription(card.name)
        self.facts.setText("\n".join(self._facts(card)))
        self._key_row.setVisible(preset is not None)
        self.key.offer_keys(presets, preset.id if preset is not None else None, only_free=True)
        self.key.show_value(preset.function_key if preset is not None else None)
        self.people.show_preset(preset)
        if preset is not None:
            self.remove.set_texts(self.tr("De&lete"), self.tr("Delete permanently?"))
        else:
            self.remove.set_texts(self.tr("Remove from &list"), self.tr("Remove? The platform keeps it"))
        self._show_main(card)
        self._fill_menu(card)
        self._show_icons()

    def begin(self) -> None:
        """Emit ``commanded`` with the command of the main button. Do nothing before the first card has been shown."""
        if self._main is not None:
            self.commanded.emit(*self._main)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    def _show_icons(self) -> None:
        is_form = self._card is not None and self._card.preset is None
        symbol = icon("templates" if is_form else "bookmark", theme().accent)
        self._symbol.setPixmap(symbol.pixmap(QSize(28, 28)))

    def _show_main(self, card: Card) -> None:
        if card.preset is not None:
            self._main, text = (Command.BEGIN_CONTRACT, card.preset), self.tr("&New contract")
            can_edit = True
        else:
            (template,) = card.templates
            is_here = template.home == self._home
            can_edit = bool(template.pages) and is_here and template.is_made
            if not template.pages:
                self._main, text = (Command.ADD_PDF, template), self.tr("Add &PDF…")
            elif can_edit and not template.is_gone:
                self._main, text = (Command.BEGIN_CONTRACT, template), self.tr("&New contract")
            else:
                self._main, text = (Command.DRAW_FIELDS, template), self.tr("Create it a&gain here…")
        self.main.setText(text)
        self.edit.setVisible(can_edit)

    def _fill_menu(self, card: Card) -> None:
        self.menu.clear()
        preset = card.preset
        if preset is None:
            (template,) = card.templates
            if template.is_made:
                self._add(self.menu, self.tr("&Rename…"), Command.RENAME, template)
            self._add_form(self.menu, template)
            return
        self._add(self.menu, self.tr("&Rename…"), Command.RENAME, preset)
        self._add(self.menu, self.tr("D&uplicate"), Command.DUPLICATE, preset)
        self._add(self.menu, self.tr("&Export…"), Command.EXPORT, preset)
        for template in card.templates:
            name = template_name(template).replace("&", "&&")
            menu = self.menu.addMenu(self.tr("&Template “{name}”").format(name=name))
            if template.home == self._home and template.pages and not template.is_gone:
                self._add(menu, self.tr("&New contract with the template alone"), Command.BEGIN_CONTRACT, template)
            self._add(menu, self.tr("&Rename…"), Command.RENAME, template)
            self._add_form(menu, template)
            menu.addSeparator()
            self._add(menu, self.tr("Remove from &list"), Command.REMOVE, template)

    def _add_form(self, menu: QMenu, template: Template) -> None:
        if not template.pages:
            self._add(menu, self.tr("Add &PDF…"), Command.ADD_PDF, template)
        elif template.home == self._home:
            self._add(menu, self.tr("&Edit fields…"), Command.DRAW_FIELDS, template)
        else:
            self._add(menu, self.tr("Create it a&gain here…"), Command.DRAW_FIELDS, template)

    def _add(self, menu: QMenu, text: str, command: Command, subject: Preset | Template) -> None:
        menu.addAction(text, partial(self.commanded.emit, command, subject))

    def _facts(self, card: Card) -> Iterator[str]:
        preset = card.preset
        if preset is not None:
            names = listed(one_line(document.name, most_characters=_LONGEST) for document in preset.documents)
            pages = self.tr("%n page(s)", "", sum(document.page_count for document in preset.documents))
            yield self.tr("Documents: {names} · {pages}").format(names=names, pages=pages)
            yield self.tr("Parties: {names}").format(names=listed(role_names(preset).values()))
            if card.sent_at_ms is not None:
                yield self.tr("Last sent: {day}").format(day=china_day(card.sent_at_ms, now_ms()))
            ids = [one.template.template_id for one in preset.documents if one.template is not None]
            if not ids:
                yield self.tr("Not stored on the platform: its file is uploaded for each contract.")
                return
            known = {one.template_id: one for one in card.templates}
            for template_id in dict.fromkeys(ids):
                yield self._where(template_id, preset.home)
                if template_id in known:
                    yield from self._trouble(known[template_id])
            return
        (template,) = card.templates
        if template.pages:
            pages = self.tr("%n page(s)", "", len(template.pages))
            fields = self.tr("%n field(s)", "", len(template.fields))
            yield f"{pages} · {fields}"
        yield self.tr("Used in %n document(s)", "", template.use_count)
        yield self.tr("Created: {time}").format(time=china_time(template.made_at_ms))
        if template.is_made:
            yield self._where(template.template_id, template.home)
        yield from self._trouble(template)

    def _where(self, template_id: str, home: PresetHome | None) -> str:
        shown = one_line(template_id, most_characters=_LONGEST)
        if home is None:
            return self.tr("Template on the platform, ID {id}").format(id=shown)
        place = environment_name(home.environment)
        return self.tr("Template on the platform ({environment}), ID {id}").format(environment=place, id=shown)

    def _trouble(self, template: Template) -> Iterator[str]:
        if not template.is_made:
            yield self.tr(
                "The platform's answer was lost, so it's unclear whether the template was created. Create it again, or "
                "remove it from the list."
            )
        elif template.is_gone:
            yield self.tr("The platform no longer has this template. Create it again.")
        if not template.pages:
            yield self.tr(
                "Its pages are on the platform. To see them and fill in the form, add the PDF it was created from."
            )

    def _on_edit_clicked(self) -> None:
        card = self._card
        if card is not None and card.preset is not None:
            self.commanded.emit(Command.EDIT, card.preset)
        elif card is not None:
            self.commanded.emit(Command.DRAW_FIELDS, card.templates[0])

    def _on_key_edited(self) -> None:
        self.key_chosen.emit(self.key.read_value())

    def _on_remove_confirmed(self) -> None:
        card = self._card
        if card is not None:
            self.commanded.emit(Command.REMOVE, card.preset or card.templates[0])
