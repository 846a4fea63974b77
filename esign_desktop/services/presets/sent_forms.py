"""Remember the forms of contracts that were sent from Prepare, and lay out the next contract on the same form."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.domain.account import Person, folded_name
from esign_desktop.domain.doubts.spelling import PaperText
from esign_desktop.domain.matching.comparing import ChangeKind
from esign_desktop.domain.matching.contracts import most_alike_contract
from esign_desktop.domain.matching.form import ReadForm, RememberedForm, read_form, remember
from esign_desktop.domain.people.contact import ContactFilter
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.preset.sent_form import (
    SentForm,
    can_be_remembered,
    laid_out,
    open_preset,
    values_of,
    with_kinds,
)
from esign_desktop.domain.signer import OpenSigner, OrganizationSigner, PersonSigner
from esign_desktop.services.presets.labelled_seals import LabelledSeals
from esign_desktop.services.presets.recognition import Recognition, SentBefore

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.domain.matching.contracts import ContractMatch
    from esign_desktop.domain.people.contact import Contact
    from esign_desktop.domain.placing.placement import KeywordHits, PlacementId
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.proposal import ProposedParty
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.store.tables.sent_forms import SentForms

MOST_FORMS: Final = 200
_FEWEST_PIECES: Final = 6
"""A document with fewer pieces of printed wording, such as a scan, can't be recognized."""
_OF_PARTIES: Final = {ChangeKind.PARTY_ADDED, ChangeKind.PARTY_MISSING, ChangeKind.PLACES, ChangeKind.ORDER}
_MOST_OURS: Final = 50
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a contract that was sent.

    ``is_filled`` is True if the file may contain a name or number of a customer. The file must then not be sent to
    another customer.
    """

    path: str = field(repr=False)
    is_filled: bool


@dataclass(frozen=True, slots=True)
class ReadContract:
    """The form of a contract that is being sent, read with ``key``. It still contains the text, and is not stored.

    ``reads`` and ``files`` are in the order of the contract's documents.
    """

    sent: SentForm
    reads: tuple[ReadForm, ...] = field(repr=False)
    key: bytes = field(repr=False)
    files: tuple[SentFile, ...]


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The form of a contract that was sent, with the contract's files."""

    id: str
    files: tuple[SentFile, ...]


class SentFormService:
    """The forms of contracts that were sent.

    Without the keyring's key, forms are kept in memory only. If ``remembers`` is False, no form is remembered, and
    ``sweep`` deletes those of earlier runs. ``customers_of`` returns the names of the customers of a flow, given the
    names of the user's own organizations; the result is empty if the flow no longer exists.

    Calls block on the store, the keyring and the PDF process. They may raise StoreError, PdfError and InputError
    ``document.not_open``.
    """

    def __init__(
        self,
        forms: SentForms,
        documents: DocumentService,
        contacts: ContactService,
        *,
        customers_of: Callable[[FlowId, frozenset[str]], tuple[str, ...]],
        remembers: bool = True,
    ) -> None:
        self._stored = forms
        self._documents = documents
        self._seals = LabelledSeals(documents)
        self._contacts = contacts
        self._customers_of = customers_of
        self.remembers = remembers
        self._session_key = secrets.token_bytes(_KEY_BYTES)
        self._lock = threading.Lock()
        self._key = b""
        self._forms: dict[str, SentForm] = {}
        """The forms whose pieces are hashed with ``_key``, by id."""

    def sweep(self) -> None:
        """Delete all forms if a policy has switched them off."""
        if not self.remembers:
            self.forget_all()

    def count(self) -> int:
        """Return the number of forms that are remembered."""
        with self._lock:
            self._load()
            return len(self._forms)

    def forget_all(self) -> None:
        """Delete all forms, leaving no trace of them in the database files."""
        with self._lock:
            self._stored.clear()
            self._forms.clear()

    def forget_loaded(self) -> None:
        """Remove the forms from memory. Call this after the forms in the database were deleted."""
        with self._lock:
            self._forms.clear()

    def read(self, draft: ContractDraft) -> ReadContract | None:
        """Return the form of a contract whose documents are open, or None if the contract can't be remembered."""
        if not self.remembers or not can_be_remembered(draft):
            return None
        values, papers = values_of(draft), [self._documents.paper(document.id) for document in draft.documents]
        with self._lock:
            self._load()
            key = self._key
        reads = tuple(read_form(paper, key, values) for paper in papers)
        if any(len(read.hashes) < _FEWEST_PIECES for read in reads):
            return None
        preset = open_preset(draft, self._ours().keys(), _parties(reads))
        of_customers = _of_customers(draft, preset)
        forms: list[RememberedForm] = []
        labelled: list[PlacementId] = []
        files: list[SentFile] = []
        for document, paper, read in zip(draft.documents, papers, reads, strict=True):
            seals = self._seals.remember(draft, document, preset, read.parties, values)
            forms.append(remember(read, tuple(seals.values()), values))
            labelled += seals
            text = PaperText(paper.pages)
            is_filled = any(text.may_hold(value) or text.holds_number(value) for value in of_customers)
            files.append(SentFile(document.path, is_filled))
        sent = SentForm(uuid4().hex, tuple(forms), preset, tuple(labelled))
        return ReadContract(sent, reads, key, tuple(files))

    def keep(self, contract: ReadContract, record: FlowRecord) -> KeptForm | None:
        """Remember the form of a contract that was sent, and return it, or None if the key has changed.

        A form with the same parties and places to sign is replaced. If there are more than MOST_FORMS, the one that was
        not used for the longest time is deleted.
        """
        sent = replace(contract.sent, flow_id=record.flow_id, sent_at_ms=record.sent_at_ms)
        with self._lock:
            if contract.key != self._key:
                return None
            same = self._same(contract.reads)
            if same is not None:
                sent = replace(sent, id=same.id, use_count=same.use_count + 1)
            others = [one for one in self._forms.values() if one.id != sent.id]
            gone = sorted(others, key=lambda one: -one.sent_at_ms)[MOST_FORMS - 1 :]
            if self._key != self._session_key:
                self._stored.save(sent)
                self._stored.delete(one.id for one in gone)
            self._forms[sent.id] = sent
            for one in gone:
                del self._forms[one.id]
        return KeptForm(sent.id, contract.files)

    def recognise(self, documents: Sequence[Document]) -> Recognition | None:
        """Return the form of open documents, laid out on them, or None if no contract was sent on it.

        The contract that was sent had as many documents, and each of them was on the form of one of these.
        """
        if not self.remembers or any(document.template is not None for document in documents):
            return None
        with self._lock:
            self._load()
            key, known = self._key, tuple(self._forms.values())
        if not any(len(one.forms) == len(documents) for one in known):
            return None
        ours = self._ours()
        names = [contact.name for contact in ours.values()]
        reads = [read_form(self._documents.paper(document.id), key, names) for document in documents]
        found = _most_alike(known, reads)
        if found is None:
            return None
        sent, match = found
        # From here on, the documents are in the order of the contract that was sent.
        documents = [documents[index] for index in match.document_indices]
        reads = [reads[index] for index in match.document_indices]
        hits = self._hits(sent.preset, documents)
        places = [
            place
            for form, document, read in zip(sent.forms, documents, reads, strict=True)
            for place in self._seals.find(form.seals, [party.words for party in form.parties], document, read)
        ]
        preset, unplaced_count = laid_out(sent, documents, places, hits)
        preset = with_kinds(preset, _parties(reads))
        preset = replace(preset, signers=tuple(self._from_contacts(signer, ours) for signer in preset.signers))
        customers = self._customers_of(sent.flow_id, frozenset(names)) if sent.flow_id is not None else ()
        before = SentBefore(customers, sent.sent_at_ms, form_id=sent.id, use_count=sent.use_count)
        changes = tuple(
            change if len(documents) == 1 else replace(change, document_id=document.id)
            for document, comparison in zip(documents, match.comparisons, strict=True)
            for change in comparison.wording
        )
        ids = tuple(document.id for document in documents)
        return Recognition(preset, ids, changes, unplaced_count, hits=hits, sent=before)

    def _hits(self, preset: Preset, documents: Sequence[Document]) -> KeywordHits:
        """Return the matches of a preset's keywords in open documents, which are in the order of the preset's."""
        opened = {kept.id: document.id for kept, document in zip(preset.documents, documents, strict=True)}
        keywords = [place for place in preset.placements if isinstance(place, KeywordPlacement)]
        searches = {(opened[place.document_id], place.keyword) for place in keywords}
        return {search: self._documents.find(*search) for search in searches}

    def _same(self, reads: Sequence[ReadForm]) -> SentForm | None:
        """Return the form with the parties and places to sign of a contract. The caller holds the lock.

        Contracts that differ in a clause, or in a long value within a sentence, are laid out alike.
        """
        found = _most_alike(self._forms.values(), reads)
        if found is None:
            return None
        sent, match = found
        changes = (change for comparison in match.comparisons for change in comparison.changes)
        return None if any(change.kind in _OF_PARTIES for change in changes) else sent

    def _load(self) -> None:
        """Read the forms whose pieces are hashed with the current key. The caller holds the lock."""
        stored_key = self._stored.key()
        key = self._session_key if stored_key is None else stored_key
        if key == self._key:
            return
        # Forms that were hashed with another key can't be compared.
        self._key, self._forms = key, {}
        if stored_key is not None:
            self._forms = {form.id: form for form in self._stored.list()}

    def _ours(self) -> dict[str, Contact]:
        """Return the user's own parties in the contacts, by folded name."""
        found = self._contacts.search("", ContactFilter.OURS, _MOST_OURS).contacts
        return {folded_name(contact.name): contact for contact in found}

    def _from_contacts(self, signer: Signer, ours: Mapping[str, Contact]) -> Signer:
        """Return a signer with the numbers and accounts that the contacts contain for an own organization.

        The form has only the names. Other signers are returned unchanged.
        """
        if not isinstance(signer, OrganizationSigner):
            return signer
        contact = ours.get(folded_name(signer.organization.name))
        known = self._contacts.signer(contact.id) if contact is not None else None
        if not isinstance(known, OrganizationSigner):
            return signer
        agent = known.agent
        if folded_name(agent.name) != folded_name(signer.agent.name):
            agent = self._person(signer.agent.name) or signer.agent
        return replace(signer, organization=known.organization, agent=agent)

    def _person(self, name: str) -> Person | None:
        """Return the only person in the contacts with a name, or None if there is none or more than one."""
        found = self._contacts.search(name, ContactFilter.PERSONS).contacts if name else ()
        same = [one for one in found if folded_name(one.name) == folded_name(name)]
        signer = self._contacts.signer(same[0].id) if len(same) == 1 else None
        return signer.person if isinstance(signer, PersonSigner) else None


def _most_alike(known: Collection[SentForm], reads: Sequence[ReadForm]) -> tuple[SentForm, ContractMatch] | None:
    """Return the form of a contract with these documents, and which document is which."""
    found = tuple(known)
    match = most_alike_contract([one.forms for one in found], reads)
    return None if match is None else (found[match.index], match)


def _parties(reads: Sequence[ReadForm]) -> tuple[ProposedParty, ...]:
    """Return the parties of all documents, in the order of the documents."""
    return tuple(party for read in reads for party in read.parties)


def _of_customers(draft: ContractDraft, preset: Preset) -> tuple[str, ...]:
    """Return the names, numbers and addresses of the signers that are open in the preset."""
    signers = zip(draft.signers, preset.signers, strict=True)
    return values_of(replace(draft, signers=tuple(old for old, new in signers if isinstance(new, OpenSigner))))
