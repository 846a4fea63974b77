"""Introduce beginners to the program with the rehearsal, a sample contract and five hints."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.domain.contract.edits import update_signer
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.people import sample
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OrganizationSigner,
    PersonSigner,
    display_name,
    is_identified,
    new_signer_id,
)
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.hint_bubble import HintBubble
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from esign_desktop.ui.environment_watch import EnvironmentState
    from esign_desktop.ui.shell.rail import Rail
    from esign_desktop.ui.shell.workspace import Workspace
    from esign_desktop.ui.widgets.notice_bar import Messages

SAMPLE: Final = ("samples", "service-contract.pdf")


class Step(StrEnum):
    """A step of a beginner's first contract, for which there is a hint. The members are in the order of the work."""

    SIGNER = "signer"
    SEAL = "seal"
    REVIEW = "review"
    SEND = "send"
    TRACK = "track"


class FirstSteps(QObject):
    """Shows hints to beginners. They start with the first rehearsal that the user starts, or from the Help menu.

    Each hint is shown until the user closes it or completes its step. If the program was started as a rehearsal, the
    hints start with the sample contract, because only a hint can add its fictitious parties.
    """

    settings_requested = Signal(object)
    """Carries the ``EnvironmentKind`` whose settings the user wants to see."""

    def __init__(self, workspace: Workspace, rail: Rail, messages: Messages, ground: QWidget) -> None:
        """Create the hints, and read in the background which hints are left.

        ``ground`` is the widget in which hints are shown.
        """
        super().__init__(ground)
        self._workspace = workspace
        self._rail = rail
        self._messages = messages
        self._ground = ground
        self._room = RoomName.PREPARE
        self._bubble: HintBubble | None = None
        self._left: frozenset[Step] = frozenset()
        self._has_rehearsed = False
        self._is_beginner = False
        """Whether no hint has been shown yet, in this session or earlier."""
        self._is_wanted = False
        """Whether the user has requested a rehearsal that is not running yet."""
        self._sample_path: Path | None = None
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._look)
        welcome = workspace.prepare.welcome
        welcome.rehearsal_requested.connect(self.start_rehearsal)
        welcome.sample_requested.connect(self.open_sample)
        welcome.account_requested.connect(self.show_account)
        workspace.environment.changed.connect(self._on_environment_changed)
        self._on_environment_changed(workspace.environment.state)
        workspace.tasks.start(lambda: workspace.services.preferences.first_steps, owner=self, on_done=self._on_read)

    @property
    def bubble(self) -> HintBubble | None:
        """The bubble that shows the hints, or None before the first hint."""
        return self._bubble

    def enter(self, room: str) -> None:
        """Set the room that is shown now, and update the hint."""
        self._room = RoomName(room)
        if self._room is RoomName.TRACK and self._has_rehearsed:
            self._done(Step.TRACK)
        self._timer.start()

    def start_rehearsal(self) -> None:
        """Request that the rehearsal platform be started and used. The hints begin when it is running."""
        self._is_wanted = True
        self._workspace.rehearsal_requested.emit()

    def open_sample(self) -> None:
        """Save the sample contract on this computer in the background, and open it.

        In a rehearsal of a beginner, begin the hints.
        """
        state = self._workspace.environment.state
        if self._is_beginner and state is not None and state.environment.kind is EnvironmentKind.SANDBOX:
            self.begin()
        copies, name = self._workspace.services.copies, self.tr("Sample service contract")

        def keep() -> Path:
            return copies.keep(name, resource_path(*SAMPLE).read_bytes())

        self._workspace.tasks.start(keep, owner=self, on_done=self._on_sample_kept)

    def show_account(self) -> None:
        """Request the settings in which the user enters a real account."""
        self.settings_requested.emit(EnvironmentKind.TEST)

    def begin(self) -> None:
        """Show all hints again, beginning with the step that the contract has reached."""
        self._begin(frozenset(Step))
        self._keep()

    def _on_read(self, names: frozenset[str] | None) -> None:
        self._is_beginner = names is None
        self._has_rehearsed = names is not None and Step.SEND not in names
        self._on_environment_changed(self._workspace.environment.state)
        if names:
            self._begin(frozenset(step for step in Step if step in names))

    def _on_environment_changed(self, state: EnvironmentState | None) -> None:
        self._workspace.prepare.welcome.show_environment(state, has_rehearsed=self._has_rehearsed)
        is_rehearsal = state is not None and state.environment.kind is EnvironmentKind.SANDBOX and state.is_ready
        if self._is_wanted and is_rehearsal:
            self._is_wanted = False
            if not self._left and not self._has_rehearsed:
                self.begin()
        self._timer.start()

    def _on_sample_kept(self, path: Path) -> None:
        self._sample_path = path
        self._workspace.open_files([path])

    def _begin(self, steps: frozenset[Step]) -> None:
        self._left = steps
        self._is_beginner = False
        if self._bubble is None:
            workspace = self._workspace
            self._bubble = HintBubble(self._ground)
            self._bubble.dismissed.connect(self._on_bubble_dismissed)
            self._bubble.help_taken.connect(self._on_bubble_help_taken)
            self.destroyed.connect(workspace.session.subscribe(lambda _change: self._timer.start()))
            workspace.prepare.overlaid.connect(self._timer.start)
            workspace.prepare.proposals.changed.connect(self._timer.start)
            workspace.send_controller.sent.connect(self._on_send_controller_sent)
        self._timer.start()

    def _keep(self) -> None:
        preferences, left = self._workspace.services.preferences, self._left
        self._workspace.tasks.start(lambda: preferences.set_first_steps(left), owner=self)

    def _done(self, *steps: Step) -> None:
        if self._left & set(steps):
            self._left -= set(steps)
            self._keep()
        self._timer.start()

    def _on_bubble_dismissed(self) -> None:
        step = self._step()
        if step is not None:
            self._done(step)

    def _on_bubble_help_taken(self) -> None:
        session, add = self._workspace.session, self._workspace.prepare.signers.add
        for party in (
            OrganizationSigner(new_signer_id(), sample.ORGANIZATION, sample.AGENT),
            PersonSigner(new_signer_id(), sample.PERSON),
        ):
            proposed = next((one for one in session.draft.signers if display_name(one) == display_name(party)), None)
            if proposed is None or isinstance(proposed, ApplicationSigner):
                add(party)
            else:
                known = replace(party, id=proposed.id, terms=proposed.terms, role=proposed.role)
                session.apply(EditName.CHANGE_SIGNER, partial(update_signer, signer=known), origin=self)

    def _on_send_controller_sent(self, _record: object) -> None:
        if Step.SEND in self._left:
            self._has_rehearsed = True
            self._messages.show_message(
                self.tr("You have sent your first contract in the rehearsal."),
                MessageLevel.SUCCESS,
                remedy=self.tr("To send legally binding contracts, you need an e签宝 account."),
                key="rehearsed",
                action=(self.tr("Use a real account…"), self.show_account),
                decline=self.tr("Later"),
                everywhere=True,
            )
        self._done(Step.SIGNER, Step.SEAL, Step.REVIEW, Step.SEND)
        self._on_environment_changed(self._workspace.environment.state)

    def _step(self) -> Step | None:
        """Return the step that comes next in this room, even if its hint was closed, or None if there is none."""
        prepare, draft = self._workspace.prepare, self._workspace.session.draft
        if self._has_rehearsed and Step.SEND not in self._left and (prepare.is_covered or not draft.documents):
            return Step.TRACK
        if self._room is not RoomName.PREPARE:
            return None
        if prepare.is_covered:
            return Step.SEND if self._send_button() is not None else None
        if not draft.documents:
            return None
        if not draft.signers or (self._is_sample() and not all(map(is_identified, draft.signers))):
            return Step.SIGNER
        have_seals = {placement.signer_id for placement in draft.placements}
        are_placed = all(signer.id in have_seals for signer in draft.signers)
        return Step.REVIEW if are_placed and prepare.problems_bar.is_ready else Step.SEAL

    def _look(self) -> None:
        bubble, step = self._bubble, self._step()
        if bubble is None:
            return
        order = list(Step)
        if step is not None:
            # Earlier steps were completed without their hints.
            behind = self._left & set(order[: order.index(step)])
            if behind:
                self._left -= behind
                self._keep()
        target = self._target(step) if step in self._left else None
        if step is None or target is None:
            bubble.leave()
            return
        count = self.tr("{number} of {count}").format(number=order.index(step) + 1, count=len(order))
        is_sample = step is Step.SIGNER and self._is_sample()
        bubble.point_at(target, self._text(step), count=count, help_text=self.tr("Add both") if is_sample else "")

    def _is_sample(self) -> bool:
        path = str(self._sample_path)
        return any(document.path == path for document in self._workspace.session.draft.documents)

    def _text(self, step: Step) -> str:
        if step in {Step.SIGNER, Step.SEAL} and self._workspace.prepare.problems_bar.proposals.isVisible():
            return self._text_beside_proposals(step)
        match step:
            case Step.SIGNER if self._is_sample():
                return self.tr("Add the signers. Two fictitious parties are ready for the sample contract.")
            case Step.SIGNER:
                return self.tr("Add the signers: a person, or an organization with its representative.")
            case Step.SEAL:
                return self.tr(
                    "Click where the chosen signer's seal belongs, usually on the last page. Then "
                    "choose the next signer in the list or with keys 1 to 9. Each signer needs a "
                    "seal."
                )
            case Step.REVIEW:
                return self.tr("Everything is ready. Review the contract before you send it.")
            case Step.SEND:
                return self._send_text()
            case Step.TRACK:
                return self.tr("Track your contracts here: signing progress, links, QR codes and signed files.")

    def _send_text(self) -> str:
        state = self._workspace.environment.state
        if state is not None and state.environment.kind is EnvironmentKind.SANDBOX:
            return self.tr("Check who signs what and what it costs, then send. The rehearsal stays on this computer.")
        if state is not None and state.environment.is_binding:
            return self.tr("Check who signs what and what it costs, then send. This contract is legally binding.")
        return self.tr("Check who signs what and what it costs, then send.")

    def _text_beside_proposals(self, step: Step) -> str:
        if step is Step.SEAL:
            return self.tr("Seal positions found. Accept them all, or click where each seal belongs.")
        if self._is_sample():
            return self.tr(
                "Signers and seal positions were found in the contract. Accept them all. Two "
                "fictitious parties are ready for the sample contract."
            )
        return self.tr(
            "Signers and seal positions were found in the contract. Accept them all, then fill in the signers' details."
        )

    def _target(self, step: Step | None) -> QWidget | None:
        prepare = self._workspace.prepare
        match step:
            case Step.SIGNER | Step.SEAL if prepare.problems_bar.proposals.isVisible():
                return prepare.problems_bar.proposals
            case Step.SIGNER:
                return prepare.signers
            case Step.SEAL:
                return prepare.canvas.view.viewport()
            case Step.REVIEW:
                return prepare.problems_bar.send_button
            case Step.SEND:
                return self._send_button()
            case Step.TRACK:
                return self._rail.button(RoomName.TRACK)
            case None:
                return None

    def _send_button(self) -> QWidget | None:
        from esign_desktop.ui.send.review import ReviewSheet

        sheet = self._workspace.prepare.findChild(ReviewSheet)
        return sheet.send_button if sheet is not None else None
