"""Offer a preset, or the form of a contract that was sent before, when the user opens documents that match it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.edits import update_signer
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, role_of, unknown_party
from esign_desktop.domain.titles import is_rule
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.lists import listed, one_after_another
from esign_desktop.ui.text.moments import china_day, now_ms
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import change_sentence, difference_sentence
from esign_desktop.ui.widgets.notice_bar import NoticeBar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.contract.draft import ContractDraft, DraftId
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.matching.comparing import Change as TextChange
    from esign_desktop.domain.signer import OpenSigner, SignerId
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.presets.recognition import Recognition, SentBefore
    from esign_desktop.services.presets.sent_forms import SentFormService
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.tasks import Task, TaskRunner


_MOST_DIFFERENCES: Final = 3
_LONGEST_NAMES: Final = 60
_LONGEST_DOCUMENT: Final = 30


class OfferBar(NoticeBar):
    """The bar that offers a preset or the layout of a contract that was sent before.

    When the bar gets the focus, Enter accepts the offer, and Tab and then Enter decline it.
    """

    taken = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._take = self.add_button(self.tr("Use preset"), self.taken.emit, is_primary=True, is_deliberate=False)
        decline = self.add_button(self.tr("Not now"), self.declined.emit, is_deliberate=False)
        for button in (self._take, decline):
            # Enter presses the focused button, as in a dialog.
            button.setAutoDefault(True)
        self.setFocusProxy(self._take)
        self.hide()

    def show_offer(self, recognition: Recognition | None, documents: Sequence[Document] = ()) -> None:
        """Show a recognized preset or layout, with up to three differences of these documents. None hides the bar."""
        self.setVisible(recognition is not None)
        if recognition is None:
            return
        sent = recognition.sent
        if sent is None:
            self._take.setText(self.tr("Use preset"))
            known = self.tr("Matches the preset “{name}”.").format(name=one_line(recognition.preset.name))
        else:
            self._take.setText(self.tr("Use last layout (Enter)"))
            known = self._sent_sentence(sent, len(recognition.document_ids))
        names = {document.id: document.name for document in documents}
        found = [self._change_sentence(one, names) for one in recognition.changes]
        found += [difference_sentence(one) for one in recognition.differences]
        shown = found[:_MOST_DIFFERENCES]
        if len(found) > _MOST_DIFFERENCES:
            shown.append(self.tr("%n more difference(s).", "", len(found) - _MOST_DIFFERENCES))
        if recognition.unplaced_count:
            shown.append(
                self.tr(
                    "%n seal(s) can't be placed: the words next to them are missing.", "", recognition.unplaced_count
                )
            )
        self.show_text(one_after_another(known, *map(one_line, shown)))

    def _sent_sentence(self, sent: SentBefore, document_count: int) -> str:
        date = china_day(sent.sent_at_ms, now_ms())
        if not sent.customers:
            sentence = (
                self.tr("Same form as a contract sent on {date}.")
                if document_count == 1
                else self.tr("Same forms as the {count} documents of a contract sent on {date}.")
            )
            return sentence.format(date=date, count=document_count)
        name = one_line(listed(sent.customers), most_characters=_LONGEST_NAMES)
        sentence = (
            self.tr("Same form as the contract sent to {name} on {date}.")
            if document_count == 1
            else self.tr("Same forms as the {count} documents of the contract sent to {name} on {date}.")
        )
        return sentence.format(name=name, date=date, count=document_count)

    def _change_sentence(self, change: TextChange, names: Mapping[DocumentId, str]) -> str:
        """Return the sentence that names a difference, with the document's name if there are several documents."""
        sentence = change_sentence(change)
        if change.document_id is None or change.document_id not in names:
            return sentence
        name = one_line(names[change.document_id], most_characters=_LONGEST_DOCUMENT)
        return self.tr("“{name}”: {sentence}").format(name=name, sentence=sentence)


class PresetOffer(QObject):
    """Offers a preset, or the layout of a contract that was sent before, for the documents that the user has opened.

    An offer is shown only while the contract consists of the recognized documents, without signers and seals, so that
    accepting it loses no work. A preset takes precedence over the layout of a sent contract. A preset is offered only
    if it has one document.
    """

    taken = Signal(object)
    """Carries the ``Recognition`` that has been applied to the contract."""
    declined = Signal()
    settled = Signal()
    """Emitted when there is no offer, because no preset matches, or because the offer was declined or withdrawn."""

    def __init__(
        self,
        presets: PresetService,
        forms: SentFormService,
        environments: EnvironmentService,
        session: ContractSession,
        prepare: PrepareRoom,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._presets = presets
        self._forms = forms
        self._environments = environments
        self._session = session
        self._state = prepare.state
        self._tasks = tasks
        self._recognition: Recognition | None = None
        self._names: Mapping[SignerId, str] = {}
        """The names of the preset's customers that were found in the document, keyed by the id of their role."""
        self._customers: tuple[OpenSigner, ...] = ()
        self._expected = ""
        """The id of the form that the user has chosen for the next documents, or an empty string."""
        self._looking: Task | None = None
        self._unnamed: DraftId | None = None
        """The contract to which a preset was applied before the search for names in its documents was complete."""
        self.bar = OfferBar(prepare)
        prepare.add_bar(self.bar)
        self.bar.taken.connect(self._on_bar_taken)
        self.bar.declined.connect(self._on_bar_declined)
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    def expect(self, form_id: str) -> None:
        """Apply a form to the next documents without an offer, if the documents are recognized as this form.

        If a document differs from the form, an offer is shown as usual. With an empty ``form_id``, no form is
        expected.
        """
        self._expected = form_id

    def look(self) -> None:
        """Search in the background for a preset or sent contract that matches the open documents, and offer it.

        If the contract has no documents, or has signers or seals, or if a preset is being edited, only emit
        ``settled``. A search that has not ended is cancelled.
        """
        draft = self._session.draft
        if self._looking is not None:
            self._looking.cancel()
        if _is_bare(draft) and not self._state.shows_preset:
            self._looking = self._tasks.start(
                partial(self._recognised, draft.documents),
                owner=self,
                on_done=self._on_recognised,
                on_error=self._on_not_recognised,
                lane=Lane.SEARCH,
            )
        else:
            self._expected = ""
            self.settled.emit()

    def _recognised(self, documents: Sequence[Document]) -> Recognition | None:
        """Return the preset or sent contract that matches these documents, or None. A preset takes precedence."""
        preset = self._presets.recognise(documents[0], self._environments.current()) if len(documents) == 1 else None
        return preset if preset is not None else self._forms.recognise(documents)

    def _on_recognised(self, recognition: Recognition | None) -> None:
        if recognition is None or not _fits(recognition, self._session.draft):
            self._expected = ""
            self.settled.emit()
            return
        self._recognition, self._names, self._unnamed = recognition, {}, None
        draft = self._session.draft
        self._tasks.start(
            partial(self._presets.pages.names_in, recognition.preset, recognition.document_ids),
            owner=self,
            on_done=partial(self._on_names_read, draft.id),
            on_error=self._on_names_unread,
            lane=Lane.SEARCH,
        )
        expected, self._expected = self._expected, ""
        sent, is_same = recognition.sent, not recognition.changes and not recognition.unplaced_count
        if expected and is_same and sent is not None and sent.form_id == expected:
            self._on_bar_taken()
            return
        self.bar.show_offer(recognition, draft.documents)
        self.bar.setFocus()

    def _on_not_recognised(self, _error: AppError) -> None:
        """Emit ``settled``. Errors are not shown, because a problem with the file is reported when it is opened."""
        self.settled.emit()

    def _on_bar_taken(self) -> None:
        recognition = self._recognition
        if recognition is None or not _fits(recognition, self._session.draft):
            return
        if not any(kept.added_pdfs for kept in recognition.preset.documents):
            self._take(recognition, recognition)
            return
        self._tasks.start(
            partial(self._with_copies, recognition),
            owner=self,
            on_done=partial(self._take, recognition),
            on_error=self._on_copying_failed,
        )

    def _with_copies(self, recognition: Recognition) -> Recognition:
        documents = tuple(map(self._presets.pdfs.with_copied_blocks, recognition.preset.documents))
        return replace(recognition, preset=replace(recognition.preset, documents=documents))

    def _on_copying_failed(self, error: AppError) -> None:
        self.bar.show_text(error_sentence(error).text)

    def _take(self, offered: Recognition, recognition: Recognition) -> None:
        """Apply the recognized preset to the contract. Do nothing if the offer was withdrawn in the meantime."""
        if self._recognition is not offered:
            return
        names, self._unnamed = self._names, None if self._names else self._session.draft.id
        self._withdraw()
        self._session.apply(EditName.USE_PRESET, partial(self._filled, recognition, names), origin=self)
        self.taken.emit(recognition)

    def _on_names_read(self, draft_id: DraftId, names: Mapping[SignerId, str]) -> None:
        if self._recognition is not None and self._session.draft.id == draft_id:
            self._names = names
        elif self._unnamed == draft_id == self._session.draft.id and names:
            # The user accepted the offer before the documents were searched for names.
            self._unnamed = None
            titles = {role.role: names[role.id] for role in self._customers if role.id in names}
            self._session.apply(EditName.CHANGE_SIGNER, partial(_named, titles), origin=self)

    def _on_names_unread(self, _error: AppError) -> None:
        """Leave the customers' names empty, so that the user enters them."""

    def _on_bar_declined(self) -> None:
        self._withdraw()
        self.declined.emit()
        self.settled.emit()

    def _on_session_changed(self, change: Change) -> None:
        if self._recognition is not None and not _fits(self._recognition, change.after):
            self._withdraw()
            self.settled.emit()

    def _withdraw(self) -> None:
        self._recognition = None
        self.bar.show_offer(None)

    def _filled(self, recognition: Recognition, names: Mapping[SignerId, str], draft: ContractDraft) -> ContractDraft:
        """Return the contract with the preset applied, and with the customers' names that the documents contain.

        The documents are put in the order of the preset's.
        """
        preset = recognition.preset
        self._customers = preset.customers
        parties = {role.id: unknown_party(role.kind, names.get(role.id, "")) for role in preset.customers}
        documents = [
            self._presets.filled_without_customer(kept, draft.document(document_id))
            for kept, document_id in zip(preset.documents, recognition.document_ids, strict=True)
        ]
        filled = fill(preset, documents, parties, hits=recognition.hits, naming=draft.naming)
        # A title that the user has typed is kept. Otherwise, the title is the name of the file, not of the preset,
        # unless the preset has a rule.
        rule = preset.options.business_scene if is_rule(preset.options.business_scene) else ""
        title = draft.options.business_scene.strip() or rule
        return replace(filled, id=draft.id, options=replace(filled.options, business_scene=title))


def _named(titles: Mapping[str, str], draft: ContractDraft) -> ContractDraft:
    """Return the contract with names for its unnamed signers. ``titles`` maps roles in the contract's text to names."""
    for signer in draft.signers:
        name = titles.get(role_of(signer), "")
        match signer:
            case PersonSigner(person=Person(name="")) if name:
                draft = update_signer(draft, replace(signer, person=Person(name)))
            case OrganizationSigner(organization=Organization(name="")) if name:
                draft = update_signer(draft, replace(signer, organization=Organization(name)))
            case _:
                pass
    return draft


def _is_bare(draft: ContractDraft) -> bool:
    return bool(draft.documents) and not draft.signers and not draft.placements


def _fits(recognition: Recognition, draft: ContractDraft) -> bool:
    """Return whether a contract still consists of the documents that were recognized, without signers and seals."""
    return _is_bare(draft) and {document.id for document in draft.documents} == set(recognition.document_ids)
