"""Create the contents of the main window when the services are available: the rooms and their connections."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.file_kinds import PRESET_SUFFIX, SHEET_SUFFIXES
from esign_desktop.ui.deferred_imports import REVIEW, DeferredImports
from esign_desktop.ui.environment_watch import EnvironmentWatch
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.prepare.room import PrepareRoom
from esign_desktop.ui.quota_watch import QuotaWatch
from esign_desktop.ui.shell.background import Background
from esign_desktop.ui.shell.current_contract import CurrentContract
from esign_desktop.ui.shell.interrupted_work import InterruptedWork
from esign_desktop.ui.shell.last_view import LastView
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.shell.same_form import SameForm
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.file_dialogs import FileKind, begin_at

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.submission import SubmissionId
    from esign_desktop.domain.templates import Template
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.erasure.service import KnownPerson
    from esign_desktop.services.presets.recognition import Recognition
    from esign_desktop.ui.bulk.room import BulkRoom
    from esign_desktop.ui.contacts.room import ContactsRoom
    from esign_desktop.ui.counter.launcher import CounterLauncher
    from esign_desktop.ui.people.forgetting import ForgettingController
    from esign_desktop.ui.presets.controller import PresetController
    from esign_desktop.ui.presets.offer import PresetOffer
    from esign_desktop.ui.presets.room import PresetsRoom
    from esign_desktop.ui.send.controller import SendController
    from esign_desktop.ui.settings.room import SettingsRoom
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.track.room import TrackRoom
    from esign_desktop.ui.widgets.notice_bar import Messages
    from esign_desktop.ui.widgets.unsaved import UnsavedWork


class Workspace(QObject):
    """Creates and connects the rooms and the objects that they share.

    Prepare is created at once, and other rooms when they are first shown.
    """

    room_requested = Signal(str)
    """Carries the name of the room to be shown."""
    bulk_changed = Signal()
    """Emitted when ``is_bulk_useful`` may have changed."""
    forward_requested = Signal()
    """Emitted when the window is to be shown in front of other windows."""
    rehearsal_requested = Signal()
    """Emitted when the rehearsal platform is to be started and used."""
    language_chosen = Signal(str)
    """Carries the code of the chosen language, or an empty text for the desktop's language."""
    theme_chosen = Signal(str)
    """Carries the name of the chosen theme, or ``system``."""
    text_size_chosen = Signal(int)
    """Carries the chosen text size in percent, or 0 for the desktop's."""
    motion_chosen = Signal(bool)
    """Carries whether the user wants animations to be switched off."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        session: ContractSession,
        messages: Messages,
        parent: QWidget,
        *,
        place: QWidget | None = None,
    ) -> None:
        """Create the workspace. ``place`` is the widget that will contain the rooms, by default ``parent``.

        If the rooms are created as its children, they are styled only once.
        """
        super().__init__(parent)
        self.services = services
        self.tasks = tasks
        self.session = session
        self._messages = messages
        self.environment = EnvironmentWatch(services.environments, tasks, self)
        self.poller = FlowPoller(services.flows, services.environments, tasks, self, accounts=services.accounts)
        self.quota = QuotaWatch(services, tasks, self)
        self._place = place or parent
        self.prepare = PrepareRoom(services, tasks, messages, session, self._place)
        self.contract = CurrentContract(
            *(services, tasks, session, messages, self.prepare),
            is_sent_now=lambda: self._is_sent_now,
            paused_draft_id=lambda: self._journey.unended_draft_id if self._journey is not None else None,
            parent=self,
        )
        self.draft_controller = self.contract.drafts
        self._last_view = LastView(self.prepare.canvas.view, services.preferences, tasks, self)
        self._journey: SendController | None = None
        self._track: TrackRoom | None = None
        self._bulk: BulkRoom | None = None
        self._contacts: ContactsRoom | None = None
        self._presets_room: PresetsRoom | None = None
        self._settings: SettingsRoom | None = None
        self._counter: CounterLauncher | None = None
        self._presets: PresetController | None = None
        self._offer: PresetOffer | None = None
        self._forgetting: ForgettingController | None = None
        self._behind_counter: list[Path] = []
        """Sheets and presets that were opened while the counter was open.

        Their windows must not be beside the counter.
        """
        self._window = parent
        self.background = Background(
            *(services, tasks, self.poller, parent),
            # While the counter is open, a customer can see one of the screens.
            may_speak=lambda: not self.is_counter_open,
            is_idle=lambda: not (self.is_sending or self.is_sending_sheet),
            parent=self,
        )
        self._same_form = SameForm(services, tasks, messages, parent)
        self._interrupted = InterruptedWork(services, tasks, messages, self)
        self._review_modules = DeferredImports(REVIEW, self)
        self._connect()

    def room(self, name: RoomName) -> QWidget:
        """Return the room with this name. It is created on the first call."""
        match name:
            case RoomName.PREPARE:
                return self.prepare
            case RoomName.TRACK:
                return self.track
            case RoomName.BULK:
                return self.bulk
            case RoomName.CONTACTS:
                return self.contacts
            case RoomName.PRESETS:
                return self.presets_room
            case RoomName.SETTINGS:
                return self.settings

    @property
    def track(self) -> TrackRoom:
        """The Track room, created on first access."""
        if self._track is None:
            from esign_desktop.ui.track.room import TrackRoom

            self._track = TrackRoom(
                *(self.services, self.tasks, self._messages, self._place),
                poller=self.poller,
                watch=self.environment,
            )
            self._track.prepare_requested.connect(partial(self.room_requested.emit, RoomName.PREPARE))
            self._track.quota_requested.connect(self.show_quota)
            self._track.correction_made.connect(self.contract.correct)
            self._track.forget_requested.connect(self.forget)
            self._track.handed_over.connect(self.contract.leave_sent)
            self._track.rested.connect(self._on_track_rested)
            self._track.sending_requested.connect(partial(self.room_requested.emit, RoomName.PREPARE))
            self._track.resumed.connect(self.contract.close_resumed)
            self._track.contract_requested.connect(self.contract.go_to)
        return self._track

    @property
    def bulk(self) -> BulkRoom:
        """The Bulk room, created on first access."""
        if self._bulk is None:
            from esign_desktop.ui.bulk.room import BulkRoom
            from esign_desktop.ui.widgets.teller_pins import SecondPerson

            bulk, presets = self.services.bulk, self.services.presets
            second = SecondPerson(self.services.tellers, self.services.preferences.policy, self.tasks, self)
            self._bulk = BulkRoom(
                bulk, presets, self.tasks, self._messages, self._place, second=second, renderer=self.services.documents
            )
            self._bulk.preset_wanted.connect(self._on_preset_wanted)
            self._bulk.settling_wanted.connect(self._on_bulk_settling_wanted)
            self._bulk.track_requested.connect(self._on_send_controller_track_requested)
            self._bulk.work.ended.connect(self._reload_track)
            self._bulk.work.ended.connect(self.quota.look_soon)
            self.environment.changed.connect(self._bulk.environment_changed)
        return self._bulk

    @property
    def is_bulk_useful(self) -> bool:
        """Whether there is a preset to be used in Bulk, or a sheet that is open or was not completely sent."""
        is_sheet_open = self._bulk is not None and self._bulk.work.sheet is not None
        return is_sheet_open or self.services.presets.has_any or self._interrupted.has_sheet

    @property
    def contacts(self) -> ContactsRoom:
        """The Contacts room, created on first access."""
        if self._contacts is None:
            from esign_desktop.ui.contacts.room import ContactsRoom

            self._contacts = ContactsRoom(self.services.contacts, self.tasks, self._messages, self._place)
            self._contacts.contract_requested.connect(self.contract.begin_with)
            self._contacts.history_requested.connect(self._on_contacts_history_requested)
            self._contacts.forget_requested.connect(self.forget)
        return self._contacts

    @property
    def presets_room(self) -> PresetsRoom:
        """The Presets room, created on first access."""
        if self._presets_room is None:
            from esign_desktop.ui.presets.room import PresetsRoom

            room = self._presets_room = PresetsRoom(self.services, self.tasks, self._messages, self._place)
            room.use_requested.connect(self.contract.begin_with_document)
            room.contract_requested.connect(self.contract.begin_with_contract)
            room.edit_requested.connect(self.presets.edit)
            room.fields_requested.connect(self.presets.edit_fields)
            room.pdf_chosen.connect(self.presets.draw_fields)
            room.new_requested.connect(self._on_preset_wanted)
            room.changed.connect(self.bulk_changed)
            self.environment.changed.connect(room.environment_changed)
        return self._presets_room

    @property
    def settings(self) -> SettingsRoom:
        """The Settings room, created on first access."""
        if self._settings is None:
            from esign_desktop.ui.settings.room import SettingsRoom

            self._settings = SettingsRoom(self.services, self.tasks, self._messages, self._place)
            self._settings.environment_changed.connect(self.environment.reload)
            self._settings.environment_changed.connect(self.contract.draw_for_its_platform)
            self._settings.rehearsal_requested.connect(self.rehearsal_requested)
            self.environment.changed.connect(self.choices_kept)
            self._settings.language_chosen.connect(self.language_chosen)
            self._settings.theme_chosen.connect(self.theme_chosen)
            self._settings.text_size_chosen.connect(self.text_size_chosen)
            self._settings.motion_chosen.connect(self.motion_chosen)
            self._settings.downloading_changed.connect(self.background.auto_download.reload)
            self._settings.reception_changed.connect(self.background.receive_notices)
            self._settings.copies.changed.connect(self.background.copies.look)
            self.background.copies.status_changed.connect(self._settings.copies.show_status)
        return self._settings

    @property
    def send_controller(self) -> SendController:
        """The controller of the steps from *Review and send* to the QR code, created on first access."""
        if self._journey is None:
            from esign_desktop.ui.send.controller import SendController

            self._journey = SendController(
                *(self.prepare, self.session, self.services, self.tasks, self.poller, self), watch=self.environment
            )
            self._same_form.follow(self._journey)
            self._journey.handed_over.connect(self.contract.leave_sent)
            self._journey.rested.connect(self._reload_track)
            self._journey.rested.connect(self._on_send_controller_rested)
            self._journey.sent.connect(self._on_send_controller_sent)
            self._journey.left.connect(self.contract.leave_to_its_send)
            self._journey.track_requested.connect(self._on_send_controller_track_requested)
            self._journey.problem_activated.connect(self.prepare.problems_bar.problem_activated)
            self._journey.failed.connect(self._messages.show_message)
        return self._journey

    @property
    def offer(self) -> PresetOffer:
        """The controller of the offer of a preset or form. It is created on first access."""
        if self._offer is None:
            from esign_desktop.ui.presets.offer import PresetOffer

            known = self.services.presets, self.services.sent_forms, self.services.environments
            self._offer = PresetOffer(*known, self.session, self.prepare, self.tasks, self)
            self._offer.taken.connect(self._on_offer_taken)
            self._offer.declined.connect(self.prepare.canvas.setFocus)
            self._offer.settled.connect(self.prepare.proposals.release)
        return self._offer

    @property
    def counter(self) -> CounterLauncher:
        """The launcher of the counter, created on first access."""
        if self._counter is None:
            from esign_desktop.ui.counter.launcher import CounterLauncher

            self._counter = CounterLauncher(self.services, self.environment, self.quota, self.tasks, self._window, self)
            self._counter.closed.connect(self._on_counter_closed)
        return self._counter

    @property
    def is_counter_open(self) -> bool:
        """Whether the counter is shown in place of the main window."""
        return self._counter is not None and self._counter.window is not None

    @property
    def presets(self) -> PresetController:
        """The controller that saves and edits presets, created on first access."""
        if self._presets is None:
            from esign_desktop.ui.presets.controller import PresetController

            self._presets = PresetController(
                *(self.services, self.session, self.prepare, self.tasks, self._messages),
                drafts=self.draft_controller,
                may_replace_contract=self.contract.may_change,
                before_leaving=self.contract.discard_unsaved_before,
                parent=self,
            )
            self._presets.prepare_requested.connect(self.contract.prepare_requested)
            self._presets.room_requested.connect(partial(self.room_requested.emit, RoomName.PRESETS))
            self._presets.saved.connect(self._reload_presets)
            self._presets.template_closed.connect(self._on_presets_template_closed)
            self.environment.changed.connect(self._presets.environment_changed)
        return self._presets

    def forget(self, person: KnownPerson) -> None:
        """Erase a person's data if the user confirms it. While the contract is being sent, show a message instead."""
        if not self.contract.may_change():
            return
        if self._forgetting is None:
            from esign_desktop.ui.people.forgetting import ForgettingController

            self._forgetting = ForgettingController(
                self.services.people, self.draft_controller, self.tasks, self._messages, self._window
            )
            self._forgetting.forgotten.connect(self._on_forgetting_forgotten)
        self.contract.discard_unsaved_before(partial(self._forgetting.ask, person))

    def take_down(self) -> None:
        """Close the other windows, stop receiving notices, and pause a bulk send, because the program ends."""
        if self._bulk is not None:
            self._bulk.take_down()
        self.background.take_down()
        if self._counter is not None:
            self._counter.take_down()

    @property
    def is_sending(self) -> bool:
        """Whether a contract is being sent at this moment, from Prepare or from Track. Bulk sends do not count."""
        return any(room is not None and room.is_sending for room in (self._journey, self._track))

    @property
    def _is_sent_now(self) -> bool:
        """Whether the contract in Prepare is being sent at this moment."""
        is_sent_in_track = self._track is not None and self._track.is_sending_draft(self.session.draft.id)
        return (self._journey is not None and self._journey.is_sending) or is_sent_in_track

    @property
    def is_sending_sheet(self) -> bool:
        """Whether the rows of a sheet are being sent at this moment."""
        return self._bulk is not None and self._bulk.is_running

    @property
    def is_busy(self) -> bool:
        """Whether a restart would interrupt work in a room or at the counter, such as a send."""
        is_room_busy = any(room is not None and room.is_busy for room in (self._settings, self._presets))
        return self.is_sending or self.is_sending_sheet or self.is_counter_open or is_room_busy

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the work in all rooms and editors that closing the program would discard. Empty if there is none."""
        rooms = (
            (RoomName.PREPARE, self.prepare.signers),
            (RoomName.BULK, self._bulk),
            (RoomName.CONTACTS, self._contacts),
            (RoomName.SETTINGS, self._settings),
        )
        found = [
            replace(work, show=partial(self._show_unsaved, name, work))
            for name, room in rooms
            if room is not None
            for work in room.unsaved()
        ]
        return (*found, *(self._presets.unsaved() if self._presets is not None else ()))

    def _show_unsaved(self, name: RoomName, work: UnsavedWork) -> None:
        self.room_requested.emit(name)
        work.show()

    def begin(self, *, recover: bool = True, read_environment: bool = True) -> None:
        """Read the data that the window shows first, and start the background work.

        With ``recover``, the contract that was open when the program ended is opened again.
        """
        self.draft_controller.read_recents()
        if recover:
            self.draft_controller.recover()
        self.draft_controller.read_drafts()
        if read_environment:
            self.environment.reload()
        self._interrupted.look()
        self.background.begin()

    def choices_kept(self) -> None:
        """Read the settings again in the Settings room, because something was chosen in a menu or has changed."""
        if self._settings is not None:
            self._settings.activated()

    def open_files(self, paths: list[Path]) -> None:
        """Open each file where it belongs: documents in the contract, a sheet in Bulk, presets in Presets.

        Content that covers the contract is removed. Sheets and presets wait while the counter is open.
        """
        presets = [path for path in paths if path.suffix.lower() == PRESET_SUFFIX]
        sheets = [path for path in paths if path.suffix.lower() in SHEET_SUFFIXES]
        # If a file is not a PDF, this is reported when it is opened as one.
        contracts = tuple(path for path in paths if path not in {*presets, *sheets})
        if contracts:
            self.room_requested.emit(RoomName.PREPARE)
            if self.contract.uncover():
                self.prepare.open_files(contracts)
        if self.is_counter_open:
            self._behind_counter += [*sheets, *presets]
            return
        if sheets and not self.services.preferences.policy.has_room(RoomName.BULK):
            self._messages.show_message(InputError("policy.fixed"))
        elif sheets:
            self.room_requested.emit(RoomName.BULK)
            self.bulk.offer_sheets(sheets)
        for path in presets:
            self.room_requested.emit(RoomName.PRESETS)
            self.presets_room.import_from(path)

    def show_quota(self) -> None:
        """Show how many contracts the plan still allows, in a dialog in which the user can also enter the numbers."""
        from esign_desktop.ui.track.quota_dialog import QuotaDialog

        dialog = QuotaDialog(self.services, self.tasks, self._messages, self._window)
        dialog.saved.connect(self.quota.look)
        dialog.show()

    def open_counter(self) -> None:
        """Show the counter in place of the main window. Do nothing if the policy excludes the counter."""
        if self.services.preferences.policy.has_room("counter"):
            self.counter.open()

    def save_preset(self) -> None:
        """Let the user save the contract as a preset. While the contract is being sent, show a message instead."""
        if self.contract.uncover():
            self.presets.save()

    def _connect(self) -> None:
        self.destroyed.connect(self.session.subscribe(self._on_session_changed))
        self.draft_controller.recovered.connect(self._last_view.return_there)
        self.prepare.signers.form_shown.connect(self._on_signer_form_shown)
        self.background.failed.connect(self._on_background_failed)
        self.background.results_reported.connect(self._on_background_results_reported)
        self.background.tray_activated.connect(self._on_tray_activated)
        self.background.presets_changed.connect(self._on_background_presets_changed)
        self._interrupted.track_requested.connect(partial(self.room_requested.emit, RoomName.TRACK))
        self._interrupted.bulk_requested.connect(partial(self.room_requested.emit, RoomName.BULK))
        self._interrupted.sheet_read.connect(self.bulk_changed)
        self.environment.changed.connect(self.contract.show_environment)
        self.environment.changed.connect(self.background.look_at_environment)
        # Interrupted sheets are looked up for the chosen environment, so this is repeated when the rehearsal has
        # started or the user chooses another environment.
        self.environment.changed.connect(self._interrupted.look_at_sheets)
        self.environment.changed.connect(self.quota.look)
        self.poller.flow_changed.connect(self.quota.look_soon)
        self._same_form.preset_requested.connect(self.save_preset)
        self._same_form.files_chosen.connect(self._on_same_form_files_chosen)
        self.contract.prepare_requested.connect(partial(self.room_requested.emit, RoomName.PREPARE))
        self.draft_controller.recents_changed.connect(self._on_draft_controller_recents_changed)
        self.prepare.file_opened.connect(self._on_prepare_file_opened)
        self.prepare.opening.ended.connect(self._on_opening_ended)
        self.prepare.send_requested.connect(self._on_prepare_send_requested)
        self.prepare.template_requested.connect(self._on_prepare_template_requested)

    def _on_draft_controller_recents_changed(self, paths: tuple[Path, ...]) -> None:
        self.prepare.show_recents(tuple(str(path) for path in paths))
        if paths:
            begin_at(FileKind.CONTRACT, paths[0])

    def _on_prepare_file_opened(self, path: str) -> None:
        if not self.services.copies.is_own(Path(path)):
            # The user finds a file that the program created through its contract, so it is not listed.
            self.draft_controller.note_recent(Path(path))
        # A preset describes the documents more reliably than proposals from their text.
        self.prepare.proposals.hold()

    def _on_opening_ended(self) -> None:
        self.offer.look()

    def _on_offer_taken(self, recognition: Recognition) -> None:
        self.prepare.proposals.leave()
        self.prepare.proposals.release()
        self.prepare.canvas.setFocus()
        self.prepare.signers.fill_in()
        self._same_form.note_taken(recognition)

    def _on_same_form_files_chosen(self, paths: list[Path], form_id: str) -> None:
        self.offer.expect(form_id)
        self.prepare.open_files(paths)

    def _reload_presets(self, _preset: object = None) -> None:
        self.bulk_changed.emit()
        if self._presets_room is not None:
            self._presets_room.reload()

    def _on_prepare_template_requested(self, document_id: DocumentId) -> None:
        self.presets.create_template(document_id)

    def _on_presets_template_closed(self, template: Template | None) -> None:
        # While the template was created, the user may have gone to another room.
        if self.prepare.isVisible():
            self.room_requested.emit(RoomName.PRESETS)
        if template is not None:
            self.presets_room.choose_template(template)

    def _on_session_changed(self, change: Change) -> None:
        if change.after.documents:
            # The modules are imported now, so that the first review does not wait for them.
            self._review_modules.begin()

    def _on_prepare_send_requested(self) -> None:
        # The form of a signer is not part of the contract until the user saves it.
        self.contract.discard_unsaved_before(self.send_controller.begin)

    def _on_track_rested(self, submission_id: SubmissionId | None) -> None:
        """Update the sends that are shown elsewhere after a send was continued in Track."""
        if self._journey is not None and submission_id is not None:
            self._journey.settle(submission_id)
        self._interrupted.count_again()

    def _on_signer_form_shown(self, is_shown: bool) -> None:
        if not is_shown:
            # The question about unsaved changes no longer applies.
            self._messages.clear("unsaved")

    def _on_send_controller_rested(self) -> None:
        for key in ("closing", "sending"):
            self._messages.clear(key)

    def _on_send_controller_sent(self, _record: object) -> None:
        state = self.environment.state
        # After each send, a keyring that the user did not unlock would ask for its password again.
        if state is None or not state.missing.startswith("keyring."):
            self.environment.reload()

    def _on_send_controller_track_requested(self, flow_id: FlowId | None) -> None:
        self.room_requested.emit(RoomName.TRACK)
        self.track.show_flow(flow_id)

    def _on_tray_activated(self) -> None:
        if not self.is_counter_open:
            self.room_requested.emit(RoomName.TRACK)
            self.forward_requested.emit()

    def _on_preset_wanted(self) -> None:
        self.room_requested.emit(RoomName.PREPARE)
        self.save_preset()

    def _on_bulk_settling_wanted(self, preset: Preset) -> None:
        self.presets.settle(preset, then=lambda _settled: self.bulk.work.offers.read())

    def _reload_track(self, _outcome: object = None) -> None:
        if self._track is not None:
            self._track.reload()

    def _on_contacts_history_requested(self, flow_ids: tuple[FlowId, ...], name: str) -> None:
        self.room_requested.emit(RoomName.TRACK)
        self.track.show_only(flow_ids, name)

    def _on_forgetting_forgotten(self) -> None:
        self._reload_track()
        if self._contacts is not None:
            self._contacts.activated()

    def _on_background_failed(self, error: AppError) -> None:
        self._messages.show_message(error, everywhere=True)
        # The counter hides the window's messages. If only the counter is allowed, the user would never see them.
        if self._counter is not None:
            self._counter.tell(error_sentence(error).text)

    def _on_background_results_reported(self, error: AppError | None) -> None:
        if error is not None:
            self._messages.show_message(error, everywhere=True)
        # The counter hides the window's messages, although its tellers wait for the results.
        self.counter.show_trouble(error_sentence(error).text if error is not None else "")

    def _on_background_presets_changed(self) -> None:
        if self._counter is not None:
            self._counter.read_presets()
        self._reload_presets()

    def _on_counter_closed(self) -> None:
        if self.services.preferences.policy.is_counter_only:
            # Only the counter is allowed, so the program ends with it. Contracts that were sent are not affected.
            self._window.close()
            return
        self._window.show()
        # Some unfinished sends may have been continued at the counter.
        self._interrupted.count_again()
        waiting, self._behind_counter = self._behind_counter, []
        self.open_files(waiting)
