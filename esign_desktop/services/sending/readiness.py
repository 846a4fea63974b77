"""Check, without changing anything, whether accounts, contract plan and files allow a contract to be sent.

A send makes the same checks. These earlier checks let the user solve a problem before a send fails because of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.domain.account import Person
from esign_desktop.domain.contract.problems import DocumentSubject, Problem, Severity, SignerSubject
from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.services.file_digest import sha256_of_file
from esign_desktop.services.sending.accounts import fitting_account
from esign_desktop.services.sending.facts import Party, parties_of

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.flows.quota import QuotaService
    from esign_desktop.services.people.accounts import AccountService

_TO_BE_CREATED: Final = "to be created"
"""Stands for the id of an agent's account that does not exist yet. It differs from every stored id."""

_IDENTITY_FIELDS: Final = {"person": "id_number", "agent": "id_number", "organization": "code"}
_FIELDS: Final = {
    "account.another_name": dict.fromkeys(_IDENTITY_FIELDS, "name"),
    "account.new_name": dict.fromkeys(_IDENTITY_FIELDS, "name"),
    "account.keeps_details": {"organization": "legal_name"},
    "account.keeps_address": {"person": "mobile", "agent": "mobile"},
    "account.second_refused": {"person": "mobile", "agent": "mobile"},
}
_RETRY_HELPS: Final = frozenset(
    {"account.new_name", "account.keeps_address", "account.second_refused", "document.missing"}
)
_BLOCK_MISSING: Final = "form.block_missing"
_DOCUMENT_CODES: Final = frozenset({"document.changed", "document.missing", _BLOCK_MISSING})


@dataclass(frozen=True, slots=True)
class PartyState:
    """The information on this computer about a party's account.

    ``problem`` is the problem that would stop the send, or None. ``third_id`` is the ``thirdId`` for which the platform
    must be queried; it is empty if the account is already known or has yet to be created.
    """

    party: Party
    is_known: bool = False
    third_id: str = field(default="", repr=False)
    problem: Problem | None = None


class ReadinessService:
    """The service that finds problems that would stop a send.

    Calls block on the store, the disk or the network, as the names of the methods indicate.
    """

    def __init__(self, accounts: AccountService, documents: DocumentService, quota: QuotaService | None = None) -> None:
        self._accounts = accounts
        self._documents = documents
        self._quota = quota

    def stored_states(self, draft: ContractDraft, environment: Environment) -> tuple[PartyState, ...]:
        """Return the state of each party's account as stored on this computer, in the order of ``parties_of``.

        Raises StoreError.
        """
        account_ids: dict[str, str] = {}
        return tuple(self._stored_state(party, draft, environment, account_ids) for party in parties_of(draft))

    def stored_problems(self, draft: ContractDraft, environment: Environment) -> tuple[Problem, ...]:
        """Return the problems with the parties' accounts that can be found without the network. Raises StoreError."""
        states = self.stored_states(draft, environment)
        return tuple(state.problem for state in states if state.problem is not None)

    def asked_state(
        self, state: PartyState, draft: ContractDraft, environment: Environment, cancel: CancelToken
    ) -> PartyState:
        """Query the platform for a party's account, and return the party's updated state.

        ``state`` must have a ``third_id``. Raises ApiError or Cancelled.
        """
        subject = state.party.subject
        code = ""
        if self._accounts.find_at_platform(environment, state.third_id, cancel) != subject.account_id:
            code = "account.unknown_here"
        elif isinstance(subject, Person) and (subject.mobile or subject.email):
            code = "account.number_needed"
        return PartyState(state.party, is_known=not code, problem=_party_problem(draft, state.party, code))

    def check_connection(self, environment: Environment, cancel: CancelToken) -> None:
        """Test the connection by querying an account that does not exist.

        Raises ApiError, InputError or Cancelled.
        """
        self._accounts.find_at_platform(environment, uuid4().hex, cancel)

    def remaining_count(self, draft: ContractDraft, environment: Environment) -> int | None:
        """Return the estimated number of contracts left in the contract plan.

        The result is None if the number is unknown or if another party pays for the contract.
        """
        if self._quota is None or draft.is_paid_elsewhere:
            return None
        return self._quota.account(environment.kind).remaining_count

    def file_problem(self, document: Document) -> Problem | None:
        """Return a problem if one of a document's files is missing or has changed, or None otherwise.

        The files are the document's own file and the files of the blocks that follow the document. They are read whole
        for the comparison.
        """
        for block in document.added_pdfs:
            try:
                is_same = sha256_of_file(Path(block.path)) == block.sha256
            except OSError:
                is_same = False
            if not is_same:
                params = {"name": document.name, "block": block.name}
                return Problem(_BLOCK_MISSING, Severity.BLOCKING, DocumentSubject(document.id), params)
        if not document.path or not document.sha256:
            return None
        try:
            self._documents.verify(document, None)
        except InputError as error:
            params = {"name": document.name}
            return Problem(error.code, Severity.BLOCKING, DocumentSubject(document.id), params)
        return None

    def _stored_state(
        self, party: Party, draft: ContractDraft, environment: Environment, account_ids: dict[str, str]
    ) -> PartyState:
        """Return a party's state. ``account_ids`` collects the accounts of agents, which their organizations need."""
        account_ids[party.key] = _TO_BE_CREATED
        book, subject = self._accounts.book, party.subject
        entry = book.look_up(environment, subject)
        if entry.is_known_otherwise:
            return PartyState(party, problem=_party_problem(draft, party, "account.another_name"))
        if subject.account_id and not entry.records:
            if not subject.third_id or book.is_doubtful(subject.account_id):
                return PartyState(party, problem=_party_problem(draft, party, "account.unknown_here"))
            account_ids[party.key] = subject.account_id
            return PartyState(party, third_id=subject.third_id)
        if entry.others and not entry.records and entry.identity:
            return PartyState(party, problem=_party_problem(draft, party, "account.new_name", Severity.WARNING))
        try:
            record = fitting_account(book, party, entry, account_ids.get(party.agent_key, ""))
        except InputError as error:
            return PartyState(party, problem=_party_problem(draft, party, error.code))
        if record is not None:
            account_ids[party.key] = record.account_id
            if book.keeps_other_details(entry, record):
                problem = _party_problem(draft, party, "account.keeps_details", Severity.WARNING)
                return PartyState(party, is_known=True, problem=problem)
        return PartyState(party, is_known=record is not None)


def field_problem(error: AppError, draft: ContractDraft) -> Problem | None:
    """Return the problem with the field or document that made a send fail, or None if the failure had another cause."""
    number, part = int(error.params.get("number", 0)), error.params.get("part")
    if isinstance(part, str) and 0 < number <= len(draft.signers):
        subject = SignerSubject(draft.signers[number - 1].id, _field(error.code, part))
        return Problem(error.code, Severity.BLOCKING, subject, {"number": number})
    if error.code in _DOCUMENT_CODES:
        found = next((one for one in draft.documents if one.id == error.params.get("document_id")), None)
        if found is not None:
            params = {**error.params, "name": found.name}
            return Problem(error.code, Severity.BLOCKING, DocumentSubject(found.id), params)
    return None


def helps_to_retry(error: AppError) -> bool:
    """Return whether sending the contract again without changes can succeed after this error."""
    return error.retryable or error.code in _RETRY_HELPS


def _party_problem(
    draft: ContractDraft, party: Party, code: str, severity: Severity = Severity.BLOCKING
) -> Problem | None:
    if not code:
        return None
    signer_id: SignerId = draft.signers[party.number - 1].id
    return Problem(code, severity, SignerSubject(signer_id, _field(code, party.part)), {"number": party.number})


def _field(code: str, part: str) -> str:
    names = _FIELDS.get(code, _IDENTITY_FIELDS)
    return f"{part}.{names.get(part, 'name')}"
