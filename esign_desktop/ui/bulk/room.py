"""Provide the Bulk room, which sends one contract for each row of a sheet, and none of them twice."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from esign_desktop.domain.bulk.filling import BulkRemark, remarks_of
from esign_desktop.override import override
from esign_desktop.services.bulk.values import BulkStop, RowState
from esign_desktop.services.sheets.writing import headings_for, save_rows, save_template
from esign_desktop.ui.bulk.confirm import ConfirmSheet, ResultDialog
from esign_desktop.ui.bulk.foot import InterruptedRunBar
from esign_desktop.ui.bulk.rows import RowsPane
from esign_desktop.ui.bulk.start import StartPane
from esign_desktop.ui.bulk.words import result_words, saved_notes
from esign_desktop.ui.bulk.work import BulkStage, BulkWork
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.page_parts import PageParts
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file, choose_target
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.unsaved import UnsavedWork, ask_before_discarding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.bulk.results import ResultChoice
    from esign_desktop.services.bulk.service import BulkService
    from esign_desktop.services.bulk.values import BulkPlan, BulkReport
    from esign_desktop.services.presets.pages import OpenPages
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer
    from esign_desktop.ui.widgets.notice_bar import Messages
    from esign_desktop.ui.widgets.teller_pins import SecondPerson

_MESSAGE: Final = "bulk"


class BulkRoom(QWidget):
    """The room that sends one contract for each row of a sheet.

    It shows the start pane, the rows, or the confirmation.
    """

    preset_wanted = Signal()
    """Emitted when the user wants to prepare a contract and save it as a preset."""
    settling_wanted = Signal(object)
    """Carries the ``Preset`` whose pages name a party that differs between contracts, to be checked by the user."""
    track_requested = Signal(object)
    """Carries the ``FlowId`` to be shown in the Track room, or None if only the list is to be shown."""

    def __init__(
        self,
        bulk: BulkService,
        presets: PresetService,
        tasks: TaskRunner,
        messages: Messages,
        parent: QWidget | None = None,
        *,
        second: SecondPerson | None = None,
        renderer: PageRenderer | None = None,
    ) -> None:
        """Create the room.

        ``second`` asks a second person for approval before a run; if it is None, the user's confirmation is enough.
        ``renderer`` draws the preset's pages in the confirmation; if it is None, no pages are shown.
        """
        super().__init__(parent)
        self._bulk = bulk
        self._second = second
        self._messages = messages
        self.work = BulkWork(bulk, presets, tasks, self)
        self.start = StartPane(self.work, self)
        self.rows = RowsPane(self.work, self)
        self.confirm = ConfirmSheet(self, PageParts(renderer, tasks, self) if renderer is not None else None)
        self._presets = presets
        self._pages: OpenPages | None = None
        self._interrupted = InterruptedRunBar(self.work, self)
        self._stack = QStackedWidget(self)
        for pane in (self.start, self.rows, self.confirm):
            self._stack.addWidget(pane)
        # The bar is at the bottom, so that its appearance does not move other buttons.
        vbox((self._stack, 1), self._interrupted, spacing=0, parent=self)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._connect()

    @property
    def is_running(self) -> bool:
        return self.work.is_running

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the open sheet as unsaved work if it has corrected cells in rows that have not been sent.

        Empty during a run.
        """
        work = self.work
        if work.sheet is None or work.is_running or not work.has_corrections:
            return ()
        name = self.tr("corrected cells of “{name}”").format(name=one_line(Path(work.sheet.name).name))
        return (UnsavedWork(name, self._focus),)

    def activated(self) -> None:
        """Read the presets again and update the plan. The main window calls this when the user enters the room."""
        for key in (_MESSAGE, "interrupted"):
            self._messages.clear(key)
        if not self.is_running:
            self.work.offers.read()
        if self.work.stage is BulkStage.PLANNED:
            self.work.replan()
        self._focus()

    def environment_changed(self) -> None:
        """Close the confirmation and plan again in the background, because the chosen environment has changed.

        Do nothing unless a plan is shown.
        """
        if self.work.stage is BulkStage.PLANNED:
            self._leave_confirming()
            self.work.replan()

    def take_down(self) -> None:
        """Stop reading a sheet, and pause a run. Call this before the program ends.

        Contracts that are being sent are completed if the program runs long enough.
        """
        self.work.cancel_reading()
        self.work.pause()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._wanted(event.mimeData()) is not None:
            event.acceptProposedAction()
            self.start.mark_drop(is_wanted=True)

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.start.mark_drop(is_wanted=False)
        super().dragLeaveEvent(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self.start.mark_drop(is_wanted=False)
        path = self._wanted(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.offer_sheet(path)

    def offer_sheets(self, paths: Sequence[Path]) -> None:
        """Open the first of several sheets like ``offer_sheet``, and show a message if the others are ignored."""
        self.offer_sheet(paths[0])
        if paths[1:]:
            only = self.tr("Bulk opens one sheet at a time. All sheets except “{name}” were ignored.")
            self._messages.show_message(only.format(name=one_line(paths[0].name)), key="sheets")

    def offer_sheet(self, path: Path) -> None:
        """Open a sheet after asking about unsaved corrections. During a run, show a message instead."""
        if self.work.is_running:
            self._messages.show_message(
                self.tr("A sheet is being sent."),
                MessageLevel.INFO,
                remedy=self.tr("Before you open another sheet, wait until all rows are sent, or stop sending."),
                key=_MESSAGE,
            )
        else:
            ask_before_discarding(
                self._messages, self.unsaved, self.tr("Discard and open"), partial(self.take_sheet, path)
            )

    def take_sheet(self, path: Path) -> None:
        """Open a sheet in place of the current one, without asking. The sheet is read in the background."""
        self._messages.clear(_MESSAGE)
        self._leave_confirming()
        self.work.take_sheet(path)

    def save_template_to(self, path: Path) -> None:
        """Save an empty sheet with the headings that the chosen preset requires. Do nothing without a preset."""
        preset = self.work.preset
        if preset is not None:
            self.work.elsewhere(partial(save_template, preset, path), partial(self._on_saved, path))

    def save_faulty_to(self, path: Path) -> None:
        """Save the rows to be corrected as a separate sheet, with their original row numbers and problems.

        Do nothing if no row must be corrected.
        """
        plan, sheet = self.work.plan, self.work.sheet
        indexes = self.work.indexes(RowState.FAULTY, RowState.FAILED)
        if plan is None or sheet is None or not indexes:
            return
        headings = headings_for(sheet, plan.preset, self.work.columns)
        notes = saved_notes(sheet, {index: self.work.rows[index] for index in indexes}, self.rows.table.rows.names)
        work = partial(save_rows, sheet, indexes, path, headings=headings, notes=notes)
        self.work.elsewhere(work, partial(self._on_rows_saved, path))

    def save_result_to(self, path: Path, choice: ResultChoice) -> None:
        plan, rows, bulk = self.work.plan, tuple(self.work.rows), self._bulk
        if plan is not None:
            words = result_words(self.rows.table.rows.names)
            work = partial(bulk.export_results, plan, rows, path, words, choice)
            self.work.elsewhere(work, partial(self._on_saved, path))

    def _connect(self) -> None:
        work = self.work
        work.changed.connect(self._on_work_changed)
        work.failed.connect(self._on_work_failed)
        work.ended.connect(self._on_work_ended)
        self.start.preset_wanted.connect(self.preset_wanted)
        self.start.sheet_wanted.connect(self._on_sheet_wanted)
        self.start.template_wanted.connect(self._on_template_wanted)
        self.start.settling_wanted.connect(self.settling_wanted)
        self.rows.sheet_wanted.connect(self._on_sheet_wanted)
        self.rows.close_requested.connect(self._on_rows_close_requested)
        self.rows.track_requested.connect(self.track_requested)
        foot = self.rows.foot
        foot.send_requested.connect(self._on_send_requested)
        foot.faulty_requested.connect(self._on_faulty_requested)
        foot.export_requested.connect(self._on_export_requested)
        foot.track_requested.connect(self._on_foot_track_requested)
        self.confirm.confirmed.connect(self._on_confirm_confirmed)
        self.confirm.dismissed.connect(self._leave_confirming)
        send = QShortcut(QKeySequence("Ctrl+Return"), self)
        send.setAutoRepeat(False)
        send.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        send.activated.connect(self._on_send_requested)
        stop = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.start)
        stop.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        stop.activated.connect(work.cancel_reading)

    def _wanted(self, data: QMimeData) -> Path | None:
        """Return the path of a dragged sheet, or None if the dragged data is not a single file that may be a sheet.

        PDFs are for the Prepare room; files of other types are accepted, and fail when they are read.
        """
        if self.work.is_running:
            return None
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        # Only the name is checked, because querying a slow network share would block the window. Reading a folder shows
        # an error.
        is_sheet = len(paths) == 1 and bool(paths[0].suffix) and paths[0].suffix.lower() != ".pdf"
        return paths[0] if is_sheet else None

    def _focus(self) -> None:
        match self._stack.currentWidget():
            case self.start:
                self.start.take_focus()
            case self.rows:
                self.rows.table.setFocus()
            case _:
                pass

    def _on_work_changed(self) -> None:
        is_choosing = self.work.stage in {BulkStage.CHOOSING, BulkStage.READING, BulkStage.ASKING}
        wanted: QWidget = self.start if is_choosing else self.rows
        if not is_choosing and self._stack.currentWidget() is self.confirm and self.work.may_send:
            return
        if self._stack.currentWidget() is not wanted:
            self._close_pages()
            had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else self.hasFocus()
            self._stack.setCurrentWidget(wanted)
            if had_focus or self.isActiveWindow():
                self._focus()

    def _on_work_failed(self, error: AppError) -> None:
        self._messages.show_message(error, key=_MESSAGE)

    def _on_work_ended(self, report: BulkReport) -> None:
        if not self.isVisible():
            level = MessageLevel.SUCCESS if report.stop is BulkStop.DONE else MessageLevel.WARNING
            self._messages.show_message(self.rows.foot.title, level, key=_MESSAGE)

    def _on_send_requested(self) -> None:
        plan = self.work.plan
        if plan is not None and self.work.may_send and self._stack.currentWidget() is self.rows:
            self._stack.setCurrentWidget(self.confirm)
            ready = set(self.work.indexes(RowState.READY))
            self.confirm.show_plan(plan, again_count=len(self.work.again & ready))
            if self.confirm.shows_pages:
                open_pages = partial(self._presets.pages.open, plan.preset)
                self.work.elsewhere(open_pages, partial(self._on_pages_opened, plan))

    def _on_pages_opened(self, plan: BulkPlan, pages: OpenPages) -> None:
        # The user may have left the confirmation while the pages were being opened, and entered it again.
        self._close_pages()
        self._pages = pages
        if self._stack.currentWidget() is self.confirm and plan is self.work.plan:
            self.confirm.show_pages(pages)
        else:
            self._close_pages()

    def _close_pages(self) -> None:
        pages, self._pages = self._pages, None
        if pages is not None:
            self.work.elsewhere(partial(self._presets.pages.close, pages), lambda _nothing: None)

    def _on_confirm_confirmed(self, plan: BulkPlan) -> None:
        if self._second is None:
            self._run(plan)
        else:
            self._second.ask(
                *(self, plan.environment, plan.preset.name),
                *(partial(self._run, plan), partial(self._confirm_again, plan)),
                digests=plan.ready_digests,
            )

    def _confirm_again(self, plan: BulkPlan) -> None:
        self.confirm.show_plan(plan, again_count=len(self.work.again & set(self.work.indexes(RowState.READY))))

    def _run(self, plan: BulkPlan) -> None:
        self._close_pages()
        self._stack.setCurrentWidget(self.rows)
        if plan is self.work.plan:
            self.work.run()
        self._focus()

    def _leave_confirming(self) -> None:
        if self._stack.currentWidget() is self.confirm:
            self._close_pages()
            self._stack.setCurrentWidget(self.rows)
            self.rows.foot.send_button.setFocus()

    def _on_foot_track_requested(self) -> None:
        self.track_requested.emit(None)

    # Files

    def _on_sheet_wanted(self) -> None:
        if self.work.is_running or not self.work.offers.presets:
            return
        types = (FileType.SHEET, FileType.ALL)
        choose_file(self, self.tr("Choose a spreadsheet"), FileKind.SHEET, types, self.offer_sheet)

    def _on_rows_close_requested(self) -> None:
        ask_before_discarding(self._messages, self.unsaved, self.tr("Discard and close"), self.work.reset)

    def _on_template_wanted(self) -> None:
        preset = self.work.preset
        if preset is not None:
            name = f"{one_line(preset.name)}.xlsx"
            self._ask_where(self.tr("Save blank sheet"), name, self.save_template_to)

    def _on_faulty_requested(self) -> None:
        sheet = self.work.sheet
        if sheet is not None:
            name = self.tr("{name} (rows to correct)").format(name=one_line(Path(sheet.name).stem))
            self._ask_where(self.tr("Save rows to correct"), f"{name}.xlsx", self.save_faulty_to)

    def _on_export_requested(self) -> None:
        plan = self.work.plan
        if plan is not None:
            sends_no_notifications = BulkRemark.NO_NOTIFICATIONS in remarks_of(plan.preset)
            dialog = ResultDialog(self, sends_no_notifications=sends_no_notifications)
            dialog.chosen.connect(self._on_result_chosen)
            dialog.open()

    def _on_result_chosen(self, choice: ResultChoice) -> None:
        sheet = self.work.sheet
        if sheet is not None:
            name = self.tr("{name} (result)").format(name=one_line(Path(sheet.name).stem))
            save = partial(self.save_result_to, choice=choice)
            title = self.tr("Save result")
            types = (FileType.XLSX, FileType.CSV, FileType.JSON)
            choose_target(self, title, FileKind.SHEET, types, save, suffix="xlsx", name=f"{name}.xlsx")

    def _ask_where(self, title: str, name: str, save: Callable[[Path], None]) -> None:
        suffix = name.rpartition(".")[2]
        file_type = FileType.CSV if suffix == "csv" else FileType.XLSX
        choose_target(self, title, FileKind.SHEET, (file_type,), save, suffix=suffix, name=name)

    def _on_saved(self, path: Path, _result: object) -> None:
        text = self.tr("“{name}” has been saved.").format(name=one_line(path.name))
        self._messages.show_message(text, MessageLevel.SUCCESS, key=_MESSAGE)

    def _on_rows_saved(self, path: Path, count: int) -> None:
        self._messages.show_message(
            self.tr("%n row(s) saved to “{name}”.", "", count).format(name=one_line(path.name)),
            MessageLevel.SUCCESS,
            remedy=self.tr("Correct the rows in that sheet, then drop it here. Only those rows will be sent."),
            key=_MESSAGE,
        )
