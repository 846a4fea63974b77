"""The review before a send, with problems, the plan, terms, cost, the request and the buttons that send."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QToolButton, QWidget

from esign_desktop.domain.contract.problems import Problem, Severity, is_sendable
from esign_desktop.domain.environment import EnvironmentKind, FreezeAt, is_elsewhere
from esign_desktop.domain.options import AccountParty
from esign_desktop.override import override
from esign_desktop.services.sending.approvals import digest_of
from esign_desktop.ui.environment_watch import EnvironmentWatch, ShownEnvironment
from esign_desktop.ui.send.parties import PartyList
from esign_desktop.ui.send.plan import form_sentences, party_name, term_sentences
from esign_desktop.ui.send.readiness import ReadinessList
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.environment import act_there
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.problem import SEVERITY_ICONS, problem_sentence
from esign_desktop.ui.viewer.doubts import DoubtList
from esign_desktop.ui.widgets.confirmation import Confirmation
from esign_desktop.ui.widgets.deliberate import DeliberateButton, style_acting_button, style_send_button
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner, ask_if_elsewhere
from esign_desktop.ui.widgets.fold import FoldButton
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import repolish, sized, theme

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import QColor

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.placing.placement import KeywordHits
    from esign_desktop.services.rehearsal.service import Rehearsal
    from esign_desktop.services.sending.readiness import ReadinessService
    from esign_desktop.services.sending.review import ContractReview, ReviewService
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer
    from esign_desktop.ui.widgets.teller_pins import SecondPerson


_REQUEST_PX: Final = 280


def _ink(severity: Severity) -> QColor:
    match severity:
        case Severity.BLOCKING:
            return theme().danger
        case Severity.HINT:
            return theme().hint
        case _:
            return theme().warning_ink


class ProblemRow(QWidget):
    """Shows a problem and, if its location is known, a button that emits ``activated`` with the ``Problem``."""

    activated = Signal(object)

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem = problem
        mark = QLabel(self)
        mark.setPixmap(icon(SEVERITY_ICONS[problem.severity], _ink(problem.severity)).pixmap(16, 16))
        sentence = PlainLabel(self, problem_sentence(problem), is_wrapped=True)
        row = hbox(mark, (sentence, 1), parent=self)
        if problem.subject is not None:
            go = QToolButton(self)
            go.setText(self.tr("Show"))
            go.setAutoRaise(True)
            go.setAccessibleName(self.tr("Show: {problem}").format(problem=sentence.text()))
            go.clicked.connect(self._on_go_clicked)
            row.addWidget(go)

    def _on_go_clicked(self) -> None:
        self.activated.emit(self._problem)


class ProblemList(QWidget):
    """Shows problems, most severe first, and collapsed hints.

    ``problem_activated`` carries the ``Problem`` to be shown.
    """

    problem_activated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()
        self._is_sound = False
        self._rows: list[QWidget] = []
        self._nothing = PlainLabel(self, look="hint")
        self._fold = FoldButton(self)
        self._hints = QWidget(self)
        self._hint_column = vbox(parent=self._hints)
        self._column = vbox(self._nothing, (self._fold, Qt.AlignmentFlag.AlignLeft), self._hints, parent=self)
        self._fold.toggled.connect(self._on_fold_toggled)
        self._rebuild()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._rebuild()
        super().changeEvent(event)

    def set_may_be_sound(self, *, is_sound: bool) -> None:
        """Set whether the list shows *No issues found* if it has no problems except hints."""
        self._is_sound = is_sound
        self._rebuild()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Replace the problems, and collapse the hints."""
        self._problems = tuple(sorted(problems, key=lambda problem: -problem.severity))
        self._fold.setChecked(False)
        self._rebuild()

    def _rebuild(self) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = []
        hints = 0
        for problem in self._problems:
            is_hint = problem.severity is Severity.HINT
            row = ProblemRow(problem, self._hints if is_hint else self)
            row.activated.connect(self.problem_activated)
            self._rows.append(row)
            if is_hint:
                hints += 1
                self._hint_column.addWidget(row)
            else:
                self._column.insertWidget(len(self._rows) - hints, row)
        # A space reserves the height of the sentence until the sentence is known to be true.
        self._nothing.setText(self.tr("No issues found") if self._is_sound else " ")
        self._nothing.setVisible(len(self._problems) == hints)
        self._fold.setText(self.tr("%n hint(s)", "", hints))
        self._fold.setVisible(bool(hints))
        self._on_fold_toggled(self._fold.isChecked())

    def _on_fold_toggled(self, is_open: bool) -> None:
        self._hints.setVisible(is_open and not self._fold.isHidden())


class RequestPreview(QWidget):
    """Shows the exact body of the start request, collapsed until the user wants to read or copy it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fold = FoldButton(self, self.tr("Request details"))
        self._copy = QToolButton(self)
        self._copy.setAutoRaise(True)
        self._copy.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy request"))
        self._copy.setIcon(icon("copy"))
        self._text = QPlainTextEdit(self)
        self._text.setAccessibleName(self._fold.text())
        self._text.setReadOnly(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTabChangesFocus(True)
        self._text.setMinimumHeight(sized(_REQUEST_PX))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setFamilies([fixed.family(), "Noto Sans Mono CJK SC", *self.font().families()])
        fixed.setPixelSize(sized(12))
        self._text.setFont(fixed)
        vbox(hbox(self._fold, 0, self._copy, spacing=6), self._text, spacing=4, parent=self)
        self._fold.toggled.connect(self._on_fold_toggled)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._on_fold_toggled(False)

    def show_text(self, text: str) -> None:
        """Show the body of a request, or an empty text while it is not known."""
        self._text.setPlainText(text)

    def _on_fold_toggled(self, is_open: bool) -> None:
        self._text.setVisible(is_open)
        self._copy.setVisible(is_open)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())


class ReviewSheet(Confirmation):
    """Shows the review of a draft. The user confirms exactly the draft and the environment that are shown.

    ``send_confirmed`` carries the ``ContractReview``, and ``problem_activated`` the ``Problem`` whose location the user
    wants to see.
    """

    manual_page = "send#review"

    send_confirmed = Signal(object)
    problem_activated = Signal(object)
    rehearsal_requested = Signal(object)
    """Carries the ``ContractReview`` for which the user requested a rehearsal."""
    failed = Signal(object)
    """Carries the ``AppError`` if the review could not be created, or if a confirmed doubt could not be stored."""
    paper_taken = Signal(object)
    """Carries the ``Doubt`` whose signer the user wants to replace by the party that the document names."""
    contract_requested = Signal(object)
    """Carries the ``FlowId`` of the contract with the same files and signers that the user wants to see."""

    def __init__(
        self,
        reviews: ReviewService,
        renderer: PageRenderer,
        tasks: TaskRunner,
        parent: QWidget | None = None,
        *,
        watch: EnvironmentWatch | None = None,
        second: SecondPerson | None = None,
        readiness: ReadinessService | None = None,
        kept: Collection[str] = (),
    ) -> None:
        """Create the review. ``kept`` contains the keys of doubts that the user has already confirmed."""
        super().__init__(parent)
        self._watch = watch
        self._banner = EnvironmentBanner(self)
        self._kept = set(kept)
        self._second = second
        self._shown_environment = ShownEnvironment(watch, self)
        self._reviews = reviews
        self._tasks = tasks
        self._draft: ContractDraft | None = None
        self._problems: tuple[Problem, ...] = ()
        self._hits: KeywordHits = {}
        self._review: ContractReview | None = None
        self._is_sent = False
        self._doubts: tuple[Doubt, ...] | None = None
        """The doubts about the draft, or None until the comparison with its pages has finished."""
        self._problem_list = ProblemList(self)
        self._readiness = None if readiness is None else ReadinessList(readiness, tasks, self)
        self._plan = PartyList(renderer, tasks, self)
        self._doubt_list = DoubtList(self._plan.paper, self)
        self._ticks = PlainLabel(self, look="hint")
        self._terms = PlainLabel(self, is_wrapped=True)
        self._cost = PlainLabel(self, is_wrapped=True)
        self._later = PlainLabel(self, look="hint", is_wrapped=True)
        self._prepare = DeliberateButton(self, self.tr("Create on platform"))
        self._prepare.setMinimumHeight(self._send.minimumHeight())
        self._rehearse = QPushButton(self.tr("Rehearse first"), self)
        show_tip(
            self._rehearse,
            self.tr("Rehearse this exact contract on this computer and see it sealed. Nothing is sent."),
        )
        self._rehearse.setMinimumHeight(self._send.minimumHeight())
        self._rehearsed = PlainLabel(self, look="hint")
        self._rehearsed.hide()
        self._body = RequestPreview(self)
        self._back.setText(self.tr("Back"))
        self._back.setToolTip(self.tr("Back to contract (Esc)"))
        self._finality.setText(self.tr("After sending, a contract can't be changed, only revoked."))
        self._lay_out()
        self._send.meant.connect(self._on_send_meant)
        self._prepare.meant.connect(self._on_prepare_meant)
        self._rehearse.clicked.connect(self._on_rehearse_clicked)
        self._problem_list.problem_activated.connect(self.problem_activated)
        if self._readiness is not None:
            self._readiness.problem_activated.connect(self.problem_activated)
            self._readiness.changed.connect(self._on_readiness_changed)
        self._doubt_list.paper_taken.connect(self.paper_taken)
        self._doubt_list.contract_requested.connect(self.contract_requested)
        self._doubt_list.kept.connect(self._on_doubt_kept)
        self._plan.ticks_changed.connect(self._on_plan_ticks_changed)
        self._plan.row_reached.connect(self._on_plan_row_reached)
        self._show_button(())

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_button(self._found())
        super().changeEvent(event)

    def show_draft(self, draft: ContractDraft, problems: tuple[Problem, ...], hits: KeywordHits) -> None:
        """Show a draft, and check it in the background. Sending is disabled until the checks allow it."""
        self._draft, self._problems, self._hits = draft, problems, hits
        self._review = None
        self._problem_list.set_may_be_sound(is_sound=False)
        self._shown_environment.show(None)
        self._is_sent = False
        self._body.show_text("")
        self._banner.hide()
        self._plan.clear_ticks()
        self._rehearsed.hide()
        if self._readiness is not None:
            self._readiness.keep_places(draft)
        self._doubts = None
        self._doubt_list.show_state(self.tr("Comparing the document with the signers…"))
        self._show()
        self._tasks.start(
            lambda: self._reviews.review(draft),
            owner=self,
            on_done=self._on_review_done,
            on_error=self._on_review_failed,
            lane=Lane.STORE,
        )
        self._tasks.start(
            lambda: self._reviews.doubts(draft),
            owner=self,
            on_done=partial(self._on_doubts_found, draft),
            on_error=partial(self._on_doubts_failed, draft),
            lane=Lane.SEARCH,
        )
        self._back.setFocus()

    def note_rehearsal(self, rehearsal: Rehearsal) -> None:
        """Show that a rehearsal of the contract was completed, and whether all seals were in the right place."""
        well = self.tr("Rehearsed: all seals are in the right place.")
        badly = self.tr("Rehearsed: a seal is in the wrong place, or there is an extra seal.")
        self._rehearsed.setText(well if rehearsal.is_as_placed else badly)
        self._rehearsed.setObjectName("hint" if rehearsal.is_as_placed else "alarm")
        repolish(self._rehearsed)
        self._rehearsed.show()

    def stop_asking(self) -> None:
        """Stop the checks that run in the background."""
        if self._readiness is not None:
            self._readiness.stop()

    def take_focus(self) -> None:
        """Move the keyboard focus to the send button, or to *Back* if the send button is disabled."""
        (self._send if self._send.isEnabled() else self._back).setFocus()

    def _lay_out(self) -> None:
        reading = QWidget(self)
        words = vbox(margins=(24, 0, 24, 16), parent=reading)
        for text, *parts in (
            (self.tr("Check before sending"), self._doubt_list, self._problem_list, self._readiness),
            (self.tr("Who signs what"), self._plan),
            (self.tr("Deadline and cost"), self._terms, self._cost, self._later),
        ):
            words.addSpacing(12)
            words.addWidget(PlainLabel(reading, text, look="sectionTitle"))
            for part in filter(None, parts):
                words.addWidget(part)
        words.addSpacing(12)
        words.addWidget(self._body)
        words.addStretch(1)
        self._reading, self._scroll = reading, self._scroll_area(reading)
        middle = QWidget(self)
        vbox(vbox(self._banner, margins=(24, 8, 24, 0)), (self._scroll, 1), spacing=4, parent=middle)
        self._lay_out_around(middle, self._ticks, self._rehearse, self._prepare, self._rehearsed)

    def _show(self) -> None:
        draft = self._draft
        if draft is None:
            return
        review = self._review
        self._title.setText(self.tr("Review — {title}").format(title=one_line(draft.title)))
        self._plan.show_plan(draft, self._hits, review.reaches if review is not None else {})
        found = self._found()
        self._problem_list.show_problems(found)
        if review is not None:
            self._banner.show_if_other(review.environment, self._here(review))
            terms = (*form_sentences(draft), *self._fate_sentences(review), *term_sentences(draft, review.now_ms))
            self._terms.setText("\n".join(terms))
            self._cost.setText(self._cost_sentence(review))
            self._later.setText(self._later_sentence(review))
        self._show_button(found)

    def _found(self) -> tuple[Problem, ...]:
        more = self._review.problems if self._review is not None else ()
        return (*self._problems, *(problem for problem in more if problem not in self._problems))

    def _show_button(self, found: tuple[Problem, ...]) -> None:
        review = self._review
        is_binding = review is not None and review.environment.is_binding
        text = self.tr("Send now — with legal effect") if is_binding else self.tr("Send now")
        if review is not None and self._is_elsewhere(review):
            text = act_there(text, review.environment)
        self._send.setText(text)
        prepare = self.tr("Create on platform")
        is_foreign = review is not None and self._is_elsewhere(review)
        had_focus = self._send.hasFocus()
        self._prepare.setText(act_there(prepare, review.environment) if review is not None and is_foreign else prepare)
        for button in (self._send, self._prepare):
            is_sure = self._doubts is not None and not self._open_doubts and self._is_ready
            button.setEnabled(review is not None and is_sendable(found) and is_sure and not self._is_sent)
        if had_focus and not self._send.isEnabled() and not self._is_sent:
            self._back.setFocus()
        # In the sandbox, every send is a rehearsal.
        self._rehearse.setVisible(review is not None and review.environment.kind is not EnvironmentKind.SANDBOX)
        self._rehearse.setEnabled(self._send.isEnabled())
        style_send_button(self._send, is_binding=is_binding)
        style_acting_button(self._prepare, review.environment if review is not None and is_foreign else None)

    @property
    def _is_ready(self) -> bool:
        """Whether the checks on this computer are complete and no result so far prevents the send."""
        readiness = self._readiness
        return readiness is None or (readiness.is_stored_known and is_sendable(readiness.problems))

    @property
    def _open_doubts(self) -> tuple[Doubt, ...]:
        """The severe doubts that the user has not confirmed. They prevent the send."""
        return tuple(one for one in self._doubts or () if one.is_severe and one.key not in self._kept)

    def _show_doubts(self) -> None:
        doubts = self._doubts or ()
        self._doubt_list.show_doubts(doubts, self._kept)
        self._show_soundness()
        self._show_button(self._found())

    def _show_soundness(self) -> None:
        """Allow *No issues found* if all checks have been completed without doubts or problems."""
        is_sound = self._doubts == () and (self._readiness is None or self._readiness.is_sound)
        self._problem_list.set_may_be_sound(is_sound=is_sound)

    def _on_doubts_found(self, draft: ContractDraft, doubts: tuple[Doubt, ...]) -> None:
        if draft is self._draft:
            self._doubts = doubts
            self._show_doubts()
            if self._send.isEnabled():
                self._send.setFocus()

    def _on_doubts_failed(self, draft: ContractDraft, _error: AppError) -> None:
        """Show that the comparison failed. The user may still send."""
        if draft is self._draft:
            self._doubts = ()
            self._doubt_list.show_state(self.tr("The document couldn't be compared with the signers."))
            self._show_button(self._found())

    def _on_readiness_changed(self) -> None:
        was_enabled = self._send.isEnabled()
        self._show_soundness()
        self._show_button(self._found())
        if self._send.isEnabled() and not was_enabled:
            self._send.setFocus()

    def _on_doubt_kept(self, doubt: Doubt) -> None:
        draft = self._draft
        if draft is not None:
            self._kept.add(doubt.key)
            self._tasks.start(
                lambda: self._reviews.confirm(draft, doubt), owner=self, on_error=self.failed.emit, lane=Lane.STORE
            )
            self._show_doubts()
            if not self._doubt_list.take_focus():
                self.take_focus()

    @property
    def is_compared(self) -> bool:
        """Whether the comparison of the pages with the signers has ended. True even if it failed."""
        return self._doubts is not None

    @property
    def draft(self) -> ContractDraft | None:
        """The draft that is shown, or None before the first one."""
        return self._draft

    @property
    def kept_doubts(self) -> frozenset[str]:
        """The keys of the doubts whose values the user has decided to keep, including those from earlier reviews."""
        return frozenset(self._kept)

    def _here(self, review: ContractReview) -> Environment | None:
        return self._watch.environment if self._watch is not None else review.environment

    def _is_elsewhere(self, review: ContractReview) -> bool:
        return is_elsewhere(review.environment, self._here(review))

    def _fate_sentences(self, review: ContractReview) -> tuple[str, ...]:
        """Return sentences that explain what happens to the contract that this draft replaces, or no sentences."""
        replaced = review.replaced
        if replaced is None:
            return ()
        if replaced.status.is_final:
            text = self.tr("This contract replaces the contract of {moment}, which has ended.")
        else:
            text = self.tr(
                "This contract replaces the contract of {moment}. When you send this one, the "
                "earlier contract is revoked first."
            )
        return (text.format(moment=china_time(replaced.sent_at_ms)),)

    def _payer_sentence(self, review: ContractReview) -> str:
        """Return sentences about the contracts that are reserved in the payer's plan (platform documentation 2.2)."""
        payer = review.draft.options.payer
        nothing = self.tr("No contracts are reserved from your plan.")
        count = review.cost.contract_count
        theirs = self.tr("{name} pays for %n contract(s).", "", count)
        when = (
            self.tr(
                "The payer doesn't sign, so only the platform knows when a contract in the payer's plan is reserved."
            )
            if isinstance(payer, AccountParty)
            else self.tr(
                "A contract in the payer's plan is reserved when the payer signs, used when all "
                "parties have signed, and released otherwise."
            )
        )
        name = party_name(review.draft, payer) if payer is not None else ""
        return f"{nothing} {theirs.format(name=name)}\n{when}"

    def _cost_sentence(self, review: ContractReview) -> str:
        if review.draft.is_paid_elsewhere:
            return self._payer_sentence(review)
        reserved = self.tr("Reserves %n contract(s), about ¥{amount}.", "", review.cost.contract_count)
        used = self.tr(
            "Reserved contracts are used when all parties have signed, and released if the "
            "contract is revoked or declined, or if it expires."
        )
        return "\n".join((reserved.format(amount=review.cost.amount_yuan), used))

    def _later_sentence(self, review: ContractReview) -> str:
        """Return sentences about the effect and the cost of creating the contract without sending it."""
        what = self.tr("No one can see a contract created on the platform until you click “Start signing” in Track.")
        if review.draft.is_paid_elsewhere:
            return what
        if review.environment.behaviour.freeze_at is FreezeAt.EXECUTE:
            cost = self.tr("No contracts are reserved before that.")
        else:
            cost = self.tr("Contracts are reserved as soon as you create this contract on the platform.")
        return f"{what} {cost}"

    def _on_review_done(self, review: ContractReview) -> None:
        if review.draft is not self._draft:
            return
        self._review = review
        self._body.show_text(review.body_json)
        if self._readiness is not None:
            self._readiness.ask(review.environment)
        self._show()
        # The colors of the window show the environment to which the contract will be sent.
        self._shown_environment.show(review.environment if self._is_elsewhere(review) else None)
        if self._send.isEnabled():
            self._send.setFocus()

    def _on_review_failed(self, error: AppError) -> None:
        self.failed.emit(error)
        self.dismissed.emit()

    def _on_plan_ticks_changed(self, ticked: int, count: int) -> None:
        self._ticks.setText(self.tr("%n party(ies) not yet checked", "", count - ticked))
        self._ticks.setVisible(ticked < count)

    def _on_plan_row_reached(self, rows: QWidget, row: QRect) -> None:
        top = rows.mapTo(self._reading, row.topLeft()).y()
        self._scroll.ensureVisible(0, top + row.height(), 0, 16)
        self._scroll.ensureVisible(0, top, 0, 16)

    def _on_send_meant(self) -> None:
        self._ask(self.tr("Send"), is_for_later=False)

    def _on_rehearse_clicked(self) -> None:
        if self._review is not None:
            self.rehearsal_requested.emit(self._review)

    def _on_prepare_meant(self) -> None:
        self._ask(self.tr("Create on platform"), is_for_later=True)

    def _ask(self, act: str, *, is_for_later: bool) -> None:
        review = self._review
        if review is not None and not self._is_sent:
            ask_if_elsewhere(
                self,
                review.environment,
                self._here(review),
                title=review.draft.title,
                act=act,
                then=partial(self._ask_second, is_for_later=is_for_later),
            )

    def _ask_second(self, *, is_for_later: bool) -> None:
        review, confirm = self._review, partial(self._confirm, is_for_later=is_for_later)
        if self._second is None or review is None:
            confirm()
        else:

            def digests() -> tuple[str, ...]:
                return (digest_of(review.draft, review.environment),)

            self._second.ask(self, review.environment, review.draft.title, confirm, digests=digests)

    def _confirm(self, *, is_for_later: bool) -> None:
        if self._review is not None and not self._is_sent:
            # A second press before the review closes must not send a second contract.
            self._is_sent = True
            self._send.setEnabled(False)
            self._prepare.setEnabled(False)
            self.send_confirmed.emit(replace(self._review, is_for_later=is_for_later))
