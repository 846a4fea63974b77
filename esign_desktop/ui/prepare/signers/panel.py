"""The list of signers in their signing order, where signers are added, edited and arranged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.account import AccountKind, folded_name
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.steps import Steps, grouped_with, moved_to_own_step, shifted, steps_of
from esign_desktop.domain.people.contact import ContactFilter
from esign_desktop.domain.placing.proposed_seals import with_other_kind
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    Signer,
    SignerId,
    display_name,
    is_identified,
    namesakes,
    new_signer_id,
    role_of,
)
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.prepare.signers.documents import SigningMenu
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.prepare.signers.search import NewSigner, SignerSearch, new_signer
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import YieldingScrollArea, vbox
from esign_desktop.ui.widgets.signer_card import SignerCard, StepBox, StepGap
from esign_desktop.ui.widgets.theme import sized
from esign_desktop.ui.widgets.unsaved import UnsavedWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.people.contact import Contact, ContactPage
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.people.accounts import Reach
    from esign_desktop.ui.prepare.seals.rows import SealRows
    from esign_desktop.ui.prepare.tools.state import ToolState
    from esign_desktop.ui.tasks import TaskRunner


_MOST_OURS: Final = 9
_MOST_OFFERED: Final = 3
_LEAST_CARDS_PX: Final = 16


class SignersPanel(QWidget):
    """Lists the signers of the contract on cards, and lets the user add, edit and arrange them.

    Choosing a card makes its signer the active one, for whom new seals are placed. ``failed`` carries an ``AppError``.
    """

    manual_page = "signers"

    failed = Signal(object)
    signer_added = Signal()
    """Emitted when a signer has been added, and the user can place the signer's seals."""
    content_resized = Signal()
    """Emitted when the preferred height of the list may have changed."""
    all_filled_in = Signal()
    """Emitted when ``fill_in`` ends, because no signer is incomplete or the user has cancelled a form."""
    search_left = Signal()
    """Emitted when the user leaves the search line without adding a signer."""
    form_shown = Signal(bool)
    """Carries whether a form is open now. An open form needs all the space."""

    def __init__(
        self,
        session: ContractSession,
        state: ToolState,
        services: Services,
        tasks: TaskRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._services = services
        self._tasks = tasks
        self._form: SignerForm | None = None
        self._seals: SealRows | None = None
        self._to_fill: list[SignerId] | None = None
        """The signers still to be filled in, or None if ``fill_in`` is not active."""
        self._cards: dict[SignerId, SignerCard] = {}
        self._reaches: dict[SignerId, Reach] = {}
        self._order = QToolButton(self)
        self._order.setText(self.tr("In order"))
        self._order.setCheckable(True)
        self._order.setAutoRaise(True)
        self._order.setToolTip(self.tr("If off, all signers can sign at any time"))
        self._search = SignerSearch(services.contacts, tasks, self)
        self._pages = QStackedWidget(self)
        self._list = QWidget(self)
        self._column = QVBoxLayout(self._list)
        self._lay_out()
        self._connect()
        self._rebuild()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and watched is self._overview:
            self.content_resized.emit()
        return super().eventFilter(watched, event)

    @property
    def is_form_shown(self) -> bool:
        """Whether a signer's form is open."""
        return self._form is not None

    @property
    def content_height_px(self) -> int:
        """The preferred height of the list with its buttons, in pixels."""
        return self._overview.sizeHint().height()

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the open form of a signer as unsaved work if the user has changed it, or else an empty tuple."""
        form = self._form
        if form is None or not form.is_changed:
            return ()
        name = one_line(display_name(form.signer)) or one_line(role_of(form.signer)) or self.tr("Untitled")
        return (UnsavedWork(self.tr("signer “{name}”").format(name=name), partial(form.focus_field, "")),)

    def discard_form(self) -> None:
        """Close the open form of a signer, if there is one, without saving it. This also ends ``fill_in``."""
        self._to_fill = None
        self._close_form()

    def find_signer(self) -> None:
        """Let the user type a signer in the search line. If a changed form is open, ask the user to finish it first."""
        if self._form is not None and self._form.is_changed:
            self._form.ask_to_finish()
            return
        self.discard_form()
        self._search.begin()

    def add_person(self) -> None:
        """Open the form for a new person or, in a preset, for an open signer."""
        self._open_form(OpenSigner(new_signer_id()), is_new=True)

    def add_organization(self) -> None:
        """Open the form for a new organization or, in a preset, for an open signer that is an organization."""
        self._open_form(OpenSigner(new_signer_id(), kind=AccountKind.ORGANIZATION), is_new=True)

    def add(self, signer: Signer) -> None:
        """Add a signer. If the signer's number is missing, open the form first."""
        if is_identified(signer):
            self._take(signer)
        else:
            self._open_form(signer, is_new=True)

    def add_ours(self) -> None:
        """Add the user's own organization, which is read from the contacts in the background.

        If there are several, show a menu of them. If there is none, the menu states how to mark one.
        """
        self._read_ours(self._on_ours_wanted)

    def edit(self, signer_id: SignerId, field_path: str = "") -> None:
        """Open the form of a signer, with the focus in a field, by default the first one.

        Do nothing if the signer is not in the contract.
        """
        try:
            signer = self._session.draft.signer(signer_id)
        except KeyError:
            return
        form = self._open_form(signer, is_new=not is_identified(signer))
        form.focus_field(field_path)

    def fill_in(self) -> None:
        """Open the forms of incomplete signers one after the other, and then emit ``all_filled_in``."""
        self._to_fill = [signer.id for signer in self._session.draft.signers]
        self._fill_in_next()

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 8, 8, 4)
        title = PlainLabel(self, self.tr("Signers"))
        title.setObjectName("panelTitle")
        header.addWidget(title, 1)
        header.addWidget(self._order)
        self._column.setContentsMargins(8, 0, 8, 8)
        self._column.setSpacing(0)
        scroll = self._scroll = YieldingScrollArea(self._list, self)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Above a bar that needs much height, the cards yield before the search line.
        scroll.setMinimumHeight(sized(_LEAST_CARDS_PX))
        overview = self._overview = QWidget(self)
        vbox(header, scroll, self._search, 1, spacing=0, parent=overview)
        self._pages.addWidget(overview)
        overview.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def _connect(self) -> None:
        self._at_rest = DebouncedChanges(self._session, self)
        self._at_rest.changed.connect(self._on_session_changed)
        self._order.clicked.connect(self._on_order_clicked)
        self._search.contact_chosen.connect(self._take_contact)
        self._search.new_chosen.connect(self._on_search_new_chosen)
        self._search.left.connect(self.search_left)
        self._state.active_signer_changed.connect(self._on_state_active_signer_changed)

    def _on_session_changed(self, change: Change) -> None:
        if change.before.id != change.after.id:
            # The form belongs to the contract that was open before.
            self.discard_form()
        if self._form is not None and self._to_fill is not None and change.origin is not self:
            asked = self._form.signer.id
            if all(one.id != asked or is_identified(one) for one in change.after.signers):
                # The signer was removed by an undo, or completed elsewhere.
                self._close_form()
                self._fill_in_next()
        if change.before.signers != change.after.signers or change.before.is_ordered != change.after.is_ordered:
            self._rebuild()
        else:
            for signer_id, card in self._cards.items():
                card.show_seal_count(self._seal_count(signer_id))

    def _rebuild(self) -> None:
        draft = self._session.draft
        if self._seals is not None:
            # The rows of seals are moved out of the step, because its children are deleted with it.
            self._seals.setParent(self)
            self._seals.hide()
        focused = next((i for i, card in self._cards.items() if card.hasFocus()), None)
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._cards = {}
        self._order.setChecked(draft.is_ordered)
        self._order.setVisible(len(draft.signers) > 1)
        # An empty list would leave a gap above the search line.
        self._scroll.setVisible(bool(draft.signers))
        self._read_ours(self._offer_ours)
        if draft.is_ordered:
            self._add_steps()
        else:
            self._add_unordered()
        if focused in self._cards:
            self._cards[focused].setFocus()
        self._unfold()
        self.read_reaches()

    def show_seals(self, seals: SealRows) -> None:
        """Show the rows of the active signer's seals below the signer's card."""
        self._seals = seals
        self._unfold()

    def _unfold(self) -> None:
        card = None if self._state.active_signer_id is None else self._cards.get(self._state.active_signer_id)
        step = card.parentWidget() if card is not None else None
        column = step.layout() if step is not None else None
        if self._seals is not None and card is not None and isinstance(column, QVBoxLayout):
            column.removeWidget(self._seals)
            column.insertWidget(column.indexOf(card) + 1, self._seals)
            self._seals.setVisible(self._seals.count() > 0)

    def read_reaches(self) -> None:
        """Read the contact data of signers with an account in the background, and show it on their cards."""
        draft, services = self._session.draft, self._services
        if not draft.signers:
            return

        self._tasks.start(
            lambda: services.accounts.reaches(services.environments.current(), draft),
            owner=self,
            on_done=partial(self._on_reaches_read, draft.signers),
            on_error=_ignore,
            lane=Lane.STORE,
        )

    def _on_reaches_read(self, signers: tuple[Signer, ...], reaches: dict[SignerId, Reach]) -> None:
        if self._session.draft.signers == signers:
            self._reaches = reaches
            for signer_id, card in self._cards.items():
                card.show_reach(reaches.get(signer_id))

    def _add_steps(self) -> None:
        steps = self._session.draft.steps
        for index, step in enumerate(steps):
            self._add_gap(index)
            title = self.tr("Step {number}") if len(step) == 1 else self.tr("Step {number}, in parallel")
            self._add_box(index, title.format(number=index + 1), step, self._on_step_signer_dropped)
        if steps:
            self._add_gap(len(steps))
        anytime = self._session.draft.anytime_signers
        if anytime:
            self._add_box(len(steps), self.tr("At any time"), anytime, self._on_anytime_signer_dropped)

    def _add_box(self, index: int, title: str, signers: tuple[Signer, ...], on_dropped: Callable[[str], None]) -> None:
        box = StepBox(index, self._list)
        box.title.setText(title)
        box.title.setVisible(len(self._session.draft.signers) > 1)
        box.signer_dropped.connect(on_dropped)
        for signer in signers:
            box.column.addWidget(self._card(signer, box))
        self._column.addWidget(box)

    def _add_unordered(self) -> None:
        for signer in self._session.draft.signers:
            self._column.addWidget(self._card(signer, self._list))
            self._column.addSpacing(4)

    def _add_gap(self, index: int) -> None:
        gap = StepGap(index, self._list)
        gap.signer_dropped.connect(self._on_gap_signer_dropped)
        self._column.addWidget(gap)

    def _card(self, signer: Signer, parent: QWidget) -> SignerCard:
        number = self._session.draft.signer_number(signer.id)
        has_namesake = bool(namesakes(signer, self._session.draft.signers))
        count = self._seal_count(signer.id)
        card = SignerCard(signer, number, seal_count=count, has_namesake=has_namesake, parent=parent)
        card.set_chosen(is_chosen=signer.id == self._state.active_signer_id)
        card.chosen.connect(self._state.set_active_signer)
        card.entered_backward.connect(self._on_card_entered_backward)
        card.edit_requested.connect(self.edit)
        card.removal_requested.connect(self._on_card_removal_requested)
        card.move_requested.connect(self.shift)
        card.grouping_requested.connect(self.join_step_before)
        card.anytime_requested.connect(self.change_order_of)
        card.documents_requested.connect(self._on_card_documents_requested)
        self._cards[signer.id] = card
        return card

    def _on_card_entered_backward(self) -> None:
        if self._seals is not None and self._seals.isVisible():
            self._seals.setFocus(Qt.FocusReason.BacktabFocusReason)

    def _on_card_documents_requested(self, signer_id: SignerId) -> None:
        card = self._cards.get(signer_id)
        if card is not None:
            # The menu opens below the card, after the card's own menu has closed.
            menu = SigningMenu(self._session, signer_id, self)
            menu.popup(card.mapToGlobal(card.rect().bottomLeft()))

    def _seal_count(self, signer_id: SignerId) -> int:
        return sum(mark.signer_id == signer_id and mark.slice_index == 0 for mark in self._session.marks)

    def _open_form(self, signer: Signer, *, is_new: bool, is_taken: bool = False) -> SignerForm:
        """Open a signer's form, and return it.

        If a changed form is open, ask the user to finish it, and return that form. If ``is_taken`` is True, its values
        are already in the contract, and it is closed.
        """
        if self._form is not None and self._form.is_changed and not is_taken:
            self._form.ask_to_finish()
            return self._form
        self._close_form()
        is_listed = any(one.id == signer.id for one in self._session.draft.signers)
        form = SignerForm(
            *(signer, self._services, self._tasks),
            is_new=is_new,
            is_listed=is_listed,
            keeps_open=self._state.shows_preset,
            parent=self,
        )
        form.accepted.connect(self._on_form_accepted)
        form.dismissed.connect(self._on_form_dismissed)
        form.failed.connect(self.failed)
        form.kind_requested.connect(self._on_form_kind_requested)
        form.show_others(self._session.draft, self._reaches)
        self._form = form
        self._pages.addWidget(form)
        self._pages.setCurrentWidget(form)
        self.form_shown.emit(True)
        form.focus_field("")
        if role_of(signer) and isinstance(signer, OrganizationSigner) and not signer.organization.name:
            self._read_ours(partial(self._offer_in_form, form))
        return form

    def _offer_in_form(self, form: SignerForm, page: ContactPage) -> None:
        if form is self._form:
            names = {folded_name(display_name(one)) for one in self._session.draft.signers}
            form.offer([one for one in page.contacts[:_MOST_OFFERED] if folded_name(one.name) not in names])

    def _close_form(self) -> None:
        if self._form is not None:
            signer_id = self._form.signer.id
            self._pages.removeWidget(self._form)
            self._form.deleteLater()
            self._form = None
            self.form_shown.emit(False)
            card = self._cards.get(signer_id)
            (card or self._search).setFocus()

    def shift(self, signer_id: SignerId, by: int) -> None:
        """Move a signer one step earlier (-1) or later (+1)."""
        self._arrange(shifted(steps_of(self._session.draft), signer_id, by))

    def shift_active(self, by: int) -> None:
        """Move the active signer, if there is one, one step earlier (-1) or later (+1)."""
        if self._state.active_signer_id is not None:
            self.shift(self._state.active_signer_id, by)

    def sign_together(self) -> None:
        """Let the active signer, if there is one, sign in parallel with the signers of the previous step."""
        if self._state.active_signer_id is not None:
            self.join_step_before(self._state.active_signer_id)

    def join_step_before(self, signer_id: SignerId) -> None:
        """Let a signer sign in parallel with the signers of the previous step. Do nothing in the first step.

        A signer who can sign at any time joins the last step.
        """
        steps = steps_of(self._session.draft)
        index = next((n for n, step in enumerate(steps) if signer_id in step), len(steps))
        if index > 0:
            self._arrange(grouped_with(steps, signer_id, index - 1))

    def change_order_of(self, signer_id: SignerId) -> None:
        """Let a signer sign at any time or, if the signer already does, in a new last step."""
        is_anytime = bool(self._session.draft.signer(signer_id).terms.step)
        self._set_anytime(signer_id, is_anytime=is_anytime)

    def _set_anytime(self, signer_id: SignerId, *, is_anytime: bool) -> None:
        edit = partial(edits.set_anytime, signer_id=signer_id, is_anytime=is_anytime)
        self._session.apply(EditName.ARRANGE_SIGNERS, edit, origin=self)

    def _arrange(self, steps: Steps) -> None:
        self._session.apply(EditName.ARRANGE_SIGNERS, lambda draft: edits.arrange_signers(draft, steps), origin=self)

    def _fill_in_next(self) -> None:
        signers = {signer.id: signer for signer in self._session.draft.signers}
        while self._to_fill:
            signer = signers.get(self._to_fill.pop(0))
            stays_open = isinstance(signer, OpenSigner) and self._state.shows_preset
            if signer is not None and not is_identified(signer) and not stays_open:
                self._state.set_active_signer(signer.id)
                self.edit(signer.id)
                return
        self._to_fill = None
        self.all_filled_in.emit()

    def _on_form_dismissed(self) -> None:
        was_filling, self._to_fill = self._to_fill is not None, None
        self._close_form()
        if was_filling:
            self.all_filled_in.emit()

    def _on_form_kind_requested(self, signer: Signer) -> None:
        """Change a person to an organization, or vice versa. The signer keeps the seals."""
        self._session.apply(EditName.CHANGE_SIGNER, lambda draft: with_other_kind(draft, signer), origin=self)
        self._open_form(signer, is_new=True, is_taken=True)

    def _on_form_accepted(self, signer: Signer) -> None:
        is_new = all(one.id != signer.id for one in self._session.draft.signers)
        if is_new:
            self._session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer), origin=self)
            self._state.set_active_signer(signer.id)
        else:
            self._session.apply(EditName.CHANGE_SIGNER, lambda draft: edits.update_signer(draft, signer), origin=self)
        self._close_form()
        if is_new:
            self.signer_added.emit()
        elif self._to_fill is not None:
            self._fill_in_next()

    def _take(self, signer: Signer) -> None:
        self._session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer), origin=self)
        self._state.set_active_signer(signer.id)
        self.signer_added.emit()

    def _read_ours(self, on_done: Callable[[ContactPage], None]) -> None:
        contacts = self._services.contacts
        self._tasks.start(
            lambda: contacts.search("", ContactFilter.OURS, _MOST_OURS),
            owner=self,
            on_done=on_done,
            on_error=self.failed.emit,
            lane=Lane.SEARCH,
        )

    def _offer_ours(self, page: ContactPage) -> None:
        signers = self._session.draft.signers
        names = {folded_name(display_name(signer)) for signer in signers}
        are_missing = not any(folded_name(contact.name) in names for contact in page.contacts)
        has_our_seal = any(isinstance(signer, ApplicationSigner) for signer in signers)
        self._search.hits.show_ours(page.contacts[:_MOST_OFFERED] if are_missing else (), has_our_seal=has_our_seal)

    def _on_ours_wanted(self, page: ContactPage) -> None:
        if len(page.contacts) == 1:
            self._take_contact(page.contacts[0])
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for contact in page.contacts:
            action = menu.addAction(icon("organization"), one_line(contact.name).replace("&", "&&"))
            action.triggered.connect(partial(self._take_contact, contact))
        if not page.contacts:
            none = menu.addAction(self.tr("No organization is marked as ours yet; mark one in Contacts"))
            none.setEnabled(False)
        menu.popup(self._search.mapToGlobal(self._search.rect().topLeft()))
        actions = menu.actions()
        if actions[0].isEnabled():
            menu.setActiveAction(actions[0])

    def _on_search_new_chosen(self, kind: str, typed: str) -> None:
        if kind == NewSigner.OUR_SEAL:
            self._take(ApplicationSigner(new_signer_id()))
            return
        signer = new_signer(typed, is_person=kind == NewSigner.PERSON, is_open=self._state.shows_preset)
        if is_identified(signer):
            self._take(signer)
            return
        form = self._open_form(signer, is_new=True)
        if typed and not self._state.shows_preset:
            form.focus_field("person.id_number" if kind == NewSigner.PERSON else "organization.code")

    def _take_contact(self, contact: Contact) -> None:
        contacts = self._services.contacts
        self._tasks.start(
            lambda: contacts.signer(contact.id),
            owner=self,
            on_done=partial(self._on_contact_read, contact),
            on_error=self.failed.emit,
            lane=Lane.STORE,
        )

    def _on_contact_read(self, contact: Contact, signer: Signer) -> None:
        if contact.seal_width_pt is not None:
            self._state.set_seal_width(contact.seal_width_pt)
        self.add(signer)

    def _on_order_clicked(self, is_ordered: bool) -> None:
        self._session.apply(
            EditName.ARRANGE_SIGNERS, lambda draft: edits.set_ordered(draft, is_ordered=is_ordered), origin=self
        )

    def _on_state_active_signer_changed(self, signer_id: SignerId | None) -> None:
        for card_id, card in self._cards.items():
            card.set_chosen(is_chosen=card_id == signer_id)
        self._unfold()

    def _on_card_removal_requested(self, signer_id: SignerId) -> None:
        self._session.apply(EditName.REMOVE_SIGNER, lambda draft: edits.remove_signer(draft, signer_id), origin=self)

    def _on_step_signer_dropped(self, signer_id: str) -> None:
        box = self.sender()
        if isinstance(box, StepBox):
            self._arrange(grouped_with(steps_of(self._session.draft), SignerId(signer_id), box.index))

    def _on_anytime_signer_dropped(self, signer_id: str) -> None:
        self._set_anytime(SignerId(signer_id), is_anytime=True)

    def _on_gap_signer_dropped(self, signer_id: str) -> None:
        gap = self.sender()
        if isinstance(gap, StepGap):
            self._arrange(moved_to_own_step(steps_of(self._session.draft), SignerId(signer_id), gap.index))


def _ignore(_error: object) -> None:
    """Ignore the error, because cards without stored contact data show the entered data."""
