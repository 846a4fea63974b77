"""The Presets room, with a grid of presets and templates and a drawer for the current one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QPushButton, QStackedWidget, QWidget

from esign_desktop.domain.file_kinds import PRESET_SUFFIX
from esign_desktop.domain.preset.preset import Preset, new_preset_id
from esign_desktop.domain.templates import Template
from esign_desktop.services.templates.making import home_of
from esign_desktop.ui.presets.adding import AddTemplateDialog
from esign_desktop.ui.presets.cards import CardFilter, CardFilterBar, CardGrid, cards_of
from esign_desktop.ui.presets.drawer import Command, PresetDrawer
from esign_desktop.ui.presets.importing import PresetImporting
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.moments import now_ms
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.confirmation import centred_card
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file, choose_target
from esign_desktop.ui.widgets.flow_layout import wrapping_row
from esign_desktop.ui.widgets.labels import PlainLabel, separator
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import PresetHome, PresetId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.presets.exchange import PresetImport
    from esign_desktop.ui.presets.cards import Card
    from esign_desktop.ui.presets.importing import ImportSheet
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

_MESSAGE: Final = "presets"
_CARD_PX: Final = 560
_LONGEST_NAME: Final = 60
_Read = tuple["Environment", tuple[Preset, ...], tuple[Template, ...], "Mapping[PresetId, int]"]


class PresetsRoom(QWidget):
    """The room with the presets and templates on this computer. They are read again when the user enters the room."""

    contract_requested = Signal(object)
    """Carries a new ``ContractDraft`` that was created with a preset."""
    use_requested = Signal(object)
    """Carries the ``Document`` of a template with which the user begins a new contract."""
    edit_requested = Signal(object)
    """Carries the ``Preset`` that the user wants to edit in Prepare."""
    fields_requested = Signal(object)
    """Carries the ``Template`` whose fields the user wants to edit in Prepare."""
    pdf_chosen = Signal(object)
    """Carries the ``Path`` of a PDF from which the user wants to create a template in Prepare."""
    new_requested = Signal()
    """Emitted when the user wants to save the open contract as a preset."""
    changed = Signal()
    """Emitted after a preset or template was changed, removed or imported."""

    def __init__(
        self, services: Services, tasks: TaskRunner, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._environment: Environment | None = None
        self._presets: tuple[Preset, ...] = ()
        self._cards: tuple[Card, ...] = ()
        self._wanted: object = None
        self.importing = PresetImporting(services.presets, tasks, self)
        self.dialog: AddTemplateDialog | None = None
        self.grid = CardGrid(services, tasks, self)
        self.drawer = PresetDrawer(self)
        self.filters = CardFilterBar(self)
        self.add = QPushButton(self.tr("&Add"), self)
        self.from_contract = DeliberateButton(self, self.tr("Create from the open contract"))
        self.from_pdf = QPushButton(self.tr("Create a te&mplate from a PDF…"), self)
        self.by_id = QPushButton(self.tr("Add a template by &ID…"), self)
        self.receive = DeliberateButton(self, self.tr("Impor&t a preset…"))
        self._stack, self._pages = QStackedWidget(self), QStackedWidget(self)
        self._lay_out()
        self._connect()

    @property
    def sheet(self) -> ImportSheet | None:
        """The dialog that asks about an import, or None while it is closed."""
        return self.importing.sheet

    def activated(self) -> None:
        """Read the cards again, and set the focus to the grid. Call this when the user enters the room."""
        self._messages.clear(_MESSAGE)
        self.reload()
        self.grid.setFocus()

    def environment_changed(self) -> None:
        """Read the cards again. Call this after the environment has changed."""
        self.reload()

    def reload(self) -> None:
        """Read the presets, the templates and the current environment in the background, and show them as cards."""
        self._run(self._read, self._on_read)

    def import_from(self, path: Path) -> None:
        """Read a preset from a file in the background, and ask the user in a dialog whether to import it."""
        self.importing.begin(path)

    def export_to(self, preset: Preset, path: Path) -> None:
        """Export a preset to a file in the background, without ID numbers."""
        self._run(partial(self._services.presets.export, preset.id, path), self._on_exported)

    def take_pdf(self, template: Template, path: Path) -> None:
        """Store the PDF from which a template was created, in the background, so that its pages can be shown."""
        self._change(partial(self._services.templates.take_pdf, template, path))

    # Parts

    def _lay_out(self) -> None:
        menu = QMenu(self.add)
        menu.addAction(self.tr("From the open &contract…"), self.new_requested.emit)
        menu.addAction(self.tr("A te&mplate from a PDF…"), self._on_from_pdf_clicked)
        menu.addAction(self.tr("A template by its &ID…"), self._on_by_id_clicked)
        menu.addSeparator()
        menu.addAction(self.tr("Impor&t a preset…"), self._on_receive_meant)
        self.add.setMenu(menu)
        none = PlainLabel(self, self.tr("No preset here matches the filter."), look="hint")
        none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(self.grid)
        self._pages.addWidget(none)
        left, full, empty = QWidget(self), QWidget(self), QWidget(self)
        vbox(
            hbox((self.filters, 1), self.add),
            (self._pages, 1),
            spacing=8,
            margins=(12, 8, 12, 8),
            parent=left,
        )
        hbox((left, 1), separator(full, is_upright=True), self.drawer, spacing=0, parent=full)
        card = centred_card(empty, _CARD_PX)
        card.addWidget(PlainLabel(empty, self.tr("No presets yet"), look="panelTitle"))
        about = self.tr(
            "A preset is a contract you send repeatedly. It keeps the documents, signers and seal positions. "
            "A template is a form stored on the platform: draw its fields on a PDF once, and fill it in for each "
            "contract."
        )
        card.addWidget(PlainLabel(empty, about, look="hint", is_wrapped=True))
        self.from_contract.setObjectName("primary")
        card.addWidget(wrapping_row(empty, self.from_contract, self.receive, self.from_pdf, self.by_id))
        for page in (full, empty):
            self._stack.addWidget(page)
        vbox((self._stack, 1), spacing=0, parent=self)

    def _connect(self) -> None:
        self.grid.chosen_changed.connect(self._show_chosen)
        self.grid.opened.connect(self._on_grid_opened)
        self.grid.customContextMenuRequested.connect(self._on_grid_menu_requested)
        self.filters.chosen.connect(self._show_cards)
        self.from_contract.meant.connect(self.new_requested)
        self.receive.meant.connect(self._on_receive_meant)
        self.from_pdf.clicked.connect(self._on_from_pdf_clicked)
        self.by_id.clicked.connect(self._on_by_id_clicked)
        self.drawer.commanded.connect(self._on_drawer_commanded)
        self.drawer.key_chosen.connect(self._on_drawer_key_chosen)
        self.drawer.people_filled.connect(self._on_drawer_people_filled)
        self.importing.imported.connect(self._on_imported)
        self.importing.reported.connect(self._tell)
        self.importing.failed.connect(self._on_failed)

    def _run(self, work: Callable[[], Any], on_done: Callable[[Any], None], lane: Lane = Lane.STORE) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self._on_failed, lane=lane)

    def _change(self, work: Callable[[], object]) -> None:
        self._run(work, self._on_changed, Lane.PDF)

    @property
    def _home(self) -> PresetHome | None:
        return None if self._environment is None else home_of(self._environment)

    def _read(self) -> _Read:
        services = self._services
        presets = services.presets.list()
        naming = services.presets.naming()
        titles = {preset.id: preset.title_rule(naming) for preset in presets}
        last = services.flows.last_sent(frozenset(titles.values()))
        sent = {preset_id: last[title] for preset_id, title in titles.items() if title in last}
        return services.environments.current(), presets, services.templates.list(), sent

    def _on_read(self, read: _Read) -> None:
        self._environment, self._presets, templates, sent = read
        self._cards = cards_of(self._presets, templates, sent)
        wanted, self._wanted = self._wanted, None
        if wanted is not None and not any(card.key == wanted for card in self._shown()):
            self.filters.button(CardFilter.ALL).setChecked(True)
        self._show_cards(wanted=wanted)

    def _shown(self) -> tuple[Card, ...]:
        kind, at_ms = self.filters.kind, now_ms()
        cards = [card for card in self._cards if card.matches(kind, at_ms)]
        if kind is CardFilter.RECENT:
            cards.sort(key=lambda card: -(card.sent_at_ms or 0))
        return tuple(cards)

    def _show_cards(self, _kind: object = None, *, wanted: object = None) -> None:
        cards = self._shown()
        had_focus = self.grid.hasFocus()
        self._pages.setCurrentIndex(0 if cards else 1)
        self._stack.setCurrentIndex(0 if self._cards else 1)
        self.grid.show_cards(cards, wanted)
        if had_focus and not self._cards:
            self.from_contract.setFocus()

    def _show_chosen(self, card: Card | None) -> None:
        self.drawer.setVisible(card is not None)
        if card is not None:
            self.drawer.show_card(card, self._presets, self._home)

    def choose_template(self, template: Template) -> None:
        """Read the cards again in the background, and choose the card of a template or of the preset that uses it."""

        def choose(read: _Read) -> None:
            self._on_read(read)
            for card in self._cards:
                if any((one.home, one.template_id) == (template.home, template.template_id) for one in card.templates):
                    self.grid.choose(card.key)

        self._run(self._read, choose)

    # Commands

    def _on_drawer_commanded(self, command: Command, subject: Preset | Template) -> None:
        if command is Command.RENAME:
            self._ask_name(subject)
        elif isinstance(subject, Preset):
            self._do_with_preset(command, subject)
        else:
            self._do_with_template(command, subject)

    def _do_with_preset(self, command: Command, preset: Preset) -> None:
        services = self._services
        match command:
            case Command.BEGIN_CONTRACT:
                begin = partial(services.preset_layouts.contract, preset, services.environments.current)
                self._run(begin, self.contract_requested.emit, Lane.PDF)
            case Command.EDIT:
                self.edit_requested.emit(preset)
            case Command.DUPLICATE:
                self._run(partial(self._duplicate, preset), self._on_kept)
            case Command.EXPORT:
                title, suffix = self.tr("Export preset"), PRESET_SUFFIX.lstrip(".")
                export = partial(self.export_to, preset)
                choose_target(self, title, FileKind.PRESET, (FileType.PRESET,), export, suffix=suffix)
            case Command.REMOVE:
                self._change(partial(services.presets.delete, preset.id))
            case _:
                raise ValueError(command)

    def _do_with_template(self, command: Command, template: Template) -> None:
        templates = self._services.templates
        match command:
            case Command.BEGIN_CONTRACT:
                self._run(partial(templates.use, template), self.use_requested.emit, Lane.PDF)
            case Command.DRAW_FIELDS:
                self.fields_requested.emit(template)
            case Command.ADD_PDF:
                title = self.tr("Choose the PDF the template was created from")
                choose_file(self, title, FileKind.CONTRACT, (FileType.PDF,), partial(self.take_pdf, template))
            case Command.REMOVE:
                self._change(partial(templates.remove, template))
            case _:
                raise ValueError(command)

    def _ask_name(self, subject: Preset | Template) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Rename"))
        if isinstance(subject, Preset):
            dialog.setLabelText(self.tr("Name of the preset"))
        else:
            dialog.setLabelText(self.tr("Name on this computer; the platform's name doesn't change"))
        dialog.setTextValue(one_line(subject.name))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(partial(self.rename, subject))
        dialog.open()

    def rename(self, subject: Preset | Template, name: str) -> None:
        """Rename a preset or, on this computer only, a template, in the background.

        An empty name leaves the name of a preset unchanged.
        """
        name = name.strip()
        if isinstance(subject, Template):
            self._change(partial(self._services.templates.rename, subject, name))
        elif name and name != subject.name:
            renamed = replace(subject, name=name[:_LONGEST_NAME])
            self._change(partial(self._services.presets.save, renamed))

    def _duplicate(self, preset: Preset) -> Preset:
        presets = self._services.presets
        copy = replace(preset, id=new_preset_id(), function_key=None)
        return presets.save(presets.with_free_name(copy))

    def _on_kept(self, preset: Preset) -> None:
        self._wanted = preset.id
        self._on_changed(None)

    def _on_drawer_key_chosen(self, key: int | None) -> None:
        card = self.drawer.card
        if card is not None and card.preset is not None and key != card.preset.function_key:
            # One after the other, so that of several keys chosen quickly the last one stays.
            self._run(partial(self._services.presets.assign_key, card.preset.id, key), self._on_changed)

    def _on_drawer_people_filled(self, preset: Preset) -> None:
        self._change(partial(self._services.presets.save, preset))

    def _on_changed(self, _result: object) -> None:
        self._messages.clear(_MESSAGE)
        self.changed.emit()
        self.reload()

    def _on_exported(self, _nothing: None) -> None:
        self._tell(self.tr("Exported without ID numbers."))

    def _on_imported(self, found: PresetImport, preset: Preset, keeps_mine: bool) -> None:
        self._on_kept(preset)
        earlier = ""
        if found.mine is not None and not keeps_mine:
            earlier = self.tr("The earlier preset stays in the list without a key until you delete it.")
        text = self.tr("“{name}” has been imported.").format(name=one_line(preset.name))
        self._tell(text, remedy=earlier)

    def _tell(self, text: str, *, remedy: str = "") -> None:
        self._messages.show_message(text, MessageLevel.INFO, remedy=remedy, key=_MESSAGE)

    def _on_grid_opened(self, card: Card) -> None:
        if self.drawer.card is card:
            self.drawer.begin()

    def _on_grid_menu_requested(self, at: QPoint) -> None:
        if self.grid.chosen is not None:
            self.drawer.menu.popup(self.grid.viewport().mapToGlobal(at))

    def _on_from_pdf_clicked(self) -> None:
        title = self.tr("Choose a PDF for the template")
        choose_file(self, title, FileKind.CONTRACT, (FileType.PDF,), self.pdf_chosen.emit)

    def _on_receive_meant(self) -> None:
        title = self.tr("Import preset")
        choose_file(self, title, FileKind.PRESET, (FileType.PRESET,), self.import_from)

    def _on_by_id_clicked(self) -> None:
        if self._environment is None:
            return
        self.dialog = AddTemplateDialog(self._environment, self)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.add_requested.connect(self._on_dialog_add_requested)
        self.dialog.open()

    def _on_dialog_add_requested(self, template_id: str, name: str, pdf: Path | None) -> None:
        dialog = self.dialog
        if dialog is None:
            return

        def added(template: Template) -> None:
            dialog.accept()
            self.choose_template(template)

        self._tasks.start(
            partial(self._services.templates.add, template_id, name, pdf),
            owner=dialog,
            on_done=added,
            on_error=dialog.show_error,
            lane=Lane.PDF,
        )

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error, key=_MESSAGE)
