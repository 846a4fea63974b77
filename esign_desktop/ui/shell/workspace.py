"""What stands in the main window once services are there: the desk, the rooms, and the wires between them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.contract.problems import Problem, Severity
from esign_desktop.ui.draft_controller import DraftController
from esign_desktop.ui.environment_watch import EnvironmentState, EnvironmentWatch
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.prepare.room import PrepareRoom
from esign_desktop.ui.shell.given_files import sorted_out
from esign_desktop.ui.shell.last_view import LastView
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.file_dialogs import FileKind, begin_at
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.domain.submission import SubmissionId
    from esign_desktop.services.bulk.values import InterruptedRun
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.erasure.service import KnownPerson
    from esign_desktop.services.flows.corrections import Correction
    from esign_desktop.ui.bulk.room import BulkRoom
    from esign_desktop.ui.counter.launcher import CounterLauncher
    from esign_desktop.ui.people.forgetting import ForgettingDesk
    from esign_desktop.ui.presets.controller import PresetController
    from esign_desktop.ui.presets.offer import PresetOffer
    from esign_desktop.ui.send.controller import SendController
    from esign_desktop.ui.settings.room import SettingsRoom
    from esign_desktop.ui.shell.copy_watch import CopyWatch
    from esign_desktop.ui.shell.notices import NoticeReception
    from esign_desktop.ui.shell.signature_news import SignatureNews
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.track.auto_download import AutoDownload
    from esign_desktop.ui.track.room import TrackRoom
    from esign_desktop.ui.widgets.notice_bar import Messages
    from esign_desktop.ui.widgets.tray import Tray

SWEEP_EVERY_MS: Final = 6 * 3600 * 1000


COPIES_WAIT_MS: Final = 3_000
"""When the second folder is looked at first: the window settles before that."""


class Workspace(QObject):
    """Built once, on the window's thread. Prepare is there at once, the other rooms when first entered."""

    room_requested = Signal(str)
    forward_requested = Signal()
    """The window is to stand before the others."""
    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    copies_told = Signal(str, str)
    """What keeps the copies in the second folder from being made, and what to do; empty for nothing."""
    news_told = Signal(str, object)
    """What has happened to a contract, and its ``FlowId``."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        session: ContractSession,
        messages: Messages,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.services = services
        self.tasks = tasks
        self.session = session
        self._messages = messages
        self.draft_controller = DraftController(session, services.drafts, services.preferences, tasks, self)
        self.environment = EnvironmentWatch(services.environments, tasks, self)
        self.poller = FlowPoller(services.flows, services.environments, tasks, self, accounts=services.accounts)
        self.prepare = PrepareRoom(services, tasks, messages, session, parent)
        self._last_view = LastView(self.prepare.canvas.view, services.preferences, tasks, self)
        self._journey: SendController | None = None
        self._track: TrackRoom | None = None
        self._bulk: BulkRoom | None = None
        self._settings: SettingsRoom | None = None
        self._auto_download: AutoDownload | None = None
        self._tray: Tray | None = None
        self._news: SignatureNews | None = None
        self._reception: NoticeReception | None = None
        self._counter: CounterLauncher | None = None
        self._presets: PresetController | None = None
        self._offer: PresetOffer | None = None
        self._forgetting: ForgettingDesk | None = None
        self._copies: CopyWatch | None = None
        self._told_unfinished = 0
        self._behind_counter: list[Path] = []
        """Files that were handed over while the counter was open, for windows that may not stand beside it."""
        self._window = parent
        self._sweep_timer = QTimer(self)
        self._sweep_timer.timeout.connect(self._sweep)
        self._connect()

    def room(self, name: RoomName) -> QWidget:
        """Return a room, made when first asked for."""
        match name:
            case RoomName.PREPARE:
                return self.prepare
            case RoomName.TRACK:
                return self.track
            case RoomName.BULK:
                return self.bulk
            case RoomName.SETTINGS:
                return self.settings

    @property
    def track(self) -> TrackRoom:
        """The Track room."""
        if self._track is None:
            from esign_desktop.ui.track.room import TrackRoom

            self._track = TrackRoom(
                self.services, self.tasks, self._messages, poller=self.poller, watch=self.environment
            )
            self._track.prepare_requested.connect(self._on_track_prepare_requested)
            self._track.correction_made.connect(self._on_track_correction_made)
            self._track.forget_requested.connect(self.forget)
            self._track.handed_over.connect(self._on_contract_handed_over)
            self._track.rested.connect(self._on_track_rested)
            self._track.sending_requested.connect(self._on_track_sending_requested)
            self._track.taken_up.connect(self._on_track_taken_up)
            self._track.contract_requested.connect(self._on_track_contract_requested)
        return self._track

    @property
    def bulk(self) -> BulkRoom:
        """The Bulk room."""
        if self._bulk is None:
            from esign_desktop.ui.bulk.room import BulkRoom

            bulk, presets = self.services.bulk, self.services.presets
            self._bulk = BulkRoom(bulk, presets, self.tasks, self._messages)
            self._bulk.preset_wanted.connect(self._on_bulk_preset_wanted)
            self._bulk.track_requested.connect(self._on_journey_track_requested)
            self._bulk.work.ended.connect(self._on_bulk_ended)
            self.environment.changed.connect(self._bulk.environment_changed)
        return self._bulk

    @property
    def settings(self) -> SettingsRoom:
        """The Settings room."""
        if self._settings is None:
            from esign_desktop.ui.settings.room import SettingsRoom

            self._settings = SettingsRoom(self.services, self.tasks, self._messages)
            self._settings.environment_changed.connect(self.environment.reload)
            self._settings.environment_changed.connect(self._draw_for_its_platform)
            self._settings.language_chosen.connect(self.language_chosen)
            self._settings.theme_chosen.connect(self.theme_chosen)
            self._settings.downloading_changed.connect(self.auto_download.reload)
            self._settings.reception_changed.connect(self.receive_notices)
            self._settings.forget_requested.connect(self.forget)
            self._settings.copies.changed.connect(self.copies.look)
            self.copies.status_changed.connect(self._settings.copies.show_status)
        return self._settings

    @property
    def journey(self) -> SendController:
        """The way from *Review and send* to the signing code; made when first gone."""
        if self._journey is None:
            from esign_desktop.ui.send.controller import SendController

            self._journey = SendController(
                *(self.prepare, self.session, self.services, self.tasks, self.poller, self), watch=self.environment
            )
            self._journey.handed_over.connect(self._on_contract_handed_over)
            self._journey.rested.connect(self._on_journey_rested)
            self._journey.sent.connect(self._on_journey_sent)
            self._journey.left.connect(self._leave_to_its_send)
            self._journey.track_requested.connect(self._on_journey_track_requested)
            self._journey.problem_activated.connect(self._on_journey_problem_activated)
            self._journey.failed.connect(self._messages.show_message)
        return self._journey

    @property
    def auto_download(self) -> AutoDownload:
        """What fetches signed files by itself, where that is wanted."""
        if self._auto_download is None:
            from esign_desktop.ui.track.auto_download import AutoDownload

            self._auto_download = AutoDownload(self.services, self.tasks, self.poller, self.tray, self)
            self._auto_download.failed.connect(self._messages.show_message)
        return self._auto_download

    @property
    def tray(self) -> Tray:
        """What speaks through the desktop."""
        if self._tray is None:
            from esign_desktop.ui.widgets.tray import Tray

            # A customer looks at one of the screens while the counter is open.
            self._tray = Tray(self, may_speak=lambda: not self.is_counter_open)
            self._tray.activated.connect(self._on_tray_activated)
        return self._tray

    def _tell_signatures(self) -> None:
        """Ask about open flows in whatever room, and tell of what is heard."""
        if self._news is None:
            from esign_desktop.ui.shell.signature_news import SignatureNews

            self._news = SignatureNews(
                *(self.services.flows, self.poller, self.tray),
                is_looked_at=self._window.isActiveWindow,
                tells_of_files=lambda: self.auto_download.is_on,
                parent=self,
            )
            self._news.told.connect(self.news_told)

    @property
    def counter(self) -> CounterLauncher:
        """The service desk; made when first asked for."""
        if self._counter is None:
            from esign_desktop.ui.counter.launcher import CounterLauncher

            self._counter = CounterLauncher(self.services, self.environment, self.tasks, self._window, self)
            self._counter.closed.connect(self._on_counter_closed)
        return self._counter

    @property
    def copies(self) -> CopyWatch:
        """What keeps the second folder up with what is done here; made when first needed."""
        if self._copies is None:
            from esign_desktop.ui.shell.copy_watch import CopyWatch

            self._copies = CopyWatch(
                self.services.second_folder,
                self.tasks,
                is_idle=lambda: not (self.is_sending or self.is_sending_sheet),
                parent=self,
            )
            self._copies.told.connect(self.copies_told)
        return self._copies

    @property
    def is_counter_open(self) -> bool:
        """Whether the counter stands in the place of the main window."""
        return self._counter is not None and self._counter.window is not None

    @property
    def presets(self) -> PresetController:
        """Saving, listing and handing on presets; made when first asked for."""
        if self._presets is None:
            from esign_desktop.ui.presets.controller import PresetController

            self._presets = PresetController(
                *(self.services, self.session, self.prepare, self.tasks, self._messages),
                desk=self.draft_controller,
                is_desk_free=self.is_desk_free,
                parent=self,
            )
        return self._presets

    def receive_notices(self, port: int | None = None) -> None:
        """Receive the platform's notices on a port, or where the settings say, if anywhere."""
        if self._reception is None:
            from esign_desktop.ui.shell.notices import NoticeReception

            self._reception = NoticeReception(self.services, self.tasks, self.poller, self, port=port)
            self._reception.failed.connect(self._messages.show_message)
        self._reception.reload()

    @property
    def forgetting(self) -> ForgettingDesk | None:
        """What asks whether a person is to be forgotten, and has it done; None before anybody was to be."""
        return self._forgetting

    def forget(self, person: KnownPerson) -> None:
        """Ask whether a person is to be forgotten, and have it done."""
        if not self.is_desk_free():
            return
        if self._forgetting is None:
            from esign_desktop.ui.people.forgetting import ForgettingDesk

            self._forgetting = ForgettingDesk(
                self.services.people, self.draft_controller, self.tasks, self._messages, self._window
            )
            self._forgetting.forgotten.connect(self._on_forgetting_forgotten)
        self._forgetting.ask(person)

    def take_down(self) -> None:
        """Close the windows beside the main one, listen no more, and send no more rows of a sheet."""
        if self._bulk is not None:
            self._bulk.take_down()
        if self._reception is not None:
            self._reception.take_down()
        if self._counter is not None:
            self._counter.take_down()
        if self._presets is not None:
            self._presets.take_down()

    @property
    def is_sending(self) -> bool:
        """Whether a contract is on its way at this moment, begun or gone on with in whatever room."""
        return any(room is not None and room.is_sending for room in (self._journey, self._track))

    @property
    def is_sending_sheet(self) -> bool:
        """Whether the rows of a sheet are on their way at this moment."""
        return self._bulk is not None and self._bulk.is_running

    @property
    def is_busy(self) -> bool:
        """Whether something is under way that a restart would break off."""
        return self.is_sending or self.is_sending_sheet or self.is_counter_open

    def begin(self, *, recover: bool = True, read_environment: bool = True) -> None:
        """Read what the window shows first; ``recover`` puts back what was on the desk."""
        self.draft_controller.read_recents()
        if recover:
            self.draft_controller.recover()
        self.draft_controller.read_drafts()
        if read_environment:
            self.environment.reload()
        submission = self.services.submission
        self.tasks.start(submission.unfinished, owner=self, on_done=self._on_unfinished_read)
        if self.services.second_folder.is_named:
            QTimer.singleShot(COPIES_WAIT_MS, self, self._begin_copying)
        self._sweep_timer.start(SWEEP_EVERY_MS)
        self.tasks.start(self.services.bulk.interrupted, owner=self, on_done=self._on_interrupted_read)

    def _sweep(self) -> None:
        """Delete what has waited long enough, also where the program is never closed; the next time does what fails."""
        self.tasks.start(self.services.corrections.sweep, owner=self, on_done=_ignore, on_error=_ignore)

    def _begin_copying(self) -> None:
        self.copies.look()

    def choices_kept(self) -> None:
        """Show choices that were made in a menu in the settings too."""
        if self._settings is not None:
            self._settings.activated()

    def open_files(self, paths: list[Path]) -> None:
        """Take each file where it belongs: PDFs into the contract on the desk, a sheet into Bulk, presets to presets.

        What lies over the desk and shows it as it was is put aside.
        """
        given = sorted_out(paths)
        if given.contracts:
            self.room_requested.emit(RoomName.PREPARE)
            if self.take_desk():
                self.prepare.open_files(given.contracts)
        if self.is_counter_open:
            self._behind_counter += [*given.sheets, *given.presets]
            return
        if given.sheets:
            self.room_requested.emit(RoomName.BULK)
            self.bulk.offer_sheet(given.sheets[0])
        for path in given.presets:
            self.presets.import_from(path)

    def choose_files(self) -> None:
        """Let the person choose PDFs for the contract on the desk, and put aside what lies over it."""
        if self.take_desk():
            self.prepare.choose_files()

    def add_person(self) -> None:
        """Ask for another person who signs the contract on the desk."""
        if self.take_desk():
            self.prepare.signers.add_person()

    def add_organization(self) -> None:
        """Ask for another organization that signs the contract on the desk."""
        if self.take_desk():
            self.prepare.signers.add_organization()

    def take_desk(self) -> bool:
        """Uncover the desk for something new; False where that may not be, which is said.

        A contract whose send pauses goes to the drafts: what were changed in it now would be lost.
        """
        if not self.is_desk_free():
            return False
        unended = self._journey.unended_draft_id if self._journey is not None else None
        if not self.prepare.uncover():
            return False
        if unended is not None:
            self._leave_to_its_send(unended)
        return True

    def is_desk_free(self) -> bool:
        """Whether the contract on the desk may be covered or put away; while it is being sent, say that it may not.

        What were there in its place when the platform's answer comes would be taken for what was sent.
        """
        is_sent_in_track = self._track is not None and self._track.is_sending_draft(self.session.draft.id)
        if (self._journey is not None and self._journey.is_sending) or is_sent_in_track:
            self._messages.show_message(
                self.tr("A contract is being sent."),
                MessageLevel.INFO,
                remedy=self.tr("Open the next one as soon as this one is on its way."),
                key="sending",
            )
            return False
        self._messages.clear("sending")
        return True

    def new_contract(self) -> None:
        """Put the contract away, and begin another one."""
        if self.take_desk():
            self.draft_controller.new_contract()

    def take_out(self, draft_id: DraftId) -> None:
        """Put the contract away, and take a draft out."""
        if self.take_desk():
            self.draft_controller.take_out(draft_id)

    def show_presets(self) -> None:
        """List the presets, unless the contract is being sent."""
        if self.is_desk_free():
            self.presets.show_list()

    def open_counter(self) -> None:
        """Let the counter take the place of the main window."""
        self.counter.open()

    def save_preset(self) -> None:
        """Ask how the contract on the desk is to be kept as a preset."""
        if self.take_desk():
            self.presets.save()

    def show_drafts(self) -> None:
        """List all kept contracts in the place of the desk."""
        from esign_desktop.ui.prepare.drafts import DraftsList

        self.room_requested.emit(RoomName.PREPARE)
        if not self.take_desk():
            return
        drafts = DraftsList(self.services.drafts, self.services.documents, self.tasks)
        drafts.open_requested.connect(partial(self._on_drafts_open_requested, drafts))
        drafts.duplicate_requested.connect(self.draft_controller.duplicate_draft)
        drafts.delete_requested.connect(self.draft_controller.delete_draft)
        drafts.close_requested.connect(partial(self.prepare.close_overlay, drafts))
        self.draft_controller.drafts_changed.connect(drafts.show_drafts)
        self.prepare.show_overlay(drafts)
        self.draft_controller.read_drafts()

    def discard_contract(self) -> None:
        """Throw the contract away; as long as the message stands it can be had back."""
        draft_id = self.session.draft.id
        if self.session.draft.is_empty or not self.take_desk():
            return
        if self.session.draft.id != draft_id:
            # Its send pauses: it went to the drafts.
            return
        draft = self.draft_controller.discard()
        bring_back = (self.tr("Bring it back"), partial(self._bring_back, draft))
        title = self.tr("“{title}” was discarded.").format(title=draft.title or self.tr("Untitled"))
        self._messages.show_message(title, MessageLevel.INFO, key="discarded", action=bring_back)

    def _bring_back(self, draft: ContractDraft) -> None:
        if self.take_desk():
            self.draft_controller.bring_back(draft)

    def _connect(self) -> None:
        self.draft_controller.recovered.connect(self._last_view.return_there)
        self.draft_controller.failed.connect(self._messages.show_message)
        self.draft_controller.draft_deleted.connect(self._on_desk_draft_deleted)
        self.environment.changed.connect(self._on_environment_changed)
        self.destroyed.connect(self.session.subscribe(self._on_session_changed))
        self.draft_controller.recents_changed.connect(self._on_desk_recents_changed)
        self.draft_controller.autosave.saved.connect(self._on_autosave_saved)
        self.prepare.file_opened.connect(self._on_prepare_file_opened)
        self.prepare.send_requested.connect(self._on_prepare_send_requested)
        self.prepare.template_requested.connect(self._on_prepare_template_requested)

    def _on_session_changed(self, change: Change) -> None:
        if change.after.replaces != change.before.replaces:
            self._draw_for_its_platform()

    def _draw_for_its_platform(self) -> None:
        """Draw the contract as the platform that it goes to behaves: a correction goes where the first one is."""
        replaces, services = self.session.draft.replaces, self.services

        def home() -> Environment:
            if replaces is None:
                return services.environments.current()
            return services.environments.get(services.flows.get(replaces).environment)

        def draw(environment: Environment) -> None:
            if self.session.draft.replaces == replaces:
                self.session.use_behaviour(environment.behaviour)

        # A first contract that is not in the list any more is told of by Review.
        self.tasks.start(home, owner=self, on_done=draw, on_error=_ignore, lane=Lane.STORE)

    def _on_environment_changed(self, state: EnvironmentState) -> None:
        if self.session.draft.replaces is None:
            self.session.use_behaviour(state.environment.behaviour)
        self.auto_download.reload()
        self._tell_signatures()

    def _on_drafts_open_requested(self, drafts: QWidget, draft_id: str) -> None:
        self.prepare.close_overlay(drafts)
        self.take_out(DraftId(draft_id))

    def _on_desk_draft_deleted(self, draft: ContractDraft) -> None:
        title = self.tr("“{title}” was deleted.").format(title=draft.title or self.tr("Untitled"))
        bring_back = (self.tr("Bring it back"), partial(self.draft_controller.keep_draft, draft))
        self._messages.show_message(title, MessageLevel.INFO, key="discarded", action=bring_back)

    def _on_desk_recents_changed(self, paths: tuple[Path, ...]) -> None:
        self.prepare.show_recents(tuple(str(path) for path in paths))
        if paths:
            begin_at(FileKind.CONTRACT, paths[0])

    def _on_autosave_saved(self) -> None:
        self._messages.clear("store.disk_full")

    def _on_prepare_file_opened(self, path: str) -> None:
        self.draft_controller.note_recent(Path(path))
        services = self.services
        if self._offer is None:
            from esign_desktop.ui.presets.offer import PresetOffer

            presets, environments = services.presets, services.environments
            self._offer = PresetOffer(presets, environments, self.session, self.prepare, self.tasks, self)
            for answered in (self._offer.taken, self._offer.bar.declined):
                answered.connect(self.prepare.canvas.setFocus)
        self._offer.look()

    def _on_prepare_template_requested(self, document_id: DocumentId) -> None:
        self.presets.templates.ask(document_id)

    def _on_prepare_send_requested(self) -> None:
        self.journey.begin()

    def _on_contract_handed_over(self, draft_id: str) -> None:
        # It is no draft any more: what is opened from now on belongs to another contract.
        if self.session.draft.id == draft_id:
            self.draft_controller.leave()
        else:
            self.draft_controller.read_drafts()

    def _on_journey_rested(self) -> None:
        if self._track is not None:
            self._track.reload()

    def _on_track_rested(self, submission_id: SubmissionId | None) -> None:
        """What was gone on with in Track is not shown as unsent elsewhere."""
        if self._journey is not None and submission_id is not None:
            self._journey.settle(submission_id)
        self._count_unfinished_again()

    def _count_unfinished_again(self) -> None:
        submission = self.services.submission
        self.tasks.start(submission.unfinished, owner=self, on_done=self._on_unfinished_read_again)

    def _on_unfinished_read_again(self, unfinished: tuple[object, ...]) -> None:
        """Tell fewer, or no more of them; what is new among them is told of by whoever sent it."""
        if not unfinished:
            self._messages.clear("unfinished")
        elif len(unfinished) < self._told_unfinished:
            self._on_unfinished_read(unfinished)

    def _on_track_taken_up(self, draft_id: str) -> None:
        # Below its paused panel nobody can change it.
        if self._journey is None or self._journey.unended_draft_id != draft_id:
            self._leave_to_its_send(draft_id)

    def _leave_to_its_send(self, draft_id: str) -> None:
        """Put a contract away from the desk whose send has not ended."""
        if self.session.draft.id == draft_id:
            self.draft_controller.put_away(then=_nothing)

    def _on_track_contract_requested(self, draft_id: str) -> None:
        drafts = self.services.drafts

        def is_kept() -> bool:
            # Those of the counter and of sheets never were drafts.
            return any(one.id == draft_id for one in drafts.list())

        def go_there(is_there: bool) -> None:
            if is_there:
                self.room_requested.emit(RoomName.PREPARE)
                self.take_out(DraftId(draft_id))

        self.tasks.start(
            is_kept, owner=self, on_done=go_there, on_error=self.draft_controller.failed.emit, lane=Lane.STORE
        )

    def _on_track_sending_requested(self) -> None:
        self.room_requested.emit(RoomName.PREPARE)

    def _on_journey_sent(self, _record: object) -> None:
        self.environment.reload()

    def _on_journey_track_requested(self, flow_id: FlowId | None) -> None:
        self.room_requested.emit(RoomName.TRACK)
        self.track.show_flow(flow_id)

    def _on_journey_problem_activated(self, problem: Problem) -> None:
        self.prepare.problems_bar.problem_activated.emit(problem)

    def _on_tray_activated(self) -> None:
        if not self.is_counter_open:
            self.room_requested.emit(RoomName.TRACK)
            self.forward_requested.emit()

    def _on_track_prepare_requested(self) -> None:
        self.room_requested.emit(RoomName.PREPARE)

    def _on_track_correction_made(self, correction: Correction) -> None:
        self.room_requested.emit(RoomName.PREPARE)
        if not self.take_desk():
            return
        if self.session.draft.id == correction.draft.id:
            # It lies here already, and may be newer than what is kept of it.
            self._show_correction(correction)
        else:
            self.draft_controller.take_in(correction.draft, then=partial(self._show_correction, correction))

    def _show_correction(self, correction: Correction) -> None:
        title = one_line(correction.draft.title) or self.tr("Untitled")
        reason = self.tr("A signer wrote: “{reason}”").format(reason=one_line(correction.reason))
        self._messages.show_message(
            self.tr("“{title}” is on the desk again; it will be sent as a new contract.").format(title=title),
            MessageLevel.INFO,
            remedy=reason if correction.reason else self._fate(correction),
            key="correction",
        )
        if correction.focus is not None:
            self._on_journey_problem_activated(Problem("correction", Severity.HINT, correction.focus))

    def _fate(self, correction: Correction) -> str:
        """Say what becomes of the contract that is corrected."""
        if not correction.is_open:
            return ""
        return self.tr("The first one stays as it is until you send this one: only then is it revoked.")

    def _on_bulk_preset_wanted(self) -> None:
        self.room_requested.emit(RoomName.PREPARE)
        self.save_preset()

    def _on_forgetting_forgotten(self) -> None:
        if self._track is not None:
            self._track.reload()
        if self._settings is not None:
            self._settings.activated()

    def _on_counter_closed(self) -> None:
        self._window.show()
        # The counter may have gone on with some.
        self._count_unfinished_again()
        waiting, self._behind_counter = self._behind_counter, []
        self.open_files(waiting)

    def _on_unfinished_read(self, unfinished: tuple[object, ...]) -> None:
        self._told_unfinished = len(unfinished)
        if unfinished:
            self._messages.show_message(
                self.tr("%n send(s) did not come to an end.", "", len(unfinished)),
                MessageLevel.WARNING,
                remedy=self.tr("Go on with them, or call them off, in Track."),
                key="unfinished",
                action=(self.tr("Show"), self._show_unfinished),
            )

    def _on_bulk_ended(self, _report: object) -> None:
        if self._track is not None:
            self._track.reload()

    def _on_interrupted_read(self, leftover: InterruptedRun | None) -> None:
        if leftover is not None:
            self._messages.show_message(
                self.tr("“{sheet}” was not sent to its end.").format(sheet=one_line(Path(leftover.sheet_path).name)),
                MessageLevel.WARNING,
                remedy=self.tr("Go on with it in Bulk; nobody gets a contract twice."),
                key="interrupted",
                action=(self.tr("Show"), self._show_interrupted),
            )

    def _show_interrupted(self) -> None:
        self.room_requested.emit(RoomName.BULK)

    def _show_unfinished(self) -> None:
        self.room_requested.emit(RoomName.TRACK)


def _nothing() -> None:
    """Do no more than what was asked before."""


def _ignore(_outcome: object) -> None:
    """Nobody waits for it."""
