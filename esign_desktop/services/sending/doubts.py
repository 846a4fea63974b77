"""Find doubts about a draft: contradictions between the draft and its pages, open contracts or known accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.doubts.finding import KnownAccount, OpenContract, find_doubts, people_of
from esign_desktop.domain.errors import InputError, PdfError, StoreError
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, display_name
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.store.clock import system_clock_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.doubts.paper import Paper
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.audit import Note
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.people.accounts import AccountService
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.journal import Journal


class DoubtService:
    """The service that finds doubts about a draft and records the user's confirmations in the audit log.

    A doubt is a contradiction found before sending. Calls block on the store and the PDF process.
    """

    def __init__(
        self,
        documents: DocumentService,
        flows: Flows,
        journal: Journal,
        accounts: AccountService,
        *,
        note: Note,
        clock_ms: Callable[[], int] = system_clock_ms,
    ) -> None:
        self._documents = documents
        self._flows = flows
        self._journal = journal
        self._accounts = accounts
        self._note = note
        self._clock_ms = clock_ms

    def find(self, draft: ContractDraft, environment: Environment) -> tuple[Doubt, ...]:
        """Return the doubts about a draft that is to be sent to an environment. Raises StoreError.

        Documents that are not open or cannot be read are left out, because other checks report them.
        """
        sent = tuple(self._open_contracts(draft, environment))
        return find_doubts(draft, self._papers(draft), sent, self._known_accounts(draft, environment))

    def confirm(self, draft: ContractDraft, doubt: Doubt) -> None:
        """Record in the audit log that the user confirmed a severe doubt. The names of people are not recorded."""
        label = f" · {doubt.label}" if doubt.label else ""
        self._note(AuditAction.DOUBT_CONFIRMED, f"{draft.title}{label} · {doubt.kind.value}")

    def _papers(self, draft: ContractDraft) -> Mapping[DocumentId, Paper]:
        papers: dict[DocumentId, Paper] = {}
        for document in draft.documents:
            if self._documents.is_open(document.id):
                try:
                    papers[document.id] = self._documents.paper(document.id)
                except (InputError, PdfError):
                    continue
        return papers

    def _open_contracts(self, draft: ContractDraft, environment: Environment) -> Iterator[OpenContract]:
        names = [display_name(signer) for signer in draft.signers if display_name(signer)]
        people = people_of(draft)
        if not names or not draft.documents:
            return
        now_ms = self._clock_ms()
        for record in self._flows.unsigned_by_name(environment.kind, environment.project_id, names[0], now_ms):
            try:
                submission = self._journal.get(SubmissionId(record.submission_id))
            except StoreError:
                continue
            # Whether the draft itself was already sent is checked when it is sent.
            if submission is None or submission.record.draft.id == draft.id:
                continue
            if people_of(submission.record.draft) == people:
                files = frozenset(document.sha256 for document in submission.record.draft.documents)
                yield OpenContract(record.flow_id, record.title, files, people)

    def _known_accounts(self, draft: ContractDraft, environment: Environment) -> Mapping[SignerId, KnownAccount]:
        found: dict[SignerId, KnownAccount] = {}
        for signer in draft.signers:
            match signer:
                case PersonSigner(person=party) | OrganizationSigner(organization=party):
                    record = self._accounts.record(environment, party.account_id) if party.account_id else None
                    if record is not None and record.name:
                        found[signer.id] = KnownAccount(names=(record.name,))
                case _:
                    pass
        return found
