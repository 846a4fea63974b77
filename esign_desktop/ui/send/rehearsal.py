"""The panel of a rehearsal, with its progress and then the stamped pages with frames around the expected seals."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeySequence, QPainter, QPen, QShortcut
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import Cancelled, CancelToken
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.participation import Participation, participation
from esign_desktop.override import override
from esign_desktop.services.rehearsal.service import RehearsalStage
from esign_desktop.ui.environment_watch import ShownEnvironment
from esign_desktop.ui.send.stages import TroubleCard
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.moments import circled
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.viewer.view import PagesView
from esign_desktop.ui.widgets.confirmation import centred_card
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, plain_tip, separator
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.motion import BusyBar
from esign_desktop.ui.widgets.theme import repolish, sized, theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.placing.placement import KeywordHits
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.rehearsal.comparing import UnexpectedStamp
    from esign_desktop.services.rehearsal.service import Rehearsal, RehearsalService
    from esign_desktop.services.sending.review import ContractReview
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tool import PaintedPage

_LIST_PX: Final = 300
_CARD_PX: Final = 520
_BUTTON_PX: Final = 40
_MISSING: Final = QColor(220, 38, 38)
_FOUND: Final = QColor(22, 163, 74, 170)
_WATERMARK: Final = QColor(71, 85, 105, 46)
"""Colors on paper, which is white in every theme."""
_SLANT_DEGREES: Final = -30.0
_WATERMARK_SHARE: Final = 0.13
_ROLE: Final = Qt.ItemDataRole.UserRole


class _Findings:
    """Paints a watermark on every page, and frames around the positions of expected and unexpected seals."""

    def __init__(self, word: str) -> None:
        self._word = word
        self.places: dict[tuple[DocumentId, int], list[tuple[PageRect, bool]]] = {}
        """The rectangles of seals, keyed by page, each with whether the seal was found where it was expected."""

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the frames and the watermark of a page."""
        painter.save()
        painter.setClipRect(page.area, Qt.ClipOperation.IntersectClip)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for rect, is_well in self.places.get((page.slot.document_id, page.slot.page_number), ()):
            painter.setPen(QPen(_FOUND, 1.5) if is_well else QPen(_MISSING, 2.5, Qt.PenStyle.DashLine))
            painter.drawRect(page.rect(rect).adjusted(-3, -3, 3, 3))
        font = QFont(painter.font())
        font.setPixelSize(max(8, round(page.area.width() * _WATERMARK_SHARE)))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(_WATERMARK)
        across, step = page.area.width(), page.area.height() / 3
        for row in range(3):
            painter.save()
            painter.translate(page.area.topLeft() + QPointF(across / 2, step * (row + 0.5)))
            painter.rotate(_SLANT_DEGREES)
            painter.drawText(QRectF(-across, -across / 2, 2 * across, across), Qt.AlignmentFlag.AlignCenter, self._word)
            painter.restore()
        painter.restore()


class RehearsalPanel(QWidget):
    """Shows a rehearsal on top of the review. Esc returns to the review, which cancels a running rehearsal.

    ``review_requested`` is emitted when the user wants to return to the review, and ``contract_requested`` when the
    user wants to return to the contract.
    """

    manual_page = "send#rehearse-first"

    review_requested = Signal()
    contract_requested = Signal()
    ended = Signal(object)
    """Carries the ``Rehearsal`` after it has been completed."""

    def __init__(
        self,
        rehearsals: RehearsalService,
        documents: DocumentService,
        tasks: TaskRunner,
        parent: QWidget | None = None,
        *,
        watch: EnvironmentWatch | None = None,
    ) -> None:
        super().__init__(parent)
        here = Environment(EnvironmentKind.SANDBOX, "")
        # The window has the colors of the sandbox, so that the user does not mistake the rehearsal for a send.
        ShownEnvironment(watch, self).show(here, is_trial=True)
        self._rehearsals = rehearsals
        self._tasks = tasks
        self._draft = ContractDraft.new()
        self._review: ContractReview | None = None
        self._hits: KeywordHits = {}
        self._cancel = CancelToken()
        self._held: list[Rehearsal] = []
        self._rehearsal: Rehearsal | None = None
        self._title = ElidedLabel(self)
        self._title.setObjectName("panelTitle")
        self._back = QToolButton(self)
        self._back.setIcon(icon("chevron-left"))
        self._back.setAutoRaise(True)
        self._back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._back.setText(self.tr("Back to review"))
        self._stage = PlainLabel(self, look="sectionTitle", is_wrapped=True)
        self._bar = BusyBar(self)
        self._bar.setObjectName("thinBar")
        self._bar.setFixedHeight(4)
        self._stop = QPushButton(self.tr("Cancel"), self)
        self._trouble = TroubleCard(self)
        self._again = QPushButton(self.tr("Try again"), self)
        self._verdict = PlainLabel(self, is_wrapped=True, is_live=True)
        self._notes = PlainLabel(self, look="hint", is_wrapped=True)
        self._found = QListWidget(self)
        self._found.setAccessibleName(self.tr("Seals"))
        self._found.setObjectName("matches")
        self._found.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view = PagesView(documents, tasks, self)
        self._view.setAccessibleName(self.tr("Sealed documents"))
        self._findings = _Findings(self.tr("REHEARSAL"))
        self._view.add_overlay(self._findings)
        self._on = QPushButton(self.tr("Send for real…"), self)
        self._on.setMinimumHeight(sized(_BUTTON_PX))
        self._on.setObjectName("primary")
        self._leave = QPushButton(self.tr("Back to contract"), self)
        self._leave.setMinimumHeight(sized(_BUTTON_PX))
        self._lay_out()
        self._connect()
        self.destroyed.connect(partial(_give_up, rehearsals, tasks, self._cancel, self._held))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self._rehearsal is not None:
            self._list_seals(self._rehearsal)
        super().changeEvent(event)

    @property
    def view(self) -> PagesView:
        """The view that shows the stamped pages."""
        return self._view

    def rehearse(self, review: ContractReview, hits: KeywordHits) -> None:
        """Start a rehearsal of a reviewed contract in the background. Call this again only after a failed rehearsal.

        ``hits`` contains the matches of the contract's keywords.
        """
        self._review, self._draft, self._hits = review, review.draft, hits
        self._title.setText(self.tr("Rehearsal — {title}").format(title=one_line(review.draft.title)))
        self._on_staged(RehearsalStage.STARTING)
        self._pages.setCurrentIndex(0)
        self._foot.hide()
        report = self._tasks.reporter(self._on_staged, owner=self)
        self._tasks.start(
            partial(_run, self._rehearsals, review, hits, cancel=self._cancel, on_stage=report, held=self._held),
            owner=self,
            on_done=self._on_rehearsed,
            on_error=self._on_failed,
            lane=Lane.NETWORK,
        )
        self._stop.setFocus()

    def _lay_out(self) -> None:
        running, failed, result = QWidget(self), QWidget(self), QWidget(self)
        column = centred_card(running, _CARD_PX)
        column.addWidget(self._stage)
        column.addWidget(self._bar)
        column.addLayout(hbox(0, self._stop))
        column = centred_card(failed, _CARD_PX)
        column.addWidget(self._trouble)
        column.addLayout(hbox(0, self._again))
        halves = QSplitter(Qt.Orientation.Horizontal, result)
        halves.setChildrenCollapsible(False)
        for widget, stretch in ((self._found, 0), (self._view, 1)):
            halves.addWidget(widget)
            halves.setStretchFactor(halves.count() - 1, stretch)
        halves.setSizes([_LIST_PX, 1000])
        vbox(self._verdict, self._notes, (halves, 1), spacing=8, margins=(24, 12, 24, 8), parent=result)
        self._pages = QStackedWidget(self)
        for page in (running, failed, result):
            self._pages.addWidget(page)
        self._foot = QWidget(self)
        hint = PlainLabel(self._foot, self.tr("Nothing is sent until you click “Send now” in the review."), look="hint")
        buttons = hbox(self._on, self._leave, (hint, 1), spacing=16, margins=(24, 12, 24, 12))
        vbox(separator(self._foot), buttons, spacing=0, parent=self._foot)
        head = hbox(self._back, (self._title, 1), spacing=12, margins=(12, 8, 12, 8))
        vbox(head, separator(self), (self._pages, 1), self._foot, spacing=0, parent=self)

    def _connect(self) -> None:
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for signal in (escape.activated, self._back.clicked, self._stop.clicked, self._on.clicked):
            signal.connect(self.review_requested)
        self._leave.clicked.connect(self.contract_requested)
        self._again.clicked.connect(self._on_again_clicked)
        self._found.currentItemChanged.connect(self._on_found_current_item_changed)

    def _on_staged(self, stage: RehearsalStage) -> None:
        self._stage.setText(
            {
                RehearsalStage.STARTING: self.tr("Starting rehearsal platform on this computer…"),
                RehearsalStage.SENDING: self.tr("Sending the contract to the rehearsal…"),
                RehearsalStage.SIGNING: self.tr("Signing as all signers…"),
                RehearsalStage.COMPARING: self.tr("Checking each seal on the sealed pages…"),
            }[stage]
        )

    def _on_rehearsed(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._findings.places.clear()
        for one in rehearsal.documents:
            places = [(m.page_number, m.rect, seal.is_found) for seal in one.seals for m in seal.marks]
            for number, rect, is_well in (*places, *((s.page_number, s.rect, False) for s in one.unexpected)):
                self._findings.places.setdefault((one.stamped.id, number), []).append((rect, is_well))
        self._verdict.setText(self._verdict_sentence(rehearsal))
        self._verdict.setObjectName("sectionTitle" if rehearsal.is_as_placed else "alarm")
        repolish(self._verdict)
        # If a seal is wrong, returning to the contract becomes the primary action.
        for button, is_first in ((self._on, rehearsal.is_as_placed), (self._leave, not rehearsal.is_as_placed)):
            button.setObjectName("primary" if is_first else "")
            repolish(button)
        is_free = any(_places_freely(self._draft, signer) for signer in self._draft.signers)
        self._notes.setText(
            self.tr("In the rehearsal, seals that signers place themselves appear at the bottom of the last page.")
        )
        self._notes.setVisible(is_free)
        self._list_seals(rehearsal)
        self._found.setVisible(bool(self._found.count()))
        self._view.set_documents([one.stamped for one in rehearsal.documents])
        self._pages.setCurrentIndex(2)
        self._on.show()
        self._foot.show()
        self._view.fit_width()
        self._found.setFocus()
        self.ended.emit(rehearsal)

    def _verdict_sentence(self, rehearsal: Rehearsal) -> str:
        missing = sum(not one.is_found for one in rehearsal.seals)
        extra = sum(len(one.unexpected) for one in rehearsal.documents)
        sentences = []
        if missing:
            sentences.append(self.tr("%n seal(s) aren't where you placed them.", "", missing))
        if extra:
            sentences.append(self.tr("%n extra seal(s) found that you didn't place.", "", extra))
        if not sentences and rehearsal.seals:
            sentences.append(self.tr("All %n seal(s) are where you placed them.", "", len(rehearsal.seals)))
        return one_after_another(*sentences) or self.tr("All signers can sign.")

    def _list_seals(self, rehearsal: Rehearsal) -> None:
        row = self._found.currentRow()
        self._found.clear()
        for document in rehearsal.documents:
            for stamp in document.unexpected:
                where = self._stamp_place(document.stamped, stamp)
                place = document.stamped.id, stamp.page_number, stamp.rect
                self._add_row(self.tr("Extra seal"), where, place)
        found = [(one, seal) for one in rehearsal.documents for seal in one.seals]
        # Misplaced seals come first.
        for document, one in sorted(found, key=lambda pair: pair[1].is_found):
            mark = one.marks[0]
            signer = self._draft.signer(mark.signer_id)
            who = f"{circled(self._draft.signer_number(signer.id))} {signer_name(signer)}"
            where = self.tr("{document} p. {page}").format(
                document=one_line(document.stamped.name), page=PageRanges.of(each.page_number for each in one.marks)
            )
            state = self.tr("in the right place") if one.is_found else self.tr("in the wrong place")
            place = document.stamped.id, mark.page_number, mark.rect
            self._add_row(who, where, place, state, is_well=one.is_found)
        self._found.setCurrentRow(row)

    def _stamp_place(self, document: Document, stamp: UnexpectedStamp) -> str:
        frame = document.frame(stamp.page_number)
        shown = frame.rect_to_display(stamp.rect)
        up_pt = frame.display_height_pt - shown.top_pt - shown.height_pt
        return self.tr("{document} p. {page}\n{left} mm from left, {up} mm from bottom").format(
            document=one_line(document.name),
            page=stamp.page_number,
            left=round(pt_to_mm(shown.left_pt)),
            up=round(pt_to_mm(up_pt)),
        )

    def _add_row(
        self, what: str, where: str, place: tuple[DocumentId, int, PageRect], state: str = "", *, is_well: bool = False
    ) -> None:
        item = QListWidgetItem(f"{what}\n{where}")
        item.setToolTip(plain_tip(f"{what}\n{where}"))
        item.setIcon(icon("check", theme().success) if is_well else icon("error", theme().danger))
        item.setData(_ROLE, place)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (what, *where.splitlines(), state))))
        self._found.addItem(item)

    def _on_failed(self, error: AppError) -> None:
        self._trouble.show_error(error)
        self._pages.setCurrentIndex(1)
        self._on.hide()
        self._foot.show()
        self._again.setFocus()

    def _on_again_clicked(self) -> None:
        if self._review is not None:
            self.rehearse(self._review, self._hits)

    def _on_found_current_item_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._view.go_to(*item.data(_ROLE))


def _places_freely(draft: ContractDraft, signer: Signer) -> bool:
    return any(participation(draft, signer, one.id) is Participation.FREE for one in draft.documents)


def _run(
    rehearsals: RehearsalService,
    review: ContractReview,
    hits: KeywordHits,
    *,
    cancel: CancelToken,
    on_stage: Callable[[RehearsalStage], None],
    held: list[Rehearsal],
) -> Rehearsal:
    rehearsal = rehearsals.run(review.draft, hits, review.environment, on_stage=on_stage, cancel=cancel)
    held.append(rehearsal)
    if cancel.is_cancelled:
        # The panel was closed, so the result is not needed.
        _discard(rehearsals, held)
        raise Cancelled
    return rehearsal


def _discard(rehearsals: RehearsalService, held: list[Rehearsal]) -> None:
    with suppress(IndexError):
        while True:
            rehearsals.discard(held.pop())


def _give_up(
    rehearsals: RehearsalService, tasks: TaskRunner, cancel: CancelToken, held: list[Rehearsal], *_gone: object
) -> None:
    cancel.cancel()
    if held:
        tasks.start(partial(_discard, rehearsals, held), owner=tasks, lane=Lane.PDF)
